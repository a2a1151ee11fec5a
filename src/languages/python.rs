//! Python, with a module that takes SQLite from a shared library: the standard `sqlite3`, or `apsw`.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::compiled_apsw;
use super::found::{Language, Parts, lacking, on_path};
use super::guard;
use super::made::{self, Source, printed};
use crate::project::Project;

/// The files of both programs.
pub(super) const SOURCES: [Source; 3] = [
    ("python/driver.py", include_str!("../../drivers/python/driver.py")),
    ("python/with_apsw.py", include_str!("../../drivers/python/with_apsw.py")),
    ("python/values.py", include_str!("../../drivers/python/values.py")),
];
/// Names an interpreter.
pub(super) const VARIABLE: &str = "SQLITE_CONTRACTS_PYTHON";
/// Without the modules of others, nor variables of the environment, nor files written beside sources.
const ALONE: [&str; 3] = ["-I", "-S", "-B"];

/// A module of Python that links to SQLite.
pub(super) struct Module {
    /// The driver's name.
    name: &'static str,
    /// The program that uses it.
    program: Source,
    /// Prints the module's file, its version, and the folder that it is imported from, where that is not the standard library.
    question: &'static str,
    remedy: &'static str,
}

/// The standard module, whose version is that of Python.
pub(super) const STANDARD: Module = Module {
    name: "python",
    program: SOURCES[0],
    question: "import _sqlite3; print(_sqlite3.__file__, '%d.%d.%d' % sys.version_info[:3], '', sep='\\n')",
    remedy: "install python3 of a distribution, whose module sqlite3 is linked to libsqlite3.so.0 \
        (`apt-get install python3`), or name it in SQLITE_CONTRACTS_PYTHON",
};

/// The package apsw, where it is linked to a shared library: one from PyPI has SQLite inside.
pub(super) const APSW: Module = Module {
    name: "apsw",
    program: SOURCES[1],
    question: "import apsw, os; file = apsw.__file__; home = os.path.dirname(os.path.dirname(file)); \
        print(file, apsw.apswversion(), home, sep='\\n')",
    remedy: "`apt-get install python3-apsw`, or name an interpreter that has it in SQLITE_CONTRACTS_PYTHON; a version is also \
        compiled, with `apt-get install python3-dev python3-pip` and a C compiler",
};

#[cfg(test)]
impl Module {
    /// The text of its program.
    pub(super) fn text(&self) -> &'static str {
        self.program.1
    }
}

/// The first interpreter that will do.
pub(super) fn find(project: &Project, module: &Module, wanted: Option<&str>) -> Result<Language, String> {
    if let Some(chosen) = std::env::var_os(VARIABLE).map(PathBuf::from).filter(|chosen| !is_python(chosen)) {
        let what = format!("Python in {VARIABLE}, which names {}", chosen.display());
        return Err(lacking(&what, "name an interpreter of Python 3, or unset the variable"));
    }
    let mut reasons = String::new();
    for interpreter in interpreters(if module.name == STANDARD.name { wanted } else { None }) {
        match language(project, &interpreter, module, wanted) {
            Ok(language) => return Ok(language),
            Err(why) => reasons = format!(" ({}: {why})", interpreter.display()),
        }
    }
    if let Some(wanted) = wanted.filter(|_| module.name == APSW.name) {
        match compiled(project, wanted) {
            Ok(language) => return Ok(language),
            Err(why) => reasons = format!(" (it cannot be compiled: {why})"),
        }
    }
    let version = wanted.map_or_else(String::new, |version| format!(" {version}"));
    let what = match module.name == STANDARD.name {
        true => format!("Python{version} with a module sqlite3 for a shared library{reasons}"),
        false => format!("apsw{version} for a shared library{reasons}"),
    };
    Err(lacking(&what, module.remedy))
}

/// Whether a program is an interpreter of Python 3.
fn is_python(program: &Path) -> bool {
    let asked = ["-I", "-S", "-c", "import sys; print(sys.version_info[0])"];
    printed(Command::new(program).args(asked)).is_ok_and(|version| version == "3")
}

/// Where interpreters may be: the one that is named, those on the path and the system's, and of a version those that have it
/// in their names, as `python3.12` has and what pyenv installs.
fn interpreters(version: Option<&str>) -> Vec<PathBuf> {
    let chosen = std::env::var_os(VARIABLE).map(PathBuf::from);
    let usual = [chosen, on_path("python3"), Some("/usr/bin/python3".into())];
    let named = version.and_then(|version| {
        let numbers: Vec<&str> = version.split('.').take(2).collect();
        on_path(&format!("python{}", numbers.join(".")))
    });
    let of_pyenv = version.map(of_pyenv).unwrap_or_default();
    usual.into_iter().flatten().chain(named).chain(of_pyenv).filter(|file| file.is_file()).collect()
}

fn of_pyenv(version: &str) -> Vec<PathBuf> {
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".pyenv"));
    let root = std::env::var_os("PYENV_ROOT").map(PathBuf::from).or_else(home);
    let folders = root.and_then(|root| std::fs::read_dir(root.join("versions")).ok());
    let mut found: Vec<PathBuf> = folders
        .into_iter()
        .flatten()
        .flatten()
        .filter(|folder| is_of(&folder.file_name().to_string_lossy(), version))
        .map(|folder| folder.path().join("bin/python3"))
        .collect();
    found.sort();
    found
}

/// Whether a version is the one that is wanted: `3.12.1` where `3.12` is.
fn is_of(version: &str, wanted: &str) -> bool {
    version.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn language(
    project: &Project,
    interpreter: &Path,
    module: &Module,
    wanted: Option<&str>,
) -> Result<Language, String> {
    let question =
        "import sys; print(sys.executable, sys.base_prefix, '%d.%d' % sys.version_info[:2], sep='\\n'); ";
    // A package is found by the module `site` only.
    let options: &[&str] = if module.name == STANDARD.name { &ALONE } else { &["-I", "-B"] };
    let asked = format!("{question}{}", module.question);
    let said = printed(Command::new(interpreter).args(options).args(["-c", &asked])).map_err(why_not)?;
    let lines: Vec<&str> = said.lines().chain([""]).take(6).collect();
    let [program, prefix, language, file, version, home] = lines[..] else {
        return Err(format!("it says {said}"));
    };
    if let Some(wanted) = wanted.filter(|wanted| !is_of(version, wanted)) {
        return Err(format!("it has {version} and not {wanted}"));
    }
    if guard::wanted(Path::new(file))?.is_empty() {
        return Err("its module has SQLite inside".to_owned());
    }
    let home = Some(home).filter(|home| !home.is_empty());
    let shown = match home {
        None => format!("Python {version}"),
        Some(_) => format!("apsw {version}, Python {language}"),
    };
    parts(project, module, [program, prefix, file].map(PathBuf::from), home.map(PathBuf::from), shown)
        .map(|parts| Language::new(Parts { files: vec![interpreter.to_owned(), file.into()], ..parts }))
}

/// A version of apsw that is compiled for one of the interpreters.
fn compiled(project: &Project, wanted: &str) -> Result<Language, String> {
    let compiled_apsw::Compiled { python, prefix, language, home, module } =
        compiled_apsw::of_version(project, &interpreters(None), wanted)?;
    let shown = format!("apsw {wanted}, Python {language}");
    parts(project, &APSW, [python, prefix, module], Some(home), shown).map(Language::new)
}

/// How an interpreter is started with the program of a module that is imported from `home`, if that is no standard one.
fn parts(
    project: &Project,
    module: &Module,
    [program, prefix, file]: [PathBuf; 3],
    home: Option<PathBuf>,
    version: String,
) -> Result<Parts, String> {
    let files = [(module.program, "__main__.py"), (SOURCES[2], "values.py")];
    let folder = made::program(project, module.name, &files)?;
    let words = [&folder].into_iter().chain(&home).map(|folder| folder.display().to_string());
    Ok(Parts {
        args: ALONE.map(str::to_owned).into_iter().chain(words).collect(),
        reads: [prefix, folder].into_iter().chain(home).collect(),
        files: vec![program.clone(), file.clone()],
        program,
        module: file,
        version,
    })
}

/// Why an interpreter does not answer. What a wrapper such as one of pyenv says of its own affairs helps nobody here.
fn why_not(said: String) -> String {
    let absent = said.split_once("No module named ").map(|(_, module)| module.trim_matches(['\'', '"']));
    absent.map_or_else(|| "it does not start".to_owned(), |module| format!("it has no module {module}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_an_interpreter_will_not_do_is_said_in_our_words() {
        let of_pyenv = "pyenv: python2.7: command not found";
        assert_eq!(why_not(of_pyenv.to_owned()), "it does not start");
        let of_python = "ModuleNotFoundError: No module named 'apsw'";
        assert_eq!(why_not(of_python.to_owned()), "it has no module apsw");
    }

    #[test]
    fn what_is_no_interpreter_is_told_from_one() {
        assert!(!is_python(Path::new("/bin/ls")) && !is_python(Path::new("/nowhere/python3")));
        assert!(on_path("python3").is_none_or(|python| is_python(&python)));
    }

    #[test]
    fn a_version_is_that_of_its_first_numbers() {
        assert!(is_of("3.12.1", "3.12") && is_of("3.12.1", "3.12.1"));
        assert!(!is_of("3.12.1", "3.1") && !is_of("3.12", "3.12.1"));
    }
}
