//! What `init` says when it is done: what is on record, and the commands to remember.

use std::path::Path;

use sqlite_contracts::builds::{Build, BuildSet};
use sqlite_contracts::project::command_name::command;

use crate::support::context::BESIDE;

/// What the first run has put on record; a library that is another one on each machine is only asked.
pub(super) fn on_record(directory: &Path, cases: usize, builds: &[&Build]) -> String {
    let unpinned = builds.iter().find(|build| !build.source().is_pinned());
    match (cases, unpinned) {
        (0, Some(build)) => format!(
            "nothing is on record: {} is another library on each machine, so that only what a contract expects is checked",
            build.name()
        ),
        (0, None) => "nothing is on record yet: no case ran to its end".to_owned(),
        (n, _) => {
            let cases = if n == 1 { "1 case does".to_owned() } else { format!("{n} cases do") };
            format!("on record now, in {}/tests/snapshots/: what {cases}", directory.display())
        }
    }
}

/// What to do next, in the program's folder where commands find the project from there.
pub(super) fn next(directory: &Path, lock: Option<&Path>, builds: &[&Build], known: &BuildSet) -> String {
    let place = if directory == Path::new(BESIDE) { "here" } else { "in it" };
    let directory = directory.display();
    let matrix = command("matrix");
    let mut text = format!(
        "commit {directory}/; then, {place}:\n\n  {matrix}\n      whether {directory}/contracts/ holds on each build\n"
    );
    let upgrade = match builds {
        [shipped, newest] => Some((*shipped, *newest)),
        [shipped] => upgrade_of(known, shipped).map(|newest| (*shipped, newest)),
        _ => None,
    };
    match (upgrade, builds) {
        (Some((shipped, newest)), _) => {
            let gate = command(&format!("gate --catalogue --from {} --to {}", shipped.name(), newest.name()));
            text += &format!("  {gate}\n      what the upgrade changes, by every contract of the library\n");
            if shipped.version().is_some() && builds.len() == 1 {
                let alone = format!("{} is alone in it: no newer build has its flags", shipped.name());
                text += &format!("      ({alone}; {} has others)\n", newest.name());
            }
        }
        (None, [newest, ..]) => text += &later(newest, lock),
        (None, []) => {}
    }
    text.trim_end().to_owned()
}

/// The gate of a program that has the newest SQLite already: of what another lock file brings, or another build.
fn later(newest: &Build, lock: Option<&Path>) -> String {
    let from = format!("gate --catalogue --from {}", newest.name());
    match lock {
        Some(lock) => {
            let gate = command(&format!("{from} --to-lock {}", lock.display()));
            format!(
                "  {gate}\n      what changes once the lock file brings another SQLite: it has the newest now\n"
            )
        }
        None => {
            let (gate, list) = (command(&format!("{from} --to BUILD")), command("build --list --all"));
            format!(
                "  {gate}\n      what changes with another build: this is the newest now (`{list}` names all)\n"
            )
        }
    }
}

/// The newest build of the profile that the list of builds begins with.
fn newest_of_all(known: &BuildSet) -> Option<&Build> {
    known.ladder(&known.iter().next()?.profile().name).into_iter().last()
}

/// What a build without a newer one of its profile is compared with: the newest of the family of its profile, which is
/// `debian` of `debian12`, else the newest of all. `None` where it is as new itself.
fn upgrade_of<'a>(known: &'a BuildSet, shipped: &Build) -> Option<&'a Build> {
    let family = shipped.profile().name.trim_end_matches(|c: char| c.is_ascii_digit());
    let newest = [known.ladder(family).into_iter().last(), newest_of_all(known)];
    newest.into_iter().flatten().find(|newest| newest.version() > shipped.version())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlite_contracts::project::Project;

    #[test]
    fn a_library_of_the_system_is_not_said_to_be_on_record_and_has_an_upgrade() {
        let known = BuildSet::load(&Project::at(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))).unwrap();
        let build = |name: &str| known.get(name).unwrap();
        let system = [build("system")];
        let on_record = |cases, builds: &[&Build]| on_record(Path::new("y"), cases, builds);
        assert!(on_record(0, &system).starts_with("nothing is on record: system is another library"));
        let next = |builds: &[&Build]| next(Path::new("y"), None, builds, &known);
        let newest = newest_of_all(&known).unwrap().name();
        assert!(next(&system).contains(&format!("gate --catalogue --from system --to {newest}")));
        assert!(next(&[build(newest)]).contains(&format!("gate --catalogue --from {newest} --to BUILD")));
        assert_eq!(on_record(1, &system), "on record now, in y/tests/snapshots/: what 1 case does");
    }

    #[test]
    fn a_build_without_a_newer_one_of_its_flags_is_compared_with_its_family() {
        let known = BuildSet::load(&Project::at(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))).unwrap();
        let alone = known.get("3.40.1-debian12").unwrap();
        assert_eq!(
            known.ladder("debian12").into_iter().last().unwrap().name(),
            alone.name(),
            "this test needs a build that is alone"
        );
        let said = next(Path::new("y"), None, &[alone], &known);
        let newest = known.ladder("debian").into_iter().last().unwrap().name();
        assert!(said.contains(&format!("gate --catalogue --from 3.40.1-debian12 --to {newest}")), "{said}");
        assert!(said.contains("no newer build has its flags"), "{said}");
    }

    #[test]
    fn whoever_has_the_newest_is_told_how_the_next_lock_file_is_gated() {
        let known = BuildSet::load(&Project::at(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))).unwrap();
        let newest = known.ladder("rusqlite").into_iter().last().unwrap();
        let lock = Path::new("/home/ann/server/Cargo.lock");
        let next = |directory: &str| next(Path::new(directory), Some(lock), &[newest], &known);
        let gate = format!("gate --catalogue --from {} --to-lock {}", newest.name(), lock.display());
        assert!(next("sqlite").contains("then, here:") && next("sqlite").contains(&gate));
        assert!(next("compat").contains("then, in it:") && next("compat").contains(&gate));
    }
}
