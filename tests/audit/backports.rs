//! Libraries whose number says one thing and whose code another.

use sqlite_contracts::analysis::audit::Standing;
use sqlite_contracts::builds::Mutants;
use sqlite_contracts::project::Project;

use crate::bench::{ENGINE, audit, library};

#[test]
#[ignore = "compiles six libraries"]
fn a_mend_without_a_new_number_and_a_new_number_without_the_mend_are_told() {
    let folder = project_of_patches();
    let patched = Mutants::load(&folder, ENGINE.builds()).unwrap();
    let mut seen = Vec::new();
    for one in patched.iter() {
        let copy = audit(&library(one.build()));
        let finding = copy.findings.iter().find(|finding| finding.advisory == "wal-reset").unwrap();
        let expected = match one.name().starts_with("mended-") {
            true => Standing::NotAffected,
            false => Standing::Affected,
        };
        assert_eq!(finding.standing, expected, "{}: {}", one.name(), finding.reason);
        assert!(finding.differs_from_release(), "{}", one.name());
        assert_eq!(copy.identity.release.as_ref(), one.real().version(), "{}", one.name());
        let others =
            copy.findings.iter().filter(|it| it.advisory != "wal-reset" && it.differs_from_release());
        assert_eq!(others.count(), 0, "{}", one.name());
        seen.push(one.name().to_owned());
    }
    assert_eq!(seen.len(), 6, "{seen:?}");
}

fn project_of_patches() -> Project {
    Project::at(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/audit/backports"))
}
