//! A search on two real builds, whose differences are known.

use std::collections::BTreeSet;

use sqlite_contracts::analysis::discover::{BATCH, Corpus, Electorate, EngineVoters, Search, State};
use sqlite_contracts::engine::Engine;
use sqlite_contracts::project::Project;
use sqlite_contracts::worker::WorkerProgram;

const BUILDS: [&str; 2] = ["3.42.0-rusqlite", "3.44.0-rusqlite"];

/// What so many batches find on `threads` threads.
fn found(batches: u64, threads: usize) -> State {
    let repository = Project::at(env!("CARGO_MANIFEST_DIR"));
    let worker = WorkerProgram::new(env!("CARGO_BIN_EXE_sqlite-contracts-worker"));
    let engine = Engine::new(&repository, worker, Box::new(())).unwrap();
    let electorate =
        Electorate::new(BUILDS.map(str::to_owned).to_vec(), engine.builds().lineage(), BUILDS[1]);
    let builds = BUILDS.map(|name| engine.builds().get(name).unwrap()).to_vec();
    let voters = EngineVoters { engine: &engine, builds };
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
    let state = found(6, 2);
    let features: BTreeSet<&str> =
        state.findings.iter().flat_map(|finding| &finding.features).map(String::as_str).collect();
    for known in ["timediff", "octet_length", "quote"] {
        assert!(features.contains(known), "{known} in {features:?}");
    }
    assert_eq!(state.counts.unstable, 0);
    assert!(state.findings.iter().all(|finding| finding.bytes() < 250), "{:#?}", state.findings);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    assert_eq!(found(1, 1).findings, found(1, 3).findings);
}
