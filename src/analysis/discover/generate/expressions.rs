//! Expressions.

use super::functions::{Function, LATER, OLD};
use super::{Generator, Sort, Tree};

/// Operators with two operands.
const BINARY: &[&str] = &[
    "+", "-", "*", "/", "%", "||", "&", "|", "<<", ">>", "<", "<=", "=", "<>", ">", "IS", "IS NOT", "AND",
    "OR", "LIKE", "GLOB",
];
/// Those that came later.
const LATER_BINARY: &[&str] = &["->", "->>", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"];
const UNARY: &[&str] = &["-", "~", "+", "NOT"];
const TYPES: &[&str] = &[
    "INTEGER",
    "REAL",
    "TEXT",
    "BLOB",
    "NUMERIC",
    "DECIMAL(10,2)",
    "FLOATING POINT",
    "CHARINT",
    "BOOLEAN",
    "ANY",
];
pub(super) const COLLATIONS: &[&str] = &["BINARY", "NOCASE", "RTRIM"];

impl Generator {
    /// An expression of this depth at most over these columns.
    pub(super) fn expression(&mut self, depth: usize, columns: &[&'static str]) -> Tree {
        if depth == 0 {
            return self.leaf(Sort::Any, columns);
        }
        match self.random.below(20) {
            0..9 => self.call(depth, columns),
            9..14 => self.binary(depth, columns),
            14 => {
                let operator = self.one_of(UNARY);
                let operand = self.expression(depth - 1, columns);
                Tree::expression(format!("unary {operator}"), format!("({operator} {{}})"), vec![operand])
            }
            15..17 => {
                let kind = self.one_of(TYPES);
                let operand = self.expression(depth - 1, columns);
                Tree::expression(format!("CAST AS {kind}"), format!("CAST({{}} AS {kind})"), vec![operand])
            }
            17 => {
                let collation = self.one_of(COLLATIONS);
                let (left, right) = (self.leaf(Sort::Text, columns), self.leaf(Sort::Text, columns));
                let operator = self.one_of(&["=", "<", ">="]);
                let text = format!("({{}} {operator} {{}} COLLATE {collation})");
                Tree::expression(format!("COLLATE {collation}"), text, vec![left, right])
            }
            18 => self.of_several(depth, columns),
            _ => self.leaf(Sort::Any, columns),
        }
    }

    /// A column or a literal of this sort.
    pub(super) fn leaf(&mut self, sort: Sort, columns: &[&'static str]) -> Tree {
        if columns.is_empty() || self.chance(45) {
            return self.literal(sort);
        }
        Tree::column(self.one_of(columns))
    }

    fn call(&mut self, depth: usize, columns: &[&'static str]) -> Tree {
        let all = if self.chance(72) { OLD } else { LATER };
        let function = self.one_of(all);
        self.call_of(function, depth, columns)
    }

    /// A call of this function.
    pub(super) fn call_of(
        &mut self,
        (name, sorts): Function,
        depth: usize,
        columns: &[&'static str],
    ) -> Tree {
        Tree::expression(name, format!("{name}({{}})"), vec![self.arguments(sorts, depth, columns)])
    }

    /// The arguments that these letters stand for.
    pub(super) fn arguments(&mut self, sorts: &str, depth: usize, columns: &[&'static str]) -> Tree {
        let optional = sorts.bytes().filter(u8::is_ascii_uppercase).count();
        let count = sorts.len() - self.count(0, optional);
        let letters = &sorts.as_bytes()[..count];
        let arguments =
            letters.iter().map(|letter| self.argument(letter.to_ascii_lowercase(), depth, columns));
        let arguments = arguments.collect();
        // Without a date, the functions of dates take the present one.
        match sorts.find('d') {
            Some(date) => Tree::arguments(date + 1, arguments),
            None => Tree::list(", ", 0, arguments),
        }
    }

    fn argument(&mut self, letter: u8, depth: usize, columns: &[&'static str]) -> Tree {
        if self.chance(if letter == b'x' { 50 } else { 25 }) {
            return self.expression(depth.saturating_sub(1), columns);
        }
        self.leaf(Sort::of(letter), if letter == b'x' { columns } else { &[] })
    }

    fn binary(&mut self, depth: usize, columns: &[&'static str]) -> Tree {
        let operator = if self.chance(90) { self.one_of(BINARY) } else { self.one_of(LATER_BINARY) };
        let (left, right) = match operator {
            "->" | "->>" => (self.leaf(Sort::Json, &[]), self.leaf(Sort::Path, &[])),
            "LIKE" | "GLOB" => (self.leaf(Sort::Text, columns), self.leaf(Sort::Pattern, &[])),
            _ => (self.expression(depth - 1, columns), self.expression(depth - 1, columns)),
        };
        Tree::expression(operator, format!("({{}} {operator} {{}})"), vec![left, right])
    }

    /// A number as people see it.
    pub(super) fn shown(&mut self, number: Tree) -> Tree {
        match self.random.below(4) {
            0 => Tree::expression("round", format!("round({{}}, {})", self.count(0, 3)), vec![number]),
            1 => {
                let format = self.literal(Sort::Format);
                Tree::expression("printf", "printf({}, {})", vec![format, number])
            }
            2 => Tree::expression("CAST AS TEXT", "CAST({} AS TEXT)", vec![number]),
            _ => Tree::expression("typeof", "typeof({})", vec![number]),
        }
    }

    /// A question about the rows of a table within an expression.
    fn subquery(&mut self, operand: Tree, columns: &[&'static str]) -> Tree {
        let from = |it: &mut Self| {
            let filter = it.expression(1, &["a", "b"]);
            Tree::optional("WHERE", " WHERE {}", vec![filter])
        };
        match self.random.below(3) {
            0 => Tree::expression("EXISTS", "EXISTS (SELECT {} FROM t{})", vec![operand, from(self)]),
            1 => {
                let result = self.leaf(Sort::Any, &["a", "b"]);
                Tree::expression(
                    "IN SELECT",
                    "({} IN (SELECT {} FROM t{}))",
                    vec![operand, result, from(self)],
                )
            }
            _ => {
                let name = self.one_of(&["min", "max", "count", "sum"]);
                let argument = self.leaf(Sort::Any, columns);
                let text = format!("(SELECT {name}({{}}) FROM t{{}})");
                Tree::expression(format!("scalar {name}"), text, vec![argument, from(self)])
            }
        }
    }

    fn of_several(&mut self, depth: usize, columns: &[&'static str]) -> Tree {
        let operand = self.expression(depth - 1, columns);
        if columns.contains(&"a") && self.chance(30) {
            return self.subquery(operand, columns);
        }
        match self.random.below(4) {
            0 => {
                let (low, high) = (self.leaf(Sort::Any, columns), self.leaf(Sort::Any, columns));
                Tree::expression("BETWEEN", "({} BETWEEN {} AND {})", vec![operand, low, high])
            }
            1 => {
                let items = self.several(1, 3, |it| it.leaf(Sort::Any, columns));
                Tree::expression("IN", "({} IN ({}))", vec![operand, Tree::list(", ", 0, items)])
            }
            2 => {
                let (when, then, other) =
                    (self.leaf(Sort::Any, &[]), self.leaf(Sort::Any, columns), self.leaf(Sort::Any, columns));
                Tree::expression(
                    "CASE",
                    "CASE {} WHEN {} THEN {} ELSE {} END",
                    vec![operand, when, then, other],
                )
            }
            _ => {
                let columns = Tree::list(", ", 2, vec![operand, self.leaf(Sort::Any, columns)]);
                let others = Tree::list(", ", 2, self.several(2, 2, |it| it.leaf(Sort::Any, &[])));
                let operator = self.one_of(&["=", "<", "IS"]);
                Tree::expression("row value", format!("(({{}}) {operator} ({{}}))"), vec![columns, others])
            }
        }
    }

    /// One statement without a table.
    pub(super) fn plain(&mut self) -> Vec<Tree> {
        let depth = self.count(1, 3);
        vec![Tree::fixed("", "SELECT {}", vec![self.expression(depth, &[])])]
    }
}
