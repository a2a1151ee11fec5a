//! A search on two real builds, whose differences are known.

use std::collections::BTreeSet;
use std::path::Path;

use sqlite_contracts::analysis::discover::left::{Left, schema};
use sqlite_contracts::analysis::discover::{
    BATCH, Corpus, Electorate, EngineVoters, Search, Searched, State,
};
use sqlite_contracts::builds::BuildSet;
use sqlite_contracts::diagnostic::numbers::thousands;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::project::Project;
use sqlite_contracts::worker::WorkerProgram;

const BUILDS: [&str; 2] = ["3.42.0-rusqlite", "3.44.0-rusqlite"];

/// What so many batches find between two builds on `threads` threads.
fn found(names: [&str; 2], batches: u64, threads: usize) -> State {
    let repository = Project::at(env!("CARGO_MANIFEST_DIR"));
    let worker = WorkerProgram::new(env!("CARGO_BIN_EXE_sqlite-contracts-worker"));
    let engine = Engine::new(&repository, worker, Box::new(())).unwrap();
    let electorate = Electorate::new(names.map(str::to_owned).to_vec(), engine.builds().lineage(), names[1]);
    let builds = names.map(|name| engine.builds().get(name).unwrap()).to_vec();
    let voters = EngineVoters::new(&engine, &electorate, builds);
    let corpus = Corpus::default();
    let mut search = Search::new(&voters, &electorate, &corpus, State::new(3, &electorate, &corpus));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    while search.state.counts.programs < batches * BATCH || !search.state.is_settled() {
        pool.install(|| search.step()).unwrap();
    }
    search.state
}

#[test]
fn what_is_known_to_drift_is_found_reduced_and_stable() {
    let state = found(BUILDS, 4, 2);
    let features: BTreeSet<&str> =
        state.findings.iter().flat_map(|finding| &finding.features).map(String::as_str).collect();
    for known in ["timediff", "octet_length", "quote"] {
        assert!(features.contains(known), "{known} in {features:?}");
    }
    assert_eq!(state.counts.unstable, 0);
    assert!(state.findings.iter().all(|finding| finding.bytes() < 250), "{:#?}", state.findings);
}

#[test]
fn what_a_build_does_is_said_of_it_whatever_the_order_in_which_the_builds_are_given() {
    assert_eq!(found([BUILDS[1], BUILDS[0]], 1, 2).findings, found(BUILDS, 1, 2).findings);
}

#[test]
fn calls_of_the_c_interface_are_reduced_to_the_one_that_differs() {
    // What `sqlite3_limit` and the switches of a connection say by default has changed between these.
    let state = found(["3.24.0-rusqlite", "3.34.1-rusqlite"], 2, 2);
    let of_calls = state.findings.iter().filter_map(|finding| match finding.statements.as_slice() {
        [only] if only.starts_with("limit: ") || only.starts_with("db_config: ") => Some(only.as_str()),
        _ => None,
    });
    let of_calls: Vec<&str> = of_calls.collect();
    assert!(!of_calls.is_empty(), "{:#?}", state.findings);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    assert_eq!(found(BUILDS, 1, 1).findings, found(BUILDS, 1, 3).findings);
}

#[test]
fn the_schema_of_what_is_left_is_what_the_type_says() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/left.json");
    let text = schema();
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let on_file = std::fs::read_to_string(&file).unwrap_or_default();
    let remedy = "run `UPDATE_SCHEMA=1 cargo test --test discover schema`";
    assert!(on_file == text, "schemas/left.json is not the type any more: {remedy}");
}

#[test]
fn the_page_has_the_figures_of_what_was_searched() {
    let repository = Project::at(env!("CARGO_MANIFEST_DIR"));
    let searched = Searched::load(&repository).unwrap();
    let page = std::fs::read_to_string(repository.root().join("docs/discover.md")).unwrap();
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    let programs = thousands(i64::try_from(searched.programs()).unwrap());
    let figures = format!("ran {programs} programs on {} builds", searched.builds());
    assert!(page.contains(&figures), "docs/discover.md does not say: {figures}");
    let line = searched.between("3.53.4-rusqlite", "3.54.1-rusqlite").unwrap().line();
    assert!(page.contains(&line), "docs/discover.md does not show: {line}");
    for seed in searched.seeds() {
        assert!(page.contains(&seed.to_string()), "docs/discover.md does not name the seed {seed}");
    }
    // What the file says is of builds that there are.
    let builds = BuildSet::load(&repository).unwrap();
    let recorded = builds.iter().filter(|it| builds.lineage().is_recorded(it.name()));
    let met = recorded.filter_map(|build| searched.between("3.13.0-rusqlite", build.name())).count();
    assert_eq!(met + 1, searched.builds());
}

#[test]
fn what_this_repository_leaves_is_of_its_builds() {
    let repository = Project::at(env!("CARGO_MANIFEST_DIR"));
    Left::load(&repository, &BuildSet::load(&repository).unwrap())
        .unwrap_or_else(|mistakes| panic!("{mistakes}"));
}
