//! The arguments of the verbs on connections.

use super::{DbName, SchemaName, arguments};
use crate::contract::literal::Literal;
use crate::outcome::sqlite_names::{CheckpointMode, DbCounter, DbSwitch, LimitName, OpenFlag};

arguments! {
    /// Where to open, and under which name.
    Open {
        /// A file in the case's directory, `:memory:`, or a `file:` URI (with the flag `uri`).
        path: String,
    } optional {
        db: DbName,
        /// `readwrite` and `create` when none is given.
        flags: Vec<OpenFlag>,
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
}

arguments! {
    /// SQL for its effect.
    Exec {
        sql: String,
    } optional {
        db: DbName,
        /// The name under which the error message is kept, to be freed by `value_free`.
        keep: Option<String> [Named],
    }
    brief sql
}

arguments! {
    /// SQL for its rows.
    Query {
        sql: String,
    } optional {
        db: DbName,
        /// Bound to the parameters 1, 2, … before the first step.
        values: Vec<Literal> [Literal],
    }
    brief sql
}

arguments! {
    /// A connection, and the statement after which to look.
    NextStmt {} optional {
        db: DbName,
        /// A statement of the connection; its first one is found when this is left out.
        after: Option<String>,
    }
    brief db or nothing
}

arguments! {
    SetLastInsertRowid {
        rowid: i64,
    } optional {
        db: DbName,
    }
    brief rowid
}

arguments! {
    DbStatus {
        counter: DbCounter,
    } optional {
        db: DbName,
        /// The highest value instead of the present one.
        peak: bool,
        reset: bool,
    }
}

arguments! {
    Limit {
        limit: LimitName,
        /// -1 asks and changes nothing.
        value: i32,
    } optional {
        db: DbName,
    }
}

arguments! {
    DbConfig {
        switch: DbSwitch,
        /// 1 on, 0 off, -1 asks and changes nothing.
        value: i32,
    } optional {
        db: DbName,
    }
}

arguments! {
    /// The lookaside memory of one connection.
    DbLookaside {
        /// Bytes of a slot.
        slot: i32,
        slots: i32,
    } optional {
        db: DbName,
    }
}

arguments! {
    BusyTimeout {
        /// Milliseconds.
        ms: i32,
    } optional {
        db: DbName,
    }
    brief ms
}

arguments! {
    WalCheckpointV2 {
        mode: CheckpointMode,
    } optional {
        /// `main`, `temp` or the name of an attached database; all of them when left out.
        schema: Option<String>,
        db: DbName,
    }
}

arguments! {
    /// When SQLite runs a checkpoint by itself.
    WalAutocheckpoint {
        /// How many pages in the write-ahead log make it run one; 0 or less never.
        pages: i32,
    } optional {
        db: DbName,
    }
    brief pages
}

arguments! {
    /// A database of a connection.
    OnSchema {} optional {
        /// `main`, `temp` or the name of an attached database.
        schema: SchemaName,
        db: DbName,
    }
    brief schema or nothing
}

arguments! {
    /// A column of a table, or the table itself.
    TableColumn {
        table: String,
    } optional {
        /// The table itself when left out.
        column: Option<String>,
        /// All databases are searched when left out.
        schema: Option<String>,
        db: DbName,
    }
}
