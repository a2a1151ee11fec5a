//! SELECT in all its forms.

use super::functions::{AGGREGATES, IN_ORDER, OF_WINDOWS};
use super::schema::Table;
use super::{Generator, Tree};

impl Generator {
    /// A SELECT over these tables, of which there is at least one.
    pub(super) fn select(&mut self, tables: &[Table]) -> Tree {
        let table = tables[self.count(0, tables.len() - 1)].clone();
        match self.random.below(12) {
            0..3 => self.rows(&table),
            3 | 4 => self.aggregate(&table),
            5 | 6 => self.window(&table),
            7 => self.compound(&table),
            8 => self.with(&table),
            9 => self.in_order(&table),
            _ => self.join(&table, &tables[tables.len() - 1].clone()),
        }
    }

    /// Which rows are meant.
    pub(super) fn filter(&mut self, columns: &[&'static str]) -> Tree {
        self.perhaps(60, |it| Tree::optional("WHERE", " WHERE {}", vec![it.expression(2, columns)]))
    }

    fn results(&mut self, columns: &[&'static str]) -> Tree {
        let results = self.several(1, 3, |it| it.expression(2, columns));
        Tree::list(", ", 1, results)
    }

    fn rows(&mut self, table: &Table) -> Tree {
        let distinct = self.perhaps(15, |_| Tree::optional("DISTINCT", " DISTINCT", Vec::new()));
        let results = self.results(&table.columns);
        let filter = self.filter(&table.columns);
        Tree::fixed("", "SELECT{} {}{}{}", vec![distinct, results, table.from(), filter])
    }

    fn aggregate(&mut self, table: &Table) -> Tree {
        let columns = &table.columns;
        let results = self.several(1, 2, |it| it.aggregate_call(columns));
        let filter = self.filter(columns);
        let group = self.perhaps(50, |it| {
            let key = it.expression(1, columns);
            let having =
                it.perhaps(25, |it| Tree::optional("HAVING", " HAVING {}", vec![it.aggregate_call(columns)]));
            Tree::optional("GROUP BY", " GROUP BY {}{}", vec![key, having])
        });
        Tree::fixed("", "SELECT {}{}{}{}", vec![Tree::list(", ", 1, results), table.from(), filter, group])
    }

    fn aggregate_call(&mut self, columns: &[&'static str]) -> Tree {
        let (name, sorts) = self.one_of(AGGREGATES);
        let distinct =
            self.perhaps(15, |_| Tree::optional("DISTINCT in an aggregate", "DISTINCT ", Vec::new()));
        let arguments = self.arguments(sorts, 2, columns);
        let filter = self.perhaps(10, |it| {
            Tree::optional("FILTER", " FILTER (WHERE {})", vec![it.expression(1, columns)])
        });
        Tree::expression(name, format!("{name}({{}}{{}}){{}}"), vec![distinct, arguments, filter])
    }

    /// An aggregate that depends on the order of its rows, over rows in an order.
    fn in_order(&mut self, table: &Table) -> Tree {
        let (name, sorts) = self.one_of(IN_ORDER);
        let arguments = self.arguments(sorts, 1, &table.columns);
        let order = self.perhaps(25, |it| {
            Tree::optional("ORDER BY in an aggregate", " ORDER BY {}", vec![it.expression(0, &table.columns)])
        });
        let columns = table.listed(table.columns.len());
        let from = format!(" FROM (SELECT * FROM {} ORDER BY {{}})", table.name);
        let from = Tree::optional("", from, vec![columns]);
        Tree::fixed(name, format!("SELECT {name}({{}}{{}}){{}}"), vec![arguments, order, from])
    }

    fn window(&mut self, table: &Table) -> Tree {
        let columns = &table.columns;
        let (name, sorts) = if self.chance(50) { self.one_of(OF_WINDOWS) } else { self.one_of(AGGREGATES) };
        let arguments = self.arguments(sorts, 1, columns);
        let partition = self.perhaps(30, |it| {
            Tree::optional("PARTITION BY", "PARTITION BY {} ", vec![it.expression(1, columns)])
        });
        let frame = self.perhaps(50, |it| it.frame());
        let direction = self.one_of(&["", " DESC", " DESC NULLS FIRST", " NULLS LAST"]);
        let nulls = if direction.contains("NULLS") { "NULLS FIRST" } else { "" };
        let direction = Tree::optional(nulls, direction, Vec::new());
        // A total order: frames of rows would differ with the order of equal ones.
        let all = Tree::optional("", ", {} ", vec![table.listed(columns.len())]);
        let text = format!("SELECT {name}({{}}) OVER ({{}}ORDER BY {{}}{{}}{{}}{{}}){{}}");
        let first = Tree::column(columns[0]);
        let parts = vec![arguments, partition, first, direction, all, frame, table.from()];
        Tree::fixed(name, "{}", vec![Tree::fixed("window", text, parts)])
    }

    /// Which rows around its own one a window has.
    pub(super) fn frame(&mut self) -> Tree {
        let unit = self.one_of(&["ROWS", "RANGE", "GROUPS"]);
        let start = self.one_of(&["UNBOUNDED PRECEDING", "1 PRECEDING", "CURRENT ROW", "1 FOLLOWING"]);
        let end = self.one_of(&["UNBOUNDED FOLLOWING", "1 FOLLOWING", "CURRENT ROW", "1 PRECEDING"]);
        let exclude = self.one_of(&["", "", " EXCLUDE CURRENT ROW", " EXCLUDE TIES", " EXCLUDE GROUP"]);
        let exclude = Tree::optional(exclude.trim(), exclude, Vec::new());
        Tree::optional(unit, format!("{unit} BETWEEN {start} AND {end}{{}}"), vec![exclude])
    }

    fn compound(&mut self, table: &Table) -> Tree {
        let operator = self.one_of(&["UNION", "UNION ALL", "INTERSECT", "EXCEPT"]);
        let (left, right) = (self.expression(2, &table.columns), self.expression(2, &table.columns));
        let (first, second) = (self.filter(&table.columns), self.filter(&table.columns));
        let (before, after) = (table.from(), table.from());
        let text = format!("SELECT {{}}{{}}{{}} {operator} SELECT {{}}{{}}{{}}");
        Tree::fixed(operator, text, vec![left, before, first, right, after, second])
    }

    fn with(&mut self, table: &Table) -> Tree {
        if self.chance(40) {
            let step = self.expression(1, &["n"]);
            let text = "WITH RECURSIVE r(n, i) AS (SELECT 1, 1 UNION ALL SELECT {}, i + 1 FROM r WHERE i < 5) SELECT n FROM r";
            return Tree::fixed("recursive CTE", text, vec![step]);
        }
        let hint = self.one_of(&["", "", " MATERIALIZED", " NOT MATERIALIZED"]);
        let hint = Tree::optional(hint.trim(), hint, Vec::new());
        let (result, filter) = (self.expression(2, &table.columns), self.filter(&table.columns));
        let outer = self.expression(1, &["n"]);
        let text = "WITH r(n) AS{} (SELECT {}{}{}) SELECT {} FROM r";
        Tree::fixed("CTE", text, vec![hint, result, table.from(), filter, outer])
    }

    fn join(&mut self, left: &Table, right: &Table) -> Tree {
        if self.chance(20) {
            return self.natural_join(left, right);
        }
        let kind = self.one_of(&["JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN"]);
        const LEFT: [&str; 2] = ["x.a", "x.b"];
        const BOTH: [&str; 4] = ["x.a", "x.b", "y.a", "y.b"];
        let results = self.results(&BOTH);
        let (column, operator) = (self.one_of(&LEFT), self.one_of(&["=", "<", "IS", ">="]));
        let other = self.one_of(&["y.a", "y.b"]);
        let on = self.perhaps(85, |it| {
            let more = it.perhaps(30, |it| Tree::optional("", " AND {}", vec![it.expression(1, &BOTH)]));
            Tree::optional("ON", format!(" ON {column} {operator} {other}{{}}"), vec![more])
        });
        let filter = self.filter(&BOTH);
        let text = format!("SELECT {{}} FROM {} x {kind} {} y{{}}{{}}", left.name, right.name);
        Tree::fixed(kind, text, vec![results, on, filter])
    }

    /// A join by the names of columns, perhaps of a subquery.
    fn natural_join(&mut self, left: &Table, right: &Table) -> Tree {
        let kind = self.one_of(&["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"]);
        let second = match self.chance(40) {
            true => Tree::fixed(
                "subquery",
                "(SELECT a, {} AS b FROM {})",
                vec![self.expression(1, &right.columns), Tree::word(right.name)],
            ),
            false => Tree::word(right.name),
        };
        let filter = self
            .perhaps(40, |it| Tree::optional("WHERE", " WHERE {}", vec![it.expression(1, &["x.a", "y.a"])]));
        let what = self.one_of(&["*", "a", "count(*)", "x.a, y.a"]);
        match self.chance(50) {
            true => {
                let text = format!("SELECT {what} FROM {} x NATURAL {kind} {{}} y{{}}", left.name);
                Tree::fixed(format!("NATURAL {kind}"), text, vec![second, filter])
            }
            false => {
                let text = format!("SELECT {what} FROM {} x {kind} {{}} y USING (a){{}}", left.name);
                Tree::fixed(format!("{kind} USING"), text, vec![second, filter])
            }
        }
    }
}
