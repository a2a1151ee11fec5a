//! Statements and their columns.

use super::super::{Outcome, done, integer, named, value};
use super::Rusqlite;
use super::sections::{Columns, Statements};
use crate::contract::verb::{At, Bind, ExpandedSql, OnDb, OnStmt, Parameter, Prepare};
use crate::worker::ffi::Call;

impl Statements for Rusqlite {
    /// The statement of this name is dropped first, so that a cached one is back in its cache.
    fn prepare(&mut self, prepare: &Prepare) -> Call<Outcome> {
        self.statements.remove(prepare.stmt.as_str());
        let statement = self.connection(&prepare.db)?.prepare(&prepare.sql, prepare.cached)?;
        self.statements.insert(prepare.stmt.to_string(), statement);
        Ok(Outcome::OK)
    }

    fn bind(&mut self, bind: &Bind) -> Call<Outcome> {
        let statement = self.statement(&bind.stmt)?;
        if let (Some(at), Some(value)) = (&bind.at, &bind.value) {
            match bind.written_as {
                None => statement.bind(at, value)?,
                Some(written_as) => statement.bind_typed(at, value, written_as)?,
            }
        }
        for (position, value) in (1..).zip(&bind.values) {
            statement.bind(&Parameter::Position(position), value)?;
        }
        Ok(Outcome::OK)
    }

    fn step(&mut self, on: &OnStmt) -> Call<Outcome> {
        self.statement(&on.stmt)?.step()
    }

    fn reset(&mut self, on: &OnStmt) -> Call<Outcome> {
        self.statement(&on.stmt)?.reset();
        Ok(Outcome::OK)
    }

    fn clear_bindings(&mut self, on: &OnStmt) -> Call<Outcome> {
        self.statement(&on.stmt)?.clear_bindings();
        Ok(Outcome::OK)
    }

    fn finalize(&mut self, on: &OnStmt) -> Call<Outcome> {
        named(self.statements.remove(on.stmt.as_str()), &on.stmt)?.finalize().map(done)
    }

    fn expanded_sql(&mut self, on: &ExpandedSql) -> Call<Outcome> {
        Ok(value(self.statement(&on.stmt)?.expanded_sql()))
    }

    fn stmt_readonly(&mut self, on: &OnStmt) -> Call<Outcome> {
        Ok(integer(self.statement(&on.stmt)?.readonly()))
    }

    fn bind_parameter_count(&mut self, on: &OnStmt) -> Call<Outcome> {
        Ok(count(self.statement(&on.stmt)?.parameter_count()))
    }

    fn bind_parameter_name(&mut self, at: &At) -> Call<Outcome> {
        Ok(value(self.statement(&at.stmt)?.parameter_name(index(at))))
    }

    fn stmt_count(&mut self, on: &OnDb) -> Call<Outcome> {
        self.connection(&on.db)?.stmt_count(self.library).map(value)
    }
}

impl Columns for Rusqlite {
    fn column_name(&mut self, at: &At) -> Call<Outcome> {
        Ok(value(self.statement(&at.stmt)?.column_name(index(at))))
    }

    fn column_count(&mut self, on: &OnStmt) -> Call<Outcome> {
        Ok(count(self.statement(&on.stmt)?.column_count()))
    }
}

fn index(at: &At) -> usize {
    usize::try_from(at.at).unwrap_or(usize::MAX)
}

fn count(n: usize) -> Outcome {
    integer(i64::try_from(n).unwrap_or(i64::MAX))
}
