//! The matrix: every contract on every build, run, judged and recorded one cell at a time.
//!
//! [`Cells::check`] is the one way in which a cell is run: by each test of [`matrix!`](crate::matrix!) and by
//! [`run()`](run::run), which runs the cells of a command. The [`survey`] evaluates a run as a whole.

pub mod because;
pub mod cache;
pub mod cell;
pub mod junit;
pub mod message;
mod queue;
pub mod results;
pub mod row;
pub mod run;
pub mod summary;
pub mod survey;
pub mod table;
pub mod tests_macro;

pub use cell::{Cells, Checked};
pub use row::Row;
pub use survey::Survey;
pub use tests_macro::Tests;
