//! A step: one verb, and how its outcome is judged and recorded.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::json;

use super::expect::Expect;
use super::other_build::OtherBuild;
use super::record::Record;
use super::verb::{Kind, Verb};
use crate::diagnostic::nearest;
use crate::outcome::Outcome;

/// One call or check in a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What is called, run or checked, with its arguments.
    pub verb: Verb,
    /// What must hold on every build.
    pub expect: Option<Expect>,
    /// How the outcome enters the transcript, where that is not the default.
    pub record: Option<Record>,
    /// The name under which the outcome is kept for `compare`.
    pub save: Option<String>,
    /// Inside `repeat`: only the last one of each so many iterations executes the step.
    pub every: Option<u64>,
    /// Whose process executes the step, when it is not that of the case's own build.
    pub on: Option<OtherBuild>,
}

impl Step {
    /// A step that promises nothing.
    pub fn of(verb: impl Into<Verb>) -> Self {
        Self { verb: verb.into(), expect: None, record: None, save: None, every: None, on: None }
    }

    /// The step as transcripts show it: `query SELECT 1`, `oldest: query SELECT 1`. The words of `on` are those that are
    /// written, because which builds they mean changes.
    pub fn describe(&self) -> String {
        match &self.on {
            None => self.verb.describe(),
            Some(build) => format!("{build}: {}", self.verb.describe()),
        }
    }

    /// How the outcome is recorded. What `expect` fixes is not recorded a second time, and a check is a promise;
    /// sizes and counters are recorded only where the contract says how.
    pub fn recorded(&self) -> Record {
        match (&self.record, &self.expect, self.verb.kind()) {
            (Some(record), ..) => record.clone(),
            (None, Some(_), _) | (None, None, Kind::Quantity | Kind::Growth | Kind::Counts) => Record::None,
            (None, None, _) if matches!(self.verb, Verb::Check(_)) => Record::None,
            (None, None, _) => Record::Raw,
        }
    }

    /// Whether the outcome is what is expected, or a success where nothing is.
    pub fn is_kept_by(&self, outcome: &Outcome) -> bool {
        match &self.expect {
            Some(expect) => expect.holds(self.verb.kind(), outcome),
            None => outcome.succeeded(),
        }
    }

    /// What is expected, in words.
    pub fn promise(&self) -> Option<String> {
        self.expect.as_ref().map(|expect| expect.describe(self.verb.kind()))
    }
}

/// The keys that may stand beside a verb.
pub(super) const BESIDE: [&str; 5] = ["expect", "record", "save", "every", "on"];

struct StepVisitor;

impl<'de> Visitor<'de> for StepVisitor {
    type Value = Step;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map with one verb, such as `exec: SELECT 1`")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Step, E> {
        match Verb::NAMES.contains(&text) {
            true => Err(E::custom(format!("a verb is a key: write `{text}:`, with a colon"))),
            false => Err(E::invalid_type(de::Unexpected::Str(text), &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Step, A::Error> {
        let mut verb: Option<Verb> = None;
        let (mut expect, mut record, mut save, mut every, mut on) = (None, None, None, None, None);
        while let Some(key) = map.next_key::<String>()? {
            match (key.as_str(), &verb) {
                ("expect", _) => expect = Some(map.next_value()?),
                ("record", _) => record = Some(map.next_value()?),
                ("save", _) => save = Some(map.next_value()?),
                ("every", _) => every = Some(map.next_value()?),
                ("on", _) => on = Some(map.next_value()?),
                (second, Some(first)) => return Err(de::Error::custom(second_verb(first.name(), second))),
                (name, None) => verb = Some(Verb::read(name, &mut map)?),
            }
        }
        let verb = verb.ok_or_else(|| de::Error::custom("this step has no verb"))?;
        Ok(Step { verb, expect, record, save, every, on })
    }
}

/// What is wrong with a second key that is none of [`BESIDE`]; a line after the first is the remedy.
fn second_verb(first: &str, second: &str) -> String {
    if Verb::NAMES.contains(&second) {
        return format!("one verb a step: this one has `{first}` and `{second}`");
    }
    match nearest(second, &BESIDE) {
        Some(near) => format!("unknown key `{second}`\ndid you mean `{near}`?"),
        None => format!(
            "unknown key `{second}`\nthe arguments of a verb stand in its own map: `{first}: {{…, {second}: …}}`"
        ),
    }
}

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StepVisitor)
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.verb.write(&mut map)?;
        beside(&mut map, "expect", self.expect.as_ref())?;
        beside(&mut map, "record", self.record.as_ref())?;
        beside(&mut map, "save", self.save.as_ref())?;
        beside(&mut map, "every", self.every.as_ref())?;
        beside(&mut map, "on", self.on.as_ref())?;
        map.end()
    }
}

/// Writes a key that stands beside the verb.
fn beside<M: SerializeMap>(map: &mut M, key: &str, value: Option<&impl Serialize>) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(key, value))
}

impl JsonSchema for Step {
    fn schema_name() -> Cow<'static, str> {
        "Step".into()
    }

    /// The verbs' schema, with the keys that may stand beside a verb.
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let beside = json!({
            "expect": shown::<Expect>(generator, json!([1, "OK", "<= 65536", {"error": "BUSY", "message": "/locked/"}])),
            "record": shown::<Record>(generator, json!(["none", "sign", {"bucket": 4096}])),
            "save": {"type": "string", "description": "The name under which the outcome is kept for `compare`.", "examples": ["before"]},
            "every": {"type": "integer", "minimum": 1, "description": "Inside `repeat`: only the last one of each so many iterations executes the step.", "examples": [100]},
            "on": shown::<OtherBuild>(generator, json!(["oldest", "parent", "3.46.0-rusqlite"]))
        });
        let beside = beside.as_object().cloned().unwrap_or_default();
        Verb::schema_beside(generator, "One verb, and how its outcome is judged and recorded.", beside)
    }
}

/// The schema of a type, with examples.
fn shown<T: JsonSchema>(generator: &mut SchemaGenerator, examples: serde_json::Value) -> serde_json::Value {
    let mut schema = generator.subschema_for::<T>().to_value();
    schema["examples"] = examples;
    schema
}

#[cfg(test)]
mod tests {
    use super::super::node::Node;
    use super::super::read::{ReadError, read};
    use super::*;

    fn step(yaml: &str) -> Result<Step, ReadError> {
        let node: Node =
            serde_yaml::from_str_with_options(yaml, super::super::parse::yaml_options()).unwrap();
        read(&node)
    }

    #[test]
    fn a_step_survives_the_protocol() {
        for yaml in [
            "{exec: SELECT 1}",
            "{step: }",
            "{query: {sql: 'SELECT ?1', values: [.nan, {blob: 00ff}]}, expect: [[.inf, ~]], record: {bucket: 8}}",
            "{prepare: {sql: SELECT 1, version: v3, flags: [persistent]}, expect: {error: ERROR, message: /x/}}",
            "{repeat: {times: 3, measure: memory_used, steps: [{exec: SELECT 1, expect: OK}]}, save: a}",
            "{repeat: {times: 9, steps: [{exec: SELECT 1, every: 3}]}, expect: flat}",
            "{bind: {at: ':a', value: 5, lifetime: destructor}}",
            "{exec: SELECT 1, on: oldest}",
            "{exec: SELECT 1, on: 3.46.0-rusqlite}",
        ] {
            let first = step(yaml).unwrap_or_else(|e| panic!("{yaml}: {e:?}"));
            let mut bytes = Vec::new();
            ciborium::into_writer(&first, &mut bytes).unwrap();
            let second: Step = ciborium::from_reader(bytes.as_slice()).unwrap();
            assert_eq!(first, second, "{yaml}");
        }
    }

    #[test]
    fn steps_are_described_without_their_defaults() {
        let shown = |yaml| step(yaml).unwrap().describe();
        assert_eq!(shown("{exec: SELECT  1}"), "exec SELECT 1");
        assert_eq!(shown("{close: other}"), "close other");
        assert_eq!(shown("{step: }"), "step");
        assert_eq!(shown("{step: , on: parent}"), "parent: step");
        assert_eq!(shown("{bind: [1, ~, ab]}"), "bind [1, NULL, \"ab\"]");
        assert_eq!(shown("{db_status: {counter: stmt_used, peak: true}}"), "db_status stmt_used peak");
    }

    #[test]
    fn long_sql_is_described_by_its_beginning_its_size_and_its_hash() {
        let shown = |length: usize| step(&format!("{{exec: SELECT '{}'}}", "é".repeat(length))).unwrap();
        let long = shown(50_000).verb.describe();
        assert!(long.len() < 600 && long.contains("éé… (100009 bytes, sha256 "), "{long}");
        assert_ne!(long, shown(50_001).verb.describe());
    }

    #[test]
    fn mistakes_name_the_word() {
        let word = |yaml: &str| yaml[step(yaml).unwrap_err().span.unwrap()].to_owned();
        assert_eq!(word("{exce: SELECT 1}"), "exce");
        assert_eq!(word("{exec: SELECT 1, expct: OK}"), "expct");
        assert_eq!(word("{exec: SELECT 1, query: SELECT 1}"), "query");
        assert_eq!(word("{repeat: {times: 3, steps: [{exec: {sql: x, bd: y}}]}}"), "bd");
        assert_eq!(word("{exec: 5}"), "5");
    }
}
