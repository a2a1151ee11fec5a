//! The cache of compiled builds: what is compiled again and what is not, and what a kill leaves behind.

use crate::fake::{Counter, FakeProject, manifest};
use sqlite_contracts::builds::{Batch, BuildError, Event, State};

#[test]
fn a_product_is_compiled_once_and_says_where_it_came_from() {
    let (project, counter) = (FakeProject::new(), Counter::default());
    let (store, build) = (project.store(), project.build("3.46.0-flagged"));
    assert_eq!(store.state(&build), State::NotBuilt);

    let product = store.ensure(&build, &counter).unwrap();
    assert_eq!(store.ensure(&build, &counter).unwrap(), product);
    assert_eq!(counter.count(Event::Compiling), 1);

    assert_eq!(project.store().find(&build), Some(product.clone()));
    assert_eq!(product.info.version.to_string(), "3.46.0");
    assert_eq!(product.info.released.as_deref(), Some("2024-05-23"));
    assert_eq!(product.info.compile_options, ["x"]);
    assert_eq!(product.info.source, "path code");
    assert_eq!(project.product_names().len(), 1, "{:?}", project.product_names());
}

#[test]
fn another_flag_is_another_product_and_prune_removes_the_old_one() {
    let project = FakeProject::new();
    let first = project.store().ensure(&project.build("3.46.0-flagged"), &()).unwrap();
    project.set_flag("FLAG=\"y\"");
    let second = project.store().ensure(&project.build("3.46.0-flagged"), &()).unwrap();
    assert_ne!(first.directory, second.directory);
    assert_eq!(second.info.compile_options, ["y"]);

    assert_eq!(project.store().prune(project.builds().iter()).unwrap(), [first.directory]);
    assert_eq!(project.store().find(&project.build("3.46.0-flagged")), Some(second));
}

#[test]
fn a_truncated_library_is_never_loaded_but_rebuilt() {
    let (project, counter) = (FakeProject::new(), Counter::default());
    let (store, build) = (project.store(), project.build("3.46.0-plain"));
    let library = store.ensure(&build, &counter).unwrap().library;
    std::fs::File::options().write(true).open(&library).unwrap().set_len(100).unwrap();
    assert_eq!(store.state(&build), State::Damaged);
    store.ensure(&build, &counter).unwrap();
    assert_eq!(counter.count(Event::Compiling), 2);
}

#[test]
fn a_changed_byte_is_damage_but_another_time_stamp_is_not() {
    let project = FakeProject::new();
    let (store, build) = (project.store(), project.build("3.46.0-plain"));
    let library = store.ensure(&build, &()).unwrap().library;
    let mut bytes = std::fs::read(&library).unwrap();
    std::fs::write(&library, &bytes).unwrap();
    assert!(matches!(store.state(&build), State::Built(_)), "a restored cache has new time stamps");
    bytes[200] ^= 1;
    std::fs::write(&library, &bytes).unwrap();
    assert_eq!(store.state(&build), State::Damaged);
}

#[test]
fn a_changed_byte_is_found_by_the_next_process_also_under_the_same_size_and_time() {
    let project = FakeProject::new();
    let build = project.build("3.46.0-plain");
    let library = project.store().ensure(&build, &()).unwrap().library;
    let written = std::fs::metadata(&library).unwrap().modified().unwrap();
    let mut bytes = std::fs::read(&library).unwrap();
    bytes[200] ^= 1;
    std::fs::write(&library, &bytes).unwrap();
    std::fs::File::options().write(true).open(&library).unwrap().set_modified(written).unwrap();
    assert_eq!(project.store().state(&build), State::Damaged);
}

#[test]
fn a_product_under_another_s_name_is_replaced_with_the_reason() {
    let (project, counter) = (FakeProject::new(), Counter::default());
    let store = project.store();
    let plain = store.ensure(&project.build("3.46.0-plain"), &()).unwrap().directory;
    let flagged = store.ensure(&project.build("3.46.0-flagged"), &()).unwrap().directory;
    std::fs::remove_dir_all(&plain).unwrap();
    std::fs::rename(&flagged, &plain).unwrap();
    let product = store.ensure(&project.build("3.46.0-plain"), &counter).unwrap();
    assert_eq!(product.info.compile_options, ["none"]);
    assert_eq!(counter.replaced(), ["its folder is damaged: it holds 3.46.0-flagged"]);

    let older = store.ensure(&project.build("3.46.0-flagged"), &()).unwrap().directory;
    project.set_flag("FLAG=\"y\"");
    let newer = store.ensure(&project.build("3.46.0-flagged"), &()).unwrap().directory;
    std::fs::remove_dir_all(&newer).unwrap();
    std::fs::rename(&older, &newer).unwrap();
    let product = store.ensure(&project.build("3.46.0-flagged"), &counter).unwrap();
    assert_eq!(product.info.compile_options, ["y"]);
    let replaced = counter.replaced();
    assert!(replaced[1].starts_with("its folder is damaged: it was made from other inputs"), "{replaced:?}");
}

#[test]
#[cfg(unix)]
fn whatever_stands_in_the_place_of_a_product_is_replaced() {
    use std::os::unix::fs::symlink;
    let project = FakeProject::new();
    let (store, build) = (project.store(), project.build("3.46.0-plain"));
    let product = store.ensure(&build, &()).unwrap();
    let other = store.ensure(&project.build("3.46.0-flagged"), &()).unwrap().directory;
    let (directory, library, info) =
        (&product.directory, &product.library, product.directory.join("build.json"));
    let as_other = std::fs::read_to_string(&info).unwrap().replace("\"file\": \"", "\"file\": \"../x/");
    let damages: [(&str, &dyn Fn() -> std::io::Result<()>); 9] = [
        ("an empty library", &|| std::fs::write(library, "")),
        ("a library that is a directory", &|| {
            std::fs::remove_file(library)?;
            std::fs::create_dir(library)
        }),
        ("no library", &|| std::fs::remove_file(library)),
        ("a build.json that is a directory", &|| {
            std::fs::remove_file(&info)?;
            std::fs::create_dir(&info)
        }),
        ("a build.json that names another library", &|| std::fs::write(&info, &as_other)),
        ("an empty build.json", &|| std::fs::write(&info, "")),
        ("a file", &|| {
            std::fs::remove_dir_all(directory)?;
            std::fs::write(directory, "")
        }),
        ("a link to another product", &|| {
            std::fs::remove_dir_all(directory)?;
            symlink(&other, directory)
        }),
        ("a link to nowhere", &|| {
            std::fs::remove_dir_all(directory)?;
            symlink("nowhere", directory)
        }),
    ];
    for (what, damage) in damages {
        damage().unwrap();
        assert_eq!(project.store().state(&build), State::Damaged, "{what}");
        let made = project.store().ensure(&build, &()).unwrap();
        assert_eq!(made.info.compile_options, ["none"], "{what}");
    }
    assert!(matches!(project.store().state(&project.build("3.46.0-flagged")), State::Built(_)));
}

#[test]
fn a_changed_info_is_damage_but_one_that_was_written_without_a_checksum_is_not() {
    let project = FakeProject::new();
    let (store, build) = (project.store(), project.build("3.46.0-plain"));
    let info = store.ensure(&build, &()).unwrap().directory.join("build.json");
    let text = std::fs::read_to_string(&info).unwrap();
    let (rest, _) = text.rsplit_once(",\n  \"checksum\"").unwrap();
    let older = format!("{rest}\n}}\n");
    let flaw = |text: &str| {
        std::fs::write(&info, text).unwrap();
        project.store().look(&build).err().map(|flaw| flaw.to_string())
    };
    assert_eq!((flaw(&text), flaw(&older)), (None, None));
    assert!(flaw(&text.replace("\"none\"", "\"x\"")).unwrap().ends_with("build.json has changed"));
    let version = "its folder is damaged: its build.json says that it is SQLite 3.47.0";
    for text in [text, older] {
        let edited = text.replace("\"version\": \"3.46.0\"", "\"version\": \"3.47.0\"");
        assert_eq!(flaw(&edited).as_deref(), Some(version));
    }
}

#[test]
fn a_corrupt_or_missing_info_is_rebuilt() {
    let project = FakeProject::new();
    let (store, build) = (project.store(), project.build("3.46.0-plain"));
    let info = store.ensure(&build, &()).unwrap().directory.join("build.json");
    std::fs::write(&info, "{\"build\": ").unwrap();
    assert_eq!(store.state(&build), State::Damaged);
    store.ensure(&build, &()).unwrap();
    std::fs::remove_file(&info).unwrap();
    store.ensure(&build, &()).unwrap();
    assert!(matches!(store.state(&build), State::Built(_)));
}

#[test]
fn two_at_once_compile_once() {
    let (project, counter) = (FakeProject::new(), Counter::default());
    let build = project.build("3.46.0-plain");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            // A store each, as processes have: only the lock on disk is between them.
            scope.spawn(|| project.store().ensure(&build, &counter).unwrap());
        }
    });
    assert_eq!(counter.count(Event::Compiling), 1);
}

#[test]
fn what_a_killed_process_left_behind_does_no_harm() {
    let project = FakeProject::new();
    let (store, build) = (project.store(), project.build("3.46.0-plain"));
    let directory = store.ensure(&build, &()).unwrap().directory;
    std::fs::remove_dir_all(&directory).unwrap();
    let name = directory.file_name().unwrap().to_str().unwrap();
    project.write("target/sqlite-builds/.staging-3.46.0-plain@killed/0.o", "half");

    store.ensure(&build, &()).unwrap();
    assert_eq!(project.product_names(), [name], "the staged folder of the killed process is gone");
}

#[test]
fn a_changed_source_is_refused_with_both_hashes() {
    let project = FakeProject::new();
    project.write("code/sqlite3.c", "int changed;\n");
    let error = project.store().ensure(&project.build("3.46.0-plain"), &()).unwrap_err();
    let BuildError::Checksum { pinned, found, .. } = &error else { panic!("{error}") };
    assert_ne!(pinned, found);
    assert!(error.is_input());
}

#[test]
fn a_library_of_another_version_is_refused() {
    let project = FakeProject::new();
    let code = std::fs::read_to_string(project.root().join("code/sqlite3.c")).unwrap();
    project.write("sqlite-builds/core/3.47.0-plain.yaml", &manifest("3.47.0", "plain", &code));
    let error = project.store().ensure(&project.build("3.47.0-plain"), &()).unwrap_err();
    assert!(matches!(&error, BuildError::Mismatch { found, .. } if found == "3.46.0"), "{error}");
    assert_eq!(project.product_names(), [] as [&str; 0]);
}

#[test]
fn one_failure_does_not_stop_a_batch_and_shows_what_the_compiler_said() {
    let project = FakeProject::new();
    project.write("code/bad/sqlite3.c", "this is no C\n");
    let bad = manifest("3.45.0", "plain", "this is no C\n").replace("path: code", "path: code/bad");
    project.write("sqlite-builds/core/3.45.0-plain.yaml", &bad);
    let (store, builds) = (project.store(), project.builds());
    let outcomes = Batch::new(&store, builds.iter()).jobs(2).run(&());
    let names: Vec<&str> = outcomes.iter().map(|outcome| outcome.build.name()).collect();
    assert_eq!(names, ["3.45.0-plain", "3.46.0-plain", "3.46.0-flagged"]);
    let error = outcomes[0].result.as_ref().unwrap_err().to_string();
    assert!(error.contains("3.45.0-plain does not compile") && error.contains("error:"), "{error}");
    assert!(!error.contains("HOME="), "the environment is nobody's business: {error}");
    assert!(outcomes[1..].iter().all(|outcome| outcome.result.is_ok()));
}

/// A profile that needs this header and library.
fn needs(project: &FakeProject, header: &str, library: &str) {
    let needs = format!("needs:\n  what: a library (get it)\n  headers: [{header}]\n  link: [{library}]\n");
    project.write("sqlite-builds/profiles/plain.yaml", &format!("about: for tests\n{needs}"));
}

#[test]
fn what_a_profile_needs_and_the_machine_lacks_makes_its_builds_absent() {
    let (project, counter) = (FakeProject::new(), Counter::default());
    for (header, library, said) in
        [("no/such.h", "m", "no/such.h: No such file"), ("math.h", "nosuch", "-lnosuch")]
    {
        needs(&project, header, library);
        let (store, build) = (project.store(), project.build("3.46.0-plain"));
        assert_eq!(store.state(&build), State::Absent);
        let error = store.ensure(&build, &counter).unwrap_err();
        assert!(error.is_absence() && !error.is_input(), "{error}");
        let message = error.to_string();
        assert!(message.starts_with("this machine has no a library (get it): "), "{message}");
        assert!(message.contains(said) && message.lines().count() == 1, "{message}");
        // Also where nothing may be compiled, and in a batch, which then fetches nothing.
        store.compile_nothing();
        assert!(store.ensure(&build, &counter).unwrap_err().is_absence());
        let outcomes = Batch::new(&store, [&build]).run(&counter);
        assert!(outcomes[0].result.as_ref().is_err_and(BuildError::is_absence));
    }
    assert_eq!((counter.count(Event::Fetching), counter.count(Event::Compiling)), (0, 0));
    // What extends such a profile needs it too.
    assert_eq!(project.store().state(&project.build("3.46.0-flagged")), State::Absent);
}

#[test]
fn what_a_profile_needs_is_linked_and_another_library_is_another_product() {
    let project = FakeProject::new();
    needs(&project, "math.h", "m");
    let with = project.store().ensure(&project.build("3.46.0-plain"), &()).unwrap();
    needs(&project, "math.h", "pthread");
    let other = project.store().ensure(&project.build("3.46.0-plain"), &()).unwrap();
    assert_ne!(with.directory, other.directory);
}

#[test]
fn a_library_that_is_there_already_is_used_where_it_is() {
    let project = FakeProject::new();
    let made = project.store().ensure(&project.build("3.46.0-plain"), &()).unwrap().library;
    std::fs::copy(&made, project.root().join("mine.so")).unwrap();
    project.write("sqlite-builds/profiles/mine.yaml", "about: a library of somebody else\n");
    project.write("sqlite-builds/core/mine.yaml", "profile: mine\nsource:\n  library: ./mine.so\n");
    project.write("sqlite-builds/profiles/gone.yaml", "about: a library that nobody has\n");
    project.write("sqlite-builds/core/gone.yaml", "profile: gone\nsource:\n  library: libgone.so.7\n");

    let product = project.store().ensure(&project.build("mine"), &()).unwrap();
    assert_eq!(product.library, project.root().canonicalize().unwrap().join("mine.so"));
    assert_eq!(product.info.version.to_string(), "3.46.0");
    assert_eq!(project.store().state(&project.build("gone")), State::Absent);
    let error = project.store().ensure(&project.build("gone"), &()).unwrap_err();
    assert!(matches!(error, BuildError::Absent { .. }), "{error}");
}
