//! Makes the calls of a trace and groups what came out otherwise.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;

use super::call::{Call, Class};
use super::reader::Visit;
use super::report::{Group, Held, Report, Work};
use super::rows::{Rows, Verdict};
use super::shown::{hash, shown};
use crate::outcome::replayed::Kind;
use crate::outcome::sqlite_names::code_name;
use crate::trace::{Item, normalized};
use crate::worker::ffi::replay::{Aside, Machine, Made, NotMade};

/// As many texts of SQL are remembered with their normal form.
const MOST_TEXTS: usize = 10_000;
/// As many groups are told apart.
const MOST_GROUPS: usize = 2_000;
/// Rows that a statement has and the recorded one had not are counted up to here.
const MOST_ROWS: u64 = 10_000;

const OK: i32 = 0;
const ROW: i32 = 100;

/// A statement of the trace.
struct Statement {
    sql: Rc<str>,
    rows: Rows,
}

pub(super) struct Judge<'a> {
    machine: &'static Machine,
    /// Where it is, for whoever waits.
    progress: &'a AtomicU64,
    /// The call before which to stop.
    stop: Option<u64>,
    number: u64,
    report: Report,
    groups: HashMap<(Rc<str>, Kind), usize>,
    texts: HashMap<u64, Rc<str>>,
    statements: HashMap<(u32, u64), Statement>,
    work: BTreeMap<Rc<str>, Work>,
    /// What SQLite held before the first call.
    held_before: u64,
    made: Made,
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
            groups: HashMap::new(),
            texts: HashMap::new(),
            statements: HashMap::new(),
            work: BTreeMap::new(),
            held_before: machine.held(),
            made: Made::default(),
        }
    }

    pub(super) fn finish(mut self) -> Report {
        self.report.statements =
            self.work.into_iter().map(|(statement, work)| (statement.to_string(), work)).collect();
        self.report.groups.sort_by_key(|group| (group.place, group.kind));
        let held = Held { most: self.machine.most_held(), ..self.report.held };
        // What a library counts only from its start on was there before.
        self.report.held = held.without(self.held_before);
        self.report
    }

    /// What a call is about: its statement, or itself.
    fn about(&self, call: &Call<'_>) -> Rc<str> {
        let statement = call.arguments.first().and_then(Item::handle);
        let statement = statement.and_then(|number| self.statements.get(&(call.process, number)));
        match (statement, call.function.class) {
            (Some(statement), _) => Rc::clone(&statement.sql),
            (None, Class::Prepare | Class::Exec) => self.normal(call),
            (None, _) => call.function.name.as_str().into(),
        }
    }

    fn normal(&self, call: &Call<'_>) -> Rc<str> {
        let sql = sql(call);
        match self.texts.get(&hash(&Item::Text(&sql))) {
            Some(known) => Rc::clone(known),
            None => normalized(&sql).into(),
        }
    }

    fn add(&mut self, kind: Kind, about: &Rc<str>, place: (u32, u64), old: String, new: String, count: u64) {
        let key = (Rc::clone(about), kind);
        if let Some(at) = self.groups.get(&key) {
            self.report.groups[*at].count += count;
            return;
        }
        if self.report.groups.len() < MOST_GROUPS {
            self.groups.insert(key, self.report.groups.len());
            let statement = about.to_string();
            self.report.groups.push(Group { kind, statement, count, place, old, new });
        }
    }

    fn not_made(&mut self, call: &Call<'_>, why: NotMade) {
        if why == NotMade::Missing {
            let name: Rc<str> = call.function.name.as_str().into();
            let new = format!("missing {name}");
            self.add(Kind::Missing, &name, (call.process, call.place), "made".to_owned(), new, 1);
        }
        *self.report.not_made.entry(why.words().to_owned()).or_default() += 1;
        // What its results would have been is not there; those of a statement end with it.
        if call.function.class == Class::Finalize
            && let Some(number) = call.arguments.first().and_then(Item::handle)
        {
            self.statements.remove(&(call.process, number));
        }
    }

    fn make(&mut self, call: &Call<'_>) -> Result<(), NotMade> {
        self.made.code = None;
        self.made.differs.clear();
        let run = call.function.run.ok_or(NotMade::Because("functions that a replay does not know"))?;
        self.machine.make(run, call, &mut self.made)
    }

    fn judge(&mut self, call: &Call<'_>) {
        let place = (call.process, call.place);
        let asides = self.machine.asides();
        let has_asides = !asides.is_empty();
        if has_asides {
            let about = self.about(call);
            asides.into_iter().for_each(|aside| self.aside(&about, place, aside));
        }
        if !call.function.is_compared {
            self.report.not_compared += 1;
            return;
        }
        match self.made.differs.is_empty() && !has_asides {
            true => self.report.same += 1,
            false => self.report.differ += 1,
        }
        match call.function.class {
            Class::Step => self.step(call),
            Class::Column => self.column(call),
            Class::Prepare => {
                self.simple(call);
                self.prepared(call);
            }
            Class::Reset => {
                self.end_rows(call);
                self.simple(call);
            }
            Class::Finalize | Class::Exec | Class::Other => self.simple(call),
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
        self.add(kind, about, place, old, new, 1);
    }

    /// A call of which each result stands for itself.
    fn simple(&mut self, call: &Call<'_>) {
        let Some(first) = self.made.differs.first().cloned() else { return };
        let kind = kind_of(call, self.made.code);
        let about = self.about(call);
        let with_name = |value: String| match kind {
            Kind::Value if call.function.class == Class::Other && *about != *call.function.name => {
                format!("{} {value}", call.function.name)
            }
            Kind::Error | Kind::Code => value.parse().map_or(value, code_name),
            _ => value,
        };
        let (old, new) = (with_name(first.old), with_name(first.new));
        self.add(kind, &about, (call.process, call.place), old, new, 1);
    }

    fn prepared(&mut self, call: &Call<'_>) {
        if self.made.code != Some(OK) {
            return;
        }
        let Some(number) = call.results.get(1).and_then(Item::handle) else { return };
        let text = sql(call);
        let key = hash(&Item::Text(&text));
        let known = self.texts.get(&key).cloned();
        let sql = known.unwrap_or_else(|| {
            if self.texts.len() >= MOST_TEXTS {
                self.texts.clear();
            }
            let normal: Rc<str> = normalized(&text).into();
            // The same words have one place in memory.
            let normal = self.work.get_key_value(&normal).map_or(normal, |(known, _)| Rc::clone(known));
            self.texts.insert(key, Rc::clone(&normal));
            normal
        });
        if !self.work.contains_key(&sql) {
            let plan = self.machine.plan(call.process, call.arguments, &text);
            self.work.insert(Rc::clone(&sql), Work { plan, ..Work::default() });
        }
        self.statements.insert((call.process, number), Statement { sql, rows: Rows::default() });
    }

    fn statement(&mut self, call: &Call<'_>) -> Option<&mut Statement> {
        let number = call.arguments.first().and_then(Item::handle)?;
        self.statements.get_mut(&(call.process, number))
    }

    fn step(&mut self, call: &Call<'_>) {
        let old = code(call);
        let new = self.made.code.unwrap_or(0);
        let place = (call.process, call.place);
        let Some(statement) = self.statement(call) else { return self.simple(call) };
        let verdict = statement.rows.step(old, new, place);
        match verdict {
            Verdict::Goes => {}
            Verdict::Ended(_) => self.say(call, verdict),
            Verdict::MoreRows => {
                let more = self.rows_behind(call);
                if let Some(statement) = self.statement(call) {
                    let verdict = statement.rows.more(more);
                    self.say(call, verdict);
                }
            }
        }
        let is_error = |code: i32| !matches!(code, OK | ROW | 101);
        if is_error(old) || is_error(new) {
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
        let place = (call.process, call.place);
        match self.statement(call) {
            Some(statement) => statement.rows.column(recorded, differs, place),
            None => self.simple(call),
        }
    }

    /// The rows of a statement end: they are judged as a whole.
    fn end_rows(&mut self, call: &Call<'_>) {
        if let Some(statement) = self.statement(call) {
            let verdict = statement.rows.end();
            self.say(call, verdict);
        }
    }

    fn say(&mut self, call: &Call<'_>, verdict: Verdict) {
        if let Verdict::Ended(Some(found)) = verdict {
            let about = self.about(call);
            let kind = if found.kind == Kind::Value && draws(&about) { Kind::Random } else { found.kind };
            self.add(kind, &about, found.place, found.old, found.new, found.count);
        }
    }

    /// Before a statement ends: what it has done.
    fn before_finalize(&mut self, call: &Call<'_>) {
        self.end_rows(call);
        if let Some(number) = call.arguments.first().and_then(Item::handle) {
            self.add_work((call.process, number), 0);
        }
    }

    /// Counts the work of a statement, which its process finalizes, or left.
    fn add_work(&mut self, number: (u32, u64), left: u64) {
        let steps = self.machine.steps(number.0, number.1);
        if let Some(statement) = self.statements.get(&number)
            && let Some(work) = self.work.get_mut(&statement.sql)
        {
            work.times += 1;
            work.steps += steps;
            work.left += left;
        }
    }

    /// Before what a process has left is closed: what there is.
    fn before_end(&mut self, process: u32) {
        let left: Vec<_> = self.statements.keys().filter(|(of, _)| *of == process).copied().collect();
        left.into_iter().for_each(|number| self.add_work(number, 1));
        if self.machine.has_open(process) {
            self.report.held.at_end += self.machine.held();
        }
    }

    /// A statement whose rows ended earlier than the recorded ones has no row to read.
    fn is_without_row(&self, call: &Call<'_>) -> bool {
        if !matches!(call.function.class, Class::Step | Class::Column) {
            return false;
        }
        let number = call.arguments.first().and_then(Item::handle);
        let statement = number.and_then(|number| self.statements.get(&(call.process, number)));
        statement.is_some_and(|statement| statement.rows.is_lost)
    }
}

/// Whether a statement draws at random.
fn draws(statement: &str) -> bool {
    let statement = statement.to_ascii_lowercase();
    ["random(", "randomblob("].iter().any(|function| statement.contains(function))
}

/// The SQL of a call that has some, up to its tail.
pub(crate) fn sql(call: &Call<'_>) -> String {
    let Some(item) = call.arguments.get(1) else { return String::new() };
    let text = match item {
        Item::Text(text) => (*text).to_owned(),
        Item::BrokenText(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Item::Utf16(bytes) => {
            let units = bytes.chunks_exact(2).map(|unit| u16::from_ne_bytes([unit[0], unit[1]]));
            return String::from_utf16_lossy(&units.collect::<Vec<_>>());
        }
        other => return shown(other),
    };
    let tail = call.results.get(2).and_then(Item::integer).and_then(|tail| usize::try_from(tail).ok());
    match tail.filter(|_| call.function.class == Class::Prepare).and_then(|tail| text.get(..tail)) {
        Some(statement) => statement.to_owned(),
        None => text,
    }
}

/// The recorded result code.
pub(crate) fn code(call: &Call<'_>) -> i32 {
    let code = match call.results.first() {
        Some(Item::Integer(code)) => Some(*code),
        Some(Item::List(parts)) => parts.first().and_then(Item::integer),
        _ => None,
    };
    code.and_then(|code| code.try_into().ok()).unwrap_or(0)
}

fn kind_of(call: &Call<'_>, new: Option<i32>) -> Kind {
    let Some(new) = new else { return Kind::Value };
    let old = code(call);
    let is_success = |code: i32| matches!(code, OK | ROW | 101);
    match (is_success(old), is_success(new)) {
        (false, false) if old & 0xff != new & 0xff => Kind::Code,
        (true, true) if old == new => Kind::Value,
        _ => Kind::Error,
    }
}

impl Visit for Judge<'_> {
    fn begin(&mut self, _: u32, started: u64) {
        self.machine.begin_process();
        self.machine.begin_time(started);
    }

    fn call(&mut self, call: &Call<'_>) -> Result<bool> {
        // What SQLite called of the recorded program outside of any call of its.
        if !call.function.name.starts_with("sqlite3") {
            return Ok(true);
        }
        self.number += 1;
        if self.stop == Some(self.number) {
            let (name, about) = (call.function.name.clone(), self.about(call).to_string());
            self.report.stopped = Some((call.process, call.place, name, about));
            return Ok(false);
        }
        self.progress.store(self.number, Ordering::Relaxed);
        self.report.calls += 1;
        if self.is_without_row(call) {
            if call.function.class == Class::Step
                && code(call) == ROW
                && let Some(statement) = self.statement(call)
            {
                statement.rows.skip();
            }
            self.not_made(call, NotMade::Because("about rows that are not there"));
            return Ok(true);
        }
        if call.function.class == Class::Finalize {
            self.before_finalize(call);
        }
        match self.make(call) {
            Ok(()) => self.judge(call),
            Err(why) => self.not_made(call, why),
        }
        if call.function.class == Class::Finalize
            && let Some(number) = call.arguments.first().and_then(Item::handle)
        {
            self.statements.remove(&(call.process, number));
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
        self.statements.retain(|(of, _), _| *of != process);
    }
}
