//! A trace without its values: of each, its type, its length, and its rank among all, which keeps equality and order.
//!
//! SQL loses its literals, a command its arguments. What remains readable are names: of tables, columns, functions, files.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use anyhow::{Result, anyhow};
use minicbor::Encoder;
use minicbor::decode::Decoder;

use super::event::{Event, Function, Process};
use super::item::{HiddenType, Item};
use super::statement::normalized;

/// Arguments and results that are values, by their names.
const VALUES: [&str; 8] = ["value", "values", "cells", "one", "other", "data", "message", "row"];
/// Functions whose result is a value.
const ANSWER: [&str; 18] = [
    "sqlite3_column_blob",
    "sqlite3_column_double",
    "sqlite3_column_int",
    "sqlite3_column_int64",
    "sqlite3_column_text",
    "sqlite3_column_text16",
    "sqlite3_value_blob",
    "sqlite3_value_double",
    "sqlite3_value_int",
    "sqlite3_value_int64",
    "sqlite3_value_text",
    "sqlite3_value_text16",
    "sqlite3_errmsg",
    "sqlite3_last_insert_rowid",
    "sqlite3_serialize",
    "sqlite3_sql",
    "sqlite3_expanded_sql",
    "sqlite3_normalized_sql",
];
/// What a recording is told by its surroundings: no values of anybody's.
const SURROUNDINGS: [&str; 4] = ["xRandomness", "xCurrentTime", "xCurrentTimeInt64", "sqlite3_randomness"];

/// The values of a recording, in SQLite's order.
#[derive(Default)]
pub(super) struct Ranks {
    ranks: BTreeMap<Key, u64>,
}

/// A value as SQLite compares it: numbers, then texts, then blobs, these by their bytes.
#[derive(Debug, Clone)]
enum Key {
    Number(f64, i64),
    Text(Vec<u8>),
    Blob(Vec<u8>),
}

impl Key {
    fn of(item: &Item<'_>) -> Option<Self> {
        match item {
            Item::Integer(number) => Some(Self::Number(*number as f64, *number)),
            Item::Real(number) => Some(Self::Number(*number, *number as i64)),
            Item::Text(text) => Some(Self::Text(text.as_bytes().to_vec())),
            Item::BrokenText(bytes) | Item::Utf16(bytes) => Some(Self::Text(bytes.to_vec())),
            Item::Blob(bytes) => Some(Self::Blob(bytes.to_vec())),
            Item::DigestOfText(digest) => Some(Self::Text(digest.hash.to_vec())),
            Item::DigestOfBlob(digest) => Some(Self::Blob(digest.hash.to_vec())),
            _ => None,
        }
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a, whole), Self::Number(b, other)) => a.total_cmp(b).then(whole.cmp(other)),
            (Self::Text(a), Self::Text(b)) | (Self::Blob(a), Self::Blob(b)) => a.cmp(b),
            (Self::Number(..), _) | (Self::Text(_), Self::Blob(_)) => Ordering::Less,
            _ => Ordering::Greater,
        }
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Key {}

/// What a process has said of its functions, and which of its calls have begun.
#[derive(Default)]
pub(super) struct Hider {
    functions: HashMap<u64, Function>,
    thread: u64,
    open: HashMap<u64, Vec<u64>>,
}

/// What becomes of an item.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stays,
    IsHidden,
    IsNormalized,
}

impl Ranks {
    fn collect(&mut self, item: &Item<'_>) {
        match item {
            Item::List(items) => items.iter().for_each(|item| self.collect(item)),
            item => drop(Key::of(item).map(|key| self.ranks.insert(key, 0))),
        }
    }

    /// Numbers the values once all are there.
    pub(super) fn settle(&mut self) {
        self.ranks.values_mut().zip(1..).for_each(|(rank, number)| *rank = number);
    }

    fn hidden<'a>(&self, item: Item<'a>) -> Item<'a> {
        let (kind, length) = match &item {
            Item::List(items) => {
                return Item::List(items.iter().map(|item| self.hidden(item.clone())).collect());
            }
            Item::Integer(_) => (HiddenType::Integer, 8),
            Item::Real(_) => (HiddenType::Real, 8),
            Item::Text(text) => (HiddenType::Text, text.len() as u64),
            Item::BrokenText(bytes) | Item::Utf16(bytes) => (HiddenType::Text, bytes.len() as u64),
            Item::Blob(bytes) => (HiddenType::Blob, bytes.len() as u64),
            Item::DigestOfText(digest) => (HiddenType::Text, digest.length),
            Item::DigestOfBlob(digest) => (HiddenType::Blob, digest.length),
            _ => return item,
        };
        let rank = Key::of(&item).and_then(|key| self.ranks.get(&key).copied()).unwrap_or(0);
        Item::Hidden { kind, length, rank }
    }
}

/// Gets each event of a part, with its bytes.
type Visit<'visit, 'part> = &'visit mut dyn FnMut(&Hider, Event<'part>, &'part [u8]) -> Result<()>;

impl Hider {
    /// Looks at the values of a part.
    pub(super) fn collect(&mut self, part: &[u8], ranks: &mut Ranks) -> Result<()> {
        self.each(part, &mut |hider, event, _| {
            hider.fates(&event, &mut |item, fate| {
                if fate == Fate::IsHidden {
                    ranks.collect(item);
                }
            });
            Ok(())
        })
    }

    /// The part without its values.
    pub(super) fn hide<'a>(&mut self, part: &'a [u8], ranks: &Ranks) -> Result<Vec<u8>> {
        let mut encoder = Encoder::new(Vec::new());
        self.each(part, &mut |hider, event, bytes| {
            let mut fates = Vec::new();
            hider.fates(&event, &mut |_, fate| fates.push(fate));
            let mut fates = fates.into_iter();
            let mut changed = |items: Vec<Item<'a>>| -> Vec<Changed<'a>> {
                items
                    .into_iter()
                    .map(|item| change(item, fates.next().unwrap_or(Fate::IsHidden), ranks))
                    .collect()
            };
            match event {
                Event::Call { function, arguments, results } => {
                    encoder.array(3)?.u64(function)?;
                    write_all(&changed(arguments), &mut encoder)?;
                    write_all(&changed(results), &mut encoder)
                }
                Event::Begin { function, arguments } => {
                    encoder.array(2)?.u64(function)?;
                    write_all(&changed(arguments), &mut encoder)
                }
                Event::End { results } => {
                    encoder.array(2)?.i64(-1)?;
                    write_all(&changed(results), &mut encoder)
                }
                Event::Process(process) => write_process(&process, &mut encoder),
                _ => {
                    encoder.writer_mut().extend_from_slice(bytes);
                    Ok(())
                }
            }
        })?;
        Ok(encoder.into_writer())
    }

    fn each<'a>(&mut self, part: &'a [u8], visit: Visit<'_, 'a>) -> Result<()> {
        let mut decoder = Decoder::new(part);
        while decoder.position() < part.len() {
            let begin = decoder.position();
            let event =
                Event::read(&mut decoder).map_err(|error| anyhow!("a part cannot be read: {error}"))?;
            let ends = matches!(event, Event::End { .. });
            self.follow(&event);
            visit(self, event, &part[begin..decoder.position()])?;
            if ends && let Some(open) = self.open.get_mut(&self.thread) {
                open.pop();
            }
        }
        Ok(())
    }

    fn follow(&mut self, event: &Event<'_>) {
        match event {
            Event::Function { number, function } => drop(self.functions.insert(*number, function.clone())),
            Event::Thread(thread) => self.thread = *thread,
            Event::Begin { function, .. } => self.open.entry(self.thread).or_default().push(*function),
            _ => {}
        }
    }

    /// What becomes of each item of a call.
    fn fates(&self, event: &Event<'_>, visit: &mut dyn FnMut(&Item<'_>, Fate)) {
        let none = Vec::new();
        let innermost = || self.open.get(&self.thread).and_then(|open| open.last()).copied();
        let (number, arguments, results) = match event {
            Event::Call { function, arguments, results } => (Some(*function), arguments, results),
            Event::Begin { function, arguments } => (Some(*function), arguments, &none),
            Event::End { results } => (innermost(), &none, results),
            _ => return,
        };
        let Some(function) = number.and_then(|number| self.functions.get(&number)) else { return };
        let names = function.arguments.iter().map(|name| (name, false)).zip(arguments);
        let results = function.results.iter().map(|name| (name, true)).zip(results);
        for ((name, is_result), item) in names.chain(results) {
            visit(item, fate(&function.name, name, is_result));
        }
    }
}

fn fate(function: &str, name: &str, is_result: bool) -> Fate {
    let is_answer = is_result && name == "result" && ANSWER.contains(&function);
    match name {
        _ if SURROUNDINGS.contains(&function) => Fate::Stays,
        "sql" => Fate::IsNormalized,
        _ if is_answer || VALUES.contains(&name) => Fate::IsHidden,
        _ => Fate::Stays,
    }
}

fn change<'a>(item: Item<'a>, fate: Fate, ranks: &Ranks) -> Changed<'a> {
    match (fate, item) {
        (Fate::IsHidden, item) => Changed::Item(ranks.hidden(item)),
        (Fate::IsNormalized, Item::Text(sql)) => Changed::Sql(normalized(sql)),
        (Fate::IsNormalized, item) => Changed::Item(ranks.hidden(item)),
        (Fate::Stays, Item::List(parts)) => Changed::Item(Item::List(without_message(parts))),
        (Fate::Stays, item) => Changed::Item(item),
    }
}

/// `[code, [extended code, message]]` without the message, which may name values.
fn without_message(parts: Vec<Item<'_>>) -> Vec<Item<'_>> {
    let without = |part: Item<'_>| match part {
        Item::List(failure) => {
            Item::List(failure.into_iter().take(1).chain([Item::Null]).map(owned).collect())
        }
        other => owned(other),
    };
    parts.into_iter().map(without).collect()
}

/// Numbers and handles borrow nothing.
fn owned<'a>(item: Item<'_>) -> Item<'a> {
    match item {
        Item::Integer(number) => Item::Integer(number),
        Item::Handle(number) => Item::Handle(number),
        Item::Present(is) => Item::Present(is),
        Item::Real(number) => Item::Real(number),
        Item::List(items) => Item::List(items.into_iter().map(owned).collect()),
        _ => Item::Null,
    }
}

enum Changed<'a> {
    Item(Item<'a>),
    Sql(String),
}

type Writer = Encoder<Vec<u8>>;

fn write_all(items: &[Changed<'_>], encoder: &mut Writer) -> Result<()> {
    encoder.array(items.len() as u64)?;
    for item in items {
        match item {
            Changed::Item(item) => item.write(encoder)?,
            Changed::Sql(sql) => drop(encoder.str(sql)?),
        }
    }
    Ok(())
}

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
