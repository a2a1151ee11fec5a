//! Scripts of sqllogictest on builds.

use super::{json, project, run, said, write};

/// `round` drifts, a message does, and one answer is never the file's.
const SCRIPT: &str = "\
statement ok
CREATE TABLE t(a INTEGER, b TEXT)

statement ok
INSERT INTO t VALUES(2, 'b'), (1, 'a'), (3, NULL)

query IT rowsort
SELECT a, b FROM t
----
1
a
2
b
3
NULL

query R
SELECT round(34.775, 2)
----
34.770

statement error
SELECT \"unknown\" FROM t WHERE no_such_function(a)

skipif sqlite
query I
SELECT nonsense
----
1

query I valuesort label-a
SELECT a FROM t
----
1
2
3

query I nosort label-a
SELECT a FROM t ORDER BY a
----
1
2
3

hash-threshold 2

query I nosort
SELECT a FROM t ORDER BY a
----
3 values hashing to c0710d6b4f15dfa88f600b0e6b624077

query I
SELECT count(*) FROM t
----
4
";

#[test]
fn each_answer_that_is_not_the_files_has_its_place() {
    let project = project();
    write(&project, "a.test", SCRIPT);
    let output = run(&project, &["try", "a.test", "--build", "3.54.1-rusqlite"]);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(text.contains("a.test:52: query SELECT count(*) FROM t"), "{text}");
    assert!(text.contains("expected 4\n      actual   3"), "{text}");
    assert_eq!(text.matches("expected").count(), 1, "{text}");
}

#[test]
fn builds_differ_where_the_file_sees_it_and_where_it_does_not() {
    let project = project();
    write(&project, "a.test", SCRIPT);
    let found = json(&project, &["try", "a.test", "--all"]);
    let of =
        |build: &str| found.as_array().unwrap().iter().find(|line| line["build"] == build).unwrap().clone();
    let places = |build: &str| -> Vec<String> {
        let failures = of(build)["failures"].as_array().unwrap().clone();
        failures.iter().map(|failure| failure["place"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(places("3.54.1-rusqlite"), ["a.test:52:1"]);
    assert_eq!(places("3.34.1-rusqlite"), ["a.test:17:1", "a.test:52:1"]);
    let text = said(&run(&project, &["try", "a.test", "--all"]));
    assert!(text.contains("line 17: query SELECT round(34.775, 2) → 34.78"), "{text}");
    assert!(!text.contains("line 7: query"), "what is the same on all builds is not shown: {text}");
}

#[test]
fn a_script_is_gated_and_has_a_history_and_a_cause() {
    let project = project();
    write(&project, "a.test", SCRIPT);
    let gate = run(
        &project,
        &["gate", "--from", "3.34.1-rusqlite", "--to", "3.54.1-rusqlite", "a.test", "--details"],
    );
    assert!(said(&gate).contains("line 17: query SELECT round(34.775, 2) → 34.7"), "{}", said(&gate));
    let history = json(&project, &["history", "a.test", "--ladder-only"]);
    assert_eq!(history[0]["eras"].as_array().unwrap().len(), 3, "{history}");
    let why = json(&project, &["why", "a.test", "--from", "3.54.1-rusqlite", "--to", "3.54.1-dqs0"]);
    assert_eq!(why[0]["cause"], "flags", "{why}");
}

#[test]
fn a_mistake_in_a_script_has_file_line_and_remedy() {
    let project = project();
    write(&project, "bad.test", "statement ok\nSELECT 1\n\nquery X\nSELECT 1\n----\n1\n");
    let output = run(&project, &["try", "bad.test"]);
    assert_eq!(output.status.code(), Some(2));
    for part in ["bad.test:4:7", "`X` is the type of no column", "write a letter for each column"] {
        assert!(said(&output).contains(part), "{part}: {}", said(&output));
    }
}
