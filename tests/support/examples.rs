//! Examples in the schema of the language, for each verb and argument: the shortest that a contract of the catalogue has.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::json_schema::mistakes_in;

/// Longer ones are no help.
const LONGEST: usize = 700;

/// The examples by the place of the property in the schema.
type Examples = BTreeMap<String, Value>;

/// Adds what is missing. An example that is on file stays as long as it is valid, so that a new contract changes nothing.
pub(crate) fn add(schema: &mut Value, on_file: &Value, contracts: &[Value]) {
    let mut found = Examples::new();
    for contract in contracts {
        collect(schema, "", contract, &mut found);
    }
    for (place, example) in found {
        let kept = on_file.pointer(&format!("{place}/examples/0"));
        let property = schema.pointer(&place).cloned().unwrap_or_default();
        let kept = kept.filter(|kept| mistakes_in(schema, &property, kept).is_empty());
        let Some(property) = schema.pointer_mut(&place) else { continue };
        if property.is_object() && property["examples"].is_null() {
            property["examples"] = json!([kept.unwrap_or(&example)]);
        }
    }
}

/// What a value has for each property of its schema.
fn collect(root: &Value, place: &str, value: &Value, found: &mut Examples) {
    let Some(schema) = root.pointer(place) else { return };
    if let Some(target) = schema["$ref"].as_str() {
        collect(root, target.trim_start_matches('#'), value, found);
    }
    for keyword in ["anyOf", "oneOf"] {
        let choices = schema[keyword].as_array().into_iter().flatten().enumerate();
        for (at, _) in choices.filter(|(_, choice)| mistakes_in(root, choice, value).is_empty()) {
            collect(root, &format!("{place}/{keyword}/{at}"), value, found);
        }
    }
    for item in value.as_array().into_iter().flatten() {
        collect(root, &format!("{place}/items"), item, found);
    }
    for (key, value) in value.as_object().into_iter().flatten() {
        let property = format!("{place}/properties/{key}");
        if root.pointer(&property).is_some() {
            consider(&property, value, found);
            collect(root, &property, value, found);
        }
    }
}

/// Keeps the shortest without parameters, of two as long the first in their order.
fn consider(place: &str, value: &Value, found: &mut Examples) {
    let text = value.to_string();
    let rank = |text: &str| (text.contains("${"), text.len(), text.to_owned());
    let is_better = || found.get(place).is_none_or(|known| rank(&text) < rank(&known.to_string()));
    if !says_nothing(value) && text.len() <= LONGEST && is_better() {
        found.insert(place.to_owned(), value.clone());
    }
}

fn says_nothing(value: &Value) -> bool {
    *value == Value::Null || *value == json!("") || *value == json!([]) || *value == json!({})
}
