//! A step: one verb, and how its outcome is judged and recorded.

use std::borrow::Cow;

use ciborium::Value as Tree;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value as Json, json};

use super::expect::Expect;
use super::record::Record;
use super::verb::{Kind, Verb};

/// One call or check in a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub verb: Verb,
    /// What must hold on every build.
    pub expect: Option<Expect>,
    /// How the outcome enters the transcript, where that is not the default.
    pub record: Option<Record>,
    /// The name under which the outcome is kept for `compare`.
    pub save: Option<String>,
}

/// Why a tree is no step; `word` is what the caret should point at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepMistake {
    pub message: String,
    pub word: String,
}

impl Step {
    /// Reads a step from a tree.
    pub fn from_tree(tree: Tree) -> Result<Self, StepMistake> {
        let Tree::Map(entries) = tree else {
            let shown =
                format!("a step is a map with one verb, such as `exec: SELECT 1`, not {}", kind_of(&tree));
            return Err(StepMistake { message: shown, word: tree.as_text().unwrap_or_default().to_owned() });
        };
        let (beside, verbs): (Vec<_>, Vec<_>) = entries
            .into_iter()
            .partition(|(key, _)| matches!(key.as_text(), Some("expect" | "record" | "save")));
        let verb = one_verb(verbs)?;
        let mut step = Self { verb, expect: None, record: None, save: None };
        for (key, value) in beside {
            let key = key.as_text().unwrap_or_default().to_owned();
            let mistake = |e: ciborium::value::Error| StepMistake { message: words(&e), word: key.clone() };
            match key.as_str() {
                "expect" => step.expect = Some(value.deserialized().map_err(mistake)?),
                "record" => step.record = Some(value.deserialized().map_err(mistake)?),
                _ => step.save = Some(value.deserialized().map_err(mistake)?),
            }
        }
        Ok(step)
    }

    /// How the outcome is recorded. What `expect` fixes is not recorded a second time; sizes and counters
    /// are recorded only where the contract says how.
    pub fn recorded(&self) -> Record {
        match (self.record, &self.expect, self.verb.kind()) {
            (Some(record), ..) => record,
            (None, Some(_), _) | (None, None, Kind::Quantity) => Record::None,
            (None, None, _) if matches!(self.verb, Verb::Compare(_)) => Record::None,
            (None, None, _) => Record::Raw,
        }
    }

    fn to_tree(&self) -> Tree {
        let mut tree = Tree::serialized(&self.verb).expect("a verb is a plain tree");
        let Tree::Map(entries) = &mut tree else { unreachable!("a verb is an externally tagged enum") };
        let mut beside = |key: &str, value: Option<Tree>| {
            entries.extend(value.map(|value| (Tree::Text(key.to_owned()), value)));
        };
        let plain = "expectations and records are plain trees";
        beside("expect", self.expect.as_ref().map(|e| Tree::serialized(e).expect(plain)));
        beside("record", self.record.as_ref().map(|r| Tree::serialized(r).expect(plain)));
        beside("save", self.save.clone().map(Tree::Text));
        tree
    }
}

fn one_verb(verbs: Vec<(Tree, Tree)>) -> Result<Verb, StepMistake> {
    let names: Vec<String> = verbs.iter().map(|(key, _)| key.as_text().unwrap_or("?").to_owned()).collect();
    match names.as_slice() {
        [] => Err(StepMistake { message: "this step has no verb".to_owned(), word: String::new() }),
        [name] => Tree::Map(verbs).deserialized().map_err(|e| {
            let message = words(&e);
            let message = match message.strip_prefix("unknown variant `") {
                Some(rest) if rest.starts_with(&format!("{name}`")) => format!("unknown verb `{rest}"),
                _ => message,
            };
            StepMistake { message, word: name.clone() }
        }),
        [first, second, ..] => {
            // A misspelt `expect` or `record` beside a verb is likelier than two verbs.
            let known = ["expect", "record", "save"];
            if let Some(near) = crate::diagnostic::nearest(second, &known) {
                let message = format!("unknown field `{second}`, expected one of `{near}`");
                return Err(StepMistake { message, word: second.clone() });
            }
            let message = format!("one verb a step: this one has `{first}` and `{second}`");
            Err(StepMistake { message, word: second.clone() })
        }
    }
}

/// The message alone: ciborium wraps it.
fn words(error: &ciborium::value::Error) -> String {
    match error {
        ciborium::value::Error::Custom(message) => message.clone(),
    }
}

fn kind_of(tree: &Tree) -> &'static str {
    match tree {
        Tree::Array(_) => "a list",
        Tree::Text(_) => "a text",
        Tree::Null => "nothing",
        _ => "a number",
    }
}

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_tree(Tree::deserialize(deserializer)?)
            .map_err(|mistake| serde::de::Error::custom(mistake.message))
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_tree().serialize(serializer)
    }
}

impl JsonSchema for Step {
    fn schema_name() -> Cow<'static, str> {
        "Step".into()
    }

    /// The verbs' schema, with the keys that may stand beside a verb.
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let beside = json!({
            "expect": generator.subschema_for::<Expect>(),
            "record": generator.subschema_for::<Record>(),
            "save": {"type": "string", "description": "The name under which the outcome is kept for `compare`."}
        });
        let mut schema = Verb::json_schema(generator).to_value();
        let mut properties = beside.as_object().cloned().unwrap_or_default();
        let mut required = Vec::new();
        for variant in schema["oneOf"].as_array_mut().into_iter().flatten() {
            let description = variant.get("description").cloned();
            for (name, property) in variant["properties"].as_object().into_iter().flatten() {
                required.push(json!({ "required": [name] }));
                let mut property = property.clone();
                if let (Some(description), Json::Object(fields)) = (&description, &mut property) {
                    fields.insert("description".to_owned(), description.clone());
                }
                properties.insert(name.clone(), property);
            }
        }
        Schema::try_from(json!({
            "description": "One verb, and how its outcome is judged and recorded.",
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
            "oneOf": required,
        }))
        .expect("an object is a schema")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(yaml: &str) -> Result<Step, StepMistake> {
        let options = super::super::parse::yaml_options();
        Step::from_tree(serde_yaml::from_str_with_options(yaml, options).unwrap())
    }

    #[test]
    fn a_step_survives_the_protocol() {
        for yaml in [
            "{exec: SELECT 1}",
            "{step: }",
            "{query: {sql: 'SELECT ?1', values: [.nan, {blob: 00ff}]}, expect: [[.inf, ~]], record: {bucket: 8}}",
            "{prepare: {sql: SELECT 1, version: v3, flags: [persistent]}, expect: {error: ERROR, message: /x/}}",
            "{repeat: {times: 3, measure: memory_used, steps: [{exec: SELECT 1, expect: OK}]}, save: a}",
            "{bind: {at: ':a', value: 5, lifetime: destructor}}",
        ] {
            let first = step(yaml).unwrap_or_else(|e| panic!("{yaml}: {e:?}"));
            let mut bytes = Vec::new();
            ciborium::into_writer(&first, &mut bytes).unwrap();
            let second: Step = ciborium::from_reader(bytes.as_slice()).unwrap();
            assert_eq!(first.to_tree(), second.to_tree(), "{yaml}");
        }
    }

    #[test]
    fn steps_are_described_without_their_defaults() {
        let shown = |yaml| step(yaml).unwrap().verb.describe();
        assert_eq!(shown("{exec: SELECT  1}"), "exec SELECT 1");
        assert_eq!(shown("{close: other}"), "close other");
        assert_eq!(shown("{step: }"), "step");
        assert_eq!(shown("{bind: [1, ~, ab]}"), "bind [1, NULL, ab]");
        assert_eq!(shown("{db_status: {counter: stmt_used, peak: true}}"), "db_status stmt_used peak");
    }

    #[test]
    fn mistakes_name_the_word() {
        let word = |yaml| step(yaml).unwrap_err().word;
        assert_eq!(word("{exce: SELECT 1}"), "exce");
        assert_eq!(word("{exec: SELECT 1, expct: OK}"), "expct");
        assert_eq!(word("{exec: SELECT 1, query: SELECT 1}"), "query");
        assert!(step("{exec: 5}").unwrap_err().message.contains("expected a text or a map"));
    }
}
