//! The commands in folders that are no project, and the project that `init` begins beside a program.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::{Command, Output};

use crate::support::{repository, said};

/// A folder outside of any project, and the cache of a user who has our compiled builds.
struct Outside {
    here: tempfile::TempDir,
    cache: tempfile::TempDir,
}

impl Outside {
    fn new() -> Self {
        let cache = tempfile::tempdir().unwrap();
        let ours = cache.path().join("sqlite-contracts");
        std::fs::create_dir(&ours).unwrap();
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("sqlite-builds");
        std::os::unix::fs::symlink(target, ours.join("sqlite-builds")).unwrap();
        Self { here: tempfile::tempdir().unwrap(), cache }
    }

    fn write(&self, file: &str, text: &str) {
        std::fs::write(self.here.path().join(file), text).unwrap();
    }

    fn command(&self, environment: &[(&str, &str)], arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
        for name in ["SQLITE_CONTRACTS_PROGRAM", "CARGO_MANIFEST_DIR", "CARGO_TARGET_DIR", "CI"] {
            command.env_remove(name);
        }
        command.env("XDG_CACHE_HOME", self.cache.path()).envs(environment.iter().copied());
        command.current_dir(self.here.path()).args(arguments);
        command
    }

    /// Fails unless it ends with this status and says all of this.
    fn expect(&self, arguments: &[&str], status: i32, parts: &[&str]) {
        self.expect_with(&[], arguments, status, parts);
    }

    fn expect_in(&self, folder: &str, arguments: &[&str], status: i32, parts: &[&str]) {
        let folder = self.here.path().join(folder);
        let output = self.command(&[], arguments).current_dir(folder).output().unwrap();
        check(&output, status, parts);
    }

    fn expect_with(&self, environment: &[(&str, &str)], arguments: &[&str], status: i32, parts: &[&str]) {
        check(&self.command(environment, arguments).output().unwrap(), status, parts);
    }
}

fn check(output: &Output, status: i32, parts: &[&str]) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(status), "{said}");
    for part in parts {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
}

#[test]
fn questions_need_no_project() {
    let outside = Outside::new();
    let gate = ["gate", "--from", "3.42.0-rusqlite", "--to", "3.44.0-rusqlite"];
    outside.expect(&[&gate[..], &["--sql", "SELECT round(34.775, 2)"]].concat(), 1, &["→ 34.77, was 34.78"]);
    outside.expect(&[&gate[..], &["precision/money-round"]].concat(), 1, &["sqlite3FpDecode()"]);
    outside.expect(&["build", "--list", "3.42.0-rusqlite"], 0, &["3.42.0-rusqlite"]);
    outside.expect(&["leaks", "nothing-like-it"], 2, &["no build matches `nothing-like-it`"]);
    let left = std::fs::read_dir(outside.here.path()).unwrap().count();
    assert_eq!(left, 0, "a question leaves nothing behind");
    outside.expect(&["matrix"], 3, &["`sqlite-contracts init` creates a project"]);
    // A file is called as it is in the folder, and not by its whole path.
    outside.write("idea.sql", "SELECT 1");
    let output = outside.command(&[], &["try", "idea.sql", "3.42.0-rusqlite"]).output().unwrap();
    assert!(said(&output).lines().any(|line| line == "idea.sql"), "{}", said(&output));
}

#[test]
fn a_project_begins_beside_a_program() {
    let outside = Outside::new();
    outside.expect(&["init"], 2, &["there is no Cargo.lock here or above"]);
    outside.write("Cargo.lock", "version = 4\n\n[[package]]\nname = \"libsqlite3-sys\"\nversion = \"0.27.0\"\ndependencies = [\"cc\"]\n");
    let gate = "gate --catalogue --from 3.44.0-rusqlite --to 3.54.1-rusqlite";
    outside.expect(
        &["init"],
        0,
        &["brings 3.44.0-rusqlite", "what 1 case does", "0 unreviewed drifts", gate],
    );
    outside.expect(&["init"], 2, &["sqlite is there already, and is not empty"]);
    for file in [
        ".gitignore",
        "contracts/program/first.yaml",
        "contracts/schema.json",
        "sqlite-builds/core/3.44.0-rusqlite.yaml",
        "sqlite-builds/core/3.54.1-rusqlite.yaml",
        "tests/snapshots/program/first/first-case@3.44.0-rusqlite.snap",
    ] {
        assert!(outside.here.path().join("sqlite").join(file).is_file(), "{file}");
    }
    let lock = repository().join("examples/ledger/Cargo.lock");
    let included = ["init", "other", "--include", "precision/money-round", "--lock", lock.to_str().unwrap()];
    outside.expect(&included, 0, &["money-round", "0 unreviewed drifts"]);
}

#[test]
fn a_new_contract_is_no_failure_but_under_ci() {
    let outside = Outside::new();
    outside.expect(&["init", "--build", "3.54.1-rusqlite"], 0, &["0 unreviewed drifts"]);
    outside.expect_in("sqlite", &["new-contract", "program/second"], 0, &[]);
    let under_ci = |status, parts: &[&str]| {
        let mut matrix = outside.command(&[("CI", "true")], &["matrix"]);
        let output = matrix.current_dir(outside.here.path().join("sqlite")).output().unwrap();
        check(&output, status, parts);
    };
    under_ci(1, &["+ new, not yet on record", "what is new fails under CI", "0 unreviewed drifts"]);
    let accept = "`sqlite-contracts review --accept 'program/second/*'`";
    let new = ["1 snapshot is new, not yet on record", accept, "0 broken, 1 new (not yet on record)"];
    outside.expect_in("sqlite", &["matrix"], 0, &new);
    outside.expect_in("sqlite", &["review", "program/first", "--list"], 0, &["nothing that matches"]);
    outside.expect_in("sqlite", &["review", "program", "--list"], 1, &["1 waiting for review"]);
    outside.expect_in("sqlite", &["review", "--accept", "program/second"], 0, &["program/second/first-case"]);
    under_ci(0, &["0 broken, 0 unreviewed drifts"]);
}

#[test]
fn a_mistake_in_what_begins_a_project_leaves_no_project() {
    let outside = Outside::new();
    outside.expect(&["init", "--build", "3.42.0-rustqlite"], 2, &["did you mean `3.42.0-rusqlite`?"]);
    outside.write("Cargo.lock", "[package]\nname = \"none\"\n");
    outside.expect(&["init"], 2, &["this is not a Cargo.lock"]);
    outside.write("Cargo.lock", "");
    outside.expect(&["init"], 2, &["there is no package in this lock file", "name the build with --build"]);
    outside.expect(
        &["init", "--build", "3.42.0-rusqlite", "--include", "precison"],
        2,
        &["precison", "precision"],
    );
    assert!(
        !outside.here.path().join("sqlite").exists(),
        "nothing is left of a project that could not begin"
    );
}

#[test]
fn without_a_compiler_nothing_is_left_of_a_project() {
    let outside = Outside::new();
    // Where no build is compiled yet.
    let empty = tempfile::tempdir().unwrap();
    let environment = [("XDG_CACHE_HOME", empty.path().to_str().unwrap()), ("CC", "/nonexistent/cc")];
    outside.expect_with(&environment, &["init", "--build", "3.46.0-rusqlite"], 3, &["/nonexistent/cc"]);
    let left = std::fs::read_dir(outside.here.path()).unwrap().count();
    assert_eq!(left, 0, "the next `init` finds nothing in its way");
    outside.expect(&["init", "--build", "3.46.0-rusqlite"], 0, &["0 unreviewed drifts"]);
}

#[test]
fn a_release_that_no_manifest_is_of_is_made_from_its_crate() {
    let outside = Outside::new();
    outside.expect(&["init", "--build", "3.46.0-rusqlite"], 0, &["0 unreviewed drifts"]);
    // The project has no build of it. Its library is the one that the catalogue's would have.
    outside.write(
        "sqlite/Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"libsqlite3-sys\"\nversion = \"0.27.0\"\ndependencies = [\"cc\"]\n",
    );
    outside.write("Cargo.lock", "version = 4\n");
    let gate = ["gate", "--from-lock", "Cargo.lock", "--to", "3.46.0-rusqlite", "--sql", "SELECT 1"];
    let made = "no build is of libsqlite3-sys 0.27.0 yet: 3.44.0-rusqlite is made from the crate";
    outside.expect_in("sqlite", &gate, 0, &[made, "3.44.0-rusqlite → 3.46.0-rusqlite"]);
    let back = ["gate", "--from", "3.46.0-rusqlite", "--to-lock", "Cargo.lock", "--sql", "SELECT 1"];
    let annotated = [&back[..], &["--at", "../Cargo.lock", "--format", "github"]].concat();
    outside.expect_in("sqlite", &annotated, 0, &["file=../Cargo.lock,line=5,title=SQLite 3.46.0-rusqlite"]);
    outside.expect_in("sqlite", &["audit", "Cargo.lock"], 1, &["SQLite 3.44.0 "]);
}

#[test]
fn in_a_project_the_builds_of_the_library_are_within_reach() {
    let outside = Outside::new();
    outside.expect(
        &["init", "--build", "3.46.0-rusqlite"],
        0,
        &["on record now, in sqlite/tests/snapshots/"],
    );
    outside.expect_in("sqlite", &["audit", "3.44.0-rusqlite"], 1, &["SQLite 3.44.0 "]);
    let gate = ["gate", "--from", "3.44.0-rusqlite", "--to", "3.46.0-rusqlite", "--sql", "SELECT 1"];
    let ways = [
        "this project has no build `3.44.0-rusqlite`; the library has it",
        "with `--catalogue`, `gate`, `plan` and `why` compare builds of the library too",
        "new-build 3.44.0 --profile rusqlite",
    ];
    outside.expect_in("sqlite", &gate, 2, &ways);
    let history = ["history", "--sql", "SELECT 1"];
    let between =
        ["--from", "3.44.0-rusqlite", "--to", "3.46.0-rusqlite", "--sql", "SELECT 1", "--catalogue"];
    outside.expect_in("sqlite", &[&["plan"], &between[..]].concat(), 0, &["3.46.0-rusqlite"]);
    outside.expect_in("sqlite", &[&["why"], &between[..]].concat(), 0, &["the same on both builds"]);
    outside.expect_in("sqlite", &history, 0, &["that this project has not: `--catalogue` asks them too"]);

    // In the folder of the program, the project is the one that was begun there, or it is said that it is not asked.
    outside.expect(&["matrix"], 0, &["the project is sqlite/, where paths", "0 unreviewed drifts"]);
    let library = "only the library's contracts are asked, not those in sqlite/: `--catalogue` asks both";
    outside.expect(&gate, 0, &[library, "3.44.0-rusqlite → 3.46.0-rusqlite"]);
    let unknown = ["the project in sqlite/", "there is no contract `program/first`"];
    outside.expect(&["try", "program/first", "3.46.0-rusqlite"], 2, &unknown);
    outside.expect(&["try", "sqlite", "3.46.0-rusqlite"], 2, &["`sqlite` is a directory", "(`cd sqlite`)"]);
    outside.expect_in("sqlite", &["try", "program/first", "--catalogue", "3.44.0-rusqlite"], 0, &["holds"]);
    let all = ["try", "--sql", "SELECT 1", "--no-build", "--catalogue", "--all"];
    let output = outside.command(&[], &all).current_dir(outside.here.path().join("sqlite")).output().unwrap();
    assert!(
        said(&output).contains("ran on all ") && !said(&output).contains("all 2 builds"),
        "{}",
        said(&output)
    );
    let gate = [&gate[..], &["--catalogue"]].concat();
    outside.expect(&gate, 0, &["the project is sqlite/", "3.44.0-rusqlite → 3.46.0-rusqlite"]);
    outside.write("sqlite/gate.yaml", "nothing: of this\n");
    outside.expect(&gate, 2, &["gate.yaml:1:1"]);
}

/// The first line of each call of a program that stands for `gh`, and what it prints.
const GH: &str = "#!/usr/bin/env bash\necho \"$*\" | head -n 1 >>\"$GH_CALLS\"\n[[ $* != *--paginate* ]] || cat \"$GH_KNOWN\"\n";

#[test]
fn the_script_for_ci_gates_between_two_commits() {
    let outside = Outside::new();
    let lock = |release| {
        let package =
            "[[package]]\nname = \"libsqlite3-sys\"\nversion = \"RELEASE\"\ndependencies = [\"cc\"]\n";
        format!("version = 4\n\n{}", package.replace("RELEASE", release))
    };
    let bash = |script: &str| {
        let mut command = outside.command(&[], &[]);
        let program = command.get_program().to_owned();
        command = Command::new("bash");
        command.args(["-euc", script]).current_dir(outside.here.path());
        command.env("XDG_CACHE_HOME", outside.cache.path()).env("SQLITE_CONTRACTS", program);
        for name in
            ["SQLITE_CONTRACTS_PROGRAM", "CARGO_MANIFEST_DIR", "CARGO_TARGET_DIR", "CI", "GITHUB_ACTIONS"]
        {
            command.env_remove(name);
        }
        command.env("CI_SCRIPTS", repository().join(".ci")).env("CATALOGUE", "0").output().unwrap()
    };
    let commit = "git add -A; git -c user.name=ann -c user.email=ann@example.org commit -qm";
    outside.write("Cargo.lock", &lock("0.27.0"));
    outside.expect(&["init"], 0, &["0 unreviewed drifts"]);
    check(&bash(&format!("git init -q; {commit} base")), 0, &[]);
    outside.write("Cargo.lock", &lock("0.29.0"));
    check(&bash(&format!("{commit} head")), 0, &[]);

    let gated = bash("\"$CI_SCRIPTS/gate-locks\" . HEAD~1 HEAD report");
    check(&gated, 0, &["3.44.0-rusqlite → 3.46.0-rusqlite", "pass", "SQLite 3.46.0 "]);
    let written =
        |file: &str| std::fs::read_to_string(outside.here.path().join("report").join(file)).unwrap();
    assert!(
        written("annotations.txt").contains("::notice file=Cargo.lock,line=5,title="),
        "{}",
        written("annotations.txt")
    );
    assert!(written("audit.sarif").contains("\"uri\": \"Cargo.lock\""));
    assert!(written("comment.md").contains("Known defects of the new SQLite"));
    for file in ["gate.md", "gate.json", "gate.xml", "gate.sarif", "audit.html", "audit.json"] {
        assert!(!written(file).is_empty(), "{file}");
    }

    // Builds instead of locks, where a server has no page for the run.
    let named = "GITHUB_ACTIONS=true AT=Cargo.lock:1 \"$CI_SCRIPTS/gate-locks\" . HEAD HEAD report";
    check(&bash(&format!("FROM=3.44.0-rusqlite {named}")), 2, &["FROM and TO come together"]);
    let both = "unset GITHUB_STEP_SUMMARY; FROM=3.44.0-rusqlite TO=3.54.1-rusqlite";
    check(
        &bash(&format!("{both} {named}")),
        0,
        &["3.44.0-rusqlite → 3.54.1-rusqlite", "file=Cargo.lock,line=1"],
    );
    assert!(written("comment.md").contains("Known defects of the new SQLite"));

    // It is said once, and then replaced.
    outside.write("gh", GH);
    outside.write("none", "");
    outside.write("one", "4711\n");
    let say = |known: &str| {
        let script = "chmod +x gh; export GH_CALLS=$PWD/calls GH_KNOWN=$PWD/WHICH PATH=$PWD:$PATH; \
                      \"$CI_SCRIPTS/comment\" report/comment.md ann/server 7 Cargo.lock; cat calls; rm calls";
        bash(&script.replace("WHICH", known))
    };
    check(&say("none"), 0, &["--method POST repos/ann/server/issues/7/comments --field body=@"]);
    check(&say("one"), 0, &["--method PATCH repos/ann/server/issues/comments/4711 --field body=@"]);
}
