//! The arguments of the verbs on connections.

use super::{DbName, SchemaName, arguments};
use crate::contract::literal::Literal;
use crate::outcome::sqlite_names::{CheckpointMode, DbCounter, DbSwitch, FileControlOp, LimitName, OpenFlag};

arguments! {
    /// Where to open, and under which name.
    Open {
        /// A file in the case's directory, `:memory:`, or a `file:` URI (with the flag `uri`).
        path: String,
    } optional {
        /// The name it gets.
        db: DbName,
        /// `readwrite` and `create` when none is given.
        flags: Vec<OpenFlag>,
        /// The file system, <https://sqlite.org/vfs.html>: `watched`, or one of the library's; its default one when
        /// left out.
        vfs: Option<String>,
    }
    brief path
}

impl Open {
    /// The flags of `sqlite3_open_v2`.
    pub fn flags(&self) -> i32 {
        match self.flags.as_slice() {
            [] => OpenFlag::Readwrite.number() | OpenFlag::Create.number(),
            flags => flags.iter().fold(0, |all, flag| all | flag.number()),
        }
    }

    /// Whether it asks for a cache that other connections have too, <https://sqlite.org/sharedcache.html>.
    pub(crate) fn shares_cache(&self) -> bool {
        self.flags.contains(&OpenFlag::Sharedcache) || self.path.contains("cache=shared")
    }
}

arguments! {
    /// SQL for its effect.
    Exec {
        /// Any number of statements.
        sql: String,
    } optional {
        /// The connection.
        db: DbName,
        /// The name under which the error message is kept, to be freed by `value_free`.
        keep: Option<String> [Named],
    }
    brief sql
}

arguments! {
    /// SQL for its rows.
    Query {
        /// One statement.
        sql: String,
    } optional {
        /// The connection.
        db: DbName,
        /// Bound to the parameters 1, 2, … before the first step.
        values: Vec<Literal> [Literal],
    }
    brief sql
}

arguments! {
    /// SQL for its plan.
    Plan {
        /// One statement, without `EXPLAIN`.
        sql: String,
    } optional {
        /// The connection.
        db: DbName,
        /// Bound to the parameters 1, 2, … before the plan is made: with statistics it may depend on them.
        values: Vec<Literal> [Literal],
    }
    brief sql
}

arguments! {
    /// A connection, and the statement after which to look.
    NextStmt {} optional {
        /// The connection.
        db: DbName,
        /// A statement of the connection; its first one is found when this is left out.
        after: Option<String>,
    }
    brief db or nothing
}

arguments! {
    /// The rowid that the connection reports as inserted last.
    SetLastInsertRowid {
        /// The rowid to report from now on.
        rowid: i64,
    } optional {
        /// The connection.
        db: DbName,
    }
    brief rowid
}

arguments! {
    /// The error that the connection reports from now on.
    SetErrmsg {
        /// The name of a result code.
        code: String,
    } optional {
        /// The message; the one that belongs to the code when left out.
        message: Option<String>,
        /// The connection.
        db: DbName,
    }
}

arguments! {
    /// What a database's file is asked or told.
    FileControl {
        /// Which of the controls.
        op: FileControlOp,
    } optional {
        /// The number that is passed, -1 when left out: most controls only ask then.
        value: Option<i64>,
        /// `main`, `temp` or the name of an attached database.
        schema: SchemaName,
        /// The connection.
        db: DbName,
    }
}

arguments! {
    /// A counter of a connection.
    DbStatus {
        /// Which counter.
        counter: DbCounter,
    } optional {
        /// The connection.
        db: DbName,
        /// The highest value instead of the present one.
        peak: bool,
        /// Resets the mark after reading it.
        reset: bool,
    }
}

arguments! {
    /// A run-time limit of a connection.
    Limit {
        /// Which limit.
        limit: LimitName,
        /// -1 asks and changes nothing.
        value: i32,
    } optional {
        /// The connection.
        db: DbName,
    }
}

arguments! {
    /// A switch of a connection.
    DbConfig {
        /// Which switch.
        switch: DbSwitch,
        /// 1 on, 0 off, -1 asks and changes nothing.
        value: i32,
    } optional {
        /// The connection.
        db: DbName,
    }
}

arguments! {
    /// The lookaside memory of one connection.
    DbLookaside {
        /// Bytes of a slot.
        slot: i32,
        /// How many slots.
        slots: i32,
    } optional {
        /// The connection.
        db: DbName,
    }
}

arguments! {
    /// How long a call waits for a lock.
    BusyTimeout {
        /// Milliseconds.
        ms: i32,
    } optional {
        /// The connection.
        db: DbName,
    }
    brief ms
}

arguments! {
    /// A checkpoint of a write-ahead log.
    WalCheckpointV2 {
        /// How far it goes, and for whom it waits.
        mode: CheckpointMode,
    } optional {
        /// `main`, `temp` or the name of an attached database; all of them when left out.
        schema: Option<String>,
        /// The connection.
        db: DbName,
    }
}

arguments! {
    /// When SQLite runs a checkpoint by itself.
    WalAutocheckpoint {
        /// How many pages in the write-ahead log make it run one; 0 or less never.
        pages: i32,
    } optional {
        /// The connection.
        db: DbName,
    }
    brief pages
}

arguments! {
    /// A database of a connection.
    OnSchema {} optional {
        /// `main`, `temp` or the name of an attached database.
        schema: SchemaName,
        /// The connection.
        db: DbName,
    }
    brief schema or nothing
}

arguments! {
    /// A column of a table, or the table itself.
    TableColumn {
        /// A table.
        table: String,
    } optional {
        /// The table itself when left out.
        column: Option<String>,
        /// All databases are searched when left out.
        schema: Option<String>,
        /// The connection.
        db: DbName,
    }
}
