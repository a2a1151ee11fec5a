//! What the table says of each verb beside its arguments.

use ciborium::Value as Tree;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::Arguments;
use crate::contract::Driver;

/// What kind of outcome a verb has when it succeeds: how an expectation is read, and what is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A result code.
    Code,
    /// A result code, or a row.
    Row,
    /// Rows.
    Rows,
    /// One value.
    Value,
    /// A size or counter that differs from build to build for no reason that matters.
    Quantity,
    /// How a quantity developed over many iterations.
    Growth,
    /// Records, each of which says what it must return.
    Records,
    /// Rows of such counters, which stand in the last column.
    Counts,
    /// The codes that came, and how often something failed: a number where one is asked for.
    Sweep,
}

/// What else there is to know of a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    /// It changes the whole process and cannot be taken back: its case needs a process of its own.
    FreshProcess,
    /// It starts or ends the library, which is therefore not started for the case.
    StartsLibrary,
    /// It needs the counting allocator.
    CountingAllocator,
    /// It has no meaning among steps that a block runs apart from the rest of the case.
    Outermost,
    /// It is a block that counts iterations.
    Iterates,
    /// It ends its process; the next step begins in a new one.
    EndsProcess,
    /// It works on files without SQLite.
    UsesFiles,
}

/// A section of the table.
pub(super) struct Section {
    pub heading: &'static str,
    pub prose: &'static str,
    pub rows: Vec<Row>,
}

/// A row of the table.
pub(super) struct Row {
    pub name: &'static str,
    pub doc: &'static str,
    /// `None` for a check.
    pub kind: Option<Kind>,
    pub facts: &'static [Fact],
    /// The drivers that have the call; `None` for what is no call.
    pub drivers: Option<&'static [Driver]>,
    pub defaults: Vec<(&'static str, Tree)>,
    pub brief: Vec<String>,
    pub schema: fn(&mut SchemaGenerator) -> Schema,
}

impl Row {
    /// A row of a verb with such arguments.
    pub(super) fn of<A: Arguments + JsonSchema>(name: &'static str, doc: &'static str) -> Self {
        Self {
            name,
            doc,
            kind: None,
            facts: &[],
            drivers: None,
            defaults: A::defaults(),
            brief: A::brief(),
            schema: SchemaGenerator::subschema_for::<A>,
        }
    }
}

/// The lines of a doc comment, without the space before each.
pub(super) fn prose(doc: &str) -> String {
    doc.lines().map(str::trim).collect::<Vec<_>>().join("\n").trim().to_owned()
}
