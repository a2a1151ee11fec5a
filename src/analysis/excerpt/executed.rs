//! A statement that a program executed, as a contract can execute it.

use std::collections::HashMap;

use serde_json::json;

use super::past::Handle;
use crate::analysis::discover::literal;
use crate::contract::literal::Literal;
use crate::contract::statements::tokens;
use crate::outcome::value::Value;

/// A statement, with what was bound to its parameters.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Executed {
    /// Who executed it.
    pub connection: Handle,
    pub sql: String,
    /// From the first parameter on; `None` where the trace does not have them.
    pub values: Option<Vec<Value>>,
}

impl Executed {
    /// Whether it leaves nothing behind.
    pub(super) fn only_reads(&self) -> bool {
        let first = tokens(&self.sql).find(|token| !is_space(token)).unwrap_or_default();
        ["SELECT", "VALUES", "EXPLAIN"].iter().any(|word| word.eq_ignore_ascii_case(first))
    }

    /// The statement that a database in memory can execute: what is attached is another one in memory.
    pub(super) fn in_memory(mut self) -> Self {
        let words: Vec<&str> = tokens(&self.sql).filter(|token| !is_space(token)).collect();
        let is_attach = words.first().is_some_and(|word| word.eq_ignore_ascii_case("ATTACH"));
        let name =
            words.iter().rposition(|word| word.eq_ignore_ascii_case("AS")).and_then(|at| words.get(at + 1));
        if let Some(name) = name.filter(|_| is_attach) {
            (self.sql, self.values) = (format!("ATTACH ':memory:' AS {name}"), Some(Vec::new()));
        }
        self
    }

    /// The step that executes it with its values bound, as YAML on one line; SQL alone where there are none, or where
    /// YAML cannot say one. Nothing where they are not known.
    pub(super) fn step(&self) -> Option<String> {
        let values = self.values.as_ref()?;
        let is_sayable = |value: &Value| match value {
            Value::Real(number) => number.is_finite(),
            Value::Text(bytes) => std::str::from_utf8(bytes).is_ok(),
            _ => true,
        };
        if values.is_empty() {
            return Some(self.sql.clone());
        }
        if !values.iter().all(is_sayable) {
            return self.with_literals();
        }
        let literals: Vec<Literal> = values.iter().cloned().map(Literal::Value).collect();
        let step = json!({"sql": self.sql, "values": literals});
        Some(format!("query: {step}"))
    }

    /// The step that asks for its plan.
    pub(super) fn plan(&self) -> Option<String> {
        Some(format!("plan: {}", json!({"sql": self.with_literals()?})))
    }

    /// Its SQL with its values in the place of its parameters. Nothing where they are not known.
    pub(super) fn with_literals(&self) -> Option<String> {
        let values = self.values.as_ref()?;
        let mut numbers = Numbers::default();
        let mut sql = String::new();
        let mut rest = self.sql.as_str();
        while !rest.is_empty() {
            let token = tokens(rest).next()?;
            match parameter_length(rest, token) {
                Some(length) => {
                    let at = numbers.of(&rest[..length])?;
                    let value = at.checked_sub(1).and_then(|at| values.get(at)).unwrap_or(&Value::Null);
                    sql += &literal(value);
                    rest = &rest[length..];
                }
                None => {
                    sql += token;
                    rest = &rest[token.len()..];
                }
            }
        }
        Some(sql)
    }
}

fn is_space(token: &&str) -> bool {
    token.trim().is_empty() || token.starts_with("--") || token.starts_with("/*")
}

/// The length of the parameter that this text begins with, if it does.
fn parameter_length(text: &str, token: &str) -> Option<usize> {
    let name = |from: usize| {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$' || !c.is_ascii();
        from + text[from..].find(|c| !is_part(c)).unwrap_or(text.len() - from)
    };
    match text.as_bytes()[0] {
        b'?' => Some(1 + text[1..].bytes().take_while(u8::is_ascii_digit).count()),
        b':' | b'@' if name(1) > 1 => Some(name(1)),
        b'$' if token.len() > 1 => Some(token.len()),
        _ => None,
    }
}

/// The numbers of parameters, by <https://sqlite.org/lang_expr.html#varparam>.
#[derive(Default)]
struct Numbers {
    largest: usize,
    names: HashMap<String, usize>,
}

impl Numbers {
    fn of(&mut self, parameter: &str) -> Option<usize> {
        let number = match parameter.strip_prefix('?') {
            Some("") => self.largest + 1,
            Some(digits) => digits.parse().ok()?,
            None => {
                let next = self.largest + 1;
                *self.names.entry(parameter.to_owned()).or_insert(next)
            }
        };
        self.largest = self.largest.max(number);
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn executed(sql: &str, values: &[Value]) -> Executed {
        Executed { connection: (0, 1), sql: sql.to_owned(), values: Some(values.to_vec()) }
    }

    #[test]
    fn values_take_the_place_of_parameters_by_their_numbers() {
        let values = [Value::Integer(1), Value::text("it's"), Value::Null];
        for (sql, expected) in [
            ("SELECT ?, ?, ?", "SELECT 1, 'it''s', NULL"),
            ("SELECT ?2, ?, ?1", "SELECT 'it''s', NULL, 1"),
            ("SELECT :a, @b, :a, $c", "SELECT 1, 'it''s', 1, NULL"),
            ("SELECT '?', \"?\", [?], ? -- ?", "SELECT '?', \"?\", [?], 1 -- ?"),
            ("SELECT ?7", "SELECT NULL"),
            ("SELECT a FROM t WHERE b=?1 AND c<?2", "SELECT a FROM t WHERE b=1 AND c<'it''s'"),
        ] {
            assert_eq!(executed(sql, &values).with_literals().unwrap(), expected);
        }
        let unknown = Executed { values: None, ..executed("SELECT ?", &[]) };
        assert_eq!((unknown.with_literals(), unknown.step()), (None, None));
    }

    #[test]
    fn a_step_has_its_values_where_yaml_can_say_them() {
        let step = |values: &[Value]| executed("SELECT ?", values).step();
        assert_eq!(step(&[]).unwrap(), "SELECT ?");
        let blob = step(&[Value::Blob(vec![0, 255])]).unwrap();
        assert_eq!(blob, "query: {\"sql\":\"SELECT ?\",\"values\":[{\"blob\":\"00ff\"}]}");
        assert_eq!(step(&[Value::Real(f64::INFINITY)]).unwrap(), "SELECT 9e999");
    }

    #[test]
    fn what_is_attached_is_in_memory_and_what_reads_is_known() {
        let attach = executed("attach database ? as \"other db\"", &[Value::text("/home/ann/o.db")]);
        assert_eq!(attach.in_memory().sql, "ATTACH ':memory:' AS \"other db\"");
        let plain = executed("INSERT INTO t SELECT 1 AS attach", &[]);
        assert_eq!(plain.clone().in_memory(), plain);
        assert!(executed("/* a */ select 1", &[]).only_reads());
        assert!(!executed("WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", &[]).only_reads());
    }
}
