use super::*;
use crate::contract::verb::{Call, Verb};
use crate::contract::{Contract, PlacedStep};
use crate::diagnostic::SourceText;

fn records(text: &str) -> Vec<Record<'_>> {
    Records::of(text, 1, USUAL_THRESHOLD).collect::<Result<_, _>>().unwrap()
}

fn mistake(text: &str) -> String {
    Records::of(text, 1, USUAL_THRESHOLD).find_map(Result::err).unwrap().to_string()
}

fn query<'a>(record: &'a Record<'_>) -> &'a Query<'a> {
    let Asks::Query { query, .. } = &record.asks else { panic!("{record:?}") };
    query
}

const SCRIPT: &str = "\
# a comment, and a threshold
hash-threshold 3

statement ok
CREATE TABLE t(a,
# in between
b)

statement error
SELECT \r
   \r
onlyif mysql # other words are for people
skipif sqlite
statement ok
DROP ALL

skipif mysql
query IT rowsort label-1
SELECT a, b FROM t
----
1
(empty)

query R
SELECT 1.5

halt

no record at all
";

#[test]
fn records_are_read_as_sqlites_own_runner_reads_them() {
    let found = records(SCRIPT);
    let lines: Vec<usize> = found.iter().map(|record| record.line).collect();
    assert_eq!(lines, [4, 9, 18, 24]);
    assert_eq!(found[0].asks, Asks::Statement { sql: "CREATE TABLE t(a,\nb)".into(), fails: false });
    assert!(matches!(&found[1].asks, Asks::Statement { fails: true, .. }));
    assert_eq!(
        *query(&found[2]),
        Query {
            types: "IT",
            sort: Sort::Rows,
            label: Some("label-1"),
            result: Some(vec!["1", "(empty)"]),
            threshold: 3
        }
    );
    assert_eq!(query(&found[3]).result, None, "a prototype has no result");
}

#[test]
fn a_labelled_query_for_others_is_compared_with_ours() {
    let found = records("onlyif mysql\nquery I nosort one\nSELECT 1\n----\n1\n");
    assert_eq!(found[0].asks, Asks::Skipped { label: "one", result: vec!["1"] });
    assert_eq!(records("onlyif mysql\nquery I\nSELECT 1\n----\n1\n"), []);
}

#[test]
fn a_mistake_has_a_line_and_a_remedy() {
    assert_eq!(
        mistake("\nqury I\nSELECT 1\n"),
        "line 2: no record begins with `qury`; did you mean `query`?"
    );
    assert!(
        mistake("statement maybe\nSELECT 1\n").starts_with("line 1: a statement is `ok` or `error`; write")
    );
    assert!(mistake("query\nSELECT 1\n").contains("the types of the columns are missing; write a letter"));
    assert!(mistake("query IX\nSELECT 1\n").contains("`X` is the type of no column"));
    assert!(mistake("query I sorted\nSELECT 1\n").contains("write `nosort`, `rowsort` or `valuesort`"));
    assert!(mistake("hash-threshold many\n").contains("`many` is no threshold"));
    assert!(mistake("skipif\nquery I\nSELECT 1\n").contains("the name of an engine is missing"));
    assert!(mistake("statement ok\n\nquery I\nSELECT 1\n").contains("line 1: the `statement` has no SQL"));
    assert!(mistake("query I\n----\n1\n").contains("the `query` has no SQL; write its SQL"));
    let file = SourceText::new("a.test", "statement ok\nSELECT 1\n\nqury I\nSELECT 1\n");
    let shown = Contract::of_sqllogictest(&file).unwrap_err().render(false);
    assert!(shown.contains("a.test:4:1") && shown.contains("did you mean `query`?"), "{shown}");
    assert!(Contract::of_sqllogictest(&SourceText::new("a.test", "# nothing\n")).is_err());
}

fn steps(contract: &Contract) -> Vec<&PlacedStep> {
    contract.cases[0].runs[0].steps.iter().skip(1).collect()
}

fn script(step: &PlacedStep) -> (usize, usize) {
    let Verb::Call(Call::Sqllogictest(asked)) = &step.step.verb else { panic!("{step:?}") };
    (asked.records().count(), asked.records().next().unwrap().unwrap().line)
}

#[test]
fn many_records_are_one_step_and_one_where_that_is_asked_for() {
    let text: String = (0..250).map(|n| format!("query I\nSELECT {n}\n----\n{n}\n\n")).collect();
    let text = format!("hash-threshold 5\n\n{text}");
    let contract = Contract::of_sqllogictest(&SourceText::new("a.test", text.as_str())).unwrap();
    let together = steps(&contract);
    assert_eq!(together.iter().map(|step| script(step).0).collect::<Vec<_>>(), [100, 100, 50]);
    assert_eq!(together[1].place.to_string(), "a.test:503:1");
    assert_eq!(together[1].step.describe(), "sqllogictest, lines 503 to 1001");
    let finest = contract.finest();
    let alone = steps(&finest);
    assert_eq!((alone.len(), script(alone[101])), (250, (1, 508)));
    assert_eq!(alone[101].step.describe(), "line 508: query SELECT 101");
    assert_eq!(alone[101].place.to_string(), "a.test:508:1");
    let Verb::Call(Call::Sqllogictest(asked)) = &alone[249].step.verb else { panic!() };
    assert_eq!(asked.threshold, Some(5), "a threshold holds for all records after it");
}

#[test]
fn a_script_may_take_longer_the_more_records_it_has() {
    let deadline = |records: usize| {
        let text = "statement ok\nSELECT 1\n\n".repeat(records);
        Contract::of_sqllogictest(&SourceText::new("a.test", text.as_str())).unwrap().cases[0]
            .deadline
            .as_secs()
    };
    assert_eq!([deadline(2), deadline(200), deadline(2000)], [21, 120, 600]);
}
