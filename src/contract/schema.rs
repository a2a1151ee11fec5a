//! The JSON Schema of the contract language, from its types.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde_json::{Value as Json, json};

use super::DriverVersion;
use super::literal::Literal;
use super::requires::Requires;
use super::step::Step;
use super::template::Row;

/// The first line of a contract: editors then complete and check as people write.
pub const MODELINE: &str = "# yaml-language-server: $schema=../schema.json";

/// The schema for editors, `contracts/schema.json`: [`schema`], with examples from the catalogue, which a test adds.
pub const WITH_EXAMPLES: &str = include_str!("../../contracts/schema.json");

/// The schema of the types, with a line feed at its end.
pub fn schema() -> String {
    let mut schema = schemars::schema_for!(ContractFile).to_value();
    for (name, definition) in schema["$defs"].as_object_mut().into_iter().flatten() {
        if !OUTSIDE_OF_STEPS.contains(&name.as_str()) {
            allow_parameters(definition);
        }
    }
    let text = serde_json::to_string_pretty(&schema).expect("a schema is plain JSON");
    text + "\n"
}

/// Where no `${name}` is filled in.
const OUTSIDE_OF_STEPS: [&str; 6] = ["CaseFile", "Driver", "Literal", "OneOrMany", "Requires", "With"];

/// In a step, `${name}` may stand where a number or one of several words does.
fn allow_parameters(schema: &mut Json) {
    let Some(keywords) = schema.as_object_mut() else { return };
    let is_word = |schema: &Json| schema.get("const").is_some() || schema.get("enum").is_some();
    for (keyword, below) in keywords.iter_mut() {
        match (keyword.as_str(), below) {
            ("properties", Json::Object(properties)) => properties.values_mut().for_each(allow_parameters),
            ("items", items) => allow_parameters(items),
            ("anyOf" | "oneOf", Json::Array(choices)) => {
                choices.iter_mut().filter(|choice| !is_word(choice)).for_each(allow_parameters);
            }
            _ => {}
        }
    }
    let is_number = |name: &Json| name == "integer" || name == "number" || name == "boolean";
    let number = keywords.get("type").is_some_and(|names| match names {
        Json::Array(names) => names.iter().any(is_number),
        name => is_number(name),
    });
    let words =
        |keyword| keywords.get(keyword).and_then(Json::as_array).is_some_and(|all| all.iter().any(is_word));
    if number || is_word(&Json::Object(keywords.clone())) || words("oneOf") || words("anyOf") {
        let told = ["description", "examples"].map(|keyword| (keyword, keywords.remove(keyword)));
        let parameter = json!({ "type": "string", "pattern": r"^\$\{[^}]+\}$" });
        let mut either = json!({ "anyOf": [schema.take(), parameter] });
        for (keyword, words) in told {
            if let Some(words) = words {
                either[keyword] = words;
            }
        }
        *schema = either;
    }
}

/// A contract file as written.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, title = "Contract", description = "One promise, in several cases.")]
#[expect(dead_code, reason = "read key by key, so that all mistakes are told; here for the schema")]
struct ContractFile {
    /// The promise, in one line.
    #[schemars(example = &"A connection with a living statement does not close")]
    title: String,
    /// The rows of the table of capabilities that it serves, such as `P1`.
    #[schemars(length(min = 1), inner(regex(pattern = r"^[A-Z][1-9][0-9]*$")), extend("uniqueItems" = true), example = ["P1"])]
    rows: Option<Vec<String>>,
    /// Where it was met: links to reports.
    #[schemars(length(min = 1), inner(regex(pattern = r"^https?://\S+$")), extend("uniqueItems" = true), example = ["https://github.com/WiseLibs/better-sqlite3/issues/1064"])]
    seen: Option<Vec<String>>,
    /// What breaks for whom when the promise is broken.
    #[schemars(example = &"A driver that ignores BUSY from close leaks the connection.")]
    why: String,
    /// Why each drift happened. A key is the SQLite version in which SQLite changed (`3.43.0`), a profile, or a build.
    #[schemars(extend("minProperties" = 1), example = json!({"3.43.0": "round() computes in another way, check-in 37e1900880b70be6"}))]
    changed: Option<BTreeMap<String, String>>,
    /// What a build needs to be asked at all.
    #[schemars(example = json!({"version": ">=3.31.0", "compile_option": "ENABLE_FTS5"}))]
    requires: Option<Requires>,
    /// What shows whether the promise is kept.
    #[schemars(length(min = 1), example = json!([{"name": "half-a-cent", "steps": [{"open": ":memory:"}, {"query": "SELECT ROUND(34.775, 2)"}]}]))]
    cases: Vec<CaseFile>,
}

/// A case as written.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, title = "Case", description = "A named list of steps: the unit of drift.")]
#[expect(dead_code, reason = "as above")]
struct CaseFile {
    /// Lower case, digits and single hyphens, at most 100; unique in the contract. It names the snapshots.
    #[schemars(regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"), length(max = 100), example = &"half-a-cent")]
    name: String,
    /// Why drifts of this case happened; an entry replaces the contract's of the same key.
    #[schemars(extend("minProperties" = 1), example = json!({"3.43.0": "round() computes in another way"}))]
    changed: Option<BTreeMap<String, String>>,
    /// Through what the case calls SQLite; `capi` when left out.
    #[schemars(example = &"rusqlite")]
    driver: Option<DriverVersion>,
    /// The same steps through several drivers: a case for each, in whose name that of the driver stands last.
    #[schemars(length(min = 1), extend("uniqueItems" = true), example = ["capi", "rusqlite"])]
    drivers: Option<Vec<DriverVersion>>,
    /// What a build needs beside what the contract requires.
    #[schemars(example = json!({"version": ">=3.31.0"}))]
    requires: Option<Requires>,
    /// Whether the case needs a process that no other case has used.
    #[schemars(default, example = true)]
    fresh_process: bool,
    /// `5s`, `500ms`; a minute when left out.
    #[schemars(regex(pattern = r"^[0-9.]+ *m?s$"), example = &"5s")]
    deadline: Option<String>,
    /// Rows of parameters, or lists of values of which every combination is a row: the steps run once a row,
    /// `${name}` standing for the row's value.
    #[schemars(example = json!({"value": [1, 2]}), example = json!([{"value": 1, "text": "one"}]))]
    with: Option<With>,
    /// What is done, one verb a step.
    #[schemars(length(min = 1), example = json!([{"open": ":memory:"}, {"query": "SELECT 1", "expect": 1}]))]
    steps: Vec<Step>,
}

/// `with` as written.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "as above")]
enum With {
    Rows(Vec<Row>),
    Combinations(BTreeMap<String, Vec<Literal>>),
}

#[cfg(test)]
mod tests {
    use super::super::parse::{CASE_KEYS, CONTRACT_KEYS};
    use super::*;

    fn keys<T: JsonSchema>() -> Vec<String> {
        let schema = schemars::SchemaGenerator::default().into_root_schema_for::<T>();
        let properties = schema.get("properties").and_then(|p| p.as_object()).cloned().unwrap_or_default();
        properties.keys().cloned().collect()
    }

    #[test]
    fn what_is_read_is_what_the_schema_says() {
        let sorted = |keys: &[&str]| {
            let mut keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
            keys.sort();
            keys
        };
        let mut contract = keys::<ContractFile>();
        let mut case = keys::<CaseFile>();
        contract.sort();
        case.sort();
        assert_eq!(contract, sorted(&CONTRACT_KEYS));
        assert_eq!(case, sorted(&CASE_KEYS));
    }
}
