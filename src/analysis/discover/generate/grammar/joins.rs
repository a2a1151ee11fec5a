//! Tables whose values meet, and questions over several of them.

use super::{Rule, expression, literal, optional, part};

pub(super) const RULES: &[Rule] = &[
    // The tables that programs ask, each one question: they are made once for several programs.
    part(
        "tables of joins",
        &[
            "«tables»;;«view»;;«all rows»",
            "«tables»;;«view»;;«all rows»;;«index of t»",
            "«tables»;;«view»;;«index*»;;«all rows»",
            "«tables»;;«view»;;«all rows»;;«index*»",
            "«tables»;;«view»;;«index*»;;«all rows»;;ANALYZE",
            "«tables»;;«view»;;«index*»;;«statistics»;;«all rows»",
            "«setting of a question»;;«tables»;;«view»;;«index*»;;«all rows»",
        ],
    ),
    part(
        "question of joins",
        &[
            "«question of one»",
            "«question of one»",
            "«question of two»",
            "«question of two»",
            "«question of two»",
            "«question of three»",
            "«question of three»",
            "«question of a view»",
            "«question of a view»",
            "«question in order»",
        ],
    ),
    part("tables", &["«table t»;;«table u»;;«table w»"]),
    part("all rows", &["«rows of t»;;«rows of u»;;«rows of w»"]),
    part(
        "setting of a question",
        &[
            "PRAGMA automatic_index = OFF",
            "PRAGMA automatic_index = OFF",
            "PRAGMA encoding = 'UTF-16be'",
            "PRAGMA case_sensitive_like = ON",
        ],
    ),
    part(
        "table t",
        &[
            "CREATE TABLE t(«t#first column|second column|third column»«key of a table»)",
            "CREATE TABLE t(«t#first column|second column|third column»«key of a table»)",
            "CREATE TABLE t(«t#first column|second column|third column»«key of a table»)",
            "CREATE TABLE t(«t#key column|second column|third column»)«without a rowid»",
        ],
    ),
    part("key column", &["a«column type»«own key»"]),
    optional("own key", &[" PRIMARY KEY"]),
    optional("without a rowid", &[" WITHOUT ROWID"]),
    part("table u", &["CREATE TABLE u(«u#first column|second column»«key of a table»)"]),
    part("table w", &["CREATE TABLE w(«w#first column|second column»)"]),
    part("first column", &["a«column type»«constraint*»", "a«key of a row»", "a«column type»"]),
    part("second column", &["b«column type»«constraint*»", "b«column type»", "b«second key»"]),
    part("third column", &["c«column type»", "c«column type»«constraint*»"]),
    optional("key of a row", &[" INTEGER PRIMARY KEY", " INTEGER PRIMARY KEY", " PRIMARY KEY"]),
    optional("second key", &["", "", "", "", "", " NOT NULL", " INT UNIQUE"]),
    optional(
        "column type",
        &["", "", "", " INT", " INTEGER", " TEXT", " TEXT", " REAL", " NUMERIC", " BLOB", " BOOLEAN"],
    ),
    part(
        "constraint",
        &[" UNIQUE", " NOT NULL", " COLLATE «collation»", " DEFAULT «small»", " UNIQUE", " COLLATE NOCASE"],
    ),
    optional(
        "key of a table",
        &[
            "",
            "",
            "",
            "",
            "",
            "",
            ", UNIQUE (a, b)",
            ", UNIQUE (b, a)",
            ", UNIQUE (b, a, a)",
            ", PRIMARY KEY (b, b)",
        ],
    ),
    optional("or ignore", &[" OR IGNORE"]),
    part(
        "rows of t",
        &[
            "INSERT«or ignore» INTO t VALUES «row of three+»⟨, «row of three+»⟩⟨, «row of three+»⟩",
            "INSERT«or ignore» INTO t VALUES «row of three+», «row of three+»⟨, «row of three+»⟩",
            "INSERT«or ignore» INTO t VALUES «row of three+», «row of three+»",
            "WITH RECURSIVE n(i) AS (SELECT «whole» UNION ALL SELECT i + 1 FROM n WHERE i < 12) INSERT«or ignore» INTO t SELECT «number of a row», «number of a row», «small» FROM n",
        ],
    ),
    part("number of a row", &["i", "i / 4", "i % 3", "i % 2", "'x' || i", "i - 6", "-i", "NULL"]),
    part(
        "rows of u",
        &[
            "INSERT«or ignore» INTO u VALUES «row of two+»⟨, «row of two+»⟩",
            "INSERT«or ignore» INTO u VALUES «row of two+», «row of two+»",
            "INSERT«or ignore» INTO u SELECT b, a FROM t",
            "INSERT«or ignore» INTO u SELECT a, b FROM t",
        ],
    ),
    part(
        "rows of w",
        &[
            "INSERT«or ignore» INTO w VALUES «row of w+»",
            "INSERT«or ignore» INTO w SELECT b, a FROM u",
            "DELETE FROM w",
        ],
    ),
    part("first value", &["«whole»", "«whole»", "«whole»", "«whole»", "«whole»", "«whole»", "«small»"]),
    literal("whole", "~small", &["1", "2", "3", "4", "0", "5", "NULL", "-1"]),
    part("row of three", &["(«t#first value|small|small»)"]),
    part("row of two", &["(«u#first value|small»)"]),
    part("row of w", &["(«w#first value|small»)"]),
    part("index", &["«index of t»", "«index of u»"]),
    part(
        "index of t",
        &[
            "CREATE INDEX i1 ON t(«indexed+»)⟨ WHERE «condition of an index»⟩",
            "CREATE INDEX i1 ON t(«indexed+»)",
            "CREATE INDEX i2 ON t(«indexed+»)⟨ WHERE «condition of an index»⟩",
            "CREATE UNIQUE INDEX i2 ON t(«indexed+»)⟨ WHERE «condition of an index»⟩",
            "CREATE INDEX i1 ON t(«computed+»)",
        ],
    ),
    part(
        "index of u",
        &[
            "CREATE INDEX i3 ON u(«indexed@two columns+»)",
            "CREATE INDEX i3 ON u(«indexed@two columns»)⟨ WHERE «condition of an index@two columns»⟩",
            "CREATE INDEX i3 ON u(«computed@two columns+»)",
        ],
    ),
    literal("name of an index", "", &["i1", "i2", "i3"]),
    part(
        "indexed",
        &["«column»", "«column»", "«column»", "«column»⟨ COLLATE «collation»⟩⟨ DESC⟩", "«computed»", "1"],
    ),
    // What an index has and a question may ask for: few forms, so that they meet.
    expression(
        "computed",
        &[
            "abs(«column»)",
            "«column» + 0",
            "«column» + 1",
            "-«column»",
            "ifnull(«column», 0)",
            "lower(«column»)",
            "CAST(«column» AS «type»)",
            "«column» + «column»",
            "«column» IS NULL",
            "«column» IS 1",
            "substr(«column», 2)",
            "likely(«column»)",
            "+«column» COLLATE NOCASE",
        ],
    ),
    part(
        "condition of an index",
        &[
            "«column» IS NOT NULL",
            "«column» = «small»",
            "«column» > «small»",
            "«column»",
            "«column» IS NULL",
            "«column» = «small» OR «column» = «small»",
            "«column» LIKE «pattern»",
            "«column» IN («small+»)",
            "«column» >= «column»",
            "«computed» > «small»",
        ],
    ),
    // What ANALYZE would have said of larger tables.
    part(
        "statistics",
        &["ANALYZE sqlite_master;;INSERT INTO sqlite_stat1 VALUES «statistic+»;;ANALYZE sqlite_master"],
    ),
    part(
        "statistic",
        &[
            "('«table with rows»', NULL, «rows of a table»)",
            "('t', '«name of an index»', '«rows of an index»')",
            "('u', 'i3', '«rows of an index»')",
            "('«table with rows»', 'i9', '«rows of an index»')",
        ],
    ),
    part("table with rows", &["t", "u", "w"]),
    part("rows of a table", &["150000", "90000", "6", "1000"]),
    part("rows of an index", &["600 6", "6 6", "350000 2 2 1", "1000000 4 2", "1000 1000 1"]),
];
