//! What a step promises.

use std::borrow::Cow;
use std::fmt;

use ciborium::Value as Tree;
use regex::Regex;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::literal::Literal;
use super::verb::Kind;
use crate::names::{code_names, code_number};
use crate::outcome::Outcome;
use crate::value::{Value, ulps};

/// `expect:` of a step, as written. What it means depends on the kind of the step's outcome.
#[derive(Debug, Clone, PartialEq)]
pub enum Expect {
    /// `OK`, `BUSY`, `34.78`, `"<= 65536"`
    Scalar(Literal),
    /// `[1, "a"]`: a row for `step`; one-column rows for `query`. `[[1, "a"], [2, null]]`: rows.
    Rows(Vec<Vec<Literal>>),
    /// `{error: CONSTRAINT_UNIQUE, message: "/UNIQUE/"}`
    Error { error: String, message: Option<String> },
    /// `{missing: sqlite3_prepare_v3}`
    Missing(String),
    /// `{refused: "/out of range/"}`: the driver itself would not do it, in these words.
    Refused(String),
    /// `{near: 0.3, ulps: 1}`: a real so many doubles away at most.
    Near { near: f64, ulps: u64 },
    /// `{one_of: [OK, BUSY]}`
    OneOf(Vec<Expect>),
}

/// An ordering promised of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    operator: Operator,
    bound: f64,
}

/// `<`, `<=`, `==`, `!=`, `>=`, `>`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    GreaterOrEqual,
    Greater,
}

impl Operator {
    /// The operator at the beginning of a text, and the rest.
    pub fn strip(text: &str) -> Option<(Self, &str)> {
        let operators = [
            ("<=", Self::LessOrEqual),
            (">=", Self::GreaterOrEqual),
            ("==", Self::Equal),
            ("!=", Self::NotEqual),
            ("<", Self::Less),
            (">", Self::Greater),
        ];
        operators.into_iter().find_map(|(mark, operator)| Some((operator, text.strip_prefix(mark)?)))
    }

    /// Whether `left operator right`.
    pub fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::GreaterOrEqual => left >= right,
            Self::Greater => left > right,
        }
    }
}

impl Comparison {
    /// `"<= 65536"`
    fn parse(text: &str) -> Option<Self> {
        let (operator, bound) = Operator::strip(text.trim())?;
        Some(Self { operator, bound: bound.trim().replace('_', "").parse().ok()? })
    }
}

/// What is expected of a growth that is none.
const FLAT: &str = "flat";

impl Literal {
    fn is_flat(&self) -> bool {
        matches!(self, Self::Value(Value::Text(text)) if text == FLAT.as_bytes())
    }

    fn is_comparison(&self) -> bool {
        matches!(self, Self::Value(Value::Text(text)) if Comparison::parse(&String::from_utf8_lossy(text)).is_some())
    }
}

impl Expect {
    /// What is wrong with this expectation for a step of this kind: the message, the word it is about, and
    /// the words it could have been.
    pub fn mistake(&self, kind: Kind) -> Option<(String, String, Vec<&'static str>)> {
        let code = |name: &str| {
            let bare = name.strip_prefix("SQLITE_").filter(|bare| code_number(bare).is_some());
            let message = match bare {
                Some(_) => format!("`{name}`: result codes are named without `SQLITE_`"),
                None => format!("unknown result code `{name}`"),
            };
            let known = || code_names().filter(|known| bare.is_none_or(|bare| bare == *known)).collect();
            code_number(name).is_none().then(|| (message, name.to_owned(), known()))
        };
        match (self, kind) {
            (Self::Error { error, message }, _) => {
                code(error).or_else(|| message.as_deref().and_then(pattern_mistake))
            }
            (Self::Refused(words), _) => pattern_mistake(words),
            (Self::OneOf(options), _) => options.iter().find_map(|option| option.mistake(kind)),
            (Self::Scalar(Literal::Value(Value::Text(name))), Kind::Code | Kind::Row) => {
                code(&String::from_utf8_lossy(name))
            }
            (Self::Scalar(_) | Self::Near { .. }, Kind::Code | Kind::Row) => Some((
                "this step answers a result code: expect OK, BUSY, …".to_owned(),
                String::new(),
                Vec::new(),
            )),
            (Self::Scalar(Literal::Value(Value::Text(text))), Kind::Quantity | Kind::Sweep) => {
                let text = String::from_utf8_lossy(text);
                Comparison::parse(&text).is_none().then(|| {
                    let message = format!("`{text}` is no comparison: write \"<= 65536\" or a number");
                    (message, text.to_string(), Vec::new())
                })
            }
            (Self::Near { .. }, Kind::Quantity | Kind::Growth) => {
                Some(("this step counts: expect a number or \"<= 5\"".to_owned(), String::new(), Vec::new()))
            }
            (Self::Scalar(literal), Kind::Growth) if literal.is_flat() => None,
            (Self::Scalar(Literal::Value(Value::Text(text))), Kind::Growth) => {
                let text = String::from_utf8_lossy(text);
                Comparison::parse(&text).is_none().then(|| {
                    let message =
                        format!("`{text}` says nothing of growth: write `flat`, \"<= 16\" or a number");
                    (message, text.to_string(), vec![FLAT])
                })
            }
            (Self::Rows(_), Kind::Code | Kind::Value | Kind::Quantity | Kind::Growth | Kind::Sweep) => Some(
                ("this step gives no rows, but a list is expected".to_owned(), String::new(), Vec::new()),
            ),
            _ => None,
        }
    }

    /// The promise in words. Where no code is answered, a code's name is a text like any other.
    pub fn describe(&self, kind: Kind) -> String {
        match (self, kind) {
            (Self::Scalar(literal), Kind::Growth) if literal.is_flat() => FLAT.to_owned(),
            (Self::Scalar(literal), Kind::Rows | Kind::Counts | Kind::Value) if !literal.is_comparison() => {
                literal.to_string()
            }
            _ => self.to_string(),
        }
    }

    /// Whether the outcome keeps the promise.
    pub fn holds(&self, kind: Kind, outcome: &Outcome) -> bool {
        match self {
            Self::OneOf(options) => options.iter().any(|option| option.holds(kind, outcome)),
            Self::Missing(function) => matches!(outcome, Outcome::Missing(missing) if missing == function),
            Self::Refused(words) => {
                matches!(outcome, Outcome::Refused(reason) if message_holds(words, reason))
            }
            Self::Near { near, ulps } => near_holds(*near, *ulps, outcome),
            Self::Error { error, message } => error_holds(error, message.as_deref(), outcome),
            Self::Rows(rows) => rows_hold(rows, outcome),
            Self::Scalar(literal) => scalar_holds(literal, kind, outcome),
        }
    }
}

fn pattern_mistake(message: &str) -> Option<(String, String, Vec<&'static str>)> {
    let error = Regex::new(pattern(message)?).err()?;
    Some((format!("`{message}` is no regular expression: {error}"), message.to_owned(), Vec::new()))
}

/// The regular expression between slashes.
fn pattern(message: &str) -> Option<&str> {
    message.strip_prefix('/')?.strip_suffix('/')
}

fn message_holds(expected: &str, actual: &str) -> bool {
    match pattern(expected) {
        Some(pattern) => Regex::new(pattern).is_ok_and(|regex| regex.is_match(actual)),
        None => expected == actual,
    }
}

/// A primary name covers its extended codes: `BUSY` holds for BUSY_SNAPSHOT too.
fn code_holds(expected: &str, actual: i32) -> bool {
    code_number(expected).is_some_and(|number| number == actual || (number < 256 && number == actual & 0xff))
}

fn error_holds(error: &str, message: Option<&str>, outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Error { code, message: actual } => {
            code_holds(error, *code)
                && message
                    .is_none_or(|expected| message_holds(expected, actual.as_deref().unwrap_or_default()))
        }
        _ => false,
    }
}

fn near_holds(near: f64, within: u64, outcome: &Outcome) -> bool {
    let value = match outcome {
        Outcome::Value(value) => Some(value),
        Outcome::Rows(rows) => match rows.as_slice() {
            [row] if row.len() == 1 => row.first(),
            _ => None,
        },
        _ => None,
    };
    matches!(value, Some(Value::Real(x)) if ulps(near, *x).is_some_and(|ulps| ulps <= within))
}

fn rows_hold(expected: &[Vec<Literal>], outcome: &Outcome) -> bool {
    let row_holds = |expected: &[Literal], actual: &[Value]| {
        expected.len() == actual.len() && expected.iter().zip(actual).all(|(e, a)| e.to_value() == *a)
    };
    match outcome {
        Outcome::Rows(rows) => {
            expected.len() == rows.len() && expected.iter().zip(rows).all(|(e, a)| row_holds(e, a))
        }
        // `[1, "a"]` was read as two one-column rows; for `step` it is one row.
        Outcome::Row(row) => match expected {
            [one] => row_holds(one, row),
            many => row_holds(&many.iter().flatten().cloned().collect::<Vec<_>>(), row),
        },
        _ => false,
    }
}

fn scalar_holds(literal: &Literal, kind: Kind, outcome: &Outcome) -> bool {
    if let (Kind::Code | Kind::Row, Literal::Value(Value::Text(name))) = (kind, literal) {
        let name = String::from_utf8_lossy(name);
        return match outcome {
            Outcome::Code(code) => code_holds(&name, *code),
            Outcome::Error { code, .. } => code_holds(&name, *code),
            Outcome::Row(_) => name == "ROW",
            _ => false,
        };
    }
    if let Literal::Value(Value::Text(text)) = literal
        && let Some(comparison) = Comparison::parse(&String::from_utf8_lossy(text))
    {
        return outcome.number().is_some_and(|n| comparison.operator.holds(n, comparison.bound));
    }
    match outcome {
        Outcome::Value(value) => literal.to_value() == *value,
        Outcome::Growth(growth) if literal.is_flat() => growth.is_flat(),
        Outcome::Growth(growth) => literal.to_value() == Value::Integer(growth.rate()),
        Outcome::Misses(misses) => literal.to_value() == Value::Integer(misses.missed.cast_signed()),
        Outcome::Rows(rows) => rows.len() == 1 && rows[0] == [literal.to_value()],
        other => other.quantity().is_some_and(|n| literal.to_value() == Value::Integer(n)),
    }
}

impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |items: Vec<String>, separator: &str| items.join(separator);
        match self {
            Self::Scalar(Literal::Value(Value::Text(text)))
                if code_number(&String::from_utf8_lossy(text)).is_some()
                    || Comparison::parse(&String::from_utf8_lossy(text)).is_some() =>
            {
                f.write_str(&String::from_utf8_lossy(text))
            }
            Self::Scalar(literal) => write!(f, "{literal}"),
            Self::Rows(rows) if rows.is_empty() => f.write_str("no rows"),
            Self::Rows(rows) => {
                let row = |row: &Vec<Literal>| match row.as_slice() {
                    [one] => one.to_string(),
                    many => format!("({})", joined(many.iter().map(Literal::to_string).collect(), ", ")),
                };
                f.write_str(&joined(rows.iter().map(row).collect(), ", "))
            }
            Self::Error { error, message: None } => f.write_str(error),
            Self::Error { error, message: Some(message) } => write!(f, "{error}: {message}"),
            Self::Missing(function) => write!(f, "missing {function}"),
            Self::Refused(words) => write!(f, "refused: {words}"),
            Self::Near { near, ulps: 1 } => write!(f, "{near:?} or a neighbour of it"),
            Self::Near { near, ulps } => write!(f, "{near:?} up to {ulps} ulps off"),
            Self::OneOf(options) => {
                write!(f, "one of {}", joined(options.iter().map(Self::to_string).collect(), ", "))
            }
        }
    }
}

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
}

impl Expect {
    fn from_tree(tree: Tree) -> Result<Self, String> {
        let literal = |tree: Tree| tree.deserialized::<Literal>().map_err(words);
        match tree {
            Tree::Array(items) => items
                .into_iter()
                .map(|item| match item {
                    Tree::Array(row) => row.into_iter().map(literal).collect(),
                    one => Ok(vec![literal(one)?]),
                })
                .collect::<Result<_, _>>()
                .map(Self::Rows),
            Tree::Map(entries) if !is_literal_map(&entries) => Self::from_map(Tree::Map(entries)),
            scalar => literal(scalar).map(Self::Scalar),
        }
    }

    fn from_map(tree: Tree) -> Result<Self, String> {
        let form: MapForm = tree.deserialized().map_err(words)?;
        let MapForm { error, message, missing, refused, near, ulps, one_of } = form;
        match (error, message, missing, refused, (near, ulps), one_of) {
            (Some(error), message, None, None, (None, None), None) => Ok(Self::Error { error, message }),
            (None, None, Some(function), None, (None, None), None) => Ok(Self::Missing(function)),
            (None, None, None, Some(words), (None, None), None) => Ok(Self::Refused(words)),
            (None, None, None, None, (Some(near), Some(ulps)), None) => Ok(Self::Near { near, ulps }),
            (None, None, None, None, (None, None), Some(options)) => Ok(Self::OneOf(options)),
            _ => Err("expected {error: CODE, message: …}, {missing: sqlite3_…}, {refused: …}, \
                      {near: 0.3, ulps: 1} or {one_of: […]}"
                .to_owned()),
        }
    }

    fn to_tree(&self) -> Tree {
        let text = |text: &str| Tree::Text(text.to_owned());
        let literal = |literal: &Literal| Tree::serialized(literal).expect("a literal is a plain tree");
        match self {
            Self::Scalar(value) => literal(value),
            Self::Rows(rows) => {
                Tree::Array(rows.iter().map(|row| Tree::Array(row.iter().map(literal).collect())).collect())
            }
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
        let mut codes: Vec<&str> = code_names().collect();
        codes.sort_unstable();
        json_schema!({
            "description": "What must hold on every build: a result code by name, a value, a comparison such as \"<= 65536\", rows, or an error pattern.",
            "anyOf": [
                literal,
                {"type": "array", "items": {"anyOf": [literal, {"type": "array", "items": literal}]}},
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
                {"type": "object", "properties": {"one_of": {"type": "array", "items": expect}}, "required": ["one_of"], "additionalProperties": false}
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::growth::Growth;

    fn expect(yaml: &str) -> Expect {
        serde_yaml::from_str(yaml).unwrap()
    }

    #[test]
    fn codes_cover_their_extended_codes_but_not_the_other_way_round() {
        let snapshot = Outcome::Error { code: 517, message: None };
        let busy = Outcome::Error { code: 5, message: None };
        assert!(expect("BUSY").holds(Kind::Code, &snapshot));
        assert!(expect("BUSY_SNAPSHOT").holds(Kind::Code, &snapshot));
        assert!(!expect("BUSY_SNAPSHOT").holds(Kind::Code, &busy));
        assert!(!expect("OK").holds(Kind::Code, &busy));
        assert!(expect("ROW").holds(Kind::Row, &Outcome::Row(vec![])));
    }

    #[test]
    fn values_are_compared_by_type_and_bits() {
        let rows = |value| Outcome::Rows(vec![vec![value]]);
        assert!(expect("34.78").holds(Kind::Rows, &rows(Value::Real(34.78))));
        assert!(!expect("34").holds(Kind::Rows, &rows(Value::Real(34.0))));
        assert!(expect(r#""34""#).holds(Kind::Rows, &rows(Value::text("34"))));
        assert!(expect(r#""<= 35""#).holds(Kind::Rows, &rows(Value::Real(34.0))));
        assert!(expect("~").holds(Kind::Rows, &rows(Value::Null)));
    }

    #[test]
    fn rows_and_a_row() {
        let row = vec![Value::Integer(1), Value::text("a")];
        assert!(expect("[[1, a]]").holds(Kind::Rows, &Outcome::Rows(vec![row.clone()])));
        assert!(expect("[1, a]").holds(Kind::Row, &Outcome::Row(row.clone())));
        assert!(!expect("[1, a]").holds(Kind::Rows, &Outcome::Rows(vec![row])));
        assert!(expect("[]").holds(Kind::Rows, &Outcome::Rows(vec![])));
    }

    #[test]
    fn messages_are_exact_or_patterns() {
        let error = Outcome::Error { code: 1, message: Some("no such table: t".to_owned()) };
        assert!(expect(r#"{error: ERROR, message: "/no such/"}"#).holds(Kind::Code, &error));
        assert!(!expect(r#"{error: ERROR, message: "no such"}"#).holds(Kind::Code, &error));
    }

    #[test]
    fn a_real_may_be_promised_up_to_its_last_bits() {
        let near = expect("{near: 0.3, ulps: 1}");
        let holds = |value| near.holds(Kind::Rows, &Outcome::Rows(vec![vec![value]]));
        assert!(holds(Value::Real(0.1 + 0.2)));
        assert!(holds(Value::Real(0.3)));
        assert!(!holds(Value::Real(0.1 + 0.2 + 1e-16)));
        assert!(!holds(Value::Integer(0)));
        assert!(near.mistake(Kind::Code).is_some());
    }

    #[test]
    fn a_promise_that_cannot_be_meant_is_a_mistake() {
        let (message, word, _) = expect("BSUY").mistake(Kind::Code).unwrap();
        assert_eq!((message.as_str(), word.as_str()), ("unknown result code `BSUY`", "BSUY"));
        assert!(expect("[1]").mistake(Kind::Code).is_some());
        assert!(expect("anything").mistake(Kind::Rows).is_none());
        assert!(expect(r#""<= lots""#).mistake(Kind::Quantity).is_some());
        assert!(expect("flat").mistake(Kind::Quantity).is_some());
        assert!(expect("falt").mistake(Kind::Growth).is_some());
        assert!(expect("flat").mistake(Kind::Growth).is_none());
    }

    #[test]
    fn a_growth_is_flat_or_a_number() {
        let growing = Outcome::Growth(Growth { slope: 0.5, samples: Vec::new() });
        assert!(expect("0").holds(Kind::Growth, &growing));
        assert!(expect(r#""<= 0""#).holds(Kind::Growth, &growing));
        assert!(!expect("flat").holds(Kind::Growth, &growing));
        let flat = Outcome::Growth(Growth { slope: 0.0, samples: Vec::new() });
        assert!(expect("flat").holds(Kind::Growth, &flat));
        assert_eq!(expect("flat").describe(Kind::Growth), "flat");
    }
}
