//! Go, with github.com/mattn/go-sqlite3 in a GOPATH, compiled to take SQLite from a shared library.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::found::{Language, Parts, Source, lacking, on_path, printed, text_of};
use crate::outcome::value::short_hash;
use crate::project::Project;
use crate::system::files::{self, stamp};

/// The files of our program.
pub(super) const FILES: [Source; 3] = [
    ("go/driver.go", include_str!("../../drivers/go/driver.go")),
    ("go/pool.go", include_str!("../../drivers/go/pool.go")),
    ("go/values.go", include_str!("../../drivers/go/values.go")),
];
/// Where Debian's packages put what others import.
const SYSTEM: &str = "/usr/share/gocode";
const MODULE: &str = "src/github.com/mattn/go-sqlite3";
const REMEDY: &str = "`apt-get install golang-go golang-github-mattn-go-sqlite3-dev libsqlite3-dev`";

/// The compiler and the driver's sources, and the program that they make.
pub(super) fn find(project: &Project) -> Result<Language, String> {
    let go = on_path("go").ok_or_else(|| lacking("Go", REMEDY))?;
    let module = module().ok_or_else(|| lacking("github.com/mattn/go-sqlite3 in a GOPATH", REMEDY))?;
    let version = printed(Command::new(&go).arg("version")).map_err(|why| lacking("Go that runs", &why))?;
    let version = version.split_whitespace().nth(2).unwrap_or("go").to_owned();
    let compiled = compile(project, &go, &module, &version);
    let program =
        compiled.map_err(|why| lacking("Go program of this driver", &format!("{why} ({REMEDY})")))?;
    Ok(Language::new(Parts {
        args: Vec::new(),
        reads: vec![program.clone()],
        module: program.clone(),
        program,
        version: format!("{version} with {}", module.display()),
        files: vec![go, module.join("sqlite3.go")],
    }))
}

/// The sources of the driver.
fn module() -> Option<PathBuf> {
    let paths = std::env::var_os("GOPATH").unwrap_or_default();
    let folders = std::env::split_paths(&paths).chain([SYSTEM.into()]);
    folders.map(|folder| folder.join(MODULE)).find(|module| module.join("sqlite3.go").is_file())
}

/// Compiles the program, unless these inputs have made one.
fn compile(project: &Project, go: &Path, module: &Path, version: &str) -> Result<PathBuf, String> {
    let texts = FILES.map(|source| (Path::new(source.0).file_name(), text_of(project, source)));
    let inputs = format!("{version}{texts:?}{}{:?}", module.display(), stamp(&module.join("sqlite3.go")));
    let drivers = super::folder(project);
    let name = format!("go-{}", short_hash(inputs.as_bytes()));
    let place = std::path::absolute(drivers.join(&name)).map_err(|error| error.to_string())?;
    let program = place.join("driver");
    let shown = |error: anyhow::Error| format!("{error:#}");
    let _lock = files::lock(&drivers.join(".locks").join(&name), || {}).map_err(shown)?;
    if program.is_file() {
        return Ok(program);
    }
    let staging = files::staging(&drivers, &name).map_err(shown)?;
    let path = std::env::join_paths([staging.path(), gopath(module)]).map_err(|error| error.to_string())?;
    let source = staging.path().join("src/driver");
    std::fs::create_dir_all(&source).map_err(|error| error.to_string())?;
    for (name, text) in &texts {
        let file = source.join(name.unwrap_or_default());
        std::fs::write(file, text.as_bytes()).map_err(|error| error.to_string())?;
    }
    let mut command = Command::new(go);
    command.args(["build", "-tags", "libsqlite3", "-o"]).arg(staging.path().join("driver")).arg(".");
    command.current_dir(&source).env("GO111MODULE", "off").env("GOPATH", path).env("GOFLAGS", "");
    command.env("GOCACHE", std::path::absolute(drivers.join("go-cache")).map_err(|error| error.to_string())?);
    printed(&mut command)?;
    files::put_in_place(staging, &place).map_err(shown)?;
    Ok(program)
}

/// The GOPATH that a module's sources are in.
fn gopath(module: &Path) -> &Path {
    module.ancestors().nth(Path::new(MODULE).components().count()).unwrap_or(module)
}
