//! An application's ledger: invoices and their positions, in SQLite.
//!
//! What it expects of SQLite is promised in `sqlite/contracts/ledger/`, and tried there on each SQLite that it ships.

use rusqlite::{Connection, Result, params};

/// The tables.
pub const SCHEMA: &str =
    "CREATE TABLE IF NOT EXISTS position (invoice INTEGER, quantity INTEGER, cents INTEGER, discount REAL)";
/// What an invoice costs, in cents: integers, so that the sum is exact.
pub const TOTAL: &str = "SELECT SUM(quantity * cents) FROM position WHERE invoice = ?1";
/// The same after discounts, in the currency's unit, rounded to cents by SQLite.
pub const DISCOUNTED: &str =
    "SELECT ROUND(SUM(quantity * cents * (1.0 - discount)) / 100.0, 2) FROM position WHERE invoice = ?1";

/// A ledger in a database.
pub struct Ledger(Connection);

impl Ledger {
    /// A ledger in a database that it makes its tables in.
    pub fn new(connection: Connection) -> Result<Self> {
        connection.execute_batch(SCHEMA)?;
        Ok(Self(connection))
    }

    /// Adds a position to an invoice.
    pub fn add(&self, invoice: i64, quantity: i64, cents: i64, discount: f64) -> Result<()> {
        let mut insert = self.0.prepare_cached("INSERT INTO position VALUES (?1, ?2, ?3, ?4)")?;
        insert.execute(params![invoice, quantity, cents, discount]).map(|_| ())
    }

    /// What an invoice costs, in cents; none without positions.
    pub fn total(&self, invoice: i64) -> Result<Option<i64>> {
        self.0.prepare_cached(TOTAL)?.query_row([invoice], |row| row.get(0))
    }

    /// What it costs after discounts.
    pub fn discounted(&self, invoice: i64) -> Result<Option<f64>> {
        self.0.prepare_cached(DISCOUNTED)?.query_row([invoice], |row| row.get(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invoice_has_a_total() {
        let ledger = Ledger::new(Connection::open_in_memory().unwrap()).unwrap();
        ledger.add(1, 3, 1999, 0.0).unwrap();
        ledger.add(1, 1, 250, 0.5).unwrap();
        assert_eq!(ledger.total(1), Ok(Some(6247)));
        assert_eq!(ledger.discounted(1), Ok(Some(61.22)));
        assert_eq!(ledger.total(2), Ok(None));
    }
}
