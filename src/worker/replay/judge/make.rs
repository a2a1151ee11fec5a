//! Makes the calls of a trace, in their order, and has judged what comes out.

use std::rc::Rc;
use std::sync::atomic::Ordering;

use anyhow::Result;

use super::super::about::{ROW, code, names_tokenizer, sql};
use super::super::call::{Call, Class};
use super::super::reader::Visit;
use super::super::rows::Found;
use super::Judge;
use crate::outcome::replayed::Kind;
use crate::trace::Item;
use crate::worker::ffi::replay::NotMade;

impl Visit for Judge<'_> {
    fn begin(&mut self, _: u32, started: u64) {
        // Before the first call nothing was drawn, and a SQLite before 3.8.7 cannot be asked to: it has not been started.
        if self.number > 0 {
            self.machine.begin_process();
        }
        self.machine.begin_time(started);
    }

    fn call(&mut self, call: &Call<'_>) -> Result<bool> {
        // What SQLite called of the recorded program outside of any call of its.
        if !call.function.name.starts_with("sqlite3") {
            return Ok(true);
        }
        self.number += 1;
        if self.stop == Some(self.number) {
            let (name, about) = (call.function.name.clone(), self.statements.about(call).to_string());
            self.report.stopped = Some((call.process, call.place, name, about));
            return Ok(false);
        }
        self.progress.store(self.number, Ordering::Relaxed);
        self.report.calls += 1;
        if self.is_without_row(call) {
            if call.function.class == Class::Step
                && code(call) == ROW
                && let Some(statement) = self.statements.of(call)
            {
                statement.rows.skip();
            }
            self.not_made(call, NotMade::Because("about rows that are not there"));
            return Ok(true);
        }
        if call.function.class == Class::Finalize {
            self.before_finalize(call);
        }
        if call.function.class == Class::Exec {
            self.statements.executes(call);
        }
        match self.make(call) {
            Ok(()) => self.judge(call),
            Err(why) => self.not_made(call, why),
        }
        if call.function.class == Class::Finalize {
            self.statements.remove(call);
        }
        Ok(true)
    }

    fn end(&mut self, process: u32, unfinished: Vec<String>) {
        let count = unfinished.iter().filter(|name| name.starts_with("sqlite3")).count() as u64;
        if count > 0 {
            self.report.calls += count;
            let why = "it did not end in the trace".to_owned();
            *self.report.not_made.entry(why).or_default() += count;
        }
        self.before_end(process);
        self.machine.end_process(process);
        self.report.held.after_close = self.machine.held();
    }
}

impl Judge<'_> {
    fn not_made(&mut self, call: &Call<'_>, why: NotMade) {
        if why == NotMade::Missing {
            let name: Rc<str> = call.function.name.as_str().into();
            let new = format!("missing {name}");
            let place = (call.process, call.place);
            self.groups.add(&name, Found::whole(Kind::Missing, place, "made".to_owned(), new));
        }
        let why = match why {
            NotMade::Unborn => self.lost.why(call).unwrap_or(why.words()),
            why => why.words(),
        };
        self.count_not_made(call, why);
        // What its results would have been is not there; those of a statement end with it.
        if call.function.class == Class::Finalize {
            self.statements.remove(call);
        }
    }

    /// What such a call makes is not there, and its connection's last error is not that of the trace.
    pub(super) fn count_not_made(&mut self, call: &Call<'_>, why: &'static str) {
        *self.report.not_made.entry(why.to_owned()).or_default() += 1;
        self.lost.add(call, why);
        self.last_errors.after(call, true);
    }

    pub(super) fn make(&mut self, call: &Call<'_>) -> Result<(), NotMade> {
        self.made.code = None;
        self.made.differs.clear();
        if call.function.class == Class::Exec && names_tokenizer(&sql(call)) {
            return Err(NotMade::Because("a tokenizer of the program, in the words of SQL"));
        }
        if call.function.name.starts_with("sqlite3_bind_blob") && self.has_address(call) {
            return self.bind_tokenizer(call);
        }
        let run = call.function.run.ok_or(NotMade::Because("functions that a replay does not know"))?;
        self.machine.make(run, call, &mut self.made)
    }

    /// Whether a call is about a statement that takes or returns the address of a tokenizer.
    pub(super) fn has_address(&mut self, call: &Call<'_>) -> bool {
        self.statements.of(call).is_some_and(|statement| statement.has_address)
    }

    /// Binds a tokenizer of this library's where the program bound the address of its own.
    fn bind_tokenizer(&mut self, call: &Call<'_>) -> Result<(), NotMade> {
        let number = call.arguments.first().and_then(Item::handle).ok_or(NotMade::Unfit)?;
        let address = self.machine.tokenizer(call.process, number).ok_or(NotMade::Address)?;
        let stand_in = |item: &Item<'_>| match item {
            Item::Blob(_) => Item::Blob(&address),
            Item::Handle(number) => Item::Handle(*number),
            Item::Integer(number) => Item::Integer(*number),
            _ => Item::Null,
        };
        let arguments: Vec<Item<'_>> = call.arguments.iter().map(stand_in).collect();
        let Call { function, process, place, results, body, .. } = *call;
        let run = function.run.ok_or(NotMade::Unfit)?;
        let call = Call { function, process, place, arguments: &arguments, results, body };
        self.machine.make(run, &call, &mut self.made)
    }

    /// Before a statement ends: what it has done.
    fn before_finalize(&mut self, call: &Call<'_>) {
        self.end_rows(call);
        self.statements.ends(call);
    }

    /// Before what a process has left is closed: what there is.
    fn before_end(&mut self, process: u32) {
        for (about, has_columns, found) in self.statements.rows_left(process) {
            self.add(&about, has_columns, found);
        }
        self.statements.leave(process);
        self.last_errors.leave(process);
        if self.machine.has_open(process) {
            self.report.held.at_end += self.machine.held();
        }
    }

    /// A statement whose rows ended earlier than the recorded ones has no row to read.
    fn is_without_row(&mut self, call: &Call<'_>) -> bool {
        matches!(call.function.class, Class::Step | Class::Column)
            && self.statements.of(call).is_some_and(|statement| statement.rows.is_lost)
    }
}
