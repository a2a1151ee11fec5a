//! The arguments of the verb `repeat`.

use std::borrow::Cow;
use std::fmt;

use ciborium::Value as Tree;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, MapDeserializer};
use serde::de::{self, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

use super::arguments;
use crate::contract::step::Step;
use crate::contract::verb::Verb;

arguments! {
    /// Steps to run many times.
    Repeat {
        /// How many iterations are measured.
        times: u64,
        /// What one iteration runs.
        steps: Vec<Step> [Hidden],
    } optional {
        /// Iterations that are not measured: caches fill in them.
        warmup: u64,
        /// `memory_used` when left out; any verb whose outcome is a number.
        measure: Option<Measure>,
    }
}

/// A verb, or the bare name of one that needs no arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure(pub Box<Verb>);

// By way of a tree, as steps are written: each argument of each verb would be compiled once more for the JSON in which
// the schema shows defaults.
impl Serialize for Measure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Tree::serialized(&self.0).map_err(ser::Error::custom)?.serialize(serializer)
    }
}

// And not by way of a tree: each of them would be compiled once more to be read from trees.
impl<'de> Deserialize<'de> for Measure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MeasureVisitor)
    }
}

struct MeasureVisitor;

impl<'de> Visitor<'de> for MeasureVisitor {
    type Value = Measure;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a verb, or the bare name of one that needs no arguments")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Measure, E> {
        let bare = MapDeserializer::new(std::iter::once((name, ())));
        Verb::deserialize(MapAccessDeserializer::new(bare)).map(Box::new).map(Measure)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Measure, A::Error> {
        let verb = Verb::deserialize(MapAccessDeserializer::new(&mut map))?;
        match map.next_key::<IgnoredAny>()? {
            Some(_) => Err(de::Error::custom(format!("`{}` is not the only verb here", verb.name()))),
            None => Ok(Measure(Box::new(verb))),
        }
    }
}

impl JsonSchema for Measure {
    fn schema_name() -> Cow<'static, str> {
        "Measure".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A verb, or the bare name of one that needs no arguments.",
            "anyOf": [{ "enum": Verb::NAMES }, generator.subschema_for::<Verb>()],
        })
    }
}
