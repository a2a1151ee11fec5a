//! Which build a Cargo.lock leads to, among the builds of this project. No source is fetched.

use sqlite_contracts::builds::BuildSet;
use sqlite_contracts::builds::cargo_lock::Lock;
use sqlite_contracts::diagnostic::SourceText;
use sqlite_contracts::project::Project;

/// The build of a lock file with these packages, each `name version dependencies…`, or the message.
fn build(packages: &[&str]) -> Result<String, String> {
    let project = Project::at(env!("CARGO_MANIFEST_DIR"));
    let builds = BuildSet::load(&project).unwrap();
    let text = packages.iter().map(|package| {
        let mut words = package.split(' ');
        let (name, version) = (words.next().unwrap(), words.next().unwrap());
        let dependencies = words.map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
        format!(
            "[[package]]\nname = \"{name}\"\nversion = \"{version}\"\ndependencies = [{dependencies}]\n\n"
        )
    });
    let text = format!("version = 4\n\n{}", text.collect::<String>());
    let lock = Lock::parse(&SourceText::new("Cargo.lock", text)).map_err(|mistakes| mistakes.to_string())?;
    let build = lock.build(&project, &builds).map_err(|error| anyhow::Error::from(error).to_string())?;
    Ok(build.name)
}

#[test]
fn a_release_leads_to_the_build_that_its_siblings_descend_from() {
    assert_eq!(build(&["cc 1.0.0", "libsqlite3-sys 0.39.1 cc"]).unwrap(), "3.54.1-rusqlite");
    assert_eq!(build(&["cc 1.0.0", "libsqlite3-sys 0.26.0 cc"]).unwrap(), "3.41.2-rusqlite");
}

#[test]
fn without_a_compiler_it_is_the_systems_library() {
    let message = build(&["pkg-config 0.3.0", "libsqlite3-sys 0.26.0 pkg-config"]).unwrap_err();
    assert!(message.contains("libsqlite3-sys 0.26.0 links the system's SQLite here"), "{message}");
    assert!(message.contains("Cargo.lock:10:11"), "{message}");
    let both = ["pkg-config 0.3.0", "libsqlite3-sys 0.35.0 pkg-config", "libsqlite3-hotbundle 1.530400.0"];
    assert_eq!(build(&both).unwrap(), "3.53.4-rusqlite");
}

#[test]
fn none_and_several_are_mistakes() {
    assert!(build(&["serde 1.0.0"]).unwrap_err().contains("no crate in this lock file bundles SQLite"));
    let several = build(&["cc 1.0.0", "libsqlite3-sys 0.26.0 cc", "libsql-ffi 0.10.0 cc"]).unwrap_err();
    assert!(several.contains("several crates that bundle SQLite: libsql"), "{several}");
    assert!(Lock::parse(&SourceText::new("Cargo.lock", "[package]\n")).is_err());
}
