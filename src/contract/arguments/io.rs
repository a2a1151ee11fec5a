//! The arguments of the verbs on the watched file system.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use super::{arguments, is_usual, usual};
use crate::contract::step::Step;
use crate::contract::verb::{Call, Verb};
use crate::outcome::io::{Failure, FileKind, Operation};

arguments! {
    /// Calls of the watched file system.
    IoCalls {} optional {
        /// Calls of this kind; all when left out.
        operation: Option<Operation>,
        /// Calls on files of this kind; all when left out.
        file: Option<FileKind>,
    }
    brief or nothing
}

impl IoCalls {
    /// Whether a call is one of them.
    pub fn is_about(&self, operation: Operation, file: FileKind) -> bool {
        self.operation.is_none_or(|wanted| wanted == operation)
            && self.file.is_none_or(|wanted| wanted == file)
    }
}

arguments! {
    /// Which call of the watched file system fails, and how.
    FailIo {
        /// Counted from 1 from this step on; 0, or nothing in the place of all arguments, makes none fail.
        at: u64,
    } optional {
        /// Calls of this kind are counted; all that can fail when left out.
        operation: Option<Operation>,
        /// Calls on files of this kind are counted; all when left out.
        file: Option<FileKind>,
        /// How it fails.
        error: Failure,
        /// Every call from there on fails, not that one alone.
        persistent: bool,
    }
    brief at or nothing
}

impl FailIo {
    /// Whether a call is one of those that are counted. What gives something back cannot fail unless it is named.
    pub fn is_about(&self, operation: Operation, file: FileKind) -> bool {
        let is_one = match self.operation {
            Some(wanted) => wanted == operation,
            None => can_fail(operation, self.error),
        };
        is_one && self.file.is_none_or(|wanted| wanted == file)
    }
}

/// What is wrong with letting calls of this kind fail: the word it is about, and the message.
pub(in crate::contract) fn unable_to_fail(operation: Operation) -> Option<(&'static str, String)> {
    let name = operation.name();
    let message = match operation {
        // It does not look at the code, and its own file system asserts that what was given back is free.
        Operation::ShmUnlock => format!("`{name}` cannot fail: SQLite takes the lock for given back"),
        Operation::ShmBarrier | Operation::Sleep => format!("`{name}` cannot fail: it returns no error"),
        _ => return None,
    };
    Some(("operation", message))
}

/// Whether a call of this kind can fail in this way on a device.
fn can_fail(operation: Operation, error: Failure) -> bool {
    use Operation::{
        Access, CheckReservedLock, Delete, FileSize, Lock, Open, Read, ShmLock, ShmMap, Sync, Truncate, Write,
    };
    match error {
        Failure::Ioerr => matches!(
            operation,
            Open | Delete
                | Access
                | Read
                | Write
                | Truncate
                | Sync
                | FileSize
                | Lock
                | CheckReservedLock
                | ShmMap
                | ShmLock
        ),
        Failure::Full => matches!(operation, Write | ShmMap),
        // A device that reads too little lies: that is asked for by name.
        Failure::Short => operation == Write,
        Failure::Busy => matches!(operation, Lock | ShmLock),
    }
}

/// One of the actors of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActorName {
    /// The first.
    A,
    /// The second.
    B,
    /// The third.
    C,
}

impl ActorName {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::A, Self::B, Self::C];
}

impl fmt::Display for ActorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::A => "a",
            Self::B => "b",
            Self::C => "c",
        })
    }
}

/// How far an actor runs in its turn: `a: 3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenTurn", into = "WrittenTurn")]
pub struct Turn {
    /// Who runs.
    pub actor: ActorName,
    /// So many steps, or calls.
    pub n: u64,
    /// Whether the actor before goes on with what it has read of the wal-index before this turn.
    pub hold_back: bool,
}

/// A turn as it is written.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename = "Turn")]
struct WrittenTurn {
    /// So many steps or calls of `a`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    a: Option<u64>,
    /// So many of `b`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    b: Option<u64>,
    /// So many of `c`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    c: Option<u64>,
    /// Whether the actor before goes on with what it has read of the wal-index before this turn.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    hold_back: bool,
}

impl TryFrom<WrittenTurn> for Turn {
    type Error = String;

    fn try_from(turn: WrittenTurn) -> Result<Self, String> {
        let WrittenTurn { a, b, c, hold_back } = turn;
        let (actor, n) = match (a, b, c) {
            (Some(n), None, None) => (ActorName::A, n),
            (None, Some(n), None) => (ActorName::B, n),
            (None, None, Some(n)) => (ActorName::C, n),
            _ => return Err("a turn has one actor, `a: 3`".to_owned()),
        };
        Ok(Self { actor, n, hold_back })
    }
}

impl From<Turn> for WrittenTurn {
    fn from(Turn { actor, n, hold_back }: Turn) -> Self {
        let written = Self { hold_back, ..Self::default() };
        match actor {
            ActorName::A => Self { a: Some(n), ..written },
            ActorName::B => Self { b: Some(n), ..written },
            ActorName::C => Self { c: Some(n), ..written },
        }
    }
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { actor, n, hold_back } = self;
        match hold_back {
            true => write!(f, "{{{actor}: {n}, hold_back: true}}"),
            false => write!(f, "{actor}: {n}"),
        }
    }
}

impl JsonSchema for Turn {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Turn".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        WrittenTurn::json_schema(generator)
    }
}

arguments! {
    /// Actors that take turns.
    Schedule {
        /// What the first actor does.
        a: Vec<Step> [Hidden],
        /// What the second does.
        b: Vec<Step> [Hidden],
        /// How many times an actor is interrupted by another one at most.
        #[serde(default = "usual::<u64, 2>", skip_serializing_if = "is_usual::<_, 2>")]
        switches: u64 = 2,
        /// After so many orders the rest is not tried.
        #[serde(default = "usual::<u64, 10000>", skip_serializing_if = "is_usual::<_, 10000>")]
        at_most: u64 = 10000,
    } optional {
        /// What a third does.
        c: Vec<Step> [Hidden],
        /// What runs after each order, when the actors have closed what they opened.
        after: Vec<Step> [Hidden],
        /// Steps that are run in this order before there is a choice: `[a: 2, b: 3]`.
        begin: Vec<Turn>,
        /// The one order to be run, by calls after `begin`: `[a: 3, b: 1]`; who is not done then runs to the end.
        run: Vec<Turn>,
        /// Calls of the file system at which an actor may be interrupted; those that others can notice when left out.
        at: Vec<Operation>,
        /// Another actor may also be let run while this one goes on with what it has read of the wal-index before, as a
        /// processor may.
        hold_back: bool,
        /// An actor may also be interrupted before it takes a mutex inside the library, and actors that wait for each
        /// other's mutexes are a deadlock; `config: mutex` comes first.
        mutexes: bool,
    }
}

impl Schedule {
    /// What needs mutexes that know the actors, where something does. Who opens a shared cache has a mutex of the
    /// library meanwhile, and who uses it another: nobody else gets on while that actor is interrupted.
    pub(crate) fn needs_mutexes(&self) -> Option<&'static str> {
        let mut steps = [&self.a, &self.b, &self.c].into_iter().flatten();
        match () {
            () if self.mutexes => Some("`mutexes`"),
            () if steps.any(shares_cache) => Some("a shared cache"),
            () => None,
        }
    }
}

fn shares_cache(step: &Step) -> bool {
    match &step.verb {
        Verb::Call(Call::Open(open)) => open.shares_cache(),
        Verb::Block(block) => block.steps().any(shares_cache),
        _ => false,
    }
}

arguments! {
    /// Steps during which the power is lost.
    PowerLoss {
        /// What is interrupted.
        steps: Vec<Step> [Hidden],
        /// SQL whose answer says in which state a database is.
        state: String,
    } optional {
        /// Steps before, which are not interrupted and whose files are on the device for certain.
        setup: Vec<Step> [Hidden],
        /// What runs on each image; `PRAGMA integrity_check` when left out.
        check: Vec<Step> [Hidden],
        /// Which file is opened to ask for the state; `a.db` when left out.
        path: Option<String>,
        /// What is promised of committed transactions.
        promise: Promise,
        /// Whether the device makes changes in their order, also those that are not synced.
        sequential: bool,
    }
}

/// What is promised after a loss of power, <https://sqlite.org/pragma.html#pragma_synchronous>.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Promise {
    /// The database is as the last step that was complete left it, or as the interrupted one would have.
    #[default]
    Durable,
    /// It is as some step left it: the last transactions may be lost, each of them whole.
    Consistent,
    /// None: what is there is only counted.
    Nothing,
}
