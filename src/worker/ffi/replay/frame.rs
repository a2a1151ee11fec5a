//! What happened inside a call of the trace, and how much of it has happened again.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::machine::Aside;
use crate::worker::replay::call::{Body, Happening, Node};

/// A call that is being made.
pub(super) struct Frame {
    pub(super) body: Option<Rc<Body>>,
    /// Which of its callbacks have come, up to the first that has not.
    next: usize,
    /// Those behind it that have come too.
    taken: BTreeSet<usize>,
    /// How far each of these has come: what SQLite was told, and files that were opened.
    told: [usize; 3],
    refused: usize,
    files: usize,
}

/// What SQLite is told by its file systems, in the order of `Frame::told`.
pub(super) const TOLD: [&str; 3] = ["xRandomness", "xCurrentTime", "xCurrentTimeInt64"];
/// A file could not be opened, or only be read.
const REFUSED: &str = "xOpen";
/// How often it is called says how a statement works, and not what it does.
const IS_WORK: &str = "progress_handler()";
/// A callback that comes is looked for no farther than this.
const FARTHEST: usize = 10_000;

impl Frame {
    pub(super) fn new(body: Option<Rc<Body>>) -> Self {
        Self { body, next: 0, taken: BTreeSet::new(), told: [0; 3], refused: 0, files: 0 }
    }

    /// The next callback of this function, where it is one, and where the call of it stands.
    pub(super) fn callback(&mut self, name: &str, object: Option<u64>) -> Option<(Rc<Body>, usize)> {
        let body = self.body.as_ref()?;
        let is_it = |at: &usize| match &body[*at] {
            Happening::Call(node) => {
                node.function.name == name && (object.is_none() || node.object == object)
            }
            Happening::File(_) => false,
        };
        let end = body.len().min(self.next.saturating_add(FARTHEST));
        let found = (self.next..end).filter(|at| !self.taken.contains(at)).find(is_it)?;
        self.taken.insert(found);
        let body = Rc::clone(body);
        self.advance(&body);
        Some((body, found))
    }

    fn advance(&mut self, body: &Body) {
        while let Some(happening) = body.get(self.next) {
            let is_over = match happening {
                Happening::Call(node) if node.is_callback() => self.taken.contains(&self.next),
                _ => true,
            };
            if !is_over {
                return;
            }
            self.taken.remove(&self.next);
            self.next += 1;
        }
    }

    /// What SQLite was told next.
    pub(super) fn told(&mut self, what: usize) -> Option<(Rc<Body>, usize)> {
        let body = self.body.as_ref()?;
        let is_it =
            |at: &usize| matches!(&body[*at], Happening::Call(node) if node.function.name == TOLD[what]);
        let found = (self.told[what]..body.len()).find(is_it)?;
        self.told[what] = found + 1;
        Some((Rc::clone(body), found))
    }

    /// Where it stands that a file could not be opened as it was wanted, if this is the next of that path.
    pub(super) fn refused(&mut self, is_this: impl Fn(&Node) -> bool) -> Option<(Rc<Body>, usize)> {
        let body = self.body.as_ref()?;
        let is_it = |at: &usize| matches!(&body[*at], Happening::Call(node) if node.function.name == REFUSED && is_this(node));
        let found = (self.refused..body.len()).find(is_it)?;
        self.refused = found + 1;
        Some((Rc::clone(body), found))
    }

    /// The file that is opened next, and where that stands.
    pub(super) fn next_file(&mut self) -> Option<(Rc<Body>, usize)> {
        let body = self.body.as_ref()?;
        let found = (self.files..body.len()).find(|at| matches!(&body[*at], Happening::File(_)))?;
        Some((Rc::clone(body), found))
    }

    /// That file was opened.
    pub(super) fn file_is_open(&mut self, at: usize) {
        self.files = at + 1;
    }

    /// The callbacks that have not come.
    pub(super) fn left_over(&self, asides: &mut Vec<Aside>) {
        let Some(body) = self.body.as_ref().filter(|body| self.next < body.len()) else { return };
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for node in self.waiting(body) {
            *counts.entry(&node.function.name).or_default() += 1;
        }
        asides.extend(counts.into_iter().map(|(name, count)| Aside {
            name: name.to_owned(),
            old: format!("{count} more"),
            new: "not called".to_owned(),
        }));
    }

    fn waiting<'a>(&self, body: &'a Body) -> impl Iterator<Item = &'a Node> {
        let taken = self.taken.clone();
        let from = self.next;
        body.iter().enumerate().skip(from).filter_map(move |(at, happening)| match happening {
            Happening::Call(node) if node.is_callback() && node.function.name != IS_WORK => {
                (!taken.contains(&at)).then_some(node)
            }
            _ => None,
        })
    }
}
