//! A search for drifts that nobody wrote down: programs are generated, builds vote, differences are reduced.
//!
//! Only rules are here: the builds are behind the trait [`Voters`].

mod answer;
mod asked;
mod between;
mod bisecting;
mod chance;
mod change;
mod contrast;
mod corpus;
mod draft;
mod electorate;
mod exchange;
mod finding;
mod generate;
mod keeping;
mod known;
pub mod left;
mod message;
mod program;
mod recall;
mod reduce;
mod reducing;
mod report;
mod search;
pub mod searched;
mod state;
mod statement;
mod tree;
mod turn;
mod values;
mod voters;
mod voting;
mod words;

pub use answer::{Answer, Answers, Type};
pub use asked::Asked;
pub use between::{Between, Difference, Smallest};
pub use change::Change;
pub use contrast::contrast;
pub use corpus::{Corpus, LeftOut};
pub use draft::{Draft, Expected, Written, write_drafts};
pub use electorate::Electorate;
pub use finding::{Drift, Finding};
pub use generate::Area;
pub use known::{Known, Wanted};
pub use left::Left;
pub use program::Program;
pub use recall::Recall;
pub use report::{DatedDrift, Given, Report, Shown, Standing};
pub use search::{BATCH, Search};
pub use searched::Searched;
pub use state::{Counts, DamagedState, State};
pub use statement::contract_of;
pub(in crate::analysis) use statement::step_of;
pub use turn::Turn;
pub use voters::{EngineVoters, Voters};

use crate::outcome::value::Value;

/// The literal of a value in SQL.
pub(in crate::analysis) fn literal(value: &Value) -> String {
    values::literal_of(value).0
}
