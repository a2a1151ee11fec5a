//! Files that nobody writes by hand: whatever is in them, what is wrong is said in few words. Nothing is timed here, but
//! what grew with the square of such a file would take hours.

use crate::contract::Contract;
use crate::diagnostic::SourceText;

const HEAD: &str = "title: a\nwhy: b\ncases:\n";

/// What is wrong with a file.
fn mistakes(yaml: String) -> String {
    let read = Contract::read("a/b", &SourceText::new("a/b.yaml", yaml));
    let said = read.map_or_else(|mistakes| mistakes.render(false), |_| "nothing".to_owned());
    assert!(said.len() < 200_000, "{}", said.len());
    said
}

fn case(steps: &str) -> String {
    format!("{HEAD}  - name: one\n    steps: [{steps}]\n")
}

#[test]
fn words_of_a_hundred_thousand_letters() {
    let long = "a".repeat(100_000);
    let other = format!("{}b", "a".repeat(99_999));
    assert!(mistakes(format!("{HEAD}? {long}\n: 5\n")).contains("unknown key"));
    assert!(mistakes(case(&format!("{{? {long} : 5}}"))).contains("unknown verb"));
    assert!(
        mistakes(case(&format!("{{open: a}}, {{exec: a, expect: {long}}}"))).contains("unknown result code")
    );
    assert!(
        mistakes(case(&format!("{{open: a}}, {{prepare: {{sql: a, stmt: {long}}}}}, {{step: {other}}}")))
            .contains("never prepared")
    );
    assert!(mistakes(case(&format!("{{open: a}}, {{exec: '${{{long}}}'}}"))).contains("stands for nothing"));
}

#[test]
fn a_file_of_one_line() {
    let steps = "{open: a}, {exec: SELECT 1, expct: OK}, ".repeat(2_000);
    let said = mistakes(case(&steps) + &"#".repeat(1_000_000));
    assert!(said.starts_with("error: unknown key `expct`") && said.contains("and 950 more"), "{said}");
    assert!(said.ends_with("1,000 mistakes; the rest of a file with so many was not read"), "{said}");
}

#[test]
fn a_file_of_many_mistakes() {
    let case = |at: usize| {
        format!(
            "  - name: a{at}\n    steps:\n      - open: a\n      - step: other\n      - exec: ${{b}}\n      - exce: c\n"
        )
    };
    mistakes(HEAD.to_owned() + &(0..1_000).map(case).collect::<String>());
}

#[test]
fn a_case_of_many_steps() {
    let step = |at: usize| format!("{{prepare: {{sql: SELECT 1, stmt: s{at}}}}}, {{step: t{at}}}, ");
    let said = mistakes(case(&format!("{{open: a}}, {}", (0..2_000).map(step).collect::<String>())));
    assert!(said.contains("is never prepared") && said.contains("1,000 mistakes"), "{said}");
}

#[test]
fn a_long_text() {
    let long = "SELECT 1; ".repeat(100_000);
    assert_eq!(mistakes(case(&format!("{{open: a}}, {{exec: '{long}'}}"))), "nothing");
    assert!(mistakes(case(&format!("{{open: a}}, {{exec: '{long}', expect: [1]}}"))).contains("no rows"));
    assert!(mistakes(case(&format!("{{open: a}}, {{exec: {{sql: [a, '{long}']}}}}"))).contains("mistake"));
    assert!(mistakes(format!("{HEAD}  - '{long}'\n")).contains("found the text"));
}

#[test]
fn deep_nesting() {
    assert!(mistakes("[".repeat(1_000_000)).contains("mistake"));
    assert!(mistakes("a: ".repeat(100_000)).contains("mistake"));
    let blocks = |deep| {
        let within = |steps, _| format!("{{repeat: {{times: 1, steps: [{steps}]}}}}");
        case(&format!("{{open: a}}, {}", (0..deep).fold("{exec: SELECT 1}".to_owned(), within)))
    };
    assert_eq!(mistakes(blocks(9)), "nothing");
    assert!(mistakes(blocks(200)).contains("nests deeper than 32 levels"));
}

#[test]
fn rows_that_fill_the_memory() {
    let values = format!("[{}]", (0..30).map(|at| at.to_string()).collect::<Vec<_>>().join(", "));
    let case = |sql: String| {
        format!(
            "{HEAD}  - name: one\n    with: {{a: {values}, b: {values}}}\n    steps: [{{open: a}}, {{exec: {sql}}}]\n"
        )
    };
    assert_eq!(mistakes(case("'${a}${b}'".to_owned())), "nothing");
    assert!(
        mistakes(case(format!("'${{a}}${{b}}{}'", "x".repeat(100_000))))
            .contains("SQLITE_CONTRACTS_STEP_BYTES")
    );
}
