//! A version of apsw that no interpreter has for a shared library: compiled of its sources, which pip fetches. The package is one
//! file of C that includes the others, so neither its `setup.py` nor setuptools is needed.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::made::{self, printed};
use crate::builds::{BuildError, BuildSet, pypi_package};
use crate::project::Project;
use crate::system::files::stamp;

const PACKAGE: &str = "apsw";
/// The name of a package that is a module of C.
const MODULE: &str = "__init__.so";
/// Prints the interpreter, where it lives, its headers, its version, and whether it has pip.
const QUESTION: &str = "import sys, sysconfig, importlib.util as u; \
    print(sys.executable, sys.base_prefix, sysconfig.get_path('include'), '%d.%d' % sys.version_info[:2], \
    u.find_spec('pip') is not None, sep='\\n')";

/// A compiled package, and the interpreter that it is for.
pub(super) struct Compiled {
    pub python: PathBuf,
    pub prefix: PathBuf,
    /// The language's version.
    pub language: String,
    /// The folder that the package is imported from.
    pub home: PathBuf,
    pub module: PathBuf,
}

/// An interpreter that extensions can be compiled for.
struct Interpreter {
    python: PathBuf,
    prefix: PathBuf,
    headers: PathBuf,
    language: String,
}

/// The package for the first interpreter that has headers and pip.
pub(super) fn of_version(
    project: &Project,
    interpreters: &[PathBuf],
    version: &str,
) -> Result<Compiled, String> {
    let mut reasons = Vec::new();
    let usable = interpreters.iter().find_map(|python| {
        usable(python).map_err(|why| reasons.push(format!("{} {why}", python.display()))).ok()
    });
    let Interpreter { python, prefix, headers, language } = usable.ok_or_else(|| reasons.join(", "))?;
    let sources = pypi_package(project, &python, PACKAGE, version).map_err(|why| first_line(&why))?;
    let builds = BuildSet::load(project).map_err(|_| "the builds have mistakes".to_owned())?;
    let sqlite = builds.newest_headers(project).map_err(|why| first_line(&why))?;
    let home = compile(project, &sources, &[headers, sqlite], &format!("{version} {}", python.display()))?;
    let module = home.join(PACKAGE).join(MODULE);
    Ok(Compiled { python, prefix, language, home, module })
}

/// What is wrong. The lines after it say what every source of its kind needs.
fn first_line(why: &BuildError) -> String {
    why.to_string().lines().next().unwrap_or_default().to_owned()
}

fn usable(python: &Path) -> Result<Interpreter, &'static str> {
    let said =
        printed(Command::new(python).args(["-I", "-B", "-c", QUESTION])).map_err(|_| "does not start")?;
    let lines: Vec<&str> = said.lines().collect();
    let [python, prefix, headers, language, has_pip] = lines[..] else { return Err("does not answer") };
    let headers = PathBuf::from(headers);
    match (headers.join("Python.h").is_file(), has_pip) {
        (false, _) => Err("has no Python.h"),
        (true, "False") => Err("has no pip"),
        (true, _) => Ok(Interpreter {
            python: python.into(),
            prefix: prefix.into(),
            headers,
            language: language.to_owned(),
        }),
    }
}

/// Compiles the package, unless these inputs have made one. The folder that it is in can be imported from.
fn compile(project: &Project, sources: &Path, headers: &[PathBuf; 2], of: &str) -> Result<PathBuf, String> {
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let [python, sqlite] = headers;
    let stamps = [python.join("Python.h"), sqlite.join("sqlite3.h")].map(|file| stamp(&file));
    let inputs = format!("{of} {compiler} {headers:?} {stamps:?}");
    let make = |staging: &Path| {
        let package = staging.join(PACKAGE);
        std::fs::create_dir(&package).map_err(|error| error.to_string())?;
        let mut command = Command::new(compiler);
        // As its own setup compiles it against a shared library, which the loader adds.
        command.args(["-shared", "-fPIC", "-O1", "-w", "-DNDEBUG", "-DEXPERIMENTAL=1"]);
        command.args(headers.iter().flat_map(|folder| [Path::new("-I"), folder]));
        command.arg("-I").arg(sources.join("src")).arg(sources.join("src/apsw.c"));
        printed(command.arg("-o").arg(package.join(MODULE))).map(drop)
    };
    made::folder(project, PACKAGE, &inputs, make)
}
