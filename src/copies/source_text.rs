//! SQLite as a C file, in packages that are compiled where they are used.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::code::{Code, Kind};

/// The names under which the amalgamation is shipped.
const NAMES: [&str; 4] = ["sqlite3.c", "sqlite3mc_amalgamation.c", "sqlcipher.c", "sqlite3-binding.c"];

static SOURCE_ID: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"#define SQLITE_SOURCE_ID\s+"([^"\n]{20,120})""#).expect("a valid expression")
});

/// Whether a file of this name may be one.
pub(super) fn is_named(place: &str) -> bool {
    let name = place.rsplit('/').next().unwrap_or(place);
    NAMES.contains(&name)
}

/// What is said of a C file that holds the amalgamation.
pub(super) fn code(bytes: &[u8]) -> Option<Code> {
    let found = SOURCE_ID.captures(bytes)?;
    let source_id = String::from_utf8_lossy(&found[1]).into_owned();
    Some(Code {
        kind: Kind::Source,
        machine: None,
        exported: Default::default(),
        functions: Default::default(),
        source_ids: vec![source_id],
    })
}
