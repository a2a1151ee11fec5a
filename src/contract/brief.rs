//! Arguments of a verb in their brief form (`- exec: SELECT 1`) or as a map (`- exec: {sql: SELECT 1, db: other}`).

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::literal::Literal;

/// What a brief form was written as.
pub enum Written {
    Nothing,
    Text(String),
    Integer(i64),
    List(Vec<Literal>),
}

/// Arguments that have a brief form.
pub trait FromBrief: Sized {
    /// The JSON types of the brief forms (`"string"`, `"null"`, …), for the schema and for errors.
    const FORMS: &'static [&'static str];

    /// The arguments, or `None` where this is no brief form of theirs.
    fn from_brief(written: Written) -> Option<Self>;
}

/// Arguments that accept both forms; a map in the protocol.
#[derive(Debug, Clone, PartialEq)]
pub struct Brief<T>(pub T);

impl<T> Deref for Brief<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Serialize> Serialize for Brief<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

struct BriefVisitor<T>(PhantomData<T>);

impl<T: FromBrief> BriefVisitor<T> {
    fn from<E: de::Error>(&self, written: Written, shown: &str) -> Result<Brief<T>, E> {
        T::from_brief(written)
            .map(Brief)
            .ok_or_else(|| E::custom(format!("expected {}, found {shown}", forms::<T>())))
    }
}

/// `a text, a map or nothing`
fn forms<T: FromBrief>() -> String {
    let name = |form: &&str| match *form {
        "string" => Some("a text"),
        "integer" => Some("a whole number"),
        "array" => Some("a list of values"),
        _ => None,
    };
    let mut names: Vec<&str> = T::FORMS.iter().filter_map(name).collect();
    names.push("a map");
    if T::FORMS.contains(&"null") {
        names.push("nothing");
    }
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

impl<'de, T: FromBrief + Deserialize<'de>> Visitor<'de> for BriefVisitor<T> {
    type Value = Brief<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&forms::<T>())
    }

    fn visit_unit<E: de::Error>(self) -> Result<Brief<T>, E> {
        self.from(Written::Nothing, "nothing")
    }

    fn visit_none<E: de::Error>(self) -> Result<Brief<T>, E> {
        self.visit_unit()
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Brief<T>, E> {
        self.from(Written::Text(text.to_owned()), &format!("the text `{text}`"))
    }

    fn visit_i64<E: de::Error>(self, n: i64) -> Result<Brief<T>, E> {
        self.from(Written::Integer(n), &format!("the number {n}"))
    }

    fn visit_u64<E: de::Error>(self, n: u64) -> Result<Brief<T>, E> {
        let number = i64::try_from(n).map_err(|_| E::custom(format!("{n} is too large")))?;
        self.visit_i64(number)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Brief<T>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element()? {
            values.push(value);
        }
        self.from(Written::List(values), "a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Brief<T>, A::Error> {
        T::deserialize(de::value::MapAccessDeserializer::new(map)).map(Brief)
    }
}

impl<'de, T: FromBrief + Deserialize<'de>> Deserialize<'de> for Brief<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BriefVisitor(PhantomData))
    }
}

impl<T: FromBrief + JsonSchema> JsonSchema for Brief<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("Brief{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let form = |form: &&str| match *form {
            "array" => generator.subschema_for::<Vec<Literal>>().to_value(),
            form => serde_json::json!({ "type": form }),
        };
        let mut forms: Vec<serde_json::Value> = T::FORMS.iter().map(form).collect();
        forms.push(generator.subschema_for::<T>().to_value());
        json_schema!({ "anyOf": forms })
    }
}
