//! The functions of the recorder against SQLite's bindings: none is missing, and each has SQLite's type.
//!
//! The recorder cannot be linked to a test, because the test's own functions would have SQLite's names; its sources are
//! read instead.

#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Why the recorder has no function of this name.
const LEFT_ALONE: [(&str, &[&str]); 6] = [
    (
        "memory and mutexes: called a hundred times where others are once, and they mean nothing elsewhere",
        &[
            "malloc",
            "malloc64",
            "realloc",
            "realloc64",
            "free",
            "msize",
            "free_table",
            "mutex_alloc",
            "mutex_free",
            "mutex_enter",
            "mutex_try",
            "mutex_leave",
            "mutex_held",
            "mutex_notheld",
            "db_mutex",
        ],
    ),
    (
        "texts that a program makes for itself",
        &[
            "mprintf",
            "vmprintf",
            "snprintf",
            "vsnprintf",
            "log",
            "stricmp",
            "strnicmp",
            "strglob",
            "strlike",
            "str_new",
            "str_finish",
            "str_free",
            "str_appendf",
            "str_vappendf",
            "str_append",
            "str_appendall",
            "str_appendchar",
            "str_reset",
            "str_truncate",
            "str_errcode",
            "str_length",
            "str_value",
        ],
    ),
    ("what a function keeps for itself", &["aggregate_context", "get_auxdata", "set_auxdata"]),
    ("a look at the tables of file systems", &["vfs_find"]),
    ("for Windows", &["win32_set_directory", "win32_set_directory8", "win32_set_directory16"]),
    ("variables", &["version", "temp_directory", "data_directory"]),
];

/// Functions without a type that can be compared: they take any number of arguments.
const VARIADIC: [&str; 4] =
    ["sqlite3_config", "sqlite3_db_config", "sqlite3_test_control", "sqlite3_vtab_config"];

/// A type as the machine passes it.
fn class(kind: &str) -> &'static str {
    let kind = kind.trim();
    match kind.rsplit("::").next().unwrap_or(kind) {
        _ if kind.starts_with('*') || kind.contains("Option<") => "pointer",
        "c_int" | "c_uint" | "u32" | "Code" => "int",
        "c_uchar" | "c_char" => "byte",
        "i64" | "u64" | "sqlite3_int64" | "sqlite3_uint64" | "sqlite_int64" | "sqlite_uint64" => "long",
        "f64" | "c_double" => "double",
        "" | "()" => "nothing",
        _ => "pointer",
    }
}

/// Splits at commas that are in no brackets.
fn parts(text: &str) -> Vec<&str> {
    let (mut found, mut begin, mut depth) = (Vec::new(), 0, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' | '<' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '>' if !text[..at].ends_with('-') => depth -= 1,
            ',' if depth == 0 => {
                found.push(&text[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    found.push(&text[begin..]);
    found.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// A function's type: the classes of its arguments, then of its result. `text` begins behind the name.
fn signature(text: &str) -> Vec<&'static str> {
    let mut depth = 0;
    let end = text.find(|c| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth == 0
    });
    let (arguments, rest) = text.split_at(end.unwrap());
    let result = rest[1..].trim_start().strip_prefix("->").unwrap_or_default();
    let result = result.split([';', '{', '[']).next().unwrap_or_default();
    let kind = |argument: &&str| class(argument.split_once(':').map_or("", |(_, kind)| kind));
    let mut classes: Vec<&str> = parts(&arguments[1..]).iter().map(kind).collect();
    classes.push(class(result));
    classes
}

/// Every function that a text defines or declares, behind one of these beginnings.
fn functions(text: &str, beginnings: &[&str]) -> BTreeMap<String, Vec<&'static str>> {
    let mut found = BTreeMap::new();
    for beginning in beginnings {
        for (at, _) in text.match_indices(beginning) {
            let rest = &text[at + beginning.len() - "sqlite3".len()..];
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap();
            if rest[end..].starts_with('(') {
                found.insert(rest[..end].to_owned(), signature(&rest[end..]));
            }
        }
    }
    found
}

fn sources() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    files.collect()
}

/// The rows that the recorder shares with the replay.
fn table() -> String {
    let table = "../src/worker/ffi/replay/table.rs";
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(table)).unwrap()
}

/// Those whose C type stands in the sources: the rows of the table, and what is written by hand.
fn ours() -> BTreeMap<String, Vec<&'static str>> {
    let mut ours = functions(&table(), &["\n    sqlite3"]);
    ours.extend(functions(&sources(), &["extern \"C\" fn sqlite3"]));
    ours
}

/// The bindings of the crate that the library is built with.
fn bindings() -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // What other systems need may not be here.
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let arguments = ["metadata", "--format-version=1", "--offline", "--filter-platform", &platform];
    let output = Command::new(cargo).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let manifest =
        text.split('"').find(|word| word.contains("libsqlite3-sys-") && word.ends_with("Cargo.toml"));
    let folder =
        PathBuf::from(manifest.expect("libsqlite3-sys is a dependency")).parent().unwrap().to_owned();
    let bindings = std::fs::read_to_string(folder.join("sqlite3/bindgen_bundled_version.rs")).unwrap();
    bindings.replace('\n', " ").replace("pub fn sqlite3", "\npub fn sqlite3")
}

#[test]
fn every_function_of_the_bindings_is_known() {
    let (ours, bindings) = (ours(), functions(&bindings(), &["pub fn sqlite3"]));
    let left: Vec<String> =
        LEFT_ALONE.iter().flat_map(|(_, names)| *names).map(|name| format!("sqlite3_{name}")).collect();
    // Functions that are alike are made by macros of their files.
    let by_macro = sources() + &table();
    let is_known = |name: &String| {
        ours.contains_key(name)
            || left.contains(name)
            || ["(", ","].iter().any(|end| by_macro.contains(&format!("    {name}{end}")))
    };
    let unknown: Vec<&String> = bindings.keys().filter(|name| !is_known(name)).collect();
    assert!(
        unknown.is_empty(),
        "the recorder does not know {unknown:?}: add a row to src/worker/ffi/replay/table.rs, or say above why not"
    );
    let superfluous: Vec<&String> = left.iter().filter(|name| ours.contains_key(*name)).collect();
    assert!(superfluous.is_empty(), "{superfluous:?}");
    assert!(bindings.len() > 300, "{}", bindings.len());
}

#[test]
fn every_function_has_sqlites_type() {
    let (ours, bindings) = (ours(), functions(&bindings(), &["pub fn sqlite3"]));
    let mut compared = 0;
    for (name, ours) in ours.iter().filter(|(name, _)| !VARIADIC.contains(&name.as_str())) {
        if let Some(theirs) = bindings.get(name) {
            assert_eq!(ours, theirs, "{name}");
            compared += 1;
        }
    }
    assert!(compared > 230, "{compared}");
}
