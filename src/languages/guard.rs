//! The library that is loaded in front of a build into a program of another language.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use object::{Object, ObjectSymbol, ReadCache};
use serde::{Deserialize, Serialize};

use super::found::{Language, lacking};
use super::made::{self, printed};
use super::{Unable, start};
use crate::builds::{Product, Store, exports};
use crate::contract::DriverVersion;
use crate::outcome::value::short_hash;
use crate::system::files;
use crate::worker::launch::Launch;

const SOURCE: &str = include_str!("../../drivers/guard.c");
const GUARD: &str = "guard.so";
/// What came of starting the program once.
const STARTED: &str = "launch.json";
/// Raised when the same inputs make another guard, or are judged in another way.
const EDITION: u32 = 8;
/// What a program has open of the system's own.
const OF_THE_SYSTEM: [&str; 4] = ["/usr/lib", "/lib", "/lib64", "/usr/share/zoneinfo"];

/// The functions that a library may lack and that return an address: a stand-in returns none, where others return MISUSE.
const RETURN_ADDRESSES: [&str; 42] = [
    "sqlite3_backup_init",
    "sqlite3_column_database_name",
    "sqlite3_column_database_name16",
    "sqlite3_column_decltype",
    "sqlite3_column_decltype16",
    "sqlite3_column_origin_name",
    "sqlite3_column_origin_name16",
    "sqlite3_column_table_name",
    "sqlite3_column_table_name16",
    "sqlite3_commit_hook",
    "sqlite3_compileoption_get",
    "sqlite3_create_filename",
    "sqlite3_db_filename",
    "sqlite3_db_handle",
    "sqlite3_db_mutex",
    "sqlite3_db_name",
    "sqlite3_errstr",
    "sqlite3_expanded_sql",
    "sqlite3_filename_database",
    "sqlite3_filename_journal",
    "sqlite3_filename_wal",
    "sqlite3_get_auxdata",
    "sqlite3_get_clientdata",
    "sqlite3_malloc64",
    "sqlite3_normalized_sql",
    "sqlite3_preupdate_hook",
    "sqlite3_profile",
    "sqlite3_realloc64",
    "sqlite3_rollback_hook",
    "sqlite3_serialize",
    "sqlite3_str_finish",
    "sqlite3_str_new",
    "sqlite3_str_value",
    "sqlite3_trace",
    "sqlite3_update_hook",
    "sqlite3_uri_key",
    "sqlite3_uri_parameter",
    "sqlite3_value_dup",
    "sqlite3_value_pointer",
    "sqlite3_vfs_find",
    "sqlite3_vtab_collation",
    "sqlite3_wal_hook",
];

/// The folder of a driver on a product, and whether it works there.
#[derive(Serialize, Deserialize)]
struct Started {
    launch: Launch,
    /// Why it does not start on this product.
    reason: Option<String>,
}

impl Started {
    fn outcome(self) -> Result<Launch, Unable> {
        self.reason.map_or(Ok(self.launch), |reason| Err(Unable::Lacking(reason)))
    }
}

/// How to start the program on a product. The first time the guard is compiled, and the program started to see whether it
/// has the library.
pub(super) fn launch(
    language: &Language,
    driver: &DriverVersion,
    product: &Product,
    store: &Store,
) -> Result<Launch, Unable> {
    let library = &product.info.library;
    let inputs =
        format!("{EDITION} {}{}{}{SOURCE}", language.identity, library.sha256, product.library.display());
    let name = format!("{}-on-{}-{}", driver.slug(), product.build, short_hash(inputs.as_bytes()));
    let drivers = super::folder(store.project());
    let place = std::path::absolute(drivers.join(&name)).map_err(|error| error.to_string())?;
    let shown = |error: anyhow::Error| format!("{error:#}");
    let _lock = files::lock(&drivers.join(".locks").join(&name), || {}).map_err(shown)?;
    let known = std::fs::read_to_string(place.join(STARTED)).ok();
    if let Some(started) = known.and_then(|text| serde_json::from_str::<Started>(&text).ok()) {
        return started.outcome();
    }
    let staging = files::staging(&drivers, &name).map_err(shown)?;
    let libraries = libraries(product).map_err(|error| error.to_string())?;
    fill(staging.path(), language, &libraries, store)?;
    files::put_in_place(staging, &place).map_err(shown)?;
    let launch = of(language, product, libraries, &place);
    let reason = match start::start(driver, &launch, product) {
        Err(Unable::Lacking(why)) => Some(why),
        // Not remembered: it may have been the machine's load.
        Err(broken) => return Err(broken),
        Ok(()) => None,
    };
    let started = Started { launch, reason };
    let text = serde_json::to_string_pretty(&started).map_err(|error| error.to_string())?;
    files::write_atomically(&place.join(STARTED), text).map_err(shown)?;
    started.outcome()
}

fn fill(folder: &Path, language: &Language, libraries: &[PathBuf], store: &Store) -> Result<(), String> {
    let mut exported = BTreeSet::new();
    for library in libraries {
        exported.extend(exports(library).map_err(|error| format!("{error:#}"))?);
    }
    let missing: Vec<String> =
        wanted(&language.module)?.into_iter().filter(|function| !exported.contains(function)).collect();
    let guard = guard(&text(&missing), &libraries[0], store)?;
    link_names(&libraries[0], folder)?;
    std::fs::copy(guard, folder.join(GUARD)).map(drop).map_err(|error| error.to_string())
}

/// The guard of this text for a library, compiled once for all programs that need the same: where there is no compiler, one
/// that was made for another program will do.
fn guard(text: &str, library: &Path, store: &Store) -> Result<PathBuf, String> {
    let inputs = format!("{}{text}", library.display());
    let make = |staging: &Path| {
        let compiler = store.compiler().map_err(|_| {
            lacking(
                "C compiler for the guard of a driver",
                "install gcc or clang, or name one in the variable CC",
            )
        })?;
        link_names(library, staging)?;
        let source = staging.join("guard.c");
        std::fs::write(&source, text).map_err(|error| error.to_string())?;
        let mut command = compiler.to_command();
        command.args(["-shared", "-o"]).arg(staging.join(GUARD)).arg(&source).arg("-L").arg(staging);
        // A library in front of another one may have none of the functions that the guard itself calls.
        printed(command.args(["-Wl,--no-as-needed", "-l:libsqlite3.so.0", "-lpthread", "-ldl"])).map(drop)
    };
    Ok(made::folder(store.project(), "guard", &inputs, make)?.join(GUARD))
}

/// Gives a library the names under which programs look for it.
fn link_names(library: &Path, folder: &Path) -> Result<(), String> {
    let link = |name| link(library, &folder.join(name)).map_err(|error| error.to_string());
    ["libsqlite3.so.0", "libsqlite3.so"].into_iter().try_for_each(link)
}

/// The library under test, and those that it stands in front of.
fn libraries(product: &Product) -> std::io::Result<Vec<PathBuf>> {
    let bytes = std::fs::read(&product.library)?;
    let behind = behind(&bytes).map(Path::to_owned);
    Ok([std::path::absolute(&product.library)?].into_iter().chain(behind).collect())
}

#[cfg(unix)]
fn link(library: &Path, name: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(library, name)
}

#[cfg(not(unix))]
fn link(library: &Path, name: &Path) -> std::io::Result<()> {
    std::fs::copy(library, name).map(drop)
}

/// The libraries of builds whose paths stand in a file.
fn behind(bytes: &[u8]) -> impl Iterator<Item = &Path> {
    let texts = bytes.split(|byte| *byte == 0).filter(|text| text.starts_with(b"/"));
    let paths = texts.filter_map(|text| std::str::from_utf8(text).ok()).map(Path::new);
    paths.filter(|path| path.ends_with("libsqlite3.so") && path.is_file())
}

/// The guard with stand-ins for these functions.
fn text(missing: &[String]) -> String {
    let stand_in = |function: &String| {
        let returned = if RETURN_ADDRESSES.contains(&function.as_str()) { 0 } else { 21 };
        format!("long {function}(void) {{ missing(\"{function}\"); return {returned}; }}\n")
    };
    let stand_ins: String = missing.iter().map(stand_in).collect();
    format!("{SOURCE}\nstatic const int stand_ins = {};\n{stand_ins}", missing.len())
}

/// The functions of SQLite that a file takes from elsewhere.
pub(super) fn wanted(module: &Path) -> Result<BTreeSet<String>, String> {
    let unreadable = |error: String| format!("cannot read {}: {error}", module.display());
    let file = std::fs::File::open(module).map_err(|error| unreadable(error.to_string()))?;
    let cache = ReadCache::new(file);
    let parsed = object::File::parse(&cache).map_err(|error| unreadable(error.to_string()))?;
    let undefined = parsed.dynamic_symbols().filter(|symbol| symbol.is_undefined());
    let names = undefined.filter_map(|symbol| symbol.name().ok().map(str::to_owned));
    Ok(names.filter(|name| name.starts_with("sqlite3_")).collect())
}

fn of(language: &Language, product: &Product, libraries: Vec<PathBuf>, place: &Path) -> Launch {
    // The guard by its name alone, which the loader looks for in that folder: a path with a space would be two.
    let preload = product.preload.iter().map(|library| library.display().to_string());
    let preload = preload.chain([GUARD.to_owned()]).collect::<Vec<_>>().join(":");
    let mut environment = product.info.environment.clone();
    environment.insert("LD_LIBRARY_PATH".to_owned(), place.display().to_string());
    environment.insert("LD_PRELOAD".to_owned(), preload);
    let system = OF_THE_SYSTEM.iter().map(PathBuf::from);
    let libraries = [place.to_owned()].into_iter().chain(libraries).chain(product.preload.clone());
    Launch {
        program: language.program.clone(),
        args: language.args.clone(),
        environment,
        reads: language.reads.iter().cloned().chain(libraries).chain(system).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_behind_another_one_is_found_by_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("libsqlite3.so");
        std::fs::write(&real, "").unwrap();
        let bytes =
            [b"\0libc.so.6\0".as_slice(), real.as_os_str().as_encoded_bytes(), b"\0/nowhere/libsqlite3.so\0"]
                .concat();
        assert_eq!(behind(&bytes).collect::<Vec<_>>(), [&*real]);
    }

    #[test]
    fn what_a_library_lacks_has_a_stand_in() {
        let text = text(&["sqlite3_serialize".to_owned(), "sqlite3_trace_v2".to_owned()]);
        assert!(text.starts_with(SOURCE));
        assert!(text.contains("long sqlite3_serialize(void) { missing(\"sqlite3_serialize\"); return 0; }"));
        assert!(text.contains("long sqlite3_trace_v2(void) { missing(\"sqlite3_trace_v2\"); return 21; }"));
    }
}
