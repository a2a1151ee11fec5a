//! Contracts made of bare SQL: nothing is promised, so that what a build does is all there is to see.

use super::brief::Brief;
use super::parse::DEFAULT_DEADLINE;
use super::record::Record;
use super::requires::Requires;
use super::step::Step;
use super::verb::{Open, Query, Verb};
use super::{Case, Contract, Driver, PlacedStep, Run};
use crate::contract::statements::statements;
use crate::diagnostic::{Diagnostic, Diagnostics, Location, SourceText};

/// The name of the contract and of its case.
const NAME: &str = "sql";

impl Contract {
    /// A contract whose one case runs these statements, one `query` each, on one new database in memory.
    ///
    /// # Errors
    /// When there is no statement.
    pub fn of_sql(source: &SourceText) -> Result<Self, Diagnostics> {
        let queries: Vec<PlacedStep> = statements(source.text())
            .iter()
            .map(|statement| {
                let query = Query::of(statement.sql.to_owned());
                let place = source.location(statement.start);
                PlacedStep { step: step(Verb::Query(Brief(query)), None), place }
            })
            .collect();
        if queries.is_empty() {
            return Err(Diagnostic::new(source, 0..0, "there is no statement here")
                .help("write one, such as `SELECT round(0.285, 2)`")
                .into());
        }
        // That it opens says nothing; a failure is recorded all the same.
        let open = step(Verb::Open(Brief(Open::of(":memory:".to_owned()))), Some(Record::None));
        let open = PlacedStep { step: open, place: Location::start_of(source.path()) };
        let case = Case {
            name: NAME.to_owned(),
            place: Location::start_of(source.path()),
            driver: Driver::Capi,
            requires: [Requires::default(), Requires::default()],
            fresh_process: false,
            deadline: DEFAULT_DEADLINE,
            changed: Vec::new(),
            runs: vec![Run { label: None, steps: [open].into_iter().chain(queries).collect() }],
        };
        let title = source.text().split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(Self { id: NAME.to_owned(), title, cases: vec![case], ..Self::default() })
    }
}

fn step(verb: Verb, record: Option<Record>) -> Step {
    Step { verb, expect: None, record, save: None, every: None }
}
