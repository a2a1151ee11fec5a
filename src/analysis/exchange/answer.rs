//! From outcomes to what a build can do with a database, and what stops it.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::feature::feature;
use super::questions::{Question, Questions};
use super::schema::Schema;
use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// How far a build gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ability {
    /// Not even the schema can be read.
    None,
    /// The schema can be read, and not all of the tables and views.
    Part,
    /// All can be read.
    Read,
    /// All can be read and written.
    Write,
}

impl Ability {
    /// In words, about the file.
    pub fn words(self) -> &'static str {
        match self {
            Self::None => "cannot open it",
            Self::Part => "reads a part of it",
            Self::Read => "reads it, and cannot write all of it",
            Self::Write => "reads and writes it",
        }
    }
}

/// Something that a build cannot do, or that is wrong there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// What, in words: `cannot read`, `index does not agree with its table`.
    pub what: &'static str,
    /// The object of the schema: `table orders`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// What the build says.
    pub message: String,
    /// The feature of SQLite that it lacks, where that can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feature: Option<String>,
}

/// What a build did with the questions.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The outcomes, case by case, as far as each got.
    pub outcomes: Vec<Vec<Outcome>>,
    /// Why cases ended that did not come to their last step.
    pub ended: Vec<String>,
}

/// What a build makes of a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Answer {
    /// The build.
    pub build: String,
    /// How far it gets.
    pub ability: Ability,
    /// What stops it, and what is wrong.
    pub findings: Vec<Finding>,
}

impl Answer {
    /// What the outcomes of a build say.
    pub fn of(build: &str, schema: &Schema, questions: &Questions, asked: &Asked) -> Self {
        let mut findings = Findings::none(schema, questions);
        questions.answered(&asked.outcomes).for_each(|(question, outcome)| findings.take(question, outcome));
        let ability = if asked.ended.is_empty() { findings.ability() } else { Ability::None };
        let mut found = findings.finish();
        found.extend(
            asked.ended.iter().map(|message| finding("does not come to an end", None, message.clone())),
        );
        Self { build: build.to_owned(), ability, findings: found }
    }
}

fn finding(what: &'static str, object: Option<String>, message: String) -> Finding {
    Finding { what, object, message, feature: None }
}

/// What a check says, line by line.
fn lines(outcome: &Outcome) -> BTreeSet<String> {
    match outcome {
        Outcome::Rows(rows) => rows.iter().map(|row| format!("{row:?}")).collect(),
        other => BTreeSet::from([other.to_string()]),
    }
}

/// Findings as outcomes come.
struct Findings<'a> {
    schema: &'a Schema,
    questions: &'a Questions,
    all: Vec<Finding>,
    /// The objects that the build cannot make, which say why it does not open the file.
    unknown: Vec<Finding>,
    /// What `integrity_check` says of each index, and how often.
    damage: BTreeMap<String, usize>,
    /// What it said before anything was written.
    checked: BTreeSet<String>,
    opens: bool,
}

const CANNOT_OPEN: &str = "cannot open it";
const CANNOT_READ: &str = "cannot read";
const OTHER_ROWS: &str = "finds another number of rows";
const CANNOT_CHANGE: &str = "cannot change";
const CANNOT_WRITE: &str = "cannot write";
const DISAGREES: &str = "does not agree with its table";
const DAMAGED: &str = "integrity_check";
const DAMAGED_BY_WRITING: &str = "quick_check after a transaction";
const NOT_TOGETHER: &str = "not while the newest build has it open";

impl<'a> Findings<'a> {
    fn none(schema: &'a Schema, questions: &'a Questions) -> Self {
        Self {
            schema,
            questions,
            all: Vec::new(),
            unknown: Vec::new(),
            damage: BTreeMap::new(),
            checked: BTreeSet::new(),
            opens: true,
        }
    }

    fn take(&mut self, question: &Question, outcome: &Outcome) {
        match question {
            Question::Open => {
                self.opens = outcome.succeeded();
                self.failed(CANNOT_OPEN, None, outcome);
            }
            Question::Parse { object, kind } => self.parsed(object, kind, outcome),
            // Why it does not open has been said.
            _ if !self.opens => {}
            Question::Count(name) => self.counted(name, outcome),
            Question::Read(name) => self.failed(CANNOT_READ, Some(name), outcome),
            Question::Change(name) => self.failed(CANNOT_CHANGE, Some(name), outcome),
            Question::Write => self.failed(CANNOT_WRITE, None, outcome),
            Question::Together => self.failed(NOT_TOGETHER, None, outcome),
            Question::Check => {
                self.checked(outcome);
                self.checked = lines(outcome);
            }
            Question::CheckWritten => self.checked_again(outcome),
            Question::Find(index) => self.found(index, outcome),
            Question::Nothing => {}
        }
    }

    fn failed(&mut self, what: &'static str, name: Option<&String>, outcome: &Outcome) {
        if !outcome.succeeded() {
            let object = name.map(|name| self.object(name));
            let sql = name.map_or(String::new(), |name| self.sql(name));
            self.push(what, object, outcome.to_string(), &sql);
        }
    }

    /// Another state of the file: a journal or a log was recovered in another way.
    fn counted(&mut self, name: &str, outcome: &Outcome) {
        if let Some(newest) = self
            .questions
            .count(name)
            .filter(|newest| newest.succeeded() && outcome.succeeded() && *newest != outcome)
        {
            let message = format!("{outcome}, and {newest} by the newest build");
            self.push(OTHER_ROWS, Some(self.object(name)), message, "");
        }
    }

    fn push(&mut self, what: &'static str, object: Option<String>, message: String, sql: &str) {
        let kind = object.as_deref().and_then(|object| object.split(' ').next()).unwrap_or_default();
        let feature = feature(&message, kind, sql);
        let found = Finding { what, object, message, feature };
        if !self.all.contains(&found) {
            self.all.push(found);
        }
    }

    /// An object that needs another one which the build cannot make says nothing new.
    fn parsed(&mut self, name: &str, kind: &str, outcome: &Outcome) {
        let message = outcome.to_string();
        let follows =
            ["no such table", "already exists", "no such column"].iter().any(|known| message.contains(known));
        if !outcome.succeeded() && !follows {
            let feature = feature(&message, kind, &self.sql(name));
            self.unknown.push(Finding {
                what: CANNOT_OPEN,
                object: Some(self.object(name)),
                message,
                feature,
            });
        }
    }

    fn checked(&mut self, outcome: &Outcome) {
        let Outcome::Rows(rows) = outcome else { return self.failed(DAMAGED, None, outcome) };
        let lines = rows.iter().flatten().filter_map(|value| match value {
            Value::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
            _ => None,
        });
        for line in lines.filter(|line| line != "ok") {
            let index = line.strip_prefix("row ").and_then(|_| line.split_once(" missing from index "));
            let of_index = index.map(|(_, index)| index.to_owned());
            match of_index.or_else(|| {
                Some(line.strip_prefix("index ")?.split_once(" stores an imprecise")?.0.to_owned())
            }) {
                Some(index) => *self.damage.entry(index).or_default() += 1,
                None => self.push(DAMAGED, None, line, ""),
            }
        }
    }

    /// It looks at less than the first check. What that said in another order is the same.
    fn checked_again(&mut self, outcome: &Outcome) {
        let is_fine = matches!(outcome, Outcome::Rows(rows) if *rows == [[Value::text("ok")]]);
        if !is_fine && !lines(outcome).is_subset(&self.checked) {
            self.push(DAMAGED_BY_WRITING, None, outcome.to_string(), "");
        }
    }

    /// A lookup that the index cannot serve says nothing.
    fn found(&mut self, index: &str, outcome: &Outcome) {
        if let Some(count) = outcome.number().filter(|count| *count > 0.0) {
            let lost = self.damage.entry(index.to_owned()).or_default();
            *lost = (*lost).max(count as usize);
        }
    }

    fn ability(&self) -> Ability {
        let has = |what: &str| self.all.iter().any(|found| found.what == what);
        match () {
            () if !self.opens => Ability::None,
            () if has(CANNOT_READ) => Ability::Part,
            () if has(CANNOT_CHANGE) || has(CANNOT_WRITE) => Ability::Read,
            () => Ability::Write,
        }
    }

    fn finish(mut self) -> Vec<Finding> {
        if !self.opens && !self.unknown.is_empty() {
            self.all.retain(|found| found.what != CANNOT_OPEN);
            self.all.append(&mut self.unknown);
        }
        // Where pages are damaged too, rows may be missing for that reason, and no index is made again from them.
        let is_damaged = self.all.iter().any(|found| found.what == DAMAGED);
        for (index, rows) in std::mem::take(&mut self.damage) {
            let object = self.object(&index);
            let rows = if rows == 1 { "1 row is".to_owned() } else { format!("{rows} rows are") };
            let is_expression =
                self.schema.of_kind("index").any(|it| it.name == index && it.indexed_expression().is_some());
            let why = match is_expression && !is_damaged {
                true => ": its expression has another value here; REINDEX mends it",
                false => "",
            };
            self.all.push(finding(DISAGREES, Some(object), format!("{rows} not found by it{why}")));
        }
        self.all
    }

    fn object(&self, name: &str) -> String {
        let kind = self.schema.0.iter().find(|object| object.name == name);
        kind.map_or_else(|| name.to_owned(), |object| format!("{} {name}", object.kind))
    }

    fn sql(&self, name: &str) -> String {
        self.schema
            .0
            .iter()
            .find(|object| object.name == name)
            .map(|object| object.sql.clone())
            .unwrap_or_default()
    }
}
