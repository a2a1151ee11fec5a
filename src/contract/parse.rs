//! From YAML to contracts, with every mistake at its place.

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;

use ciborium::Value as Tree;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_yaml::Spanned;

use super::requires::Requires;
use super::step::{Step, StepMistake};
use super::template::{self, Row};
use super::{Case, Contract, Driver, PlacedStep, Run, check};
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText};

/// How long a case may take when it says nothing: far more than any needs, so that a loaded machine
/// does not turn slow into hung.
const DEFAULT_DEADLINE: Duration = Duration::from_secs(60);

/// A contract file as written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Contract", description = "One promise, in several cases.")]
pub(super) struct ContractFile {
    /// The promise, in one line.
    #[schemars(with = "String")]
    title: Spanned<String>,
    /// What breaks for whom when the promise is broken, and why builds differ where they do.
    #[schemars(with = "String")]
    why: Spanned<String>,
    /// What a build needs to be asked at all.
    #[serde(default)]
    #[schemars(with = "Option<Requires>")]
    requires: Option<Spanned<Tree>>,
    #[schemars(with = "Vec<CaseFile>")]
    cases: Spanned<Vec<Spanned<CaseFile>>>,
}

/// A case as written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Case", description = "A named list of steps: the unit of drift.")]
struct CaseFile {
    /// Lower case, digits and hyphens; unique in the contract. It names the snapshots.
    #[schemars(with = "String", regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"))]
    name: Spanned<String>,
    /// Through what the case calls SQLite.
    #[serde(default)]
    driver: Driver,
    #[serde(default)]
    #[schemars(with = "Option<Requires>")]
    requires: Option<Spanned<Tree>>,
    /// Whether the case needs a process that no other case has used.
    #[serde(default)]
    fresh_process: bool,
    /// `5s`, `500ms`; a minute when left out.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    deadline: Option<Spanned<String>>,
    /// Rows of parameters: the steps run once a row, `${name}` standing for the row's value.
    #[serde(default, rename = "with")]
    #[schemars(with = "Vec<Row>")]
    with: Vec<Spanned<Tree>>,
    #[schemars(with = "Vec<Step>")]
    steps: Spanned<Vec<Spanned<Tree>>>,
}

/// Reads a contract from its text.
pub(super) fn contract(id: &str, source: &SourceText) -> Result<Contract, Diagnostics> {
    if source.text().trim().is_empty() {
        return Err(Diagnostic::new(source, 0..0, "this file is empty")
            .help("`cargo xtask new-contract` writes one to start from")
            .into());
    }
    let file: ContractFile = serde_yaml::from_str_with_options(source.text(), yaml_options())
        .map_err(|error| Diagnostics::from(Diagnostic::from_yaml(source, &error)))?;
    let mut reader = Reader { source, mistakes: Diagnostics::new() };
    let contract = reader.contract(id, file);
    reader.mistakes.into_result(contract)
}

/// How contracts are read: infinities and NaN are values, `yes` is a text.
pub(super) fn yaml_options() -> serde_yaml::Options {
    serde_yaml::options! {
        strict_booleans: true,
        with_snippet: false,
        non_finite_float_policy: serde_yaml::NonFiniteFloatPolicy::PassThrough,
    }
}

/// Reads the parts of a file and keeps its mistakes.
struct Reader<'a> {
    source: &'a SourceText,
    mistakes: Diagnostics,
}

impl Reader<'_> {
    fn contract(&mut self, id: &str, file: ContractFile) -> Contract {
        self.not_blank("title", &file.title);
        self.not_blank("why", &file.why);
        let requires = self.requires(file.requires);
        if file.cases.value.is_empty() {
            self.mistake(span(&file.cases), "`cases` is empty: a contract without a case promises nothing");
        }
        self.unique_names(&file.cases.value);
        let ends = ends(&file.cases.value, self.source.text().len());
        let cases = file.cases.value.into_iter().zip(ends);
        let cases = cases.map(|(case, end)| self.case(&requires, case.value, end)).collect();
        Contract { id: id.to_owned(), title: file.title.value, why: file.why.value, cases }
    }

    fn case(&mut self, inherited: &Requires, file: CaseFile, end: usize) -> Case {
        self.slug(&file.name);
        let requires = self.requires(file.requires);
        let deadline = self.deadline(file.deadline);
        if file.steps.value.is_empty() {
            self.mistake(span(&file.steps), format!("case `{}` has no steps", file.name.value));
        }
        let rows = self.rows(&file.with);
        let ends = ends(&file.steps.value, end);
        let spans: Vec<Range<usize>> =
            file.steps.value.iter().zip(ends).map(|(step, end)| span(step).start..end).collect();
        let trees: Vec<Tree> = file.steps.value.into_iter().map(|step| step.value).collect();
        let runs = self.runs(&trees, &spans, &rows);
        if let Some(steps) = runs.first() {
            let facts = check::CaseFacts { driver: file.driver, fresh_process: file.fresh_process };
            check::steps(self.source, &facts, &steps.1, &mut self.mistakes);
        }
        let place = |at: usize| {
            let (line, column) = self.source.position(at);
            format!("{}:{line}:{column}", self.source.path())
        };
        let placed = |steps: Vec<(Step, Range<usize>)>| {
            steps.into_iter().map(|(step, span)| PlacedStep { step, place: place(span.start) }).collect()
        };
        Case {
            name: file.name.value,
            driver: file.driver,
            requires: [inherited.clone(), requires],
            fresh_process: file.fresh_process,
            deadline,
            runs: runs.into_iter().map(|(label, steps)| Run { label, steps: placed(steps) }).collect(),
        }
    }

    /// The steps of every row. A mistake in a step is told once, not once a row.
    #[allow(clippy::type_complexity)]
    fn runs(
        &mut self,
        trees: &[Tree],
        spans: &[Range<usize>],
        rows: &[Row],
    ) -> Vec<(Option<String>, Vec<(Step, Range<usize>)>)> {
        let no_rows = [Row::new()];
        let mut used = BTreeSet::new();
        let mut wrong = BTreeSet::new();
        let mut runs = Vec::new();
        for row in if rows.is_empty() { no_rows.as_slice() } else { rows } {
            let mut steps = Vec::with_capacity(trees.len());
            for (tree, span) in trees.iter().zip(spans) {
                let step = template::fill(tree.clone(), row, &mut used).and_then(Step::from_tree);
                match step {
                    Ok(step) => steps.push((step, span.clone())),
                    Err(mistake) if wrong.insert(span.start) => self.step_mistake(span.clone(), &mistake),
                    Err(_) => {}
                }
            }
            runs.push(((!rows.is_empty()).then(|| template::label(row)), steps));
        }
        if let Some(unused) = rows.first().and_then(|row| row.keys().find(|name| !used.contains(*name)))
            && wrong.is_empty()
            && let Some(first) = spans.first()
        {
            let message =
                format!("parameter `{unused}` of `with` is never used: write `${{{unused}}}` in a step");
            self.mistake(self.source.first_line(first.clone()), message);
        }
        runs
    }

    fn step_mistake(&mut self, within: Range<usize>, mistake: &StepMistake) {
        let message = mistake.message.replace("unknown verb `", "unknown variant `");
        let inner = Diagnostic::from_serde_message(self.source, 0..0, &message);
        let word = inner.message().split('`').nth(1).unwrap_or(&mistake.word).to_owned();
        let word =
            if self.source.text()[within.clone()].contains(&word) { word } else { mistake.word.clone() };
        let span = self.source.find_word(within, &word);
        let mut diagnostic = Diagnostic::from_serde_message(self.source, span, &message);
        if message != mistake.message {
            diagnostic = diagnostic.with_message(format!("unknown verb `{word}`"));
        }
        self.mistakes.push(diagnostic);
    }

    fn rows(&mut self, with: &[Spanned<Tree>]) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        for row in with {
            match row.value.deserialized::<Row>() {
                Err(error) => self.mistake(
                    self.line(row),
                    format!("a row of `with` is a map of values: {}", clean(&error)),
                ),
                Ok(found) if rows.first().is_some_and(|first| !first.keys().eq(found.keys())) => {
                    self.mistake(
                        self.line(row),
                        "this row of `with` has other parameters than the first one",
                    );
                }
                Ok(found) => rows.push(found),
            }
        }
        rows
    }

    fn requires(&mut self, requires: Option<Spanned<Tree>>) -> Requires {
        let Some(requires) = requires else { return Requires::default() };
        let start = span(&requires).start;
        let within = start..self.source.text().len();
        match requires.value.deserialized::<Requires>() {
            Ok(parsed) => {
                if !parsed.version_is_possible() {
                    let span = self.source.find_word(within, "version");
                    self.mistake(span, "no SQLite version can meet this range");
                }
                parsed
            }
            Err(error) => {
                let message = clean(&error);
                let word = message.split('`').nth(1).unwrap_or_default().to_owned();
                let span = self.source.find_word(within, &word);
                self.mistakes.push(Diagnostic::from_serde_message(self.source, span, &message));
                Requires::default()
            }
        }
    }

    fn deadline(&mut self, deadline: Option<Spanned<String>>) -> Duration {
        let Some(deadline) = deadline else { return DEFAULT_DEADLINE };
        duration(&deadline.value).unwrap_or_else(|| {
            let message = format!("`{}` is no duration: write `5s` or `500ms`", deadline.value);
            self.mistake(span(&deadline), message);
            DEFAULT_DEADLINE
        })
    }

    fn unique_names(&mut self, cases: &[Spanned<CaseFile>]) {
        let mut seen = BTreeSet::new();
        for case in cases {
            let name = &case.value.name;
            if !seen.insert(&name.value) {
                self.mistake(span(name), format!("a second case is named `{}`", name.value));
            }
        }
    }

    fn slug(&mut self, name: &Spanned<String>) {
        let good = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        if !name.value.split('-').all(good) {
            let message =
                format!("`{}` cannot name a file: use lower case, digits and single hyphens", name.value);
            self.mistake(span(name), message);
        }
    }

    fn not_blank(&mut self, field: &str, text: &Spanned<String>) {
        if text.value.trim().is_empty() {
            self.mistake(span(text), format!("`{field}` is empty"));
        }
    }

    fn line<T>(&self, spanned: &Spanned<T>) -> Range<usize> {
        self.source.first_line(span(spanned).start..self.source.text().len())
    }

    fn mistake(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.mistakes.push(Diagnostic::new(self.source, span, message));
    }
}

/// The byte range of a YAML node; only its start is sure for maps and lists.
fn span<T>(spanned: &Spanned<T>) -> Range<usize> {
    let span = spanned.referenced.span();
    let start = usize::try_from(span.byte_offset().unwrap_or(0)).unwrap_or(0);
    start..start + usize::try_from(span.byte_len().unwrap_or(0)).unwrap_or(0)
}

/// Where each item of a list ends: where the next one begins, else where the list's owner ends.
fn ends<T>(items: &[Spanned<T>], end: usize) -> Vec<usize> {
    let starts = items.iter().skip(1).map(|item| span(item).start);
    starts.chain(std::iter::once(end)).collect()
}

fn clean(error: &ciborium::value::Error) -> String {
    match error {
        ciborium::value::Error::Custom(message) => message.clone(),
    }
}

fn duration(text: &str) -> Option<Duration> {
    let number = |digits: &str| digits.trim().parse::<f64>().ok().filter(|n| *n > 0.0 && *n < 86_400_000.0);
    match text.strip_suffix("ms") {
        Some(digits) => number(digits).map(|ms| Duration::from_secs_f64(ms / 1000.0)),
        None => number(text.strip_suffix('s')?).map(Duration::from_secs_f64),
    }
}
