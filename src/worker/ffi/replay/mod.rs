//! Making the calls of a trace again on the library under test.
//!
//! Which functions there are, and what each takes and returns, says the `table` that the recorder has too: `rows` makes a call of each of
//! its rows as the recorder makes a function of it. What a row cannot say is in a file of its own, as it is there.

mod answers;
mod callback;
mod files;
mod frame;
mod functions;
mod handles;
mod images;
mod kinds;
mod library;
mod lifetimes;
mod machine;
mod parts;
mod real;
mod rows;
mod statement;
mod table;
mod tokenizer;
mod values;
mod vfs;

pub(crate) use self::machine::{Aside, Differs, Machine, Made, NotMade, Run};
pub(crate) use self::values::VIRTUAL_TABLES;

/// The call of a function of SQLite's interface.
pub(crate) fn find(name: &str) -> Option<Run> {
    lifetimes::find(name)
        .or_else(|| images::find(name))
        .or_else(|| values::find(name))
        .or_else(|| functions::find(name))
        .or_else(|| rows::find(name))
}
