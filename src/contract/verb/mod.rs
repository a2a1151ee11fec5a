//! The verbs of the contract language.
//!
//! A verb is a [`Call`] of SQLite's C interface (or of rusqlite, where the case's driver says so), a [`Block`] of
//! steps, or a [`Check`] of what other steps saved. The table and the types of [`super::arguments`] are the language:
//! the parser, the protocol, transcripts, drivers, the JSON Schema and `contracts/VERBS.md` are made of them.

mod define;
mod describe;
mod facts;
pub mod page;
pub(crate) mod table;

use std::collections::BTreeSet;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value as Json, json};

use self::define::{define, things};
pub(super) use self::describe::cut;
use self::describe::describe;
pub use self::facts::{Fact, Kind};
use self::facts::{Row, Section, prose};
pub(crate) use self::table::table;
use super::Driver;
pub use super::arguments::*;
use super::step::Step;
use super::thing::Thing;
use crate::outcome::sqlite_names::AllocationCounter;

table!(define!);

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub enum Verb {
    /// A call.
    Call(Call),
    /// A block of steps.
    Block(Block),
    /// A check of saved outcomes.
    Check(Check),
}

impl Verb {
    /// The verb's word in YAML.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Call(call) => call.name(),
            Self::Block(block) => block.name(),
            Self::Check(check) => check.name(),
        }
    }

    /// The verb and its arguments on one line, defaults left out: `query SELECT 1`, `step`, `close other`.
    pub fn describe(&self) -> String {
        match self {
            Self::Call(call) => call.describe(),
            Self::Block(block) => block.describe(),
            Self::Check(check) => check.describe(),
        }
    }

    /// The kind of its outcome.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Call(call) => call.kind(),
            Self::Block(block) => block.kind(),
            Self::Check(_) => Kind::Code,
        }
    }

    /// Whether the table says this of it.
    pub fn is(&self, fact: Fact) -> bool {
        let facts = match self {
            Self::Call(call) => call.facts(),
            Self::Block(block) => block.facts(),
            Self::Check(_) => &[],
        };
        facts.contains(&fact)
    }

    /// Whether it needs the counting allocator.
    pub fn needs_allocator(&self) -> bool {
        let limits_by_it =
            matches!(self, Self::Block(Block::LeastMemory(least)) if least.by == LimitedBy::Allocator);
        let counts = match self {
            Self::Block(Block::Sweep(sweep)) => sweep.over == SweptOver::Allocations,
            _ => self.is(Fact::CountingAllocator),
        };
        limits_by_it || counts
    }

    /// Whether it is about the whole process, and must not happen while other threads use the library.
    pub fn is_for_one_thread(&self) -> bool {
        [Fact::FreshProcess, Fact::StartsLibrary, Fact::EndsProcess, Fact::Outermost]
            .map(|fact| self.is(fact))
            .contains(&true)
    }

    /// Whether it makes SQLite use the counting allocator.
    pub fn installs_allocator(&self) -> bool {
        matches!(self, Self::Call(Call::Config(Config::Malloc)))
    }

    /// Writes the arguments under their word.
    pub(super) fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        match self {
            Self::Call(call) => call.write(map),
            Self::Block(block) => block.write(map),
            Self::Check(check) => check.write(map),
        }
    }

    /// Reads the arguments that stand under a word.
    pub(super) fn read<'de, M: MapAccess<'de>>(name: &str, map: &mut M) -> Result<Self, M::Error> {
        let read =
            Call::read(name, map).or_else(|| Block::read(name, map)).or_else(|| Check::read(name, map));
        read.unwrap_or_else(|| Err(unknown(name)))
    }

    /// The schema of a map with one verb and keys beside it.
    pub(super) fn schema_beside(
        generator: &mut SchemaGenerator,
        description: &str,
        mut properties: Map<String, Json>,
    ) -> Schema {
        let beside: Vec<String> = properties.keys().cloned().collect();
        let mut required = Vec::new();
        let schemas = [Call::schemas(generator), Block::schemas(generator), Check::schemas(generator)];
        for (name, does, schema) in schemas.into_iter().flatten() {
            let mut property = schema.to_value();
            property["description"] = does.into();
            properties.insert(name.to_owned(), property);
            required.push(json!({ "required": [name] }));
        }
        let names: Vec<&String> = properties.keys().collect();
        let has_no_verb = json!({ "propertyNames": { "enum": beside } });
        // An editor shows a mistake for each choice of `oneOf`: what is wrong in another way must not reach it.
        let has_a_verb = json!({ "propertyNames": { "enum": names }, "not": has_no_verb });
        json_schema!({
            "description": description,
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
            "not": has_no_verb,
            "if": has_a_verb,
            "then": { "oneOf": required },
        })
    }
}

impl Block {
    /// The steps inside it, in the order in which they are first run.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.lists().into_iter().flat_map(|(_, steps)| steps)
    }
}

/// The arguments that a map has next.
fn value<'de, M: MapAccess<'de>, T: Deserialize<'de>>(
    map: &mut M,
    verb: impl FnOnce(T) -> Verb,
) -> Result<Verb, M::Error> {
    map.next_value().map(verb)
}

/// That a word is not a verb; the keys that may stand beside one are known too.
fn unknown<E: de::Error>(name: &str) -> E {
    let known = Verb::NAMES.iter().chain(&super::step::BESIDE).map(|known| format!("`{known}`"));
    E::custom(format!("unknown verb `{name}`, expected one of {}", known.collect::<Vec<_>>().join(", ")))
}

struct VerbVisitor;

impl<'de> Visitor<'de> for VerbVisitor {
    type Value = Verb;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map with one verb")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Verb, M::Error> {
        match map.next_key::<String>()? {
            Some(name) => Verb::read(&name, &mut map),
            None => Err(de::Error::custom("there is no verb")),
        }
    }
}

impl<'de> Deserialize<'de> for Verb {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(VerbVisitor)
    }
}

impl Serialize for Verb {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        self.write(&mut map)?;
        map.end()
    }
}

impl JsonSchema for Verb {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Verb".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Self::schema_beside(generator, "What a step does.", Map::new())
    }
}
