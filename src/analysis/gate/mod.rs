//! What moving from one build to another changes, and whether that may be.
//!
//! Both builds run the same contracts, so no path between them in the lineage is needed: two flag sets, a fork and
//! the system's library compare like two versions. [`changes`] says what differs, a [`Policy`] what of it is
//! accepted, and a [`Report`] is both together, which every format shows. [`plan`] takes a long hop apart.

mod annotations;
mod change;
mod compare;
pub mod format;
mod junit;
mod markdown;
pub mod plan;
pub mod policy;
mod report;
mod sarif;
pub mod schema;
mod severity;
mod text;

pub use change::{Change, ContractChanges, Place, Side};
pub use compare::changes;
pub use format::Format;
pub use plan::Plan;
pub use policy::Policy;
pub use report::{Acceptance, Compared, Count, Gate, Report, Standing, Use};
pub use severity::Severity;
