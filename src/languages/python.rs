//! Python, with a module `sqlite3` that takes SQLite from a shared library.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::found::{Language, Parts, Source, lacking, on_path, printed, program_file};
use super::guard;
use crate::project::Project;

/// Its program.
pub(super) const SOURCE: Source = ("python/driver.py", include_str!("../../drivers/python/driver.py"));
const QUESTION: &str = "import sys, _sqlite3; \
    print(sys.executable, _sqlite3.__file__, sys.base_prefix, '%d.%d.%d' % sys.version_info[:3], sep='\\n')";
const REMEDY: &str = "install python3 of a distribution, whose module sqlite3 is linked to libsqlite3.so.0 \
    (`apt-get install python3`), or name it in SQLITE_CONTRACTS_PYTHON";

/// The first interpreter that will do.
pub(super) fn find(project: &Project) -> Result<Language, String> {
    let chosen = std::env::var_os("SQLITE_CONTRACTS_PYTHON").map(PathBuf::from);
    let candidates = [chosen, on_path("python3"), Some("/usr/bin/python3".into())];
    let mut reason = String::new();
    for candidate in candidates.into_iter().flatten().filter(|file| file.is_file()) {
        match language(&candidate, project) {
            Ok(language) => return Ok(language),
            Err(why) => reason = format!(" ({}: {why})", candidate.display()),
        }
    }
    Err(lacking(&format!("Python with a module sqlite3 for a shared library{reason}"), REMEDY))
}

fn language(interpreter: &Path, project: &Project) -> Result<Language, String> {
    let said = printed(Command::new(interpreter).args(["-I", "-S", "-B", "-c", QUESTION]))?;
    let [program, module, prefix, version] = said.lines().collect::<Vec<_>>()[..] else {
        return Err(format!("it says {said}"));
    };
    if guard::wanted(Path::new(module))?.is_empty() {
        return Err("its module has SQLite inside".to_owned());
    }
    let driver = program_file(project, SOURCE)?;
    let args = ["-I", "-S", "-B"].map(str::to_owned).into_iter().chain([driver.display().to_string()]);
    Ok(Language::new(Parts {
        program: program.into(),
        args: args.collect(),
        reads: vec![prefix.into(), driver.clone()],
        module: module.into(),
        version: format!("Python {version}"),
        files: vec![interpreter.to_owned(), driver],
    }))
}
