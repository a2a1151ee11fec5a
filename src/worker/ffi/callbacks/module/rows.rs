//! The rows that a virtual table holds.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::contract::verb::Holding;
use crate::outcome::sqlite_names::ConstraintOp;
use crate::outcome::value::Value;

/// Rows by their rowids.
pub(super) type ByRowid = BTreeMap<i64, Vec<Value>>;

/// The rows of a table, as they are and as they were.
#[derive(Default)]
pub(super) struct Rows {
    now: RefCell<ByRowid>,
    /// As they were when a transaction (0) or a savepoint (from 1) began.
    before: RefCell<BTreeMap<i32, ByRowid>>,
}

impl Rows {
    /// Those that a contract gives a table.
    pub(super) fn of(holding: &Holding) -> Self {
        let row = |row: &Vec<_>| row.iter().map(crate::contract::literal::Literal::to_value).collect();
        Self { now: RefCell::new((1..).zip(holding.rows.iter().map(row)).collect()), ..Self::default() }
    }

    /// A copy of them.
    pub(super) fn all(&self) -> Vec<(i64, Vec<Value>)> {
        self.now.borrow().iter().map(|(rowid, row)| (*rowid, row.clone())).collect()
    }

    /// The rowid of the row whose first column has this value.
    pub(super) fn with_key(&self, key: &Value) -> Option<i64> {
        self.now.borrow().iter().find(|(_, row)| row.first() == Some(key)).map(|(rowid, _)| *rowid)
    }

    pub(super) fn has(&self, rowid: i64) -> bool {
        self.now.borrow().contains_key(&rowid)
    }

    pub(super) fn next_rowid(&self) -> i64 {
        self.now.borrow().last_key_value().map_or(1, |(last, _)| last + 1)
    }

    pub(super) fn get(&self, rowid: i64) -> Vec<Value> {
        self.now.borrow().get(&rowid).cloned().unwrap_or_default()
    }

    pub(super) fn put(&self, rowid: i64, row: Vec<Value>) {
        self.now.borrow_mut().insert(rowid, row);
    }

    pub(super) fn remove(&self, rowid: i64) {
        self.now.borrow_mut().remove(&rowid);
    }

    /// Notes what is there when a transaction or a savepoint begins.
    pub(super) fn mark(&self, at: i32) {
        let now = self.now.borrow().clone();
        self.before.borrow_mut().insert(at, now);
    }

    /// Forgets this mark and those after it.
    pub(super) fn unmark(&self, at: i32) {
        self.before.borrow_mut().retain(|mark, _| *mark < at);
    }

    /// Goes back to a mark.
    pub(super) fn return_to(&self, at: i32) {
        let before = self.before.borrow().get(&at).cloned();
        if let Some(before) = before {
            self.now.replace(before);
        }
    }
}

/// A constraint that a table takes for itself, with the values on its right side: several for a whole IN.
pub(super) struct Taken {
    pub(super) column: i32,
    pub(super) op: ConstraintOp,
    pub(super) values: Vec<Value>,
}

impl Taken {
    /// Whether a row meets it. What is no comparison, or compares an argument, every row meets.
    pub(super) fn is_met(&self, rowid: i64, row: &[Value]) -> bool {
        let own = match usize::try_from(self.column) {
            Ok(at) => row.get(at).cloned(),
            Err(_) => Some(Value::Integer(rowid)),
        };
        own.is_none_or(|own| self.values.iter().any(|value| holds(self.op, &own, value)))
    }
}

fn holds(op: ConstraintOp, own: &Value, other: &Value) -> bool {
    let is_null = matches!(own, Value::Null);
    let order = (!is_null && !matches!(other, Value::Null)).then(|| compare(own, other));
    match op {
        ConstraintOp::Eq => order == Some(Ordering::Equal),
        ConstraintOp::Gt => order == Some(Ordering::Greater),
        ConstraintOp::Ge => order.is_some_and(Ordering::is_ge),
        ConstraintOp::Lt => order == Some(Ordering::Less),
        ConstraintOp::Le => order.is_some_and(Ordering::is_le),
        ConstraintOp::Ne => order.is_some_and(Ordering::is_ne),
        ConstraintOp::Is => compare(own, other).is_eq(),
        ConstraintOp::Isnot => compare(own, other).is_ne(),
        ConstraintOp::Isnull => is_null,
        ConstraintOp::Isnotnull => !is_null,
        _ => true,
    }
}

/// As SQLite orders values, texts by their bytes, <https://sqlite.org/datatype3.html#sort_order>.
fn compare(a: &Value, b: &Value) -> Ordering {
    let class = |value: &Value| match value {
        Value::Null => 0,
        Value::Integer(_) | Value::Real(_) => 1,
        Value::Text(_) => 2,
        Value::Blob(_) => 3,
    };
    let number = |value: &Value| match value {
        Value::Integer(n) => *n as f64,
        Value::Real(x) => *x,
        _ => 0.0,
    };
    match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) | (Value::Blob(a), Value::Blob(b)) => a.cmp(b),
        (Value::Integer(_) | Value::Real(_), Value::Integer(_) | Value::Real(_)) => {
            number(a).total_cmp(&number(b))
        }
        _ => class(a).cmp(&class(b)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_meet_constraints_as_sqlite_compares() {
        let row = [Value::Integer(1), Value::Null];
        let meets = |column, op, value| Taken { column, op, values: vec![value] }.is_met(7, &row);
        assert!(meets(0, ConstraintOp::Eq, Value::Real(1.0)));
        assert!(meets(0, ConstraintOp::Lt, Value::text("0")));
        assert!(!meets(1, ConstraintOp::Ne, Value::Integer(5)));
        assert!(meets(1, ConstraintOp::Is, Value::Null));
        assert!(meets(-1, ConstraintOp::Ge, Value::Integer(7)));
        // A column beyond the row's is an argument, and a limit compares nothing.
        assert!(meets(2, ConstraintOp::Eq, Value::Integer(5)));
        assert!(meets(0, ConstraintOp::Limit, Value::Integer(0)));
    }

    #[test]
    fn marks_are_returned_to() {
        let rows = Rows::default();
        rows.put(1, vec![Value::Integer(1)]);
        rows.mark(1);
        rows.put(2, vec![Value::Integer(2)]);
        rows.return_to(1);
        assert_eq!(rows.all(), [(1, vec![Value::Integer(1)])]);
        rows.unmark(1);
        rows.remove(1);
        rows.return_to(1);
        assert_eq!(rows.next_rowid(), 1);
    }
}
