//! rusqlite's calls that prepare, bind every parameter, and run.

use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, Params, Row, ToSql, params_from_iter};

use super::{RusqliteConnection, outcome, read_row, sql_value};
use crate::contract::verb::Run;
use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// Which call asks for the row.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asked {
    /// `query_row`: the first one.
    First,
    /// `query_one`: the only one.
    Only,
}

impl RusqliteConnection {
    /// `Connection::execute`: how many rows it changed.
    pub(crate) fn execute(&self, run: &Run) -> Result<Value, Outcome> {
        let changed = match run.named.is_empty() {
            true => self.get().execute(&run.sql, params_from_iter(run.values.iter().map(sql_value))),
            false => self.get().execute(&run.sql, &*borrowed(&named(run))),
        };
        changed.map(|n| Value::Integer(i64::try_from(n).unwrap_or(i64::MAX))).map_err(outcome)
    }

    /// `Connection::query_row` or `query_one`
    pub(crate) fn row(&self, run: &Run, asked: Asked) -> Result<Outcome, Outcome> {
        match run.named.is_empty() {
            true => row(self.get(), &run.sql, params_from_iter(run.values.iter().map(sql_value)), asked),
            false => row(self.get(), &run.sql, &*borrowed(&named(run)), asked),
        }
    }
}

fn row(connection: &Connection, sql: &str, params: impl Params, asked: Asked) -> Result<Outcome, Outcome> {
    let read = |row: &Row<'_>| Ok(read_row(row, row.as_ref().column_count()));
    let row = match asked {
        Asked::First => connection.query_row(sql, params, read),
        Asked::Only => connection.query_one(sql, params, read),
    };
    row.map_err(outcome)?.map(Outcome::Row)
}

fn named(run: &Run) -> Vec<(&str, ToSqlOutput<'static>)> {
    run.named.iter().map(|(name, value)| (name.as_str(), sql_value(value))).collect()
}

fn borrowed<'a>(named: &'a [(&'a str, ToSqlOutput<'static>)]) -> Vec<(&'a str, &'a dyn ToSql)> {
    named.iter().map(|(name, value)| (*name, value as &dyn ToSql)).collect()
}
