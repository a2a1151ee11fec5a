//! A report in each of its forms, and their schemas. `UPDATE_SCHEMA=1 cargo test --test gate` writes the schemas.

use std::path::Path;

use serde_json::Value;
use sqlite_contracts::analysis::gate::schema::schemas;
use sqlite_contracts::analysis::gate::{ContractChanges, Format, Look, Place, Policy, Report, changes};
use sqlite_contracts::record::report::{CaseReport, Frame};

use crate::made_up::{self, *};

#[path = "../support/json_schema.rs"]
mod json_schema;
pub(crate) use json_schema::mistakes;

const POLICY: &str = "\
accept:
  - case: precision/round/other
    severity: [removed]
    reason: we do not use it
    owner: ann
    until: 2027-01-01
  - case: precision/round/half
    reason: the books are rounded anew
    owner: bob
    until: 2026-06-01
";

/// A change that blocks, one that is only told, an expired acceptance and an unused one.
fn report() -> Report {
    two_changes(&policy(POLICY))
}

fn shown(format: Format) -> String {
    format.render(&report(), Look::default())
}

#[test]
fn a_report_reads_well_in_every_form() {
    for format in [Format::Text, Format::Markdown, Format::Junit, Format::Github] {
        insta::assert_snapshot!(format.as_str(), shown(format));
    }
    let details = Format::Text.render(&report(), Look { details: true, ..Look::default() });
    insta::assert_snapshot!("details", details);
}

#[test]
fn of_a_crash_the_step_comes_first_and_a_few_frames_are_enough() {
    let frame = |n: usize| Frame { function: Some(format!("f{n}")), place: format!("sqlite3.c:{n}") };
    let died = CaseReport { stack: (0..20).map(frame).collect(), ..crashed("half") };
    let report = made_up::report(vec![holds("half", &["query → 1"])], vec![died], &Policy::default());
    let text = |details| Format::Text.render(&report, Look { details, ..Look::default() });
    let brief = text(false);
    assert!(
        brief.contains("broken: half: query → crashed: SIGSEGV, was 1\n      at f0 (sqlite3.c:0)\n"),
        "{brief}"
    );
    assert!(
        brief.contains("at f4 (sqlite3.c:4)\n      … 15 frames more\n") && !brief.contains("f5"),
        "{brief}"
    );
    assert!(text(true).contains("at f19 (sqlite3.c:19)"), "{}", text(true));
    let json: Value = serde_json::from_str(&Format::Json.render(&report, Look::default())).unwrap();
    let to = &json["contracts"][0]["changes"][0]["to"];
    assert_eq!(
        (to["reason"].as_str(), to["stack"].as_array().map(Vec::len)),
        (Some("crashed: SIGSEGV"), Some(20))
    );
}

/// Of cases with one cause, the changes of the first three say what the others would; of those without a cause nobody knows.
#[test]
fn of_many_changes_with_one_cause_a_few_are_shown() {
    let names: Vec<String> = (0..12).map(|n| format!("case-{n}")).collect();
    let case = |name: &String| {
        let since = if name.len() == 6 { "    changed: {3.43.0: digits}\n" } else { "" };
        format!("  - name: {name}\n{since}    steps:\n      - open: ':memory:'\n")
    };
    let cases: String = names.iter().map(case).collect();
    let contract = made_up::of_text(&format!("title: t\nwhy: w\ncases:\n{cases}"));
    let did = |what: &str| names.iter().map(|name| holds(name, &[&format!("query → {what}")])).collect();
    let (from, to) = (cell(FROM, did("1")), cell(TO, did("2")));
    let found = with_causes_of(&contract, |causes| changes(causes, &from, &to, None)).into_iter().collect();
    let report = Report::new((FROM, TO), &[(from, to)], found, &Policy::default(), today());
    let text = |details| Format::Text.render(&report, Look { details, ..Look::default() });
    let brief = text(false);
    assert!(
        brief.contains(
            "case-2: query → 2, was 1\n  value: 7 more cases for this reason\n    because (3.43.0): digits\n"
        ),
        "{brief}"
    );
    assert!(!brief.contains("case-3") && brief.contains("case-10") && brief.contains("case-11"), "{brief}");
    assert!(names.iter().all(|name| text(true).contains(&format!("/{name} "))), "{}", text(true));
}

#[test]
fn only_text_has_colour() {
    for format in Format::ALL {
        assert_eq!(
            format.render(&report(), Look { color: true, ..Look::default() }).contains('\u{1b}'),
            format == Format::Text,
            "{format:?}"
        );
    }
}

#[test]
fn a_report_where_nothing_changes_says_so() {
    let half = || vec![holds("half", &["query → 1"])];
    let same = crate::made_up::report(half(), half(), &Policy::default());
    let text = Format::Text.render(&same, Look::default());
    assert_eq!(
        text,
        "3.42.0-rusqlite → 3.43.0-rusqlite\npass: nothing changes; 1 case of 1 contract compared\n"
    );
    assert!(
        Format::Junit
            .render(&same, Look::default())
            .contains("<testcase classname=\"precision/round\" name=\"half\"/>")
    );
    let annotations = Format::Github.render(&same, Look::default());
    assert!(annotations.starts_with("::notice title=SQLite 3.42.0-rusqlite to 3.43.0-rusqlite%3A pass::"));
    assert_eq!(annotations.lines().count(), 1, "{annotations}");
}

#[test]
fn what_points_somewhere_points_at_the_line_of_the_program() {
    let report = report().at(Some(Place { file: "Cargo.lock".to_owned(), line: 7 }));
    let annotations = Format::Github.render(&report, Look::default());
    let about_changes = annotations.lines().filter(|line| !line.contains("title=gate policy"));
    for line in about_changes {
        assert!(line.contains(" file=Cargo.lock,line=7,title="), "{line}");
    }
    let sarif: Value = serde_json::from_str(&Format::Sarif.render(&report, Look::default())).unwrap();
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "Cargo.lock");
    assert_eq!(place["region"]["startLine"], 7);
}

#[test]
fn what_looks_like_markup_stays_text() {
    let text = |outcome: &str| vec![holds("half", &[&format!("query SELECT '```' → {outcome}")])];
    let report = crate::made_up::report(text("\"<b>%\n,\""), text("\"&\u{1}\""), &Policy::default());
    let page = Format::Markdown.render(&report, Look::default());
    assert!(page.contains("\n````diff\n") && page.contains("an \\<issue\\>"), "{page}");
    let junit = Format::Junit.render(&report, Look::default());
    assert!(!junit.contains("<b>") && !junit.contains('\u{1}'), "{junit}");
    let annotations = Format::Github.render(&report, Look::default());
    assert_eq!(annotations.lines().count(), 2, "the verdict and the change: {annotations}");
}

#[test]
fn a_page_that_is_too_long_for_a_comment_lists_what_it_leaves_out() {
    let long = |digit: &str| vec![holds("half", &[&format!("query → {}", digit.repeat(70_000))])];
    let mut report = crate::made_up::report(long("1"), long("2"), &Policy::default());
    let page = Format::Markdown.render(&report, Look::default());
    assert!(page.len() < 65_536 && page.ends_with("\n- precision/round: 1 value\n"), "{page}");

    let short = crate::made_up::two_changes(&Policy::default()).contracts.remove(0);
    let named = |n| ContractChanges { contract: format!("precision/number-{n}"), ..short.clone() };
    report.contracts = (0..1_000).map(named).collect();
    let page = Format::Markdown.render(&report, Look::default());
    assert!(page.contains("<b>precision/number-0</b>"), "{page}");
    assert!(page.len() < 65_536 && page.ends_with("\n- precision/number-999: 1 value\n"), "{page}");
}

#[test]
fn a_cause_is_said_once_below_all_that_have_it() {
    let cases = |value: &str| {
        let line = format!("query → {value}");
        vec![holds("half", &[&line]), holds("other", &[&line])]
    };
    let report = crate::made_up::report(cases("1"), cases("2"), &Policy::default());
    for details in [false, true] {
        let text = Format::Text.render(&report, Look { details, ..Look::default() });
        assert_eq!(text.matches("because (3.43.0)").count(), 1, "{text}");
        let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part:?} is not in {text}"));
        let other = if details { "value: precision/round/other" } else { "value: other" };
        assert!(at(other) < at("because (3.43.0)"), "{text}");
    }
}

#[test]
fn what_many_cases_lack_is_one_line_below_the_values() {
    let half = |value: &str| holds("half", &[&format!("query → {value}")]);
    let lacking = |case: &str| CaseReport { reason: Some("needs threads".to_owned()), ..unsupported(case) };
    let from = vec![half("1"), holds("other", &["query → 1"])];
    let mut report =
        crate::made_up::report(from.clone(), vec![half("2"), lacking("other")], &Policy::default());
    assert_eq!(report.lacking[0].cases, ["precision/round/other"]);
    let alone = crate::made_up::report(from, vec![lacking("half"), lacking("other")], &Policy::default());
    assert_eq!(alone.lacking.len(), 1);
    report.lacking = alone.lacking;
    for (format, line) in [
        (Format::Text, "removed: 2 cases: needs threads"),
        (Format::Markdown, "- **removed**, blocks: 2 cases: needs threads"),
        (Format::Github, "removed from 3.42.0-rusqlite to 3.43.0-rusqlite::2 cases: needs threads"),
        (Format::Junit, "<testcase classname=\"lacking\" name=\"removed: needs threads\">"),
    ] {
        let shown = format.render(&report, Look::default());
        assert_eq!(
            shown.matches("needs threads").count(),
            if format == Format::Junit { 2 } else { 1 },
            "{shown}"
        );
        assert!(shown.contains(line), "{format:?}: {shown}");
    }
    let text = Format::Text.render(&report, Look::default());
    assert!(text.find("value: precision") < text.find("removed: 2 cases"), "{text}");
    let tally = "blocked: 2 changes block the upgrade (1 value, 1 removed); ";
    assert!(text.lines().nth(1).unwrap().starts_with(tally), "{text}");
}

#[test]
fn json_is_what_its_schema_says() {
    let [_, (name, schema), _] = schemas();
    assert_eq!(name, "gate-report.json");
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let report: Value = serde_json::from_str(&shown(Format::Json)).unwrap();
    assert_eq!(mistakes(&schema, &report), Vec::<String>::new());
    assert_eq!(report["gate"], "blocked");
    assert_eq!(report["contracts"][0]["changes"][0]["standing"], "blocks");

    let mut spoiled = report.clone();
    spoiled["contracts"][0]["changes"][0]["severity"] = "bad".into();
    assert!(!mistakes(&schema, &spoiled).is_empty());
}

#[test]
fn a_policy_is_what_its_schema_says() {
    let schema: Value = serde_json::from_str(&schemas()[0].1).unwrap();
    let value = |text: &str| serde_yaml::from_str::<Value>(text).unwrap();
    assert_eq!(mistakes(&schema, &value(POLICY)), Vec::<String>::new());
    for bad in ["acept: []", "block: [valu]", "accept: [{case: a, owner: b, until: 2027-01-01}]"] {
        assert!(!mistakes(&schema, &value(bad)).is_empty(), "{bad}");
    }
}

#[test]
fn the_schemas_on_file_are_the_types() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    for (name, text) in schemas() {
        let file = folder.join(name);
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write(&file, &text).unwrap();
        }
        let on_file = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            on_file == text,
            "{name} is not the type any more: run `UPDATE_SCHEMA=1 cargo test --test gate`"
        );
    }
}

/// The properties that section 3 of the standard requires of what we write.
#[test]
fn sarif_has_what_the_standard_requires() {
    let sarif: Value = serde_json::from_str(&shown(Format::Sarif)).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    assert!(run["tool"]["driver"]["name"].is_string());
    let rules: Vec<&Value> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| &rule["id"]).collect();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    for result in results {
        assert!(rules.contains(&&result["ruleId"]), "{result}");
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "contracts/precision/round.yaml");
        assert!(place["region"]["startLine"].as_u64().unwrap() > 0);
    }
    assert_eq!(results[0]["level"], "error");

    let accepted = two_changes(&policy(&POLICY.replace("2026-06-01", "2026-12-01")));
    let sarif: Value = serde_json::from_str(&Format::Sarif.render(&accepted, Look::default())).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["suppressions"][0]["kind"], "external");
}
