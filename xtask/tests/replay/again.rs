//! A trace on the library that was recorded: what is the same again, and what cannot be.

use std::path::Path;
use std::process::Command;

use sqlite_contracts::trace::{Summary, Trace};

use crate::recorded::{room, xtask};
use crate::said::said;
use crate::{is_same, python, replayed};

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
fn a_trace_that_cannot_be_replayed_says_why() {
    let room = tempfile::tempdir().unwrap();
    std::fs::write(room.path().join("bad.trace"), "not a trace").unwrap();
    let output = xtask(room.path(), &["try", "bad.trace", "--build", "system"]);
    assert!(said(&output).contains("it is not a trace of SQLite's calls"), "{}", said(&output));
    let output = xtask(room.path(), &["try", "none.trace", "--build", "system"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
}
