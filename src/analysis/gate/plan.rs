//! An upgrade over many versions in steps: what changes at each build on the way.

use anstyle::Style;
use schemars::JsonSchema;
use serde::Serialize;

use super::asked::Asked;
use super::change::{ContractChanges, Place};
use super::severity::Severity;
use crate::builds::chronology::Unasked;
use crate::builds::{Build, BuildSet};
use crate::contract::cause::Cause;
use crate::diagnostic::numbers::counted;
use crate::diagnostic::{paragraph, verbatim};
use crate::record::causes::Because;
use crate::record::snapshots::diff::paint;

/// An upgrade, step by step.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Plan {
    /// The old build.
    pub from: String,
    /// The new build.
    pub to: String,
    /// What was asked of the builds, and what was not.
    pub asked: Asked,
    /// How many changes all steps have, the worst severity first.
    pub counts: Vec<StepCount>,
    /// From build to build, in their order.
    pub steps: Vec<Step>,
}

/// What changes from one build to the next.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Step {
    /// The previous build.
    pub from: String,
    /// The build.
    pub to: String,
    /// The day of its SQLite: `2023-08-24`.
    pub released: Option<String>,
    /// The known releases between the two builds: none of them was asked.
    pub unasked: Unasked,
    /// How many cases change, the worst severity first.
    pub counts: Vec<StepCount>,
    /// The cases that change.
    pub changes: Vec<Headline>,
}

/// How many changes of a step have a severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StepCount {
    /// The severity.
    pub severity: Severity,
    /// How many cases.
    pub cases: usize,
}

/// A change in one line.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Headline {
    /// `precision/money-round`
    pub contract: String,
    /// The case.
    pub case: String,
    /// How much it matters.
    pub severity: Severity,
    /// Where the case is.
    pub place: Place,
    /// The first difference.
    pub line: String,
    /// The contract's causes of the change.
    pub because: Vec<Cause>,
}

/// The builds on the way from one to another, both included: every version of one profile between theirs, else
/// the lineage from the one down (or up) to the other. `None` when neither leads from one to the other.
pub fn way<'a>(builds: &'a BuildSet, from: &'a Build, to: &'a Build) -> Option<Vec<&'a Build>> {
    let down = |from: &'a Build, to: &'a Build| match from.profile().name == to.profile().name {
        true => ladder(builds, from, to),
        false => descent(builds, from, to),
    };
    down(from, to).or_else(|| {
        let mut way = down(to, from)?;
        way.reverse();
        Some(way)
    })
}

/// The versions of a profile from one to a newer one.
fn ladder<'a>(builds: &'a BuildSet, from: &Build, to: &Build) -> Option<Vec<&'a Build>> {
    let (oldest, newest) = (from.version()?, to.version()?);
    let between = |build: &&Build| build.version().is_some_and(|at| oldest <= at && at <= newest);
    let ladder = || builds.ladder(&from.profile().name).into_iter();
    (oldest <= newest).then(|| ladder().filter(between).collect())
}

/// The lineage from a build down to one of its descendants.
fn descent<'a>(builds: &'a BuildSet, from: &Build, to: &'a Build) -> Option<Vec<&'a Build>> {
    let ancestors: Vec<&str> = builds.lineage().ancestors(to.name()).collect();
    let length = ancestors.iter().position(|name| *name == from.name())? + 1;
    let above = ancestors[..length].iter().rev().filter_map(|name| builds.get(name));
    Some(above.chain([to]).collect())
}

impl Step {
    /// A step with the changes from one build to the next.
    pub fn new(from: &str, to: &str, released: Option<String>, contracts: &[ContractChanges]) -> Self {
        let headlines = contracts.iter().flat_map(|contract| {
            contract.changes.iter().map(|change| Headline {
                contract: contract.contract.clone(),
                case: change.case.clone(),
                severity: change.severity,
                place: change.place.clone(),
                line: change.headline(),
                because: change.because.clone(),
            })
        });
        let mut changes: Vec<Headline> = headlines.collect();
        changes.sort_by_key(|change| change.severity);
        let counts = counts(&changes);
        Self {
            from: from.to_owned(),
            to: to.to_owned(),
            released,
            unasked: Unasked::default(),
            counts,
            changes,
        }
    }

    /// The step with the releases between its builds.
    pub fn over(self, unasked: Unasked) -> Self {
        Self { unasked, ..self }
    }

    /// The first lines of its changes with their causes. Of those that say the same, one line with their number.
    fn lines(&self, most: usize, width: usize) -> String {
        let same = |a: &Headline, b: &Headline| (a.severity, &a.line) == (b.severity, &b.line);
        let mut changes: Vec<&Headline> = self.changes.iter().collect();
        changes.sort_by_key(|change| {
            (change.severity, self.changes.iter().position(|first| same(first, change)))
        });
        let groups: Vec<&[&Headline]> = changes.chunk_by(|a, b| same(a, b)).collect();
        let mut because = Because::new("            ", width);
        let mut text = String::new();
        for group in groups.iter().take(most) {
            let Headline { contract, case, severity, line, because: causes, .. } = group[0];
            let what = match group.len() {
                1 => format!("{contract}/{case}"),
                cases => counted(cases, "case", "cases"),
            };
            let line = format!("{:7} {what}: {line}", severity.as_str());
            text += &verbatim(&line, "    ", "            ", width);
            text += &because.lines(causes);
        }
        match groups.iter().skip(most).map(|group| group.len()).sum::<usize>() {
            0 => text,
            more => format!("{text}    … and {more} more\n"),
        }
    }
}

/// How many changes have each severity that occurs.
fn counts<'a>(changes: impl IntoIterator<Item = &'a Headline> + Clone) -> Vec<StepCount> {
    let of_it = |severity| changes.clone().into_iter().filter(move |change| change.severity == severity);
    let counts = Severity::ALL.map(|severity| StepCount { severity, cases: of_it(severity).count() });
    counts.into_iter().filter(|count| count.cases > 0).collect()
}

fn tally(counts: &[StepCount]) -> String {
    let shown = counts.iter().map(|count| format!("{} {}", count.cases, count.severity.as_str()));
    match counts.is_empty() {
        true => "nothing changes".to_owned(),
        false => shown.collect::<Vec<_>>().join(", "),
    }
}

impl Plan {
    /// The way from one build to another. It has at least one step.
    pub fn new(steps: Vec<Step>, asked: Asked) -> Self {
        let end =
            |step: Option<&Step>, name: fn(&Step) -> &String| step.map(name).cloned().unwrap_or_default();
        let (from, to) = (end(steps.first(), |step| &step.from), end(steps.last(), |step| &step.to));
        let counts = counts(steps.iter().flat_map(|step| &step.changes));
        Self { from, to, asked, counts, steps }
    }

    /// The plan as JSON; `schemas/plan.json` describes it.
    pub fn json(&self) -> String {
        super::format::json(self)
    }

    /// The plan for a terminal of this width: what changes and what was asked, then a line per step, and below it the
    /// first line of at most `most` changes with their causes.
    pub fn text(&self, most: usize, width: usize, color: bool) -> String {
        let bold = |words: &str| paint(Style::new().bold(), words, color);
        let hop = format!("{} → {}", self.from, self.to);
        let (steps, tally) = (counted(self.steps.len(), "step", "steps"), tally(&self.counts));
        let mut text = format!("{}: {steps}, {tally}\n", bold(&hop));
        text.extend(self.asked.lines().iter().map(|line| paragraph(line, "  ", "    ", width)));
        text += "\n";
        let longest = self.steps.iter().map(|step| step.to.len()).max().unwrap_or(0);
        for step in &self.steps {
            let released = step.released.as_deref().unwrap_or("          ");
            let name = bold(&format!("{:longest$}", step.to));
            text += &format!("{name}  {released}  {}\n", self::tally(&step.counts));
            if !step.unasked.is_empty() {
                let words = format!("no build of {} before it", step.unasked);
                text += &paragraph(&words, "    ", "      ", width);
            }
            text += &step.lines(most, width);
        }
        text
    }
}
