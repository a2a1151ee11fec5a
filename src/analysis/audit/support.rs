//! `support.yaml`: until when things are shipped, and by when a defect of them must be gone.

use std::collections::BTreeMap;
use std::path::Path;

use globset::{GlobBuilder, GlobMatcher};
use jiff::Span;
use jiff::civil::Date;
use schemars::{JsonSchema, schema_for};
use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_yaml::Spanned;

use super::{AuditedCopy, Finding, Standing};
use crate::builds::chronology::Release;
use crate::contract::advisory::{Advisory, Effect};
use crate::diagnostic::yaml;
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText};

/// The name of a project's file, in its root.
pub const FILE: &str = "support.yaml";

/// Until when things are shipped, and by when a defect of them must be gone.
#[derive(Debug, Clone)]
pub struct Support {
    targets: Vec<Target>,
    within: BTreeMap<Effect, Span>,
    known: BTreeMap<String, Date>,
    since: Option<Date>,
}

/// A thing that is shipped until a day.
#[derive(Debug, Clone)]
struct Target {
    name: String,
    until: Date,
    matcher: GlobMatcher,
}

/// Until when a copy is shipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Shipped {
    /// The glob of `support.yaml` that it matches.
    pub target: String,
    /// The last day.
    #[schemars(with = "String")]
    #[serde(serialize_with = "super::report::day")]
    pub until: Date,
}

/// The file as written.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "Support",
    description = "Until when things are shipped, and by when a defect of them must be gone."
)]
struct RawSupport {
    /// What is shipped; of several that match a copy, the one that ends first counts.
    #[serde(default)]
    #[schemars(example = json!([{"name": "*.whl", "until": "2027-06-30"}]))]
    targets: Vec<RawTarget>,
    /// By the effect of a defect: the time from the day of the first release that mends it, such as `14d`, `8w` or `3mo`.
    #[serde(default)]
    #[schemars(with = "BTreeMap<Effect, String>", example = json!({"data-loss": "14d"}))]
    within: BTreeMap<Effect, Spanned<String>>,
    /// By the id of an advisory: the day from which the time counts instead.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>", example = json!({"wal-reset": "2026-03-20"}))]
    known: BTreeMap<String, Spanned<String>>,
    /// The day from which audits count: the time for what was mended before it begins on it.
    #[schemars(with = "Option<String>", regex(pattern = r"^\d{4}-\d{2}-\d{2}$"), example = &"2026-02-01")]
    since: Option<Spanned<String>>,
}

/// A thing that is shipped.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Target")]
struct RawTarget {
    /// A glob of a file, directory, package or build, wherever it is: `*.whl`; with a slash, of a whole path: `dist/*.whl`.
    #[schemars(with = "String", example = &"dist/*.whl")]
    name: Spanned<String>,
    /// The last day on which it is shipped: `2027-06-30`.
    #[schemars(with = "String", regex(pattern = r"^\d{4}-\d{2}-\d{2}$"), example = &"2027-06-30")]
    until: Spanned<String>,
}

/// The JSON Schema of the file.
pub fn schema() -> String {
    format!("{:#}\n", schema_for!(RawSupport).as_value())
}

impl Support {
    /// Reads a file; `shown` is its path in reports.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn read(file: &Path, shown: &str, advisories: &[Advisory]) -> Result<Self, Diagnostics> {
        Self::parse(&SourceText::read(file, shown)?, advisories)
    }

    /// What this text says about these advisories.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn parse(text: &SourceText, advisories: &[Advisory]) -> Result<Self, Diagnostics> {
        let raw: RawSupport = yaml::parse(text, "`targets`, `within` or both; docs/audit.md shows one")?;
        let mut mistakes = Mistakes { text, found: Diagnostics::new() };
        let targets = raw.targets.iter().filter_map(|raw| target(raw, &mut mistakes)).collect();
        let within = raw.within.iter().filter_map(|(effect, raw)| Some((*effect, span(raw, &mut mistakes)?)));
        let within = within.collect();
        let known = raw.known.iter().filter_map(|(id, raw)| {
            mistakes.unless_known(id, raw, advisories);
            Some((id.clone(), date(raw, "2026-03-14", &mut mistakes)?))
        });
        let known = known.collect();
        let since = raw.since.as_ref().and_then(|raw| date(raw, "2026-11-01", &mut mistakes));
        mistakes.found.into_result(Self { targets, within, known, since })
    }

    /// Adds to a copy until when it is shipped, and to each defect that counts the day by which it must be gone.
    pub fn apply(&self, copy: &mut AuditedCopy, advisories: &[Advisory]) {
        copy.shipped = self.shipped(&copy.places);
        let release = copy.identity.release.clone();
        let due = |finding: &Finding| {
            let advisory = finding.among(advisories)?;
            let counts = finding.standing == Standing::Affected || finding.may_be_affected();
            (counts && !copy.is_ignored(finding)).then(|| self.due(advisory, release.as_ref()))?
        };
        let days: Vec<Option<Date>> = copy.findings.iter().map(due).collect();
        copy.findings.iter_mut().zip(days).for_each(|(finding, due)| finding.due = due);
    }

    /// Of the targets that a copy is part of, the one that ends first.
    fn shipped(&self, places: &[String]) -> Option<Shipped> {
        let is_meant = |target: &&Target| places.iter().any(|place| target.is_around(place));
        let first = self.targets.iter().filter(is_meant).min_by_key(|target| target.until)?;
        Some(Shipped { target: first.name.clone(), until: first.until })
    }

    /// The day by which a defect of a release must be gone; none where nothing mends it, or its effect has no limit.
    fn due(&self, advisory: &Advisory, release: Option<&Version>) -> Option<Date> {
        let within = self.within.get(&advisory.effect)?;
        let since = self.known.get(&advisory.id).copied().or_else(|| mended_on(advisory, release))?;
        since.max(self.since.unwrap_or(since)).checked_add(*within).ok()
    }
}

impl Target {
    /// Whether a place is it, or in it.
    fn is_around(&self, place: &str) -> bool {
        let parts = place.split('/').filter(|part| !part.is_empty());
        let ends = place.match_indices('/').map(|(at, _)| at).chain([place.len()]);
        parts.into_iter().any(|part| self.matcher.is_match(part))
            || ends.into_iter().any(|end| self.matcher.is_match(&place[..end]))
    }
}

/// The day of the first release without a defect that a release has.
fn mended_on(advisory: &Advisory, release: Option<&Version>) -> Option<Date> {
    let is_in =
        |range: &&crate::contract::advisory::Range| release.is_some_and(|release| range.contains(release));
    let range = advisory.ranges.iter().find(is_in).or(advisory.ranges.last())?;
    let mended =
        range.fixed.iter().chain(advisory.backported.iter().filter(|release| range.contains(release)));
    mended.filter_map(|release| Release::of(release)?.released?.parse().ok()).min()
}

/// The mistakes of a file.
struct Mistakes<'a> {
    text: &'a SourceText,
    found: Diagnostics,
}

impl Mistakes<'_> {
    fn add(&mut self, at: &Spanned<String>, message: String, help: &str) {
        self.found.push(self.mistake(at, message).help(help));
    }

    fn mistake(&self, at: &Spanned<String>, message: String) -> Diagnostic {
        Diagnostic::new(self.text, yaml::span(self.text, at), message)
    }

    fn unless_known(&mut self, id: &str, at: &Spanned<String>, advisories: &[Advisory]) {
        let ids = advisories.iter().map(|advisory| advisory.id.as_str());
        if !ids.clone().any(|known| known == id) {
            let mistake = self.mistake(at, format!("there is no advisory `{id}`"));
            self.found.push(mistake.help("`audit --list` shows all").suggest(id, ids));
        }
    }
}

fn target(raw: &RawTarget, mistakes: &mut Mistakes) -> Option<Target> {
    let until = date(&raw.until, "2027-06-30", mistakes);
    let glob = GlobBuilder::new(&raw.name.value).literal_separator(true).build().map_err(|error| {
        mistakes.add(&raw.name, error.kind().to_string(), "write a glob of what is shipped, such as `*.whl`");
    });
    let matcher = glob.ok()?.compile_matcher();
    Some(Target { name: raw.name.value.clone(), until: until?, matcher })
}

fn date(raw: &Spanned<String>, example: &str, mistakes: &mut Mistakes) -> Option<Date> {
    let date = raw.value.parse().map_err(|_| {
        let help = format!("write a day, such as `{example}`");
        mistakes.add(raw, format!("`{}` is not a date", raw.value), &help);
    });
    date.ok()
}

/// Whole days, weeks, months or years.
fn span(raw: &Spanned<String>, mistakes: &mut Mistakes) -> Option<Span> {
    let is_whole = |span: &Span| {
        let days = Span::new().years(span.get_years()).months(span.get_months());
        let days = days.weeks(span.get_weeks()).days(span.get_days());
        !span.is_negative() && span.fieldwise() == days.fieldwise()
    };
    let span = raw.value.parse::<Span>().ok().filter(is_whole);
    if span.is_none() {
        let message = format!("`{}` is no time in days", raw.value);
        mistakes.add(raw, message, "write days, weeks or months, such as `14d`, `8w` or `3mo`");
    }
    span
}
