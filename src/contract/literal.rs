//! A value as a contract writes it: in a bind, in an expectation, in a `with` table.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::outcome::value::{Value, hex};

/// A YAML scalar is the SQLite value it looks like; what YAML cannot spell is a map with one key.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `null`, `5`, `0.1`, `.inf`, `"text"`, or `{blob: 00ff}`
    Value(Value),
    /// `{zeroblob: 1000}`: a blob of so many zero bytes, bound by `sqlite3_bind_zeroblob`.
    Zeroblob(u64),
    /// `{text: ab, times: 1000}`: a long text without a long contract.
    Repeated {
        /// What is repeated.
        text: String,
        /// How often it stands in the whole.
        times: u64,
    },
}

impl Literal {
    /// Whether it is a text or a blob.
    pub fn has_bytes(&self) -> bool {
        self.length().is_some()
    }

    /// How many bytes it has, when it is a text or a blob.
    pub fn length(&self) -> Option<u64> {
        match self {
            Self::Value(Value::Text(bytes) | Value::Blob(bytes)) => Some(bytes.len() as u64),
            Self::Value(Value::Null | Value::Integer(_) | Value::Real(_)) => None,
            Self::Zeroblob(size) => Some(*size),
            Self::Repeated { text, times } => Some(times.saturating_mul(text.len() as u64)),
        }
    }

    /// Whether it is NULL.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Value(Value::Null))
    }

    /// Whether it is a blob.
    pub fn is_blob(&self) -> bool {
        matches!(self, Self::Value(Value::Blob(_)) | Self::Zeroblob(_))
    }

    /// The value it stands for, in full length.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Value(value) => value.clone(),
            Self::Zeroblob(size) => Value::Blob(vec![0; usize::try_from(*size).unwrap_or(usize::MAX)]),
            Self::Repeated { text, times } => {
                Value::Text(text.repeat(usize::try_from(*times).unwrap_or(usize::MAX)).into_bytes())
            }
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => write!(f, "{value}"),
            Self::Zeroblob(size) => write!(f, "zeroblob({size})"),
            Self::Repeated { text, times } => write!(f, "{} × {times}", Value::text(text)),
        }
    }
}

/// The map forms; every key is optional so that the error can say which combination is meant.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MapForm {
    blob: Option<String>,
    zeroblob: Option<u64>,
    text: Option<String>,
    times: Option<u64>,
}

impl MapForm {
    fn into_literal<E: de::Error>(self) -> Result<Literal, E> {
        match self {
            Self { blob: Some(digits), zeroblob: None, text: None, times: None } => from_hex(&digits)
                .map(|bytes| Literal::Value(Value::Blob(bytes)))
                .ok_or_else(|| E::custom(format!("`{digits}` is not hexadecimal: write pairs of 0-9a-f"))),
            Self { zeroblob: Some(size), blob: None, text: None, times: None } => {
                within_limit(Literal::Zeroblob(size))
            }
            Self { text: Some(text), times, blob: None, zeroblob: None } => {
                within_limit(Literal::Repeated { text, times: times.unwrap_or(1) })
            }
            _ => Err(E::custom("expected {blob: 00ff}, {zeroblob: 10} or {text: ab, times: 10}")),
        }
    }
}

/// More bytes than this no build of SQLite puts into one value, <https://sqlite.org/limits.html#max_length>.
const MOST_BYTES: u64 = i32::MAX as u64;

fn within_limit<E: de::Error>(literal: Literal) -> Result<Literal, E> {
    match literal.length() {
        Some(length) if length > MOST_BYTES => Err(E::custom(format!(
            "{length} bytes: no build of SQLite has a value of more than {MOST_BYTES}"
        ))),
        _ => Ok(literal),
    }
}

fn from_hex(digits: &str) -> Option<Vec<u8>> {
    if !digits.len().is_multiple_of(2) || !digits.is_ascii() {
        return None;
    }
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok()).collect()
}

struct LiteralVisitor;

impl<'de> Visitor<'de> for LiteralVisitor {
    type Value = Literal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("null, a number, a text, or a map such as {blob: 00ff}")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Literal, E> {
        Ok(Literal::Value(Value::Null))
    }

    fn visit_none<E: de::Error>(self) -> Result<Literal, E> {
        self.visit_unit()
    }

    fn visit_i64<E: de::Error>(self, n: i64) -> Result<Literal, E> {
        Ok(Literal::Value(Value::Integer(n)))
    }

    fn visit_u64<E: de::Error>(self, n: u64) -> Result<Literal, E> {
        i64::try_from(n)
            .map(|n| Literal::Value(Value::Integer(n)))
            .map_err(|_| E::custom(format!("{n} does not fit in SQLite's 64-bit signed integer")))
    }

    fn visit_i128<E: de::Error>(self, n: i128) -> Result<Literal, E> {
        Err(E::custom(format!("{n} does not fit in SQLite's 64-bit signed integer")))
    }

    fn visit_f64<E: de::Error>(self, x: f64) -> Result<Literal, E> {
        Ok(Literal::Value(Value::Real(x)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Literal, E> {
        Ok(Literal::Value(Value::text(text)))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Literal, E> {
        Err(E::custom(format!("SQLite has no booleans: write {} or \"{value}\"", i32::from(value))))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Literal, A::Error> {
        MapForm::deserialize(de::value::MapAccessDeserializer::new(map))?.into_literal()
    }
}

impl<'de> Deserialize<'de> for Literal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LiteralVisitor)
    }
}

impl Serialize for Literal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pair = |serializer: S, key: &str, value: &str| {
            let mut map = serializer.serialize_map(Some(1))?;
            map.serialize_entry(key, value)?;
            map.end()
        };
        match self {
            Self::Value(Value::Null) => serializer.serialize_unit(),
            Self::Value(Value::Integer(n)) => serializer.serialize_i64(*n),
            Self::Value(Value::Real(x)) => serializer.serialize_f64(*x),
            Self::Value(Value::Text(bytes)) => serializer.serialize_str(&String::from_utf8_lossy(bytes)),
            Self::Value(Value::Blob(bytes)) => pair(serializer, "blob", &hex(bytes)),
            Self::Zeroblob(size) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("zeroblob", size)?;
                map.end()
            }
            Self::Repeated { text, times } => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("text", text)?;
                map.serialize_entry("times", times)?;
                map.end()
            }
        }
    }
}

impl JsonSchema for Literal {
    fn schema_name() -> Cow<'static, str> {
        "Literal".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A value: null, a number or a text as YAML writes it; {blob: 00ff}; {zeroblob: 10}; {text: ab, times: 10}.",
            "anyOf": [
                {"type": ["null", "number", "string"]},
                {"type": "object", "properties": {"blob": {"type": "string", "pattern": "^([0-9a-fA-F]{2})*$"}}, "required": ["blob"], "additionalProperties": false},
                {"type": "object", "properties": {"zeroblob": {"type": "integer", "minimum": 0}}, "required": ["zeroblob"], "additionalProperties": false},
                {"type": "object", "properties": {"text": {"type": "string"}, "times": {"type": "integer", "minimum": 0}}, "required": ["text"], "additionalProperties": false}
            ]
        })
    }
}
