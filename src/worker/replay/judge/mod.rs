//! Judges what comes out of the calls of a trace, and groups what came out otherwise. `make` makes the calls.

mod make;

use std::rc::Rc;
use std::sync::atomic::AtomicU64;

use super::about::{OK, ROW, code, draws, is_success, kind_of};
use super::call::{Call, Class};
use super::groups::Groups;
use super::last_error::LastErrors;
use super::lost::Lost;
use super::report::{Held, Report};
use super::rows::{Found, Verdict};
use super::shown::{hash, shown};
use super::statements::Statements;
use crate::outcome::replayed::Kind;
use crate::outcome::sqlite_names::code_name;
use crate::trace::Item;
use crate::worker::ffi::replay::{Aside, Differs, Machine, Made, VIRTUAL_TABLES};

/// Rows that a statement has and the recorded one had not are counted up to here.
const MOST_ROWS: u64 = 10_000;

/// Why a statement is not made that needs a directory.
const DIRECTORY: &str = "a directory of where it was recorded";

pub(super) struct Judge<'a> {
    machine: &'static Machine,
    /// Where it is, for whoever waits.
    progress: &'a AtomicU64,
    /// The call before which to stop.
    stop: Option<u64>,
    number: u64,
    report: Report,
    groups: Groups,
    statements: Statements,
    /// What SQLite held before the first call.
    held_before: u64,
    /// The version and the source id of the library, as they are shown.
    own: [String; 2],
    made: Made,
    lost: Lost,
    last_errors: LastErrors,
}

impl<'a> Judge<'a> {
    pub(super) fn new(
        machine: &'static Machine,
        progress: &'a AtomicU64,
        stop: Option<u64>,
        processes: usize,
    ) -> Self {
        Self {
            machine,
            progress,
            stop,
            number: 0,
            report: Report { processes, ..Report::default() },
            groups: Groups::default(),
            statements: Statements::new(machine),
            held_before: machine.held(),
            own: machine.names().map(|name| shown(&Item::Text(&name))),
            made: Made::default(),
            lost: Lost::default(),
            last_errors: LastErrors::default(),
        }
    }

    pub(super) fn finish(mut self) -> Report {
        self.report.statements = self.statements.work();
        (self.report.groups, self.report.beyond) = self.groups.in_order();
        let held = Held { most: self.machine.most_held(), ..self.report.held };
        // What a library counts only from its start on was there before.
        self.report.held = held.without(self.held_before);
        self.report
    }

    /// Whether a call fails because a virtual table of the program's is not there, as a replay has none.
    fn lacks_module(&self) -> bool {
        let is_it = |differs: &Differs| differs.new.contains("no such module: ");
        self.made.differs.first().is_some_and(is_it) && self.report.not_made.contains_key(VIRTUAL_TABLES)
    }

    /// Whether a call fails because it names a directory that only the machine of the recording has, as
    /// `PRAGMA temp_store_directory` does.
    fn lacks_directory(&self) -> bool {
        let is_it = |differs: &Differs| differs.new.contains("not a writable directory");
        self.made.differs.first().is_some_and(is_it)
    }

    fn judge(&mut self, call: &Call<'_>) {
        let place = (call.process, call.place);
        let asides = self.machine.asides();
        if asides.iter().any(is_of_module) || self.lacks_module() {
            return self.count_not_made(call, VIRTUAL_TABLES);
        }
        if self.lacks_directory() {
            return self.count_not_made(call, DIRECTORY);
        }
        let has_asides = !asides.is_empty();
        if has_asides {
            let about = self.statements.about(call);
            asides.into_iter().for_each(|aside| self.aside(&about, place, aside));
        }
        if !call.function.is_compared || call.function.class == Class::Column && self.has_address(call) {
            self.report.not_compared += 1;
            return;
        }
        if is_success(code(call)) && self.made.code.is_some_and(|code| !is_success(code)) {
            self.lost.add(call, Lost::TO_ANOTHER_OUTCOME);
        }
        match self.made.differs.is_empty() && !has_asides {
            true => self.report.same += 1,
            false => self.report.differ += 1,
        }
        self.last_errors.after(call, !self.made.differs.is_empty());
        match call.function.class {
            // The call that failed otherwise has a group, which says this too.
            Class::Failure if self.last_errors.is_otherwise(call) => {}
            Class::Step => self.step(call),
            Class::Column => self.column(call),
            Class::Prepare => {
                self.simple(call);
                if self.made.code == Some(OK) {
                    self.statements.prepared(call);
                }
            }
            Class::Reset => {
                self.end_rows(call);
                self.simple(call);
            }
            Class::Exec => {
                self.simple(call);
                if self.made.code == Some(OK) {
                    self.statements.executed(call);
                }
            }
            Class::Finalize | Class::Failure | Class::Other => self.simple(call),
        }
    }

    fn aside(&mut self, about: &Rc<str>, place: (u32, u64), aside: Aside) {
        let Aside { name, old, new } = aside;
        let kind = match name.as_str() {
            "exec()" if old.starts_with("called") => Kind::Value,
            "exec()" => Kind::Rows,
            _ => Kind::CalledOtherwise,
        };
        let (old, new) = match name.as_str() {
            "exec()" => (old, new),
            _ => (format!("{name} {old}"), format!("{name} {new}")),
        };
        self.groups.add(about, Found::whole(kind, place, old, new));
    }

    /// A call of which each result stands for itself.
    fn simple(&mut self, call: &Call<'_>) {
        let Some(first) = self.made.differs.first().cloned() else { return };
        let kind = kind_of(call, self.made.code);
        let about = self.statements.about(call);
        let with_name = |value: String| match kind {
            Kind::Value if call.function.class == Class::Other && *about != *call.function.name => {
                format!("{} {value}", call.function.name)
            }
            Kind::Error | Kind::Code => value.parse().map_or(value, code_name),
            _ => value,
        };
        let (old, new) = (with_name(first.old), with_name(first.new));
        self.groups.add(&about, Found::whole(kind, (call.process, call.place), old, new));
    }

    fn step(&mut self, call: &Call<'_>) {
        let old = code(call);
        let new = self.made.code.unwrap_or(0);
        let place = (call.process, call.place);
        let Some(statement) = self.statements.of(call) else { return self.simple(call) };
        let verdict = statement.rows.step(old, new, place);
        match verdict {
            Verdict::Goes => {}
            Verdict::Ended(_) => self.say(call, verdict),
            Verdict::MoreRows => {
                let more = self.rows_behind(call);
                if let Some(statement) = self.statements.of(call) {
                    let verdict = statement.rows.more(more);
                    self.say(call, verdict);
                }
            }
        }
        if !is_success(old) || !is_success(new) {
            self.simple(call);
        }
    }

    /// How many rows there are where the recorded statement had no more.
    fn rows_behind(&mut self, call: &Call<'_>) -> u64 {
        let mut more = 1;
        while more < MOST_ROWS {
            if self.make(call).is_err() || self.made.code != Some(ROW) {
                break;
            }
            more += 1;
        }
        self.made.differs.clear();
        more
    }

    fn column(&mut self, call: &Call<'_>) {
        let recorded = call.results.first().map_or(0, hash);
        let differs = self.made.differs.first().cloned();
        let differs =
            differs.map(|differs| if call.function.is_type() { differs.of_types() } else { differs });
        let at = call.arguments.get(1).and_then(Item::integer).and_then(|at| u32::try_from(at).ok());
        let (at, place) = (at.unwrap_or(0), (call.process, call.place));
        let differs = differs.filter(|differs| !self.is_own_name(call, differs));
        match self.statements.of(call) {
            Some(statement) => statement.rows.column(at, recorded, differs, place),
            None => self.simple(call),
        }
    }

    /// Whether a statement asked which SQLite it is and was told: that is never the same on two builds, and counts as not
    /// compared.
    fn is_own_name(&mut self, call: &Call<'_>, differs: &Differs) -> bool {
        const ASK: [&str; 2] = ["sqlite_version", "sqlite_source_id"];
        let is_own = self.own.contains(&differs.new) && {
            let about = self.statements.about(call).to_ascii_lowercase();
            ASK.iter().any(|name| about.contains(name))
        };
        if is_own {
            self.report.differ -= 1;
            self.report.not_compared += 1;
        }
        is_own
    }

    /// The rows of a statement end: they are judged as a whole.
    fn end_rows(&mut self, call: &Call<'_>) {
        if let Some(statement) = self.statements.of(call) {
            let verdict = statement.rows.end();
            self.say(call, verdict);
        }
    }

    fn say(&mut self, call: &Call<'_>, verdict: Verdict) {
        let Verdict::Ended(found) = verdict else { return };
        if found.is_empty() {
            return;
        }
        let about = self.statements.about(call);
        let has_columns = self.statements.of(call).is_some_and(|statement| statement.columns > 1);
        found.into_iter().for_each(|found| self.add(&about, has_columns, found));
    }

    /// The only column of a statement needs no number.
    fn add(&mut self, about: &Rc<str>, has_columns: bool, found: Found) {
        let kind = if found.kind == Kind::Value && draws(about) { Kind::Random } else { found.kind };
        let column = found.column.filter(|_| has_columns);
        self.groups.add(about, Found { kind, column, ..found });
    }
}

/// Whether a method of a virtual table was called in the trace: a replay has no such tables.
fn is_of_module(aside: &Aside) -> bool {
    aside.name.starts_with('x')
}
