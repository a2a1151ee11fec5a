//! Traces as subjects: what small programs did is done again on builds, and what is different is said.

#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use sqlite_contracts::trace::{Recorder, Summary, Trace};

static RECORDER: LazyLock<PathBuf> = LazyLock::new(|| Recorder::build().unwrap().library().to_owned());

/// Both streams.
fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn xtask(room: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
    command.current_dir(room).env("SQLITE_CONTRACTS_RECORDER", &*RECORDER);
    command.args(arguments).output().unwrap()
}

/// A folder with the program of `record/program.c`; nothing, with the reason, where it cannot be made.
fn room() -> Option<tempfile::TempDir> {
    let room = tempfile::tempdir().unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/record/program.c");
    let arguments = ["-w", "-o", "program", source.to_str().unwrap(), "-pthread", "-l:libsqlite3.so.0"];
    let made = Command::new("cc").current_dir(room.path()).args(arguments).output();
    let is_made = made.is_ok_and(|output| output.status.success());
    if !is_made {
        eprintln!("skipped: there is no C compiler, or no libsqlite3.so.0 that it finds");
    }
    is_made.then_some(room)
}

/// The rows of the replay of this command's trace on the system's own library.
fn replayed(room: &Path, command: &[&str]) -> String {
    xtask(room, &[&["record", "-o", "a.trace", "--"], command].concat());
    let output = xtask(room, &["try", "a.trace", "--build", "system"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    said(&output)
}

/// Whether all calls that were made did what they did.
fn is_same(text: &str) -> bool {
    text.contains("\"differ\", 0)") && !text.contains("not made")
}

#[test]
fn a_replay_on_the_library_that_was_recorded_is_the_same() {
    let Some(room) = room() else { return };
    let words = [
        "status", "two", "fork", "blob", "large", "function", "values", "change", "threads", "kill",
        "settings",
    ];
    for word in words {
        let text = replayed(room.path(), &["./program", word]);
        assert!(is_same(&text), "{word}: {text}");
        for file in ["two.db", "fork.db", "threads.db"] {
            let _ = std::fs::remove_file(room.path().join(file));
        }
    }
}

#[test]
fn the_image_of_a_database_is_the_same_whichever_build_wrote_it() {
    let room = tempfile::tempdir().unwrap();
    let program = "#include <stddef.h>\nint sqlite3_open(const char *, void **); int sqlite3_close(void *); \
                   int sqlite3_exec(void *, const char *, void *, void *, void *); void sqlite3_free(void *); \
                   unsigned char *sqlite3_serialize(void *, const char *, long long *, unsigned); \
                   int main(void) { void *db; long long size; sqlite3_open(\":memory:\", &db); \
                   sqlite3_exec(db, \"create table t(a); insert into t values(1)\", NULL, NULL, NULL); \
                   sqlite3_free(sqlite3_serialize(db, \"main\", &size, 0)); return sqlite3_close(db); }";
    std::fs::write(room.path().join("program.c"), program).unwrap();
    let arguments = ["-o", "program", "program.c", "-l:libsqlite3.so.0"];
    let made = Command::new("cc").current_dir(room.path()).args(arguments).output();
    if !made.is_ok_and(|output| output.status.success()) {
        return eprintln!("skipped: there is no C compiler, or no libsqlite3.so.0 with sqlite3_serialize");
    }
    let output = xtask(room.path(), &["record", "-o", "images", "--", "./program"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    // No end of the name says that it is a trace.
    let trace = room.path().join("images");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let builds = ["gate", "--from", "system", "--to", "3.54.1-rusqlite"];
    let output = xtask(root, &[&builds[..], &[trace.to_str().unwrap()]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("not as recorded are 0 on system"), "{}", said(&output));
    assert!(said(&output).contains("and 0 on 3.54.1-rusqlite"), "{}", said(&output));
}

#[test]
fn what_had_begun_when_a_program_died_is_not_made() {
    let Some(room) = room() else { return };
    let text = replayed(room.path(), &["./program", "crash"]);
    assert!(text.contains("not made: it did not end in the trace"), "{text}");
    assert!(text.contains("\"differ\", 0)"), "{text}");
}

#[test]
fn virtual_tables_of_a_program_are_named_as_the_reason() {
    let Some(room) = room() else { return };
    let text = replayed(room.path(), &["./program", "module"]);
    assert!(text.contains("not made: virtual tables of the program\", 4)"), "{text}");
    assert!(text.contains("\"differ\", 0)"), "{text}");
}

#[test]
fn what_is_executed_at_once_has_plans_and_no_steps() {
    let Some(room) = room() else { return };
    let text = replayed(room.path(), &["./program", "values"]);
    assert!(is_same(&text), "{text}");
    let text = replayed(room.path(), &["./program", "module"]);
    assert!(text.contains("(\"select ?\", \"SCAN CONSTANT ROW\")"), "{text}");
    // Its steps are told to nobody.
    assert!(text.contains("(\"select ?\", 1, NULL)"), "{text}");
    let text = replayed(room.path(), &["./program", "blob"]);
    assert!(text.contains("(\"insert into t values(zeroblob(?))\", 1, NULL)"), "{text}");
    assert!(text.contains("(\"create table t(a)\", 1, NULL)"), "{text}");
    // That a plan is asked for changes nothing that the program asks for later.
    let text = replayed(room.path(), &["./program", "changes"]);
    assert!(is_same(&text), "{text}");
    assert!(text.contains("(\"update t set a = ? where a = ?\", \"SCAN t\")"), "{text}");
}

/// A program in Python, where there is one whose SQLite is a library of its own.
fn python(room: &Path, program: &str) -> bool {
    std::fs::write(room.join("app.py"), program).unwrap();
    let output = xtask(room, &["record", "-o", "a.trace", "--", "python3", "app.py"]);
    if !output.status.success() {
        eprintln!("skipped: {}", said(&output));
    }
    output.status.success()
}

#[test]
fn functions_collations_and_the_clock_of_a_program_say_what_they_said() {
    let room = tempfile::tempdir().unwrap();
    let program = "\
import sqlite3
db = sqlite3.connect('app.db')
db.create_function('twice', 1, lambda x: x * 2)
db.create_collation('backwards', lambda a, b: (a < b) - (a > b))
class Sum:
    def __init__(self): self.n = 0
    def step(self, x): self.n += x
    def finalize(self): return self.n
db.create_aggregate('total_of', 1, Sum)
db.execute('create table t(a, b text)')
db.executemany('insert into t values(?, ?)', [(n, 'row %d' % (n * 7 % 10)) for n in range(50)])
db.commit()
db.execute('select twice(a) from t order by b collate backwards').fetchall()
db.execute('select total_of(a) from t').fetchall()
db.execute(\"select datetime('now'), random(), hex(randomblob(8))\").fetchall()
try: db.execute('select no_such from t')
except sqlite3.OperationalError: pass
db.set_trace_callback(lambda sql: None)
db.set_authorizer(lambda *a: 0)
db.execute('delete from t where a = 3')
db.close()
";
    if python(room.path(), program) {
        let output = xtask(room.path(), &["try", "a.trace", "--build", "system"]);
        assert!(is_same(&said(&output)), "{}", said(&output));
    }
}

#[test]
fn arguments_of_functions_keep_their_types_until_they_are_read() {
    let room = tempfile::tempdir().unwrap();
    let program = "\
import sqlite3
db = sqlite3.connect(':memory:')
db.create_function('kind', 1, lambda x: type(x).__name__)
values = [(b'blob',), ('text',), (1,), (1.5,), (None,)]
for value in values: db.execute('select kind(?)', value).fetchall()
";
    if python(room.path(), program) {
        let output = xtask(room.path(), &["try", "a.trace", "--build", "system"]);
        assert!(is_same(&said(&output)), "{}", said(&output));
    }
}

#[test]
fn files_that_could_not_be_opened_cannot_be_opened_again() {
    let room = tempfile::tempdir().unwrap();
    let program = "\
import os, sqlite3
def attempt(path, sql):
    try: sqlite3.connect(path).execute(sql)
    except sqlite3.OperationalError as error: print(error)
attempt('no_such_folder/a.db', 'select 1')
os.mkdir('folder')
attempt('folder', 'create table t(a)')
sqlite3.connect('folder/b.db').execute('create table t(a)')
os.chmod('folder/b.db', 0o400)
attempt('folder/b.db', 'create table u(a)')
attempt('folder/b.db', 'attach \"no_such_folder/c.db\" as c')
";
    if python(room.path(), program) {
        let output = xtask(room.path(), &["try", "a.trace", "--build", "system"]);
        assert!(is_same(&said(&output)), "{}", said(&output));
        let trace = Trace::open(&room.path().join("a.trace")).unwrap();
        assert!(
            Summary::of(&trace).unwrap().errors.iter().any(|error| error.what.contains("unable to open"))
        );
    }
}

#[test]
fn addresses_of_a_program_are_not_given_to_another_process() {
    let room = tempfile::tempdir().unwrap();
    let program = "\
import sqlite3
db = sqlite3.connect(':memory:')
try:
    simple = db.execute(\"select fts3_tokenizer('simple')\").fetchone()[0]
    db.execute(\"select fts3_tokenizer('mine', ?)\", (simple,)).fetchall()
    db.execute('create virtual table t using fts3(a, tokenize=mine)')
except sqlite3.OperationalError as error: print(error)
db.execute('select 1').fetchall()
";
    if python(room.path(), program) {
        let text = said(&xtask(room.path(), &["try", "a.trace", "--build", "system"]));
        assert!(is_same(&text), "{text}");
    }
}

#[test]
fn another_build_is_compared_with_the_trace() {
    let room = tempfile::tempdir().unwrap();
    let program = "\
import sqlite3
db = sqlite3.connect(':memory:')
db.execute('create table t(a)')
db.executemany('insert into t values(?)', [(1,), (2,)])
db.execute('select a from t where sqlite_version() <> ?', ('3.46.0',)).fetchall()
db.execute(\"select unhex('00')\") if sqlite3.sqlite_version_info >= (3, 41, 0) else None
db.execute('select sqlite_version()').fetchall()
db.execute(\"select 'v' || sqlite_version()\").fetchall()
";
    if !python(room.path(), program) {
        return;
    }
    let output = xtask(room.path(), &["try", "a.trace", "--build", "3.46.0-rusqlite"]);
    let text = said(&output);
    assert!(text.contains("(\"value\", \"select ? || sqlite_version()\", "), "{text}");
    assert!(!text.contains("\"select sqlite_version()\", 1, \"call"), "{text}");
    assert!(text.contains("(\"rows\", \"select a from t where sqlite_version() <> ?\", 1, "), "{text}");
    assert!(text.contains("\"2 rows\", \"0 rows\""), "{text}");
}

#[test]
fn what_a_program_asks_of_an_error_has_no_group_beside_that_of_the_error() {
    let room = tempfile::tempdir().unwrap();
    // The library that records knows the function or not; of the builds one does.
    let program = "\
import sqlite3
db = sqlite3.connect(':memory:')
try: db.execute(\"select unhex('00')\").fetchall()
except sqlite3.OperationalError: pass
try: db.execute('select no_such').fetchall()
except sqlite3.OperationalError: pass
";
    if !python(room.path(), program) {
        return;
    }
    let (_, text) = gate(room.path(), "3.34.1-rusqlite", "3.54.1-rusqlite", &[]);
    assert!(text.contains("added error: select unhex(?), in call "), "{text}");
    assert!(!text.contains("sqlite3_err"), "{text}");
}

/// A program in C that uses the system's SQLite; `false`, with the reason, where it cannot be made.
fn made_of(room: &Path, program: &str) -> bool {
    std::fs::write(room.join("program.c"), program).unwrap();
    let arguments = ["-o", "program", "program.c", "-l:libsqlite3.so.0"];
    let made = Command::new("cc").current_dir(room).args(arguments).output();
    let is_made = made.is_ok_and(|output| output.status.success());
    if !is_made {
        eprintln!("skipped: there is no C compiler, or no libsqlite3.so.0 that it finds");
    }
    is_made
}

#[test]
fn what_a_program_asks_of_an_error_has_no_group_behind_a_call_of_nothing_either() {
    let room = tempfile::tempdir().unwrap();
    let program = "#include <stddef.h>\nint sqlite3_open(const char *, void **); \
                   int sqlite3_prepare_v2(void *, const char *, int, void **, void *); int sqlite3_finalize(void *); \
                   int sqlite3_busy_timeout(void *, int); const char *sqlite3_errmsg(void *); int sqlite3_errcode(void *); \
                   int main(void) { void *db, *other, *statement = NULL; \
                   sqlite3_open(\":memory:\", &db); sqlite3_open(\":memory:\", &other); \
                   sqlite3_prepare_v2(db, \"select unhex('00')\", -1, &statement, NULL); \
                   sqlite3_finalize(statement); sqlite3_finalize(NULL); sqlite3_busy_timeout(db, 5); \
                   sqlite3_prepare_v2(other, \"select 1\", -1, &statement, NULL); sqlite3_finalize(statement); \
                   sqlite3_errmsg(db); sqlite3_errcode(db); return 0; }";
    if !made_of(room.path(), program) {
        return;
    }
    let recorded = xtask(room.path(), &["record", "-o", "a.trace", "--", "./program"]);
    assert_eq!(recorded.status.code(), Some(0), "{}", said(&recorded));
    let (_, text) = gate(room.path(), "3.34.1-rusqlite", "3.54.1-rusqlite", &[]);
    assert!(text.contains("added error: select unhex(?), in call "), "{text}");
    assert!(!text.contains("sqlite3_err"), "{text}");
}

#[test]
fn a_directory_of_where_it_was_recorded_is_the_reason_and_no_difference() {
    let room = tempfile::tempdir().unwrap();
    let directory = room.path().join("there");
    std::fs::create_dir(&directory).unwrap();
    let program = format!(
        "import sqlite3\ndb = sqlite3.connect(':memory:')\n\
         db.execute(\"pragma temp_store_directory='{}'\")\ndb.execute('select 1').fetchall()\n",
        directory.display()
    );
    if !python(room.path(), &program) {
        return;
    }
    std::fs::remove_dir(&directory).unwrap();
    let output = xtask(room.path(), &["try", "a.trace", "--build", "system"]);
    let text = said(&output);
    assert!(text.contains("not made: a directory of where it was recorded"), "{text}");
    assert!(text.contains("\"differ\", 0)"), "{text}");
}

#[test]
fn a_gate_on_hidden_values_is_an_error_and_no_pass() {
    let Some(room) = room() else { return };
    xtask(room.path(), &["record", "--hash-values", "-o", "a.trace", "--", "./program", "values"]);
    let (status, text) = gate(room.path(), "3.46.0-rusqlite", "3.50.4-rusqlite", &[]);
    assert_eq!(status, Some(2), "{text}");
    assert!(text.contains("its values are hidden"), "{text}");
}

#[test]
fn a_trace_that_cannot_be_replayed_says_why() {
    let room = tempfile::tempdir().unwrap();
    std::fs::write(room.path().join("bad.trace"), "not a trace").unwrap();
    let output = xtask(room.path(), &["try", "bad.trace", "--build", "system"]);
    assert!(said(&output).contains("it is not a trace of SQLite's calls"), "{}", said(&output));
    let output = xtask(room.path(), &["try", "none.trace", "--build", "system"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
}

/// A trace of a program whose values, plans, errors and leaks are known.
fn shop(room: &Path) -> bool {
    let program = "\
import sqlite3
db = sqlite3.connect('shop.db')
db.execute('create table t(a, b text)')
db.execute('create table u(a)')
db.executemany('insert into t values(?, ?)', [(n, 'row %d' % (n % 7)) for n in range(500)])
db.execute('select round(34.775, 2)').fetchall()
db.execute('select 7 || sqlite_version()').fetchall()
try: db.execute(\"select unixepoch('2020-01-01')\").fetchall()
except sqlite3.OperationalError: pass
db.execute('select b from t union select a from u').fetchall()
left = db.execute('select a from t')
left.fetchone()
price = db.execute('select round(34.775 + a, 2) from t')
price.fetchone()
db.commit()
import os
os._exit(0)
";
    python(room, program)
}

/// What a command says of `a.trace`, in this repository and with its builds.
fn ask(room: &Path, command: &str, arguments: &[&str]) -> Output {
    let trace = room.join("a.trace");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    xtask(root, &[&[command, trace.to_str().unwrap()], arguments].concat())
}

/// The report of a gate on `a.trace`, with its status.
fn gate(room: &Path, from: &str, to: &str, more: &[&str]) -> (Option<i32>, String) {
    let output = ask(room, "gate", &[&["--from", from, "--to", to], more].concat());
    (output.status.code(), said(&output))
}

#[test]
fn a_gate_has_a_line_for_each_group_with_what_the_catalogue_knows() {
    let room = tempfile::tempdir().unwrap();
    if !shop(room.path()) {
        return;
    }
    let (status, text) = gate(room.path(), "3.42.0-rusqlite", "3.54.1-rusqlite", &[]);
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("\n  value: select round(?), in call "), "{text}");
    assert!(text.contains(": 34.78 → 34.77\n    as in precision/"), "{text}");
    assert!(text.contains("because (3.43.0): "), "{text}");
    assert!(text.contains("\n  unpromised value: select ? || sqlite_version(), in call "), "{text}");
    assert!(text.contains("\n  cost plan: select b from t union select a from u, executed once: "), "{text}");
    assert!(text.contains("a.trace, "), "{text}");
}

#[test]
fn a_gate_on_a_trace_passes_where_nothing_promised_changes() {
    let room = tempfile::tempdir().unwrap();
    if !shop(room.path()) {
        return;
    }
    let (status, text) = gate(room.path(), "3.46.0-rusqlite", "3.46.0-rusqlite", &[]);
    assert_eq!(status, Some(0), "{text}");
    let (status, text) = gate(room.path(), "3.46.0-rusqlite", "3.50.4-rusqlite", &[]);
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("unpromised value: select ? || sqlite_version()"), "{text}");
    let policy = "block: [unpromised]\naccept:\n  - case: '**/a.trace/replay'\n    statement: select   8 || sqlite_version()\n    \
                  reason: it says so\n    owner: me\n    until: 2999-01-01\n";
    let file = room.path().join("gate.yaml");
    let by_policy = |policy: &str| {
        std::fs::write(&file, policy).unwrap();
        gate(room.path(), "3.46.0-rusqlite", "3.50.4-rusqlite", &["--policy", file.to_str().unwrap()])
    };
    let (status, text) = by_policy(policy);
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("accepted until 2999-01-01 by me: it says so"), "{text}");
    let (status, text) = by_policy("block: [unpromised]\n");
    assert_eq!(status, Some(1), "{text}");
}

#[test]
fn a_statement_that_is_never_finalized_is_known_with_what_is_held() {
    let room = tempfile::tempdir().unwrap();
    if !shop(room.path()) {
        return;
    }
    let output = ask(room.path(), "try", &["--build", "3.46.0-rusqlite"]);
    let text = said(&output);
    assert!(text.contains("(\"never finalized\", \"select a from t\", 1)"), "{text}");
    assert!(!text.contains("(\"bytes when processes ended\", \"\", 0)"), "{text}");
    assert!(text.contains("(\"bytes after the last close\", \"\", 0)"), "{text}");
}

#[test]
fn rows_of_a_statement_that_nothing_ends_are_compared() {
    let room = tempfile::tempdir().unwrap();
    if !shop(room.path()) {
        return;
    }
    let (status, text) = gate(room.path(), "3.42.0-rusqlite", "3.44.0-rusqlite", &[]);
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("value: select round(? + a, ?) from t"), "{text}");
}

#[test]
fn a_version_serves_a_trace_where_no_call_fails_that_succeeded() {
    let room = tempfile::tempdir().unwrap();
    if !shop(room.path()) {
        return;
    }
    let output = ask(room.path(), "min-version", &["--format", "json"]);
    let text = said(&output);
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    if found[0]["eras"].as_array().unwrap().len() == 1 {
        eprintln!("skipped: the SQLite of Python itself has no unixepoch()");
        return;
    }
    let failing = &found[0]["eras"][0]["failing"];
    assert_eq!(failing["statement"], "select unixepoch(?)", "{text}");
    assert_eq!(failing["error"], "ERROR: no such function: unixepoch", "{text}");
    assert!(failing["place"].as_str().unwrap().contains("a.trace, call "), "{text}");
    let first = found[0]["works"][0]["first"]["version"].as_str().unwrap();
    let minor: u32 = first.split('.').nth(1).unwrap().parse().unwrap();
    assert!((38..=42).contains(&minor), "unixepoch() came with 3.38.0: {text}");
}

#[test]
fn limits_of_a_trace_are_searched_by_replays() {
    let room = tempfile::tempdir().unwrap();
    let program = "\
import sqlite3
db = sqlite3.connect(':memory:')
db.execute('select ' + ', '.join(str(n) for n in range(1500))).fetchall()
db.execute('select length(?)', ('text',)).fetchall()
";
    if !python(room.path(), program) {
        return;
    }
    let output = ask(room.path(), "needs", &["--on", "3.46.0-rusqlite", "--no-build", "--format", "json"]);
    let text = said(&output);
    let needs: serde_json::Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{text}"));
    let limits = needs["limits"].as_array().unwrap();
    let column = limits.iter().find(|need| need["limit"] == "column").unwrap_or_else(|| panic!("{text}"));
    assert_eq!(column["at_least"], 1500, "{text}");
    assert!(column["proof"]["goes_wrong"].as_str().unwrap().contains("too many columns"), "{text}");
    assert!(column["proof"]["place"].as_str().unwrap().ends_with("a.trace"), "{text}");
    assert!(limits.iter().all(|need| need["limit"] != "attached"), "{text}");
}

#[test]
fn needs_of_a_trace_are_proved_by_its_statements() {
    let room = tempfile::tempdir().unwrap();
    if !shop(room.path()) {
        return;
    }
    let output = ask(room.path(), "needs", &["--on", "3.46.0-rusqlite", "--no-build"]);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("- name: unixepoch"), "{text}");
    assert!(text.contains("statement: \"select unixepoch(?)\""), "{text}");
    assert!(text.contains("goes_wrong: \"ERROR: no such function: unixepoch, first in call "), "{text}");
    assert!(text.contains("instead_of: as it was recorded"), "{text}");
}
