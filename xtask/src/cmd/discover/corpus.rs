//! Reads programs of SQL from files.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sqlite_contracts::analysis::discover::Corpus;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::diagnostic::SourceText;

use crate::support::exit::Usage;

/// The programs of files, and of all files in directories.
pub(super) fn read(paths: &[PathBuf]) -> Result<Corpus> {
    let mut texts = Vec::new();
    for path in paths {
        exists(path)?;
        let found = below(path)?;
        if path.is_file() && !found.iter().any(|text| has_statement(text)) && is_of_kind(path) {
            let why = "it has no statement of SQL: name a file that has some";
            return Err(Usage(format!("{}: {why}", path.display())).into());
        }
        if found.is_empty() {
            let kinds = KINDS.join(", .");
            return Err(
                Usage(format!("{} has no program of SQL: they are in .{kinds}", path.display())).into()
            );
        }
        texts.extend(found);
    }
    let corpus = Corpus::of(texts.iter().map(String::as_str));
    if corpus.is_empty() && !paths.is_empty() {
        let of_chance: Vec<&str> = corpus.left_out().iter().map(|it| it.sql.as_str()).collect();
        let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        let why = format!(
            "{} has nothing to run: each statement answers something else each time: {}",
            names.join(", "),
            of_chance.join("; ")
        );
        return Err(Usage(why).into());
    }
    Ok(corpus)
}

/// Refuses a path where there is nothing.
fn exists(path: &Path) -> Result<(), Usage> {
    let kinds = KINDS.join(", .");
    let why = || {
        let remedy = format!("name a file of SQL (.{kinds}), or a directory that has some");
        Usage(format!("`--corpus`: there is no {}: {remedy}", path.display()))
    };
    path.exists().then_some(()).ok_or_else(why)
}

/// The programs of a file, or of all files below a directory by their names.
fn below(path: &Path) -> Result<Vec<String>> {
    let unreadable = || format!("cannot read {}", path.display());
    if !path.is_dir() {
        return programs(path);
    }
    let entries = std::fs::read_dir(path).with_context(unreadable)?;
    let mut inside: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    inside.sort();
    let programs: Vec<Vec<String>> = inside.iter().map(|path| below(path)).collect::<Result<_>>()?;
    Ok(programs.concat())
}

/// How the names of files end that have programs.
const KINDS: [&str; 4] = ["sql", "test", "slt", "yaml"];

fn kind(path: &Path) -> &str {
    path.extension().and_then(|it| it.to_str()).unwrap_or_default()
}

fn is_of_kind(path: &Path) -> bool {
    KINDS.contains(&kind(path))
}

fn has_statement(text: &str) -> bool {
    !Corpus::of([text]).is_empty() || !Corpus::of([text]).left_out().is_empty()
}

/// The programs of one file; none of a file of another kind.
fn programs(path: &Path) -> Result<Vec<String>> {
    if !is_of_kind(path) {
        return Ok(Vec::new());
    }
    let text = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    if text.contains(&0) {
        let why = "it is no text, since it has zero bytes: name files of SQL";
        return Err(Usage(format!("{}: {why}", path.display())).into());
    }
    let text = String::from_utf8_lossy(&text);
    Ok(match kind(path) {
        "sql" => vec![text.into_owned()],
        "yaml" => of_contract(path, &text),
        _ => of_sqllogictest(&text),
    })
}

/// What the steps of each case run.
fn of_contract(path: &Path, text: &str) -> Vec<String> {
    let source = SourceText::new(path.display().to_string(), text);
    let Ok(contract) = Contract::read("corpus/given", &source) else { return Vec::new() };
    contract.cases.iter().map(|case| case.sql().join(";\n")).filter(|sql| !sql.is_empty()).collect()
}

/// So many statements of a test are one program: what a test makes at its beginning, the first statements after it use.
const STATEMENTS: usize = 12;

/// The statements and queries of a test, without the results: its first statements that make something, with some of
/// the others each.
fn of_sqllogictest(text: &str) -> Vec<String> {
    let blocks = text.replace("\r\n", "\n");
    let sql = blocks.split("\n\n").filter_map(|block| {
        let lines = || block.lines().skip_while(|line| line.starts_with('#') || line.trim().is_empty());
        let first = lines().next()?;
        let is_sql = first.starts_with("statement") || first.starts_with("query");
        let lines = lines().skip(1).take_while(|line| *line != "----");
        is_sql.then(|| lines.collect::<Vec<_>>().join("\n"))
    });
    let all: Vec<String> = sql.filter(|sql| !sql.trim().is_empty()).collect();
    let is_making = |sql: &&String| !sql.trim_start().to_ascii_uppercase().starts_with("SELECT");
    let made: Vec<&str> = all.iter().take_while(is_making).map(String::as_str).collect();
    let rest: Vec<&str> = all[made.len()..].iter().map(String::as_str).collect();
    match rest.is_empty() {
        true => vec![made.join(";\n")],
        false => rest.chunks(STATEMENTS).map(|some| [&made, some].concat().join(";\n")).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_where_nothing_is_names_the_kinds_of_files_that_are_taken() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["nope", "nope.sql"] {
            let path = folder.path().join(name);
            let error = read(std::slice::from_ref(&path)).unwrap_err().to_string();
            let expected = format!(
                "`--corpus`: there is no {}: name a file of SQL (.sql, .test, .slt, .yaml), or a directory that has some",
                path.display()
            );
            assert_eq!(error, expected);
        }
    }

    #[test]
    fn a_sqllogictest_is_its_statements_without_results() {
        let text = "# c\nhash-threshold 8\n\nstatement ok\nCREATE TABLE t(a)\n\nquery I nosort\nSELECT a\nFROM t\n----\n1\n2\n\n\
                    halt\n";
        assert_eq!(of_sqllogictest(text), ["CREATE TABLE t(a);\nSELECT a\nFROM t"]);
    }
}
