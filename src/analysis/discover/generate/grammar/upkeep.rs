//! What is done to a full-text table: changes, commands, damage and checks.

use super::{Rule, part};

pub(super) const RULES: &[Rule] = &[
    part(
        "change of f",
        &[
            "DELETE FROM f WHERE rowid = 1",
            "UPDATE f SET x = 'one four' WHERE rowid = 1",
            "«command of fts5»",
            "BEGIN",
            "DELETE FROM f WHERE rowid = 123",
            "INSERT INTO f(rowid, x) VALUES (123, 'one word')",
            "COMMIT",
            "REPLACE INTO f(rowid, x) VALUES (1, 'five')",
            "INSERT INTO f(f, rowid, x, y) VALUES ('delete', 1, 'one', 'two')",
        ],
    ),
    part(
        "command of fts5",
        &[
            "INSERT INTO f(f) VALUES ('optimize')",
            "INSERT INTO f(f) VALUES ('rebuild')",
            "INSERT INTO f(f, rank) VALUES ('merge', 500)",
            "INSERT INTO f(f, rank) VALUES ('merge', -500)",
            "INSERT INTO f(f, rank) VALUES ('automerge', 8)",
            "INSERT INTO f(f, rank) VALUES ('automerge', 99)",
            "INSERT INTO f(f, rank) VALUES ('crisismerge', 16)",
            "INSERT INTO f(f, rank) VALUES ('usermerge', 4)",
            "INSERT INTO f(f, rank) VALUES ('pgsz', 64)",
            "INSERT INTO f(f) VALUES ('integrity-check')",
            "INSERT INTO f(f, rank) VALUES ('integrity-check', 0)",
            "INSERT INTO f(f, rank) VALUES ('integrity-check', 1)",
            "INSERT INTO f(f) VALUES ('delete-all')",
            "INSERT INTO f(f, rank) VALUES ('rank', 'bm25(10.0, 5.0)')",
            "INSERT INTO f(f, rank) VALUES ('secure-delete', 1)",
            "INSERT INTO f(f, rank) VALUES ('deletemerge', 50)",
            "INSERT INTO f(f) VALUES ('nonsense')",
            "INSERT INTO f(f) VALUES ('flush')",
            "INSERT INTO f(f, rank) VALUES ('insttoken', 1)",
            "INSERT INTO f(f, rank) VALUES ('hashsize', 64)",
        ],
    ),
    part(
        "change of t",
        &[
            "DELETE FROM t WHERE id = 2",
            "UPDATE t SET x = 'four' WHERE id = 1",
            "DROP TABLE t",
            "INSERT INTO t VALUES (3, 'one', 'five')",
        ],
    ),
    part(
        "check of f",
        &[
            "PRAGMA integrity_check",
            "INSERT INTO f(f) VALUES ('integrity-check')",
            "INSERT INTO f(f, rank) VALUES ('integrity-check', 1)",
            "DROP TABLE f",
            "SELECT name FROM sqlite_master",
            "INSERT INTO f(f) VALUES ('rebuild')",
            "PRAGMA quick_check",
        ],
    ),
    part(
        "damage of f",
        &[
            "DROP TABLE f_data",
            "DELETE FROM f_data WHERE id > 10",
            "DELETE FROM f_content",
            "DELETE FROM f_content WHERE docid = 1",
            "DELETE FROM f_docsize",
            "DROP TABLE f_content",
            "ALTER TABLE f RENAME TO g",
            "UPDATE f_content SET c0 = 'nine'",
            "DELETE FROM f_segdir",
            "INSERT INTO f_data VALUES (99, 'x')",
            "PRAGMA writable_schema = ON",
            "ALTER TABLE f ADD COLUMN z",
        ],
    ),
];
