//! The matrix: every contract on every build, run, judged and recorded one cell at a time.
//!
//! A test process calls [`Harness::check`] for each of its cells. Whoever runs the tests (`cargo xtask
//! matrix`) reads what they reported ([`results`]), looks at it as a whole ([`survey`]) and shows it.

pub mod cache;
pub mod harness;
pub mod junit;
pub mod message;
pub mod results;
pub mod summary;
pub mod survey;
pub mod table;
mod tests_macro;

pub use harness::Harness;
pub use survey::Survey;
pub use tests_macro::Tests;
