//! What a program asks of a SQLite, and whether a copy has it.
//!
//! A [`Program`] is asked on builds, statement by statement; the answers of one build are those that it needs
//! ([`Reference`]). What differs elsewhere proves a need: a range of [versions], a flag, a module, a function, a
//! limit, a symbol. [`Needs`] is the file that says so, [`fits`] compares a copy with it, [`emit`] makes a check of it that
//! a program runs at its start. Which builds are made to find out is for the command to say.

mod document;
pub mod emit;
pub mod fits;
mod lack;
mod program;
mod recorded;
mod reference;
pub mod versions;
mod yaml;

pub use document::{
    Flag, Flags, Like, LimitNeed, Named, Needs, Proof, Range, Sufficient, Tool, Versions, Without, schema,
};
pub use lack::{Lack, lacks};
pub use program::{Answer, Contracts, Program, Statement};
pub use reference::Reference;
