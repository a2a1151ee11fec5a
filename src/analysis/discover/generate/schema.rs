//! Tables, indexes, views and triggers, and the programs that use them.

use super::expressions::COLLATIONS;
use super::{Generator, Sort, Tree};

/// The columns of a generated table, from the left.
pub(super) const COLUMNS: [&str; 4] = ["a", "b", "c", "d"];
const TYPES: &[&str] = &["", "INTEGER", "TEXT", "REAL", "BLOB", "NUMERIC", "INT", "VARCHAR(10)", "DATE"];
const STRICT_TYPES: &[&str] = &["INT", "INTEGER", "TEXT", "REAL", "BLOB", "ANY"];

/// What statements may do otherwise than by default.
const SETTINGS: &[&str] = &[
    "foreign_keys=ON",
    "foreign_keys=ON",
    "recursive_triggers=ON",
    "case_sensitive_like=ON",
    "legacy_alter_table=ON",
    "ignore_check_constraints=ON",
    "encoding='UTF-16le'",
    "auto_vacuum=1",
    "page_size=512",
    "count_changes=ON",
    "full_column_names=ON",
    "automatic_index=OFF",
    "trusted_schema=OFF",
    "writable_schema=ON",
    "defer_foreign_keys=ON",
    "empty_result_callbacks=ON",
    "secure_delete=ON",
];

/// A generated table.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub name: &'static str,
    pub columns: Vec<&'static str>,
}

impl Table {
    /// The names of its first columns.
    pub(super) fn listed(&self, count: usize) -> Tree {
        let names = self.columns[..count].iter().map(|name| Tree::word(*name));
        Tree::list(", ", 1, names.collect()).of_columns(self.name)
    }

    /// The clause that names it, which goes where no column is left.
    pub(super) fn from(&self) -> Tree {
        Tree::optional("", format!(" FROM {}", self.name), Vec::new())
    }
}

impl Generator {
    /// Statements over a table with rows of every type.
    pub(super) fn over_rows(&mut self) -> Vec<Tree> {
        let table = Table { name: "t", columns: COLUMNS.to_vec() };
        let create = Tree::fixed(
            "",
            "CREATE TABLE t({})",
            vec![
                Tree::list(
                    ", ",
                    1,
                    ["a", "b INTEGER", "c TEXT COLLATE NOCASE", "d REAL"].map(Tree::word).to_vec(),
                )
                .of_columns("t"),
            ],
        );
        let rows = self.several(2, 5, |it| {
            let values = it.several(4, 4, |it| it.literal(Sort::Any));
            Tree::fixed("", "({})", vec![Tree::list(", ", 1, values).of_columns("t")])
        });
        let insert = Tree::fixed("", "INSERT INTO t VALUES {}", vec![Tree::list(", ", 1, rows)]);
        vec![create, insert, self.select(&[table])]
    }

    /// Sums and averages of many numbers, over all of them or over windows.
    pub(super) fn over_numbers(&mut self) -> Vec<Tree> {
        let create = Tree::word("CREATE TABLE t(a)");
        let sort = self.one_of(&[Sort::Number, Sort::Amount, Sort::Amount]);
        let rows = self.several(2, 12, |it| Tree::fixed("", "({})", vec![it.literal(sort)]));
        let insert = Tree::fixed("", "INSERT INTO t VALUES {}", vec![Tree::list(", ", 1, rows)]);
        let name = self.one_of(&["sum", "sum", "avg", "total", "min", "max", "count"]);
        let argument = if self.chance(70) { Tree::column("a") } else { self.expression(1, &["a"]) };
        let call = Tree::expression(name, format!("{name}({{}})"), vec![argument]);
        let result = match self.random.below(3) {
            0 => self.shown(call),
            1 => call,
            _ => {
                let frame = self.frame();
                Tree::fixed("window", "{} OVER (ORDER BY rowid{})", vec![call, frame])
            }
        };
        vec![create, insert, Tree::fixed("", "SELECT {} FROM t", vec![result])]
    }

    /// A schema, changes to its rows, and questions.
    pub(super) fn over_schema(&mut self) -> Vec<Tree> {
        let (create, first) = self.table("t");
        let mut statements = Vec::new();
        if self.chance(12) {
            let setting = self.one_of(SETTINGS);
            let name = setting.split('=').next().unwrap_or(setting);
            statements.push(Tree::fixed(format!("PRAGMA {name}"), format!("PRAGMA {setting}"), Vec::new()));
        }
        statements.push(create);
        let mut tables = vec![first];
        if self.chance(40) {
            let (create, second) = self.table("u");
            statements.push(create);
            tables.push(second);
        }
        for _ in 0..self.count(0, 2) {
            let table = tables[self.count(0, tables.len() - 1)].clone();
            statements.push(self.index(&table, statements.len()));
        }
        if self.chance(20) {
            statements.push(self.trigger(&tables[0].clone()));
        }
        if self.chance(15) {
            let select = self.select(&tables);
            statements.push(Tree::fixed("view", "CREATE VIEW v AS {}", vec![select]));
            statements.push(Tree::fixed("", "SELECT * FROM v", Vec::new()));
        }
        for table in tables.clone() {
            statements.push(self.insert(&table));
        }
        statements.extend(self.several(0, 3, |it| {
            let table = tables[it.count(0, tables.len() - 1)].clone();
            it.change(&table)
        }));
        statements.extend(self.several(1, 2, |it| it.question(&tables)));
        statements
    }

    fn table(&mut self, name: &'static str) -> (Tree, Table) {
        let columns = COLUMNS[..self.count(2, 4)].to_vec();
        let is_strict = self.chance(12);
        let definitions = columns.iter().enumerate().map(|(at, column)| self.column(column, at, is_strict));
        let mut parts: Vec<Tree> = definitions.collect();
        if self.chance(25) {
            parts.push(self.constraint(&columns));
        }
        let has_key = self.chance(15);
        if has_key {
            parts.push(Tree::word(format!("PRIMARY KEY({})", columns[0])));
        }
        let options = match (is_strict, has_key && self.chance(60)) {
            (true, true) => Tree::optional("STRICT", " STRICT, WITHOUT ROWID", Vec::new()),
            (true, false) => Tree::optional("STRICT", " STRICT", Vec::new()),
            (false, true) => Tree::optional("WITHOUT ROWID", " WITHOUT ROWID", Vec::new()),
            (false, false) => Tree::word(""),
        };
        if self.chance(6) {
            let results = columns
                .iter()
                .map(|column| Tree::fixed("", format!("{{}} AS {column}"), vec![self.expression(1, &[])]));
            let results = Tree::list(", ", 1, results.collect()).of_columns(name);
            let text = format!("CREATE TABLE {name} AS SELECT {{}}");
            return (Tree::fixed("CREATE TABLE AS", text, vec![results]), Table { name, columns });
        }
        let create = Tree::fixed(
            "",
            format!("CREATE TABLE {name}({{}}){{}}"),
            vec![Tree::list(", ", 1, parts).of_columns(name), options],
        );
        (create, Table { name, columns })
    }

    fn column(&mut self, name: &'static str, at: usize, is_strict: bool) -> Tree {
        let kind = self.one_of(if is_strict { STRICT_TYPES } else { TYPES });
        let constraints = self.several(0, 2, |it| it.column_constraint(at));
        Tree::fixed(
            "",
            format!("{name}{{}}{{}}"),
            vec![
                Tree::optional(
                    "",
                    if kind.is_empty() { String::new() } else { format!(" {kind}") },
                    Vec::new(),
                ),
                Tree::list("", 0, constraints),
            ],
        )
    }

    fn column_constraint(&mut self, at: usize) -> Tree {
        match self.random.below(9) {
            0 => Tree::optional("NOT NULL", " NOT NULL", Vec::new()),
            1 => {
                let conflict =
                    self.one_of(&["", " ON CONFLICT REPLACE", " ON CONFLICT IGNORE", " ON CONFLICT FAIL"]);
                Tree::optional("UNIQUE", format!(" UNIQUE{conflict}"), Vec::new())
            }
            2 => {
                let check = self.expression(1, &COLUMNS[..=at]);
                Tree::optional("CHECK", " CHECK({})", vec![check])
            }
            3 | 4 => {
                let value = self.expression(1, &[]);
                Tree::optional("DEFAULT", " DEFAULT ({})", vec![value])
            }
            5 | 6 => {
                let collation = self.one_of(COLLATIONS);
                Tree::optional(format!("COLLATE {collation}"), format!(" COLLATE {collation}"), Vec::new())
            }
            7 if at > 0 => {
                let value = self.expression(2, &COLUMNS[..at]);
                let kind = self.one_of(&["STORED", "VIRTUAL"]);
                Tree::optional("generated column", format!(" AS ({{}}) {kind}"), vec![value])
            }
            _ if at == 0 => Tree::optional("PRIMARY KEY", " PRIMARY KEY", Vec::new()),
            _ => {
                let action = self.one_of(&[
                    "",
                    "",
                    " ON DELETE CASCADE",
                    " ON UPDATE SET NULL",
                    " ON DELETE SET DEFAULT",
                ]);
                let action = Tree::optional(action.trim(), action, Vec::new());
                Tree::optional("REFERENCES", " REFERENCES t(a){}", vec![action])
            }
        }
    }

    fn constraint(&mut self, columns: &[&'static str]) -> Tree {
        let (first, second) = (self.one_of(columns), self.one_of(columns));
        match self.random.below(3) {
            0 => Tree::fixed("UNIQUE", format!("UNIQUE({first}, {second})"), Vec::new()),
            1 => Tree::fixed("CHECK", "CHECK({})", vec![self.expression(2, columns)]),
            _ => {
                Tree::fixed("FOREIGN KEY", format!("FOREIGN KEY({first}) REFERENCES t({second})"), Vec::new())
            }
        }
    }

    fn index(&mut self, table: &Table, number: usize) -> Tree {
        let items = self.several(1, 2, |it| {
            let column = it.one_of(&table.columns);
            match it.random.below(4) {
                0 => Tree::fixed("index on an expression", "{}", vec![it.expression(1, &table.columns)]),
                1 => Tree::fixed("DESC index", format!("{column} DESC"), Vec::new()),
                2 => Tree::fixed("", format!("{column} COLLATE {}", it.one_of(COLLATIONS)), Vec::new()),
                _ => Tree::column(column),
            }
        });
        let partial = self.perhaps(30, |it| {
            Tree::optional("partial index", " WHERE {}", vec![it.expression(1, &table.columns)])
        });
        let unique = self.perhaps(20, |_| Tree::optional("UNIQUE", " UNIQUE", Vec::new()));
        let text = format!("CREATE{{}} INDEX i{number} ON {}({{}}){{}}", table.name);
        Tree::fixed("index", text, vec![unique, Tree::list(", ", 1, items), partial])
    }

    fn trigger(&mut self, table: &Table) -> Tree {
        let when = self.one_of(&["BEFORE", "AFTER"]);
        let event = self.one_of(&["INSERT", "UPDATE", "DELETE"]);
        let (row, column) = (if event == "DELETE" { "old" } else { "new" }, self.one_of(&table.columns));
        let Table { name, columns } = table;
        let first = columns[0];
        let body = self.one_of(&["UPDATE", "DELETE", "SELECT"]);
        let body = match body {
            "UPDATE" => format!("UPDATE {name} SET {column} = {row}.{first} WHERE {first} = {row}.{column}"),
            "DELETE" => format!("DELETE FROM {name} WHERE {column} > {row}.{column}"),
            _ => format!("SELECT RAISE(IGNORE) WHERE {row}.{column} IS NULL"),
        };
        Tree::fixed(
            "trigger",
            format!("CREATE TRIGGER g {when} {event} ON {name} BEGIN {body}; END"),
            Vec::new(),
        )
    }
}
