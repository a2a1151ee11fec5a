//! The events of a process, each with the call that it is of.

use std::collections::HashMap;

use anyhow::{Result, anyhow};
use minicbor::decode::Decoder;

use super::super::event::{Event, Function};
use super::super::item::Item;
use super::fate::{Fate, fate};

/// A call, or the begin of one, or its end.
pub(super) struct Seen<'a, 'walk> {
    pub(super) function: &'walk Function,
    pub(super) arguments: &'walk [Item<'a>],
    pub(super) results: &'walk [Item<'a>],
    /// The number of the SQL that is or was passed to it.
    pub(super) sql: Option<usize>,
}

impl<'a> Seen<'a, '_> {
    pub(super) fn argument(&self, name: &str) -> Option<&Item<'a>> {
        self.arguments.get(self.function.argument(name)?)
    }

    pub(super) fn result(&self, name: &str) -> Option<&Item<'a>> {
        self.results.get(self.function.result(name)?)
    }

    /// Each item with what becomes of it.
    pub(super) fn each(&self, visit: &mut dyn FnMut(&Item<'a>, Fate)) {
        let Function { name, arguments, results } = self.function;
        for (names, items, is_result) in [(arguments, self.arguments, false), (results, self.results, true)] {
            for (at, item) in items.iter().enumerate() {
                visit(item, names.get(at).map_or(Fate::IsHidden, |item| fate(name, item, is_result)));
            }
        }
    }
}

/// What a process has said of its functions, and which of its calls have begun.
#[derive(Default)]
pub(super) struct Walk {
    functions: HashMap<u64, Function>,
    thread: u64,
    open: HashMap<u64, Vec<(u64, Option<usize>)>>,
    /// How many SQLs were passed.
    passed: usize,
}

/// Gets each event of a part: as a call where it is one, and its bytes.
pub(super) type Visit<'visit, 'part> =
    &'visit mut dyn FnMut(Option<Seen<'part, '_>>, &Event<'part>, &'part [u8]) -> Result<()>;

impl Walk {
    /// Goes through a part of a process, behind those before.
    pub(super) fn each<'a>(&mut self, part: &'a [u8], visit: Visit<'_, 'a>) -> Result<()> {
        let mut decoder = Decoder::new(part);
        while decoder.position() < part.len() {
            let begin = decoder.position();
            let event =
                Event::read(&mut decoder).map_err(|error| anyhow!("a part cannot be read: {error}"))?;
            let call = self.follow(&event);
            let bytes = &part[begin..decoder.position()];
            let (arguments, results) = match &event {
                Event::Call { arguments, results, .. } => (arguments.as_slice(), results.as_slice()),
                Event::Begin { arguments, .. } => (arguments.as_slice(), &[][..]),
                Event::End { results } => (&[][..], results.as_slice()),
                _ => (&[][..], &[][..]),
            };
            let seen = call.and_then(|(number, sql)| {
                let function = self.functions.get(&number)?;
                Some(Seen { function, arguments, results, sql })
            });
            visit(seen, &event, bytes)?;
        }
        Ok(())
    }

    /// Which call it is of, and the number of the SQL that was passed to that.
    fn follow(&mut self, event: &Event<'_>) -> Option<(u64, Option<usize>)> {
        match event {
            Event::Function { number, function } => drop(self.functions.insert(*number, function.clone())),
            Event::Thread(thread) => self.thread = *thread,
            Event::Call { function, .. } => return Some((*function, self.next_sql(*function))),
            Event::Begin { function, .. } => {
                let call = (*function, self.next_sql(*function));
                self.open.entry(self.thread).or_default().push(call);
                return Some(call);
            }
            Event::End { .. } => return self.open.get_mut(&self.thread).and_then(Vec::pop),
            _ => {}
        }
        None
    }

    fn next_sql(&mut self, function: u64) -> Option<usize> {
        self.functions.get(&function)?.argument("sql")?;
        self.passed += 1;
        Some(self.passed - 1)
    }
}
