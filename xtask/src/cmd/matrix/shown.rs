//! The output of a run: the table, the failures and drifts, the summary, and the files of a report.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use schemars::JsonSchema;
use serde::Serialize;
use sqlite_contracts::builds::{Build, BuildSet};
use sqlite_contracts::diagnostic::numbers::counted;
use sqlite_contracts::diagnostic::{WIDTH, paragraph};
use sqlite_contracts::matrix::because::Contracts;
use sqlite_contracts::matrix::junit::junit;
use sqlite_contracts::matrix::message;
use sqlite_contracts::matrix::results::Blame;
use sqlite_contracts::matrix::summary::Summary;
use sqlite_contracts::matrix::survey::{Standing, Survey};
use sqlite_contracts::matrix::table;
use sqlite_contracts::project::{Project, command_name};
use sqlite_contracts::record::snapshots::name::State;
use sqlite_contracts::record::snapshots::update::is_build_server;
use sqlite_contracts::record::snapshots::{Drift, Recorded, SnapshotName};
use sqlite_contracts::system::files::write_atomically;

use crate::cmd::report;
use crate::support::context;
use crate::support::exit::Exit;
use crate::ui::output::{color, print, terminal_width, width};

/// A run, evaluated as a whole.
pub(crate) struct Shown<'a> {
    project: &'a Project,
    builds: &'a BuildSet,
    survey: Survey,
    summary: Summary,
    /// The contracts of its drifts.
    contracts: Contracts,
    started: Option<Instant>,
}

/// A run, as `--format json` prints it.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Whole<'a> {
    seconds: f64,
    summary: &'a Summary,
    matrix: &'a Survey,
}

impl<'a> Shown<'a> {
    /// Prepares a run for its readers. When it started is not known of runs on several machines, only the time of
    /// their cases.
    pub(crate) fn new(
        project: &'a Project,
        builds: &'a BuildSet,
        mut survey: Survey,
        started: Option<Instant>,
    ) -> Result<Self> {
        let store = context::store(project)?;
        let without = builds.iter().filter(|build| build.version().is_none());
        let ran = without.filter(|build| survey.builds.iter().any(|ran| ran == build.name()));
        let version = |build: &Build| Some((build.name().to_owned(), store.version(build)?.to_string()));
        survey.versions = ran.filter_map(version).collect();
        let drifts = survey.cases().filter(|(_, case)| case.drift.is_some());
        let contracts = Contracts::read(project, drifts.map(|(cell, _)| cell.contract.as_str()));
        Ok(Self { project, builds, summary: Summary::of(&survey), survey, contracts, started })
    }

    /// Prints all of it.
    pub(crate) fn print(&self) {
        self.show();
        let line = self.summary.line(self.elapsed());
        // In a pipe it is one line, for `tail -1`.
        print(
            &terminal_width()
                .map_or(line.clone(), |width| paragraph(&line, "", "  ", width).trim_end().to_owned()),
        );
    }

    /// The time from the start until now.
    fn elapsed(&self) -> Duration {
        self.started.map_or_else(|| self.survey.cost(), |started| started.elapsed())
    }

    /// The table, then failures and drifts, worst first.
    fn show(&self) {
        let (survey, color) = (&self.survey, color());
        print(&table::table(survey, width(), color));
        for (message, cells) in grouped_failures(survey) {
            print(&format!("cannot run: {message}\n    {}\n", cells.join(", ")));
        }
        for (cell, case) in survey.cases().filter(|(_, case)| case.standing == Standing::Broken) {
            for failure in &case.report.failures {
                print(&message::broken(&case.report.case, &cell.build, failure, color));
            }
        }
        self.show_drifts();
        self.show_what_waits();
    }

    /// How what waits for review is accepted.
    fn show_what_waits(&self) {
        let waits = |standing| matches!(standing, Standing::New | Standing::Unreviewed | Standing::Follows);
        if !self.survey.cases().any(|(_, case)| waits(case.standing)) {
            return;
        }
        let pending = Recorded::at(self.project.snapshots()).names();
        let is_written = pending.is_ok_and(|names| names.iter().any(|(_, state)| *state == State::Pending));
        let review = command_name::command("review");
        print(&match (is_written, self.summary.new) {
            (false, new) => {
                let fails = match is_build_server() && new > 0 {
                    true => {
                        "what is new fails under CI: run this where it can be reviewed, and commit tests/snapshots/\n"
                    }
                    false => "",
                };
                format!("no pending snapshot was written, because CI or INSTA_UPDATE asks for none\n{fails}")
            }
            (true, 0) => format!("review with `{review}`\n"),
            (true, new) => {
                let all = new_alone(&self.survey);
                let all = all
                    .map_or(String::new(), |globs| format!(", or accept all of it with `{review} {globs}`"));
                let new = counted(new, "snapshot is", "snapshots are");
                let fails = if is_build_server() { ", which fails under CI" } else { "" };
                let text = format!(
                    "{new} new, not yet on record{fails}: look at what they say with `{review}`{all}"
                );
                paragraph(&text, "", "  ", width())
            }
        });
    }

    /// The snapshots that no case should have, and the drifts with their causes.
    fn show_drifts(&self) {
        let color = color();
        let causes = self.contracts.causes(self.project, self.builds);
        for (cell, case) in self.survey.cases() {
            let name = SnapshotName::new(&cell.contract, &case.report.case, &cell.build);
            if case.standing == Standing::Unwanted {
                let file = self.project.shown(&name.file(&self.project.snapshots(), State::Accepted));
                print(&message::unwanted(&name, &file, color));
            }
            if let Some(drift) = &case.drift {
                let place = message::place(self.contracts.get(&cell.contract), &name);
                let ending = case.report.ending_in_brief();
                let message =
                    message::drift_message(case.standing, &name, drift, &place, ending.as_deref(), color);
                print(&(message + &causes.below(&name, drift, width())));
            }
        }
    }

    /// All of it for programs.
    pub(crate) fn json(&self) -> Whole<'_> {
        Whole { seconds: self.elapsed().as_secs_f64(), summary: &self.summary, matrix: &self.survey }
    }

    /// The files of a report.
    pub(crate) const FILES: [&'static str; 3] = ["junit.xml", "matrix.json", "report.html"];

    /// Writes [`Self::FILES`].
    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        let elapsed = self.elapsed();
        let causes = self.contracts.causes(self.project, self.builds);
        let because = |name: &SnapshotName, drift: &Drift| causes.below(name, drift, WIDTH);
        write_atomically(&folder.join("junit.xml"), junit(&self.survey, elapsed, &because))?;
        write_atomically(&folder.join("matrix.json"), serde_json::to_string_pretty(&self.json())? + "\n")?;
        report::write(self.project, &self.survey, folder)
    }

    /// The exit status of the command. What is new is no failure where somebody can look at it.
    pub(crate) fn exit(&self) -> Exit {
        let is_new = self.summary.new > 0 && is_build_server();
        match self.survey.failed.as_slice() {
            [] if self.summary.could_not_run > 0 => Exit::Environment,
            [] => Exit::of_findings(is_new || !self.summary.is_clean()),
            failed if failed.iter().any(|cell| cell.blame == Blame::Input) => Exit::Input,
            _ => Exit::Environment,
        }
    }
}

/// The arguments with which `review` accepts all that is new and nothing else, where few words say it.
fn new_alone(survey: &Survey) -> Option<String> {
    const CONTRACTS: usize = 3;
    let of = |standing| {
        let cases = survey.cases().filter(move |(_, case)| case.standing == standing && case.drift.is_some());
        cases.map(|(cell, _)| cell)
    };
    let contracts = |standing| of(standing).map(|cell| cell.contract.as_str()).collect::<BTreeSet<_>>();
    let builds = |standing| of(standing).map(|cell| cell.build.as_str()).collect::<BTreeSet<_>>();
    let (new, others) = (contracts(Standing::New), contracts(Standing::Unreviewed));
    if new.len() <= CONTRACTS && new.is_disjoint(&others) {
        return Some(new.iter().map(|id| format!("--accept '{id}/*'")).collect::<Vec<_>>().join(" "));
    }
    let (new, others) = (builds(Standing::New), builds(Standing::Unreviewed));
    let [build] = Vec::from_iter(&new)[..] else { return None };
    (!others.contains(build)).then(|| format!("--accept '*@{build}'"))
}

/// The cells and cases that could not run, by their message, since one mistake may stop many.
fn grouped_failures(survey: &Survey) -> BTreeMap<&str, Vec<String>> {
    let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for cell in &survey.failed {
        groups.entry(&cell.message).or_default().push(format!("{} on {}", cell.contract, cell.build));
    }
    for (cell, case) in survey.cases().filter(|(_, case)| case.standing == Standing::Failed) {
        let name = format!("{}/{} on {}", cell.contract, case.report.case, cell.build);
        groups.entry(case.report.reason.as_deref().unwrap_or_default()).or_default().push(name);
    }
    for cells in groups.values_mut().filter(|cells| cells.len() > 3) {
        let more = cells.len() - 3;
        cells.truncate(3);
        cells.push(format!("and {more} more"));
    }
    groups
}
