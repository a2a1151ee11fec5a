//! Which cases know which findings, on cases that are made up.

use std::sync::Arc;

use super::case::{CaseChange, Uses, is_over_builds};
use super::*;
use crate::analysis::discover::answer::Type;
use crate::analysis::discover::change::Change;
use crate::analysis::discover::finding::Finding;
use crate::analysis::known::{Sort, changed};

#[test]
fn what_one_statement_leaves_behind_is_known_by_the_kind_of_the_one_that_shows_it() {
    let [old, new] = ["query SELECT a FROM t → \"a\"", "query SELECT a FROM t → \"b\""];
    let known = |all: &str| {
        let case = "writes/updates/between".to_owned();
        let all = Arc::new(Uses::made_up(all));
        Known([("2".to_owned(), vec![CaseChange::new(case, all, changed(&old.into(), &new.into()))])].into())
    };
    let found = |shown: &str| {
        let mut found = finding("UPDATE t SET a = 1", "UPDATE", &["2"]);
        found.statements.push(shown.to_owned());
        found.drifts[0].statement = 1;
        found
    };
    let update = "exec UPDATE t SET a = 2; query SELECT a FROM t";
    assert_eq!(known(update).of(&found("SELECT * FROM t")).cases, ["writes/updates/between"]);
    assert!(known(update).of(&found("PRAGMA integrity_check")).cases.is_empty());
    assert!(known("query SELECT a FROM t").of(&found("SELECT * FROM t")).cases.is_empty());
}

fn finding(sql: &str, feature: &str, builds: &[&str]) -> Finding {
    Finding::made_up(sql, feature, builds)
}

fn known_of(known: &Known, sql: &str, feature: &str, builds: &[&str]) -> Vec<String> {
    known.of(&finding(sql, feature, builds)).cases
}

/// `round` changes in build 3, which comes after 1 and 2.
fn recorded(electorate: &[&str]) -> Known {
    let accepted = [("1", "query SELECT round(1, 2) → \"1\""), ("3", "query SELECT round(1, 2) → \"2\"")];
    let accepted = accepted.map(|(build, text)| (build.to_owned(), text.to_owned())).into();
    let snapshots = CaseSnapshots { accepted, ..CaseSnapshots::default() };
    let parents = [("1", None), ("2", Some("1")), ("3", Some("2")), ("4", Some("3")), ("5", Some("4"))];
    let pairs = parents.map(|(name, it)| (name.to_owned(), it.map(str::to_owned)));
    let lineage = Lineage::new(pairs).unwrap();
    let names = electorate.iter().map(|name| (*name).to_owned()).collect();
    let electorate = Electorate::new(names, &lineage, "5");
    let mut known = Known::default();
    for (before, after) in electorate.neighbours() {
        if let Some(texts) = changing(&lineage, &snapshots, before, after) {
            let steps = changed(&texts[0].as_str().into(), &texts[1].as_str().into());
            let change = CaseChange::new("precision/round/half".to_owned(), Arc::default(), steps);
            known.0.entry(after.to_owned()).or_default().push(change);
        }
    }
    known
}

#[test]
fn a_case_knows_what_drifts_at_the_same_build_over_the_same_function() {
    let known = recorded(&["1", "2", "3", "4", "5"]);
    let of = |sql, feature, builds: &[&str]| known_of(&known, sql, feature, builds);
    assert_eq!(of("SELECT round(7)", "round", &["3"]), ["precision/round/half"]);
    assert!(of("SELECT abs(7)", "abs", &["3"]).is_empty());
    assert!(of("SELECT round(7)", "round", &["2"]).is_empty());
    assert!(of("SELECT round(7)", "round", &["3", "4"]).is_empty());
}

#[test]
fn a_case_that_changes_between_two_builds_of_a_search_is_known_at_the_later_one() {
    for builds in [&["1", "5"][..], &["2", "5"]] {
        assert_eq!(known_of(&recorded(builds), "SELECT round(7)", "round", &["5"]), ["precision/round/half"]);
    }
    assert!(known_of(&recorded(&["3", "5"]), "SELECT round(7)", "round", &["5"]).is_empty());
}

#[test]
fn what_a_build_lacks_needs_no_case_where_something_else_changes() {
    let known = recorded(&["1", "2", "3", "4", "5"]);
    let mut found = finding("SELECT round(7)", "round", &["2", "3"]);
    found.drifts[0].change = Change::Appears("no such function: round".to_owned());
    let of = known.of(&found);
    assert_eq!(of.cases, ["precision/round/half"]);
    assert_eq!(of.of_drifts, [None, Some("precision/round/half".to_owned())]);
    found.drifts.truncate(1);
    assert!(known.of(&found).cases.is_empty());
}

#[test]
fn the_case_is_named_that_knows_most_of_it() {
    let both = |case, build| (case, build, "query SELECT round(a) FROM t WHERE b", ["\"1\"", "\"2\""]);
    let known = Known::made_up(&[
        ("a/b/c", "3", "query SELECT round(1)", ["\"1\"", "\"2\""]),
        both("a/b/d", "3"),
        both("a/b/d", "4"),
    ]);
    assert_eq!(known_of(&known, "SELECT round(7)", "round", &["3", "4"]), ["a/b/d"]);
    assert_eq!(known_of(&known, "SELECT round(7)", "round", &["3"]), ["a/b/c"]);
}

#[test]
fn what_a_table_was_made_with_is_no_part_of_it_where_one_case_knows_every_change() {
    let drift =
        |build| ("a/b/c", build, "query SELECT 1 WHERE EXISTS (SELECT a FROM t UNION SELECT 2)", ["1", "2"]);
    let known = Known::made_up(&[drift("3"), drift("4")]);
    let mut found = finding("SELECT a FROM t UNION SELECT b FROM t", "UNION", &["3", "4"]);
    found.statements.insert(0, "CREATE TABLE t(a BOOLEAN, b)".to_owned());
    for drift in &mut found.drifts {
        drift.change = Change::Rows;
    }
    for features in [&mut found.core, &mut found.features] {
        features.insert("BOOLEAN".to_owned());
    }
    assert_eq!(known.of(&found).cases, ["a/b/c"]);
    assert_eq!(known.of(&found).of_drifts, [Some("a/b/c".to_owned()), Some("a/b/c".to_owned())]);
    found.drifts.truncate(1);
    assert!(known.of(&found).cases.is_empty());
}

#[test]
fn of_a_function_that_was_not_there_it_is_known_whatever_else_a_program_uses() {
    let known =
        Known::made_up(&[("a/b/c", "3", "query SELECT iif(1, 2)", ["ERROR: no such function: iif", "2"])]);
    let mut found = finding("CREATE INDEX i ON t(char(), iif())", "char", &["3"]);
    for words in ["no such function: iif", "wrong number of arguments to function iif()"] {
        found.drifts[0].change = Change::Works(words.to_owned());
        assert_eq!(known.of(&found).cases, ["a/b/c"]);
    }
    found.drifts[0].change = Change::Works("no such function: sign".to_owned());
    assert!(known.of(&found).cases.is_empty());
}

#[test]
fn a_value_of_another_type_is_another_change() {
    let of = |outcomes| {
        let known = Known::made_up(&[("a/b/c", "3", "query SELECT round(1)", outcomes)]);
        known_of(&known, "SELECT round(7)", "round", &["3"]).len()
    };
    // The finding changes from a text to a text.
    assert_eq!(of(["\"1\"", "\"2\""]), 1);
    assert_eq!(of(["1", "NULL"]), 0);
    assert_eq!(of(["1", "no rows"]), 1);
}

#[test]
fn a_case_is_asked_only_between_neighbours_at_which_a_finding_changes_that_it_may_know() {
    let case = |sql: &str| {
        let source = crate::diagnostic::SourceText::new("x", sql);
        Contract::of_sql(&source).unwrap().cases[0].clone()
    };
    let mut findings = [finding("SELECT round(7)", "round", &["3"]), finding("SELECT abs(7)", "abs", &["4"])];
    findings.iter_mut().flat_map(|it| &mut it.drifts).for_each(|drift| drift.before = "2".to_owned());
    let wanted = Wanted::of(&findings);
    let asked = wanted.of_case(&case("SELECT upper(round(1))"));
    assert_eq!(asked.into_iter().collect::<Vec<_>>(), [("2", "3")]);
    assert!(wanted.of_case(&case("SELECT 1")).is_empty());
    let others = wanted.between(|_, after| after == "4");
    assert!(others.of_case(&case("SELECT round(1)")).is_empty());
    assert_eq!(others.of_case(&case("SELECT abs(1)")).len(), 1);
}

#[test]
fn a_literal_is_looked_up_by_the_call_around_it() {
    let known = Known::made_up(&[("a/b/c", "3", "query SELECT julianday('2024-02-29')", ["\"1\"", "\"2\""])]);
    let of = |sql| known_of(&known, sql, "'weekday 6'", &["3"]);
    assert_eq!(of("SELECT julianday(0, 'weekday 6')"), ["a/b/c"]);
    assert!(of("SELECT date(0, 'weekday 6')").is_empty());
}

#[test]
fn what_is_inside_of_a_literal_is_looked_up_by_the_call_around_it() {
    let known = Known::made_up(&[("a/b/c", "3", "query SELECT date(1, '-9 days')", ["\"1\"", "\"2\""])]);
    let of = |sql| known_of(&known, sql, "%", &["3"]);
    assert_eq!(of("SELECT date(0, '-7 year')"), ["a/b/c"]);
    assert!(of("SELECT time(0, '-7 year')").is_empty());
}

#[test]
fn json_that_comes_through_a_query_is_known_by_both_together() {
    let step = "query SELECT json_array((SELECT json_array(1)))";
    let known = Known::made_up(&[("a/b/c", "3", step, ["\"1\"", "\"2\""])]);
    let of = |sql| known_of(&known, sql, "json_quote", &["3"]);
    assert_eq!(of("SELECT json_array((SELECT json_quote(0)))"), ["a/b/c"]);
    assert!(of("SELECT json_array(json_quote(0))").is_empty());
    assert!(of("SELECT json_object((SELECT json_quote(0)))").is_empty());
}

#[test]
fn a_case_that_says_the_program_itself_knows_it_whatever_is_in_it() {
    let known = Known::made_up(&[("a/b/c", "3", "query SELECT '--5' / 0.5", ["\"1\"", "\"2\""])]);
    let of = |sql| known_of(&known, sql, "%", &["3"]);
    assert_eq!(of("select '--5'/0.5"), ["a/b/c"]);
    assert!(of("SELECT '-5' / 0.5").is_empty());
    let mut more = finding("SELECT '--5' / 0.5", "%", &["3"]);
    more.statements.insert(0, "CREATE TABLE t(a)".to_owned());
    more.drifts[0].statement = 1;
    assert!(known.of(&more).cases.is_empty(), "the case has no such table");
}

#[test]
fn a_call_is_known_by_the_same_call_of_another_handle() {
    let known = Known::made_up(&[("a/b/c", "3", "db_config enable_fkey value=-1", ["1", "0"])]);
    let of = |step: &str| known_of(&known, step, "db_config: {switch: enable_fkey", &["3"]);
    assert_eq!(of("db_config: {switch: enable_fkey, value: -1, db: other}"), ["a/b/c"]);
    assert!(of("db_config: {switch: enable_view, value: -1, db: db}").is_empty());
}

#[test]
fn a_call_is_known_by_a_call_of_the_same_words_with_another_number() {
    let step = "limit variable_number value=-1";
    let known = Known::made_up(&[("a/b/c", "3", step, ["\"1\"", "\"2\""])]);
    let of = |step: &str| known_of(&known, step, "limit: {limit: variable_number, value: 2", &["3"]);
    assert_eq!(of("limit: {limit: variable_number, value: 2, db: db}"), ["a/b/c"]);
    assert!(of("limit: {limit: column, value: 2, db: db}").is_empty());
}

#[test]
fn a_step_that_uses_it_and_does_not_change_says_nothing() {
    let above = "query SELECT round(1) → 1\nquery SELECT abs(1) → 1";
    let words: Vec<_> = changed(&above.into(), &"query SELECT round(1) → 1\nquery SELECT abs(1) → 2".into())
        .into_iter()
        .map(|step| (step.words.contains("abs"), step.words.contains("round"), step.sort))
        .collect();
    assert_eq!(words, [(true, false, Sort::Silent)]);
}

#[test]
fn a_list_of_what_a_build_has_says_nothing_of_what_it_is_asked_with() {
    let step = "query SELECT count(*) FROM pragma_compile_options WHERE compile_options LIKE 'ENABLE%'";
    let known = Known::made_up(&[("surface/lists/options", "3", step, ["\"1\"", "\"2\""])]);
    assert!(known_of(&known, "SELECT x'31' LIKE 1", "LIKE", &["3"]).is_empty());
    let of_list = "SELECT count(*) FROM pragma_compile_options";
    assert_eq!(known_of(&known, of_list, "pragma_compile_options", &["3"]), ["surface/lists/options"]);
}

#[test]
fn a_case_over_several_builds_knows_no_program_of_one() {
    let steps = |on: &str| format!("[{{open: ':memory:'{on}}}, {{query: PRAGMA integrity_check{on}}}]");
    let case = |on: &str| {
        let text = format!("title: a\nwhy: b\ncases:\n  - name: found\n    steps: {}\n", steps(on));
        let source = crate::diagnostic::SourceText::new("a.yaml", text.as_str());
        Contract::read("a/b", &source).unwrap_or_else(|it| panic!("{it}")).cases[0].clone()
    };
    assert!(!is_over_builds(&case("")));
    let other = case(", on: newest").clone();
    assert!(is_over_builds(&other));
    let found = [finding("PRAGMA integrity_check", "PRAGMA integrity_check", &["3"])];
    assert!(Wanted::of(&found).of_case(&other).is_empty());
    assert_eq!(Wanted::of(&found).of_case(&case("")).len(), 1);
}

#[test]
fn another_kind_of_change_over_the_same_function_is_not_known() {
    let fails = ["1", "ERROR: integer overflow"];
    let known = Known::made_up(&[("a/b/c", "3", "query SELECT sum(a) FROM t", fails)]);
    assert!(known_of(&known, "SELECT sum(7)", "sum", &["3"]).is_empty());
}

#[test]
fn that_a_case_asks_for_a_plan_says_nothing_of_another_plan() {
    let plans = ["\"SCAN t\"", "\"SEARCH t\""];
    let known = Known::made_up(&[("plans/joins/chain", "3", "plan SELECT a FROM t LEFT JOIN u", plans)]);
    let plan = finding("EXPLAIN QUERY PLAN SELECT 0 EXCEPT SELECT 1", "EXCEPT", &["3"]);
    assert!(known.of(&plan).cases.is_empty());
}

/// A finding that changes a value in this way at build 3.
fn finding_that(sql: &str, feature: &str, change: Change, sides: [&str; 2]) -> Finding {
    let mut found = finding(sql, feature, &["3"]);
    let drift = &mut found.drifts[0];
    (drift.change, drift.was, drift.is) = (change, sides[0].to_owned(), sides[1].to_owned());
    found
}

#[test]
fn a_finding_that_has_all_ingredients_of_a_step_is_known_by_it() {
    let step = "query SELECT round(a) FROM (SELECT 1 AS a UNION SELECT 2)";
    let known = Known::made_up(&[("a/b/c", "3", step, ["1", "2"])]);
    let of = |sql: &str, change| known.of(&finding_that(sql, "abs", change, ["1", "2"])).cases;
    let integers = || Change::Value(Type::Integer, Type::Integer);
    let more = "WITH n AS (SELECT abs(7) AS a UNION SELECT 2) SELECT round(a) FROM n";
    assert_eq!(of(more, integers()), ["a/b/c"]);
    assert_eq!(of(more, Change::Rows), ["a/b/c"]);
    assert!(of(more, Change::Value(Type::Null, Type::Text)).is_empty(), "a value of other types");
    assert!(of(more, Change::Works("x".to_owned())).is_empty(), "an error");
    assert!(of("SELECT round(a) FROM (SELECT abs(7) AS a)", integers()).is_empty(), "it has no UNION");
    assert!(of("INSERT INTO t SELECT round(abs(7)) FROM (SELECT 1 UNION SELECT 2)", integers()).is_empty());
}

#[test]
fn one_ingredient_tells_enough_where_the_value_is_the_same() {
    let known =
        Known::made_up(&[("a/b/c", "3", "query SELECT round(a, 2) FROM t", ["\"2.68\"", "\"2.67\""])]);
    let texts = || Change::Value(Type::Text, Type::Text);
    let of = |sides| known.of(&finding_that("SELECT round(abs(7))", "abs", texts(), sides)).cases.len();
    assert_eq!(of(["\"2.68\"", "\"2.67\""]), 1);
    assert_eq!(of(["\"2.68\"", "\"2.66\""]), 0);
    let sums = Known::made_up(&[("a/b/c", "3", "query SELECT sum(a) FROM t", ["\"2.68\"", "\"2.67\""])]);
    let found = finding_that("SELECT round(avg(7))", "round", texts(), ["\"2.68\"", "\"2.67\""]);
    assert!(sums.of(&found).cases.is_empty(), "another aggregate");
}

#[test]
fn a_text_for_people_is_known_by_its_words() {
    let said = |table: &str| format!("\"malformed inverted index for table main.{table}\"");
    let (own, other) = (said("f"), said("words"));
    let step = "query PRAGMA integrity_check";
    let known = Known::made_up(&[("a/b/c", "3", step, ["\"ok\"", own.as_str()])]);
    let of = |sides| {
        let texts = Change::Value(Type::Text, Type::Text);
        known.of(&finding_that("PRAGMA quick_check", "quick_check", texts, sides)).cases.len()
    };
    assert_eq!(of(["\"ok\"", &other]), 1);
    assert_eq!(of([&other, "\"ok\""]), 0);
    assert_eq!(of(["\"ok\"", "\"NULL value in t.a\""]), 0);
    let renamed = ["\"no inverted index for f.a\"", "\"no inverted index for f.b\""];
    let known = Known::made_up(&[("a/b/c", "3", "query SELECT a FROM t", renamed)]);
    let texts = Change::Value(Type::Text, Type::Text);
    let found = finding_that(
        "PRAGMA quick_check",
        "quick_check",
        texts,
        ["\"no inverted index for t.x\"", "\"no inverted index for t.y\""],
    );
    assert!(known.of(&found).cases.is_empty(), "only names change");
}

#[test]
fn json_that_becomes_a_text_is_known_whichever_function_it_is_given_to() {
    let step = "query SELECT json_array(x) FROM (SELECT json(1) AS x)";
    let known = Known::made_up(&[("a/b/c", "3", step, ["\"[1]\"", "\"[\\\"1\\\"]\""])]);
    let of = |sql: &str, sides| {
        known.of(&finding_that(sql, "json_quote", Change::Value(Type::Text, Type::Text), sides)).cases.len()
    };
    let quoted = ["\"{\\\"a\\\":7}\"", "\"{\\\"a\\\":\\\"7\\\"}\""];
    let sql = "SELECT json_object('a', x) FROM (SELECT json_quote(7) AS x)";
    assert_eq!(of(sql, quoted), 1);
    assert_eq!(of(sql, ["\"{\\\"a\\\":7}\"", "\"{\\\"a\\\":8}\""]), 0);
    assert_eq!(of("SELECT replace('a', x, 1)", quoted), 0);
}

#[test]
fn a_case_that_goes_on_knows_where_a_change_is_mended() {
    let step = "query SELECT round(1)";
    let drift = |build, sides| ("a/b/c", build, step, sides);
    let known = Known::made_up(&[drift("3", ["\"1\"", "\"2\""]), drift("4", ["\"2\"", "\"1\""])]);
    let found = finding("SELECT round(7)", "round", &["3", "4"]);
    assert_eq!(known.of(&found).cases, ["a/b/c"]);
    // At the later build another step of the case changes.
    let other = ("a/b/c", "4", "query SELECT abs(1)", ["\"2\"", "\"1\""]);
    assert!(Known::made_up(&[drift("3", ["\"1\"", "\"2\""]), other]).of(&found).cases.is_empty());
    // What fails at the later build is not asked for by what the program uses, but it is the same step.
    let fails = drift("4", ["ERROR: no such function: iif", "\"1\""]);
    let known = Known::made_up(&[drift("3", ["\"1\"", "\"2\""]), fails]);
    let mut more = finding("SELECT round(7)", "round", &["3", "4"]);
    more.drifts[1].change = Change::Works("no such function: sign".to_owned());
    assert_eq!(known.of(&more).of_drifts[1].as_deref(), Some("a/b/c"));
    more.drifts.remove(0);
    assert_eq!(known.of(&more).of_drifts[0], None);
}

#[test]
fn a_pragma_that_answers_nothing_before_is_known_whatever_else_a_program_uses() {
    let of = |pragma: &str| {
        let step = format!("query PRAGMA {pragma}(t)");
        let known = Known::made_up(&[("a/b/c", "3", step.as_str(), ["no rows", "1"])]);
        let mut found =
            finding_that("CREATE TABLE t(a CHECK (a > 0))", "CHECK", Change::Rows, ["no rows", "1"]);
        found.statements.push(format!("PRAGMA {pragma}(t)"));
        found.drifts[0].statement = 1;
        let came = known.of(&found).cases.len();
        found.drifts[0].was = "2".to_owned();
        (came, known.of(&found).cases.len())
    };
    assert_eq!(of("table_xinfo"), (1, 0));
    assert_eq!(of("temp.table_xinfo").0, 1);
    assert_eq!(of("foreign_key_check"), (0, 0));
}

#[test]
fn a_program_that_reads_a_list_is_known_by_no_step_without_it() {
    let known = Known::made_up(&[("a/b/c", "3", "query SELECT DISTINCT a FROM t", ["\"1\"", "\"2\""])]);
    assert_eq!(known_of(&known, "SELECT DISTINCT a FROM t", "DISTINCT", &["3"]), ["a/b/c"]);
    let list = "SELECT DISTINCT name FROM pragma_function_list";
    assert!(known_of(&known, list, "DISTINCT", &["3"]).is_empty());
}

#[test]
fn between_builds_of_one_version_an_error_is_known_by_its_words() {
    let said = "ERROR: no such column: \"x\" - should this be a string literal in single-quotes?";
    let step = "exec CREATE INDEX i ON t(\"x\")";
    let of = |before: &str, after: &str, other: &str| {
        let known = Known::made_up(&[("a/b/c", after, step, ["OK", said])]);
        let mut found = finding("CREATE TABLE t(a CHECK (a != \"yy\"))", "CHECK", &[after]);
        let drift = &mut found.drifts[0];
        (drift.before, drift.was, drift.is) = (before.to_owned(), "no rows".to_owned(), other.to_owned());
        drift.change = Change::Fails("no such column: \"yy\"".to_owned());
        known.of(&found).cases.len()
    };
    let other = said.replace("\"x\"", "\"yy\"");
    assert_eq!(of("3.54.1-rusqlite", "3.54.1-dqs0", &other), 1);
    assert_eq!(of("3.54.0-rusqlite", "3.54.1-rusqlite", &other), 0);
    assert_eq!(of("3.54.1-rusqlite", "3.54.1-dqs0", "ERROR: no such column: yy"), 0);
}
