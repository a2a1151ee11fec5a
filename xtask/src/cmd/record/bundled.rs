//! Rust programs that compile SQLite into themselves. The build script of libsqlite3-sys asks pkg-config instead when it
//! is told so, also under the feature `bundled`; and what pkg-config says is ours.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow};
use semver::Version;
use sqlite_contracts::builds::{Build, BuildSet};
use sqlite_contracts::system::files::write_atomically;
use sqlite_contracts::system::scratch::Scratch;

use crate::support::context;
use crate::support::exit::Usage;
use crate::support::products::Products;

/// Prepares a command that builds and runs programs, so that they link to a build's library. The folder with that must
/// outlive them.
pub(super) fn prepare(build: Option<&str>, command: &mut Command) -> Result<Scratch> {
    let project = context::project_or_catalogue()?;
    let builds = BuildSet::load(&project)?;
    let store = context::store(&project)?;
    let build = chosen(&builds, build)?;
    let Products { missing, .. } = Products::make(&store, [build]).of_this_machine();
    if let Some((_, error)) = missing.into_iter().next() {
        return Err(error.into());
    }
    let product = store.find(build).ok_or_else(|| anyhow!("{} cannot be made here", build.name()))?;
    let room = Scratch::new(&project.scratch())?;
    let library = std::path::absolute(&product.library)?;
    for name in ["libsqlite3.so", "libsqlite3.so.0"] {
        std::os::unix::fs::symlink(&library, room.file(name))
            .context("cannot link to the build's library")?;
    }
    let version = build.version().map_or_else(|| "3.54.1".to_owned(), Version::to_string);
    write_atomically(&room.file("sqlite3.pc"), package(room.path(), &version))?;
    command.env("LIBSQLITE3_SYS_USE_PKG_CONFIG", "1");
    command.env("PKG_CONFIG_PATH", before("PKG_CONFIG_PATH", room.path()));
    command.env("LD_LIBRARY_PATH", before("LD_LIBRARY_PATH", room.path()));
    if std::env::var_os("CARGO_TARGET_DIR").is_none() {
        // Programs that are linked to a folder that goes away must not be found by the next `cargo build`.
        command.env("CARGO_TARGET_DIR", target());
    }
    Ok(room)
}

fn chosen<'a>(builds: &'a BuildSet, name: Option<&str>) -> Result<&'a Build> {
    match name {
        Some(name) => builds.get(name).ok_or_else(|| Usage(format!("there is no build `{name}`")).into()),
        None => builds.ladder("rusqlite").into_iter().next_back().ok_or_else(|| {
            Usage("the project has no build of the profile `rusqlite`: name one with --build".to_owned())
                .into()
        }),
    }
}

/// What pkg-config reads.
fn package(folder: &Path, version: &str) -> String {
    let folder = folder.display();
    format!(
        "Name: SQLite\nDescription: a build of {version}\nVersion: {version}\nLibs: -L{folder} -lsqlite3\nCflags:\n"
    )
}

/// A list of folders with this one first.
fn before(variable: &str, folder: &Path) -> OsString {
    let mut list = folder.as_os_str().to_owned();
    if let Some(others) = std::env::var_os(variable).filter(|others| !others.is_empty()) {
        list.push(":");
        list.push(others);
    }
    list
}

/// A folder of its own in the target folder of the program that is built.
fn target() -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let root = here.ancestors().find(|folder| folder.join("Cargo.lock").exists()).unwrap_or(&here);
    root.join("target/recorded")
}
