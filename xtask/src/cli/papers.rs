//! The papers name commands that exist, with options that they have; `docs/commands.md` is their help.

use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use sqlite_contracts::builds::BuildSet;
use sqlite_contracts::project::{Project, catalogue, command_name};
use sqlite_contracts::subject::Subject;

use super::{INSTALLED, command_at};

/// The names under which papers and help texts call the commands.
const NAMES: [&str; 2] = [command_name::NAME_HERE, INSTALLED];

/// A width at which every example is as it is written.
const NO_LINE_IS_BROKEN: usize = 10_000;

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
    let error = command_at(NO_LINE_IS_BROKEN)
        .try_get_matches_from(["cargo xtask".to_owned()].iter().chain(words))
        .err()?;
    let is_fine = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => true,
        ErrorKind::MissingRequiredArgument | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => !is_whole,
        _ => false,
    };
    (!is_fine).then(|| error.to_string())
}

/// What a call names that is not there: a build, a contract, a case, or a profile without versions.
fn unknown(words: &[String], project: &Project, builds: &BuildSet) -> Option<String> {
    let is_build = |word: &str| {
        let (version, profile) = word.split_once('-').unwrap_or_default();
        semver::Version::parse(version).is_ok() && !profile.is_empty()
    };
    let is_contract =
        |word: &str| word.split_once('/').is_some_and(|(area, _)| catalogue::areas().contains(area));
    let of = |word: &str| match word {
        build if is_build(build) => builds.select(&[build]).err().map(|mistakes| mistakes.to_string()),
        contract if is_contract(contract) => Subject::named(project, contract).err().map(|it| it.to_string()),
        _ => None,
    };
    let profile = words.iter().position(|word| word == "--profile").and_then(|at| words.get(at + 1));
    let profile = profile.filter(|name| builds.ladder(name).is_empty());
    profile
        .map(|name| format!("no version has the profile `{name}`"))
        .or_else(|| words.iter().find_map(|word| of(word)))
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
    let all = command_at(NO_LINE_IS_BROKEN);
    let texts = all.get_subcommands().map(|verb| {
        let text = verb.get_after_help().map_or_else(String::new, |help| help.to_string());
        (verb.get_name(), text.replace(command_name::name(), command_name::NAME_HERE))
    });
    let refused: Vec<String> = texts.flat_map(|(verb, text)| refused(verb, &text, &mut count)).collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    assert!(count > 60, "only {count} commands were found");
}

#[test]
fn what_an_example_of_a_help_text_names_is_there() {
    let project = Project::at(repository());
    let builds = BuildSet::load(&project).unwrap();
    let all = command_at(NO_LINE_IS_BROKEN);
    let mut wrong = Vec::new();
    for verb in all.get_subcommands().filter(|verb| !verb.get_name().starts_with("new-")) {
        let text = verb.get_after_help().map_or_else(String::new, |help| help.to_string());
        let text = text.replace(command_name::name(), command_name::NAME_HERE);
        for (call, _) in text.lines().flat_map(calls) {
            let words = words(call).unwrap_or_default();
            let found = unknown(&words, &project, &builds);
            wrong.extend(found.map(|what| format!("{}: {call}\n{what}", verb.get_name())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let named = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        unknown(&words, &project, &builds)
    };
    assert_eq!(named(&["try", "precision/money-round", "3.46.0-rusqlite"]), None);
    for words in [["try", "precision/no-such"], ["audit", "3.46.0-rustqlite"], ["--profile", "no-such"]] {
        assert!(named(&words).is_some(), "{words:?}");
    }
}

/// The calls among the examples of a help text, each as a shell reads it.
fn examples(help: &str) -> Vec<String> {
    let (_, block) = help.split_once("Examples:\n").unwrap_or_default();
    let lines = block.lines().take_while(|line| !line.is_empty()).filter(|line| !line.starts_with("  # "));
    let joined =
        lines.map(|line| line.trim_start().to_owned() + "\n").collect::<String>().replace("\\\n", "");
    let call = |line: &str| line.split_once("  ").map_or(line, |(call, _)| call).to_owned();
    joined.lines().map(call).collect()
}

#[test]
fn no_example_is_cut_at_80_columns() {
    let shown = |width: usize, verb: &str| {
        let mut all = command_at(width);
        all.find_subcommand_mut(verb).unwrap().clone().term_width(width).render_help().to_string()
    };
    let mut count = 0;
    for verb in command_at(80).get_subcommands().map(clap::Command::get_name) {
        let others = examples(&shown(80, verb)).into_iter().find(|call| {
            let begin =
                |name: &str| call.starts_with(&format!("{name} ")) || call.contains(&format!(" {name} "));
            call != command_name::name() && !begin(command_name::name()) && !begin(INSTALLED)
        });
        assert_eq!(others, None, "{verb}: what is no call explains one");
        let help = shown(80, verb);
        let block = help.split("Examples:\n").nth(1).unwrap_or_default();
        let long = block.lines().take_while(|line| !line.is_empty()).find(|line| line.chars().count() > 80);
        assert_eq!(long, None, "{verb}");
        assert_eq!(examples(&help), examples(&shown(NO_LINE_IS_BROKEN, verb)), "{verb}");
        count += examples(&help).len();
    }
    assert!(count > 60, "only {count} examples were found");
    let all = command_at(80).render_help().to_string();
    assert_eq!(all.lines().find(|line| line.chars().count() > 80), None);
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
    let mut all = command_at(110);
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
