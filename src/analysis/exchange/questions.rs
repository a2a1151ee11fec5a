//! The steps that are asked of each build, and which question each of them is.

use std::time::Duration;

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
    /// What `PRAGMA quick_check` says afterwards.
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
    /// What the newest build counts in each table.
    counts: Vec<(String, Outcome)>,
}

impl Questions {
    /// Those about a database of so many bytes, and what is in it as the newest build sees it.
    ///
    /// # Errors
    /// Those of `ask`, which executes a contract on the newest build and returns the outcomes of its steps.
    pub fn of<E>(
        bytes: u64,
        mut ask: impl FnMut(&Contract) -> Result<Vec<Outcome>, E>,
    ) -> Result<(Self, Schema), E> {
        let mut ask = |steps| ask(&contract(bytes, vec![("schema", steps)]));
        let schema = ask(vec![open(COPY), query(Schema::QUERY)])?.last().map(Schema::of).unwrap_or_default();
        let (tables, steps): (Vec<_>, Vec<_>) = schema.of_kind("table").map(count).unzip();
        let outcomes = ask([open(COPY)].into_iter().chain(steps).collect())?;
        let counts = tables.into_iter().zip(outcomes.into_iter().skip(1)).collect();
        Ok((Self::about(bytes, &schema, counts), schema))
    }

    fn about(bytes: u64, schema: &Schema, counts: Vec<(String, Outcome)>) -> Self {
        let cases = [("file", file(schema)), ("objects", objects(schema)), ("together", together())];
        let (mut asked, mut steps) = (Vec::new(), Vec::new());
        for (name, questions) in cases {
            let (of_case, these): (Vec<Question>, Vec<Step>) = questions.into_iter().unzip();
            asked.push(of_case);
            steps.push((name, these));
        }
        Self { contract: contract(bytes, steps), asked, counts }
    }

    /// What the newest build counts in a table.
    pub(super) fn count(&self, table: &str) -> Option<&Outcome> {
        self.counts.iter().find(|(counted, _)| counted == table).map(|(_, outcome)| outcome)
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
    let mut asked = vec![
        (Question::Nothing, open(COPY)),
        // Every row is looked for in every index, in any order: pages that are not kept are read for each of them.
        (Question::Nothing, exec("PRAGMA cache_size = -131072".to_owned())),
        (Question::Open, query("SELECT count(*) FROM sqlite_master")),
    ];
    let has_rows = |object: &&Object| matches!(object.kind.as_str(), "table" | "view");
    asked.extend(schema.0.iter().filter(has_rows).map(|object| {
        (Question::Read(object.name.clone()), exec(format!("SELECT * FROM {}", object.quoted())))
    }));
    let counts = schema.of_kind("table").map(count);
    asked.extend(counts.map(|(table, step)| (Question::Count(table), step)));
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
    // What was there has been checked against its indexes, and the transaction wrote nothing of that.
    asked.push((Question::CheckWritten, query("PRAGMA quick_check(100000)")));
    asked
}

/// How many rows a table has, with its name.
fn count(table: &Object) -> (String, Step) {
    (table.name.clone(), query(&format!("SELECT count(*) FROM {}", table.quoted())))
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

/// A contract whose cases have the more time the larger the database is.
fn contract(bytes: u64, cases: Vec<(&str, Vec<Step>)>) -> Contract {
    let for_each_mebibyte = Duration::from_secs(2);
    let mebibytes = u32::try_from(bytes >> 20).unwrap_or(u32::MAX);
    let mut contract = Contract::of_steps("exchange", cases);
    contract.cases.iter_mut().for_each(|case| case.deadline += for_each_mebibyte * mebibytes);
    contract
}
