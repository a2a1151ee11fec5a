//! Whether a copy of SQLite has what a program needs.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

use super::document::{Named, Needs};
use crate::analysis::audit::Asked;
use crate::analysis::audit::flag;
use crate::contract::Contract;
use crate::contract::flag::Flag;
use crate::contract::record::Record;
use crate::contract::step::Step;
use crate::contract::verb::{Call, Exec, Limit, Open, Query};
use crate::copies::Code;
use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// Something that a copy lacks, or of which nobody can say whether it has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Missing {
    /// What is needed: `version`, `flag ENABLE_FTS5`, `function iif`.
    pub what: String,
    /// What goes wrong without it.
    pub because: String,
}

/// What a copy is asked for these needs.
pub struct Questions<'a> {
    needs: &'a Needs,
    flags: Vec<Flag>,
}

const ITSELF: &str = "itself";
const OPTIONS: &str = "options";

impl<'a> Questions<'a> {
    /// The questions. Of all flags of which it is known how a library shows them, those that are needed are asked.
    pub fn new(needs: &'a Needs, known: Vec<Flag>) -> Self {
        let names = || needs.flags.set.iter().chain(&needs.flags.unset).map(|flag| name(&flag.flag));
        let flags = known.into_iter().filter(|flag| names().any(|name| name == flag.name)).collect();
        Self { needs, flags }
    }

    /// The contract to run.
    pub fn contract(&self) -> Contract {
        let mut cases: Vec<(String, Vec<Step>)> = vec![
            (ITSELF.to_owned(), vec![query("SELECT sqlite_version()".to_owned())]),
            (OPTIONS.to_owned(), vec![query("PRAGMA compile_options".to_owned())]),
        ];
        for Named { name, .. } in &self.needs.functions {
            cases.push((function(name), vec![query(format!("EXPLAIN SELECT {}()", quoted(name)))]));
        }
        for Named { name, .. } in &self.needs.modules {
            let make = exec(format!("CREATE VIRTUAL TABLE temp.needed USING {}", quoted(name)));
            let read = query(format!("EXPLAIN SELECT * FROM {}", quoted(name)));
            cases.push((module(name), vec![make, read]));
        }
        for limit in &self.needs.limits {
            if let Some(known) = limit.known() {
                cases.push((
                    format!("limit {}", limit.limit),
                    vec![Step::of(Call::Limit(Limit::of(known, -1)))],
                ));
            }
        }
        let open =
            || Step { record: Some(Record::None), ..Step::of(Call::Open(Open::of(":memory:".to_owned()))) };
        let opened =
            cases.iter().map(|(name, steps)| (name.as_str(), [vec![open()], steps.clone()].concat()));
        let mut contract = Contract::of_steps("needs", opened.collect());
        contract.cases.extend(flag::questions(&self.flags).cases);
        contract
    }

    /// What is missing in a copy that did this with the contract.
    pub fn missing(&self, asked: &Asked, code: &Code) -> Vec<Missing> {
        let mut missing: Vec<Missing> = self.version(asked).into_iter().collect();
        missing.extend(self.flags(asked, code));
        missing.extend(
            self.needs.modules.iter().filter_map(|need| lacking(asked, "module", module(&need.name), need)),
        );
        missing.extend(
            self.needs
                .functions
                .iter()
                .filter_map(|need| lacking(asked, "function", function(&need.name), need)),
        );
        let symbols = self.needs.symbols.iter().filter(|need| !code.exported.contains(&need.name));
        missing.extend(symbols.map(|need| because("symbol", &need.name, need.proof.to_string())));
        missing.extend(self.limits(asked));
        missing
    }

    /// What is missing according to its version alone.
    pub fn missing_of_version(&self, version: &Version) -> Option<Missing> {
        let because = self.needs.versions.mistake(version)?;
        Some(Missing { what: format!("version {version}"), because })
    }

    fn version(&self, asked: &Asked) -> Option<Missing> {
        let said = asked.outcomes(ITSELF).last().and_then(only_text);
        match said.and_then(|said| Version::parse(&said).ok()) {
            Some(version) => self.missing_of_version(&version),
            None => Some(Missing {
                what: "version".to_owned(),
                because: "it does not say which it is".to_owned(),
            }),
        }
    }

    fn flags(&self, asked: &Asked, code: &Code) -> Vec<Missing> {
        let mut said: BTreeMap<String, String> = BTreeMap::new();
        let options = asked.outcomes(OPTIONS).last().map(texts).unwrap_or_default();
        for flag in options.into_iter().chain(flag::shown(&self.flags, asked, code)) {
            said.insert(name(&flag).to_owned(), flag);
        }
        let is_set = |flag: &str| said.get(name(flag)).is_some_and(|said| is_same(said, flag));
        let set = self.needs.flags.set.iter().filter(|need| !is_set(&need.flag));
        let set = set.map(|need| because("flag", &need.flag, need.proof.to_string()));
        let unset = self.needs.flags.unset.iter().filter(|need| is_set(&need.flag));
        let unset = unset.map(|need| because("no flag", &need.flag, need.proof.to_string()));
        set.chain(unset).collect()
    }

    fn limits(&self, asked: &Asked) -> impl Iterator<Item = Missing> {
        self.needs.limits.iter().filter_map(|need| {
            let has = match asked.outcomes(&format!("limit {}", need.limit)).last() {
                Some(Outcome::Value(Value::Integer(has))) => *has,
                _ => return None,
            };
            let what = format!("{} of at least {}, not {has}", need.limit, need.at_least);
            // A limit that the library does not know is none; 0 takes some of them away.
            (has > 0 && has < need.at_least.into()).then(|| because("limit", &what, need.proof.to_string()))
        })
    }
}

fn because(kind: &str, what: &str, because: String) -> Missing {
    Missing { what: format!("{kind} {what}"), because }
}

/// A module or a function that is not there: every step says so.
fn lacking(asked: &Asked, kind: &str, case: String, need: &Named) -> Option<Missing> {
    let outcomes = asked.outcomes(&case);
    let steps = outcomes.get(1..).filter(|steps| !steps.is_empty());
    let says = |outcome: &Outcome| {
        let said = outcome.to_string();
        ["no such function: ", "no such module: ", "no such table: "].iter().any(|words| said.contains(words))
    };
    let is_lacking = steps.is_none_or(|steps| steps.iter().all(says));
    is_lacking.then(|| because(kind, &need.name, need.proof.to_string()))
}

fn function(name: &str) -> String {
    format!("function {name}")
}

fn module(name: &str) -> String {
    format!("module {name}")
}

fn query(sql: String) -> Step {
    Step::of(Call::Query(Query::of(sql)))
}

fn exec(sql: String) -> Step {
    Step::of(Call::Exec(Exec::of(sql)))
}

/// A name in SQL.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `DQS` of `DQS=0`.
fn name(flag: &str) -> &str {
    flag.split_once('=').map_or(flag, |(name, _)| name)
}

/// `ENABLE_FTS5` and `ENABLE_FTS5=1` are one.
fn is_same(one: &str, other: &str) -> bool {
    let value =
        |flag: &str| flag.split_once('=').map_or_else(|| "1".to_owned(), |(_, value)| value.to_owned());
    value(one) == value(other)
}

fn texts(outcome: &Outcome) -> Vec<String> {
    let Outcome::Rows(rows) = outcome else { return Vec::new() };
    let text = |row: &Vec<Value>| match row.first() {
        Some(Value::Text(text)) => Some(String::from_utf8_lossy(text).into_owned()),
        _ => None,
    };
    rows.iter().filter_map(text).collect()
}

fn only_text(outcome: &Outcome) -> Option<String> {
    texts(outcome).into_iter().next()
}
