//! The kinds of things that a step makes and later steps use by name.

use super::Driver;

/// A kind of thing with names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// `sqlite3*`
    Connection,
    /// `sqlite3_stmt*`
    Statement,
    /// What SQLite handed out and the case keeps: a copied value, a text, a table, a serialized database.
    Value,
    /// The address of a column's text.
    Pointer,
    /// `sqlite3_blob*`
    Blob,
    /// `sqlite3_backup*`
    Backup,
    /// A transaction or savepoint of rusqlite.
    Transaction,
    /// A pool of rusqlite connections.
    Pool,
    /// `sqlite3_session*`
    Session,
}

/// A kind in the words of messages.
pub struct Words {
    /// What it is.
    pub what: &'static str,
    /// What was done to it where it is there.
    pub made: &'static str,
    /// The step that makes it, as a remedy.
    pub remedy: &'static str,
}

impl Thing {
    /// The step that makes one through this driver.
    pub fn remedy(self, driver: Option<Driver>) -> &'static str {
        match self {
            Self::Connection if driver.is_some_and(Driver::is_of_a_language) => "a step `connect`",
            _ => self.words().remedy,
        }
    }

    /// The kind in the words of messages.
    pub fn words(self) -> Words {
        let words = |what, made, remedy| Words { what, made, remedy };
        match self {
            Self::Connection => words("connection", "opened", "a step `open`"),
            Self::Statement => words("statement", "prepared", "a step `prepare`"),
            Self::Value => words("value", "kept", "a step `value_dup`, or one with `keep`,"),
            Self::Pointer => words("pointer", "held", "a step `hold`"),
            Self::Blob => words("blob", "opened", "a step `blob_open`"),
            Self::Backup => words("backup", "begun", "a step `backup_init`"),
            Self::Pool => words("pool", "made", "a step `pool`"),
            Self::Session => words("session", "created", "a step `session_create`"),
            Self::Transaction => words("transaction", "begun", "a step `transaction` or `savepoint`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_made_by_the_step_that_its_driver_has() {
        use crate::contract::verb::Call;
        for driver in [Driver::Capi, Driver::Rusqlite, Driver::Python, Driver::Apsw, Driver::Go, Driver::Node]
        {
            let remedy = Thing::Connection.remedy(Some(driver));
            let verb = remedy.split('`').nth(1).unwrap();
            assert!(Call::names_of(driver).contains(&verb), "{} has no {verb}", driver.name());
        }
        assert_eq!(Thing::Connection.remedy(None), "a step `open`");
    }
}
