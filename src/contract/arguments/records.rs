//! The arguments of `sqllogictest`.

use super::{DbName, arguments};
use crate::contract::sqllogictest::{Asks, Record};
use crate::contract::verb::cut;
use crate::outcome::value::short_hash;

arguments! {
    /// Records in SQLite's own dialect.
    Sqllogictest {
        /// The records, with empty lines between them.
        script: String,
    } optional {
        /// The connection.
        db: DbName,
        /// The number of the script's first line in the file that it is from.
        line: Option<usize>,
        /// Results of more values than this are given by their hash, until the script says otherwise; 8 when left out, 0 is no limit.
        threshold: Option<usize>,
    }
    brief script, in words
}

impl Sqllogictest {
    /// What is wrong with the script: the word it is about, and the message.
    pub(in crate::contract) fn mistake(&self) -> Option<(&'static str, String)> {
        let mistake = self.records().find_map(Result::err);
        let empty =
            || self.records().next().is_none().then(|| "there is no record for SQLite in it".to_owned());
        Some(("sqllogictest", mistake.map(|mistake| mistake.to_string()).or_else(empty)?))
    }

    /// One record by its SQL, several by their lines or their hash.
    fn words(&self) -> Option<String> {
        let mut records = self.records().map_while(Result::ok);
        let first = records.next()?;
        if records.next().is_none() {
            return Some(self.alone(&first));
        }
        Some(match self.line {
            Some(line) => {
                let more = memchr::memchr_iter(b'\n', self.script.trim_end().as_bytes()).count();
                format!("sqllogictest, lines {} to {}", first.line, line + more)
            }
            None => format!("sqllogictest, records with sha256 {}", short_hash(self.script.as_bytes())),
        })
    }

    fn alone(&self, record: &Record<'_>) -> String {
        let place = self.line.map_or(String::new(), |_| format!("line {}: ", record.line));
        cut(format!("{place}{}", record.words()))
    }
}

impl Record<'_> {
    /// The record on one line, without what it must return.
    pub(crate) fn words(&self) -> String {
        let (what, sql) = match &self.asks {
            Asks::Statement { sql, .. } => ("statement", sql.as_ref()),
            Asks::Query { sql, .. } => ("query", sql.as_ref()),
            Asks::Skipped { label, .. } => ("label", *label),
        };
        format!("{what} {}", sql.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}
