//! Sequences of calls of the C interface, in legal and in illegal orders. A name whose handle is gone is refused by the
//! worker, so that nothing is used after it was freed: what a library then does, none promises.

use super::call_lists::{OF_CONNECTION, OF_OTHERS, OF_STATEMENT, PREPARED, RUN};
use super::{Generator, Tree};

/// The connections of a program: one in memory that every program has, and two of one file.
const CONNECTIONS: &[&str] = &["db", "other"];

impl Generator {
    /// Calls on two connections, which may share a file.
    pub(super) fn over_calls(&mut self) -> Vec<Tree> {
        let mut steps = self.two_connections();
        steps.extend(self.several(4, 14, Self::call_step));
        // What is left: whatever was done, it can be asked for.
        steps.push(Tree::word("query: {sql: 'SELECT count(*), total(a) FROM t'}"));
        steps
    }

    /// A connection with two tables, and another one, to the same file or to a new database.
    fn two_connections(&mut self) -> Vec<Tree> {
        let mut steps = Vec::new();
        let is_file = self.chance(40);
        if is_file {
            steps.push(Tree::word("open: f.db"));
        }
        steps.push(Tree::word("exec: {sql: 'CREATE TABLE t(a INTEGER, b TEXT)'}"));
        steps.push(Tree::word("exec: {sql: \"INSERT INTO t VALUES (1, 'one'), (2, x'0102')\"}"));
        if self.chance(40) {
            let definition = self.one_of(&[
                "u(x INTEGER PRIMARY KEY AUTOINCREMENT, y UNIQUE)",
                "u(x REFERENCES t(a), y DEFAULT 5)",
                "u(x TEXT PRIMARY KEY, y NOT NULL) WITHOUT ROWID",
                "u(x CHECK(x < 5), y AS (x + 1))",
            ]);
            steps.push(Tree::word(format!("exec: {{sql: 'CREATE TABLE {definition}'}}")));
        }
        if self.chance(60) {
            let file = if is_file { "f.db" } else { "':memory:'" };
            steps.push(Tree::word(format!("open: {{path: {file}, db: other}}")));
        }
        steps
    }

    fn call_step(&mut self) -> Tree {
        let connection = if self.chance(75) { CONNECTIONS[0] } else { CONNECTIONS[1] };
        let statement = self.one_of(&["p", "p", "q"]);
        match self.random.below(20) {
            0..4 => self.prepare_step(connection, statement),
            4..8 => step("step: $", statement),
            8..10 => {
                let sql = self.one_of(RUN);
                let text = format!("exec: {{sql: {}, db: {connection}}}", quoted(sql));
                Tree::fixed(format!("exec {sql}").trim_end().to_owned(), text, Vec::new())
            }
            10..14 => step(self.one_of(OF_STATEMENT), statement),
            14..16 => step(self.one_of(OF_OTHERS), ""),
            _ => step(self.one_of(OF_CONNECTION), connection),
        }
    }

    fn prepare_step(&mut self, connection: &str, statement: &str) -> Tree {
        let sql = self.one_of(PREPARED);
        let version = self.one_of(&["", "", "", ", version: v1", ", version: v3"]);
        let text = format!("prepare: {{sql: {}, stmt: {statement}, db: {connection}{version}}}", quoted(sql));
        Tree::fixed(format!("prepare {sql}").trim_end().to_owned(), text, Vec::new())
    }
}

/// A call with this name in the place of `$`. What it is about is its verb, with the arguments that make it another one.
fn step(call: &str, name: &str) -> Tree {
    let feature = call.replace("stmt: $", "").replace("db: $", "").replace('$', "");
    let feature = feature.trim_end_matches([' ', ',', ':', '}', '{']).to_owned();
    Tree::fixed(feature, call.replace('$', name), Vec::new())
}

fn quoted(sql: &str) -> String {
    format!("'{}'", sql.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::discover::statement::step_of;
    use crate::contract::verb::Verb;
    use crate::outcome::random::Random;

    #[test]
    fn every_call_is_a_step_of_the_language() {
        let calls = [OF_CONNECTION, OF_STATEMENT, OF_OTHERS].concat();
        for call in calls {
            let text = step(call, "x").to_string();
            let step = step_of(&text);
            let is_meant =
                matches!(&step.verb, Verb::Call(it) if text.starts_with(&format!("{}:", it.name())));
            assert!(is_meant, "{text}: {step:?}");
        }
        let mut generator = Generator { random: Random::new(1) };
        for _ in 0..50 {
            let program = generator.over_calls();
            let is_step = |tree: &Tree| !step_of(&tree.to_string()).describe().starts_with("query prepare");
            assert!(program.iter().all(is_step), "{program:?}");
        }
    }
}
