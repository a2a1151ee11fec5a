//! How an expectation is written: in YAML, in the protocol, in the schema.

use std::borrow::Cow;

use ciborium::Value as Tree;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Expect;
use crate::contract::literal::Literal;
use crate::outcome::sqlite_names::code_names;

/// The map forms.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MapForm {
    error: Option<String>,
    message: Option<String>,
    missing: Option<String>,
    refused: Option<String>,
    near: Option<f64>,
    ulps: Option<u64>,
    one_of: Option<Vec<Expect>>,
    unordered: Option<Tree>,
}

impl Expect {
    fn from_tree(tree: Tree) -> Result<Self, String> {
        match tree {
            Tree::Array(items) => rows(items).map(Self::Rows),
            Tree::Map(entries) if !is_literal_map(&entries) => Self::from_map(Tree::Map(entries)),
            scalar => literal(scalar).map(Self::Scalar),
        }
    }

    fn from_map(tree: Tree) -> Result<Self, String> {
        let form: MapForm = tree.deserialized().map_err(words)?;
        let MapForm { error, message, missing, refused, near, ulps, one_of, unordered } = form;
        match (error, message, missing, refused, (near, ulps), one_of, unordered) {
            (Some(error), message, None, None, (None, None), None, None) => {
                Ok(Self::Error { error, message })
            }
            (None, None, Some(function), None, (None, None), None, None) => Ok(Self::Missing(function)),
            (None, None, None, Some(words), (None, None), None, None) => Ok(Self::Refused(words)),
            (None, None, None, None, (Some(near), Some(ulps)), None, None) => Ok(Self::Near { near, ulps }),
            (None, None, None, None, (None, None), Some(options), None) => Ok(Self::OneOf(options)),
            (None, None, None, None, (None, None), None, Some(Tree::Array(items))) => {
                rows(items).map(Self::Unordered)
            }
            _ => Err("expected {error: CODE, message: …}, {missing: sqlite3_…}, {refused: …}, \
                      {near: 0.3, ulps: 1}, {one_of: […]} or {unordered: [[…]]}"
                .to_owned()),
        }
    }

    fn to_tree(&self) -> Tree {
        let text = |text: &str| Tree::Text(text.to_owned());
        let literal = |literal: &Literal| Tree::serialized(literal).expect("a literal is a plain tree");
        let list = |row: &Vec<Literal>| Tree::Array(row.iter().map(literal).collect());
        let lists = |rows: &[Vec<Literal>]| Tree::Array(rows.iter().map(list).collect());
        match self {
            Self::Scalar(value) => literal(value),
            Self::Rows(rows) => lists(rows),
            Self::Unordered(rows) => Tree::Map(vec![(text("unordered"), lists(rows))]),
            Self::Error { error, message } => {
                let mut entries = vec![(text("error"), text(error))];
                entries.extend(message.iter().map(|message| (text("message"), text(message))));
                Tree::Map(entries)
            }
            Self::Missing(function) => Tree::Map(vec![(text("missing"), text(function))]),
            Self::Refused(words) => Tree::Map(vec![(text("refused"), text(words))]),
            Self::Near { near, ulps } => {
                let ulps = Tree::Integer((*ulps).into());
                Tree::Map(vec![(text("near"), Tree::Float(*near)), (text("ulps"), ulps)])
            }
            Self::OneOf(options) => {
                Tree::Map(vec![(text("one_of"), Tree::Array(options.iter().map(Self::to_tree).collect()))])
            }
        }
    }
}

/// Rows; a value that is no list is a row of one column.
fn rows(items: Vec<Tree>) -> Result<Vec<Vec<Literal>>, String> {
    let row = |item| match item {
        Tree::Array(row) => row.into_iter().map(literal).collect(),
        one => Ok(vec![literal(one)?]),
    };
    items.into_iter().map(row).collect()
}

fn literal(tree: Tree) -> Result<Literal, String> {
    tree.deserialized().map_err(words)
}

/// The message alone: ciborium wraps it.
fn words(error: ciborium::value::Error) -> String {
    match error {
        ciborium::value::Error::Custom(message) => message,
    }
}

fn is_literal_map(entries: &[(Tree, Tree)]) -> bool {
    entries.iter().any(|(key, _)| matches!(key.as_text(), Some("blob" | "zeroblob" | "text" | "times")))
}

impl<'de> Deserialize<'de> for Expect {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_tree(Tree::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl Serialize for Expect {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_tree().serialize(serializer)
    }
}

impl JsonSchema for Expect {
    fn schema_name() -> Cow<'static, str> {
        "Expect".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let literal = generator.subschema_for::<Literal>();
        let expect = generator.subschema_for::<Expect>();
        let rows = json_schema!({"type": "array", "items": {"anyOf": [literal, {"type": "array", "items": literal}]}});
        let mut codes: Vec<&str> = code_names().collect();
        codes.sort_unstable();
        json_schema!({
            "description": "What must hold on every build: a result code by name, a value, a comparison such as \"<= 65536\", rows, or an error pattern.",
            "anyOf": [
                literal,
                rows,
                {
                    "type": "object",
                    "properties": {
                        "error": {"enum": codes},
                        "message": {"type": "string", "description": "The whole message, or a regular expression between slashes."}
                    },
                    "required": ["error"],
                    "additionalProperties": false
                },
                {"type": "object", "properties": {"missing": {"type": "string"}}, "required": ["missing"], "additionalProperties": false},
                {"type": "object", "properties": {"refused": {"type": "string"}}, "required": ["refused"], "additionalProperties": false},
                {
                    "type": "object",
                    "properties": {
                        "near": {"type": "number", "description": "A real, and how many doubles the outcome may be away from it."},
                        "ulps": {"type": "integer", "minimum": 0}
                    },
                    "required": ["near", "ulps"],
                    "additionalProperties": false
                },
                {"type": "object", "properties": {"one_of": {"type": "array", "items": expect}}, "required": ["one_of"], "additionalProperties": false},
                {"type": "object", "properties": {"unordered": rows}, "required": ["unordered"], "additionalProperties": false}
            ]
        })
    }
}
