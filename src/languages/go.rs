//! Go, with github.com/mattn/go-sqlite3 compiled to take SQLite from a shared library: its sources are in a GOPATH, or a
//! version of them in Go's own cache of modules.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Unable;
use super::found::{Language, Parts, lacking, on_path};
use super::made::{self, Source, printed, text_of, whole_or_said};
use crate::project::Project;
use crate::system::files::stamp;

/// The files of our program.
pub(super) const FILES: [Source; 3] = [
    ("go/driver.go", include_str!("../../drivers/go/driver.go")),
    ("go/pool.go", include_str!("../../drivers/go/pool.go")),
    ("go/values.go", include_str!("../../drivers/go/values.go")),
];
/// Where Debian's packages put what others import, and the one that has the driver.
const SYSTEM: &str = "/usr/share/gocode";
const PACKAGE: &str = "golang-github-mattn-go-sqlite3-dev";
const MODULE: &str = "github.com/mattn/go-sqlite3";
const REMEDY: &str = "`apt-get install golang-go golang-github-mattn-go-sqlite3-dev libsqlite3-dev`";

/// The driver's sources.
struct Module {
    folder: PathBuf,
    /// Not known of those in a GOPATH that no package manager put there.
    version: Option<String>,
}

/// The compiler and the driver's sources, and the program that they make.
pub(super) fn find(project: &Project, wanted: Option<&str>) -> Result<Language, Unable> {
    let go = on_path("go").ok_or_else(|| lacking("Go", REMEDY))?;
    let version = printed(Command::new(&go).arg("version")).map_err(|why| lacking("Go that runs", &why))?;
    let version = version.split_whitespace().nth(2).unwrap_or("go").to_owned();
    let module = match wanted {
        None => in_gopath().ok_or_else(|| lacking(&format!("{MODULE} in a GOPATH"), REMEDY))?,
        Some(wanted) => of_version(&go, wanted)?,
    };
    let compiled = compile(project, &go, &module.folder, &version);
    let program = compiled.map_err(|said| uncompiled(project, &said))?;
    let of_module = module.version.unwrap_or_else(|| format!("of {}", module.folder.display()));
    Ok(Language::new(Parts {
        args: Vec::new(),
        reads: vec![program.clone()],
        module: program.clone(),
        program,
        version: format!("{version}, mattn/go-sqlite3 {of_module}"),
        files: vec![go, module.folder.join("sqlite3.go")],
    }))
}

/// The sources that a GOPATH has, or a package of the system.
fn in_gopath() -> Option<Module> {
    let paths = std::env::var_os("GOPATH").unwrap_or_default();
    let folders = std::env::split_paths(&paths).chain([SYSTEM.into()]);
    let folder =
        folders.map(|path| path.join("src").join(MODULE)).find(|it| it.join("sqlite3.go").is_file())?;
    let version = if folder.starts_with(SYSTEM) { packaged() } else { None };
    Some(Module { folder, version })
}

/// The version in the system's package: `1.14.16` of `1.14.16~ds1-1`.
fn packaged() -> Option<String> {
    let said = printed(Command::new("dpkg-query").args(["-W", "-f", "${Version}", PACKAGE])).ok()?;
    said.split(['~', '+', '-']).next().filter(|version| !version.is_empty()).map(str::to_owned)
}

/// The sources of a version: those of the system's package, else a module, which Go downloads once.
fn of_version(go: &Path, wanted: &str) -> Result<Module, String> {
    if let Some(module) = in_gopath().filter(|module| module.version.as_deref() == Some(wanted)) {
        return Ok(module);
    }
    let what = format!("{MODULE}@v{wanted}");
    let mut download = Command::new(go);
    download.args(["mod", "download", &what]).current_dir(std::env::temp_dir());
    let cache = Command::new(go).args(["env", "GOMODCACHE"]).env("GO111MODULE", "on").output();
    let cache = cache.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let folder = Path::new(&cache.unwrap_or_default()).join(&what);
    if !folder.is_dir() {
        let remedy = format!("`go mod download {what}` has to succeed; it needs the network once");
        printed(download.env("GO111MODULE", "on").env("GOFLAGS", "").stdin(std::process::Stdio::null()))
            .map_err(|why| lacking(&what, &format!("{remedy} ({why})")))?;
    }
    match folder.join("sqlite3.go").is_file() {
        true => Ok(Module { folder, version: Some(wanted.to_owned()) }),
        false => Err(lacking(&what, &format!("{} has no sqlite3.go", folder.display()))),
    }
}

/// Compiles the program, unless these inputs have made one.
fn compile(project: &Project, go: &Path, module: &Path, version: &str) -> Result<PathBuf, String> {
    let texts =
        FILES.map(|source| (source.0.rsplit('/').next().unwrap_or(source.0), text_of(project, source)));
    let inputs = format!("{version}{texts:?}{}{:?}", module.display(), stamp(&module.join("sqlite3.go")));
    let cache = std::path::absolute(super::folder(project).join("go-cache")).map_err(|it| it.to_string())?;
    let make = |staging: &Path| {
        let (source, import) = (staging.join("src/driver"), staging.join("src").join(MODULE));
        let prepared = std::fs::create_dir_all(&source)
            .and_then(|()| std::fs::create_dir_all(import.parent().unwrap_or(staging)))
            .and_then(|()| link(module, &import));
        prepared.map_err(|error| error.to_string())?;
        made::write(&source, &texts)?;
        let mut command = Command::new(go);
        command.args(["build", "-tags", "libsqlite3", "-o"]).arg(staging.join("driver")).arg(".");
        command.current_dir(&source).env("GO111MODULE", "off").env("GOPATH", staging).env("GOFLAGS", "");
        whole_or_said(command.env("GOCACHE", &cache)).map(drop)
    };
    Ok(made::folder(project, "go", &inputs, make)?.join("driver"))
}

/// Why the program was not made. A change of the project's own in a file that the compiler names is a mistake in it; that the
/// files as they come with the library do not compile is a lack of this machine.
fn uncompiled(project: &Project, said: &str) -> Unable {
    let mistake =
        FILES.into_iter().filter(|source| text_of(project, *source) != source.1).find_map(|(path, _)| {
            let name = path.trim_start_matches("go/");
            let line =
                said.lines().find(|line| line.trim_start_matches("./").starts_with(&format!("{name}:")))?;
            Some(format!(
                "the program of `go` does not compile: drivers/go/{}",
                line.trim_start_matches("./")
            ))
        });
    let lacks = || lacking("Go program of this driver", &format!("{} ({REMEDY})", made::telling(said)));
    mistake.map_or_else(|| Unable::Lacking(lacks()), Unable::Broken)
}

/// Go finds what is imported through such a link too.
#[cfg(unix)]
fn link(module: &Path, import: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(module, import)
}

/// These drivers run on Linux.
#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_in_a_file_of_the_project_is_told_from_a_lack_of_the_machine() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::at(folder.path());
        let said = "# _/staging/src/driver\n./pool.go:12:3: undefined: nothing\n./pool.go:14:1: more";
        let lacks = "this machine has no Go program of this driver: ";
        assert!(uncompiled(&project, said).to_string().starts_with(lacks), "the file is the library's");
        std::fs::create_dir_all(folder.path().join("drivers/go")).unwrap();
        std::fs::write(folder.path().join("drivers/go/pool.go"), "package main").unwrap();
        let mistake =
            "the program of `go` does not compile: drivers/go/pool.go:12:3: undefined: nothing".to_owned();
        assert_eq!(uncompiled(&project, said), Unable::Broken(mistake));
        let header = "# github.com/mattn/go-sqlite3\nbackup.go:12:10: fatal error: sqlite3.h: No such file";
        assert!(uncompiled(&project, header).to_string().contains("fatal error: sqlite3.h"));
    }
}
