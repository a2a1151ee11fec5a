//! Virtual tables: full-text search, R-tree, and the tables of JSON.

use super::{Generator, Sort, Tree};

const MATCHES: &[&str] = &[
    "'one'",
    "'one two'",
    "'\"one two\"'",
    "'on*'",
    "'one OR three'",
    "'one NOT two'",
    "'one NEAR two'",
    "'NEAR(one two, 1)'",
    "'x:one'",
    "'^one'",
    "'(one OR two) three'",
    "''",
    "'\"'",
    "'one AND'",
    "'café'",
    "'cafe'",
    "'one + two'",
    "'{x y}: one'",
    "'-two one'",
    "'O''Neil'",
    "'日本'",
];
const TEXTS: &[&str] = &[
    "'one two three'",
    "'two one'",
    "'Café one'",
    "'ONE-two'",
    "'o''neil one'",
    "''",
    "NULL",
    "'日本語 one'",
    "'one one one two'",
    "'running runs'",
    "42",
    "x'6f6e65'",
];
const FTS5: &[&str] = &[
    "",
    ", tokenize=porter",
    ", tokenize='unicode61 remove_diacritics 2'",
    ", tokenize=trigram",
    ", detail=none",
    ", prefix='2'",
    ", columnsize=0",
    ", content=''",
    ", tokenize=ascii",
    ", detail=column",
    ", tokenize=\"unicode61 tokenchars '-'\"",
    ", tokenize='trigram case_sensitive 1'",
    ", contentless_delete=1, content=''",
];
const FTS5_RESULTS: &[&str] = &[
    "f.x, f.y",
    "highlight(f, 0, '[', ']')",
    "snippet(f, -1, '[', ']', '...', 3)",
    "round(bm25(f), 6)",
    "count(*)",
    "rowid",
];
const FTS4_RESULTS: &[&str] = &[
    "x, y",
    "snippet(f)",
    "offsets(f)",
    "hex(matchinfo(f))",
    "hex(matchinfo(f, 'pcnalx'))",
    "count(*)",
    "rowid",
];

impl Generator {
    /// A virtual table, its rows, and a question.
    pub(super) fn over_module(&mut self) -> Vec<Tree> {
        match self.random.below(4) {
            0 => {
                let options = self.one_of(FTS5);
                let create = Tree::fixed(
                    "fts5",
                    "CREATE VIRTUAL TABLE f USING fts5(x, y{})",
                    vec![Tree::optional("", options, Vec::new())],
                );
                self.full_text(create, FTS5_RESULTS)
            }
            1 => {
                let module = self.one_of(&["fts3", "fts4"]);
                let tokenizer = self.one_of(&["", ", tokenize=porter", ", tokenize=unicode61"]);
                let create = Tree::fixed(
                    module,
                    format!("CREATE VIRTUAL TABLE f USING {module}(x, y{{}})"),
                    vec![Tree::optional("", tokenizer, Vec::new())],
                );
                self.full_text(create, FTS4_RESULTS)
            }
            2 => self.r_tree(),
            _ => self.table_of_json(),
        }
    }

    fn full_text(&mut self, create: Tree, results: &[&'static str]) -> Vec<Tree> {
        let rows = self.several(2, 5, |it| {
            let (x, y) = (it.one_of(TEXTS), it.one_of(TEXTS));
            Tree::word(format!("({x}, {y})"))
        });
        let insert = Tree::fixed("", "INSERT INTO f(x, y) VALUES {}", vec![Tree::list(", ", 1, rows)]);
        let mut statements = vec![create, insert];
        if self.chance(30) {
            let change = self.one_of(&[
                "INSERT INTO f(f) VALUES ('optimize')",
                "INSERT INTO f(f) VALUES ('rebuild')",
                "INSERT INTO f(f) VALUES ('integrity-check')",
                "DELETE FROM f WHERE rowid = 1",
                "UPDATE f SET x = 'one four' WHERE rowid = 2",
            ]);
            statements.push(Tree::fixed("", change, Vec::new()));
        }
        if self.chance(12) {
            let text = self.one_of(&[
                "CREATE VIRTUAL TABLE w USING fts5vocab(f, 'row')",
                "CREATE VIRTUAL TABLE w USING fts5vocab(f, 'instance')",
                "CREATE VIRTUAL TABLE w USING fts4aux(f)",
            ]);
            let module = text.split(['(', ' ']).nth(5).unwrap_or_default();
            statements.push(Tree::fixed(module, text, Vec::new()));
            statements.push(Tree::word("SELECT * FROM w"));
            return statements;
        }
        let (what, query) = (self.one_of(results), self.one_of(MATCHES));
        let name = what.split('(').next().unwrap_or(what).to_owned();
        let query = Tree::fixed("", format!(" WHERE f MATCH {query}"), Vec::new());
        statements.push(Tree::fixed(name, format!("SELECT {what} FROM f{{}}"), vec![query]));
        statements
    }

    fn r_tree(&mut self) -> Vec<Tree> {
        let module = self.one_of(&["rtree", "rtree_i32"]);
        let rows = self.several(1, 4, |it| {
            // After the largest of all, the next one is drawn by chance.
            let id = Tree::word(it.one_of(&["1", "2", "3", "NULL", "'5'", "4.0", "-6"]));
            let values = it.several(2, 2, |it| it.leaf(Sort::Number, &[]));
            Tree::fixed("", "({}, {})", vec![id, Tree::list(", ", 2, values)])
        });
        let filter = self.perhaps(70, |it| {
            Tree::optional("WHERE", " WHERE {}", vec![it.expression(1, &["id", "low", "high"])])
        });
        vec![
            Tree::fixed(module, format!("CREATE VIRTUAL TABLE r USING {module}(id, low, high)"), Vec::new()),
            Tree::fixed("", "INSERT INTO r VALUES {}", vec![Tree::list(", ", 1, rows)]),
            Tree::fixed("", "SELECT * FROM r{}", vec![filter]),
        ]
    }

    fn table_of_json(&mut self) -> Vec<Tree> {
        let function = self.one_of(&["json_each", "json_tree"]);
        let document = self.leaf(Sort::Json, &[]);
        let path = self.perhaps(30, |it| Tree::optional("", ", {}", vec![it.leaf(Sort::Path, &[])]));
        let columns = self.one_of(&[
            "key, value, type",
            "atom, path, fullkey",
            "id, parent",
            "count(*)",
            "typeof(value), json",
        ]);
        vec![Tree::fixed(
            function,
            format!("SELECT {columns} FROM {function}({{}}{{}})"),
            vec![document, path],
        )]
    }
}
