//! The papers name commands that exist, with options that they have; `docs/commands.md` is their help.

use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use sqlite_contracts::project::command_name;

use super::{INSTALLED, command};

/// The names under which papers and help texts call the commands.
const NAMES: [&str; 2] = [command_name::NAME_HERE, INSTALLED];

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The pages, their paths in the repository with their texts.
fn pages() -> Vec<(String, String)> {
    let folders = ["", "advisories", "contracts", "docs", "drivers", "sqlite-builds"]
        .map(|folder| repository().join(folder));
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    paths.sort();
    let shown = |path: &Path| path.strip_prefix(repository()).unwrap().display().to_string();
    paths.iter().map(|path| (shown(path), std::fs::read_to_string(path).unwrap())).collect()
}

/// What follows the name of the commands on a line, where it is called there: at the line's beginning, or between
/// backticks. Whether all of it stands there, so that required arguments may be missed.
fn calls(line: &str) -> Vec<(&str, bool)> {
    let trimmed = line.trim_start().trim_start_matches("$ ");
    let is_code = line.starts_with("    ") || line.starts_with("$ ") || line.starts_with("  cargo xtask");
    let whole = NAMES.iter().filter_map(|name| trimmed.strip_prefix(name)?.strip_prefix(' '));
    let whole: Vec<(&str, bool)> = whole.filter(|_| is_code).map(|call| (call, true)).collect();
    let quoted = line.split('`').skip(1).step_by(2);
    let quoted =
        quoted.filter_map(|code| NAMES.iter().find_map(|name| code.strip_prefix(name)?.strip_prefix(' ')));
    if whole.is_empty() { quoted.map(|call| (call, false)).collect() } else { whole }
}

/// The words of a call as a shell reads them, up to a comment, a pipe or another command; `None` where something is left
/// out of it.
fn words(call: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote, mut spaces) = (Vec::new(), None::<String>, None, 0);
    for c in call.chars() {
        match (quote, c) {
            (Some(open), _) if open == c => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ') => {
                words.extend(word.take());
                spaces += 1;
                // What is explained begins after a gap.
                if spaces > 1 {
                    break;
                }
                continue;
            }
            (None, '|' | '>' | '&' | '#' | ';') => break,
            _ => word.get_or_insert_default().push(c),
        }
        spaces = 0;
    }
    words.extend(word);
    (!words.iter().any(|word| word.contains('…') || word == "\\")).then_some(words)
}

/// What the commands say of the words, where they refuse them.
fn refusal(words: &[String], is_whole: bool) -> Option<String> {
    let verb = words.first()?;
    // `cargo xtask COMMAND --help`
    if !verb.starts_with(|first: char| first.is_lowercase() || first == '-') {
        return None;
    }
    let error = command().try_get_matches_from(["cargo xtask".to_owned()].iter().chain(words)).err()?;
    let is_fine = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => true,
        ErrorKind::MissingRequiredArgument | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => !is_whole,
        _ => false,
    };
    (!is_fine).then(|| error.to_string())
}

/// Every call in a text that the commands refuse; how many there are is counted.
fn refused(place: &str, text: &str, count: &mut usize) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        for (call, is_whole) in calls(line) {
            let Some(words) = words(call) else { continue };
            *count += 1;
            found.extend(refusal(&words, is_whole).map(|error| format!("{place}:{number}: {call}\n{error}")));
        }
    }
    found
}

#[test]
fn every_command_in_the_papers_is_one() {
    let mut count = 0;
    let refused: Vec<String> =
        pages().iter().flat_map(|(place, text)| refused(place, text, &mut count)).collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    assert!(count > 100, "only {count} commands were found");
}

#[test]
fn every_command_in_the_help_texts_is_one() {
    let mut count = 0;
    let all = command();
    let texts = all.get_subcommands().map(|verb| {
        let text = verb.get_after_help().map_or_else(String::new, |help| help.to_string());
        (verb.get_name(), text.replace(command_name::name(), command_name::NAME_HERE))
    });
    let refused: Vec<String> = texts.flat_map(|(verb, text)| refused(verb, &text, &mut count)).collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    assert!(count > 60, "only {count} commands were found");
}

#[test]
fn words_are_those_of_a_shell() {
    let read = |call| words(call).unwrap_or_default().join("|");
    assert_eq!(read("try --sql 'SELECT 1' --all   all of them"), "try|--sql|SELECT 1|--all");
    assert_eq!(read("leaks --format json | jq"), "leaks|--format|json");
    assert_eq!(read("gate --from …"), "");
    assert_eq!(calls("see `cargo xtask gate` or `cargo xtask try x`"), [("gate", false), ("try x", false)]);
    assert_eq!(calls("    sqlite-contracts init"), [("init", true)]);
}

/// `docs/commands.md`: the help of every command.
fn reference() -> String {
    let mut text = "# Every command\n\nWhat `cargo xtask --help` and `cargo xtask COMMAND --help` print; where the commands \
                    are installed their name is `sqlite-contracts`. `UPDATE_DOCS=1 cargo test -p sqlite-contracts --lib \
                    papers` writes this page again.\n"
        .to_owned();
    let mut all = command().term_width(110);
    text += &block(&all.render_help().to_string());
    let names: Vec<String> = all.get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
    for name in names {
        let long = all.try_get_matches_from_mut(["cargo xtask", &name, "--help"]).unwrap_err().to_string();
        text += &format!("\n## {name}\n{}", block(&long));
    }
    text
}

fn block(text: &str) -> String {
    let lines: String = text.trim_end().lines().map(|line| format!("{}\n", line.trim_end())).collect();
    format!("\n```text\n{lines}```\n")
}

#[test]
fn the_page_of_commands_is_their_help() {
    let file = repository().join("docs/commands.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&file, reference()).unwrap();
    }
    let page = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        page == reference(),
        "docs/commands.md is out of date: run `UPDATE_DOCS=1 cargo test -p sqlite-contracts --lib papers`"
    );
}
