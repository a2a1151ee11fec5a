//! What the catalogue knows of a change: a case that changes between the same builds, in the same way, in a step that uses
//! what makes the change.

mod agreement;
mod ask;
mod behind;
mod changed;
mod ingredients;
mod past;
mod said;
mod words;

pub use agreement::Agreement;
pub(super) use agreement::{form, is_json_but_for_quotes, of_values, words_of_message};
pub use ask::{Ask, Drift, Fit};
pub(super) use ask::{innermost, json_of_queries, lacking};
pub(super) use behind::Steps;
pub(super) use changed::{ChangedStep, Class, Sort, changed, values, words_of};
pub(super) use ingredients::Ingredients;
pub use past::Past;
pub(super) use said::{asked, said, said_by};
pub(super) use words::{Needs, SHOWS_A_TYPE, words};
