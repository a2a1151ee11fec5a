//! What SQLite calls: functions, collations, modules, hooks, and the log of their calls.
//!
//! The user data that SQLite keeps for a callback is a number in a table of the case, not an address: a call
//! that comes too late, or a destructor that runs twice, finds an entry or none, and is told instead of
//! crashing. Both drivers use the table; a library calls on the thread that called it, so it is the thread's.

mod aggregate;
mod collation;
mod function;
mod hooks;
mod module;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::{c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use self::module::Objects;
use super::owner::anything_in_use;
use super::{Alias, Call, Library};
use crate::contract::verb::{Authorizer, ChangesetApply, Destructor, Fold, Meanwhile, Order, Scalar, Tables};
use crate::outcome::Outcome;
use crate::outcome::value::Value;

pub(crate) use self::aggregate::Totals;
pub(crate) use self::hooks::NewHook;
pub(crate) use self::module::{DECLARATION, Method, VirtualTable};

/// Something that SQLite calls.
pub(crate) struct Callback {
    /// Its function's, module's or hook's name, or the one that the contract gave.
    pub(crate) name: String,
    /// What it does.
    pub(crate) does: Does,
    calls: Cell<u64>,
    meanwhile: Option<Elsewhere>,
}

/// What a callback does, as far as the contract chooses.
pub(crate) enum Does {
    /// A hook that only watches.
    Watch,
    Scalar(Scalar),
    Fold(Fold),
    Collate(Order),
    /// Makes a missing collation.
    Provide(Option<Order>),
    Tables(Tables),
    /// Filters the tables of a changeset and resolves its conflicts.
    Apply(ChangesetApply),
    Commit {
        veto: bool,
    },
    Progress {
        interrupt_at: Option<u64>,
    },
    Authorize(Authorizer),
    Busy {
        tries: u64,
    },
}

/// SQL to run on another connection during a call.
pub(crate) struct Elsewhere {
    meanwhile: Meanwhile,
    connection: Alias,
}

impl Elsewhere {
    /// The contract's words, and the connection that they name.
    pub(crate) fn new(meanwhile: &Meanwhile, connection: Alias) -> Self {
        Self { meanwhile: meanwhile.clone(), connection }
    }

    /// What came of it, for the log.
    fn run(&self) -> String {
        let library = super::library::loaded();
        let outcome = library.and_then(|library| self.connection.exec(library, &self.meanwhile.exec));
        let outcome = outcome.unwrap_or_else(|| Outcome::NoHandle(self.meanwhile.db.to_string()));
        format!("meanwhile {} → {outcome}", self.meanwhile.exec)
    }
}

impl Callback {
    /// Logs a call, runs what is to happen meanwhile, and returns which call of this callback it was, from 1.
    pub(crate) fn called(&self, line: String) -> u64 {
        let call = self.calls.get() + 1;
        self.calls.set(call);
        with_table(|table| table.log(&self.name, line));
        if let Some(elsewhere) = self.meanwhile.as_ref().filter(|elsewhere| elsewhere.meanwhile.at == call) {
            let line = elsewhere.run();
            with_table(|table| table.note(&self.name, line));
        }
        call
    }

    /// Counts a call, and logs it where the log does not say it already.
    pub(crate) fn called_once(&self, line: String) {
        self.calls.set(self.calls.get() + 1);
        with_table(|table| {
            *table.counts.entry(self.name.clone()).or_default() += 1;
            if !table.log.iter().any(|logged| logged.line == line) {
                table.note(&self.name, line);
            }
        });
    }

    /// Logs a call that has no more to say than its name.
    pub(crate) fn called_plainly(&self) -> u64 {
        self.called(self.name.clone())
    }

    /// Whether the authorizer denies (1), ignores (2) or allows (0).
    pub(crate) fn authorize(&self, action: &str, first: Option<&str>, second: Option<&str>) -> c_int {
        let Does::Authorize(rules) = &self.does else { return 0 };
        let concerns = rules.on.as_deref().is_none_or(|name| first == Some(name) || second == Some(name));
        let names = |actions: &[crate::outcome::sqlite_names::Action]| {
            concerns && actions.iter().any(|known| known.name().eq_ignore_ascii_case(action))
        };
        match () {
            () if names(&rules.deny) => libsqlite3_sys::SQLITE_DENY,
            () if names(&rules.ignore) => libsqlite3_sys::SQLITE_IGNORE,
            () => libsqlite3_sys::SQLITE_OK,
        }
    }
}

/// Calls that came one after another and say the same.
struct Logged {
    of: String,
    line: String,
    times: u64,
}

/// More lines than this are no contract's: what comes later is only counted.
const MOST_LINES: usize = 10_000;

/// The callbacks of a case.
#[derive(Default)]
struct Table {
    callbacks: Vec<Rc<Callback>>,
    log: Vec<Logged>,
    counts: BTreeMap<String, i64>,
    destroyed: BTreeMap<Destructor, i64>,
    /// How often each auxiliary data was found again.
    auxdata: Vec<i64>,
    /// The virtual tables and cursors that SQLite has of the driver `capi`.
    objects: Objects,
}

impl Table {
    fn log(&mut self, of: &str, line: String) {
        *self.counts.entry(of.to_owned()).or_default() += 1;
        self.note(of, line);
    }

    fn note(&mut self, of: &str, line: String) {
        let is_full = self.log.len() >= MOST_LINES;
        if let Some(last) = self.log.last_mut().filter(|last| last.of == of && last.line == line) {
            last.times += 1;
        } else if !is_full {
            self.log.push(Logged { of: of.to_owned(), line, times: 1 });
        }
    }
}

thread_local! {
    static TABLE: RefCell<Table> = RefCell::default();
}

/// Uses the table for a moment; never around a call into SQLite, which may call back.
fn with_table<T>(use_it: impl FnOnce(&mut Table) -> T) -> T {
    TABLE.with_borrow_mut(use_it)
}

/// Numbers of user data begin here: SQLite keeps small numbers of its own where a WAL hook's data stands.
const FIRST: usize = 1 << 20;

/// Enters a callback into the table and returns its user data.
pub(crate) fn register(name: &str, does: Does, meanwhile: Option<Elsewhere>) -> usize {
    let callback = Callback { name: name.to_owned(), does, calls: Cell::new(0), meanwhile };
    with_table(|table| {
        table.callbacks.push(Rc::new(callback));
        FIRST + table.callbacks.len() - 1
    })
}

/// The callback with this user data.
pub(crate) fn find(data: usize) -> Call<Rc<Callback>> {
    with_table(|table| data.checked_sub(FIRST).and_then(|at| table.callbacks.get(at).cloned()))
        .ok_or_else(|| Outcome::NoHandle("user data".to_owned()))
}

/// Counts a destructor's call.
pub(crate) fn count_destructor(of: Destructor) {
    with_table(|table| *table.destroyed.entry(of).or_default() += 1);
}

/// How often destructors of this kind have run in this case.
pub(crate) fn destroyed(of: Destructor) -> i64 {
    with_table(|table| table.destroyed.get(&of).copied().unwrap_or(0))
}

/// The calls of one callback or of all, which are forgotten by this, one row a line.
pub(crate) fn take_calls(of: Option<&str>) -> Outcome {
    let logged = with_table(|table| {
        let (asked, others) = std::mem::take(&mut table.log)
            .into_iter()
            .partition(|logged| of.is_none_or(|of| of == logged.of));
        table.log = others;
        let asked: Vec<Logged> = asked;
        asked
    });
    let row = |Logged { line, times, .. }: Logged| {
        vec![Value::text(&if times == 1 { line } else { format!("{line} × {times}") })]
    };
    Outcome::Rows(logged.into_iter().map(row).collect())
}

/// How often one callback or all were called in this case.
pub(crate) fn call_count(of: Option<&str>) -> i64 {
    with_table(|table| {
        table.counts.iter().filter(|(name, _)| of.is_none_or(|of| of == *name)).map(|(_, n)| n).sum()
    })
}

/// Forgets the callbacks of the case before. Its virtual tables stay where a connection may still use them.
pub(crate) fn forget_callbacks() {
    // Taken out first: what is dropped here may hold more than the table.
    let table = with_table(std::mem::take);
    if anything_in_use() {
        std::mem::forget(table.objects);
    }
}

/// A number as the pointer that SQLite keeps.
pub(super) fn pointer(data: usize) -> *mut c_void {
    std::ptr::without_provenance_mut(data)
}

/// Runs the inside of a callback: a panic or a missing function must not leave it through C.
pub(super) fn guard<T>(otherwise: T, body: impl FnOnce(&'static Library) -> Call<T>) -> T {
    let body = || super::library::loaded().map(body);
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Some(Ok(answer))) => answer,
        _ => otherwise,
    }
}
