//! Paths in outcomes: SQLite names a database's file by its whole path, which no two runs of a case share.

use std::path::{MAIN_SEPARATOR, Path};

use memchr::memmem::Finder;

use super::Outcome;
use super::value::Value;

/// A directory that is cut from the paths in it.
pub(crate) struct Directory(Finder<'static>);

impl Directory {
    pub(crate) fn new(path: &Path) -> Self {
        Self(Finder::new(&format!("{}{MAIN_SEPARATOR}", path.display())).into_owned())
    }

    /// Makes the paths in an outcome relative to the directory.
    pub(crate) fn cut_from(&self, outcome: &mut Outcome) {
        match outcome {
            Outcome::Row(row) => self.cut_from_values(row),
            Outcome::Rows(rows) => rows.iter_mut().for_each(|row| self.cut_from_values(row)),
            Outcome::Value(value) => self.cut_from_values(std::slice::from_mut(value)),
            Outcome::Error { message: Some(words), .. }
            | Outcome::Refused(words)
            | Outcome::Stopped { actual: words, .. }
            | Outcome::Unsound { actual: words, .. } => {
                if let Some(cut) = self.cut(words.as_bytes()) {
                    *words = String::from_utf8_lossy(&cut).into_owned();
                }
            }
            _ => {}
        }
    }

    fn cut_from_values(&self, values: &mut [Value]) {
        for value in values {
            if let Value::Text(text) = value
                && let Some(cut) = self.cut(text)
            {
                *text = cut;
            }
        }
    }

    /// The text without the directory, if it names it.
    fn cut(&self, text: &[u8]) -> Option<Vec<u8>> {
        let mut cut = Vec::new();
        let mut from = 0;
        for at in self.0.find_iter(text) {
            cut.extend_from_slice(&text[from..at]);
            from = at + self.0.needle().len();
        }
        (from > 0).then(|| [&cut, &text[from..]].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_values_and_messages_lose_the_directory() {
        let directory = Directory::new(Path::new("/dev/shm/x/case"));
        let mut rows = Outcome::Rows(vec![vec![
            Value::Integer(0),
            Value::text("/dev/shm/x/case/a.db, /dev/shm/x/case/b"),
        ]]);
        directory.cut_from(&mut rows);
        assert_eq!(rows, Outcome::Rows(vec![vec![Value::Integer(0), Value::text("a.db, b")]]));
        let error = |message: &str| Outcome::Error { code: 14, message: Some(message.to_owned()) };
        let mut failed = error("unable to open database: /dev/shm/x/case/a.db");
        directory.cut_from(&mut failed);
        assert_eq!(failed, error("unable to open database: a.db"));
        let mut refused = Outcome::Refused("no /dev/shm/x/case/a.db".to_owned());
        directory.cut_from(&mut refused);
        assert_eq!(refused, Outcome::Refused("no a.db".to_owned()));
        let mut other = Outcome::Value(Value::text("/dev/shm/x/cases"));
        directory.cut_from(&mut other);
        assert_eq!(other, Outcome::Value(Value::text("/dev/shm/x/cases")));
    }
}
