//! Statements that change rows or the schema, and questions about them.

use super::schema::Table;
use super::{Generator, Sort, Tree};
use crate::analysis::discover::answer::PLAN;

const PRAGMAS: &[&str] = &[
    "table_info(t)",
    "table_xinfo(t)",
    "index_list(t)",
    "foreign_key_list(t)",
    "integrity_check",
    "integrity_check(t)",
    "quick_check",
    "foreign_key_check",
    "encoding",
    "user_version",
    "index_info(i1)",
    "index_xinfo(i1)",
    "table_list",
    "freelist_count",
    "auto_vacuum",
    "journal_mode",
    "schema_version",
    "collation_list",
    "database_list",
    "page_count",
    "page_size",
    "cache_size",
    "cache_spill",
    "synchronous",
    "temp_store",
    "foreign_keys",
    "recursive_triggers",
    "secure_delete",
    "locking_mode",
    "wal_autocheckpoint",
    "max_page_count",
    "count_changes",
    "defer_foreign_keys",
    "legacy_alter_table",
    "legacy_file_format",
    "trusted_schema",
    "cell_size_check",
    "busy_timeout",
    "application_id",
    "analysis_limit",
    "optimize",
    "automatic_index",
    "query_only",
    "writable_schema",
    "threads",
    "journal_size_limit",
    "mmap_size",
    "incremental_vacuum",
    "hard_heap_limit",
    "wal_checkpoint",
    "data_version",
    "short_column_names",
    "checkpoint_fullfsync",
    "default_cache_size",
    "module_list",
    "user_version=-1",
    "application_id=0x7fffffff",
    "cache_size=-5",
    "max_page_count=5",
    "journal_mode=wal",
    "journal_mode=off",
    "locking_mode=exclusive",
    "threads=3",
    "synchronous=5",
    "nonsense",
];

impl Generator {
    /// Rows for a table.
    pub(super) fn insert(&mut self, table: &Table) -> Tree {
        let conflict = self.perhaps(25, |it| {
            let word = it.one_of(&["REPLACE", "IGNORE", "ABORT", "FAIL"]);
            Tree::optional(format!("OR {word}"), format!(" OR {word}"), Vec::new())
        });
        let count = table.columns.len() - usize::from(self.chance(20));
        let rows = self.several(1, 4, |it| {
            let values = it.several(count, count, |it| it.literal(Sort::Any));
            Tree::fixed("", "({})", vec![Tree::list(", ", 1, values).of_columns(table.name)])
        });
        let upsert = self.perhaps(15, |it| it.upsert(table));
        let returning = self.returning(table);
        let columns = table.listed(count);
        let text = format!("INSERT{{}} INTO {}({{}}) VALUES {{}}{{}}{{}}", table.name);
        Tree::fixed("", text, vec![conflict, columns, Tree::list(", ", 1, rows), upsert, returning])
    }

    fn upsert(&mut self, table: &Table) -> Tree {
        let target =
            self.perhaps(70, |it| Tree::optional("", format!("({})", it.one_of(&table.columns)), Vec::new()));
        if self.chance(50) {
            return Tree::optional("upsert", " ON CONFLICT{} DO NOTHING", vec![target]);
        }
        let column = self.one_of(&table.columns);
        let value = self.expression(1, &table.columns);
        Tree::optional(
            "upsert",
            format!(" ON CONFLICT{{}} DO UPDATE SET {column} = {{}}"),
            vec![target, value],
        )
    }

    fn returning(&mut self, table: &Table) -> Tree {
        self.perhaps(10, |it| {
            let items = it.several(1, 2, |it| it.expression(1, &table.columns));
            Tree::optional("RETURNING", " RETURNING {}", vec![Tree::list(", ", 1, items)])
        })
    }

    /// A change of rows or of the schema.
    pub(super) fn change(&mut self, table: &Table) -> Tree {
        let Table { name, columns } = table;
        match self.random.below(9) {
            0 | 1 => self.insert(table),
            2 | 3 => {
                let set = self.several(1, 2, |it| {
                    let column = it.one_of(columns);
                    Tree::fixed("", format!("{column} = {{}}"), vec![it.expression(2, columns)])
                });
                let filter = self.filter(columns);
                let returning = self.returning(table);
                let text = format!("UPDATE {name} SET {{}}{{}}{{}}");
                Tree::fixed("UPDATE", text, vec![Tree::list(", ", 1, set), filter, returning])
            }
            4 => {
                let filter = self.filter(columns);
                let returning = self.returning(table);
                Tree::fixed("DELETE", format!("DELETE FROM {name}{{}}{{}}"), vec![filter, returning])
            }
            5 => {
                let word = self.one_of(&["ANALYZE", "REINDEX", "VACUUM"]);
                Tree::fixed(word, word, Vec::new())
            }
            6 => self.with_rows_of_select(table),
            _ => self.alter(table),
        }
    }

    /// A change whose values come from rows.
    fn with_rows_of_select(&mut self, table: &Table) -> Tree {
        let Table { name, columns } = table;
        let (first, second) = (columns[0], self.one_of(columns));
        if self.chance(50) {
            let filter = self.expression(1, &["t.a", "y.a", "y.b"]);
            let value = self.expression(1, &["y.a", "y.b"]);
            let text = format!("UPDATE {name} SET {second} = {{}} FROM (SELECT a, b FROM t) AS y WHERE {{}}");
            return Tree::fixed("UPDATE FROM", text, vec![value, filter]);
        }
        let (value, filter) = (self.expression(1, columns), self.filter(columns));
        let returning = self.returning(table);
        let text = format!("INSERT INTO {name}({first}) SELECT {{}} FROM {name}{{}}{{}}");
        Tree::fixed("INSERT SELECT", text, vec![value, filter, returning])
    }

    fn alter(&mut self, table: &Table) -> Tree {
        let (name, column) = (table.name, self.one_of(&table.columns));
        match self.random.below(5) {
            0 => Tree::fixed("RENAME TO", format!("ALTER TABLE {name} RENAME TO w"), Vec::new()),
            1 => {
                let new = self.one_of(&["z", "\"x y\"", "rowid", "\"select\""]);
                Tree::fixed(
                    "RENAME COLUMN",
                    format!("ALTER TABLE {name} RENAME COLUMN {column} TO {new}"),
                    Vec::new(),
                )
            }
            2 => Tree::fixed("DROP COLUMN", format!("ALTER TABLE {name} DROP COLUMN {column}"), Vec::new()),
            _ => {
                let constraints = self.several(0, 2, |it| {
                    let value = it.expression(1, &[]);
                    let check = it.expression(1, &["e"]);
                    match it.random.below(4) {
                        0 => Tree::optional("NOT NULL", " NOT NULL", Vec::new()),
                        1 => Tree::optional("DEFAULT", " DEFAULT ({})", vec![value]),
                        2 => Tree::optional("DEFAULT", " DEFAULT 5", Vec::new()),
                        _ => Tree::optional("CHECK", " CHECK({})", vec![check]),
                    }
                });
                let text = format!("ALTER TABLE {name} ADD COLUMN e{{}}");
                Tree::fixed("ADD COLUMN", text, vec![Tree::list("", 0, constraints)])
            }
        }
    }

    /// A statement that has rows.
    pub(super) fn question(&mut self, tables: &[Table]) -> Tree {
        match self.random.below(9) {
            0 => {
                let pragma = self.one_of(PRAGMAS);
                let name = pragma.split(['(', '=']).next().unwrap_or(pragma);
                Tree::fixed(format!("PRAGMA {name}"), format!("PRAGMA {pragma}"), Vec::new())
            }
            1 => Tree::fixed(
                "sqlite_master",
                "SELECT type, name, tbl_name, sql FROM sqlite_master",
                Vec::new(),
            ),
            2 if self.chance(25) => {
                let text = "SELECT name, pagetype, ncell, payload, unused, mx_payload FROM dbstat";
                Tree::fixed("dbstat", text, Vec::new())
            }
            2 => {
                let table = tables[0].name;
                let what = self.one_of(&["changes()", "total_changes()", "last_insert_rowid()"]);
                Tree::fixed(what, format!("SELECT {what}, count(*) FROM {table}"), Vec::new())
            }
            3 => {
                let select = self.select(tables);
                Tree::fixed("plan", format!("{PLAN}{{}}"), vec![select])
            }
            _ => self.select(tables),
        }
    }
}
