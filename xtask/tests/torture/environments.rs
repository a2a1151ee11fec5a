//! Hostile surroundings: the tool works in them, or says what is wrong; it neither panics nor takes them for what
//! SQLite did.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime};

use super::project::{Project, children, copy, said};

/// What must come of it.
#[derive(Clone, Copy)]
enum Must {
    /// Status 0.
    Work,
    /// Status 0, or 2 or 3 with this text.
    WorkOrName(&'static str),
    /// Status 2 or 3 with this text.
    Name(&'static str),
}

/// Runs `matrix --fresh` in some surroundings, and undoes what it did to the project.
type Surroundings = fn(&Project) -> Output;

const SURROUNDINGS: [(&str, Surroundings, Must); 33] = [
    ("TMPDIR is not there", |project| with(project, "TMPDIR", "/not/there"), Must::WorkOrName("TMPDIR")),
    ("TMPDIR is a file", |project| with(project, "TMPDIR", "/etc/passwd"), Must::WorkOrName("TMPDIR")),
    ("TMPDIR is empty", |project| with(project, "TMPDIR", ""), Must::WorkOrName("TMPDIR")),
    ("TMPDIR is relative", |project| with(project, "TMPDIR", "."), Must::Work),
    ("no HOME", |project| ended(matrix(project).env_remove("HOME")), Must::Work),
    ("no PATH", |project| with(project, "PATH", ""), Must::WorkOrName("install")),
    ("no variables at all", |project| ended(matrix(project).env_clear()), Must::WorkOrName("compiler")),
    (
        "a compiler that is not there",
        |project| with(project, "CC", "/not/there/cc"),
        Must::Name("/not/there/cc"),
    ),
    (
        "a compiler that is no program",
        |project| with(project, "CC", "/etc/passwd"),
        Must::Name("/etc/passwd"),
    ),
    ("standard input closed", |project| shell(project, "exec \"$@\" <&-"), Must::Work),
    ("standard output closed", |project| shell(project, "exec \"$@\" >&-"), Must::Work),
    ("standard error closed", |project| shell(project, "exec \"$@\" 2>&-"), Must::Work),
    (
        "a full disk as standard output",
        |project| shell(project, "exec \"$@\" >/dev/full"),
        Must::Name("cannot write the output"),
    ),
    ("a reader that goes away", without_reader, Must::Work),
    (
        "no terminal, hang-ups ignored",
        |project| shell(project, "trap '' HUP; exec setsid -w \"$@\""),
        Must::Work,
    ),
    ("a language with other letters", |project| with(project, "LC_ALL", "tr_TR.UTF-8"), Must::Work),
    (
        "a variable that is not UTF-8",
        |project| ended(matrix(project).env("EDITOR", std::ffi::OsStr::from_bytes(b"\xff\xfe"))),
        Must::Work,
    ),
    ("one column", |project| with(project, "COLUMNS", "1"), Must::Work),
    ("a dumb terminal", |project| with(project, "TERM", "dumb"), Must::Work),
    ("a build server", |project| with(project, "CI", "1"), Must::Work),
    ("few files", |project| shell(project, "ulimit -n 24; exec \"$@\""), Must::WorkOrName("open files")),
    ("small files", |project| shell(project, "ulimit -f 8; exec \"$@\""), Must::WorkOrName("")),
    ("little memory", |project| shell(project, "ulimit -v 1500000; exec \"$@\""), Must::WorkOrName("memory")),
    ("a small stack", |project| shell(project, "ulimit -s 1024; exec \"$@\""), Must::Work),
    ("files for their owner alone", |project| shell(project, "umask 077; exec \"$@\""), Must::Work),
    (
        "a library to load that is not there",
        |project| with(project, "LD_PRELOAD", "/not/there.so"),
        Must::Work,
    ),
    ("memory that is never zero", |project| with(project, "MALLOC_PERTURB_", "165"), Must::Work),
    (
        "a folder with spaces and other alphabets",
        |_| {
            let project = Project::named("mit Leerzeichen, 'ä' \"项目\" $x;&");
            matrix(&project).output().unwrap()
        },
        Must::Work,
    ),
    (
        "another folder of the project",
        |project| ended(matrix(project).current_dir(project.root().join("contracts"))),
        Must::Work,
    ),
    ("a clock set back", from_the_future, Must::Work),
    (
        "a cache of other bytes",
        |project| {
            files(&project.root().join("target/sqlite-contracts/results"), &|file| {
                fs::write(file, b"\0\xff{").unwrap()
            });
            project.run(&["matrix"])
        },
        Must::Work,
    ),
    (
        "a contract that is a link to nothing",
        |project| {
            let link = project.root().join("contracts/precision/nothing.yaml");
            symlink("/not/there", &link).unwrap();
            let output = ended(&mut matrix(project));
            fs::remove_file(link).unwrap();
            output
        },
        Must::Name("nothing.yaml"),
    ),
    (
        "snapshots that are one file",
        |project| {
            let (snapshots, kept) = (project.root().join("tests/snapshots"), project.root().join("kept"));
            fs::rename(&snapshots, &kept).unwrap();
            fs::write(&snapshots, "").unwrap();
            let output = ended(&mut matrix(project));
            fs::remove_file(&snapshots).unwrap();
            fs::rename(kept, snapshots).unwrap();
            output
        },
        Must::Name("snapshots"),
    ),
];

fn matrix(project: &Project) -> Command {
    project.command(&["matrix", "--fresh"])
}

fn ended(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().unwrap()
}

fn with(project: &Project, name: &str, value: &str) -> Output {
    ended(matrix(project).env(name, value))
}

/// Runs it from a script, in which `"$@"` is the command.
fn shell(project: &Project, script: &str) -> Output {
    let inner = matrix(project);
    let mut command = project.command(&[]);
    let mut outer = Command::new("sh");
    outer.args(["-c", script, "sh"]).arg(inner.get_program()).args(inner.get_args());
    outer.current_dir(command.stdin(Stdio::null()).get_current_dir().unwrap());
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => outer.env(name, value),
            None => outer.env_remove(name),
        };
    }
    outer.output().unwrap()
}

fn without_reader(project: &Project) -> Output {
    let mut command = matrix(project);
    let mut running =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(running.stdout.take());
    running.wait_with_output().unwrap()
}

fn files(folder: &std::path::Path, act: &dyn Fn(&std::path::Path)) {
    for path in children(folder) {
        if path.is_dir() { files(&path, act) } else { act(&path) }
    }
}

/// Every file of the project is from tomorrow, as after a clock was set back.
fn from_the_future(project: &Project) -> Output {
    let kept = project.root().with_file_name("kept");
    copy(&project.root(), &kept);
    let tomorrow = SystemTime::now() + Duration::from_secs(86_400);
    for folder in ["contracts", "sqlite-builds", "tests", "target/sqlite-contracts"] {
        files(&project.root().join(folder), &|file| {
            fs::File::options().append(true).open(file).unwrap().set_modified(tomorrow).unwrap();
        });
    }
    let output = project.run(&["matrix"]);
    fs::remove_dir_all(project.root()).unwrap();
    fs::rename(kept, project.root()).unwrap();
    output
}

fn is_met(must: Must, output: &Output) -> bool {
    let names = |text| matches!(output.status.code(), Some(2 | 3)) && said(output).contains(text);
    !said(output).contains("panicked")
        && match must {
            Must::Work => output.status.success(),
            Must::WorkOrName(text) => output.status.success() || names(text),
            Must::Name(text) => names(text),
        }
}

#[test]
#[ignore = "takes a minute"]
fn surroundings_are_survived_or_named() {
    let project = Project::new();
    let record = project.record();
    let mut faults = Vec::new();
    let mut worked = 0;
    for (name, run, must) in SURROUNDINGS {
        let output = run(&project);
        worked += usize::from(output.status.success());
        if !is_met(must, &output) {
            faults.push(format!("{name}: {}: {}", output.status, said(&output)));
        }
        if project.record() != record {
            faults.push(format!("{name}: another record"));
        }
    }
    println!(
        "environments\n  {}: worked in {worked}, named what was wrong in {}; {} faults",
        SURROUNDINGS.len(),
        SURROUNDINGS.len() - worked,
        faults.len()
    );
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
