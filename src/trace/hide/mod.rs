//! A trace without its values: of each, its type, its length, and its rank among all, which keeps equality and order.
//!
//! SQL loses its literals, a command its arguments. What remains readable are names: of tables, columns, functions.

mod change;
mod fate;
mod ranks;
mod sql;
mod walk;

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use minicbor::Encoder;

use super::event::{Event, Process};
use super::item::Item;
use change::Change;
use fate::Fate;
use ranks::{Ranks, utf8};
use sql::Names;
use walk::{Seen, Walk};

/// What is to be known of a whole recording before anything of it can be hidden.
#[derive(Default)]
pub(super) struct Secrets {
    ranks: Ranks,
    names: Names,
    /// By process: what became of each SQL that was passed, in its order.
    passed: Vec<Vec<Passed>>,
}

/// What became of an SQL.
#[derive(Debug, Clone, Copy, Default)]
struct Passed {
    /// Where what SQLite did not read begins.
    tail: Option<usize>,
    /// SQLite could not read it: there is no telling a literal from a name.
    is_no_sql: bool,
}

/// Messages of SQLite's parser, by what is in all versions of them.
const NO_SQL: [&str; 3] = ["syntax error", "unrecognized token", "incomplete input"];

impl Secrets {
    /// Begins to look at a process.
    pub(super) fn begin(&mut self) -> Look {
        self.passed.push(Vec::new());
        Look::default()
    }

    /// All processes were looked at.
    pub(super) fn settle(&mut self) {
        self.ranks.settle();
    }

    /// Hides the values of a process.
    pub(super) fn hider(&self, process: usize) -> Hider<'_> {
        let passed = self.passed.get(process).map_or(&[][..], Vec::as_slice);
        Hider { walk: Walk::default(), secrets: self, passed, tails: HashMap::new() }
    }
}

/// Looks at what a process called, before anything is hidden.
#[derive(Default)]
pub(super) struct Look {
    walk: Walk,
    /// SQLs that SQLite has not answered yet, by their numbers.
    unanswered: BTreeMap<usize, String>,
}

impl Look {
    /// Looks at a part.
    pub(super) fn at(&mut self, part: &[u8], secrets: &mut Secrets) -> Result<()> {
        let Self { walk, unanswered } = self;
        walk.each(part, &mut |seen, event, _| {
            if let Event::File { path, .. } = event {
                secrets.ranks.collect(path);
            }
            let Some(seen) = seen else { return Ok(()) };
            seen.each(&mut |item, fate| collect(item, fate, &mut secrets.ranks));
            let Some(number) = seen.sql else { return Ok(()) };
            if let Some(sql) = seen.argument("sql").and_then(text_of) {
                unanswered.insert(number, sql);
            }
            if !matches!(event, Event::Begin { .. })
                && let Some(sql) = unanswered.remove(&number)
            {
                secrets.answered(number, &sql, &seen);
            }
            Ok(())
        })
    }

    /// What was never answered, since the process ended in it, counts as SQL.
    pub(super) fn finish(self, secrets: &mut Secrets) {
        self.unanswered.values().for_each(|sql| secrets.names.learn(sql));
    }
}

impl Secrets {
    fn answered(&mut self, number: usize, sql: &str, seen: &Seen<'_, '_>) {
        let tail = seen.result("tail").and_then(Item::integer).and_then(|tail| usize::try_from(tail).ok());
        let is_no_sql = message_of(seen).is_some_and(|text| NO_SQL.iter().any(|words| text.contains(words)));
        if !is_no_sql && seen.function.name != "sqlite3_complete" {
            self.names.learn(sql);
        }
        let Some(passed) = self.passed.last_mut() else { return };
        if passed.len() <= number {
            passed.resize(number + 1, Passed::default());
        }
        passed[number] = Passed { tail, is_no_sql };
    }
}

/// `[code, [extended code, message]]`
fn message_of<'a>(seen: &Seen<'a, '_>) -> Option<&'a str> {
    let Item::List(parts) = seen.results.first()? else { return None };
    let Item::List(failure) = parts.get(1)? else { return None };
    failure.get(1)?.text()
}

/// A text in UTF-8.
fn text_of(item: &Item<'_>) -> Option<String> {
    match item {
        Item::Text(text) => Some((*text).to_owned()),
        Item::Utf16(bytes) => Some(utf8(bytes)),
        _ => None,
    }
}

/// Everything that may be hidden gets a rank.
fn collect(item: &Item<'_>, fate: Fate, ranks: &mut Ranks) {
    match (fate, item) {
        (Fate::Stays, _) => {}
        (Fate::IsHidden, item) => ranks.collect(item),
        (_, Item::List(items)) => items.iter().for_each(|item| collect(item, fate, ranks)),
        (_, Item::Integer(_) | Item::Real(_)) => {}
        (_, item) => ranks.collect(item),
    }
}

/// Writes a process without its values.
pub(super) struct Hider<'secrets> {
    walk: Walk,
    secrets: &'secrets Secrets,
    passed: &'secrets [Passed],
    /// By the number of an SQL: where its tail begins in what was written of it.
    tails: HashMap<usize, usize>,
}

impl Hider<'_> {
    /// The part without its values.
    pub(super) fn hide(&mut self, part: &[u8]) -> Result<Vec<u8>> {
        let Self { walk, secrets, passed, tails } = self;
        let mut encoder = Encoder::new(Vec::new());
        walk.each(part, &mut |seen, event, bytes| {
            let number = seen.as_ref().and_then(|seen| seen.sql);
            let passed = number.and_then(|number| passed.get(number)).copied().unwrap_or_default();
            let tail = number.and_then(|number| tails.remove(&number));
            let mut change = Change { secrets, passed, tail };
            match event {
                Event::Call { function, .. } => drop(encoder.array(3)?.u64(*function)?),
                Event::Begin { function, .. } => drop(encoder.array(2)?.u64(*function)?),
                Event::End { .. } => drop(encoder.array(2)?.i64(-1)?),
                Event::Process(process) => return write_process(process, &mut encoder),
                Event::File { path, copy, is_new } => {
                    encoder.array(4)?.i64(-6)?;
                    change.item(path, Fate::MayName).write(&mut encoder)?;
                    encoder.encode(copy)?.bool(*is_new)?;
                    return Ok(());
                }
                Event::Note(note) => return write_note(note, &mut encoder),
                _ => {
                    encoder.writer_mut().extend_from_slice(bytes);
                    return Ok(());
                }
            }
            change.call(seen.as_ref(), event, &mut encoder)?;
            if let (Event::Begin { .. }, Some(number), Some(tail)) = (event, number, change.tail) {
                tails.insert(number, tail);
            }
            Ok(())
        })?;
        Ok(encoder.into_writer())
    }
}

type Writer = Encoder<Vec<u8>>;

/// A note without the path that it may be about.
fn write_note(note: &str, encoder: &mut Writer) -> Result<()> {
    let words =
        if note.starts_with(NOT_RECORDED) { note } else { note.split(':').next().unwrap_or_default() };
    encoder.array(2)?.i64(-7)?.str(words)?;
    Ok(())
}

/// What the recorder says before the name of a function.
const NOT_RECORDED: &str = "not recorded: sqlite3";

/// A process with the first word of its command alone.
fn write_process(process: &Process<'_>, encoder: &mut Writer) -> Result<()> {
    encoder.array(12)?.i64(-5)?.str(process.name)?.u64(process.number)?;
    match process.parent {
        Some(parent) => encoder.str(parent)?,
        None => encoder.null()?,
    };
    encoder.u64(process.started)?.array(process.command.len().min(1) as u64)?;
    process.command.iter().take(1).try_for_each(|word| word.write(encoder))?;
    process.library.write(encoder)?;
    process.source_id.write(encoder)?;
    encoder.i64(process.version)?.i64(process.threadsafe)?.array(process.options.len() as u64)?;
    process.options.iter().try_for_each(|option| option.write(encoder))?;
    encoder.bool(process.is_little_endian)?;
    Ok(())
}
