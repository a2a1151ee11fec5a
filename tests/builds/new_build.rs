//! Writing manifests, and the kinds of sources that need no network.

use std::io::Write;

use crate::fake::{FakeProject, manifest};
use sqlite_contracts::builds::{NewBuild, NewSource, Origin, Tier};

fn new_build(version: &str, source: Option<NewSource>) -> NewBuild {
    NewBuild {
        version: version.parse().unwrap(),
        profile: "plain".to_owned(),
        source,
        parent: None,
        tier: Tier::Extended,
    }
}

fn read(project: &FakeProject, path: &str) -> String {
    std::fs::read_to_string(project.root().join(path)).unwrap()
}

/// A project whose profile `plain` has the versions 3.44.0 and 3.46.0, in a chain.
fn chain() -> FakeProject {
    let project = FakeProject::new();
    let code = read(&project, "code/sqlite3.c");
    project.write("sqlite-builds/core/3.44.0-plain.yaml", &manifest("3.44.0", "plain", &code));
    let child = format!("# a comment stays\n{}parent: 3.44.0-plain\n", manifest("3.46.0", "plain", &code));
    project.write("sqlite-builds/core/3.46.0-plain.yaml", &child);
    project
}

#[test]
fn a_build_between_two_others_becomes_the_parent_of_the_later_one() {
    let project = chain();
    let source = NewSource::Code { origin: Origin::Path("code".to_owned()), file: None };
    let draft = new_build("3.45.0", Some(source)).draft(&project.project(), &project.builds()).unwrap();
    draft.write().unwrap();

    let builds = project.builds();
    assert_eq!(builds.get("3.45.0-plain").unwrap().parent(), Some("3.44.0-plain"));
    assert_eq!(builds.get("3.46.0-plain").unwrap().parent(), Some("3.45.0-plain"));
    assert!(read(&project, "sqlite-builds/core/3.46.0-plain.yaml").starts_with("# a comment stays\n"));
    project.store().fetch(builds.get("3.45.0-plain").unwrap(), &()).unwrap();
    assert!(draft.write().is_err(), "a manifest is never overwritten");
}

#[test]
fn a_build_with_other_flags_is_compared_with_the_trunk_of_its_version() {
    let project = chain();
    let code = read(&project, "code/sqlite3.c");
    project.write("sqlite-builds/profiles/rusqlite.yaml", "about: for tests\n");
    let trunk = format!("{}parent: 3.44.0-plain\n", manifest("3.46.0", "rusqlite", &code));
    project.write("sqlite-builds/core/3.46.0-rusqlite.yaml", &trunk);
    project.write("sqlite-builds/profiles/other.yaml", "about: for tests\n");
    let lower = format!("{}parent: 3.44.0-plain\n", manifest("3.44.0", "other", &code));
    project.write("sqlite-builds/core/3.44.0-other.yaml", &lower);
    let parent_of = |version: &str, profile: &str| {
        let source = NewSource::Code { origin: Origin::Path("code".to_owned()), file: None };
        let new = NewBuild { profile: profile.to_owned(), ..new_build(version, Some(source)) };
        new.draft(&project.project(), &project.builds()).unwrap().text
    };
    assert!(parent_of("3.46.0", "other").contains("parent: 3.46.0-rusqlite\n"));
    assert!(parent_of("3.47.0", "other").contains("parent: 3.44.0-other\n"));
    assert!(parent_of("3.47.0", "rusqlite").contains("parent: 3.46.0-rusqlite\n"));
}

#[test]
fn without_a_source_that_of_the_same_version_is_taken() {
    let project = chain();
    project.write("sqlite-builds/profiles/other.yaml", "about: for tests\n");
    let other = NewBuild { profile: "other".to_owned(), ..new_build("3.44.0", None) };
    let draft = other.draft(&project.project(), &project.builds()).unwrap();
    assert!(draft.text.contains("path: code\n"), "{}", draft.text);
    assert!(draft.child.is_none());
    // Of a version that the catalogue does not know either.
    let mistake = new_build("3.99.0", None).draft(&project.project(), &project.builds()).unwrap_err();
    assert!(mistake.to_string().contains("name it with --crate"), "{mistake}");
}

#[test]
fn a_source_of_another_version_is_refused_before_it_is_compiled() {
    let project = chain();
    project.write("other/sqlite3.c", "#define SQLITE_VERSION        \"3.45.2\"\n");
    let source = NewSource::Code { origin: Origin::Path("other".to_owned()), file: None };
    let error = new_build("3.45.0", Some(source)).draft(&project.project(), &project.builds()).unwrap_err();
    assert!(error.to_string().contains("should be `3.45.0`, but its source reports `3.45.2`"), "{error}");
}

#[test]
fn unknown_words_and_existing_builds_are_mistakes() {
    let project = chain();
    let wrong = NewBuild {
        profile: "plian".to_owned(),
        parent: Some("3.44.0-plian".to_owned()),
        ..new_build("3.46.0", None)
    };
    let mistakes = wrong.draft(&project.project(), &project.builds()).unwrap_err().to_string();
    assert!(mistakes.contains("did you mean `plain`?"), "{mistakes}");
    assert!(mistakes.contains("did you mean `3.44.0-plain`?"), "{mistakes}");
    let mistakes = new_build("3.46.0", None).draft(&project.project(), &project.builds()).unwrap_err();
    assert!(mistakes.to_string().contains("exists already"), "{mistakes}");
}

#[test]
fn an_archive_is_unpacked_whether_zip_or_tarball() {
    let project = chain();
    let code = read(&project, "code/sqlite3.c");
    let zip_file = std::fs::File::create(project.root().join("sqlite.zip")).unwrap();
    let mut zip = zip::ZipWriter::new(zip_file);
    zip.start_file("sqlite-amalgamation-3450000/sqlite3.c", zip::write::SimpleFileOptions::default())
        .unwrap();
    zip.write_all(code.as_bytes()).unwrap();
    zip.finish().unwrap();
    let tar_file = std::fs::File::create(project.root().join("sqlite.tar.gz")).unwrap();
    let gzip = flate2::write::GzEncoder::new(tar_file, flate2::Compression::fast());
    let mut tar = tar::Builder::new(gzip);
    tar.append_dir_all("snapshot", project.root().join("code")).unwrap();
    tar.into_inner().unwrap().finish().unwrap();

    for (archive, file) in
        [("sqlite.zip", "sqlite-amalgamation-3450000/sqlite3.c"), ("sqlite.tar.gz", "snapshot/sqlite3.c")]
    {
        let source = NewSource::Code { origin: Origin::Archive(archive.to_owned()), file: None };
        let draft = new_build("3.45.0", Some(source)).draft(&project.project(), &project.builds()).unwrap();
        assert!(draft.text.contains(&format!("archive: {archive}\n  file: {file}\n")), "{}", draft.text);
    }
}
