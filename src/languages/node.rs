//! Node, with better-sqlite3 compiled to take SQLite from a shared library. Its sources come from npm.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::found::{Language, Parts, lacking, on_path};
use super::made::{self, Source, printed};
use crate::builds::npm_package;
use crate::contract::Driver;
use crate::project::Project;
use crate::system::files::stamp;

/// Its program.
pub(super) const SOURCE: Source = ("node/driver.js", include_str!("../../drivers/node/driver.js"));
const PACKAGE: &str = "better-sqlite3";
/// Names another version of the package.
pub(super) const VERSION_VARIABLE: &str = "SQLITE_CONTRACTS_BETTER_SQLITE3";
const ADDON: &str = "better_sqlite3.node";
const REMEDY: &str = "install Node.js with its headers, `include/node/node.h` beside its `bin` (an archive of nodejs.org, or \
     `apt-get install nodejs npm libnode-dev`), and a C++ compiler";

/// The interpreter, and the addon that a C++ compiler makes for it.
pub(super) fn find(project: &Project, wanted: Option<&str>) -> Result<Language, String> {
    let found = on_path("node").and_then(|node| node.canonicalize().ok());
    let node = found.ok_or_else(|| lacking("Node", REMEDY))?;
    let headers = node.ancestors().nth(2).map(|prefix| prefix.join("include/node"));
    let headers = headers.filter(|headers| headers.join("node.h").is_file());
    let headers = headers.ok_or_else(|| lacking("headers of Node", REMEDY))?;
    let version =
        printed(Command::new(&node).arg("--version")).map_err(|why| lacking("Node that runs", &why))?;
    let usual = || {
        std::env::var(VERSION_VARIABLE)
            .unwrap_or_else(|_| Driver::Node.on_record().unwrap_or_default().to_owned())
    };
    let chosen = wanted.map_or_else(usual, str::to_owned);
    let package = npm_package(project, PACKAGE, &chosen);
    let package = package.map_err(|why| lacking(&format!("{PACKAGE} {chosen}"), &why.to_string()))?;
    let package = std::path::absolute(package.join("package")).map_err(|error| error.to_string())?;
    let addon = compile(project, &headers, &package, &format!("{version} {chosen}"));
    let addon = addon.map_err(|why| lacking(&format!("addon of {PACKAGE}"), &format!("{why} ({REMEDY})")))?;
    let program = made::program(project, "node", &[(SOURCE, "driver.js")])?;
    let driver = program.join("driver.js");
    let args = [Path::new("--expose-gc"), &driver, &package, &addon];
    Ok(Language::new(Parts {
        args: args.iter().map(|word| word.display().to_string()).collect(),
        reads: vec![node.clone(), program, package, addon.clone()],
        program: node,
        module: addon,
        version: format!("Node {}, {PACKAGE} {chosen}", version.trim_start_matches('v')),
        files: vec![driver],
    }))
}

/// Prints Node's version, whether it has the module `node:sqlite`, and whether that takes SQLite from a shared library.
const OWN_MODULE: &str = "[process.versions.node, process.versions.sqlite !== undefined, \
     process.config.variables.node_shared_sqlite === true].join(' ')";

/// Why Node's own module `node:sqlite` is no driver on this machine.
pub(super) fn why_not_its_own_module() -> String {
    let said = on_path("node").map(|node| printed(Command::new(node).args(["-p", OWN_MODULE])));
    match said {
        None => lacking("Node", REMEDY),
        Some(Err(why)) => lacking("Node that runs", &why),
        Some(Ok(said)) => of_own_module(&said),
    }
}

fn of_own_module(said: &str) -> String {
    let words: Vec<&str> = said.split(' ').collect();
    let version = words.first().copied().unwrap_or_default();
    match words.get(1..).unwrap_or_default() {
        ["true", "true"] => {
            format!(
                "Node {version} takes it from a shared library; no program calls it yet, `driver: node` is better-sqlite3"
            )
        }
        ["true", _] => format!(
            "Node {version} has SQLite inside, and no library can take its place: that needs a Node configured with \
             --shared-sqlite, as nodejs of Debian's unstable is (libnode137)"
        ),
        _ => format!("Node {version} has no such module: Node has it from 22.5.0 on"),
    }
}

/// Compiles the addon, unless these inputs have made one.
fn compile(project: &Project, headers: &Path, package: &Path, version: &str) -> Result<PathBuf, String> {
    let compiler = std::env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
    let inputs = format!("{version}{compiler}{:?}", stamp(&headers.join("node.h")));
    let make = |staging: &Path| {
        let mut command = Command::new(compiler);
        // Its assertions expect a SQLite that was compiled for it alone, as a release of it does not.
        command.args([
            "-shared",
            "-fPIC",
            "-O1",
            "-std=c++20",
            "-w",
            "-DNDEBUG",
            "-DBUILDING_NODE_EXTENSION",
        ]);
        command.arg("-DNODE_GYP_MODULE_NAME=better_sqlite3").arg("-I").arg(headers);
        command.arg("-I").arg(package.join("deps/sqlite3")).arg("-I").arg(package.join("src"));
        command.arg(package.join("src/better_sqlite3.cpp")).arg("-o").arg(staging.join(ADDON));
        printed(&mut command).map(drop)
    };
    Ok(made::folder(project, "node", &inputs, make)?.join(ADDON))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_the_own_module_of_node_is_no_driver() {
        assert_eq!(
            of_own_module("20.20.2 false false"),
            "Node 20.20.2 has no such module: Node has it from 22.5.0 on"
        );
        assert!(of_own_module("24.19.0 true false").starts_with("Node 24.19.0 has SQLite inside"));
        assert!(
            of_own_module("24.22.2 true true").contains("from a shared library; no program calls it yet")
        );
    }
}
