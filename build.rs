//! Hands the target triple to the compilation of builds, rebuilds the test matrix when a file is added, and writes down
//! what the library brings along for other projects: see `src/catalogue.rs`.

use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=contracts");
    println!("cargo::rerun-if-changed=advisories");
    println!("cargo::rerun-if-changed=sqlite-builds");
    for name in ["TARGET", "HOST"] {
        println!("cargo::rustc-env=SQLITE_CONTRACTS_{name}={}", std::env::var(name).unwrap_or_default());
    }
    write_table("contracts", "contracts", &[""]);
    write_table("advisories", "advisories", &[""]);
    write_table("profiles", "sqlite-builds/profiles", &[""]);
    write_table("manifests", "sqlite-builds", &["core", "extended", "unrecorded"]);
}

/// Writes a table of the YAML files in folders of `parent`: the name below `parent`, and the text.
fn write_table(name: &str, parent: &str, folders: &[&str]) {
    let parent = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join(parent);
    let mut rows = String::new();
    for folder in folders.iter().map(|folder| parent.join(folder)) {
        for file in yaml_files(&folder) {
            let stem = file.strip_prefix(&parent).expect("it was found there").with_extension("");
            let stem = stem.to_str().expect("our names are ASCII").replace('\\', "/");
            writeln!(rows, "    ({stem:?}, include_str!({file:?})),").expect("a text takes every text");
        }
    }
    let output = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets it"));
    std::fs::write(output.join(format!("{name}.rs")), format!("&[\n{rows}]"))
        .expect("OUT_DIR can be written");
}

/// In order.
fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    paths.sort();
    let below = |path: PathBuf| if path.is_dir() { yaml_files(&path) } else { vec![path] };
    let is_yaml = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "yaml");
    paths.into_iter().flat_map(below).filter(is_yaml).collect()
}
