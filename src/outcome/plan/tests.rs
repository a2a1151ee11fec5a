//! Plans as each of the dialects tells them.

use super::*;

/// The plan of rows as the command line tool shows them: `4|0|0|MULTI-INDEX OR`.
fn plan(sql: &str, rows: &str) -> Vec<String> {
    let row = |line: &str| {
        let mut cells = line.trim().splitn(4, '|');
        let mut number = || Value::Integer(cells.next().unwrap().parse().unwrap());
        let numbers = [number(), number(), number()];
        let detail = Value::Text(cells.next().unwrap().as_bytes().to_vec());
        numbers.into_iter().chain([detail]).collect()
    };
    let rows: Vec<Vec<Value>> = rows.trim().lines().map(row).collect();
    lines(&rows, sql)
}

/// All of these tell the same plan.
fn same(sql: &str, dialects: &[&str], expected: &[&str]) {
    for rows in dialects {
        assert_eq!(plan(sql, rows), expected, "of {rows}");
    }
}

#[test]
fn a_join_and_a_sort() {
    same(
        "SELECT * FROM t, u AS w WHERE t.b = w.x ORDER BY t.a, w.y",
        &[
            "0|0|1|SCAN TABLE u AS w (~100000 rows)
             0|1|0|SEARCH TABLE t USING INDEX tb (b=?) (~10 rows)
             0|0|0|USE TEMP B-TREE FOR RIGHT PART OF ORDER BY",
            "5|0|0|SCAN TABLE u AS w
             7|0|0|SEARCH TABLE t USING INDEX tb (b=?)
             24|0|0|USE TEMP B-TREE FOR RIGHT PART OF ORDER BY",
            "5|0|216|SCAN w
             7|0|62|SEARCH main.t USING INDEX tb (b=?) LEFT-JOIN
             24|0|0|USE TEMP B-TREE FOR LAST 2 TERMS OF ORDER BY",
            "5|0|216|SCAN w
             7|0|62|SEARCH t USING INDEX tb (b=?)
             24|0|0|USE TEMP B-TREE FOR LAST TERM OF ORDER BY",
        ],
        &["SCAN w", "SEARCH t USING INDEX tb (b=?)", "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY"],
    );
}

#[test]
fn several_indexes_for_an_or() {
    same(
        "SELECT * FROM t AS q WHERE b = 1 OR c = 2",
        &[
            "0|0|0|SEARCH TABLE t AS q USING INDEX tb (b=?)
             0|0|0|SEARCH TABLE t AS q USING INDEX tc (c=?)",
            "4|0|0|MULTI-INDEX OR
             10|4|0|SEARCH TABLE t AS q USING INDEX tb (b=?)
             20|4|0|SEARCH TABLE t AS q USING INDEX tc (c=?)",
            "4|0|0|MULTI-INDEX OR
             5|4|0|INDEX 1
             11|5|62|SEARCH q USING INDEX tb (b=?)
             16|4|0|INDEX 2
             22|16|62|SEARCH q USING INDEX tc (c=?)",
        ],
        &["MULTI-INDEX OR", "  SEARCH q USING INDEX tb (b=?)", "  SEARCH q USING INDEX tc (c=?)"],
    );
}

#[test]
fn subqueries_in_expressions_have_no_numbers() {
    same(
        "SELECT (SELECT max(b) FROM t), (SELECT c FROM t WHERE a = u.x) FROM u WHERE y IN (SELECT z FROM u)",
        &[
            "0|0|0|SCAN TABLE u
             0|0|0|EXECUTE LIST SUBQUERY 3
             3|0|0|SCAN TABLE u
             0|0|0|EXECUTE LIST SUBQUERY 4
             0|0|0|EXECUTE CORRELATED SCALAR SUBQUERY 2
             2|0|0|SEARCH TABLE t USING INTEGER PRIMARY KEY (rowid=?)",
            "2|0|0|SCAN TABLE u
             5|0|0|LIST SUBQUERY
             6|5|0|SCAN TABLE u
             21|0|0|CORRELATED SCALAR SUBQUERY
             25|21|0|SEARCH TABLE t USING INTEGER PRIMARY KEY (rowid=?)",
            "2|0|0|SCAN u
             3|0|0|USING ROWID SEARCH ON TABLE t FOR IN-OPERATOR
             5|0|0|LIST SUBQUERY 1
             6|5|0|SCAN u
             21|0|0|CORRELATED SCALAR SUBQUERY 2
             25|21|0|SEARCH t USING INTEGER PRIMARY KEY (rowid=?)",
        ],
        &[
            "SCAN u",
            "LIST SUBQUERY",
            "  SCAN u",
            "CORRELATED SCALAR SUBQUERY",
            "  SEARCH t USING INTEGER PRIMARY KEY (rowid=?)",
        ],
    );
}

#[test]
fn a_subquery_of_a_delete() {
    same(
        "DELETE FROM t WHERE b IN (SELECT a FROM u WHERE c = 1) AND d IN (1, 2)",
        &[
            "0|0|0|SEARCH TABLE t USING INDEX tb (b=?)
             0|0|0|EXECUTE LIST SUBQUERY 0
             0|0|0|SEARCH TABLE u USING INDEX uc (c=?)
             0|0|0|EXECUTE LIST SUBQUERY 1",
            "4|0|0|SEARCH t USING INDEX tb (b=?)
             8|0|0|LIST SUBQUERY 1
             11|8|0|SEARCH u USING INDEX uc (c=?)",
        ],
        &["SEARCH t USING INDEX tb (b=?)", "LIST SUBQUERY", "  SEARCH u USING INDEX uc (c=?)"],
    );
}

#[test]
fn subqueries_in_from_by_their_aliases() {
    let sql = "SELECT * FROM v, v AS v3, (SELECT DISTINCT y FROM u), (SELECT 1) q";
    let expected = [
        "MATERIALIZE",
        "  SCAN t USING COVERING INDEX tb",
        "MATERIALIZE",
        "  SCAN u",
        "CO-ROUTINE",
        "  SCAN CONSTANT ROW",
        "SCAN SUBQUERY",
        "SCAN v3",
        "SEARCH SUBQUERY USING AUTOMATIC COVERING INDEX (y=?)",
        "SCAN q",
    ];
    same(
        sql,
        &[
            "3|0|0|MATERIALIZE 0x564C456B05A8
             11|3|0|SCAN TABLE t USING COVERING INDEX tb
             46|0|0|MATERIALIZE 0x564C456A7458
             50|46|0|SCAN TABLE u
             55|0|0|CO-ROUTINE 0x564C456A745B
             56|55|0|SCAN CONSTANT ROW
             62|0|0|SCAN SUBQUERY 0x564C456B05A8
             64|0|0|SCAN SUBQUERY 0x564C456A7DB8 AS v3
             66|0|0|SEARCH SUBQUERY 0x564C456A7458 USING AUTOMATIC COVERING INDEX (y=?)
             68|0|0|SCAN SUBQUERY 0x564C456A745B AS q",
            "3|0|0|MATERIALIZE v
             11|3|0|SCAN t USING COVERING INDEX tb
             46|0|0|MATERIALIZE (subquery-1)
             50|46|0|SCAN u
             55|0|0|CO-ROUTINE q
             56|55|0|SCAN CONSTANT ROW
             62|0|0|SCAN v
             64|0|0|SCAN v3
             66|0|0|SEARCH (subquery-1) USING AUTOMATIC COVERING INDEX (y=?)
             68|0|0|SCAN q",
        ],
        &expected,
    );
    // A table does not say which of the two ways it is.
    let rows = "1|0|0|SCAN TABLE t USING COVERING INDEX tb
                2|0|0|SCAN TABLE u
                0|0|0|SCAN SUBQUERY 1
                0|1|1|SCAN SUBQUERY 1 AS v3
                0|2|2|SEARCH SUBQUERY 2 USING AUTOMATIC COVERING INDEX (y=?)
                0|3|3|SCAN SUBQUERY 3 AS q";
    let untold = expected.map(|line| match line {
        "MATERIALIZE" | "CO-ROUTINE" => "SUBQUERY",
        line => line,
    });
    assert_eq!(plan(sql, rows), untold);
}

#[test]
fn compounds_one_after_the_other() {
    same(
        "SELECT a FROM t UNION SELECT x FROM u UNION ALL SELECT 1",
        &[
            "2|0|0|SCAN TABLE t
             3|0|0|SCAN TABLE u
             1|0|0|COMPOUND SUBQUERIES 2 AND 3 USING TEMP B-TREE (UNION)
             0|0|0|COMPOUND SUBQUERIES 1 AND 4 (UNION ALL)",
            "1|0|0|COMPOUND QUERY
             2|1|0|LEFT-MOST SUBQUERY
             5|2|0|SCAN TABLE t
             11|1|0|UNION USING TEMP B-TREE
             13|11|0|SCAN TABLE u
             24|1|0|UNION ALL
             26|24|0|SCAN CONSTANT ROW",
        ],
        &[
            "COMPOUND QUERY",
            "  LEFT-MOST SUBQUERY",
            "    SCAN t",
            "  UNION USING TEMP B-TREE",
            "    SCAN u",
            "  UNION ALL",
            "    SCAN CONSTANT ROW",
        ],
    );
}

#[test]
fn compounds_by_merging() {
    same(
        "SELECT b FROM t UNION SELECT x FROM u UNION ALL SELECT y FROM u ORDER BY 1",
        &[
            "2|0|0|SCAN TABLE t USING COVERING INDEX tb
             3|0|0|SCAN TABLE u
             3|0|0|USE TEMP B-TREE FOR ORDER BY
             1|0|0|COMPOUND SUBQUERIES 2 AND 3 (UNION)
             4|0|0|SCAN TABLE u
             4|0|0|USE TEMP B-TREE FOR ORDER BY
             0|0|0|COMPOUND SUBQUERIES 1 AND 4 (UNION ALL)",
            "1|0|0|MERGE (UNION ALL)
             3|1|0|LEFT
             5|3|0|MERGE (UNION)
             7|5|0|LEFT
             10|7|212|SCAN t USING COVERING INDEX tb
             17|5|0|RIGHT
             20|17|216|SCAN u
             26|17|0|USE TEMP B-TREE FOR ORDER BY
             71|1|0|RIGHT
             74|71|216|SCAN u
             80|71|0|USE TEMP B-TREE FOR ORDER BY",
        ],
        &[
            "MERGE (UNION ALL)",
            "  LEFT",
            "    MERGE (UNION)",
            "      LEFT",
            "        SCAN t USING COVERING INDEX tb",
            "      RIGHT",
            "        SCAN u",
            "        USE TEMP B-TREE FOR ORDER BY",
            "  RIGHT",
            "    SCAN u",
            "    USE TEMP B-TREE FOR ORDER BY",
        ],
    );
}

#[test]
fn recursion() {
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT * FROM n";
    let tree = "2|0|0|CO-ROUTINE n
                5|2|0|SETUP
                6|5|0|SCAN CONSTANT ROW
                17|2|0|RECURSIVE STEP
                18|17|216|SCAN n
                28|0|215|SCAN n";
    let rest = ["  SETUP", "    SCAN CONSTANT ROW", "  RECURSIVE STEP", "    SCAN n", "SCAN SUBQUERY"];
    assert_eq!(plan(sql, tree)[0], "CO-ROUTINE");
    assert_eq!(plan(sql, tree)[1..], rest);
    let table = "3|0|0|SCAN TABLE n
                 1|0|0|COMPOUND SUBQUERIES 0 AND 0 (UNION ALL)
                 0|0|0|SCAN SUBQUERY 1";
    assert_eq!(plan(sql, table)[0], "SUBQUERY");
    assert_eq!(plan(sql, table)[1..], rest);
}

#[test]
fn constant_rows() {
    same(
        "VALUES (1), (2), (3)",
        &["1|0|0|SCAN 3 CONSTANT ROWS", "9|0|216|SCAN 3-ROW VALUES CLAUSE"],
        &["SCAN 3 CONSTANT ROWS"],
    );
}

#[test]
fn what_a_version_does_for_the_first_time_stays() {
    let rows = "4|0|216|SCAN u
                5|0|0|BLOOM FILTER ON v (b=?)
                6|0|54|SEARCH t EXISTS USING COVERING INDEX tb (b=?)
                7|0|0|SCAN j VIRTUAL TABLE INDEX 1:
                8|0|0|RIGHT-JOIN u
                9|8|0|SCAN u";
    let expected = [
        "SCAN u",
        "BLOOM FILTER ON v (b=?)",
        "SEARCH t EXISTS USING COVERING INDEX tb (b=?)",
        "SCAN j VIRTUAL TABLE INDEX 1:",
        "RIGHT-JOIN u",
        "  SCAN u",
    ];
    assert_eq!(plan("SELECT 1", rows), expected);
}
