//! What a table that holds rows chooses, <https://sqlite.org/vtab.html#the_xbestindex_method>.

use std::ffi::{c_char, c_int};
use std::ptr::{NonNull, null_mut};

use libsqlite3_sys as sys;

use super::super::super::value::{LentValue, text};
use super::super::super::{Call, Library, call};
use super::super::guard;
use super::objects::table_at;
use super::{VirtualTable, failed, hand_out};
use crate::contract::verb::{BestIndex, Holding, Question, TableMethod};
use crate::outcome::sqlite_names::ConstraintOp;

/// From which versions on SQLite reads the last fields of the structure: an older one has no place for them.
const HAS_ROWS: c_int = 3_008_002;
const HAS_FLAGS: c_int = 3_009_000;
const HAS_COLUMNS: c_int = 3_010_000;

/// A field of the structure, one at a time: that of an old version ends before the last ones.
macro_rules! field {
    ($info:ident.$field:ident) => {
        // SAFETY: the structure is that of a call that lasts, and of a version that has this field.
        unsafe { (*$info.as_ptr()).$field }
    };
    ($info:ident.$field:ident = $value:expr) => {{
        let value = $value;
        // SAFETY: the same; nobody else uses the structure meanwhile.
        unsafe { (*$info.as_ptr()).$field = value }
    }};
}

/// A table that holds no rows has one way to read: from the first row to the last.
pub(super) unsafe extern "C" fn best_index(
    raw: *mut sys::sqlite3_vtab,
    info: *mut sys::sqlite3_index_info,
) -> c_int {
    guard(sys::SQLITE_ERROR, |library| {
        let Some(table) = table_at(raw) else { return Ok(sys::SQLITE_ERROR) };
        let (Some(holding), Some(info)) = (table.holding(), NonNull::new(info)) else {
            return Ok(sys::SQLITE_OK);
        };
        // SAFETY: SQLite hands over the structure, which is ours until this returns.
        let asked = unsafe { Asked::new(library, info, holding) };
        table.did_once(&asked.describe()?);
        if table.fails_in(TableMethod::BestIndex) {
            return failed(library, raw, holding);
        }
        asked.answer()
    })
}

/// A question of SQLite's.
struct Asked<'a> {
    library: &'a Library,
    holding: &'a Holding,
    wishes: &'a BestIndex,
    info: NonNull<sys::sqlite3_index_info>,
    constraints: &'a [sys::sqlite3_index_constraint],
    order: &'a [sys::sqlite3_index_orderby],
}

impl<'a> Asked<'a> {
    /// # Safety
    /// The structure is that of a call which lasts as long as `'a`.
    unsafe fn new(
        library: &'a Library,
        info: NonNull<sys::sqlite3_index_info>,
        holding: &'a Holding,
    ) -> Self {
        let (start, count) = (field!(info.aConstraint), field!(info.nConstraint));
        // SAFETY: so many constraints are there.
        let constraints = unsafe { slice(start, count) };
        let (start, count) = (field!(info.aOrderBy), field!(info.nOrderBy));
        // SAFETY: so many terms are there.
        let order = unsafe { slice(start, count) };
        Self { library, holding, wishes: &holding.best_index, info, constraints, order }
    }

    fn asks(&self, question: Question) -> bool {
        self.wishes.asks.contains(&question)
    }

    /// The question in words.
    fn describe(&self) -> Call<String> {
        let mut parts = Vec::new();
        let constraints: Call<Vec<String>> =
            (0..).zip(self.constraints).map(|(at, constraint)| self.constraint(at, constraint)).collect();
        parts.push(constraints?.join(", "));
        let order = |term: &sys::sqlite3_index_orderby| {
            format!("{}{}", self.holding.column(term.iColumn), if term.desc == 0 { "" } else { " desc" })
        };
        if !self.order.is_empty() {
            parts.push(format!("order by {}", self.order.iter().map(order).collect::<Vec<_>>().join(", ")));
        }
        if self.asks(Question::Distinct) && self.library.has("sqlite3_vtab_distinct") {
            // SAFETY: the structure is that of this call.
            let distinct = unsafe { call!(self.library, sqlite3_vtab_distinct(self.info.as_ptr())) };
            parts.push(format!("distinct {distinct}"));
        }
        if self.asks(Question::Columns) && self.version()? >= HAS_COLUMNS {
            parts.push(format!("reads {}", self.columns_read()));
        }
        parts.retain(|part| !part.is_empty());
        Ok(format!("best_index {}", parts.join("; ")).trim_end().to_owned())
    }

    fn constraint(&self, at: c_int, constraint: &sys::sqlite3_index_constraint) -> Call<String> {
        let mut words = match op(constraint) {
            Some(op @ (ConstraintOp::Limit | ConstraintOp::Offset)) => word(op),
            Some(op) => format!("{} {}", self.holding.column(constraint.iColumn), word(op)),
            None => format!("{} op {}", self.holding.column(constraint.iColumn), constraint.op),
        };
        if self.asks(Question::In) && self.library.has("sqlite3_vtab_in") {
            // SAFETY: the structure is that of this call, and has this constraint.
            if unsafe { call!(self.library, sqlite3_vtab_in(self.info.as_ptr(), at, -1)) } != 0 {
                words += " in";
            }
        }
        if self.asks(Question::Value) && self.library.has("sqlite3_vtab_rhs_value") {
            words += &self.right_side(at)?;
        }
        if self.asks(Question::Collation) && self.library.has("sqlite3_vtab_collation") {
            // SAFETY: the structure is that of this call, and has this constraint.
            let name = unsafe { call!(self.library, sqlite3_vtab_collation(self.info.as_ptr(), at)) };
            // SAFETY: SQLite lends the collation's name for the call.
            let name = unsafe { text(name) }.unwrap_or_default();
            words += &format!(" {}", String::from_utf8_lossy(&name));
        }
        if constraint.usable == 0 {
            words += " unusable";
        }
        Ok(words)
    }

    fn right_side(&self, at: c_int) -> Call<String> {
        let mut value = null_mut();
        // SAFETY: the structure is that of this call, has this constraint, and there is a place for the value.
        let code = unsafe { call!(self.library, sqlite3_vtab_rhs_value(self.info.as_ptr(), at, &mut value)) };
        match NonNull::new(value) {
            Some(value) if code == sys::SQLITE_OK => {
                // SAFETY: SQLite lends the value for the call.
                let value = unsafe { LentValue::new(value) };
                Ok(format!(" {}", value.read(self.library)?))
            }
            _ => Ok(String::new()),
        }
    }

    fn columns_read(&self) -> String {
        let info = self.info;
        let used = field!(info.colUsed);
        // The last bit stands for all columns from the 64th on.
        let columns = (0_i32..).zip(&self.holding.columns);
        let read = columns.filter(|(at, _)| used >> (*at).min(63) & 1 == 1);
        let read: Vec<&str> = read.map(|(at, _)| self.holding.column(at)).collect();
        if read.is_empty() { "nothing".to_owned() } else { read.join(", ") }
    }

    fn version(&self) -> Call<c_int> {
        // SAFETY: it takes nothing and only returns a constant.
        Ok(unsafe { call!(self.library, sqlite3_libversion_number()) })
    }

    /// The constraints that the table takes, by their places.
    fn taken(&self) -> Vec<(usize, ConstraintOp)> {
        let of = |(at, constraint): (usize, &sys::sqlite3_index_constraint)| {
            let op = op(constraint).filter(|op| self.wishes.uses.contains(op))?;
            (constraint.usable != 0).then_some((at, op))
        };
        self.constraints.iter().enumerate().filter_map(of).collect()
    }

    /// Whether a column that has to be compared is not.
    fn lacks(&self, taken: &[(usize, ConstraintOp)]) -> bool {
        let is_compared = |name: &String| {
            taken.iter().any(|(at, op)| {
                *op == ConstraintOp::Eq && self.holding.column(self.constraints[*at].iColumn) == name
            })
        };
        !self.wishes.needs.iter().all(is_compared)
    }

    /// Says what the table chooses: the constraints that it takes are the text that xFilter is given.
    fn answer(&self) -> Call<c_int> {
        let taken = self.taken();
        if self.lacks(&taken) {
            return Ok(sys::SQLITE_CONSTRAINT);
        }
        let mut plan = Vec::new();
        for (argument, (at, op)) in (1..).zip(&taken) {
            self.take(*at, argument);
            let is_whole = self.wishes.in_whole && self.take_whole(*at)?;
            let column = self.constraints[*at].iColumn;
            plan.push(format!("{column} {}{}", op.number(), if is_whole { " whole" } else { "" }));
        }
        self.set(hand_out(self.library, &plan.join(","))?, i32::try_from(taken.len()).unwrap_or(0))?;
        Ok(sys::SQLITE_OK)
    }

    /// Takes a constraint as an argument of xFilter, from 1.
    fn take(&self, at: usize, argument: c_int) {
        let omit = self.wishes.omit.into();
        let usage = sys::sqlite3_index_constraint_usage { argvIndex: argument, omit };
        let info = self.info;
        let places = field!(info.aConstraintUsage);
        // SAFETY: there are as many places as constraints.
        let place = unsafe { places.add(at) };
        // SAFETY: the place is SQLite's, to be written until xBestIndex returns.
        unsafe { place.write(usage) };
    }

    /// Takes the right side of an IN as one argument, where it is one.
    fn take_whole(&self, at: usize) -> Call<bool> {
        if !self.library.has("sqlite3_vtab_in") {
            return Ok(false);
        }
        let at = c_int::try_from(at).unwrap_or(c_int::MAX);
        // SAFETY: the structure is that of this call, and has this constraint.
        Ok(unsafe { call!(self.library, sqlite3_vtab_in(self.info.as_ptr(), at, 1)) } != 0)
    }

    fn set(&self, plan: *mut c_char, taken: i32) -> Call<()> {
        let version = self.version()?;
        let info = self.info;
        field!(info.idxNum = taken);
        field!(info.idxStr = plan);
        field!(info.needToFreeIdxStr = 1);
        field!(info.orderByConsumed = self.wishes.consumes_order.into());
        let share = 10_f64.powi(taken);
        if let Some(cost) = self.wishes.cost {
            field!(info.estimatedCost = cost / share);
        }
        if let Some(rows) = self.wishes.rows.filter(|_| version >= HAS_ROWS) {
            field!(info.estimatedRows = (rows as f64 / share).max(1.0) as i64);
        }
        if self.wishes.unique && version >= HAS_FLAGS {
            field!(info.idxFlags = sys::SQLITE_INDEX_SCAN_UNIQUE);
        }
        Ok(())
    }
}

fn op(constraint: &sys::sqlite3_index_constraint) -> Option<ConstraintOp> {
    ConstraintOp::from_number(constraint.op.into())
}

/// A constraint's word in contracts.
fn word(op: ConstraintOp) -> String {
    op.name().to_lowercase()
}

/// # Safety
/// `count` of them are at `start` for as long as `'a`, or none and it is NULL.
unsafe fn slice<'a, T>(start: *const T, count: c_int) -> &'a [T] {
    match usize::try_from(count) {
        Ok(count) if count > 0 && !start.is_null() => {
            // SAFETY: the caller vouches for them.
            unsafe { std::slice::from_raw_parts(start, count) }
        }
        _ => &[],
    }
}

/// The constraints of a plan that [`best_index`] wrote: column, operation, and whether a whole IN is its value.
pub(super) fn plan(written: &str) -> Vec<(c_int, ConstraintOp, bool)> {
    let one = |constraint: &str| {
        let mut words = constraint.split(' ');
        let (column, op) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        Some((column, ConstraintOp::from_number(op)?, words.next().is_some()))
    };
    written.split(',').filter_map(one).collect()
}

/// The plan in words.
pub(super) fn shown(table: &VirtualTable, plan: &[(c_int, ConstraintOp, bool)]) -> Vec<String> {
    let holding = table.holding();
    let one = |(column, op, _): &(c_int, ConstraintOp, bool)| match op {
        ConstraintOp::Limit | ConstraintOp::Offset => word(*op),
        op => format!("{} {}", holding.map_or("rowid", |holding| holding.column(*column)), word(*op)),
    };
    plan.iter().map(one).collect()
}
