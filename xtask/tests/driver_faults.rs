//! Faults in the programs of drivers in other languages: each is caught by a contract. Where a language is not on this
//! machine, its faults are not tried.
#![cfg(unix)]

mod support;

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use sqlite_contracts::contract::Driver;
use sqlite_contracts::languages::Languages;
use sqlite_contracts::project::Project;
use support::{copy, repository, said};

/// A replacement in a program, and the contract that shows it.
struct Fault {
    driver: Driver,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    contract: &'static str,
}

const fn python(from: &'static str, to: &'static str, contract: &'static str) -> Fault {
    Fault { driver: Driver::Python, file: "python/driver.py", from, to, contract }
}

const fn apsw(from: &'static str, to: &'static str, contract: &'static str) -> Fault {
    Fault { driver: Driver::Apsw, file: "python/with_apsw.py", from, to, contract }
}

const fn values(from: &'static str, to: &'static str, contract: &'static str) -> Fault {
    Fault { driver: Driver::Python, file: "python/values.py", from, to, contract }
}

const fn node(from: &'static str, to: &'static str, contract: &'static str) -> Fault {
    Fault { driver: Driver::Node, file: "node/driver.js", from, to, contract }
}

const fn go(file: &'static str, from: &'static str, to: &'static str, contract: &'static str) -> Fault {
    Fault { driver: Driver::Go, file, from, to, contract }
}

const FAULTS: [Fault; 18] = [
    // A cursor that is dropped lives on.
    python(
        "    named(cursors, stmt)\n    del cursors[stmt]",
        "    cursors[stmt + \"#\"] = cursors.pop(stmt)",
        "busy",
    ),
    // Nothing is rolled back when an exception flies.
    python(
        "    with named(connections, db) as connection:\n        for",
        "    connection = named(connections, db)\n    if True:\n        for",
        "transactions",
    ),
    // A row is lost.
    python(
        "    return row_reply(named(cursors, stmt).fetchone())",
        "    named(cursors, stmt).fetchone()\n    return row_reply(named(cursors, stmt).fetchone())",
        "schema-changes",
    ),
    // Integers go through doubles.
    values("\"i\": int,", "\"i\": lambda digits: int(float(digits)),", "values-of-a-language"),
    // Amounts lose their third digit.
    values(
        "struct.unpack(\">d\", bytes.fromhex(bits))[0],",
        "round(struct.unpack(\">d\", bytes.fromhex(bits))[0], 2),",
        "money",
    ),
    // Bytes come back as text.
    values("return [\"b\", value.hex()]", "return [\"t\", value.decode(\"latin1\")]", "values-of-a-language"),
    // A connection is not closed.
    python("    named(connections, db).close()\n", "    named(connections, db)\n", "connections-left-open"),
    // Each definition of a function leaves another one.
    python(
        "    named(connections, db).create_function(name, 1, BODIES[does])\n",
        "    for each in [name, name + str(len(defined))]:\n        \
         named(connections, db).create_function(each, 1, BODIES[does])\n    \
         defined.append(name)\n\n\ndefined = []\n",
        "buffers",
    ),
    // A connection of apsw is not closed.
    apsw("    named(connections, db).close()\n", "    named(connections, db)\n", "connections-left-open"),
    // Nothing is rolled back when an exception flies.
    apsw("    with connection:\n", "    if True:\n", "transactions"),
    // An iterator is not closed.
    node("    it.return();\n    statements", "    statements", "statements-left-open"),
    // A statement that is dropped lives on.
    node(
        "    stmt(args);\n    statements.delete(args.stmt || 'stmt');",
        "    statements.set(statements.size, stmt(args));",
        "statements-left-open",
    ),
    // Statements commit one by one.
    node("connection.transaction(() => {", "(() => {", "transactions"),
    // The bytes of a double the other way round.
    node("bits.writeDoubleBE(value)", "bits.writeDoubleLE(value)", "values-of-a-language"),
    // A statement is not closed.
    go(
        "go/driver.go",
        "\t\tdelete(statements, a.Stmt)\n\t\treturn done, it.close()",
        "\t\tdelete(statements, a.Stmt)\n\t\treturn done, nil",
        "statements-left-open",
    ),
    // One buffer for all rows.
    go(
        "go/values.go",
        "\tvalues := make([]any, len(columns))\n",
        "\tvalues := buffer[:len(columns)]\n",
        "counters",
    ),
    // The same, seen where rows are kept.
    go(
        "go/values.go",
        "\tvalues := make([]any, len(columns))\n",
        "\tvalues := buffer[:len(columns)]\n",
        "buffers",
    ),
    // A text is no text any more.
    go(
        "go/values.go",
        "\tdefault:\n\t\treturn content\n",
        "\tdefault:\n\t\treturn []byte(content)\n",
        "values-of-a-language",
    ),
];

/// Beside the replacement, what it needs.
const BUFFER: &str = "\nvar buffer = make([]any, 64)\n";

#[test]
fn each_fault_of_a_program_is_caught() {
    let languages = Languages::default();
    let here = |driver: Driver| languages.describe(&driver.into(), &Project::at(repository())).is_ok();
    for fault in FAULTS.iter().filter(|fault| here(fault.driver)) {
        let folder = tempfile::tempdir().unwrap();
        project_with(fault, folder.path());
        let output = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"))
            .current_dir(folder.path())
            .env("CARGO_TARGET_DIR", repository().join("target"))
            .args(["matrix", "--build", "3.54.1-rusqlite", "--contract"])
            .arg(format!("drivers/{}", fault.contract))
            .output()
            .unwrap();
        let said = said(&output);
        assert!(output.status.code() == Some(1) && said.contains("broken: "), "{}: {said}", fault.to);
    }
}

/// Programs that are no drivers, and what is said of them.
const NO_DRIVERS: [(&str, i32, &str); 5] = [
    ("def (", 3, "ends with exit status: 1 when it starts: SyntaxError"),
    ("import sys; sys.exit(3)", 3, "ends with exit status: 3 when it starts"),
    ("", 3, "ends without a greeting"),
    ("print('hello')", 3, "does not greet, but says `hello`"),
    (
        "import sqlite3, sys\n\
         library = sqlite3.connect(':memory:').execute('SELECT sqlite_source_id()').fetchone()[0]\n\
         print('{\"ready\": \"x\", \"source_id\": \"%s\"}' % library, flush=True)\n\
         for line in sys.stdin:\n    print('garbage', flush=True)\n",
        // It has started, so this is what the case does: a crash, which is new here.
        0,
        "crashed: exit status 1 the driver's program answers what is no reply: garbage",
    ),
];

/// A case that needs nothing but an answer: an outcome of whatever kind would do.
const ONE_CASE: &str =
    "title: t\nwhy: w\ncases:\n  - name: one\n    driver: python\n    steps: [connect: ':memory:']\n";

#[test]
fn a_program_that_is_no_driver_fails_the_run() {
    let python = Languages::default().describe(&Driver::Python.into(), &Project::at(repository()));
    for (program, status, why) in NO_DRIVERS.into_iter().filter(|_| python.is_ok()) {
        let folder = tempfile::tempdir().unwrap();
        for name in ["contracts/a", "drivers/python"] {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        symlink(repository().join("sqlite-builds"), folder.path().join("sqlite-builds")).unwrap();
        std::fs::write(folder.path().join("contracts/a/one.yaml"), ONE_CASE).unwrap();
        std::fs::write(folder.path().join("drivers/python/driver.py"), program).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"))
            .current_dir(folder.path())
            .env("CARGO_TARGET_DIR", repository().join("target"))
            .env_remove("CI")
            .args(["matrix", "--build", "3.54.1-rusqlite"])
            .output()
            .unwrap();
        let said = said(&output);
        assert!(output.status.code() == Some(status) && said.contains(why), "{program}: {said}");
    }
}

/// A project with the contracts of drivers, and programs with this fault.
fn project_with(fault: &Fault, folder: &Path) {
    let ours = repository();
    for name in ["sqlite-builds", "tests/snapshots"] {
        std::fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
        symlink(ours.join(name), folder.join(name)).unwrap();
    }
    copy(&ours.join("contracts/drivers"), &folder.join("contracts/drivers"));
    copy(&ours.join("drivers"), &folder.join("drivers"));
    let file = folder.join("drivers").join(fault.file);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(fault.from), "{}", fault.from);
    let needed = if fault.to.contains("buffer[") { BUFFER } else { "" };
    std::fs::write(&file, text.replacen(fault.from, fault.to, 1) + needed).unwrap();
}
