//! A recorded program: what it asks are the calls of its trace, and what a build answers is what a replay finds.

use anyhow::{Context, Result, bail};

use super::program::{AS_RECORDED, Answer, Statement};
use crate::analysis::gate::Severity;
use crate::analysis::replay::{Replayed, error};
use crate::builds::Build;
use crate::contract::{Contract, trace};
use crate::engine::Engine;
use crate::outcome::replayed::{Difference, Kind};
use crate::outcome::sqlite_names::LimitName;
use crate::trace::{Summary, Trace};

/// The statements and functions of a trace.
pub(super) struct Recorded {
    /// The file of the trace.
    place: String,
    /// Statements in their normal form, then functions of the interface.
    asks: Vec<String>,
}

impl Recorded {
    /// Those of a contract's trace; nothing where it is no trace's.
    ///
    /// # Errors
    /// When the trace cannot be read.
    pub(super) fn of(contract: &Contract) -> Result<Option<Self>> {
        let Some(path) = trace::path_of(contract) else { return Ok(None) };
        let summary = Trace::open(path).and_then(|trace| Summary::of(&trace));
        let summary = summary.with_context(|| format!("cannot read {}", contract.id))?;
        let asks = summary.statements.into_iter().chain(summary.by_function).map(|counted| counted.what);
        Ok(Some(Self { place: contract.file().to_owned(), asks: asks.collect() }))
    }

    pub(super) fn statements(&self) -> impl Iterator<Item = Statement> {
        self.asks.iter().map(|text| Statement { place: self.place.clone(), text: text.clone() })
    }

    /// What a build answers to each, where one is given with a limit lowered on each connection.
    ///
    /// # Errors
    /// Those of a replay, and when it did not come to its end in time: that says nothing of the build.
    pub(super) fn answers(
        &self,
        engine: &Engine,
        contract: &Contract,
        on: &Build,
        lowered: Option<(LimitName, i32)>,
    ) -> Result<Vec<Answer>> {
        let replayed = match lowered {
            Some(limit) => Replayed::run(engine, &trace::lowered(contract, limit), on)?.1,
            None => Replayed::run(engine, contract, on)?.1,
        };
        match replayed {
            Ok(replayed) => Ok(self.asks.iter().map(|asked| answer(asked, &replayed.differences)).collect()),
            Err(why) => bail!("{} was not replayed to its end on {}: {why}", self.place, on.name()),
        }
    }
}

/// The first of the differences that a program may rely on. They are in the order of the calls: what differs later may follow from
/// what differs before.
fn answer(asked: &str, differences: &[Difference]) -> Answer {
    let is_meant = |difference: &&Difference| {
        difference.statement == asked
            && difference.severity() != Severity::Unpromised
            && !is_no_answer(difference)
            && !was_interrupted(difference, differences)
    };
    let Some((turn, difference)) = differences.iter().enumerate().find(|(_, it)| is_meant(it)) else {
        return Answer::done(AS_RECORDED);
    };
    let Difference { kind, old, new, place, .. } = difference;
    if difference.fails() {
        return Answer { turn, ..Answer::failed(format!("{new}, first in {place}")) };
    }
    let what = if *kind == Kind::Value { String::new() } else { format!("{}: ", kind.words()) };
    Answer { turn, ..Answer::done(format!("{what}{new} instead of {old}, first in {place}")) }
}

/// Whether nothing can be relied on in it. Of errors only the words differ: they are the same where their codes are. How much a limit
/// is needs nobody, but what fails where it is less. And how a version comes to its answer is its own business: what it has
/// authorized, which values it compares, and how often it calls a function; no answer was recorded for what it did not ask then.
fn is_no_answer(difference: &Difference) -> bool {
    const NOT_CALLED: &str = "function() not called";
    const ASKED_ON_THE_WAY: [&str; 2] = ["authorizer()", "collation()"];
    const SAY_WORDS: [&str; 3] = ["sqlite3_errmsg", "sqlite3_errmsg16", "sqlite3_limit"];
    let code = |said: &str| error(said).and_then(|said| Some(said.split_once(':')?.0.to_owned()));
    let (old, new) = (code(&difference.old), code(&difference.new));
    let is_asked = |said: &str| ASKED_ON_THE_WAY.iter().any(|name| said.starts_with(name));
    let is_on_the_way = difference.kind == Kind::CalledOtherwise
        && (is_asked(&difference.new)
            || [&difference.old, &difference.new].iter().any(|it| *it == NOT_CALLED));
    is_on_the_way || SAY_WORDS.contains(&difference.statement.as_str()) || (old.is_some() && old == new)
}

/// Whether a call was interrupted when it was recorded, and what follows from that. The program's handler ends what takes too many
/// steps, and how many a version takes is its own business.
fn was_interrupted(difference: &Difference, differences: &[Difference]) -> bool {
    const INTERRUPT: &str = "9";
    let is_code = matches!(difference.statement.as_str(), "sqlite3_errcode" | "sqlite3_extended_errcode");
    let is_beside = |other: &Difference| {
        other.old.starts_with("INTERRUPT")
            && other.statement == difference.statement
            && other.place == difference.place
    };
    (is_code && difference.old == INTERRUPT) || differences.iter().any(is_beside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differs(kind: Kind, statement: &str, [old, new]: [&str; 2]) -> Difference {
        let (statement, place) = (statement.to_owned(), "call 1".to_owned());
        Difference { kind, statement, count: 1, place, old: old.to_owned(), new: new.to_owned() }
    }

    #[test]
    fn an_answer_is_what_differs_and_may_be_relied_on() {
        let differences = [
            differs(Kind::Order, "select a from t", ["1", "2"]),
            differs(Kind::Error, "select iif(?)", ["OK", "ERROR: no such function: iif"]),
            differs(Kind::Value, "select round(a)", ["0.29", "0.28"]),
            differs(Kind::Missing, "sqlite3_txn_state", ["made", "missing sqlite3_txn_state"]),
        ];
        let words = [
            differs(Kind::Error, "select b", ["ERROR: no such column: b", "ERROR: no such column: \"b\""]),
            differs(Kind::Value, "sqlite3_errmsg", ["'a'", "'b'"]),
            differs(Kind::Value, "sqlite3_limit", ["250000", "32766"]),
            differs(Kind::Code, "insert", ["CONSTRAINT: a", "ERROR: a"]),
            differs(Kind::CalledOtherwise, "distinct", ["function() 1 more", "function() not called"]),
            differs(
                Kind::CalledOtherwise,
                "alter",
                ["authorizer() not called", "authorizer() called with (31)"],
            ),
            differs(
                Kind::CalledOtherwise,
                "update",
                ["function() called with (1)", "function() called with (2)"],
            ),
        ];
        let is_same = |asked: &str| answer(asked, &words).said == AS_RECORDED;
        assert!(
            is_same("select b")
                && is_same("sqlite3_errmsg")
                && is_same("sqlite3_limit")
                && is_same("alter")
                && is_same("distinct")
                && !is_same("insert")
                && !is_same("update")
        );
        let stopped = [
            differs(Kind::Rows, "select count(*)", ["0 rows", "1 row"]),
            differs(Kind::Error, "select count(*)", ["INTERRUPT: interrupted", "ROW"]),
            differs(Kind::Value, "sqlite3_errcode", ["9", "0"]),
        ];
        assert_eq!(answer("select count(*)", &stopped).said, AS_RECORDED);
        assert_eq!(answer("sqlite3_errcode", &stopped).said, AS_RECORDED);
        assert_ne!(answer("select count(*)", &stopped[..1]).said, AS_RECORDED);
        let said = |asked: &str| {
            let answer = answer(asked, &differences);
            (answer.failed, answer.said)
        };
        assert_eq!(answer("select round(a)", &differences).turn, 2);
        assert_eq!(said("select a from t"), (false, AS_RECORDED.to_owned()));
        assert_eq!(said("select iif(?)"), (true, "ERROR: no such function: iif, first in call 1".to_owned()));
        assert_eq!(said("select round(a)"), (false, "0.28 instead of 0.29, first in call 1".to_owned()));
        assert_eq!(
            said("sqlite3_txn_state"),
            (true, "missing sqlite3_txn_state, first in call 1".to_owned())
        );
    }
}
