//! What SQLite calls of the program's: it is answered as it was in the trace.

use std::ffi::{c_int, c_void};
use std::rc::Rc;

use super::handles::Sort;
use super::kinds::{Db, Said, Text};
use super::machine::{Aside, Machine, Made, machine};
use crate::trace::Item;
use crate::worker::replay::call::{Body, Call, Happening, Node};
use crate::worker::replay::shown::{self, is_same};

/// Something that a callback is given.
pub(super) trait Seen {
    fn seen(&self) -> Item<'_>;
}

macro_rules! numbers {
    ($($kind:ty),*) => {$(
        impl Seen for $kind {
            fn seen(&self) -> Item<'_> {
                Item::Integer(*self as i64)
            }
        }
    )*};
}

numbers!(c_int, i64, u64, std::ffi::c_uint);

impl Seen for Text {
    fn seen(&self) -> Item<'_> {
        Said(self.0).bytes().map_or(Item::Null, shown::text)
    }
}

impl Seen for Said {
    fn seen(&self) -> Item<'_> {
        self.bytes().map_or(Item::Null, shown::text)
    }
}

impl Seen for Db {
    /// Whose it is says the call in which this happens.
    fn seen(&self) -> Item<'_> {
        Item::Present(true)
    }
}

/// What a callback returns.
pub(super) trait Reply {
    fn of(answer: Option<i64>) -> Self;
}

impl Reply for () {
    fn of(_: Option<i64>) {}
}

impl Reply for c_int {
    fn of(answer: Option<i64>) -> Self {
        answer.and_then(|answer| answer.try_into().ok()).unwrap_or(0)
    }
}

/// A callback came with these arguments. Returns what it answered in the trace.
pub(super) fn called(name: &str, seen: &[Item<'_>]) -> Option<i64> {
    let machine = machine().filter(|machine| !machine.is_quiet.get())?;
    let Some((body, at)) = machine.callback(name, None) else {
        // How often this one is called says how a statement works.
        if name != "progress_handler()" {
            machine.aside(name, "not called".to_owned(), described(seen));
        }
        return None;
    };
    let node = node(&body, at)?;
    let process = machine.process.get();
    let answer = node.with(process, |call| {
        let differs = call.arguments.iter().zip(seen).find(|(recorded, seen)| !is_alike(recorded, seen));
        if differs.is_some() {
            machine.aside(name, described(call.arguments), described(seen));
        }
        machine.run(&node.body, process, &mut Vec::new());
        call.results.first().and_then(Item::integer)
    });
    answer.flatten()
}

/// Handles have other numbers in each process; other items are compared.
fn is_alike(recorded: &Item<'_>, seen: &Item<'_>) -> bool {
    matches!((recorded, seen), (Item::Handle(_), Item::Present(_))) || is_same(recorded, seen)
}

pub(super) fn described(items: &[Item<'_>]) -> String {
    let shown: Vec<String> = items
        .iter()
        .filter(|item| !matches!(item, Item::Handle(_) | Item::Present(_)))
        .map(shown::shown)
        .collect();
    format!("called with ({})", shown.join(", "))
}

/// The call at this place.
pub(super) fn node(body: &Body, at: usize) -> Option<&Node> {
    match body.get(at)? {
        Happening::Call(node) => Some(node),
        Happening::File(_) => None,
    }
}

impl Machine {
    /// The next callback of this name in the call that is being made.
    pub(super) fn callback(&self, name: &str, object: Option<u64>) -> Option<(Rc<Body>, usize)> {
        self.frames.borrow_mut().last_mut()?.callback(name, object)
    }

    pub(super) fn aside(&self, name: &str, old: String, new: String) {
        self.asides.borrow_mut().push(Aside { name: name.to_owned(), old, new });
    }

    /// Makes what the program called inside a callback. What it was told of its arguments goes into `asked`, the rest is
    /// an aside.
    pub(super) fn run(&self, body: &Rc<Body>, process: u32, asked: &mut Vec<Aside>) {
        for happening in body.iter() {
            if let Happening::Call(node) = happening
                && !node.is_callback()
            {
                node.with(process, |call| self.run_one(call, asked));
            }
        }
    }

    fn run_one(&self, call: &Call<'_>, asked: &mut Vec<Aside>) {
        let Some(run) = call.function.run else { return };
        let name = &call.function.name;
        let mut made = Made::default();
        match self.make(run, call, &mut made) {
            Ok(()) if call.function.is_compared => {
                let asides = made.differs.into_iter();
                let asides = asides.map(|it| Aside { name: name.clone(), old: it.old, new: it.new });
                match name.starts_with("sqlite3_value_") {
                    true => asked.extend(asides),
                    false => self.asides.borrow_mut().extend(asides),
                }
            }
            Ok(()) => {}
            Err(why) => self.aside(name, "made".to_owned(), format!("not made: {}", why.words())),
        }
    }

    /// The handles of a callback's arguments are these objects.
    pub(super) fn bind(&self, process: u32, recorded: &Item<'_>, sort: Sort, object: *mut c_void) {
        if let Some(number) = recorded.handle().filter(|_| !object.is_null()) {
            self.handles.borrow_mut().bind((process, number), sort, object);
        }
    }

    /// These handles end with the callback.
    pub(super) fn unbind(&self, process: u32, recorded: &Item<'_>) {
        match recorded {
            Item::Handle(number) => self.handles.borrow_mut().end((process, *number)),
            Item::List(items) => items.iter().for_each(|item| self.unbind(process, item)),
            _ => {}
        }
    }
}
