//! What SQLite asks a virtual table about its indexes, and what the table plans.

use std::ffi::{c_int, c_void};

use crate::bytes::Text;
use crate::kinds::{Kind, all};
use crate::trace::Trace;

/// `sqlite3_index_info`, up to what every version has.
#[repr(C)]
pub(crate) struct IndexInfo {
    constraints: c_int,
    constraint: *const Constraint,
    orders: c_int,
    order: *const c_void,
    usage: *const Usage,
    index: c_int,
    name: Text,
    frees_name: c_int,
    is_ordered: c_int,
    cost: f64,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Constraint {
    column: c_int,
    operator: u8,
    is_usable: u8,
    offset: c_int,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Usage {
    argument: c_int,
    omit: u8,
}

/// What SQLite asks of a table's indexes: column, operator and usability of each constraint, one after the other.
#[derive(Clone, Copy)]
pub(crate) struct Constraints(pub(crate) *const IndexInfo);

impl Kind for Constraints {
    fn write(self, trace: &mut Trace) {
        // SAFETY: SQLite's own argument.
        let info = unsafe { &*self.0 };
        let constraints = all(info.constraint, info.constraints).0;
        trace.items.array(constraints.len() * 3);
        for constraint in constraints {
            constraint.column.write(trace);
            constraint.operator.write(trace);
            constraint.is_usable.write(trace);
        }
    }
}

/// What the table plans: number, name and order of the index, its cost, and the argument of each constraint.
#[derive(Clone, Copy)]
pub(crate) struct Plan(pub(crate) *const IndexInfo);

impl Kind for Plan {
    fn write(self, trace: &mut Trace) {
        // SAFETY: SQLite's own argument.
        let info = unsafe { &*self.0 };
        let usage = all(info.usage, info.constraints).0;
        trace.items.array(4 + usage.len() * 2);
        info.index.write(trace);
        info.name.write(trace);
        info.is_ordered.write(trace);
        info.cost.write(trace);
        for usage in usage {
            usage.argument.write(trace);
            usage.omit.write(trace);
        }
    }
}
