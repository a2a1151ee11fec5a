//! What is in a database as SQL that makes it again: its schema and its rows.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};

use super::executed::Executed;
use super::past::Handle;
use crate::analysis::discover::{literal, step_of};
use crate::builds::Build;
use crate::contract::Contract;
use crate::contract::step::Step;
use crate::contract::verb::{Call, Open, Query};
use crate::engine::{CaseFile, Engine};
use crate::outcome::Outcome;
use crate::outcome::value::Value;
use crate::trace::Trace;

/// So many rows of a file are taken; those of the first tables come first.
const MOST_ROWS: usize = 5_000;
/// The name of the file in the directory of the case that reads it.
const NAME: &str = "database.db";

/// What makes a database again.
pub(super) struct Contents {
    pub executed: Vec<Executed>,
    /// Whether it has more rows.
    pub is_part: bool,
}

type Rows = Vec<Vec<Value>>;

/// What is in a database after these statements: one in memory, or a file of a trace.
///
/// # Errors
/// When the file cannot be written, or is no database that the build reads.
pub(super) fn of(
    engine: &Engine,
    build: &Build,
    (trace, copy): (&Trace, Option<&str>),
    executed: &[Executed],
    connection: Handle,
) -> Result<Contents> {
    let folder = tempfile::tempdir()?;
    let files = match copy {
        Some(copy) => extract(trace, copy, folder.path())?,
        None => Vec::new(),
    };
    let name = if files.is_empty() { ":memory:" } else { NAME };
    let open = Step::of(Call::Open(Open::of(name.to_owned())));
    let steps = executed.iter().filter_map(Executed::step).map(|text| step_of(&text));
    let reader = Reader { engine, build, files, before: [open].into_iter().chain(steps).collect() };
    let (statements, is_part) = reader.statements().context("what is in the database")?;
    let execute = |sql| Executed { connection, sql, values: Some(Vec::new()) };
    Ok(Contents { executed: statements.into_iter().map(execute).collect(), is_part })
}

/// Writes a file of a trace, and what stands beside it.
fn extract(trace: &Trace, copy: &str, folder: &Path) -> Result<Vec<CaseFile>> {
    let mut files = Vec::new();
    for beside in ["", "-wal", "-journal"] {
        let name = format!("{copy}{beside}");
        if !trace.about().files.iter().any(|file| file.name == name) {
            continue;
        }
        let from = folder.join(format!("{NAME}{beside}"));
        let mut file = BufWriter::new(File::create(&from)?);
        trace.extract(&name, &mut file)?;
        file.flush()?;
        files.push(CaseFile { from, name: format!("{NAME}{beside}") });
    }
    Ok(files)
}

struct Reader<'a> {
    engine: &'a Engine,
    build: &'a Build,
    files: Vec<CaseFile>,
    /// What is done before anything is asked.
    before: Vec<Step>,
}

/// A part of a schema: its type, name and SQL.
struct Part {
    kind: String,
    name: String,
    sql: String,
}

impl Reader<'_> {
    /// The answers of queries; of one that fails the error.
    fn ask(&self, queries: &[String]) -> Result<Vec<Result<Rows>>> {
        let query = |sql: &String| Step::of(Call::Query(Query::of(sql.clone())));
        let steps = self.before.iter().cloned().chain(queries.iter().map(query)).collect();
        let contract = Contract::of_steps("file", vec![("read", steps)]);
        let mut answers = Vec::new();
        self.engine.observe_on(&self.files, &contract, self.build, &mut |_, _, outcome| {
            answers.push(match outcome {
                Outcome::Rows(rows) => Ok(rows.clone()),
                other => Err(anyhow::anyhow!("{other}")),
            });
        })?;
        Ok(answers.into_iter().skip(self.before.len()).collect())
    }

    fn one(&self, query: &str) -> Result<Rows> {
        self.ask(&[query.to_owned()])?.pop().context("it was not asked")?
    }

    /// The statements that make it, and whether rows are missing.
    fn statements(&self) -> Result<(Vec<String>, bool)> {
        let schema = self.one("SELECT type, name, sql FROM sqlite_master ORDER BY rowid")?;
        let parts: Vec<Part> = schema.iter().filter_map(|row| Part::of(row)).collect();
        let modules: Vec<&str> =
            parts.iter().filter(|it| it.is_virtual()).map(|it| it.name.as_str()).collect();
        let is_shadow = |part: &Part| {
            let belongs =
                |module: &&str| part.name.strip_prefix(*module).is_some_and(|rest| rest.starts_with('_'));
            modules.iter().any(belongs)
        };
        let (tables, others): (Vec<&Part>, Vec<&Part>) =
            parts.iter().filter(|part| !is_shadow(part)).partition(|part| part.kind == "table");
        let is_analyzed = schema.iter().any(|row| row.get(1) == Some(&Value::text("sqlite_stat1")));
        let mut made = self.settings()?;
        let (rows, is_part) = self.rows(&tables)?;
        made.extend(tables.iter().map(|table| table.sql.clone()).chain(rows));
        // Triggers would fire, and indexes cost time, while rows come in.
        made.extend(others.iter().map(|part| part.sql.clone()));
        made.extend(is_analyzed.then(|| "ANALYZE".to_owned()));
        Ok((made, is_part))
    }

    /// What is set in the file itself, where it is not as in every new one.
    fn settings(&self) -> Result<Vec<String>> {
        let usual = [("encoding", Value::text("UTF-8")), ("user_version", Value::Integer(0))];
        let answers = self.ask(&usual.each_ref().map(|(name, _)| format!("PRAGMA {name}")))?;
        let set = usual.iter().zip(answers).filter_map(|((name, usual), answer)| {
            let value = answer.ok()?.into_iter().flatten().next().filter(|value| value != usual)?;
            Some(format!("PRAGMA {name} = {}", literal(&value)))
        });
        Ok(set.collect())
    }

    /// The rows of tables as statements, and whether some are missing.
    fn rows(&self, tables: &[&Part]) -> Result<(Vec<String>, bool)> {
        let columns = |part: &&Part| format!("PRAGMA table_info({})", quoted(&part.name));
        let columns = self.ask(&tables.iter().map(columns).collect::<Vec<_>>())?;
        let names: Vec<Vec<String>> = columns
            .into_iter()
            .map(|rows| rows.unwrap_or_default().iter().filter_map(|row| text(row.get(1)?)).collect())
            .collect();
        let list = |names: &Vec<String>| names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
        let lists: Vec<String> = names.iter().map(list).collect();
        let query = |(part, list): (&&Part, &String)| {
            format!("SELECT {list} FROM {} LIMIT {}", quoted(&part.name), MOST_ROWS + 1)
        };
        let answers = self.ask(&tables.iter().zip(&lists).map(query).collect::<Vec<_>>())?;
        let mut made = Vec::new();
        let mut is_part = false;
        for ((part, list), rows) in tables.iter().zip(&lists).zip(answers) {
            // A table whose module this build lacks has no rows here.
            for row in rows.unwrap_or_default() {
                is_part |= made.len() >= MOST_ROWS;
                if is_part {
                    break;
                }
                let values: Vec<String> = row.iter().map(literal).collect();
                made.push(format!(
                    "INSERT INTO {}({list}) VALUES ({})",
                    quoted(&part.name),
                    values.join(", ")
                ));
            }
        }
        Ok((made, is_part))
    }
}

impl Part {
    /// What SQLite keeps for itself is not made by SQL.
    fn of(row: &[Value]) -> Option<Self> {
        let [kind, name, sql] = row else { return None };
        let part = Self { kind: text(kind)?, name: text(name)?, sql: text(sql)? };
        (!part.name.starts_with("sqlite_")).then_some(part)
    }

    fn is_virtual(&self) -> bool {
        let start: String = self.sql.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
        start.eq_ignore_ascii_case("CREATE VIRTUAL")
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(bytes) => String::from_utf8(bytes.clone()).ok(),
        _ => None,
    }
}

/// A name as SQL has it, which a keyword may be.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
