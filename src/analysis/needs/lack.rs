//! What a build lacks by name, as its errors say.

use super::program::Answer;

/// Something with a name that a build lacks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// A module of virtual tables.
    Module(String),
    /// A function of SQL.
    Function(String),
    /// A function of the C interface.
    Symbol(String),
}

/// Tables that are there without having been made, where their module is.
const TABLES: [&str; 14] = [
    "json_each",
    "json_tree",
    "jsonb_each",
    "jsonb_tree",
    "dbstat",
    "sqlite_dbpage",
    "sqlite_stmt",
    "bytecode",
    "tables_used",
    "generate_series",
    "carray",
    "fts3tokenize",
    "sqlite_dbdata",
    "sqlite_memstat",
];

impl Lack {
    /// What an answer says is lacking.
    pub fn of(answer: &Answer) -> Option<Self> {
        let said = answer.failed.then_some(answer.said.as_str())?;
        let after = |words: &str| {
            let (_, rest) = said.split_once(words)?;
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            (end > 0).then(|| rest[..end].to_owned())
        };
        let table = |name: &String| TABLES.contains(&name.as_str()) || name.starts_with("pragma_");
        after("no such function: ")
            .or_else(|| after("unknown function: "))
            .map(Self::Function)
            .or_else(|| after("no such module: ").map(Self::Module))
            .or_else(|| after("no such table: ").filter(table).map(Self::Module))
            .or_else(|| after("missing ").filter(|name| name.starts_with("sqlite3_")).map(Self::Symbol))
    }

    /// The name.
    pub fn name(&self) -> &str {
        match self {
            Self::Module(name) | Self::Function(name) | Self::Symbol(name) => name,
        }
    }
}

/// What is lacking according to these answers, with the number of the first statement that says so.
pub fn lacks(answers: &[Answer]) -> impl Iterator<Item = (usize, Lack)> {
    answers.iter().enumerate().filter_map(|(at, answer)| Some((at, Lack::of(answer)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_what_is_lacking() {
        let of = |said: &str| Lack::of(&Answer::failed(said));
        assert_eq!(of("ERROR: no such function: iif"), Some(Lack::Function("iif".to_owned())));
        assert_eq!(of("ERROR: unknown function: iif()"), Some(Lack::Function("iif".to_owned())));
        assert_eq!(of("ERROR: no such module: fts5"), Some(Lack::Module("fts5".to_owned())));
        assert_eq!(of("ERROR: no such table: json_each"), Some(Lack::Module("json_each".to_owned())));
        assert_eq!(of("ERROR: no such table: customers"), None);
        assert_eq!(of("missing sqlite3_txn_state"), Some(Lack::Symbol("sqlite3_txn_state".to_owned())));
        assert_eq!(Lack::of(&Answer::done("no such module: fts5")), None);
    }
}
