//! The names that stand for something at a point of a case.

use std::collections::{BTreeMap, BTreeSet};

use super::Driver;
use super::node::Node;
use super::thing::Thing;
use super::verb::{BackupName, BlobName, Call, DbName, PoolName, StmtName, TxName};
use crate::diagnostic::{Diagnostic, SourceText};

/// What the steps so far have made and ended.
#[derive(Default)]
pub(super) struct Scope {
    things: BTreeMap<(Thing, String), State>,
    /// Every word of steps that could not be read: what they would have made is not missed later.
    unread: BTreeSet<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Live,
    /// Ended on this line.
    Ended(usize),
}

impl Scope {
    /// Takes every word of a step that could not be read for the name of something.
    pub(super) fn could_be_made_by(&mut self, node: &Node) {
        self.unread.extend(node.texts().filter_map(Node::as_text).map(str::to_owned));
        let defaults = [
            DbName::DEFAULT,
            StmtName::DEFAULT,
            BlobName::DEFAULT,
            BackupName::DEFAULT,
            TxName::DEFAULT,
            PoolName::DEFAULT,
        ];
        self.unread.extend(defaults.map(str::to_owned));
    }

    /// The scope of steps that do not see what the case has made.
    pub(super) fn without_things(&self) -> Self {
        Self { things: BTreeMap::new(), unread: self.unread.clone() }
    }

    /// Whether a step that could not be read has this word.
    pub(super) fn is_unread(&self, word: &str) -> bool {
        self.unread.contains(word)
    }

    /// What the call makes and ends on this line. `close` ends nothing here: whether it returns BUSY is the
    /// question.
    pub(super) fn after(&mut self, call: &Call, line: usize) {
        let ended = call.ends().into_iter().map(|ended| (ended, State::Ended(line)));
        let made = call.makes().into_iter().map(|made| (made, State::Live));
        self.things.extend(ended.chain(made).map(|((thing, name), state)| ((thing, name.to_owned()), state)));
    }

    /// Everything that is there ends on this line, with its process.
    pub(super) fn end_all(&mut self, line: usize) {
        let live = self.things.values_mut().filter(|state| **state == State::Live);
        live.for_each(|state| *state = State::Ended(line));
    }

    /// A mistake for each thing that the call uses and that is not there.
    pub(super) fn mistakes(
        &self,
        source: &SourceText,
        call: &Call,
        node: &Node,
        driver: Option<Driver>,
    ) -> Vec<Diagnostic> {
        let uses = call.uses().into_iter();
        uses.filter_map(|(thing, name)| self.mistake(source, node, thing, name, driver)).collect()
    }

    fn mistake(
        &self,
        source: &SourceText,
        node: &Node,
        thing: Thing,
        name: &str,
        driver: Option<Driver>,
    ) -> Option<Diagnostic> {
        let state = self.things.get(&(thing, name.to_owned())).copied();
        if state == Some(State::Live) || self.is_unread(name) {
            return None;
        }
        // A name that is not written is the default one: the verb means it.
        let written = node.find(name).or_else(|| node.entries().first().map(|(verb, _)| verb));
        let span = source.first_line(written.unwrap_or(node).span.clone());
        let words = thing.words();
        if let Some(State::Ended(line)) = state {
            let message = format!("{} `{name}` ended on line {line}", words.what);
            return Some(Diagnostic::new(source, span, message));
        }
        let message = format!("{} `{name}` is never {}", words.what, words.made);
        let diagnostic = Diagnostic::new(source, span, message);
        let live: Vec<&str> = self.live(thing).collect();
        let diagnostic = if live.is_empty() { diagnostic } else { diagnostic.suggest(name, live) };
        Some(diagnostic.help(format!("put {} before this one", thing.remedy(driver))))
    }

    fn live(&self, thing: Thing) -> impl Iterator<Item = &str> {
        let live =
            self.things.iter().filter(move |((kind, _), state)| *kind == thing && **state == State::Live);
        live.map(|((_, name), _)| name.as_str())
    }
}
