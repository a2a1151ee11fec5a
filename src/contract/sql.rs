//! Contracts made of bare SQL or of steps: nothing is promised, so that what a build does is all there is to see.

use super::parse::DEFAULT_DEADLINE;
use super::record::Record;
use super::requires::CaseRequires;
use super::step::Step;
use super::verb::{Call, Open, Query, Verb};
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
                PlacedStep { step: Step::of(Call::Query(query)), place }
            })
            .collect();
        if queries.is_empty() {
            return Err(Diagnostic::new(source, 0..0, "there is no statement here")
                .help("write one, such as `SELECT round(0.285, 2)`")
                .into());
        }
        let open = PlacedStep { step: in_memory(), place: Location::start_of(source.path()) };
        let case = one_case(NAME, source.path(), [open].into_iter().chain(queries).collect());
        let title = source.text().split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(Self { id: NAME.to_owned(), title, cases: vec![case], ..Self::default() })
    }

    /// A contract that no file has: cases of these steps, by their names.
    pub fn of_steps(id: &str, cases: Vec<(&str, Vec<Step>)>) -> Self {
        let place = Location::start_of(id);
        let placed = |step| PlacedStep { step, place: place.clone() };
        let made =
            |(name, steps): (&str, Vec<Step>)| one_case(name, id, steps.into_iter().map(placed).collect());
        Self { id: id.to_owned(), cases: cases.into_iter().map(made).collect(), ..Self::default() }
    }
}

impl Case {
    /// A case of generated steps, on one new database in memory unless they begin by opening another one.
    pub(crate) fn of_program(steps: Vec<Step>) -> Self {
        let opens_itself = matches!(steps.first(), Some(Step { verb: Verb::Call(Call::Open(_)), .. }));
        let open = (!opens_itself).then(|| Step::of(Call::Open(Open::of(":memory:".to_owned()))));
        let place = Location::start_of(NAME);
        let placed = |step| PlacedStep { step, place: place.clone() };
        one_case(NAME, NAME, open.into_iter().chain(steps).map(placed).collect())
    }

    /// The SQL that its steps run, in their order.
    pub fn sql(&self) -> Vec<&str> {
        let verbs = self.runs.iter().take(1).flat_map(|run| &run.steps).map(|placed| &placed.step.verb);
        let sql = verbs.filter_map(|verb| match verb {
            Verb::Call(Call::Query(query)) => Some(query.sql.as_str()),
            Verb::Call(Call::Exec(exec)) => Some(exec.sql.as_str()),
            _ => None,
        });
        sql.collect()
    }

    /// Whether it is SQL on one new database and nothing else, with any values bound, so that a program of SQL can show what it
    /// shows.
    pub fn is_sql_alone(&self) -> bool {
        let mut opened = 0;
        let mut is_sql = |verb: &Verb| match verb {
            Verb::Call(Call::Open(open)) => {
                opened += 1;
                open.flags.is_empty() && open.vfs.is_none()
            }
            Verb::Call(Call::Query(_) | Call::Exec(_) | Call::Close(_)) => true,
            _ => false,
        };
        let is_all = |run: &Run| run.steps.iter().all(|placed| is_sql(&placed.step.verb));
        self.driver == Driver::Capi && self.runs.iter().all(is_all) && opened == self.runs.len()
    }
}

/// Opens a new database in memory. That it opens says nothing; a failure is recorded all the same.
pub(super) fn in_memory() -> Step {
    Step { record: Some(Record::None), ..Step::of(Call::Open(Open::of(":memory:".to_owned()))) }
}

/// A case of these steps, for every build.
pub(super) fn one_case(name: &str, path: &str, steps: Vec<PlacedStep>) -> Case {
    Case {
        name: name.to_owned(),
        place: Location::start_of(path),
        driver: Driver::Capi,
        driver_version: None,
        requires: CaseRequires::default(),
        fresh_process: false,
        deadline: DEFAULT_DEADLINE,
        changed: Vec::new(),
        runs: vec![Run { label: None, steps }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_sql_alone_unless_it_needs_another_call_or_another_file() {
        let is_sql = |steps: &str| {
            let text = format!("title: t\nwhy: w\ncases:\n  - name: a\n    steps:\n{steps}");
            let contract = Contract::read("a/b", &SourceText::new("a.yaml", text.as_str())).unwrap();
            (contract.cases[0].is_sql_alone(), contract.cases[0].sql().join(";"))
        };
        let steps = "      - open: ':memory:'\n      - exec: CREATE TABLE t(a)\n      - query: SELECT 1\n";
        assert_eq!(is_sql(steps), (true, "CREATE TABLE t(a);SELECT 1".to_owned()));
        assert!(!is_sql(&format!("{steps}      - errmsg:\n")).0);
        assert!(!is_sql(&format!("{steps}      - open: {{path: ':memory:', db: other}}\n")).0);
    }
}
