//! What a shell proposes beside commands and options: the names of builds, contracts, drivers and profiles, as they are in
//! the project of the current directory.

use std::collections::BTreeSet;
use std::ffi::OsStr;

use anyhow::Result;
use clap::{Arg, Command};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter};
use sqlite_contracts::builds::{BuildSet, Mutants};
use sqlite_contracts::contract::{Contract, Driver};
use sqlite_contracts::project::catalogue;

use crate::support::context;

/// The variable by which a shell asks this program for proposals.
pub(crate) const VARIABLE: &str = "SQLITE_CONTRACTS_COMPLETE";

/// What the value of an argument may be the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    Build,
    Contract,
    /// A version of a driver that is a build.
    DriverVersion,
    /// A driver, of the version that the machine has or of another.
    Driver,
    Profile,
    Mutant,
    File,
}

/// The commands, each of whose arguments proposes what its values are the names of.
pub(super) fn with_names(command: Command) -> Command {
    command.mut_subcommands(|verb| verb.mut_args(with_names_of))
}

fn with_names_of(argument: Arg) -> Arg {
    let kinds = kinds(&argument);
    match kinds.is_empty() {
        true => argument,
        false => argument.add(ArgValueCompleter::new(move |current: &OsStr| proposals(kinds, current))),
    }
}

/// By the word that help shows for the value; a glob is of what its option is called after.
fn kinds(argument: &Arg) -> &'static [Named] {
    let word = argument.get_value_names().and_then(|names| Some(names.first()?.as_str()));
    match (word.unwrap_or_default(), argument.get_id().as_str()) {
        ("BUILD", _) | ("GLOB", "build" | "builds" | "more") => &[Named::Build],
        ("GLOB", "contract" | "contracts") | ("AREA|CONTRACT", _) => &[Named::Contract],
        ("GLOB", "words") => &[Named::Contract, Named::Build],
        ("SUBJECT" | "FILE|CONTRACT|GLOB", _) => &[Named::Contract, Named::Build, Named::File],
        ("TARGET", _) => &[Named::Build, Named::File],
        ("GLOB", "mutants") => &[Named::Mutant],
        ("GLOB", "driver") => &[Named::DriverVersion],
        ("DRIVERS", _) => &[Named::Driver],
        ("PROFILE", _) => &[Named::Profile],
        _ => &[],
    }
}

/// What a word that was begun may become. A project with a mistake proposes nothing: the command itself will say what it is.
fn proposals(kinds: &[Named], current: &OsStr) -> Vec<CompletionCandidate> {
    let word = current.to_string_lossy();
    let of_kind = |kind: &Named| match kind {
        Named::File => PathCompleter::any().complete(current),
        kind => {
            let names = names(*kind, &word).unwrap_or_default().into_iter();
            names.filter(|name| name.starts_with(&*word)).map(CompletionCandidate::new).collect()
        }
    };
    kinds.iter().flat_map(of_kind).collect()
}

fn names(kind: Named, word: &str) -> Result<Vec<String>> {
    let project = context::project_or_catalogue()?;
    let builds = || BuildSet::load(&project);
    Ok(match kind {
        Named::Build => builds()?.iter().map(|build| build.name().to_owned()).collect(),
        Named::Profile => {
            let names: BTreeSet<String> =
                builds()?.iter().map(|build| build.profile().name.clone()).collect();
            names.into_iter().collect()
        }
        Named::Mutant => {
            let builds = builds()?;
            Mutants::load(&project, &builds)?.iter().map(|mutant| mutant.name().to_owned()).collect()
        }
        Named::DriverVersion => versions(&builds()?),
        Named::Driver => {
            let plain = Driver::ALL.iter().map(|driver| driver.name().to_owned());
            plain.chain(versions(&builds()?)).collect()
        }
        Named::Contract => {
            let own = Contract::files(&project)?.into_iter().map(|file| file.id);
            let ids: BTreeSet<String> = own.chain(catalogue::contracts().map(str::to_owned)).collect();
            match word.split('/').collect::<Vec<_>>()[..] {
                [area, contract, _] => {
                    let id = format!("{area}/{contract}");
                    let cases = Contract::find(&project, &id)?.cases;
                    cases.into_iter().map(|case| format!("{id}/{}", case.name)).collect()
                }
                [_, _] => ids.into_iter().collect(),
                // One after the other: there are hundreds.
                _ => areas(&ids),
            }
        }
        Named::File => Vec::new(),
    })
}

/// `precision/` for each area.
fn areas(ids: &BTreeSet<String>) -> Vec<String> {
    let areas: BTreeSet<&str> = ids.iter().filter_map(|id| Some(id.split_once('/')?.0)).collect();
    areas.into_iter().map(|area| format!("{area}/")).collect()
}

/// The drivers' versions that are builds: `go@1.14.22`.
fn versions(builds: &BuildSet) -> Vec<String> {
    let versions: BTreeSet<String> =
        builds.of_drivers().filter_map(|build| Some(build.driver()?.to_string())).collect();
    versions.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use clap_complete::engine::complete;

    /// What is proposed for the last of these words.
    fn proposed(words: &[&str]) -> Vec<String> {
        let all = std::iter::once(&"sqlite-contracts").chain(words).map(Into::into).collect();
        let found = complete(&mut crate::cli::command(), all, words.len(), None).unwrap();
        found.into_iter().map(|it| it.get_value().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn mutants_are_proposed_where_one_is_named() {
        for words in [&["discover", "--mutant", "finalize-"][..], &["mutants", "finalize-"]] {
            let found = proposed(words);
            assert!(!found.is_empty() && found.iter().all(|name| name.starts_with("finalize-")), "{found:?}");
        }
    }

    #[test]
    fn builds_are_proposed_wherever_one_is_named() {
        for words in [
            &["gate", "--from", "3.46.0-rus"][..],
            &["matrix", "--build", "3.46.0-rus"],
            &["matrix", "3.46.0-rus"],
            &["exchange", "shop.db", "3.46.0-rus"],
            &["audit", "3.46.0-rus"],
            &["try", "precision/sums", "3.46.0-rus"],
            &["leaks", "3.46.0-rus"],
        ] {
            assert!(
                proposed(words).contains(&"3.46.0-rusqlite".to_owned()),
                "{words:?}: {:?}",
                proposed(words)
            );
        }
        assert_eq!(proposed(&["gate", "--from", "no-such"]), [""; 0]);
    }

    #[test]
    fn contracts_are_proposed_step_by_step() {
        let has = |words: &[&str], name: &str| {
            let all = proposed(words);
            assert!(all.contains(&name.to_owned()), "{words:?}: {all:?}");
        };
        has(&["history", "prec"], "precision/");
        has(&["history", "precision/money"], "precision/money-round");
        has(&["history", "precision/money-round/comp"], "precision/money-round/computed-amounts");
        has(&["matrix", "--contract", "precision/money"], "precision/money-round");
        has(&["init", "--include", "precision/money"], "precision/money-round");
    }

    #[test]
    fn drivers_and_profiles_are_proposed() {
        assert!(proposed(&["leaks", "--driver", "py"]).contains(&"python".to_owned()));
        let second = proposed(&["leaks", "--driver", "python,go@1.14.2"]);
        assert!(second.contains(&"python,go@1.14.22".to_owned()), "{second:?}");
        assert!(proposed(&["matrix", "--driver", "go@"]).contains(&"go@1.14.22".to_owned()));
        assert!(proposed(&["history", "--profile", "deb"]).contains(&"debian".to_owned()));
    }
}
