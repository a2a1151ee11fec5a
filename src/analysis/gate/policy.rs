//! `gate.yaml`: which changes block, and which are accepted until when.

use std::collections::BTreeSet;
use std::path::Path;

use globset::{Glob, GlobMatcher};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use serde_yaml::Spanned;

use super::change::Change;
use super::severity::Severity;
use crate::diagnostic::yaml;
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText};
use crate::trace::normalized;

/// The name of a project's policy, in its root.
pub const FILE: &str = "gate.yaml";

/// Which changes block, and which are accepted.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The severities that block.
    pub block: BTreeSet<Severity>,
    /// What is accepted, in the order of the file.
    pub accept: Vec<Accept>,
    text: SourceText,
}

/// Cases that may change, for a limited time.
#[derive(Debug, Clone)]
pub struct Accept {
    /// The glob as written: `precision/money-round/*`.
    pub case: String,
    /// The severities that are accepted; by default all but `broken`.
    pub severities: BTreeSet<Severity>,
    /// Of a trace, the only statement that is meant, in its normal form.
    pub statement: Option<String>,
    /// Why.
    pub reason: String,
    /// Who is responsible for it.
    pub owner: String,
    /// The last day on which it is valid.
    pub until: Date,
    /// Line of the file, from 1.
    pub line: usize,
    matcher: GlobMatcher,
    span: std::ops::Range<usize>,
}

/// A policy as written.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "Policy",
    description = "Which changes block an upgrade, and which are accepted until when."
)]
pub(super) struct RawPolicy {
    /// The severities that block; `broken`, `value`, `error` and `removed` when left out.
    #[schemars(example = ["broken", "value"])]
    block: Option<Vec<Severity>>,
    /// Cases that may change, for a limited time.
    #[serde(default)]
    #[schemars(with = "Vec<RawAccept>", example = json!([{"case": "precision/money-round/*", "reason": "rounded in the program", "owner": "accounting@example.org", "until": "2027-06-30"}]))]
    accept: Vec<RawAccept>,
}

/// Cases that may change, for a limited time.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Acceptance")]
struct RawAccept {
    /// A glob of cases: `precision/money-round/*`, `precision/**`.
    #[schemars(with = "String", example = &"precision/money-round/*")]
    case: Spanned<String>,
    /// What may change; every severity but `broken` when left out.
    #[schemars(example = ["value"])]
    severity: Option<Vec<Severity>>,
    /// Of a trace, the only statement that may do something else; values and spaces do not count.
    #[schemars(example = &"SELECT name FROM customers WHERE id = 7")]
    statement: Option<String>,
    /// Why the change is acceptable.
    #[schemars(with = "String", length(min = 1), example = &"reports are rounded in the program since March")]
    reason: Spanned<String>,
    /// Who is responsible for it.
    #[schemars(with = "String", length(min = 1), example = &"accounting@example.org")]
    owner: Spanned<String>,
    /// The last day on which it is accepted: `2027-06-30`.
    #[schemars(with = "String", regex(pattern = r"^\d{4}-\d{2}-\d{2}$"), example = &"2027-06-30")]
    until: Spanned<String>,
}

impl Policy {
    /// Reads a policy; `shown` is its path in reports.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn read(file: &Path, shown: &str) -> Result<Self, Diagnostics> {
        Self::parse(&SourceText::read(file, shown)?)
    }

    /// The policy of this text.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn parse(text: &SourceText) -> Result<Self, Diagnostics> {
        let raw: RawPolicy = yaml::parse(text, "`block`, `accept` or both; docs/gate-in-ci.md shows one")?;
        let mut mistakes = Diagnostics::new();
        let block = raw.block.unwrap_or_else(|| Severity::BLOCKING.to_vec());
        let read = raw.accept.iter().filter_map(|raw| accept(text, raw, &mut mistakes));
        let accept = read.collect();
        mistakes.into_result(Self { block: block.into_iter().collect(), accept, text: text.clone() })
    }

    /// The path of its file; empty when there is none.
    pub fn path(&self) -> &str {
        self.text.path()
    }

    /// Checks that each acceptance matches one of these cases: a glob that matches none is probably misspelt. `cases`
    /// must be the names of all cases that exist.
    ///
    /// # Errors
    /// A mistake for each acceptance that matches no case.
    pub fn check_cases(&self, cases: &BTreeSet<String>) -> Result<(), Diagnostics> {
        let mut mistakes = Diagnostics::new();
        for accept in &self.accept {
            if !cases.iter().any(|case| accept.matcher.is_match(case)) {
                let message = format!("no case matches `{}`", accept.case);
                let mistake = Diagnostic::new(&self.text, accept.span.clone(), message)
                    .help("a case is `<area>/<contract>/<case>`; `*` matches any part of it");
                let known = cases.iter().map(String::as_str);
                mistakes.push(mistake.suggest(&accept.case, known));
            }
        }
        mistakes.into_result(())
    }
}

impl Default for Policy {
    /// The policy without a file: nothing is accepted.
    fn default() -> Self {
        let block = Severity::BLOCKING.into_iter().collect();
        Self { block, accept: Vec::new(), text: SourceText::new("", "") }
    }
}

impl Accept {
    /// Whether it matches a case, named `precision/money-round/half-a-cent`.
    pub(super) fn is_about(&self, case: &str) -> bool {
        self.matcher.is_match(case)
    }

    /// Whether it covers a change of such a case.
    pub(super) fn covers(&self, change: &Change) -> bool {
        let is_of_it =
            |statement: &String| change.group.as_ref().is_some_and(|it| it.statement == *statement);
        self.severities.contains(&change.severity) && self.statement.as_ref().is_none_or(is_of_it)
    }

    /// Whether it has expired on a day.
    pub(super) fn is_expired(&self, today: Date) -> bool {
        self.until < today
    }
}

fn accept(text: &SourceText, raw: &RawAccept, mistakes: &mut Diagnostics) -> Option<Accept> {
    let mut mistake = |at: &Spanned<String>, message: String, help: &str| {
        mistakes.push(Diagnostic::new(text, yaml::span(text, at), message).help(help));
    };
    for (key, words) in [("reason", &raw.reason), ("owner", &raw.owner)] {
        if words.value.trim().is_empty() {
            mistake(
                words,
                format!("`{key}` is empty"),
                "say why the change is acceptable, and who is responsible for it",
            );
        }
    }
    let glob = Glob::new(&raw.case.value).map_err(|error| {
        mistake(&raw.case, error.kind().to_string(), "write a glob of cases, such as `precision/*`");
    });
    let until = raw.until.value.parse::<Date>().map_err(|_| {
        let message = format!("`{}` is not a date", raw.until.value);
        mistake(&raw.until, message, "write the last day on which it is valid, such as `2027-06-30`");
    });
    let severities = raw.severity.clone().unwrap_or_else(|| {
        Severity::ALL.into_iter().filter(|severity| *severity != Severity::Broken).collect()
    });
    let span = yaml::span(text, &raw.case);
    Some(Accept {
        case: raw.case.value.clone(),
        severities: severities.into_iter().collect(),
        statement: raw.statement.as_deref().map(normalized),
        reason: raw.reason.value.trim().to_owned(),
        owner: raw.owner.value.trim().to_owned(),
        until: until.ok()?,
        line: text.position(span.start).0,
        matcher: glob.ok()?.compile_matcher(),
        span,
    })
}
