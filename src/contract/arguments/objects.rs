//! The arguments of the verbs on what SQLite hands out: blobs, backups, and memory that the caller frees.

use super::{BackupName, BlobName, DbName, SchemaName, arguments, present};
use crate::contract::conversion::Conversion;
use crate::contract::literal::Literal;
use crate::outcome::sqlite_names::DeserializeFlag;

arguments! {
    /// SQL for its rows as texts.
    GetTable {
        /// The SQL.
        sql: String,
    } optional {
        /// The connection.
        db: DbName,
        /// The name under which the table is kept, to be freed by `value_free`.
        keep: Option<String> [Named],
    }
    brief sql
}

arguments! {
    /// A format with one conversion, and the value for it.
    Mprintf {
        /// One of `%s`, `%q`, `%Q`, `%w`, `%lld`, `%llx`, `%f`, `%e`, `%g`, … and text around it.
        format: String,
    } optional {
        /// What the conversion shows.
        #[serde(deserialize_with = "present")]
        value: Option<Literal> [Literal],
        /// The name under which the text is kept, to be freed by `value_free`.
        keep: Option<String> [Named],
    }
}

impl Mprintf {
    /// What is wrong with arguments that are each well formed: the word it is about, and the message.
    pub(in crate::contract) fn mistake(&self) -> Option<(&str, String)> {
        let conversion = match Conversion::of(&self.format) {
            Ok(conversion) => conversion,
            Err(mistake) => return Some((&self.format, mistake)),
        };
        match &self.value {
            None => Some(("mprintf", "`value` is missing: what the conversion shows".to_owned())),
            Some(value) if !conversion.shows(&value.to_value()) => Some((
                "value",
                format!("`{}` shows {}, and {value} is none", self.format, conversion.words()),
            )),
            Some(_) => None,
        }
    }
}

arguments! {
    /// A database as bytes.
    SerializeArguments {} optional {
        /// The connection.
        db: DbName,
        /// `main`, `temp`, or the name of an attached database.
        database: SchemaName [Named],
        /// Looks at the connection's own bytes and copies nothing.
        nocopy: bool,
        /// The name under which the bytes are kept, to be freed by `value_free`.
        keep: Option<String> [Named],
    }
    brief db or nothing
}

arguments! {
    /// Bytes that become a connection's database.
    DeserializeArguments {
        /// What `serialize` kept under this name.
        image: String,
    } optional {
        /// The connection.
        db: DbName,
        /// `main`, `temp` or the name of an attached database.
        database: SchemaName [Named],
        /// Whose the bytes are, and what may be done with them.
        flags: Vec<DeserializeFlag>,
    }
    brief image
}

impl DeserializeArguments {
    /// The bytes, where they are SQLite's from now on.
    pub fn given(&self) -> Option<&str> {
        self.flags.contains(&DeserializeFlag::Freeonclose).then_some(self.image.as_str())
    }

    /// Whether SQLite would reallocate bytes that stay the caller's.
    pub fn resizes_what_it_may_not(&self) -> bool {
        self.flags.contains(&DeserializeFlag::Resizeable) && self.given().is_none()
    }
}

arguments! {
    /// One value of one row.
    BlobOpen {
        /// A table.
        table: String,
        /// A column.
        column: String,
        /// The rowid.
        row: i64,
    } optional {
        /// For writing too.
        write: bool,
        /// The connection.
        db: DbName,
        /// `main`, `temp` or the name of an attached database.
        database: SchemaName [Named],
        /// The name it gets.
        blob: BlobName,
    }
}

arguments! {
    /// Some bytes of a blob.
    BlobRead {
        /// The first byte, from 0.
        offset: i32,
        /// How many bytes.
        length: i32,
    } optional {
        /// The blob handle.
        blob: BlobName,
    }
}

arguments! {
    /// Bytes over those of a blob.
    BlobWrite {
        /// The first byte, from 0.
        offset: i32,
        /// A text or a blob.
        value: Literal [Literal],
    } optional {
        /// The blob handle.
        blob: BlobName,
    }
}

arguments! {
    /// Another row for a blob handle.
    BlobReopen {
        /// The rowid.
        row: i64,
    } optional {
        /// The blob handle.
        blob: BlobName,
    }
    brief row
}

arguments! {
    /// From which connection to which.
    BackupInit {
        /// The connection to copy to.
        to: String,
    } optional {
        /// The connection to copy from.
        from: DbName,
        /// The database that is overwritten.
        to_database: SchemaName,
        /// The database that is copied.
        from_database: SchemaName,
        /// The name it gets.
        backup: BackupName,
    }
    brief to
}

arguments! {
    /// How much to copy.
    BackupStep {
        /// How many pages; all for -1.
        pages: i32,
    } optional {
        /// The backup.
        backup: BackupName,
    }
    brief pages
}
