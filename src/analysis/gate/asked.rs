//! What builds were asked, and what they were not: how much a green answer says.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

use super::headline::shortened;
use crate::analysis::discover::searched::Met;
use crate::builds::BuildSet;
use crate::builds::chronology::Unasked;
use crate::contract::capability::{self, Row};
use crate::diagnostic::numbers::{counted, plural};
use crate::record::report::{CaseReport, CellReport, Failure, Verdict};
use crate::record::transcript::Line;

/// How many areas are named before they are only counted.
const MOST_AREAS: usize = 4;

/// What was asked of the builds, and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Asked {
    /// Where the cases are that at least one build supports.
    pub areas: Vec<Area>,
    /// What SQLite does that no contract among them is about; empty where no contract says what it is about.
    pub silent: Vec<&'static str>,
    /// The known releases between the two builds that have no build.
    pub unbuilt: Unasked,
    /// The known releases between the two builds that have one, and were not asked.
    pub passed_over: Unasked,
    /// Statements that fail in the same way on every build: nothing is compared beyond the error.
    pub failing: Vec<Failing>,
    /// Cases that are broken, or do not end, on every build.
    pub broken: Vec<BrokenCase>,
    /// Traces that were cut short: what the program did later was not asked.
    pub cut: Vec<CutTrace>,
    /// What a search for what nobody wrote down has met between the two builds, where both were searched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub searched: Option<Met>,
}

/// A trace that was cut short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CutTrace {
    /// The id of the trace.
    pub trace: String,
    /// The byte behind its last whole frame.
    pub at: u64,
}

/// A case that keeps no promise on any of the builds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BrokenCase {
    /// `precision/round/half`
    pub case: String,
    /// What it is on the first build: broken or timed out.
    pub verdict: Verdict,
    /// The first promise that is broken there, with its place, or why it did not end.
    pub because: String,
}

/// A folder of contracts, or all SQL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Area {
    /// `precision`
    pub area: String,
    /// How many contracts of it, or texts of SQL.
    pub contracts: usize,
    /// How many cases of these at least one build supports.
    pub cases: usize,
}

/// SQL that fails on every build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Failing {
    /// The id of its subject: `schema.sql`.
    pub subject: String,
    /// How many of its statements fail.
    pub statements: usize,
    /// How many it has.
    pub of: usize,
    /// The first of them as transcripts show it: `query SELECT nosuch(1)`.
    pub step: String,
    /// How it fails: `ERROR: no such function: nosuch`.
    pub error: String,
}

/// What is known of a subject without running it.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// The rows of the table of capabilities that its contract serves.
    pub rows: Vec<Row>,
    /// Whether it is SQL, which promises nothing.
    pub is_sql: bool,
    /// The byte behind the last whole frame of a trace that was cut short.
    pub cut: Option<u64>,
}

impl Asked {
    /// What these subjects asked; `reports` has a list of cells for each build, in the order of the subjects.
    pub fn of(subjects: &[About], reports: &[Vec<CellReport>]) -> Self {
        let mut asked = Self { silent: silent(subjects), ..Self::default() };
        let mut areas: BTreeMap<String, Area> = BTreeMap::new();
        for (at, about) in subjects.iter().enumerate() {
            let cells: Vec<&CellReport> = reports.iter().filter_map(|of_build| of_build.get(at)).collect();
            // Of another driver than the build's, nothing is asked.
            let Some(first) = cells.iter().find(|cell| !cell.cases.is_empty()) else { continue };
            let name = if about.is_sql { "SQL" } else { area(&first.contract) };
            let entry = areas.entry(name.to_owned());
            let area = entry.or_insert_with(|| Area { area: name.to_owned(), contracts: 0, cases: 0 });
            area.contracts += 1;
            area.cases += supported(&cells);
            asked.broken.extend(broken(&cells));
            asked.cut.extend(about.cut.map(|at| CutTrace { trace: first.contract.clone(), at }));
            asked.failing.extend(about.is_sql.then(|| failing(&cells)).flatten());
        }
        asked.areas = areas.into_values().collect();
        asked
    }

    /// With the releases between two versions that were not asked: those that have no build at all, and the others.
    pub fn over(self, builds: &BuildSet, ends: [&Version; 2], asked: &[Version]) -> Self {
        let unbuilt = builds.unbuilt(ends[0], ends[1]);
        let passed_over = Unasked::between(ends[0], ends[1], asked).without(&unbuilt);
        Self { unbuilt, passed_over, ..self }
    }

    /// With what a search has met between the two builds.
    pub fn searched(self, searched: Option<Met>) -> Self {
        Self { searched, ..self }
    }

    /// What fails on every build, counted: `1 statement fails on every build`.
    pub(super) fn failures(&self) -> Option<String> {
        let statements: usize = self.failing.iter().map(|failing| failing.statements).sum();
        let fail = plural(statements, "fails", "fail");
        let statements = (statements > 0)
            .then(|| format!("{} {fail} on every build", counted(statements, "statement", "statements")));
        let cases = (!self.broken.is_empty()).then(|| {
            let keep = plural(self.broken.len(), "keeps its promise", "keep their promises");
            format!("{} {keep} on no build", counted(self.broken.len(), "case", "cases"))
        });
        let all: Vec<String> = statements.into_iter().chain(cases).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }

    /// A line for each thing that was asked or not, without a line feed; of many areas, how many they are.
    pub(super) fn lines(&self) -> Vec<String> {
        match self.areas.len() > MOST_AREAS {
            true => self.lines_with(Some(self.areas_counted())),
            false => self.lines_in_full(),
        }
    }

    /// The same, with every area.
    pub(super) fn lines_in_full(&self) -> Vec<String> {
        self.lines_with((!self.areas.is_empty()).then(|| self.areas_named()))
    }

    fn areas_counted(&self) -> String {
        let contracts: usize = self.areas.iter().map(|area| area.contracts).sum();
        let cases: usize = self.areas.iter().map(|area| area.cases).sum();
        format!(
            "asked: {} of {} in {}",
            counted(cases, "case", "cases"),
            counted(contracts, "contract", "contracts"),
            counted(self.areas.len(), "area", "areas")
        )
    }

    fn areas_named(&self) -> String {
        let area = |area: &Area| {
            let cases = counted(area.cases, "case", "cases");
            match area.area.as_str() {
                "SQL" => format!("SQL ({cases})"),
                name => format!("{name} ({cases} of {})", counted(area.contracts, "contract", "contracts")),
            }
        };
        format!("asked: {}", self.areas.iter().map(area).collect::<Vec<_>>().join(", "))
    }

    fn lines_with(&self, areas: Option<String>) -> Vec<String> {
        let mut lines = Vec::from_iter(areas);
        lines.extend((!self.silent.is_empty()).then(|| format!("not asked: {}", self.silent.join("; "))));
        lines.extend((!self.unbuilt.is_empty()).then(|| {
            format!("not asked: {} in between without a build, {}", self.unbuilt.counted(), self.unbuilt)
        }));
        lines.extend((!self.passed_over.is_empty()).then(|| {
            let have = plural(self.passed_over.len(), "has", "have");
            format!("not asked: {} in between that {have} a build", self.passed_over.counted())
        }));
        lines.extend(self.searched.iter().map(Met::line));
        lines.extend(self.cut.iter().map(CutTrace::line));
        lines.extend(self.failing.iter().map(Failing::line));
        lines.extend(self.broken.iter().map(BrokenCase::line));
        lines
    }
}

impl CutTrace {
    /// What everybody is told of it.
    fn line(&self) -> String {
        format!("cut short: {} ends behind byte {}; only the calls before it are asked", self.trace, self.at)
    }
}

impl BrokenCase {
    /// Of a case that keeps these promises on no build.
    fn of(contract: &str, case: &CaseReport, broken: &[&Failure]) -> Self {
        let because = match broken {
            [] => case.reason.clone().unwrap_or_default(),
            [only] => format!("{}: {only}", only.place),
            [first, others @ ..] => format!("{}: {first}, and {} more", first.place, others.len()),
        };
        Self { case: format!("{contract}/{}", case.case), verdict: case.verdict, because }
    }

    /// What everybody is told of it.
    fn line(&self) -> String {
        let Self { case, verdict, because } = self;
        let verdict = verdict.as_str().replace('-', " ");
        let because = if because.is_empty() { String::new() } else { format!(" ({because})") };
        format!("{verdict} on every build: {case}{because}; it says nothing about the change")
    }
}

impl Failing {
    fn line(&self) -> String {
        let Self { subject, statements, of, step, error } = self;
        let (first, step) = (if *statements > 1 { "the first, " } else { "" }, shortened(step));
        format!(
            "fails on every build: {subject}, {statements} of {}; {first}{step} → {error}; nothing is compared beyond the error",
            counted(*of, "statement", "statements")
        )
    }
}

/// The folder of a contract; files outside `contracts/` have none.
pub(super) fn area(contract: &str) -> &str {
    match contract.split_once('/') {
        Some((area, rest)) if !area.is_empty() && !rest.contains('/') => area,
        _ => "files",
    }
}

/// The areas of the table of capabilities of which no subject serves a row.
fn silent(subjects: &[About]) -> Vec<&'static str> {
    let rows: Vec<&Row> = subjects.iter().flat_map(|about| &about.rows).collect();
    let is_silent = |letter: char| !rows.iter().any(|row| row.area() == letter);
    let areas = capability::AREAS.iter().filter(|(letter, _)| !rows.is_empty() && is_silent(*letter));
    areas.map(|(_, about)| *about).collect()
}

/// How many cases at least one build supports.
fn supported(cells: &[&CellReport]) -> usize {
    let cases = cells.iter().map(|cell| cell.cases.len()).max().unwrap_or(0);
    let runs = |at: usize| {
        move |cell: &&CellReport| cell.cases.get(at).is_some_and(|case| case.verdict != Verdict::Unsupported)
    };
    (0..cases).filter(|at| cells.iter().any(runs(*at))).count()
}

/// The cases that are broken or do not end, whatever the build.
fn broken(cells: &[&CellReport]) -> Vec<BrokenCase> {
    let Some((first, others)) = cells.split_first() else { return Vec::new() };
    let case = |(at, case): (usize, &CaseReport)| {
        let others: Option<Vec<&CaseReport>> = others.iter().map(|cell| cell.cases.get(at)).collect();
        let others = others.filter(|others| others.iter().all(|case| is_broken(case)))?;
        let broken = broken_everywhere(case, &others);
        let ends_nowhere = [case].into_iter().chain(others).all(|case| case.verdict == Verdict::TimedOut);
        (!broken.is_empty() || ends_nowhere).then(|| BrokenCase::of(&first.contract, case, &broken))
    };
    first.cases.iter().enumerate().filter(|(_, case)| is_broken(case)).filter_map(case).collect()
}

fn is_broken(case: &CaseReport) -> bool {
    matches!(case.verdict, Verdict::Broken | Verdict::TimedOut)
}

/// The promises that a case keeps neither on the first build nor on any of the others.
fn broken_everywhere<'a>(case: &'a CaseReport, others: &[&CaseReport]) -> Vec<&'a Failure> {
    let is_in = |failure: &Failure, case: &CaseReport| case.failures.iter().any(|it| it.is_of_same(failure));
    case.failures.iter().filter(|failure| others.iter().all(|case| is_in(failure, case))).collect()
}

/// The statements of SQL that fail in the same way on every build.
fn failing(cells: &[&CellReport]) -> Option<Failing> {
    let [first, others @ ..] = cells else { return None };
    let case = first.cases.first()?;
    let everywhere = |line: &&Line| {
        let has = |case: &CaseReport| case.transcript.contains(*line);
        others.iter().all(|cell| cell.cases.first().is_some_and(has))
    };
    let steps = case.transcript.iter().filter(|line| matches!(line, Line::Step { .. }));
    let fails = |line: &&Line| line.outcome().is_some_and(|outcome| outcome.is_failure());
    let failing: Vec<&Line> = steps.clone().filter(fails).filter(everywhere).collect();
    let Some(Line::Step { step, outcome: Some(error) }) = failing.first() else { return None };
    Some(Failing {
        subject: first.contract.clone(),
        statements: failing.len(),
        of: steps.count(),
        step: step.clone(),
        error: error.to_string(),
    })
}
