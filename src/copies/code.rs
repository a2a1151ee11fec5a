//! Compiled code: what a file of it says of the SQLite inside.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use memchr::memmem;
use object::{Architecture, BinaryFormat, Object, ObjectKind, ObjectSymbol, SymbolKind};
use regex::bytes::Regex;

/// What a file says of the SQLite in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// What kind of file it is.
    pub kind: Kind,
    /// For which processor; `None` where that is not known, or none in particular.
    pub machine: Option<Architecture>,
    /// SQLite's functions that it exports.
    pub exported: BTreeSet<String>,
    /// The addresses of SQLite's functions in it, exported or not, by their names.
    pub functions: BTreeMap<String, u64>,
    /// Every source id in it, as `sqlite3_sourceid()` returns one.
    pub source_ids: Vec<String>,
}

/// What kind of file holds a SQLite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A shared library or a program of ELF systems.
    Elf,
    /// An object file, not linked yet.
    Object,
    /// A library or a program of macOS.
    MachO,
    /// A library or a program of Windows.
    Windows,
    /// WebAssembly.
    Wasm,
    /// The amalgamation as C.
    Source,
}

impl Kind {
    /// `a library or a program of macOS`
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Elf => "an ELF file",
            Self::Object => "an object file, which is not linked yet",
            Self::MachO => "code for macOS",
            Self::Windows => "code for Windows",
            Self::Wasm => "WebAssembly",
            Self::Source => "C source",
        }
    }
}

/// The day, the time and the hash of a check-in; a changed source has a word in place of the last digits.
static SOURCE_ID: LazyLock<Regex> = LazyLock::new(|| {
    let text = r"20[0-4]\d-[01]\d-[0-3]\d [0-2]\d:[0-5]\d:[0-5]\d [0-9a-f]{36,64}(?:alt\d|exp\d)?";
    Regex::new(text).expect("a valid expression")
});

/// What the header of a database begins with: SQLite compares it, so every copy has it.
const HEADER: &[u8] = b"SQLite format 3\0";
/// The error of a schema that cannot be read, in every version.
const MALFORMED: &[u8] = b"malformed database schema";

/// Whether a file with these first bytes may be code.
pub(super) fn may_be(head: &[u8]) -> bool {
    const MAGIC: [&[u8]; 10] = [
        b"\x7fELF",
        b"MZ",
        b"\0asm",
        b"\xfe\xed\xfa\xce",
        b"\xfe\xed\xfa\xcf",
        b"\xce\xfa\xed\xfe",
        b"\xcf\xfa\xed\xfe",
        b"\xca\xfe\xba\xbe",
        b"\x64\x86",
        b"\x4c\x01",
    ];
    MAGIC.iter().any(|magic| head.starts_with(magic))
}

impl Code {
    /// What these bytes say of the SQLite in them; `None` when there is none.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let has = |text| memmem::find(bytes, text).is_some();
        if !has(HEADER) || !has(MALFORMED) {
            return None;
        }
        let file = object::File::parse(bytes).ok();
        let mut exported = BTreeSet::new();
        let mut functions = BTreeMap::new();
        if let Some(file) = &file {
            let named = |symbol: &object::Symbol<'_, '_>| Some((name(symbol)?, symbol.address()));
            for (name, address) in file.dynamic_symbols().filter_map(|symbol| named(&symbol)) {
                exported.insert(name.clone());
                functions.insert(name, address);
            }
            for (name, address) in file.symbols().filter_map(|symbol| named(&symbol)) {
                functions.entry(name).or_insert(address);
            }
        }
        // What a compiler makes of a static function that is called once: the part that does the work.
        if let (None, Some(&inner)) = (functions.get(INITIALIZE), functions.get(INITIALIZE_INNER)) {
            functions.insert(INITIALIZE.to_owned(), inner);
        }
        functions.remove(INITIALIZE_INNER);
        Some(Self {
            kind: kind(bytes, file.as_ref()),
            machine: file.as_ref().map(Object::architecture),
            exported,
            functions,
            source_ids: source_ids(bytes),
        })
    }
}

const INITIALIZE: &str = "sqlite3_initialize";
/// A static function since 3.53.0.
const INITIALIZE_INNER: &str = "sqlite3Initialize";

/// The name of a function of SQLite's interface that is defined here, without the underscore of macOS.
fn name<'data>(symbol: &impl ObjectSymbol<'data>) -> Option<String> {
    if symbol.is_undefined() || !matches!(symbol.kind(), SymbolKind::Text | SymbolKind::Unknown) {
        return None;
    }
    let name = symbol.name().ok()?;
    let name = name.strip_prefix('_').unwrap_or(name);
    let is_public =
        ["sqlite3_", "sqlite3session_", "sqlite3changeset_"].iter().any(|begin| name.starts_with(begin));
    (is_public || name == INITIALIZE_INNER).then(|| name.to_owned())
}

fn kind(bytes: &[u8], file: Option<&object::File<'_>>) -> Kind {
    match file.map(|file| (file.format(), file.kind())) {
        Some((BinaryFormat::Elf | BinaryFormat::Coff, ObjectKind::Relocatable)) => Kind::Object,
        Some((BinaryFormat::Elf, _)) => Kind::Elf,
        Some((BinaryFormat::MachO, _)) => Kind::MachO,
        Some((BinaryFormat::Pe | BinaryFormat::Coff, _)) => Kind::Windows,
        _ if bytes.starts_with(b"\0asm") => Kind::Wasm,
        _ if bytes.starts_with(b"\x7fELF") => Kind::Elf,
        _ if bytes.starts_with(b"MZ") => Kind::Windows,
        _ => Kind::MachO,
    }
}

/// Each source id once, in their order.
fn source_ids(bytes: &[u8]) -> Vec<String> {
    let mut ids = Vec::new();
    for found in SOURCE_ID.find_iter(bytes) {
        let id = String::from_utf8_lossy(found.as_bytes()).into_owned();
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}
