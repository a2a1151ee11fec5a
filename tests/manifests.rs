//! The repository's own manifests and profiles.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sqlite_contracts::builds::schema::schemas;
use sqlite_contracts::builds::{Build, BuildSet, Mutant, Mutants, Mutation, Source, Tier};
use sqlite_contracts::project::Project;

#[path = "support/json_schema.rs"]
mod json_schema;
use json_schema::mistakes;

fn builds() -> BuildSet {
    BuildSet::load(&Project::at(env!("CARGO_MANIFEST_DIR"))).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

/// `UPDATE_SCHEMA=1 cargo test --test manifests` writes the schemas.
#[test]
fn the_schemas_on_file_are_the_types() {
    for (name, text) in schemas() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas").join(name);
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write(&file, &text).unwrap();
        }
        let on_file = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(on_file == text, "schemas/{name}: run `UPDATE_SCHEMA=1 cargo test --test manifests`");
    }
}

fn read(file: &Path) -> Value {
    serde_yaml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

fn yaml_files(folder: &str) -> Vec<PathBuf> {
    let files = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
    let files = files.map(|entry| entry.unwrap().path());
    files.filter(|file| file.extension().is_some_and(|extension| extension == "yaml")).collect()
}

#[test]
fn every_file_is_what_its_schema_says() {
    let [build, profile, mutant] = schemas().map(|(_, text)| serde_json::from_str::<Value>(&text).unwrap());
    let folders = [
        (&build, "core"),
        (&build, "extended"),
        (&build, "unrecorded"),
        (&profile, "profiles"),
        (&mutant, "mutants"),
    ];
    for (schema, folder) in folders {
        let files = yaml_files(&format!("sqlite-builds/{folder}"));
        assert!(files.len() > 10, "only {} files in {folder}", files.len());
        for file in files {
            assert_eq!(mistakes(schema, &read(&file)), Vec::<String>::new(), "{}", file.display());
        }
    }
}

#[test]
fn the_schemas_refuse_what_they_can() {
    let [build, profile, mutant] = schemas().map(|(_, text)| serde_json::from_str::<Value>(&text).unwrap());
    let core = "sqlite-builds/core/3.46.0-rusqlite.yaml";
    let bad = [
        (&build, "bad-sha256", core),
        (&build, "unknown-key", core),
        (&build, "bad-version", core),
        (&build, "no-source", core),
        (&build, "unknown-source-kind", core),
        (&profile, "profile-unknown-key", "sqlite-builds/profiles/rusqlite.yaml"),
        (&profile, "profile-without-about", "sqlite-builds/profiles/rusqlite.yaml"),
        (&profile, "profile-bad-define", "sqlite-builds/profiles/rusqlite.yaml"),
        (&mutant, "mutant-unknown-key", "sqlite-builds/mutants/forgets.yaml"),
        (&mutant, "mutant-without-row", "sqlite-builds/mutants/forgets.yaml"),
    ];
    for (schema, name, file) in bad {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad/builds").join(name).join(file);
        assert!(!mistakes(schema, &read(&file)).is_empty(), "the schema allows {name}");
    }
}

#[test]
fn every_build_descends_from_one_root() {
    let builds = builds();
    let roots: Vec<&str> = builds.iter().filter(|build| build.parent().is_none()).map(Build::name).collect();
    assert_eq!(roots, ["3.13.0-rusqlite"]);
    for build in builds.iter().filter(|build| build.parent().is_some()) {
        assert_eq!(
            builds.lineage().ancestors(build.name()).last(),
            Some("3.13.0-rusqlite"),
            "{}",
            build.name()
        );
    }
}

#[test]
fn the_ladder_is_one_chain_by_version() {
    let builds = builds();
    let is_recorded = |build: &&Build| build.tier() != Tier::Unrecorded;
    let ladder = builds.iter().filter(|build| build.profile().name == "rusqlite");
    let ladder: Vec<&Build> = ladder.filter(is_recorded).collect();
    for pair in ladder.windows(2) {
        assert!(pair[0].version() < pair[1].version());
        assert_eq!(pair[1].parent(), Some(pair[0].name()));
    }
    assert!(ladder.len() > 50, "{}", ladder.len());
}

#[test]
fn core_is_what_a_newcomer_compiles() {
    let builds = builds();
    let core: Vec<&str> = builds.iter().filter(|build| build.tier() == Tier::Core).map(Build::name).collect();
    assert_eq!(core.len(), 14, "{core:?}");
}

#[test]
fn every_profile_is_used_and_every_source_pinned() {
    let builds = builds();
    let used: BTreeSet<&str> = builds.iter().map(|build| build.profile().name.as_str()).collect();
    assert_eq!(builds.profiles().names().collect::<BTreeSet<_>>(), used);
    for build in builds.iter() {
        match build.source() {
            Source::Code(code) => assert_eq!(code.sha256.len(), 64, "{}", build.name()),
            Source::Library(_) => assert!(build.note().is_some(), "{} says no reason", build.name()),
        }
    }
}

#[test]
fn the_catalogue_of_mutants_is_large_and_cheap() {
    let project = Project::at(env!("CARGO_MANIFEST_DIR"));
    let mutants = Mutants::load(&project, &builds()).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    assert!(mutants.iter().count() >= 200);
    // Each patch costs a compilation of SQLite. Faults of the other rows are inside it, in its planner or its files, where
    // nothing can stand in front of a function.
    let could_stand_in_front =
        |mutant: &&Mutant| mutant.rows().iter().all(|row| matches!(row.area(), 'L' | 'P' | 'M'));
    let is_patch = |mutant: &&Mutant| {
        mutant.build().mutated().is_some_and(|mutated| matches!(mutated.mutation, Mutation::Patch(_)))
    };
    assert!(mutants.iter().filter(could_stand_in_front).filter(is_patch).count() <= 8);
}

#[test]
fn every_row_that_a_fault_can_reach_has_a_mutant() {
    let project = Project::at(env!("CARGO_MANIFEST_DIR"));
    let mutants = Mutants::load(&project, &builds()).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let rows: BTreeSet<String> =
        mutants.iter().flat_map(|mutant| mutant.rows()).map(ToString::to_string).collect();
    let wanted = [('L', 13), ('P', 7), ('M', 10), ('R', 6), ('Q', 9), ('S', 4), ('C', 2)];
    let missing = wanted.iter().flat_map(|(letter, last)| (1..=*last).map(move |n| format!("{letter}{n}")));
    assert_eq!(missing.filter(|row| !rows.contains(row)).collect::<Vec<_>>(), [] as [String; 0]);
}

#[test]
fn globs_select_and_a_glob_without_a_match_is_a_mistake() {
    let builds = builds();
    let names = |globs: &[&str]| -> Vec<String> {
        builds.select(globs).unwrap().iter().map(|build| build.name().to_owned()).collect()
    };
    assert_eq!(names(&["3.43.2-*", "3.13.0-rusqlite"]), ["3.13.0-rusqlite", "3.43.2-rusqlite"]);
    assert_eq!(names(&["3.54.*-{debian,vanilla}"]), ["3.54.1-debian", "3.54.1-vanilla"]);
    let mistakes = builds.select(&["3.46.0-rusqlit"]).unwrap_err().render(false);
    assert!(mistakes.contains("did you mean `3.46.0-rusqlite`?"), "{mistakes}");
    assert!(builds.select(&["{"]).is_err());
}
