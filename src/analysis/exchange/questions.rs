//! The steps that are asked of each build, and which question each of them is.

use super::COPY;
use super::schema::{Object, Schema, quoted};
use crate::contract::Contract;
use crate::contract::other_build::OtherBuild;
use crate::contract::step::Step;
use crate::contract::verb::{BusyTimeout, Call, DbName, Exec, Open, Query};
use crate::outcome::Outcome;

/// What a step asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Question {
    /// Whether the schema can be read; the first to use the file.
    Open,
    /// Whether an object can be made in an empty database.
    Parse { object: String, kind: String },
    /// Whether all of a table or view can be read.
    Read(String),
    /// How many rows a table has: after a journal or a log was recovered, as many as the newest build finds.
    Count(String),
    /// What `PRAGMA integrity_check` says.
    Check,
    /// How many rows an index does not find by what its expression is now.
    Find(String),
    /// Whether rows of a table can be inserted and deleted: statements are compiled, with their triggers.
    Change(String),
    /// Whether a transaction can be written.
    Write,
    /// What `PRAGMA integrity_check` says afterwards.
    CheckWritten,
    /// Whether the newest build may use the file at the same time.
    Together,
    /// Nothing: it only prepares.
    Nothing,
}

/// The questions about a database.
#[derive(Debug, Clone)]
pub struct Questions {
    contract: Contract,
    asked: Vec<Vec<Question>>,
}

/// The contract that asks what is in a database.
pub(super) fn about_schema() -> Contract {
    let steps = vec![open(COPY), query(Schema::QUERY)];
    contract(vec![("schema", steps)])
}

impl Questions {
    /// Those whose outcomes say what is in a database, and what those outcomes are.
    ///
    /// # Errors
    /// Those of `ask`, which executes a contract and returns the outcomes of its steps.
    pub fn of<E>(ask: impl FnOnce(&Contract) -> Result<Vec<Outcome>, E>) -> Result<(Self, Schema), E> {
        let outcomes = ask(&about_schema())?;
        let schema = outcomes.last().map(Schema::of).unwrap_or_default();
        Ok((Self::about(&schema), schema))
    }

    fn about(schema: &Schema) -> Self {
        let cases = [("file", file(schema)), ("objects", objects(schema)), ("together", together())];
        let (mut asked, mut steps) = (Vec::new(), Vec::new());
        for (name, questions) in cases {
            let (of_case, these): (Vec<Question>, Vec<Step>) = questions.into_iter().unzip();
            asked.push(of_case);
            steps.push((name, these));
        }
        Self { contract: contract(steps), asked }
    }

    /// What a build counts in each table.
    pub(super) fn counts(&self, outcomes: &[Vec<Outcome>]) -> Vec<(String, Outcome)> {
        let count = |(question, outcome): (&Question, &Outcome)| match question {
            Question::Count(table) => Some((table.clone(), outcome.clone())),
            _ => None,
        };
        self.answered(outcomes).filter_map(count).collect()
    }

    /// The contract that asks them.
    pub fn contract(&self) -> &Contract {
        &self.contract
    }

    /// What the steps of each case ask.
    #[cfg(test)]
    pub(super) fn asked(&self) -> &[Vec<Question>] {
        &self.asked
    }

    /// Each outcome with its question; the outcomes are those of all cases in their order, as far as each got.
    pub(super) fn answered<'a>(
        &'a self,
        outcomes: &'a [Vec<Outcome>],
    ) -> impl Iterator<Item = (&'a Question, &'a Outcome)> {
        self.asked.iter().zip(outcomes).flat_map(|(asked, outcomes)| asked.iter().zip(outcomes))
    }
}

type Asked = Vec<(Question, Step)>;

fn file(schema: &Schema) -> Asked {
    let mut asked =
        vec![(Question::Nothing, open(COPY)), (Question::Open, query("SELECT count(*) FROM sqlite_master"))];
    let has_rows = |object: &&Object| matches!(object.kind.as_str(), "table" | "view");
    asked.extend(schema.0.iter().filter(has_rows).map(|object| {
        (Question::Read(object.name.clone()), exec(format!("SELECT * FROM {}", object.quoted())))
    }));
    asked.extend(schema.of_kind("table").map(|table| {
        (Question::Count(table.name.clone()), query(&format!("SELECT count(*) FROM {}", table.quoted())))
    }));
    asked.push((Question::Check, query("PRAGMA integrity_check(100000)")));
    asked.extend(schema.0.iter().filter_map(find));
    for table in schema.of_kind("table") {
        let name = table.quoted();
        let sql = format!("EXPLAIN INSERT INTO {name} DEFAULT VALUES; EXPLAIN DELETE FROM {name}");
        asked.push((Question::Change(table.name.clone()), exec(sql)));
    }
    let scratch = quoted("exchange scratch");
    let sql = format!(
        "BEGIN IMMEDIATE; CREATE TABLE {scratch}(a, b UNIQUE); INSERT INTO {scratch} VALUES (1, 'x'), (2, 'y'); \
         DELETE FROM {scratch} WHERE a = 1; COMMIT; DROP TABLE {scratch}"
    );
    asked.push((Question::Write, exec(sql)));
    asked.push((Question::CheckWritten, query("PRAGMA integrity_check(100000)")));
    asked
}

/// How many rows of its table an index does not find.
fn find(index: &Object) -> Option<(Question, Step)> {
    let (expression, condition) = index.indexed_expression()?;
    let (table, name) = (quoted(&index.table), index.quoted());
    let filter = |word: &str| condition.as_ref().map(|it| format!(" {word} ({it})")).unwrap_or_default();
    let sql = format!(
        "SELECT count(*) FROM (SELECT rowid AS r, ({expression}) AS v FROM {table} NOT INDEXED{}) AS o WHERE NOT EXISTS \
         (SELECT 1 FROM {table} AS t INDEXED BY {name} WHERE ({expression}) IS o.v{} AND t.rowid = o.r)",
        filter("WHERE"),
        filter("AND"),
    );
    Some((Question::Find(index.name.clone()), query(&sql)))
}

/// Every object for itself, so that all that a build does not know are named and not only the first.
fn objects(schema: &Schema) -> Asked {
    let make = |object: &Object| {
        (Question::Parse { object: object.name.clone(), kind: object.kind.clone() }, exec(object.sql.clone()))
    };
    [(Question::Nothing, open(":memory:"))].into_iter().chain(schema.0.iter().map(make)).collect()
}

/// The build reads in a transaction while the newest writes, and then writes itself.
fn together() -> Asked {
    let newest = |step: Step| Step { on: Some(OtherBuild::Newest), ..step };
    let no_wait = || Step::of(Call::BusyTimeout(BusyTimeout { ms: 0, db: DbName::default() }));
    let count = "SELECT count(*) FROM sqlite_master";
    let scratch = quoted("exchange scratch");
    let nothing = |step| (Question::Nothing, step);
    vec![
        nothing(open(COPY)),
        nothing(no_wait()),
        nothing(newest(open(COPY))),
        nothing(newest(no_wait())),
        nothing(exec("BEGIN".to_owned())),
        nothing(query(count)),
        // In rollback mode it is told that the file is busy, which is right as well.
        nothing(newest(exec(format!("CREATE TABLE {scratch}(a)")))),
        (Question::Together, query(count)),
        nothing(exec("COMMIT".to_owned())),
        nothing(newest(exec(format!("DROP TABLE IF EXISTS {scratch}")))),
        (Question::Together, query(count)),
        (Question::Together, newest(query("PRAGMA quick_check(1)"))),
    ]
}

fn open(path: &str) -> Step {
    Step::of(Call::Open(Open::of(path.to_owned())))
}

fn exec(sql: String) -> Step {
    Step::of(Call::Exec(Exec::of(sql)))
}

fn query(sql: &str) -> Step {
    Step::of(Call::Query(Query::of(sql.to_owned())))
}

fn contract(cases: Vec<(&str, Vec<Step>)>) -> Contract {
    Contract::of_steps("exchange", cases)
}
