//! A trace on other builds: what differs, and what the commands say of it.

use crate::recorded::{room, xtask};
use crate::said::said;
use crate::{ask, gate, made_of, python};

/// A trace of a program whose values, plans, errors and leaks are known.
fn shop() -> Option<tempfile::TempDir> {
    let room = tempfile::tempdir().unwrap();
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
    python(room.path(), program).then_some(room)
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
fn a_gate_on_hidden_values_is_an_error_and_no_pass() {
    let Some(room) = room() else { return };
    xtask(room.path(), &["record", "--hash-values", "-o", "a.trace", "--", "./program", "values"]);
    let (status, text) = gate(room.path(), "3.46.0-rusqlite", "3.50.4-rusqlite", &[]);
    assert_eq!(status, Some(2), "{text}");
    assert!(text.contains("its values are hidden"), "{text}");
}

#[test]
fn a_gate_has_a_line_for_each_group_with_what_the_catalogue_knows() {
    let Some(room) = shop() else { return };
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
    let Some(room) = shop() else { return };
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
    let Some(room) = shop() else { return };
    let output = ask(room.path(), "try", &["--build", "3.46.0-rusqlite"]);
    let text = said(&output);
    assert!(text.contains("(\"never finalized\", \"select a from t\", 1)"), "{text}");
    assert!(!text.contains("(\"bytes when processes ended\", \"\", 0)"), "{text}");
    assert!(text.contains("(\"bytes after the last close\", \"\", 0)"), "{text}");
}

#[test]
fn rows_of_a_statement_that_nothing_ends_are_compared() {
    let Some(room) = shop() else { return };
    let (status, text) = gate(room.path(), "3.42.0-rusqlite", "3.44.0-rusqlite", &[]);
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("value: select round(? + a, ?) from t"), "{text}");
}

#[test]
fn a_version_serves_a_trace_where_no_call_fails_that_succeeded() {
    let Some(room) = shop() else { return };
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
    let Some(room) = shop() else { return };
    let output = ask(room.path(), "needs", &["--on", "3.46.0-rusqlite", "--no-build"]);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("- name: unixepoch"), "{text}");
    assert!(text.contains("statement: \"select unixepoch(?)\""), "{text}");
    assert!(text.contains("goes_wrong: \"ERROR: no such function: unixepoch, first in call "), "{text}");
    assert!(text.contains("instead_of: as it was recorded"), "{text}");
}
