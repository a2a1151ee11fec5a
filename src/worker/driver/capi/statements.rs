//! Statements and their columns.

use super::super::{Outcome, integer, value};
use super::Capi;
use super::sections::{Columns, Statements};
use crate::contract::verb::{
    At, Bind, BindBytes, BindZeroblob64, Column, ExpandedSql, KeptColumn, NextStmt, OnDb, OnStmt, Parameter,
    Prepare, StmtExplain,
};
use crate::outcome::value::Value;
use crate::worker::ffi::Call;

impl Statements for Capi {
    fn prepare(&mut self, prepare: &Prepare) -> Call<Outcome> {
        let flags = prepare.flags.iter().fold(0, |all, flag| all | flag.number().unsigned_abs());
        let connection = self.connection(&prepare.db)?;
        let statement = connection.prepare(self.library, &prepare.sql, prepare.version, flags)?;
        self.statements.keep(&prepare.stmt, statement);
        Ok(Outcome::OK)
    }

    /// Binds until a value is refused.
    fn bind(&mut self, bind: &Bind) -> Call<Outcome> {
        let statement = self.statement(&bind.stmt)?;
        if let (Some(at), Some(value)) = (&bind.at, &bind.value) {
            let position = statement.position(self.library, at)?;
            return statement.bind(self.library, position, value, bind.lifetime);
        }
        for (position, value) in (1..).zip(&bind.values) {
            let at = statement.position(self.library, &Parameter::Position(position))?;
            let bound = statement.bind(self.library, at, value, bind.lifetime)?;
            if !bound.succeeded() {
                return Ok(bound);
            }
        }
        Ok(Outcome::OK)
    }

    fn bind_bytes(&mut self, bind: &BindBytes) -> Call<Outcome> {
        let statement = self.statement(&bind.stmt)?;
        statement.bind_bytes(self.library, statement.position(self.library, &bind.at)?, bind)
    }

    fn bind_zeroblob64(&mut self, bind: &BindZeroblob64) -> Call<Outcome> {
        let statement = self.statement(&bind.stmt)?;
        statement.bind_zeroblob64(self.library, statement.position(self.library, &bind.at)?, bind.size)
    }

    fn step(&mut self, on: &OnStmt) -> Call<Outcome> {
        self.statement(&on.stmt)?.step(self.library)
    }

    fn reset(&mut self, on: &OnStmt) -> Call<Outcome> {
        self.statement(&on.stmt)?.reset(self.library)
    }

    fn clear_bindings(&mut self, on: &OnStmt) -> Call<Outcome> {
        self.statement(&on.stmt)?.clear_bindings(self.library)
    }

    fn finalize(&mut self, on: &OnStmt) -> Call<Outcome> {
        self.statements.take(&on.stmt)?.finalize(self.library)
    }

    fn sql(&mut self, on: &OnStmt) -> Call<Outcome> {
        self.statement(&on.stmt)?.sql(self.library).map(value)
    }

    fn expanded_sql(&mut self, on: &ExpandedSql) -> Call<Outcome> {
        let kept = self.statement(&on.stmt)?.expanded_sql(self.library)?;
        self.show(kept, on.keep.as_deref())
    }

    fn stmt_busy(&mut self, on: &OnStmt) -> Call<Outcome> {
        self.statement(&on.stmt)?.busy(self.library).map(value)
    }

    fn stmt_readonly(&mut self, on: &OnStmt) -> Call<Outcome> {
        self.statement(&on.stmt)?.readonly(self.library).map(value)
    }

    fn stmt_isexplain(&mut self, on: &OnStmt) -> Call<Outcome> {
        self.statement(&on.stmt)?.isexplain(self.library).map(value)
    }

    fn stmt_explain(&mut self, explain: &StmtExplain) -> Call<Outcome> {
        self.statement(&explain.stmt)?.explain(self.library, explain.mode)
    }

    fn bind_parameter_count(&mut self, on: &OnStmt) -> Call<Outcome> {
        self.statement(&on.stmt)?.parameter_count(self.library).map(value)
    }

    fn bind_parameter_name(&mut self, at: &At) -> Call<Outcome> {
        self.statement(&at.stmt)?.parameter_name(self.library, at.at).map(value)
    }

    fn next_stmt(&mut self, next: &NextStmt) -> Call<Outcome> {
        let after = next.after.as_deref().map(|name| self.statement(name)).transpose()?;
        let found = self.connection(&next.db)?.next_stmt(self.library, after)?;
        Ok(Outcome::Value(found.map_or(Value::Null, |found| {
            let name = self.statements.name_of(|statement| statement.identity() == found);
            Value::text(&name.unwrap_or_else(|| "a statement without a name".to_owned()))
        })))
    }

    fn stmt_count(&mut self, on: &OnDb) -> Call<Outcome> {
        self.connection(&on.db)?.stmt_count(self.library).map(value)
    }
}

impl Columns for Capi {
    fn column(&mut self, column: &Column) -> Call<Outcome> {
        self.statement(&column.stmt)?.column(self.library, column.at, column.read_as).map(value)
    }

    fn column_name(&mut self, at: &At) -> Call<Outcome> {
        self.statement(&at.stmt)?.column_name(self.library, at.at).map(value)
    }

    fn column_decltype(&mut self, at: &At) -> Call<Outcome> {
        self.statement(&at.stmt)?.column_decltype(self.library, at.at).map(value)
    }

    fn column_count(&mut self, on: &OnStmt) -> Call<Outcome> {
        self.statement(&on.stmt)?.column_count(self.library).map(value)
    }

    fn data_count(&mut self, on: &OnStmt) -> Call<Outcome> {
        self.statement(&on.stmt)?.data_count(self.library).map(value)
    }

    fn value_dup(&mut self, column: &KeptColumn) -> Call<Outcome> {
        let kept = self.statement(&column.stmt)?.value_dup(self.library, column.at)?;
        self.kept.keep(&column.name, kept);
        Ok(Outcome::OK)
    }

    fn hold(&mut self, column: &KeptColumn) -> Call<Outcome> {
        let pointer = self.statement(&column.stmt)?.hold(self.library, column.at)?;
        self.pointers.keep(&column.name, pointer);
        Ok(Outcome::OK)
    }

    fn same_pointer(&mut self, column: &KeptColumn) -> Call<Outcome> {
        let statement = self.statement(&column.stmt)?;
        let held = self.pointers.get(&column.name)?;
        Ok(integer(statement.hold(self.library, column.at)? == *held))
    }
}
