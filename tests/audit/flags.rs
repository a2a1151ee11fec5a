//! Flags, told by what a library does.

use std::collections::BTreeSet;

use rayon::prelude::*;
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::flag::Flag;

use crate::bench::{audit, builds, library};

#[test]
fn flags_of_the_core_builds_are_told() {
    told(&builds(false), 90);
}

#[test]
#[ignore = "compiles every build"]
fn flags_of_every_build_are_told() {
    told(&builds(true), 90);
}

/// At least so many of a hundred statements about a flag of the list and a build are right.
fn told(builds: &[&Build], percent: usize) {
    let names: Vec<String> = Flag::all().unwrap().into_iter().map(|flag| flag.name).collect();
    let wrong: Vec<String> = builds.par_iter().flat_map(|build| mistakes(build, &names)).collect();
    let all = builds.len() * names.len();
    let right = (all - wrong.len()) * 100;
    assert!(right >= percent * all, "{} of {all} are wrong\n{}", wrong.len(), wrong.join("\n"));
    println!("{} of {all} are wrong\n{}", wrong.len(), wrong.join("\n"));
}

fn mistakes(build: &Build, names: &[String]) -> Vec<String> {
    let told: BTreeSet<String> =
        audit(&library(build)).identity.flags.iter().map(|flag| name(flag)).collect();
    let defined: BTreeSet<String> =
        build.profile().defines.iter().flat_map(|define| meant(define)).map(|define| name(&define)).collect();
    let differs = |flag: &&String| told.contains(&name(flag)) != defined.contains(&name(flag));
    let wrong = names.iter().filter(differs);
    wrong.map(|flag| format!("{}: {flag}, told {}", build.name(), told.contains(&name(flag)))).collect()
}

/// `DEFAULT_CACHE_SIZE=-16000` is about `DEFAULT_CACHE_SIZE`.
fn name(flag: &str) -> String {
    flag.split('=').next().unwrap_or(flag).to_owned()
}

/// What a define turns on, as the list has it.
fn meant(define: &str) -> Vec<String> {
    let flag = define.strip_prefix("SQLITE_").unwrap_or(define);
    match flag {
        "ENABLE_FTS4" => vec!["ENABLE_FTS3".to_owned()],
        // What releases have anyway.
        "USE_URI=0" | "DEFAULT_MEMSTATUS=1" => Vec::new(),
        flag => vec![flag.to_owned()],
    }
}
