//! Calls of a trace, made again: arguments become C's, results are compared, and what SQLite calls meanwhile finds what it
//! was answered.

use std::cell::{Cell, RefCell};
use std::ffi::{c_char, c_int, c_void};
use std::rc::Rc;

use super::answers::Answers;
use super::files::Files;
use super::frame::Frame;
use super::handles::{Handles, Sort};
use super::kinds::{Db, Said};
use super::real::real;
use crate::trace::Item;
use crate::worker::ffi::Library;
use crate::worker::replay::call::{Body, Call};
use crate::worker::replay::shown;

/// A call of the table, with its arguments and results in the call.
pub(crate) type Run = fn(&Taking<'_>, &mut Made) -> Result<(), NotMade>;

/// What came of a call.
#[derive(Debug, Default)]
pub(crate) struct Made {
    /// The result code, where the function returns one.
    pub(crate) code: Option<c_int>,
    /// The results that are others than the recorded ones.
    pub(crate) differs: Vec<Differs>,
}

/// A result that is another than the recorded one.
#[derive(Debug, Clone)]
pub(crate) struct Differs {
    pub(crate) old: String,
    pub(crate) new: String,
    /// A number for all that is the same as the new one.
    pub(crate) hash: u64,
}

impl Differs {
    /// The types of values by their names, where these are their numbers.
    pub(crate) fn of_types(self) -> Self {
        const TYPES: [&str; 5] = ["INTEGER", "FLOAT", "TEXT", "BLOB", "NULL"];
        let name = |number: String| {
            let at = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            at.and_then(|at| TYPES.get(at)).map_or(number, |name| format!("type {name}"))
        };
        Self { old: name(self.old), new: name(self.new), ..self }
    }
}

impl Made {
    #[cold]
    pub(super) fn differs(&mut self, recorded: &Item<'_>, found: &Item<'_>) {
        self.differs.push(Differs {
            old: shown::shown(recorded),
            new: shown::shown(found),
            hash: shown::hash(found),
        });
    }
}

/// Why a call was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum NotMade {
    /// It is about something that was not made here.
    Unborn,
    /// It passes an address that means something in its own process alone.
    Address,
    /// It passes a value of which the trace does not have the bytes.
    Digest,
    /// Its arguments are none of this function.
    Unfit,
    /// What stands here stops it.
    Because(&'static str),
    /// The library has no such function.
    Missing,
}

impl NotMade {
    /// Why this item cannot be passed.
    pub(super) fn unknown(item: &Item<'_>) -> Self {
        match item {
            Item::DigestOfBlob(_) | Item::DigestOfText(_) | Item::Hidden { .. } => Self::Digest,
            Item::Present(true) => Self::Address,
            _ => Self::Unfit,
        }
    }

    /// The reason in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Unborn => "about what was not made here",
            Self::Address => "an address of the program",
            Self::Digest => "a value that the trace does not have whole",
            Self::Unfit => "arguments that are not its own",
            Self::Because(why) => why,
            Self::Missing => "a function that the library does not have",
        }
    }
}

/// Something about a callback, beside the call in which it happened.
#[derive(Debug, Clone)]
pub(crate) struct Aside {
    /// The function of the program: `authorizer()`.
    pub(crate) name: String,
    pub(crate) old: String,
    pub(crate) new: String,
}

/// What makes the calls.
pub(crate) struct Machine {
    pub(super) library: &'static Library,
    /// A limit by its number, which each connection has lowered to so much.
    lowered: Option<(c_int, c_int)>,
    pub(super) handles: RefCell<Handles>,
    pub(super) frames: RefCell<Vec<Frame>>,
    pub(super) asides: RefCell<Vec<Aside>>,
    pub(super) answers: RefCell<Answers>,
    pub(super) files: RefCell<Files>,
    pub(super) process: Cell<u32>,
    /// Whether what SQLite calls now is not of the trace.
    pub(super) is_quiet: Cell<bool>,
}

thread_local! {
    static MACHINE: Cell<Option<&'static Machine>> = const { Cell::new(None) };
}

/// The machine of this thread, which SQLite called.
pub(super) fn machine() -> Option<&'static Machine> {
    MACHINE.get()
}

impl Machine {
    /// The machine of this thread, for the rest of this process's life: SQLite has addresses in it.
    pub(crate) fn install(library: &'static Library, lowered: Option<(c_int, c_int)>) -> &'static Self {
        let machine: &'static Self = Box::leak(Box::new(Self {
            library,
            lowered,
            handles: RefCell::default(),
            frames: RefCell::default(),
            asides: RefCell::default(),
            answers: RefCell::default(),
            files: RefCell::default(),
            process: Cell::new(0),
            is_quiet: Cell::new(false),
        }));
        MACHINE.set(Some(machine));
        machine
    }

    /// Lowers the limit of a connection that was opened, where one is to be.
    pub(super) fn lower(&self, db: Db) {
        let limit = real!(self.library, sqlite3_limit: fn(Db, c_int, c_int) -> c_int);
        if let (Some(limit), Some((number, value))) = (limit, self.lowered) {
            // SAFETY: a connection that was opened.
            unsafe { limit(db, number, value) };
        }
    }

    /// Makes a call of a process.
    ///
    /// # Errors
    /// Why it was not made.
    #[inline]
    pub(crate) fn make(&self, run: Run, call: &Call<'_>, made: &mut Made) -> Result<(), NotMade> {
        self.process.set(call.process);
        if call.function.ends_row() {
            self.take_back(call);
        }
        self.frames.borrow_mut().push(Frame::new(call.body.map(Rc::clone)));
        let taking = Taking { machine: self, call, kept: RefCell::default(), at: Cell::new(0) };
        let done = run(&taking, made);
        let frame = self.frames.borrow_mut().pop();
        if let Some(frame) = frame.filter(|_| done.is_ok()) {
            frame.left_over(&mut self.asides.borrow_mut());
        }
        self.process.set(call.process);
        done
    }

    /// What the statement of a call has lent ends.
    fn take_back(&self, call: &Call<'_>) {
        let mut handles = self.handles.borrow_mut();
        let number = call.arguments.first().and_then(Item::handle);
        if let Some(statement) = number.and_then(|number| handles.get((call.process, number), Sort::Stmt)) {
            handles.take_back(statement);
        }
    }

    /// What callbacks were not as recorded since this was last asked.
    pub(crate) fn asides(&self) -> Vec<Aside> {
        match self.asides.try_borrow_mut() {
            Ok(mut asides) if !asides.is_empty() => std::mem::take(&mut *asides),
            _ => Vec::new(),
        }
    }

    /// What a connection says of its last error.
    #[cold]
    pub(super) fn failure<'a>(&self, db: Db) -> (c_int, &'a [u8]) {
        let extended = real!(self.library, sqlite3_extended_errcode: fn(Db) -> c_int);
        let message = real!(self.library, sqlite3_errmsg: fn(Db) -> Said);
        // SAFETY: a connection that is open.
        let extended = extended.map_or(0, |extended| unsafe { extended(db) });
        // SAFETY: the same.
        let message = message.map_or(Said(std::ptr::null()), |message| unsafe { message(db) });
        (extended, message.bytes().unwrap_or_default())
    }

    /// `sqlite3_free`
    pub(super) fn free(&self, memory: *mut c_void) {
        let free = real!(self.library, sqlite3_free: fn(*mut c_void) -> ());
        if let Some(free) = free.filter(|_| !memory.is_null()) {
            // SAFETY: SQLite gave it away, and nobody else has it.
            unsafe { free(memory) };
        }
    }

    /// `sqlite3_free_table`
    pub(super) fn free_table(&self, table: *mut c_void) {
        if let Some(free) = real!(self.library, sqlite3_free_table: fn(*mut c_void) -> ()) {
            // SAFETY: SQLite gave it away, and nobody else has it.
            unsafe { free(table) };
        }
    }

    /// What happened inside the call that is being made.
    pub(super) fn body_of(&self) -> Option<Rc<Body>> {
        self.frames.borrow().last().and_then(|frame| frame.body.clone())
    }
}

/// A call while its arguments are taken and its results are compared.
pub(crate) struct Taking<'a> {
    pub(super) machine: &'a Machine,
    pub(super) call: &'a Call<'a>,
    /// Texts that end with a zero, as long as the call.
    kept: RefCell<Vec<Box<[u8]>>>,
    /// The next argument that is taken.
    at: Cell<usize>,
}

impl Taking<'_> {
    /// The bytes with zeros behind them, which stay as long as the call.
    pub(super) fn keep(&self, bytes: &[u8]) -> *const c_char {
        let kept: Box<[u8]> = [bytes, &[0, 0]].concat().into();
        let at = kept.as_ptr();
        self.kept.borrow_mut().push(kept);
        at.cast()
    }

    /// The object of a handle.
    #[inline]
    pub(super) fn handle(&self, number: u64, sort: Sort) -> Result<*mut c_void, NotMade> {
        let found = self.machine.handles.borrow_mut().get((self.call.process, number), sort);
        found.ok_or(NotMade::Unborn)
    }

    /// The next argument.
    #[inline]
    pub(super) fn next(&self) -> Result<&Item<'_>, NotMade> {
        let at = self.at.get();
        self.at.set(at + 1);
        self.argument(at)
    }

    /// The argument at this place.
    #[inline]
    pub(super) fn argument(&self, at: usize) -> Result<&Item<'_>, NotMade> {
        self.call.arguments.get(at).ok_or(NotMade::Unfit)
    }

    /// A recorded result.
    #[inline]
    pub(super) fn result(&self, at: usize) -> &Item<'_> {
        self.call.results.get(at).unwrap_or(&Item::Null)
    }

    /// The connection that knows what went wrong: that of the first argument.
    #[cold]
    pub(super) fn connection(&self) -> Option<Db> {
        let number = (self.call.process, self.call.arguments.first()?.handle()?);
        let mut handles = self.machine.handles.borrow_mut();
        if let Some(db) = handles.get(number, Sort::Db) {
            return Some(Db(db));
        }
        let statement = handles.get(number, Sort::Stmt)?;
        drop(handles);
        let of = real!(self.machine.library, sqlite3_db_handle: fn(*mut c_void) -> Db)?;
        // SAFETY: a statement that is there.
        Some(unsafe { of(statement) })
    }

    /// Something that a call returned: it is what the recorded number stands for from now on.
    pub(super) fn born(&self, recorded: &Item<'_>, sort: Sort, pointer: *mut c_void, made: &mut Made) {
        let mut handles = self.machine.handles.borrow_mut();
        match (recorded, pointer.is_null()) {
            (Item::Handle(number), false) => {
                let number = (self.call.process, *number);
                match handles.get(number, sort) {
                    Some(known) if sort != Sort::Value && !self.makes_handles() => {
                        if known != pointer {
                            drop(handles);
                            made.compare(recorded, &Item::Text("another handle"));
                        }
                    }
                    _ if sort == Sort::Value && self.call.function.name == "sqlite3_column_value" => {
                        let lender = self.call.arguments.first().and_then(Item::handle).unwrap_or(0);
                        let lender = handles.get((self.call.process, lender), Sort::Stmt);
                        handles.lend(number, pointer, lender.unwrap_or(std::ptr::null_mut()));
                    }
                    _ => handles.bind(number, sort, pointer),
                }
            }
            (Item::Handle(_), true) => {
                // A code says so already, where there is one.
                if made.code.is_none() {
                    drop(handles);
                    made.compare(recorded, &Item::Null);
                }
            }
            (_, true) => {}
            (_, false) => {
                drop(handles);
                self.machine.give_back(sort, pointer);
            }
        }
    }

    fn makes_handles(&self) -> bool {
        !matches!(self.call.function.name.as_str(), "sqlite3_next_stmt" | "sqlite3_db_handle")
    }
}
