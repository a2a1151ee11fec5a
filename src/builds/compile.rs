//! Compiles C code to a shared library, with the compiler that the `cc` crate finds.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::Context;

use super::error::BuildError;
use super::identity::Identity;
use super::needs::Needs;
use super::platform;
use super::profile::Profile;
use super::source::Fetched;
use crate::system::scratch::Scratch;
use crate::worker::{WorkerProgram, supervisor};

/// The target triple that this program was compiled for: it loads what it compiles.
pub(super) const TARGET: &str = env!("SQLITE_CONTRACTS_TARGET");

/// A C compiler.
#[derive(Debug, Clone)]
pub struct Compiler {
    tool: cc::Tool,
    identity: Identity,
}

impl Compiler {
    /// Finds the compiler as every `-sys` crate does: `CC`, `CFLAGS` and a compiler cache are respected.
    ///
    /// # Errors
    /// When there is none, or it does not run.
    pub(super) fn detect(scratch: &Path) -> Result<Self, BuildError> {
        // `cc` compiles its probes in this folder. Each process has its own: in a shared one they would read each
        // other's results.
        let folder = Scratch::new(&scratch.join("compiler"))?;
        let tool = cc::Build::new()
            .target(TARGET)
            .host(env!("SQLITE_CONTRACTS_HOST"))
            // SQLite then takes 0.6 of the time that it takes at -O0, for half as much compiling again (gcc 12: 13 s a
            // version instead of 9 s; -O1 takes 24 s).
            .opt_level_str("g")
            .debug(false)
            .pic(true)
            .warnings(false)
            .cargo_metadata(false)
            .cargo_warnings(false)
            .out_dir(folder.path())
            .try_get_compiler()
            .map_err(|error| BuildError::Compiler { reason: error.to_string() })?;
        let command = tool.to_command();
        let words = [command.get_program()].into_iter().chain(command.get_args());
        let identity = Identity {
            words: words.map(text).collect(),
            variables: tool.get_envs().map(|(name, value)| (text(name), text(value))).collect(),
            version: version(&tool)?,
        };
        Ok(Self { tool, identity })
    }

    /// The program and the first line of its `--version`.
    pub fn describe(&self) -> String {
        let program = self.tool.path().display();
        format!("{program}: {}", self.identity.version.lines().next().unwrap_or("unknown version"))
    }

    /// A command that compiles, for what is no build.
    pub(crate) fn to_command(&self) -> Command {
        self.tool.to_command()
    }

    /// Everything about it that can change a product.
    pub(super) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Whether it says its version when it is asked for nothing else: Microsoft's has no `--version`.
    pub(super) fn has_version_option(&self) -> bool {
        !self.tool.is_like_msvc()
    }

    /// The path of a library that belongs to the compiler, such as `libasan.so`; `None` when it does not have the file.
    pub fn runtime(&self, name: &str) -> Option<PathBuf> {
        let output = self.tool.to_command().arg(format!("-print-file-name={name}")).output().ok()?;
        let path = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
        // A compiler that does not know the file prints the bare name.
        path.is_absolute().then_some(path)
    }
}

fn text(word: &OsStr) -> String {
    word.to_string_lossy().into_owned()
}

fn version(tool: &cc::Tool) -> Result<String, BuildError> {
    let mut command = tool.to_command();
    // Microsoft's compiler has no `--version`; it prints its version when called without a file.
    command.args((!tool.is_like_msvc()).then_some("--version"));
    let output = run(&mut command)?;
    if !output.status.success() && !tool.is_like_msvc() {
        let reason = format!("{} --version failed", tool.path().display());
        return Err(BuildError::Compiler { reason });
    }
    Ok(format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}

fn run(command: &mut Command) -> Result<Output, BuildError> {
    command.output().map_err(|error| unavailable(command, &error))
}

fn unavailable(command: &Command, error: &std::io::Error) -> BuildError {
    BuildError::Compiler { reason: format!("{}: {error}", command.get_program().display()) }
}

/// One compilation: a profile applied to a source, into a folder.
pub(super) struct Compilation<'a> {
    pub build: &'a str,
    pub compiler: &'a Compiler,
    /// Starts the compiler, and ends it when this process ends.
    pub worker: &'a WorkerProgram,
    pub profile: &'a Profile,
    /// The main C file: that of the source, or a changed copy.
    pub main: &'a Path,
    pub source: &'a Fetched,
    pub into: &'a Path,
}

impl Compilation<'_> {
    /// Compiles each C file on its own, since compiler caches handle only such calls, and links the objects.
    pub(super) fn run(&self) -> Result<PathBuf, BuildError> {
        let main = self.main.to_owned();
        let beside = self.profile.sources.iter().map(|file| self.source.directory().join(file));
        let mut objects = Vec::new();
        for (index, file) in std::iter::once(main).chain(beside).enumerate() {
            let object = format!("{index}.o");
            self.compile(&file, &object)?;
            objects.push(object);
        }
        self.link(&objects)?;
        for object in objects {
            std::fs::remove_file(self.into.join(object)).context("cannot remove an object file")?;
        }
        Ok(self.into.join(platform::LIBRARY))
    }

    /// Compiles one C file to a library that interposes another one: symbols that the file does not define are
    /// resolved from the library behind it.
    pub(super) fn stand_in_front(&self, file: &Path, behind: &Path) -> Result<PathBuf, BuildError> {
        let mut command = with_warnings(&self.command());
        command.args(platform::FRONT).arg("-I.").arg("-I").arg(self.source.directory()).arg(file);
        command
            .args(platform::LINK)
            .args(platform::behind(behind))
            .args(platform::library(platform::LIBRARY));
        self.finish(command)?;
        Ok(self.into.join(platform::LIBRARY))
    }

    fn compile(&self, file: &Path, object: &str) -> Result<(), BuildError> {
        let mut command = self.command();
        command.args(platform::COMPILE);
        command.args(self.profile.defines.iter().map(|define| format!("-D{define}")));
        for include in [""].into_iter().chain(self.profile.include.iter().map(String::as_str)) {
            command.arg("-I").arg(self.source.directory().join(include));
        }
        command.args(&self.profile.compiler).arg("-c").arg(file).args(platform::object(object));
        self.finish(command)
    }

    fn link(&self, objects: &[String]) -> Result<(), BuildError> {
        let mut command = self.command();
        command.args(&self.profile.compiler).args(platform::LINK).args(objects);
        command.args(platform::library(platform::LIBRARY)).args(platform::LIBRARIES);
        command.args(self.profile.needs.iter().flat_map(Needs::linked));
        self.finish(command)
    }

    fn command(&self) -> Command {
        let mut command = self.compiler.tool.to_command();
        // Its temporary files are removed with the folder, also when it is killed.
        command.current_dir(self.into).env("TMPDIR", self.into);
        command
    }

    fn finish(&self, command: Command) -> Result<(), BuildError> {
        let output = supervisor::output(self.worker, &command);
        let output = output.map_err(|error| unavailable(&command, &error))?;
        if output.status.success() {
            return Ok(());
        }
        let printed = [output.stdout, output.stderr].concat();
        let output = format!("{}\n{}", shown(&command), String::from_utf8_lossy(&printed));
        Err(BuildError::Compile { build: self.build.to_owned(), output })
    }
}

/// The same compiler call without `-w`, which would keep `-Werror` from seeing any warning.
fn with_warnings(command: &Command) -> Command {
    let mut strict = Command::new(command.get_program());
    strict.args(command.get_args().filter(|argument| *argument != "-w"));
    strict.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(directory) = command.get_current_dir() {
        strict.current_dir(directory);
    }
    strict
}

/// The command as it would be typed, without the environment.
fn shown(command: &Command) -> String {
    let words = [command.get_program()].into_iter().chain(command.get_args());
    let quoted = |word: &OsStr| {
        let word = word.to_string_lossy();
        let is_plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./=,+:@".contains(c));
        if is_plain { word.into_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
    };
    words.map(quoted).collect::<Vec<_>>().join(" ")
}
