//! What a trace holds, counted.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Result;
use serde::Serialize;

use super::shape::Shape;
use super::traffic::Traffic;
use super::{About, Damage, Event, Function, Item, Trace, normalized};

/// What a trace holds.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// What it says of itself.
    #[serde(flatten)]
    pub about: About,
    /// Its bytes.
    pub bytes: u64,
    /// The byte behind the last whole frame, where the trace was cut short.
    pub cut_at: Option<u64>,
    /// The calls of all processes.
    pub calls: u64,
    /// Those of them that the program made while another call was under way, as from a function that SQLite called.
    pub calls_inside: u64,
    /// Each process that called SQLite.
    pub by_process: Vec<ProcessSummary>,
    /// Calls by function.
    pub by_function: Vec<Counted>,
    /// How often SQLite called the program.
    pub callbacks: Vec<Counted>,
    /// Statements that were prepared or executed, normalised.
    pub statements: Vec<Counted>,
    /// Results that were errors, by their messages.
    pub errors: Vec<Counted>,
    /// Functions that the program defined.
    pub functions: BTreeSet<String>,
    /// Database files by their paths.
    pub databases: Vec<FileSummary>,
    /// What the recorder said.
    pub notes: BTreeSet<String>,
}

/// Something and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// What.
    pub what: String,
    /// How often.
    pub count: u64,
}

/// A process in a trace.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ProcessSummary {
    /// Its name in the recording.
    pub name: String,
    /// Its words.
    pub command: Vec<String>,
    /// The process that it was forked from.
    pub parent: Option<String>,
    /// The file of its SQLite.
    pub library: String,
    /// The version of that.
    pub version: String,
    /// `sqlite3_sourceid()`
    pub source_id: String,
    /// Its calls.
    pub calls: u64,
    /// Those of them that were made while another one was under way.
    pub calls_inside: u64,
    /// How many threads called.
    pub threads: usize,
    /// The calls that had begun when the process ended, the innermost last.
    pub unfinished: Vec<String>,
    /// Whether it ended by `exit`, or a return from `main`: not by `_exit`, `exec` or a signal.
    pub has_exited: bool,
    /// Whether it still ran when the trace was made, so that what it called later is not there.
    pub still_runs: bool,
    /// Whether all of these are calls that SQLite made of itself: the program found its functions by `dlsym`.
    pub is_of_library: bool,
    /// Connections and statements that it did not close.
    pub left_open: u64,
}

/// A database in a trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileSummary {
    /// Its path.
    pub path: String,
    /// How often it was opened.
    pub opens: u64,
    /// The bytes that were there at its first open; nothing where the program made it.
    pub bytes: Option<u64>,
}

impl Summary {
    /// Reads the whole trace. Whether the files in it are whole is not looked at.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn of(trace: &Trace) -> Result<Self> {
        let mut counts = Counts::default();
        let mut by_process = Vec::new();
        for process in 0..trace.about().processes.len() {
            let mut reader = Reader::new(&trace.about().processes[process]);
            let mut shape = Shape::default();
            trace.each_at(process, &mut |at, event| {
                shape.read(&event).map_err(|what| Damage { at, what, detail: None })?;
                reader.read(&event, &mut counts);
                Ok(())
            })?;
            let still_runs = trace.about().still_running.contains(&trace.about().processes[process]);
            by_process.push(ProcessSummary { still_runs, ..reader.finish(&mut counts) });
        }
        let databases = counts.databases.into_iter().map(|(path, (opens, copy))| {
            let kept = trace.about().files.iter().find(|file| Some(&file.name) == copy.as_ref());
            FileSummary { path, opens, bytes: kept.map(|file| file.size) }
        });
        Ok(Self {
            about: trace.about().clone(),
            bytes: trace.size(),
            cut_at: trace.cut().map(|cut| cut.at),
            calls: by_process.iter().map(|process| process.calls).sum(),
            calls_inside: by_process.iter().map(|process| process.calls_inside).sum(),
            by_process,
            by_function: sorted(counts.functions),
            callbacks: sorted(counts.callbacks),
            statements: sorted(counts.statements),
            errors: sorted(counts.errors),
            functions: counts.defined,
            databases: databases.collect(),
            notes: counts.notes,
        })
    }
}

/// The most frequent first.
fn sorted(counts: HashMap<String, u64>) -> Vec<Counted> {
    let mut sorted: Vec<Counted> = counts.into_iter().map(|(what, count)| Counted { what, count }).collect();
    sorted.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.what.cmp(&b.what)));
    sorted
}

/// A statement without words is none: a comment, or what is behind the last semicolon.
fn count(counts: &mut HashMap<String, u64>, what: String) {
    if !what.is_empty() {
        *counts.entry(what).or_default() += 1;
    }
}

#[derive(Default)]
struct Counts {
    functions: HashMap<String, u64>,
    callbacks: HashMap<String, u64>,
    statements: HashMap<String, u64>,
    errors: HashMap<String, u64>,
    defined: BTreeSet<String>,
    databases: BTreeMap<String, (u64, Option<String>)>,
    notes: BTreeSet<String>,
}

/// Reads the events of one process.
struct Reader {
    functions: HashMap<u64, (Function, u64)>,
    thread: u64,
    /// By thread: the calls that have begun.
    open: BTreeMap<u64, Vec<Open>>,
    handles: BTreeSet<u64>,
    traffic: Traffic,
    summary: ProcessSummary,
}

/// A call that has begun, with the SQL that was passed to it.
struct Open {
    function: u64,
    sql: Option<String>,
}

/// Functions that make a handle which is to be closed, and those that close one.
const MAKES: [&str; 2] = ["db", "stmt"];
const CLOSES: [&str; 3] = ["sqlite3_close", "sqlite3_close_v2", "sqlite3_finalize"];

impl Reader {
    fn new(name: &str) -> Self {
        Self {
            functions: HashMap::new(),
            thread: 0,
            open: BTreeMap::new(),
            handles: BTreeSet::new(),
            traffic: Traffic::default(),
            summary: ProcessSummary { name: name.to_owned(), ..ProcessSummary::default() },
        }
    }

    fn read(&mut self, event: &Event<'_>, counts: &mut Counts) {
        self.traffic.read(event);
        match event {
            Event::Call { function, arguments, results } => {
                let open = self.begin(*function, arguments, counts);
                self.end(&open, results, counts);
            }
            Event::Begin { function, arguments } => {
                let open = self.begin(*function, arguments, counts);
                self.open.entry(self.thread).or_default().push(open);
            }
            Event::End { results } => {
                if let Some(open) = self.open.get_mut(&self.thread).and_then(Vec::pop) {
                    self.end(&open, results, counts);
                }
            }
            Event::Function { number, function } => {
                self.functions.insert(*number, (function.clone(), 0));
            }
            Event::Thread(thread) => {
                self.thread = *thread;
                self.open.entry(*thread).or_default();
            }
            Event::Process(process) => self.process(process),
            Event::File { path, copy, .. } => {
                let (opens, first) = counts.databases.entry(shown(path)).or_default();
                *opens += 1;
                if *opens == 1 {
                    *first = copy.map(str::to_owned);
                }
            }
            Event::Note(note) => {
                counts.notes.insert((*note).to_owned());
            }
            Event::Exit => self.summary.has_exited = true,
            Event::Order(_) => {}
        }
    }

    fn process(&mut self, process: &super::Process<'_>) {
        let version = process.version;
        self.summary.parent = process.parent.map(str::to_owned);
        self.summary.command = process.command.iter().map(shown).collect();
        self.summary.library = shown(&process.library);
        self.summary.source_id = shown(&process.source_id);
        self.summary.version =
            format!("{}.{}.{}", version / 1_000_000, version / 1000 % 1000, version % 1000);
    }

    fn begin(&mut self, number: u64, arguments: &[Item<'_>], counts: &mut Counts) -> Open {
        let Some((function, calls)) = self.functions.get_mut(&number) else {
            return Open { function: number, sql: None };
        };
        *calls += 1;
        let is_inside = self.open.get(&self.thread).is_some_and(|open| !open.is_empty());
        self.summary.calls_inside += u64::from(is_inside && is_of_sqlite(&function.name));
        let argument = |name: &str| function.argument(name).and_then(|at| arguments.get(at));
        let sql = argument("sql").and_then(Item::text).filter(|_| is_of_sqlite(&function.name));
        if function.name.starts_with("sqlite3_create_")
            && let Some(name) = argument("name").and_then(Item::text)
        {
            counts.defined.insert(name.to_owned());
        }
        if CLOSES.contains(&function.name.as_str())
            && let Some(handle) = arguments.first().and_then(Item::handle)
        {
            self.handles.remove(&handle);
        }
        Open { function: number, sql: sql.map(str::to_owned) }
    }

    fn end(&mut self, open: &Open, results: &[Item<'_>], counts: &mut Counts) {
        let Some((function, _)) = self.functions.get(&open.function) else { return };
        if let Some(sql) = &open.sql {
            let tail = function.result("tail").and_then(|at| results.get(at)).and_then(Item::integer);
            let end = tail.and_then(|tail| usize::try_from(tail).ok());
            let statement = end.and_then(|end| sql.get(..end)).unwrap_or(sql);
            count(&mut counts.statements, normalized(statement));
        }
        if let Some(Item::List(parts)) = results.first()
            && let [Item::Integer(_), Item::List(failure)] = parts.as_slice()
        {
            let code = failure.first().and_then(Item::integer).unwrap_or_default();
            let message = failure.get(1).map(shown).filter(|message| !message.is_empty());
            count(&mut counts.errors, message.unwrap_or_else(|| format!("code {code}")));
        }
        for (name, result) in function.results.iter().zip(results).skip(1) {
            if let Some(handle) = result.handle().filter(|_| MAKES.contains(&name.as_str())) {
                self.handles.insert(handle);
            }
        }
    }

    fn finish(mut self, counts: &mut Counts) -> ProcessSummary {
        for (function, calls) in self.functions.values().filter(|(_, calls)| *calls > 0) {
            let (of, is_own) = match is_of_sqlite(&function.name) {
                true => (&mut counts.functions, true),
                false => (&mut counts.callbacks, false),
            };
            *of.entry(function.name.clone()).or_default() += calls;
            self.summary.calls += if is_own { *calls } else { 0 };
        }
        let name = |number: u64| self.functions.get(&number).map(|(function, _)| function.name.clone());
        self.summary.threads = self.open.len();
        self.summary.unfinished =
            self.open.values().flatten().filter_map(|open| name(open.function)).collect();
        self.summary.is_of_library = self.traffic.is_of_library();
        self.summary.left_open = self.handles.len() as u64;
        self.summary
    }
}

/// SQLite's own functions; the others are the program's, which SQLite calls.
fn is_of_sqlite(name: &str) -> bool {
    name.starts_with("sqlite3")
}

/// An item as words for people.
fn shown(item: &Item<'_>) -> String {
    match item {
        Item::Text(text) => (*text).to_owned(),
        Item::BrokenText(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Item::DigestOfText(digest) => format!("a text of {} bytes", digest.length),
        Item::Hidden { length, rank, .. } => format!("hidden text {rank} of {length} bytes"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::made_up::{self, Events};

    #[test]
    fn what_no_replay_takes_is_not_counted_either() {
        let error = |events: Events| Summary::of(&made_up::trace(&[events])).unwrap_err().to_string();
        let begun = || Events::of("a", 0).function(1, "sqlite3_step");
        assert!(error(begun().event(-1, &[&[0]])).ends_with("is damaged: a call ends that has not begun"));
        assert!(error(begun().event(9, &[&[], &[]])).ends_with("no function has the number 9"));
        assert!(error(begun().function(1 << 40, "x")).starts_with("the frame at byte "));
        assert!(error(begun().number(-4, u64::MAX).event(1, &[&[]])).contains("18446744073709551615"));
    }

    #[test]
    fn calls_inside_others_are_told_apart_and_calls_of_the_program_are_not_among_them() {
        let events = Events::of("a", 0).function(1, "sqlite3_step").function(2, "xFunc");
        let events = events.function(3, "sqlite3_result_int");
        // A step in which SQLite calls a function of the program, which calls SQLite twice; then a call of its own.
        let events = events.event(1, &[&[]]).event(2, &[&[]]);
        let events = events.event(3, &[&[], &[0]]).event(3, &[&[], &[0]]);
        let events = events.event(-1, &[&[0]]).event(-1, &[&[0]]).event(3, &[&[], &[0]]);
        let summary = Summary::of(&made_up::trace(&[events])).unwrap();
        assert_eq!((summary.calls, summary.calls_inside), (4, 2));
        assert_eq!(summary.callbacks, [Counted { what: "xFunc".to_owned(), count: 1 }]);
    }
}
