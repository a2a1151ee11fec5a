//! The arguments of the verbs that register something SQLite calls: functions, collations, hooks.
//!
//! A contract cannot bring code, so it chooses what the callback does. Every call is logged (the verb `calls`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DbName, arguments, is_default, is_usual, usual};
use crate::contract::literal::Literal;
use crate::outcome::sqlite_names::{Action, FunctionFlag, TraceEvent};

/// What a scalar function does with its arguments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scalar {
    /// Returns its first argument, or NULL without one.
    Argument,
    /// Returns this value.
    Answer(Literal),
    /// Fails with these words, `sqlite3_result_error`.
    Error(String),
    /// Fails with this code, `sqlite3_result_error_code`.
    ErrorCode(String),
    /// Runs this statement on its own connection and returns the first value, or fails as the statement did.
    Run(String),
    /// Returns how often it was called with the auxiliary data that it keeps for its first argument,
    /// <https://sqlite.org/c3ref/get_auxdata.html>: 0 the first time.
    Auxdata,
    /// Returns the subtype of its first argument, <https://sqlite.org/c3ref/value_subtype.html>.
    Subtype,
    /// Returns its first argument with this subtype.
    SetSubtype(u32),
    /// Interrupts its own connection and returns 1.
    Interrupt,
    /// Has another thread interrupt its own connection, waits for that and returns 1.
    InterruptFromThread,
    /// Panics, with the driver `rusqlite`, which has to catch it.
    Panic,
}

/// What an aggregate or a window function does with its rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fold {
    /// Adds up its first argument as an integer; NULL without a row.
    Sum,
    /// Counts its rows.
    Count,
    /// Fails at this row, from 1.
    ErrorInStep(i64),
    /// Fails when it is asked for its result.
    ErrorInFinal,
    /// Panics at this row, with the driver `rusqlite`.
    PanicInStep(i64),
    /// Panics when it is asked for its result, with the driver `rusqlite`.
    PanicInFinal,
}

/// How a collation orders two texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// By their bytes, as BINARY does.
    Binary,
    /// By their bytes, the greatest first.
    Reverse,
    /// By how long they are: different texts can be equal.
    Length,
}

/// What happens on another connection while SQLite waits for a callback to answer: a second thread, without
/// its chances.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Meanwhile {
    /// SQL, run to its end; what came of it is logged.
    pub exec: String,
    /// The connection; it must be open when the callback is registered.
    #[serde(default, skip_serializing_if = "is_default")]
    pub db: DbName,
    /// At which call of the callback, from 1.
    #[serde(default = "usual::<u64, 1>", skip_serializing_if = "is_usual::<_, 1>")]
    pub at: u64,
}

arguments! {
    /// A scalar function to make.
    Function {
        /// The function's name in SQL.
        name: String,
        /// What it does when it is called.
        does: Scalar,
        /// How many arguments it takes; -1 for any number.
        #[serde(default = "usual::<i32, 1>", skip_serializing_if = "is_usual::<_, 1>")]
        args: i32 = 1,
    } optional {
        /// What the function promises, and where it may be used.
        flags: Vec<FunctionFlag>,
        /// The connection.
        db: DbName,
    }
}

arguments! {
    /// An aggregate or window function to make.
    Aggregate {
        /// The function's name in SQL.
        name: String,
        /// What it does with its rows.
        does: Fold,
        /// How many arguments it takes; -1 for any number.
        #[serde(default = "usual::<i32, 1>", skip_serializing_if = "is_usual::<_, 1>")]
        args: i32 = 1,
    } optional {
        /// What the function promises, and where it may be used.
        flags: Vec<FunctionFlag>,
        /// The connection.
        db: DbName,
    }
}

arguments! {
    /// A function to take away.
    RemoveFunction {
        /// The function's name in SQL.
        name: String,
        /// How many arguments it took.
        #[serde(default = "usual::<i32, 1>", skip_serializing_if = "is_usual::<_, 1>")]
        args: i32 = 1,
    } optional {
        /// The connection.
        db: DbName,
    }
    brief name
}

arguments! {
    /// A collation to make.
    Collation {
        /// The collation's name in SQL.
        name: String,
        /// How it orders two texts.
        order: Order,
    } optional {
        /// The connection.
        db: DbName,
    }
}

arguments! {
    /// A collation to take away.
    RemoveCollation {
        /// The collation's name in SQL.
        name: String,
    } optional {
        /// The connection.
        db: DbName,
    }
    brief name
}

arguments! {
    /// What to do about a collation that a statement names and nobody has made.
    CollationNeeded {} optional {
        /// How the missing collation is made to order; it stays missing when this is left out.
        order: Option<Order>,
        /// Takes the callback away.
        off: bool,
        /// The connection.
        db: DbName,
    }
    brief or nothing
}

arguments! {
    /// A hook that only watches.
    Hook {} optional {
        /// The name of its user data, by which it is known when it is replaced.
        name: Option<String>,
        /// Takes the hook away.
        off: bool,
        /// What happens on another connection during one of its calls.
        meanwhile: Option<Meanwhile>,
        /// The connection.
        db: DbName,
    }
    brief or nothing
}

arguments! {
    /// A commit hook.
    CommitHook {} optional {
        /// Whether it turns the commit into a rollback.
        veto: bool,
        /// The name of its user data, by which it is known when it is replaced.
        name: Option<String>,
        /// Takes the hook away.
        off: bool,
        /// What happens on another connection during one of its calls.
        meanwhile: Option<Meanwhile>,
        /// The connection.
        db: DbName,
    }
    brief or nothing
}

arguments! {
    /// A progress handler.
    ProgressHandler {} optional {
        /// Called about every so many instructions of the virtual machine.
        every: Option<i32>,
        /// The call at which it interrupts, from 1; never when left out.
        interrupt_at: Option<u64>,
        /// Takes the handler away.
        off: bool,
        /// What happens on another connection during one of its calls.
        meanwhile: Option<Meanwhile>,
        /// The connection.
        db: DbName,
    }
    brief every
}

arguments! {
    /// An authorizer: allows what it does not deny or ignore.
    Authorizer {} optional {
        /// What is refused: the statement fails.
        deny: Vec<Action> [Named],
        /// A column that is ignored is read as NULL.
        ignore: Vec<Action> [Named],
        /// Only where one of the action's two names (a table, a column, a function, …) is this one.
        on: Option<String>,
        /// Takes the authorizer away.
        off: bool,
        /// The connection.
        db: DbName,
    }
    brief or nothing
}

arguments! {
    /// What to trace.
    Trace {
        /// No event takes the callback away.
        events: Vec<TraceEvent>,
    } optional {
        /// The connection.
        db: DbName,
    }
}

arguments! {
    /// A busy handler.
    BusyHandler {} optional {
        /// How many calls it returns with "try again" before it gives up.
        tries: Option<u64>,
        /// Takes the handler away.
        off: bool,
        /// What happens on another connection during one of its calls.
        meanwhile: Option<Meanwhile>,
        /// The connection.
        db: DbName,
    }
    brief tries
}

arguments! {
    /// Which callback's calls; those of all when left out.
    Calls {} optional {
        /// A function's or hook's name.
        of: Option<String>,
    }
    brief of or nothing
}

/// Whose destructor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Destructor {
    /// Of bytes bound with `lifetime: destructor`.
    #[default]
    Binding,
    /// Of a function's user data.
    Function,
    /// Of a collation's user data.
    Collation,
    /// Of what a function keeps for an argument.
    Auxdata,
    /// Of a module's user data.
    Module,
}

arguments! {
    /// Which destructors to count; those of bindings when left out.
    DestructorCalls {} optional {
        /// Whose destructors; those of bindings when left out.
        of: Destructor,
    }
    brief or nothing
}
