//! The functions that a library exports, read from its file, since only workers load a library.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use object::read::NameOrOrdinal;
use object::{Object, ReadCache};

/// The names of the symbols that the library exports, such as `sqlite3_prepare_v3`.
///
/// # Errors
/// When the file cannot be read, or is not a library.
pub fn exports(library: &Path) -> Result<BTreeSet<String>> {
    let file = std::fs::File::open(library).with_context(|| format!("cannot open {}", library.display()))?;
    // Only the symbol table is read, not the code.
    let cache = ReadCache::new(file);
    let names = || -> object::Result<BTreeSet<String>> {
        object::File::parse(&cache)?.exports()?.map(|export| Ok(name(&export?))).collect()
    };
    names().with_context(|| format!("cannot read {}", library.display()))
}

/// The C name, which Mach-O prefixes with an underscore. An export without a name has an empty one.
fn name(export: &object::Export) -> String {
    let NameOrOrdinal::Name(bytes) = export.name() else { return String::new() };
    let name = String::from_utf8_lossy(bytes);
    name.strip_prefix("_sqlite3").map_or_else(|| name.to_string(), |rest| format!("sqlite3{rest}"))
}
