//! From YAML to contracts, with every mistake at its place.

mod about;
mod advisory;
mod flag;
#[cfg(test)]
mod odd;
mod reader;
mod with;

use std::collections::BTreeMap;
use std::time::Duration;

pub(super) use self::advisory::advisory;
pub(super) use self::flag::flags;
use self::reader::{Keys, Reader};
use super::node::Node;
use super::requires::{CaseRequires, Requires};
use super::step::Step;
use super::template::{self, Row, Unfilled, Used};
use super::{Case, Contract, DriverVersion, PlacedStep, Run, SLUG, check};
use crate::diagnostic::limit::STEP_BYTES;
use crate::diagnostic::{Diagnostic, Diagnostics, Location, SourceText, yaml};

/// How long a case may take when it says nothing: far more than any needs, so that a loaded machine
/// does not turn slow into hung.
pub(super) const DEFAULT_DEADLINE: Duration = Duration::from_secs(60);

/// After so many mistakes the rest of a file is not read.
const MOST_MISTAKES: usize = 1000;

/// The keys of a contract; their types stand in the module `schema`.
pub(super) const CONTRACT_KEYS: [&str; 7] = ["title", "rows", "seen", "why", "changed", "requires", "cases"];
/// The keys of a case.
pub(super) const CASE_KEYS: [&str; 9] =
    ["name", "changed", "driver", "drivers", "requires", "fresh_process", "deadline", "with", "steps"];

/// Reads a contract from its text.
pub(super) fn contract(id: &str, source: &SourceText) -> Result<Contract, Diagnostics> {
    if yaml::is_empty(source) {
        return Err(Diagnostic::new(source, 0..0, "this file is empty")
            .help(format!(
                "`{}` writes one to start from",
                crate::project::command_name::command("new-contract")
            ))
            .into());
    }
    let file: Node = serde_yaml::from_str_with_options(source.text(), yaml_options())
        .map_err(|error| Diagnostics::from(Diagnostic::from_yaml(source, &error)))?;
    let mut reader = Reader::new(source, &file);
    let contract = reader.contract(id, &file);
    reader.mistakes.into_result(contract)
}

/// How contracts are read: infinities and NaN are values, `yes` is a text.
pub(super) fn yaml_options() -> serde_yaml::Options {
    serde_yaml::options! {
        strict_booleans: true,
        with_snippet: false,
        budget: yaml::budget(),
        non_finite_float_policy: serde_yaml::NonFiniteFloatPolicy::PassThrough,
    }
}

impl<'a> Reader<'a> {
    fn contract(&mut self, id: &str, file: &'a Node) -> Contract {
        let keys = self.keys(file, &CONTRACT_KEYS);
        let title = self.words(&keys, file, "title");
        let why = self.words(&keys, file, "why");
        let rows = keys.get("rows").map(|node| self.capabilities(node)).unwrap_or_default();
        let seen = keys.get("seen").map(|node| self.links(node)).unwrap_or_default();
        let changed = keys.get("changed").map(|node| self.causes(node)).unwrap_or_default();
        let requires = keys.get("requires").map(|node| self.requires(node)).unwrap_or_default();
        let cases = self.list(&keys, file, "cases", "a contract without a case promises nothing");
        self.unique_names(cases);
        let cases_of = |case| (!self.is_full()).then(|| self.cases(&requires, case));
        let cases = cases.iter().map_while(cases_of).flatten().collect();
        if self.is_full() {
            self.mistakes.cut();
        }
        let named_builds = std::mem::take(&mut self.named_builds);
        Contract { id: id.to_owned(), title, why, rows, seen, changed, cases, named_builds }
    }

    /// A case, or one for each of its `drivers`, in whose name that of the driver stands last.
    fn cases(&mut self, inherited: &Requires, node: &'a Node) -> Vec<Case> {
        let keys = self.keys(node, &CASE_KEYS);
        let Some(list) = keys.get("drivers") else {
            let driver = keys.get("driver").map(|node| self.value(node));
            return vec![self.case(inherited, node, &keys, driver)];
        };
        if let Some(driver) = node.entries().iter().find(|(key, _)| key.as_text() == Some("driver")) {
            self.mistake(&driver.0, "`driver` and `drivers` are two ways to say the same: write one of them");
        }
        let drivers: Vec<DriverVersion> = self.value(list).unwrap_or_default();
        if drivers.is_empty() {
            self.mistake(list, "`drivers` names none: write `drivers: [python, go, node]`");
        }
        let of_driver = |driver: DriverVersion| {
            // The name of a case has no dots.
            let suffix = driver.slug().replace('.', "-");
            let case = self.case(inherited, node, &keys, Some(Some(driver)));
            Case { name: format!("{}-{suffix}", case.name), ..case }
        };
        drivers.into_iter().map(of_driver).collect()
    }

    fn case(
        &mut self,
        inherited: &Requires,
        node: &'a Node,
        keys: &Keys<'a>,
        driver: Option<Option<DriverVersion>>,
    ) -> Case {
        let name = self.words(keys, node, "name");
        if let Some(node) = keys.get("name") {
            self.slug(&name, node);
        }
        let changed = keys.get("changed").map(|node| self.causes(node)).unwrap_or_default();
        let fresh_process = keys.get("fresh_process").map(|node| self.value(node));
        let requires = keys.get("requires").map(|node| self.requires(node)).unwrap_or_default();
        let deadline = keys.get("deadline").map(|node| self.deadline(node));
        let rows = keys.get("with").map(|node| self.rows(node));
        let steps = self.list(keys, node, "steps", "a case without a step tells nothing");
        // What could not be read is not held against the steps.
        let driver = driver.unwrap_or_else(|| Some(Default::default()));
        let facts = check::CaseFacts {
            driver: driver.as_ref().map(|driver| driver.driver),
            fresh_process: fresh_process.map_or(Some(false), |read| read),
        };
        Case {
            name,
            place: self.place(keys.get("name").copied().unwrap_or(node)),
            driver: facts.driver.unwrap_or_default(),
            driver_version: driver.and_then(|driver| driver.version),
            requires: CaseRequires { of_contract: inherited.clone(), of_case: requires },
            fresh_process: facts.fresh_process.unwrap_or_default(),
            deadline: deadline.unwrap_or(DEFAULT_DEADLINE),
            changed,
            runs: match rows {
                Some(rows) if rows.is_empty() => Vec::new(),
                rows => self.runs(&facts, steps, &rows.unwrap_or_default()),
            },
        }
    }

    fn is_full(&self) -> bool {
        self.mistakes.len() >= MOST_MISTAKES
    }

    /// The steps of every row.
    fn runs(&mut self, facts: &check::CaseFacts, steps: &'a [Node], rows: &[(Row, &'a Node)]) -> Vec<Run> {
        let mut used = Used::default();
        if rows.is_empty() {
            return vec![self.run(facts, steps, &Row::new(), None, &mut used)];
        }
        let label = |row: &Row| Some(template::label(row));
        let run = |(row, _): &(Row, _)| {
            (!self.is_full()).then(|| self.run(facts, steps, row, label(row), &mut used))
        };
        let runs = rows.iter().map_while(run).collect();
        if self.is_full() {
            return runs;
        }
        // Where a name is misspelt, the right one is not unused.
        let misspelt = used.names.iter().any(|name| !rows[0].0.contains_key(name));
        for (key, _) in rows[0].1.entries().iter().filter(|_| !misspelt) {
            let name = key.as_text().unwrap_or_default();
            if !used.names.contains(name) {
                let message = format!("parameter `{name}` is never used");
                let diagnostic = Diagnostic::new(self.source, key.span.clone(), message);
                self.mistakes.push(diagnostic.help(format!("write `${{{name}}}` in a step")));
            }
        }
        runs
    }

    fn run(
        &mut self,
        facts: &check::CaseFacts,
        steps: &'a [Node],
        row: &Row,
        label: Option<String>,
        used: &mut Used,
    ) -> Run {
        let step = |node| (!self.is_full()).then(|| self.step(node, row, used));
        let read: Vec<(Option<Step>, Node)> = steps.iter().map_while(step).collect();
        check::steps(self.source, facts, &read, MOST_MISTAKES, &mut self.mistakes);
        let placed =
            |(step, node): (Option<Step>, Node)| Some(PlacedStep { step: step?, place: self.place(&node) });
        Run { label, steps: read.into_iter().filter_map(placed).collect() }
    }

    fn place(&self, node: &Node) -> Location {
        self.source.location(node.span.start)
    }

    /// A step with its row filled in, and its node; no step where a mistake was found.
    fn step(&mut self, node: &Node, row: &Row, used: &mut Used) -> (Option<Step>, Node) {
        match template::fill(node, row, used) {
            Ok(filled) => {
                let step = self.value(&filled);
                step.iter().for_each(|step| self.names_build(step, &filled));
                (step, filled)
            }
            Err(Unfilled::UnknownParameter(name)) => {
                self.unknown_parameter(node, row, &name);
                (None, node.clone())
            }
            Err(Unfilled::TooLong) => {
                let message = format!(
                    "the steps of this case, in all its rows, have more than {} bytes",
                    STEP_BYTES.shown()
                );
                self.mistake_with(node, message, &STEP_BYTES.remedy());
                (None, node.clone())
            }
        }
    }

    fn unknown_parameter(&mut self, node: &Node, row: &Row, name: &str) {
        let span = self.source.find_word(node.span.clone(), name);
        let message = match row.len() {
            0 => format!("`${{{name}}}` stands for nothing: the case has no `with` table"),
            _ => format!("no parameter `{name}` in `with`"),
        };
        let diagnostic = Diagnostic::new(self.source, span, message);
        self.mistakes.push(diagnostic.suggest(name, row.keys().map(String::as_str)));
    }

    fn requires(&mut self, node: &Node) -> Requires {
        let requires: Requires = self.value(node).unwrap_or_default();
        for (word, message, help) in requires.mistakes() {
            let found = node.get(&word).or_else(|| node.find(&word));
            let span = found.unwrap_or(node).span.clone();
            self.mistakes.push(Diagnostic::new(self.source, span, message).help(help));
        }
        requires
    }

    fn deadline(&mut self, node: &Node) -> Duration {
        duration(node.as_text().unwrap_or_default()).unwrap_or_else(|| {
            self.mistake(
                node,
                format!("expected a duration such as `5s` or `500ms`, found {}", node.describe()),
            );
            DEFAULT_DEADLINE
        })
    }

    fn unique_names(&mut self, cases: &[Node]) {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for case in cases {
            let Some(name) = case.get("name") else { continue };
            let Some(text) = name.as_text() else { continue };
            let line = self.source.position(name.span.start).0;
            if let Some(first) = seen.get(text) {
                self.mistake(
                    name,
                    format!("a second case is named `{text}`: the first stands on line {first}"),
                );
            }
            seen.entry(text).or_insert(line);
        }
    }

    fn slug(&mut self, name: &str, node: &Node) {
        if !name.is_empty() && !super::is_slug(name) {
            self.mistake(node, format!("`{name}` cannot name a file: use {SLUG}"));
        }
    }
}

fn duration(text: &str) -> Option<Duration> {
    let number = |digits: &str| digits.trim().parse::<f64>().ok().filter(|n| *n > 0.0 && *n < 86_400_000.0);
    match text.strip_suffix("ms") {
        Some(digits) => number(digits).map(|ms| Duration::from_secs_f64(ms / 1000.0)),
        None => number(text.strip_suffix('s')?).map(Duration::from_secs_f64),
    }
}
