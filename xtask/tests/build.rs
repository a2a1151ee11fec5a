//! `xtask build` as people run it, on a project whose SQLite is a few lines of C.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
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
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.current_dir(root).env_remove("CARGO_TARGET_DIR").env_remove("CC");
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
        serde_json::from_slice(&run(project.path(), &["build", "--list", "--json"]).stdout).unwrap();
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
    let script = "#!/bin/sh\ncase \" $* \" in *' -c '*sqlite3.c*) touch \"$MARK\"; sleep \"$DELAY\";; esac\n\
        exec cc \"$@\"\n";
    write(root, "slow-cc", script);
    let path = root.join("slow-cc");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn a_build_killed_while_it_compiles_is_made_by_the_next_run() {
    let project = project();
    let compiler = slow_compiler(project.path());
    let mark = project.path().join("mark");
    let build = |delay: &str| {
        let mut command = xtask(project.path());
        command.args(["build"]).env("CC", &compiler).env("MARK", &mark).env("DELAY", delay);
        command
    };
    let mut killed = build("2").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let started = Instant::now();
    while !mark.exists() {
        assert!(started.elapsed() < Duration::from_secs(30), "the compiler never began");
        std::thread::sleep(Duration::from_millis(20));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();

    let next = build("0").output().unwrap();
    assert!(stdout(&next).starts_with("1 build: 1 built"), "{next:?}");
    let products = std::fs::read_dir(project.path().join("target/sqlite-builds")).unwrap();
    let names: Vec<_> = products.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "only the locks and one product: {names:?}");
}
