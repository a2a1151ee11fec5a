//! What a mistake in a contract looks like: one file a mistake in `bad/contracts/`, whole projects in
//! `bad/trees/`, one message each in `bad/snapshots/`.

use std::path::Path;

use sqlite_contracts::contract::Contract;
use sqlite_contracts::project::Project;

use messages::assert_messages;

#[path = "support/messages.rs"]
mod messages;

#[test]
fn every_mistake_has_its_message() {
    let project = Project::at(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bad"));
    let message = |path: &Path| match Contract::load(&project, path) {
        Ok(_) => panic!("{} has no mistake", path.display()),
        Err(mistakes) => mistakes.render(false),
    };
    assert_messages("contract", "contracts", 25, message);
}

#[test]
fn mistakes_of_all_files_are_told_together() {
    let message = |path: &Path| match Contract::load_all(&Project::at(path)) {
        Ok(_) => panic!("{} has no mistake", path.display()),
        Err(mistakes) => mistakes.render(false),
    };
    assert_messages("contracts", "trees", 0, message);
}
