//! Arguments of a verb in their brief form (`- exec: SELECT 1`) or as a map (`- exec: {sql: SELECT 1, db: other}`).

use std::fmt;
use std::marker::PhantomData;

use schemars::Schema;
use serde::Deserializer;
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde_json::{Value as Json, json};

use super::literal::Literal;

/// What a brief form was written as.
pub enum Written {
    /// `- exec: SELECT 1`
    Text(String),
    /// `- column: 0`
    Integer(i64),
    /// `- bind: [1, a]`
    List(Vec<Literal>),
}

/// As what a brief form is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// A list of values.
    List,
}

impl Form {
    /// The form in the words of messages.
    pub fn words(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Integer => "a whole number",
            Self::List => "a list of values",
        }
    }

    fn schema(self) -> Json {
        match self {
            Self::Text => json!({ "type": "string" }),
            Self::Integer => json!({ "type": "integer" }),
            Self::List => json!({ "type": "array", "items": { "$ref": "#/$defs/Literal" } }),
        }
    }
}

/// The type of a field that can be written alone.
pub trait BriefField: Sized {
    /// As what it is written.
    const FORM: Form;

    /// The field, or `None` where this is no value of it.
    fn read(written: Written) -> Option<Self>;
}

/// The form of a field.
pub const fn form<S, T: BriefField>(_: fn(&S) -> &T) -> Form {
    T::FORM
}

impl BriefField for String {
    const FORM: Form = Form::Text;

    fn read(written: Written) -> Option<Self> {
        if let Written::Text(text) = written { Some(text) } else { None }
    }
}

impl BriefField for Option<String> {
    const FORM: Form = Form::Text;

    fn read(written: Written) -> Option<Self> {
        String::read(written).map(Some)
    }
}

impl BriefField for Vec<Literal> {
    const FORM: Form = Form::List;

    fn read(written: Written) -> Option<Self> {
        if let Written::List(values) = written { Some(values) } else { None }
    }
}

macro_rules! integers {
    ($($integer:ty)+) => { $(
        impl BriefField for $integer {
            const FORM: Form = Form::Integer;

            fn read(written: Written) -> Option<Self> {
                if let Written::Integer(n) = written { n.try_into().ok() } else { None }
            }
        }

        impl BriefField for Option<$integer> {
            const FORM: Form = Form::Integer;

            fn read(written: Written) -> Option<Self> {
                <$integer>::read(written).map(Some)
            }
        }
    )+ };
}
integers! { i32 i64 u64 }

/// Arguments that may have brief forms.
pub trait FromBrief: Sized {
    /// The field that can be written alone, and as what, where there is one.
    const FIELD: Option<(&'static str, Form)> = None;
    /// Whether nothing at all stands for the usual arguments.
    const OR_NOTHING: bool = false;

    /// The usual arguments, where [`FromBrief::OR_NOTHING`].
    fn nothing() -> Option<Self> {
        None
    }

    /// The arguments that a brief form stands for, or `None` where it stands for none.
    fn from_brief(_: Written) -> Option<Self> {
        None
    }

    /// The arguments from a map.
    fn from_map<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// Reads arguments in any of their forms.
pub fn read<'de, T: FromBrief, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(BriefVisitor(PhantomData))
}

/// Adds the brief forms to the schema of the map.
pub fn add_forms<T: FromBrief>(schema: &mut Schema) {
    let mut forms: Vec<Json> = T::FIELD.map(|(_, form)| form.schema()).into_iter().collect();
    if T::OR_NOTHING {
        forms.insert(0, json!({ "type": "null" }));
    }
    if !forms.is_empty() {
        forms.push(std::mem::take(schema).to_value());
        schema.insert("anyOf".to_owned(), forms.into());
    }
}

/// The brief forms as a page shows them.
pub fn shown<T: FromBrief>() -> Vec<String> {
    let field = T::FIELD.map(|(field, form)| format!("{} (`{field}`)", form.words()));
    field.into_iter().chain(T::OR_NOTHING.then(|| "nothing".to_owned())).collect()
}

/// `a text, a map or nothing`
fn forms<T: FromBrief>() -> String {
    let mut forms: Vec<&str> = T::FIELD.map(|(_, form)| form.words()).into_iter().collect();
    forms.push("a map");
    forms.extend(T::OR_NOTHING.then_some("nothing"));
    match forms.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

struct BriefVisitor<T>(PhantomData<T>);

impl<T: FromBrief> BriefVisitor<T> {
    fn arguments<E: de::Error>(read: Option<T>, shown: &str) -> Result<T, E> {
        read.ok_or_else(|| E::custom(format!("expected {}, found {shown}", forms::<T>())))
    }
}

impl<'de, T: FromBrief> Visitor<'de> for BriefVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&forms::<T>())
    }

    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        Self::arguments(T::nothing(), "nothing")
    }

    fn visit_none<E: de::Error>(self) -> Result<T, E> {
        self.visit_unit()
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        Self::arguments(T::from_brief(Written::Text(text.to_owned())), &format!("the text `{text}`"))
    }

    fn visit_i64<E: de::Error>(self, n: i64) -> Result<T, E> {
        Self::arguments(T::from_brief(Written::Integer(n)), &format!("the number {n}"))
    }

    fn visit_u64<E: de::Error>(self, n: u64) -> Result<T, E> {
        let number = i64::try_from(n).map_err(|_| E::custom(format!("{n} is too large")))?;
        self.visit_i64(number)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<T, A::Error> {
        if T::FIELD.is_none_or(|(_, form)| form != Form::List) {
            return Self::arguments(None, "a list");
        }
        let mut values = Vec::new();
        while let Some(value) = seq.next_element()? {
            values.push(value);
        }
        Self::arguments(T::from_brief(Written::List(values)), "a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::from_map(de::value::MapAccessDeserializer::new(map))
    }
}
