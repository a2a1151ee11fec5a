//! `cargo xtask new-contract`: writes a contract to start from.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::builder::NonEmptyStringValueParser;
use sqlite_contracts::contract::{SLUG, is_slug, schema};
use sqlite_contracts::diagnostic::{Diagnostic, Diagnostics, SourceText, nearest};
use sqlite_contracts::project::Project;
use sqlite_contracts::project::command_name;
use sqlite_contracts::system::files::write_atomically;

use crate::support::context;
use crate::support::exit::Exit;
use crate::ui::output::print;

const AFTER: &str = "\
Examples:
  cargo xtask new-contract precision/half-cents
  cargo xtask new-contract memory-caps/big-sorts --title 'A sort stays under the hard heap limit'
  cargo xtask new-contract lock/busy-handler --new-area      although there is an area `locks`

Writes contracts/AREA/NAME.yaml with one case that runs on every build. Names are lower case, digits and \
single hyphens, as they become names of snapshots. A new area is a new folder; one that looks like \
a misspelt existing area is rejected without `--new-area`. An existing contract is never overwritten. \
contracts/schema.json, by which editors complete contracts, is written when it is missing or differs from this \
version's.

";

/// Write a new contract to start from
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    /// The contract, such as precision/half-cents
    #[arg(value_name = "AREA/NAME")]
    contract: String,
    /// The promise, in one sentence
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    title: Option<String>,
    /// Create the area even if its name resembles an existing one
    #[arg(long)]
    new_area: bool,
}

/// Writes the contract, and prints the next command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let project = context::project()?;
    let (area, name) = area_and_name(&args.contract)?;
    let areas = areas(&project)?;
    let is_new = !areas.iter().any(|known| known == area);
    if is_new && !args.new_area {
        check_area(args, area, &areas)?;
    }
    let path = project.contracts().join(area).join(format!("{name}.yaml"));
    let shown = project.shown(&path);
    let text = template(&args.title.clone().unwrap_or_else(|| title_of(name)));
    write(&path, &shown, &text)?;
    print(&format!("wrote {shown}:\n\n{text}"));
    write_schema(&project)?;
    if is_new {
        print(&format!("{area} is a new area"));
    }
    let try_it = command_name::command(&format!("try {shown}"));
    print(&format!("next: write the steps, and try them: {try_it}"));
    Ok(Exit::Fine)
}

/// The first contract of a new project, with the schema that it names.
pub(crate) fn write_first(project: &Project, contract: &str, title: &str) -> Result<()> {
    let path = project.contracts().join(contract).with_extension("yaml");
    write(&path, &project.shown(&path), &template(title))?;
    write_atomically(&project.contracts().join("schema.json"), schema::WITH_EXAMPLES)
}

/// The two parts of `precision/half-cents`.
fn area_and_name(contract: &str) -> Result<(&str, &str), Diagnostics> {
    let parts = contract.split_once('/');
    parts.filter(|(area, name)| is_slug(area) && is_slug(name)).ok_or_else(|| {
        let message = format!("`{contract}` is not the name of a contract");
        let rule = format!("write AREA/NAME, both in {SLUG}");
        let mistake = mistake(contract, 0..contract.len(), message).help(rule);
        match meant(contract) {
            Some(meant) => mistake.help(format!("did you mean `{meant}`?")),
            None => mistake,
        }
        .into()
    })
}

/// The name that `contracts/Precision/half_cents.yaml` was most likely meant to be.
fn meant(contract: &str) -> Option<String> {
    let bare = contract.trim_start_matches("./").trim_start_matches("contracts/");
    let bare = bare.strip_suffix(".yaml").or_else(|| bare.strip_suffix(".yml")).unwrap_or(bare);
    let (area, name) = bare.split_once('/')?;
    let (area, name) = (slug(area), slug(name));
    (!area.is_empty() && !name.is_empty()).then(|| format!("{area}/{name}"))
}

fn slug(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

fn mistake(contract: &str, span: std::ops::Range<usize>, message: String) -> Diagnostic {
    Diagnostic::new(&SourceText::new("AREA/NAME", contract), span, message)
}

/// The folders of `contracts/`, in order.
fn areas(project: &Project) -> Result<Vec<String>> {
    let folder = project.contracts();
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.with_context(|| format!("cannot list {}", folder.display()))?,
    };
    let folders: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    let names = folders.iter().filter_map(|path| path.file_name()?.to_str());
    let mut areas: Vec<String> = names.map(str::to_owned).collect();
    areas.sort();
    Ok(areas)
}

/// Rejects a new area that looks like a misspelt existing one.
fn check_area(args: &Args, area: &str, areas: &[String]) -> Result<(), Diagnostics> {
    let areas: Vec<&str> = areas.iter().map(String::as_str).collect();
    let Some(near) = nearest(area, &areas) else { return Ok(()) };
    let message = format!("there is no area `{area}`");
    Err(mistake(&args.contract, 0..area.len(), message)
        .help(format!("did you mean `{near}`?"))
        .help("`--new-area` creates it anyway")
        .into())
}

/// `half-cents` as the beginning of a sentence: `Half cents`.
fn title_of(name: &str) -> String {
    let words = name.replace('-', " ");
    words[..1].to_ascii_uppercase() + &words[1..]
}

/// A contract that runs on every build: one promise, and one thing on record.
fn template(title: &str) -> String {
    // JSON is also YAML.
    let title = serde_json::Value::from(title);
    format!(
        r#"{modeline}
title: {title}
why: >-
  What breaks for whom when this promise is broken.
# Why builds differ, by SQLite version, profile or build:
# changed: {{3.43.0: what SQLite changed}}
cases:
  - name: first-case
    steps:
      - open: ":memory:"
        expect: OK
      - exec: CREATE TABLE t(a); INSERT INTO t VALUES (1), (34.775), ('text'), (NULL)
        expect: OK
      # A promise: it must hold on every build.
      - query: SELECT count(*), count(a) FROM t
        expect: [[4, 3]]
      # Without `expect` the outcome is recorded: where it differs between builds, that is a drift to review.
      - query: SELECT typeof(a), round(a, 2) FROM t ORDER BY rowid
      - close:
        expect: OK
"#,
        modeline = schema::MODELINE,
    )
}

/// Creates the file and its folder; never overwrites a file.
fn write(path: &Path, shown: &str, text: &str) -> Result<()> {
    let folder = path.parent().context("a contract is in an area")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut file = match File::create_new(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(exists(shown).into()),
        file => file.with_context(|| format!("cannot create {}", path.display()))?,
    };
    file.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", path.display()))
}

/// Writes the schema that the contract's first line names, unless it is up to date.
fn write_schema(project: &Project) -> Result<()> {
    let path = project.contracts().join("schema.json");
    let schema = schema::WITH_EXAMPLES;
    if fs::read_to_string(&path).is_ok_and(|known| known == schema) {
        return Ok(());
    }
    print(&format!("wrote {}, by which editors complete and check contracts", project.shown(&path)));
    write_atomically(&path, schema)
}

fn exists(shown: &str) -> Diagnostics {
    Diagnostic::new(&SourceText::new(shown, ""), 0..0, "this contract exists already")
        .help("edit it, or choose another name")
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_two_parts_and_a_wrong_one_gets_a_suggestion() {
        assert_eq!(area_and_name("precision/half-cents").unwrap(), ("precision", "half-cents"));
        for wrong in ["half-cents", "a/b/c", "a/", "/b", "a/b--c", "A/b", "a/b.yaml", "a/../b", "a b/c"] {
            assert!(area_and_name(wrong).is_err(), "{wrong}");
        }
        assert_eq!(meant("contracts/Precision/half_cents.yaml").as_deref(), Some("precision/half-cents"));
        assert_eq!(meant("half-cents"), None);
    }

    #[test]
    fn a_title_is_made_of_the_name() {
        assert_eq!(title_of("half-cents"), "Half cents");
        assert_eq!(title_of("3-valued"), "3 valued");
    }
}
