//! Calls and their outcomes as lines of JSON. A value is `[type, content]` in text, since not every language has numbers of
//! 64 bits in its JSON, and none has bytes, NaN and infinities there.

use ciborium::Value as Tree;
use serde_json::{Map, Value as Json, json};

use super::{Call, Outcome, Verb};
use crate::contract::literal::Literal;
use crate::outcome::sqlite_names::{DONE, ERROR, code_number};
use crate::outcome::value::{Value, hex};

/// The request after which nothing of a run is left.
pub(super) const END: &str = "{\"verb\":\"end\",\"arguments\":{}}\n";

/// The request that frees what only a collection of garbage can free.
pub(super) const COLLECT: &str = "{\"verb\":\"collect_garbage\",\"arguments\":{}}\n";

/// The line that asks for a call.
pub(super) fn request(call: &Verb) -> String {
    let arguments = match Tree::serialized(&crate::contract::verb::Verb::from(call.clone())) {
        Ok(Tree::Map(mut verb)) => verb.pop().map(|(_, arguments)| arguments),
        _ => None,
    };
    let arguments = match arguments {
        Some(Tree::Map(fields)) => {
            fields.into_iter().filter_map(|(name, field)| argument(name, field)).collect()
        }
        _ => Map::new(),
    };
    json!({"verb": call.name(), "arguments": arguments}).to_string() + "\n"
}

/// The same request, which is executed only where the one before it succeeded.
pub(super) fn only_after_success(line: &str) -> String {
    line.replacen('{', r#"{"after_success":true,"#, 1)
}

fn argument(name: Tree, field: Tree) -> Option<(String, Json)> {
    let name = name.into_text().ok()?;
    let field = match name.as_str() {
        "value" | "values" | "rows" | "named" | "settings" | "level" => values(field),
        _ => plain(field),
    };
    Some((name, field))
}

/// Values, in whatever they are.
fn values(field: Tree) -> Json {
    match (field.deserialized::<Literal>(), field) {
        (Ok(literal), _) => tagged(&literal.to_value()),
        (Err(_), Tree::Array(fields)) => fields.into_iter().map(values).collect(),
        (Err(_), Tree::Map(fields)) => {
            let field = |(name, field): (Tree, Tree)| Some((name.into_text().ok()?, values(field)));
            Json::Object(fields.into_iter().filter_map(field).collect())
        }
        (Err(_), field) => plain(field),
    }
}

fn plain(field: Tree) -> Json {
    field.deserialized().unwrap_or(Json::Null)
}

fn tagged(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Integer(n) => json!(["i", n.to_string()]),
        Value::Real(x) => json!(["r", format!("{:016x}", x.to_bits())]),
        Value::Text(bytes) => json!(["t", String::from_utf8_lossy(bytes)]),
        Value::Blob(bytes) => json!(["b", hex(bytes)]),
    }
}

fn untagged(value: &Json) -> Option<Value> {
    if value.is_null() {
        return Some(Value::Null);
    }
    let content = value.get(1)?.as_str()?;
    match value.get(0)?.as_str()? {
        "i" => content.parse().ok().map(Value::Integer),
        "r" => u64::from_str_radix(content, 16).ok().map(|bits| Value::Real(f64::from_bits(bits))),
        "t" => Some(Value::text(content)),
        "x" => bytes(content).map(Value::Text),
        "b" => bytes(content).map(Value::Blob),
        _ => None,
    }
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect()
}

/// The outcome that a line tells; none of one that is no reply.
pub(super) fn outcome(line: &str) -> Option<Call<Outcome>> {
    let reply: Json = serde_json::from_str(line).ok()?;
    read(&reply)
}

fn read(reply: &Json) -> Option<Call<Outcome>> {
    let (what, content) = reply.as_object()?.iter().find(|(name, _)| *name != "message")?;
    let text = || content.as_str().map(str::to_owned);
    Some(Ok(match what.as_str() {
        "code" => Outcome::Code(content.as_i64()?.try_into().ok()?),
        "done" => Outcome::Code(DONE),
        "row" => Outcome::Row(row(content)?),
        "rows" => Outcome::Rows(content.as_array()?.iter().map(row).collect::<Option<_>>()?),
        "value" => Outcome::Value(untagged(content)?),
        "no_handle" => return Some(Err(Outcome::NoHandle(text()?))),
        "refused" => return Some(Err(Outcome::Refused(text()?))),
        "error" => return Some(Err(failed(content, reply.get("message")))),
        _ => return None,
    }))
}

fn row(values: &Json) -> Option<Vec<Value>> {
    values.as_array()?.iter().map(untagged).collect()
}

/// An error, by its number or its name.
fn failed(code: &Json, message: Option<&Json>) -> Outcome {
    let number = code.as_i64().and_then(|number| number.try_into().ok());
    let code = number.or_else(|| code_number(code.as_str()?)).unwrap_or(ERROR);
    Outcome::Error { code, message: message.and_then(Json::as_str).map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::verb::{Connect, Query};

    #[test]
    fn values_come_back_as_they_went() {
        let values = [
            Value::Null,
            Value::Integer(i64::MIN),
            Value::Real(f64::NEG_INFINITY),
            Value::Real(-0.0),
            Value::text("a\0b"),
            Value::Blob(vec![0, 255]),
        ];
        for value in &values {
            assert_eq!(untagged(&tagged(value)).as_ref(), Some(value));
        }
        assert_eq!(untagged(&json!(["x", "ff00"])), Some(Value::Text(vec![255, 0])));
    }

    #[test]
    fn a_request_has_the_arguments_that_are_written() {
        let mut query = Query::of("SELECT ?1".to_owned());
        query.values = vec![Literal::Value(Value::Integer(5)), Literal::Zeroblob(2)];
        let asked = request(&Verb::Query(query));
        assert_eq!(
            asked,
            "{\"arguments\":{\"sql\":\"SELECT ?1\",\"values\":[[\"i\",\"5\"],[\"b\",\"0000\"]]},\"verb\":\"query\"}\n"
        );
        let after = only_after_success(&asked);
        let expected: Json = serde_json::from_str(&asked).unwrap();
        let mut read: Json = serde_json::from_str(&after).unwrap();
        assert_eq!(read.as_object_mut().unwrap().remove("after_success"), Some(Json::Bool(true)));
        assert_eq!(read, expected);
        let mut connect = Connect::of("a.db".to_owned());
        connect.settings = [("timeout".to_owned(), Literal::Value(Value::Real(0.5)))].into();
        let asked = request(&Verb::Connect(connect));
        assert!(asked.contains(r#""settings":{"timeout":["r","3fe0000000000000"]}"#), "{asked}");
    }

    #[test]
    fn outcomes_are_read() {
        let read = |line| outcome(line).unwrap().unwrap_or_else(|instead| instead).to_string();
        assert_eq!(read(r#"{"code":0}"#), "OK");
        assert_eq!(read(r#"{"done":1}"#), "DONE");
        assert_eq!(read(r#"{"rows":[[["i","1"],null]]}"#), "(1, NULL)");
        assert_eq!(read(r#"{"error":"CONSTRAINT_UNIQUE","message":"m"}"#), "CONSTRAINT_UNIQUE: m");
        assert_eq!(read(r#"{"error":5}"#), "BUSY");
        assert_eq!(read(r#"{"no_handle":"db"}"#), "no `db`");
        assert!(outcome("nonsense").is_none() && outcome(r#"{"coda":0}"#).is_none());
    }
}
