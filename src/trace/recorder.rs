//! The recorder's library, and what it needs to be loaded into a program.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::copies::{Limits, Search};

/// Names a recorder that was built elsewhere.
const VARIABLE: &str = "SQLITE_CONTRACTS_RECORDER";
/// What the recorder itself reads.
const FOLDER: &str = "SQLITE_RECORDER_FOLDER";
const WHOLE: &str = "SQLITE_RECORDER_WHOLE";
/// Where this library's sources are, and the recorder's beside them.
const SOURCES: &str = env!("CARGO_MANIFEST_DIR");

#[cfg(target_os = "macos")]
const PRELOAD: &str = "DYLD_INSERT_LIBRARIES";
#[cfg(not(target_os = "macos"))]
const PRELOAD: &str = "LD_PRELOAD";

/// How programs are recorded of which a recorder sees nothing: the words of all who find an empty trace.
pub const HOW_BUNDLED: &str = "a Rust program that compiles SQLite into itself is recorded by `record --bundled -- cargo test` (or `cargo run`)";

/// The library that is loaded before a program's SQLite.
#[derive(Debug, Clone)]
pub struct Recorder {
    library: PathBuf,
}

impl Recorder {
    /// Builds it, which takes a moment when that was done before.
    ///
    /// # Errors
    /// When it cannot be built, and `SQLITE_CONTRACTS_RECORDER` names none.
    pub fn build() -> Result<Self> {
        if let Some(library) = std::env::var_os(VARIABLE) {
            let library = fs::canonicalize(&library).with_context(|| format!("{VARIABLE} names no file"))?;
            return Ok(Self { library });
        }
        let manifest = Path::new(SOURCES).join("recorder/Cargo.toml");
        ensure!(
            manifest.exists(),
            "the sources of the recorder are not in {SOURCES} any more: build it elsewhere, by `cargo build -p \
             sqlite-recorder`, and name the library in {VARIABLE}"
        );
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--quiet", "--message-format=json-render-diagnostics", "--manifest-path"]);
        let output = cargo.arg(&manifest).stderr(std::process::Stdio::inherit()).output();
        let output = output.context("cannot run cargo, which builds the recorder")?;
        ensure!(output.status.success(), "the recorder could not be built");
        let library = String::from_utf8_lossy(&output.stdout).lines().find_map(artifact);
        Ok(Self { library: library.context("cargo did not say where the recorder is")? })
    }

    /// Its file.
    pub fn library(&self) -> &Path {
        &self.library
    }

    /// The environment in which a program is recorded into a folder. Values that will be ranked are kept whole.
    pub fn environment(&self, folder: &Path, hides: bool) -> Vec<(&'static str, OsString)> {
        let mut preload = self.library.clone().into_os_string();
        if let Some(other) = std::env::var_os(PRELOAD).filter(|other| !other.is_empty()) {
            preload.push(":");
            preload.push(other);
        }
        let whole = hides.then(|| (WHOLE, "1".into()));
        [(PRELOAD, preload), (FOLDER, folder.into())].into_iter().chain(whole).collect()
    }
}

/// The library in a line of cargo's messages.
fn artifact(line: &str) -> Option<PathBuf> {
    let message: serde_json::Value = serde_json::from_str(line).ok()?;
    (message["target"]["name"] == "sqlite_recorder").then_some(())?;
    let files = message["filenames"].as_array()?;
    files.iter().filter_map(|file| file.as_str()).map(PathBuf::from).find(|file| is_library(file))
}

fn is_library(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "so" || extension == "dylib")
}

/// The file that runs when a command is started: what a script names in its first line.
///
/// # Errors
/// When there is none.
pub fn program_of(command: &str) -> Result<PathBuf> {
    let Some(file) = find(command) else { bail!("there is no program `{command}`") };
    let head = read_head(&file);
    let Some(line) = head.strip_prefix("#!").and_then(|rest| rest.lines().next()) else { return Ok(file) };
    let mut words = line.split_whitespace();
    let interpreter = words.next().unwrap_or_default();
    match words.next() {
        Some(word) if interpreter.ends_with("/env") => Ok(find(word).unwrap_or(file)),
        _ => Ok(find(interpreter).unwrap_or(file)),
    }
}

fn read_head(file: &Path) -> String {
    use std::io::Read;
    let mut head = Vec::new();
    let read = fs::File::open(file).and_then(|file| file.take(256).read_to_end(&mut head));
    read.map_or_else(|_| String::new(), |_| String::from_utf8_lossy(&head).into_owned())
}

/// A command as a shell finds it.
fn find(command: &str) -> Option<PathBuf> {
    if command.contains('/') {
        return Path::new(command).is_file().then(|| PathBuf::from(command));
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(command)).find(|file| file.is_file())
}

/// Whether this command is `env` told to clear the environment, by which a recorder is loaded.
pub fn has_no_environment(program: &Path, arguments: &[String]) -> bool {
    let is_env = program.file_name().is_some_and(|name| name == "env");
    let options = arguments.iter().take_while(|word| word.starts_with('-') || word.contains('='));
    is_env && options.into_iter().any(|word| matches!(word.as_str(), "-" | "-i" | "--ignore-environment"))
}

/// Why a recorder that is loaded before this program would see nothing of it; `None` where nothing speaks against it.
///
/// # Errors
/// When the file cannot be read.
pub fn objection(program: &Path) -> Result<Option<String>> {
    if let Some(objection) = objection_of_loader(program)? {
        return Ok(Some(objection));
    }
    let room = tempfile::tempdir().context("no room for a look at the program")?;
    let mut search = Search::new(room.path(), Limits::default());
    search.file(program, &program.display().to_string())?;
    let has_own = search.found().copies.iter().any(|copy| !copy.code.source_ids.is_empty());
    Ok(has_own.then(|| "it has a SQLite of its own inside, whose functions it calls directly".to_owned()))
}

#[cfg(unix)]
fn objection_of_loader(program: &Path) -> Result<Option<String>> {
    use std::os::unix::fs::MetadataExt;

    use object::{Object, ObjectSegment};
    const SET_USER_OR_GROUP: u32 = 0o6000;
    let bytes = fs::read(program).with_context(|| format!("cannot read {}", program.display()))?;
    if fs::metadata(program)?.mode() & SET_USER_OR_GROUP != 0 || has_capabilities(program) {
        return Ok(Some(
            "it runs with other rights than its user's, and loads nothing that a user names".to_owned(),
        ));
    }
    let Ok(file) = object::File::parse(bytes.as_slice()) else { return Ok(None) };
    let is_elf = file.format() == object::BinaryFormat::Elf;
    let is_dynamic = file.imports().is_ok_and(|mut imports| imports.next().is_some());
    let is_static = is_elf && !is_dynamic && file.segments().any(|segment| segment.size() > 0);
    Ok(is_static.then(|| "it is a static program, which loads no libraries".to_owned()))
}

/// Whether the file gives its process rights that its user has not.
#[cfg(target_os = "linux")]
fn has_capabilities(program: &Path) -> bool {
    rustix::fs::getxattr(program, "security.capability", &mut [0_u8; 64]).is_ok()
}

#[cfg(all(unix, not(target_os = "linux")))]
fn has_capabilities(_: &Path) -> bool {
    false
}

#[cfg(not(unix))]
fn objection_of_loader(_: &Path) -> Result<Option<String>> {
    Ok(Some("this system has no loader that puts one library before another".to_owned()))
}
