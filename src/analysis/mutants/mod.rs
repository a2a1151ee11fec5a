//! Seeded faults: which contract catches which mutant. A contract that has never been seen to fail proves nothing.
//!
//! A mutant ([`crate::builds::Mutant`]) is compared with its real build, which runs the same contracts beside it,
//! not with the record: so a difference between two runs on one machine is caused by the fault.

mod catch;
mod hunt;

pub use catch::{Catch, How};
pub use hunt::{Breadth, Found, Hunt, Standing, must_catch};
