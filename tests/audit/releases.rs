//! Which release a library is, told by its answers alone.

use std::collections::BTreeMap;
use std::fs;

use memchr::memmem;
use rayon::prelude::*;
use semver::Version;
use sqlite_contracts::analysis::audit::release::{Fingerprints, answer, choose};
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::verb::Verb;
use sqlite_contracts::contract::{Case, Contract, Driver};
use sqlite_contracts::record::report::{CaseReport, Verdict};
use tempfile::TempDir;

use crate::bench::{ENGINE, audit, builds, library, project};

/// The profile whose builds are the ladder.
const LADDER: &str = "rusqlite";

#[test]
fn releases_of_the_ladder_are_told_without_their_names() {
    told_without_names(&builds(false));
}

#[test]
#[ignore = "compiles every build"]
fn every_release_of_the_ladder_is_told_without_its_name() {
    told_without_names(&builds(true));
}

/// Each build answers like its own release, with the source id and the version erased.
fn told_without_names(builds: &[&Build]) {
    let wrong: Vec<String> = builds.par_iter().filter_map(|build| told_wrongly(build)).collect();
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), builds.len(), wrong.join("\n"));
}

fn told_wrongly(build: &Build) -> Option<String> {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("erased.so");
    fs::write(&file, erased(fs::read(library(build)).unwrap(), build.version().unwrap())).unwrap();
    let identity = audit(&file).identity;
    assert!(identity.source_ids.is_empty() && identity.release.is_none(), "{identity:?}");
    let nearest = sqlite_contracts::analysis::audit::release::Nearest {
        releases: identity.answers_like.clone(),
        asked: 1,
        ..Default::default()
    };
    let is_right = Fingerprints::known().may_be(build.version().unwrap(), &nearest) == Some(true);
    (!is_right).then(|| format!("{}: {identity:?}", build.name()))
}

/// The same library, which says neither its version nor its source id.
fn erased(mut bytes: Vec<u8>, version: &Version) -> Vec<u8> {
    let source_id = regex::bytes::Regex::new(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d [0-9a-f]{36,64}").unwrap();
    let ids: Vec<_> = source_id.find_iter(&bytes).map(|found| found.range()).collect();
    ids.into_iter().for_each(|range| bytes[range].fill(b'x'));
    let text = format!("{version}\0");
    let places: Vec<usize> = memmem::find_iter(&bytes, text.as_bytes()).collect();
    places.into_iter().for_each(|at| bytes[at..at + text.len() - 1].fill(b'x'));
    bytes
}

/// Chooses the questions anew and compares; `UPDATE_FINGERPRINTS=1` writes them.
#[test]
#[ignore = "compiles every build, and runs a large part of the catalogue on each"]
fn fingerprints_are_those_of_the_builds() {
    let questions = candidates();
    let answers: Vec<(&Build, BTreeMap<String, String>)> =
        builds(true).par_iter().map(|build| (*build, answers(&questions, build))).collect();
    let chosen = choose(&told_by_version(&answers));
    let text = serde_json::to_string_pretty(&chosen).unwrap() + "\n";
    let file = project().builds().join("fingerprints.json");
    if std::env::var_os("UPDATE_FINGERPRINTS").is_some() {
        return fs::write(file, text).unwrap();
    }
    assert_eq!(fs::read_to_string(file).unwrap(), text, "UPDATE_FINGERPRINTS=1 writes it anew");
}

/// Every case of the catalogue that any library can be asked quickly.
fn candidates() -> Contract {
    let mut cases = Vec::new();
    // Memory is what other compilers and flags change.
    let files = Contract::files(&project()).unwrap();
    for file in files.into_iter().filter(|file| !file.id.starts_with("memory-caps/")) {
        let contract = Contract::find(&project(), &file.id).unwrap();
        let is_plain = |case: &&Case| {
            let mut steps = case.runs.iter().flat_map(|run| &run.steps);
            case.driver == Driver::Capi
                && !case.fresh_process
                && !case.needs_processes()
                && case.requires == Default::default()
                && case.runs.iter().map(|run| run.steps.len()).sum::<usize>() < 100
                && steps.all(|placed| matches!(placed.step.verb, Verb::Call(_)))
        };
        for case in contract.cases.iter().filter(is_plain) {
            cases.push(Case { name: format!("{}/{}", contract.id, case.name), ..case.clone() });
        }
    }
    Contract { id: "candidates".to_owned(), cases, ..Contract::default() }
}

fn answers(questions: &Contract, build: &Build) -> BTreeMap<String, String> {
    let report = ENGINE.attempt(questions, build).unwrap();
    let ended = |case: &&CaseReport| matches!(case.verdict, Verdict::Holds | Verdict::Broken);
    report.cases.iter().filter(ended).map(|case| (case.case.clone(), answer(case))).collect()
}

/// Of the questions in which no flag changes anything, what each version of the ladder answers.
fn told_by_version(
    answers: &[(&Build, BTreeMap<String, String>)],
) -> BTreeMap<String, BTreeMap<Version, String>> {
    let version = |build: &Build| build.version().unwrap().clone();
    let ladder = || answers.iter().filter(|(build, _)| build.profile().name == LADDER);
    let by_version: BTreeMap<Version, &BTreeMap<String, String>> =
        ladder().map(|(build, answers)| (version(build), answers)).collect();
    let is_of_version_alone = |question: &&String| {
        let forks = |build: &Build| build.profile().has("fork");
        answers.iter().filter(|(build, _)| !forks(build)).all(|(build, said)| {
            by_version.get(&version(build)).is_none_or(|known| known[*question] == said[*question])
        })
    };
    // A question at which a library crashes is none for a stranger.
    let is_safe = |question: &&String| answers.iter().all(|(_, said)| said.contains_key(*question));
    let questions = answers[0].1.keys().filter(is_safe).filter(is_of_version_alone);
    let told = |question: &String| {
        by_version.iter().map(|(version, said)| (version.clone(), said[question].clone())).collect()
    };
    questions.map(|question| (question.clone(), told(question))).collect()
}
