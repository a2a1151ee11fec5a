//! `xtask build` as people run it, on a project whose SQLite is a few lines of C.
#![cfg(unix)]

use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const CODE: &str = "const char *sqlite3_libversion(void) { return \"3.46.0\"; }\n\
    const char *sqlite3_sourceid(void) { return \"2024-05-23 13:25:27 fake\"; }\n";
/// Of `CODE`.
const SHA256: &str = "4c159a823de84ec5e79c5150fd149c0aedd4932ed814d315bd08bd06927c46a8";

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let manifest = format!("version: 3.46.0\nprofile: plain\nsource:\n  path: code\n  sha256: {SHA256}\n");
    write(folder.path(), "code/sqlite3.c", CODE);
    write(folder.path(), "sqlite-builds/profiles/plain.yaml", "about: for tests\n");
    write(folder.path(), "sqlite-builds/core/3.46.0-plain.yaml", &manifest);
    folder
}

fn xtask(root: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
    command.current_dir(root).env("CARGO_TARGET_DIR", root.join("target")).env_remove("CC");
    command
}

fn run(root: &Path, args: &[&str]) -> Output {
    xtask(root).args(args).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_build_is_made_once_and_listed() {
    let project = project();
    let first = run(project.path(), &["build"]);
    assert!(first.status.success(), "{first:?}");
    assert!(stdout(&first).starts_with("1 build: 1 built"), "{first:?}");
    let again = xtask(project.path()).arg("build").env("ANY_VARIABLE", "x").output().unwrap();
    assert!(stdout(&again).starts_with("1 build: 1 up to date"), "{again:?}");

    let list = stdout(&run(project.path(), &["build", "--list"]));
    assert!(list.lines().nth(1).is_some_and(|line| line.ends_with("built")), "{list}");
    let json: serde_json::Value =
        serde_json::from_slice(&run(project.path(), &["build", "--list", "--format", "json"]).stdout)
            .unwrap();
    assert_eq!(json[0]["state"], "built");
    assert_eq!(json[0]["released"], "2024-05-23");
}

#[test]
fn a_mistake_ends_with_status_2_and_a_missing_compiler_with_3() {
    let project = project();
    assert_eq!(run(project.path(), &["build", "3.47*"]).status.code(), Some(2));
    assert_eq!(run(project.path(), &["built"]).status.code(), Some(2));
    let output = xtask(project.path()).arg("build").env("CC", "/no/such/compiler").output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    write(project.path(), "code/sqlite3.c", "int changed;");
    let output = run(project.path(), &["build"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains(SHA256), "{output:?}");
}

/// A compiler that leaves a mark when it begins to compile, and then takes its time.
fn slow_compiler(root: &Path) -> std::path::PathBuf {
    let script = "#!/bin/sh\ncase \" $* \" in *' -c '*sqlite3.c*)\n\
        touch half.s \"$TMPDIR/half\" \"$MARK\"; sleep \"$DELAY\";; esac\nexec cc \"$@\"\n";
    write(root, "slow-cc", script);
    let path = root.join("slow-cc");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// A matrix that is in the middle of compiling.
struct Compiling {
    project: tempfile::TempDir,
    command: Child,
}

impl Compiling {
    fn new() -> Self {
        let project = project();
        let contract =
            "title: a promise\nwhy: someone breaks\ncases:\n  - name: one\n    steps: [open: a.db]\n";
        write(project.path(), "contracts/area/contract.yaml", contract);
        for folder in ["tmp", "cases"] {
            std::fs::create_dir(project.path().join(folder)).unwrap();
        }
        let mut command = Self::command(project.path());
        let command = command.arg("matrix").env("CC", slow_compiler(project.path())).stderr(Stdio::piped());
        let command = command.stdout(Stdio::null()).spawn().unwrap();
        let compiling = Self { project, command };
        wait_for("the compiler to begin", || compiling.root().join("mark").exists());
        compiling
    }

    fn root(&self) -> &Path {
        self.project.path()
    }

    fn command(root: &Path) -> Command {
        let mut command = xtask(root);
        command.env("MARK", root.join("mark")).env("DELAY", "1000").env("TMPDIR", root.join("tmp"));
        command.env("SQLITE_CONTRACTS_CASES", root.join("cases"));
        command
    }

    /// Sends the signal, and returns the exit status and what was printed.
    fn end(&mut self, signal: &str) -> (Option<i32>, String) {
        let pid = self.command.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        let status = self.command.wait().unwrap();
        let mut printed = String::new();
        self.command.stderr.take().unwrap().read_to_string(&mut printed).unwrap();
        (status.code(), printed)
    }

    /// Everything that is left but what is meant to be.
    fn left(&self) -> Vec<PathBuf> {
        let folders = ["tmp", "cases", "target/sqlite-builds", "target/sqlite-contracts/compiler"];
        let entries = folders.iter().flat_map(|folder| std::fs::read_dir(self.root().join(folder)));
        entries.flatten().map(|entry| entry.unwrap().path()).filter(|it| !it.ends_with(".locks")).collect()
    }
}

#[track_caller]
fn wait_for(what: &str, is_so: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_secs(30), "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Whether a process stands in the folder.
#[cfg(target_os = "linux")]
fn is_busy(folder: &Path) -> bool {
    let folder = folder.canonicalize().unwrap();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let mut directories = processes.filter_map(|process| std::fs::read_link(process.path().join("cwd")).ok());
    directories.any(|directory| directory.starts_with(&folder))
}

#[test]
#[cfg(target_os = "linux")]
fn an_interrupted_command_says_so_and_leaves_nothing() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let mut compiling = Compiling::new();
        let (status, printed) = compiling.end(signal);
        assert_eq!((status, printed.lines().last()), (Some(130), Some("interrupted")), "{printed}");
        assert_eq!(compiling.left(), Vec::<PathBuf>::new(), "{signal}");
        wait_for("the compiler to end", || !is_busy(compiling.root()));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn the_compiler_of_a_killed_command_ends_and_the_next_command_removes_what_is_left() {
    let mut compiling = Compiling::new();
    assert_eq!(compiling.end("-KILL").0, None);
    wait_for("the compiler to end", || !is_busy(compiling.root()));
    assert!(!compiling.left().is_empty());
    let mut next = Compiling::command(compiling.root());
    let next = next.args(["matrix", "--no-build"]).output().unwrap();
    assert_eq!(compiling.left(), Vec::<PathBuf>::new(), "{next:?}");

    let next = run(compiling.root(), &["build"]);
    assert!(stdout(&next).starts_with("1 build: 1 built"), "{next:?}");
}
