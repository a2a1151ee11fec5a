//! Records of sqllogictest: each is run, and compared with what it says that it returns.

mod answer;
mod compare;

use std::collections::HashMap;

use md5::Md5;
use sha2::{Digest, Sha256};

use self::answer::{Answer, Texts};
use crate::contract::sqllogictest::{Asks, Query, Record};
use crate::contract::verb::Sqllogictest;
use crate::outcome::Outcome;
use crate::outcome::records::{Differing, Records};
use crate::outcome::value::hex;
use crate::worker::ffi::{Call, Connection, Library};

/// The hash of the result that each label of a run has.
pub(super) type Labels = HashMap<String, Hash>;

/// A hash of MD5, as a number because that is shown at once.
type Hash = u128;

/// How many digits of a digest are shown.
const DIGEST_DIGITS: usize = 16;

/// What was expected and what came, where these differ.
type Difference = Option<(String, String)>;

/// Runs the records of a step.
pub(super) fn run(
    library: &Library,
    connection: &Connection,
    labels: &mut Labels,
    asked: &Sqllogictest,
) -> Call<Outcome> {
    let is_alone = asked.records().nth(1).is_none();
    let mut run = Run { library, connection, labels, is_alone };
    let mut digest = Sha256::new();
    let mut all = Records { records: 0, digest: String::new(), only: None, differing: Vec::new() };
    for record in asked.records() {
        let record = record.map_err(|mistake| Outcome::Refused(mistake.to_string()))?;
        let (answer, difference) = run.record(&record)?;
        digest.update(&answer.exact);
        all.records += 1;
        all.only = is_alone.then_some(answer.lines);
        all.differing.extend(difference.map(|(expected, actual)| Differing {
            line: record.line,
            record: record.words(),
            expected,
            actual,
        }));
    }
    all.digest = hex(&digest.finalize());
    all.digest.truncate(DIGEST_DIGITS);
    Ok(Outcome::Records(all))
}

struct Run<'a> {
    library: &'a Library,
    connection: &'a Connection,
    labels: &'a mut Labels,
    /// Whether what the record returns is shown.
    is_alone: bool,
}

impl Run<'_> {
    fn record(&mut self, record: &Record<'_>) -> Call<(Answer, Difference)> {
        match &record.asks {
            Asks::Statement { sql, fails } => self.statement(sql, *fails),
            Asks::Query { sql, query } => self.query(sql, query),
            Asks::Skipped { label, result } => {
                let hash = compare::hash_in(result).unwrap_or_else(|| md5(&Texts::of(result)));
                Ok((Answer::default(), self.labelled(label, hash)))
            }
        }
    }

    fn statement(&mut self, sql: &str, fails: bool) -> Call<(Answer, Difference)> {
        let (outcome, message) = self.connection.exec(self.library, sql)?;
        message.free(self.library)?;
        let difference = (outcome.succeeded() == fails).then(|| {
            let expected = if fails { "an error" } else { "OK" };
            (expected.to_owned(), outcome.to_string())
        });
        Ok((Answer::of_outcome(&outcome), difference))
    }

    fn query(&mut self, sql: &str, query: &Query<'_>) -> Call<(Answer, Difference)> {
        let answer = Answer::new(self.is_alone, query.sort);
        let (answer, texts) = match answer::of_query(self.library, self.connection, sql, query.types, answer)?
        {
            (answer, Ok(texts)) => (answer, texts),
            (answer, Err(failed)) => {
                let promise = query.result.as_deref().map_or_else(|| "rows".to_owned(), compare::shown);
                return Ok((answer, Some((promise, failed))));
            }
        };
        let texts = texts.sorted(query.sort);
        let is_hashed = query.threshold > 0 && texts.len() > query.threshold;
        let hash = (is_hashed || query.label.is_some()).then(|| md5(&texts));
        let expected = query.result.as_deref();
        let difference = expected.and_then(|expected| match hash {
            Some(hash) if is_hashed => compare::by_hash(expected, texts.len(), hash),
            _ => compare::by_value(expected, &texts),
        });
        let by_label = query.label.zip(hash).and_then(|(label, hash)| self.labelled(label, hash));
        Ok((answer, difference.or(by_label)))
    }

    /// Remembers the result of a label, or compares it with the remembered one.
    fn labelled(&mut self, label: &str, hash: Hash) -> Difference {
        match self.labels.get(label) {
            None => {
                self.labels.insert(label.to_owned(), hash);
                None
            }
            Some(known) if *known == hash => None,
            Some(known) => {
                let expected = format!("the result of the others labelled {label}, {known:032x}");
                Some((expected, format!("{hash:032x}")))
            }
        }
    }
}

/// The hash of values as SQLite's own runner makes it.
fn md5(texts: &Texts) -> Hash {
    Hash::from_be_bytes(Md5::digest(texts.lines()).into())
}
