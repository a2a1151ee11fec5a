//! What follows from a change: triggers, and the actions of foreign keys.

use super::{Rule, part};

pub(super) const RULES: &[Rule] = &[
    part(
        "trigger",
        &[
            "CREATE TRIGGER g «moment» ON t⟨ WHEN «condition@new row»⟩ BEGIN «action»; END",
            "CREATE TRIGGER g «moment» ON t BEGIN «action»; «action»; END",
            "CREATE TRIGGER g AFTER DELETE ON t BEGIN DELETE FROM t; END",
            "CREATE TRIGGER g AFTER DELETE ON t BEGIN INSERT INTO t(a, b) VALUES (200, 'same'); END",
            "CREATE TRIGGER g DELETE ON t BEGIN UPDATE t SET b = a; END",
            "CREATE TRIGGER g BEFORE UPDATE ON t BEGIN DELETE FROM t WHERE a = old.a; END",
        ],
    ),
    part(
        "moment",
        &[
            "AFTER INSERT",
            "BEFORE INSERT",
            "AFTER UPDATE",
            "BEFORE UPDATE OF b",
            "AFTER INSERT",
            "AFTER UPDATE OF a",
        ],
    ),
    part(
        "action",
        &[
            "INSERT INTO log VALUES («value@new row»)",
            "INSERT INTO log SELECT new.a * 100 + a FROM t WHERE a IN (1, 2, 3, 4)",
            "INSERT INTO t(a, b) SELECT new.a + 1, 7 WHERE new.a < 5",
            "UPDATE t SET (b, c) = (SELECT new.a, new.a + 1)",
            "UPDATE t SET c = «value@new row» WHERE a = new.a",
            "UPDATE OR «resolution» t SET b = new.a",
            "DELETE FROM t WHERE «condition@new row»",
            "DELETE FROM t WHERE a = new.b",
            "SELECT RAISE(«resolution of raise», 'no')",
            "SELECT RAISE(ABORT, 'no: ' || new.a)",
            "SELECT RAISE(IGNORE) WHERE new.a IS NULL",
            "SELECT RAISE(«resolution of raise», 'no') WHERE «condition@new row»",
            "REPLACE INTO t(a, b) VALUES (new.b, new.a)",
            "INSERT OR IGNORE INTO t(a, b) VALUES (new.b, new.a)",
            "INSERT INTO t(a, b) VALUES (new.b, new.a) ON CONFLICT DO NOTHING",
        ],
    ),
    part("resolution of raise", &["ABORT", "FAIL", "ROLLBACK"]),
    part(
        "trigger of a view",
        &[
            "CREATE TRIGGER g INSTEAD OF INSERT ON v BEGIN INSERT INTO t(a, b) VALUES (new.a, new.b); END",
            "CREATE TRIGGER g INSTEAD OF UPDATE ON v BEGIN UPDATE t SET b = new.b WHERE a = old.a; END",
            "CREATE TRIGGER g INSTEAD OF DELETE ON v BEGIN DELETE FROM t WHERE a = old.a; END",
            "CREATE TRIGGER g INSTEAD OF UPDATE OF a ON v BEGIN SELECT RAISE(FAIL, 'no'); END",
        ],
    ),
    part(
        "write to a view",
        &[
            "INSERT INTO v VALUES (7, 8)⟨ RETURNING *⟩",
            "INSERT INTO v VALUES (1, 2) ON CONFLICT(a) DO NOTHING",
            "UPDATE v SET b = 9 WHERE a = 1⟨ RETURNING a, b⟩",
            "UPDATE v SET a = x.a FROM t AS x WHERE x.b = v.b",
            "DELETE FROM v WHERE a = 1⟨ RETURNING *⟩",
            "INSERT INTO v SELECT b, a FROM t",
            "INSERT OR REPLACE INTO v VALUES (1, 1)",
        ],
    ),
    part(
        "parent",
        &[
            "CREATE TABLE p(a INTEGER PRIMARY KEY, b)",
            "CREATE TABLE p(a PRIMARY KEY, b UNIQUE) WITHOUT ROWID",
            "CREATE TABLE p(a INT PRIMARY KEY, b)",
            "CREATE TABLE p(a TEXT PRIMARY KEY, b)",
            "CREATE TABLE p(a UNIQUE COLLATE NOCASE, b)",
            "CREATE TABLE p(a, b)",
            "CREATE TABLE p(a, b, UNIQUE (a, b))",
        ],
    ),
    part(
        "child",
        &[
            "CREATE TABLE t(a REFERENCES p«action of a key», b, c)",
            "CREATE TABLE t(a REFERENCES p(a)«action of a key», b UNIQUE, c)",
            "CREATE TABLE t(a INTEGER PRIMARY KEY, b REFERENCES p«action of a key», c REFERENCES nowhere)",
            "CREATE TABLE t(a, b, c, FOREIGN KEY (a, b) REFERENCES p(a, b)«action of a key»)",
            "CREATE TABLE t(a REFERENCES p, b, c, PRIMARY KEY (a, b)) WITHOUT ROWID",
            "CREATE TABLE t(a PRIMARY KEY, b REFERENCES t(a)«action of a key», c) WITHOUT ROWID",
            "CREATE TABLE t(a TEXT REFERENCES p(a) DEFERRABLE INITIALLY DEFERRED, b, c)",
            "CREATE TABLE t(a UNIQUE REFERENCES p(a), b, c)",
        ],
    ),
    part(
        "action of a key",
        &[
            "",
            " ON DELETE CASCADE",
            " ON UPDATE CASCADE",
            " ON DELETE SET NULL",
            " ON UPDATE SET DEFAULT ON DELETE RESTRICT",
            " ON DELETE NO ACTION",
        ],
    ),
    part(
        "rows of families",
        &["INSERT INTO p VALUES (1, 1), (2, 2), (5, 'a')", "INSERT INTO p VALUES ('abc', 1), (1, 2)"],
    ),
    part(
        "write to a family",
        &[
            "INSERT INTO t VALUES (1, 1, 1), (2, 2, 2)",
            "INSERT OR «resolution» INTO t VALUES (123, 1, 1), (123, 1, 1)",
            "INSERT INTO t VALUES (6, 6, NULL), (NULL, NULL, NULL)",
            "DELETE FROM p WHERE a = 1",
            "UPDATE p SET a = a + 10",
            "DROP TABLE p",
            "REPLACE INTO p VALUES (1, 7)",
            "INSERT INTO t VALUES ('5', 5, 5)",
            "INSERT INTO t VALUES ('ABC', 1, 1)",
            "UPDATE t SET a = 7",
            "DELETE FROM p",
            "INSERT INTO t VALUES (5, 1, 1), (5, 2, 2), (6, 999, 9)",
        ],
    ),
    part(
        "check of a family",
        &[
            "PRAGMA foreign_key_check",
            "PRAGMA foreign_key_check(t)",
            "PRAGMA foreign_key_list(t)",
            "SELECT count(*) FROM t",
            "PRAGMA integrity_check",
        ],
    ),
    part(
        "trigger elsewhere",
        &[
            "CREATE TEMP TRIGGER g AFTER INSERT ON main.t BEGIN INSERT INTO main.log VALUES (new.a); END",
            "CREATE TEMP TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a + 100); END",
            "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO main.log VALUES (new.a); END",
            "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log SELECT name FROM sqlite_schema; END",
            "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a) RETURNING x; END",
            "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log DEFAULT VALUES; END",
        ],
    ),
];
