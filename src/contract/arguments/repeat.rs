//! The arguments of the verb `repeat`.

use std::borrow::Cow;

use ciborium::Value as Tree;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use super::arguments;
use crate::contract::step::Step;
use crate::contract::verb::Verb;

arguments! {
    /// Steps to run many times. Its outcome is how much the measured quantity keeps growing per 1,000 iterations
    /// after the warm-up, rounded towards zero; or where and why it stopped.
    Repeat {
        times: u64,
        steps: Vec<Step> [Hidden],
    } optional {
        /// Iterations that are not measured: caches fill in them.
        warmup: u64,
        /// `memory_used` when left out; any verb whose outcome is a number.
        measure: Option<Measure>,
    }
}

/// A verb, or the bare name of one that needs no arguments.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Measure(pub Box<Verb>);

impl<'de> Deserialize<'de> for Measure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tree = match Tree::deserialize(deserializer)? {
            Tree::Text(name) => Tree::Map(vec![(Tree::Text(name), Tree::Null)]),
            other => other,
        };
        let words = |ciborium::value::Error::Custom(message)| serde::de::Error::custom(message);
        tree.deserialized().map(Self).map_err(words)
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
