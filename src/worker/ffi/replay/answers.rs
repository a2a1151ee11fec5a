//! What the program's functions have answered, for builds that call them at other times.

use std::collections::HashMap;
use std::rc::Rc;

use libsqlite3_sys as sys;

use super::handles::Number;
use crate::trace::Item;
use crate::worker::replay::call::{Body, Call, Happening, Node};
use crate::worker::replay::shown;

/// As many answers are kept.
const MOST: usize = 20_000;

/// Answers by what was asked, and the last thing that each file system said.
#[derive(Default)]
pub(super) struct Answers {
    /// By the function and a number for its arguments: where the call of it stands.
    functions: HashMap<(Number, u64), (Rc<Body>, usize)>,
    /// By the collation and numbers for both texts.
    collations: HashMap<(Number, u64, u64), i64>,
    /// Collations whose comparisons of a call are all known.
    pub(super) known: Vec<(Number, u64)>,
    /// Milliseconds of the Julian day.
    pub(super) time: i64,
    pub(super) randomness: Vec<u8>,
}

impl Answers {
    pub(super) fn keep(&mut self, function: Number, arguments: u64, at: (Rc<Body>, usize)) {
        if self.functions.len() < MOST {
            self.functions.insert((function, arguments), at);
        }
    }

    pub(super) fn of(&self, function: Number, arguments: u64) -> Option<(Rc<Body>, usize)> {
        self.functions.get(&(function, arguments)).cloned()
    }

    /// Keeps all that a function answers in a call.
    pub(super) fn learn(&mut self, function: Number, body: &Rc<Body>) {
        for (at, happening) in body.iter().enumerate() {
            if let Happening::Call(node) = happening
                && node.function.name == "function()"
                && node.object == Some(function.1)
                && let Some(arguments) = arguments(node, function.0)
            {
                self.keep(function, arguments, (Rc::clone(body), at));
            }
        }
    }

    pub(super) fn keep_comparison(&mut self, collation: Number, one: u64, other: u64, answer: i64) {
        if self.collations.len() < MOST {
            self.collations.insert((collation, one, other), answer);
        }
    }

    /// What was answered, also where it was asked the other way round.
    pub(super) fn comparison(&self, collation: Number, one: u64, other: u64) -> Option<i64> {
        let known = self.collations.get(&(collation, one, other)).copied();
        known.or_else(|| self.collations.get(&(collation, other, one)).map(|answer| -answer))
    }
}

/// A number for the arguments of a recorded call of a function, where the program has read each as what it was.
fn arguments(node: &Node, process: u32) -> Option<u64> {
    let of = |call: &Call<'_>| {
        let Some(Item::List(values)) = call.arguments.get(2) else { return None };
        let value = |value: &Item<'_>| argument(&node.body, process, value.handle()?);
        values.iter().try_fold(0, |all, one| Some(shown::mixed(all, value(one)?)))
    };
    node.with(process, of).flatten()
}

fn argument(body: &Body, process: u32, number: u64) -> Option<u64> {
    let kind = read(body, process, number, "sqlite3_value_type", |kind| kind.integer())?;
    let function = match i32::try_from(kind).ok()? {
        sys::SQLITE_INTEGER => "sqlite3_value_int64",
        sys::SQLITE_FLOAT => "sqlite3_value_double",
        sys::SQLITE_TEXT => "sqlite3_value_text",
        sys::SQLITE_BLOB => "sqlite3_value_blob",
        _ => return Some(shown::hash(&Item::Null)),
    };
    read(body, process, number, function, |value| match value {
        // An empty blob has no address.
        Item::Null => Some(shown::hash(&Item::Blob(&[]))),
        value => Some(shown::hash(value)),
    })
}

/// What a function said of a value.
fn read<T>(
    body: &Body,
    process: u32,
    number: u64,
    function: &str,
    take: impl Fn(&Item<'_>) -> Option<T>,
) -> Option<T> {
    body.iter().find_map(|happening| match happening {
        Happening::Call(node) if node.function.name == function && node.object == Some(number) => {
            node.with(process, |call| call.results.first().and_then(&take)).flatten()
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use minicbor::Encoder;

    use super::*;
    use crate::worker::replay::call::Known;

    /// A call of a function about a handle, with what it returned.
    fn about(name: &str, number: u64, body: Body, result: impl FnOnce(&mut Encoder<Vec<u8>>)) -> Happening {
        let mut encoder = Encoder::new(Vec::new());
        encoder.array(3).unwrap().u64(0).unwrap();
        let handle = |encoder: &mut Encoder<Vec<u8>>, number| {
            encoder.tag(minicbor::data::Tag::new(39)).unwrap().u64(number).unwrap();
        };
        encoder.array(3).unwrap();
        handle(&mut encoder, number);
        handle(&mut encoder, 100);
        encoder.array(1).unwrap();
        handle(&mut encoder, 7);
        encoder.array(1).unwrap();
        result(&mut encoder);
        let known = Rc::new(Known::new(name.to_owned()));
        Happening::Call(Node::new(known, encoder.into_writer().into(), None, body, 0))
    }

    fn called_with(text: &str) -> Happening {
        let number = |number: i64| {
            move |encoder: &mut Encoder<Vec<u8>>| {
                encoder.i64(number).unwrap();
            }
        };
        let body = vec![
            about("sqlite3_value_type", 7, Vec::new(), number(sys::SQLITE_TEXT.into())),
            about("sqlite3_value_text", 7, Vec::new(), |encoder| {
                encoder.str(text).unwrap();
            }),
        ];
        about("function()", 3, body, number(0))
    }

    #[test]
    fn what_a_function_answers_later_in_a_call_is_known() {
        let body = Rc::new(vec![called_with("a"), called_with("b")]);
        let mut answers = Answers::default();
        answers.learn((0, 3), &body);
        let asked = |text: &str| shown::mixed(0, shown::hash(&Item::Text(text)));
        let at = |text: &str| answers.of((0, 3), asked(text)).map(|(_, at)| at);
        assert_eq!((at("a"), at("b"), at("c")), (Some(0), Some(1), None));
        assert!(answers.of((0, 4), asked("a")).is_none());
    }
}
