//! What moving from one build to another changes, and whether that is acceptable.
//!
//! Both builds run the same contracts, so no path between them in the lineage is needed: two flag sets, a fork and
//! the system's library are compared like two versions. [`changes`] finds what differs, a [`Policy`] defines what is
//! accepted, and a [`Report`] combines both for every format. [`plan`] splits a long upgrade into steps.

mod alike;
mod annotations;
mod asked;
mod change;
mod compare;
mod drivers;
pub mod format;
mod headline;
mod junit;
mod lacking;
mod lines;
mod markdown;
mod memory_search;
pub mod plan;
pub mod policy;
mod replays;
mod report;
mod sarif;
pub mod schema;
mod severity;
mod text;

pub use annotations::annotation;
pub use asked::{About, Area, Asked, BrokenCase, Failing};
pub use change::{Change, ContractChanges, Place, Side};
pub use compare::changes;
pub use drivers::only_of_both;
pub use format::{Format, Look};
pub use lacking::Lacking;
pub use plan::Plan;
pub use policy::Policy;
pub use replays::{Recorded, of_replays};
pub use report::{Acceptance, Compared, Count, Gate, Report, Standing, Use};
pub use severity::Severity;
