//! Flags of a compilation and how a library shows them: `sqlite-builds/flags.yaml`.

use super::{Case, parse};
use crate::diagnostic::{Diagnostics, SourceText};

/// The list, compiled in because projects elsewhere need it too.
const LIST: &str = include_str!("../../sqlite-builds/flags.yaml");
const FILE: &str = "<sqlite-contracts>/sqlite-builds/flags.yaml";

/// A flag (<https://sqlite.org/compile.html>) and what tells it.
#[derive(Debug, Clone)]
pub struct Flag {
    /// Without `SQLITE_`: `ENABLE_FTS5`.
    pub name: String,
    /// What tells it.
    pub told: Told,
}

/// What tells a flag.
#[derive(Debug, Clone)]
pub enum Told {
    /// It is set when every step does what is expected of it.
    Set(Case),
    /// The last step returns its value, which is said unless it is one of the defaults.
    Value {
        /// The steps.
        case: Case,
        /// What releases have without the flag.
        defaults: Vec<String>,
    },
    /// It is set when the library exports this function.
    Exports(String),
    /// It is set when the library does not.
    Lacks(String),
}

impl Flag {
    /// The steps that have to be run for it.
    pub fn case(&self) -> Option<&Case> {
        match &self.told {
            Told::Set(case) | Told::Value { case, .. } => Some(case),
            Told::Exports(_) | Told::Lacks(_) => None,
        }
    }

    /// Every flag of the list, in its order.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn all() -> Result<Vec<Self>, Diagnostics> {
        parse::flags(&SourceText::new(FILE, LIST))
    }
}
