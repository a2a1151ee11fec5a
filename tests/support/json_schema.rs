//! Whether a value is what a JSON Schema says.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value};

/// What a schema finds wrong with a value. Only the keywords that our schema uses are known; another one is a
/// failure, so that nothing is silently unchecked.
pub(crate) fn mistakes(root: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(root, root, value, "", &mut found);
    found
}

/// The same, by a part of the schema.
#[allow(dead_code, reason = "not every test that includes this file looks into parts")]
pub(crate) fn mistakes_in(root: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(root, schema, value, "", &mut found);
    found
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let Value::Object(keywords) = schema else {
        if schema == &Value::Bool(false) {
            found.push(format!("{at}: nothing is allowed here"));
        }
        return;
    };
    for (keyword, rule) in keywords {
        let fits = |schema: &Value| {
            let mut inner = Vec::new();
            check(root, schema, value, at, &mut inner);
            inner.is_empty()
        };
        let rules = || rule.as_array().unwrap().iter();
        let good = match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "default" | "examples" | "format" | "then" => {
                true
            }
            "not" => !fits(rule),
            "if" => {
                if let Some(then) = keywords.get("then").filter(|_| fits(rule)) {
                    check(root, then, value, at, found);
                }
                true
            }
            "propertyNames" => value.as_object().into_iter().flatten().all(|(name, _)| {
                let mut inner = Vec::new();
                check(root, rule, &Value::from(name.as_str()), at, &mut inner);
                inner.is_empty()
            }),
            "$ref" => {
                let target = root.pointer(rule.as_str().unwrap().trim_start_matches('#')).unwrap();
                check(root, target, value, at, found);
                true
            }
            "anyOf" => rules().any(fits),
            "oneOf" => rules().filter(|rule| fits(rule)).count() == 1,
            "type" => match rule {
                Value::Array(types) => types.iter().any(|name| is_of_type(value, name)),
                name => is_of_type(value, name),
            },
            "enum" => rules().any(|allowed| allowed == value),
            "const" => rule == value,
            "minimum" => value.as_f64().is_none_or(|n| n >= rule.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|n| n <= rule.as_f64().unwrap()),
            "uniqueItems" => value
                .as_array()
                .is_none_or(|items| items.iter().enumerate().all(|(at, item)| !items[..at].contains(item))),
            "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= rule.as_u64().unwrap()),
            "maxItems" => value.as_array().is_none_or(|items| items.len() as u64 <= rule.as_u64().unwrap()),
            "minProperties" => value.as_object().is_none_or(|map| map.len() as u64 >= rule.as_u64().unwrap()),
            "minLength" => {
                value.as_str().is_none_or(|text| text.chars().count() as u64 >= rule.as_u64().unwrap())
            }
            "maxLength" => {
                value.as_str().is_none_or(|text| text.chars().count() as u64 <= rule.as_u64().unwrap())
            }
            "pattern" => value.as_str().is_none_or(|text| is_match(rule.as_str().unwrap(), text)),
            "required" => {
                rules().all(|key| value.as_object().is_none_or(|map| map.contains_key(key.as_str().unwrap())))
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, rule, item, &format!("{at}/{index}"), found);
                }
                true
            }
            "properties" => {
                for (key, schema) in rule.as_object().unwrap() {
                    if let Some(value) = value.get(key) {
                        check(root, schema, value, &format!("{at}/{key}"), found);
                    }
                }
                true
            }
            "additionalProperties" => {
                let known =
                    keywords.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
                for (key, value) in others(value, &known) {
                    check(root, rule, value, &format!("{at}/{key}"), found);
                }
                true
            }
            other => panic!("this test does not know the keyword `{other}`"),
        };
        if !good {
            found.push(format!("{at}: {keyword} {rule}"));
        }
    }
}

fn others<'a>(value: &'a Value, known: &Map<String, Value>) -> Vec<(&'a String, &'a Value)> {
    value.as_object().into_iter().flatten().filter(|(key, _)| !known.contains_key(*key)).collect()
}

fn is_of_type(value: &Value, name: &Value) -> bool {
    match name.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("this test does not know the type `{other}`"),
    }
}

/// Patterns are compiled once: a schema has few, which meet many texts.
fn is_match(pattern: &str, text: &str) -> bool {
    static KNOWN: Mutex<BTreeMap<String, regex::Regex>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let compiled = known.entry(pattern.to_owned()).or_insert_with(|| regex::Regex::new(pattern).unwrap());
    compiled.is_match(text)
}
