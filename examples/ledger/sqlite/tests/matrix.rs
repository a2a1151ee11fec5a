//! What the ledger expects of SQLite, on each SQLite that it ships.

sqlite_contracts::matrix!();
