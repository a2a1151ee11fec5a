//! The functions that a library exports, read from its file: a library is loaded by workers only.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use object::read::NameOrOrdinal;
use object::{Object, ReadCache};

/// The names of what the library exports, such as `sqlite3_prepare_v3`.
///
/// # Errors
/// When the file cannot be read, or is no library.
pub fn exports(library: &Path) -> Result<BTreeSet<String>> {
    let file = std::fs::File::open(library).with_context(|| format!("cannot open {}", library.display()))?;
    // Reads the table of symbols, not the code.
    let cache = ReadCache::new(file);
    let names = || -> object::Result<BTreeSet<String>> {
        object::File::parse(&cache)?.exports()?.map(|export| Ok(name(&export?))).collect()
    };
    names().with_context(|| format!("cannot read {}", library.display()))
}

/// The C name, which Mach-O writes with an underscore before it. A function without a name is nobody's.
fn name(export: &object::Export) -> String {
    let NameOrOrdinal::Name(bytes) = export.name() else { return String::new() };
    let name = String::from_utf8_lossy(bytes);
    name.strip_prefix("_sqlite3").map_or_else(|| name.to_string(), |rest| format!("sqlite3{rest}"))
}
