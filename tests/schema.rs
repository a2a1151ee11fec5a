//! `contracts/schema.json`: what editors complete and check with. It is generated from the types of the
//! language; `UPDATE_SCHEMA=1 cargo test --test schema` writes it again.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::contract::schema::{WITH_EXAMPLES, schema};
use sqlite_contracts::contract::verb::Verb;
use sqlite_contracts::project::Project;

#[path = "support/examples.rs"]
mod examples;
#[path = "support/json_schema.rs"]
mod json_schema;
use json_schema::{mistakes, mistakes_in};

fn project() -> Project {
    Project::at(env!("CARGO_MANIFEST_DIR"))
}

fn path_of(contract: &str) -> PathBuf {
    project().contracts().join(format!("{contract}.yaml"))
}

fn parsed() -> Value {
    serde_json::from_str(&schema()).unwrap()
}

#[test]
fn the_schema_on_file_is_the_language() {
    let file = project().contracts().join("schema.json");
    let on_file = std::fs::read_to_string(&file).unwrap_or_default();
    let mut schema = parsed();
    let contracts = Contract::files(&project()).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let contracts: Vec<Value> = contracts.iter().map(|contract| yaml(&path_of(&contract.id))).collect();
    examples::add(&mut schema, &serde_json::from_str(&on_file).unwrap_or_default(), &contracts);
    let schema = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&file, &schema).unwrap();
    }
    let on_file = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        on_file == schema,
        "contracts/schema.json is not the language any more: run `UPDATE_SCHEMA=1 cargo test --test schema`"
    );
}

#[test]
fn the_schema_of_needs_is_their_type() {
    let schema = sqlite_contracts::analysis::needs::schema();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/needs.json");
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&file, &schema).unwrap();
    }
    let on_file = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        on_file == schema,
        "schemas/needs.json is not the type any more: run `UPDATE_SCHEMA=1 cargo test --test schema`"
    );
}

#[test]
fn every_verb_is_described() {
    let schema = parsed();
    let step = schema.pointer("/$defs/Step/properties").unwrap();
    for verb in Verb::NAMES {
        let words = step[verb]["description"].as_str().unwrap_or_default();
        assert!(!words.is_empty(), "the schema says nothing about `{verb}`");
    }
}

/// What an editor shows of a verb. Those that stand alone have nothing to show, and some no contract has yet.
#[test]
fn verbs_have_examples_of_the_catalogue() {
    let on_file: Value = serde_json::from_str(WITH_EXAMPLES).unwrap();
    let step = &on_file["$defs"]["Step"]["properties"];
    let has_example = |verb: &&str| !step[*verb]["examples"][0].is_null();
    for verb in ["open", "query", "prepare", "bind", "repeat", "schedule", "power_loss", "damage"] {
        assert!(has_example(&verb), "{verb}");
    }
    assert!(Verb::NAMES.iter().filter(|verb| has_example(verb)).count() > 130);
    for verb in Verb::NAMES.iter().filter(|verb| has_example(verb)) {
        let found = mistakes_in(&on_file, &step[*verb], &step[*verb]["examples"][0]);
        assert_eq!(found, Vec::<String>::new(), "{verb}");
    }
}

#[test]
fn every_contract_of_the_project_is_valid() {
    let schema = parsed();
    let files = Contract::files(&project()).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    for file in files {
        assert_eq!(mistakes(&schema, &yaml(&path_of(&file.id))), Vec::<String>::new(), "{}", file.id);
    }
}

/// What people write has a description and an example in an editor, beside each key of a file.
#[test]
fn every_key_that_people_write_is_described_with_an_example() {
    let files = ["build-manifest", "profile", "mutant", "gate-policy", "support", "left"];
    let mut schemas: Vec<(String, Value)> = files
        .map(|name| {
            let file = project().root().join(format!("schemas/{name}.json"));
            (name.to_owned(), serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap())
        })
        .into();
    let contract = parsed();
    for name in ["CaseFile", "Requires"] {
        schemas.push((name.to_owned(), json!({ "properties": contract["$defs"][name]["properties"] })));
    }
    let step = &contract["$defs"]["Step"]["properties"];
    let beside = ["expect", "record", "save", "every", "on"].map(|key| (key.to_owned(), step[key].clone()));
    let beside: serde_json::Map<String, Value> = beside.into_iter().collect();
    schemas.push(("a step".to_owned(), json!({ "properties": beside, "$defs": contract["$defs"] })));
    schemas.push(("a contract".to_owned(), json!({ "properties": contract["properties"] })));
    let mut lacking = Vec::new();
    for (name, schema) in &schemas {
        let mut maps: Vec<&Value> =
            schema["$defs"].as_object().into_iter().flatten().map(|(_, it)| it).collect();
        maps.retain(|_| files.contains(&name.as_str()));
        maps.push(schema);
        let properties = maps.iter().filter_map(|map| map["properties"].as_object()).flatten();
        let is_described = |property: &Value| {
            let target = property["$ref"].as_str().and_then(|to| schema.pointer(to.trim_start_matches('#')));
            property["description"].is_string() || target.is_some_and(|it| it["description"].is_string())
        };
        lacking.extend(
            properties
                .filter(|(_, property)| !is_described(property) || !property["examples"].is_array())
                .map(|(key, _)| format!("{name}: {key}")),
        );
    }
    assert!(lacking.is_empty(), "{lacking:#?}");
}

/// Files that are wrong in what a schema can tell. What it cannot (a name that stands for nothing) is left to us.
#[test]
fn the_schema_refuses_what_it_can() {
    let schema = parsed();
    for name in [
        "argument-beside-verb",
        "bad-case-name",
        "bad-causes",
        "bad-config",
        "bad-deadline",
        "bad-record",
        "bad-requires",
        "bad-rows-and-links",
        "blob-not-hex",
        "boolean-value",
        "case-is-no-map",
        "cases-are-no-list",
        "empty-cases",
        "flags-without-v3",
        "misspelt-expect",
        "missing-keys",
        "no-steps",
        "no-verb",
        "not-a-map",
        "step-is-no-map",
        "two-verbs",
        "unknown-counter",
        "unknown-driver",
        "unknown-key-in-arguments",
        "unknown-key-in-case",
        "unknown-key-in-file",
        "unknown-verb",
        "wrong-type",
    ] {
        let file = project().root().join(format!("tests/bad/contracts/{name}.yaml"));
        assert!(!mistakes(&schema, &yaml(&file)).is_empty(), "the schema allows {name}");
    }
}

/// What an editor inserts for a snippet when nothing is changed.
fn inserted(body: &Value) -> String {
    let lines: Vec<&str> = body.as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    let text = lines.join("\n").replace("\\$", "\u{1}").replace("\\}", "\u{2}");
    let places = regex::Regex::new(r"\$\{\d+:([^}]*)\}").unwrap();
    places.replace_all(&text, "$1").replace("$0", "").replace('\u{1}', "$").replace('\u{2}', "}")
}

#[test]
fn every_snippet_becomes_a_part_of_a_contract() {
    let file = project().root().join(".vscode/contracts.code-snippets");
    let snippets: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let schema = parsed();
    let indented =
        |by: usize, text: &str| text.lines().map(|line| format!("{:by$}{line}\n", "")).collect::<String>();
    let (head, steps) = ("title: a\nwhy: b\n", "cases:\n  - name: one\n    steps:\n");
    for (name, snippet) in snippets.as_object().unwrap() {
        let text = inserted(&snippet["body"]);
        let whole = match snippet["prefix"].as_str().unwrap() {
            "contract" => text,
            "case" | "with" => format!("{head}cases:\n{}", indented(2, &text)),
            "changed" => format!("{head}{text}{steps}      - open: a.db\n"),
            "expect-error" => format!("{head}{steps}      - exec: SELECT 1\n{}", indented(8, &text)),
            _ => format!("{head}{steps}{}", indented(6, &text)),
        };
        let contract =
            serde_yaml::from_str(&whole).unwrap_or_else(|error| panic!("{name}: {error}\n{whole}"));
        assert_eq!(mistakes(&schema, &contract), Vec::<String>::new(), "{name}:\n{whole}");
    }
}

#[test]
fn a_mistyped_verb_is_one_mistake() {
    let schema = parsed();
    let of = |step: &str| {
        let text = format!("{{title: a, why: b, cases: [{{name: one, steps: [{step}]}}]}}");
        mistakes(&schema, &serde_yaml::from_str(&text).unwrap())
    };
    for step in ["{qurey: SELECT 1}", "{qurey: SELECT 1, expect: 1}", "{expect: 1}", "{step: , reset: }"] {
        assert_eq!(of(step).len(), 1, "{step}: {:?}", of(step));
    }
    assert_eq!(of("{query: SELECT 1, expect: 1}"), Vec::<String>::new());
}

#[test]
fn the_schema_allows_what_we_read() {
    let schema = parsed();
    for steps in [
        "[{step: }, {step: s}, {step: {stmt: s}}, {changes: }]",
        "[{query: {sql: S, values: [1, 1.5, a, ~, {blob: 00ff}, {zeroblob: 5}, {text: a, times: 9}]}, expect: [[1, ~]]}]",
        "[{repeat: {times: 5, warmup: 1, measure: memory_used, steps: [{exec: S, expect: {error: BUSY, message: /x/}}]}}]",
        "[{repeat: {times: 5, measure: {stmt_status: {counter: run}}, steps: [{step: }]}, record: {bucket: 4096}, save: a}]",
        "[{bind: [1]}, {bind: {at: 1, value: x}}, {bind: {at: ':a', value: ~, lifetime: static}}]",
        "[{config: singlethread}, {config: {heap: {bytes: 1, min_allocation: 1}}}, {memory_used: , expect: '<= 5'}]",
        "[{column: '${a}'}, {busy_timeout: '${a}'}, {limit: {limit: '${a}', value: '${a}'}}, {exec: S, expect: '${a}'}]",
        "[{memory_used: , record: {bucket: '${a}'}}, {open: {path: a, flags: ['${a}']}}, {config: {memstatus: '${a}'}}]",
        "[{exec: S, expect: {one_of: [OK, {missing: sqlite3_exec}]}, record: none}, {compare: a <= b}, {value: a}]",
    ] {
        let text = format!("{{title: a, why: b, cases: [{{name: one, with: [{{a: 1}}], steps: {steps}}}]}}");
        let contract = serde_yaml::from_str(&text).unwrap();
        assert_eq!(mistakes(&schema, &contract), Vec::<String>::new(), "{steps}");
    }
}

#[test]
fn the_schema_allows_rows_links_and_causes() {
    let text = "{title: a, rows: [P1, M10], seen: ['https://example.com/issues/1'], why: b, \
                changed: {3.43.0: a, android: b, 3.54.1-debian: c}, \
                cases: [{name: one, changed: {3.48.0: d}, steps: [{memory_used: }]}]}";
    assert_eq!(mistakes(&parsed(), &serde_yaml::from_str(text).unwrap()), Vec::<String>::new());
}

fn yaml(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap();
    // JSON has no infinities: they arrive as null, which is a value like them.
    let options = serde_yaml::options! {
        strict_booleans: true,
        non_finite_float_policy: serde_yaml::NonFiniteFloatPolicy::PassThrough,
    };
    serde_yaml::from_str_with_options(&text, options)
        .unwrap_or_else(|error| panic!("{}: {error}", PathBuf::from(path).display()))
}

#[test]
fn our_own_reading_of_schemas_finds_mistakes() {
    let schema = json!({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["b"]});
    assert_eq!(mistakes(&schema, &json!({"a": "x"})).len(), 2);
    assert!(mistakes(&schema, &json!({"a": 1, "b": 2})).is_empty());
}
