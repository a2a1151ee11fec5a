//! Why a build cannot be used.

use std::fmt;
use std::path::PathBuf;

/// Why a build cannot be used. Each message says what to do.
#[derive(Debug)]
pub enum BuildError {
    /// The library that the manifest names is not on this machine. This is not an error in the manifest.
    Absent {
        /// The library as the manifest names it.
        library: String,
        /// Why it cannot be found.
        reason: String,
    },
    /// The machine lacks what the profile needs. This is not an error in the manifest.
    Lacking {
        /// What is needed, and how to get it.
        what: String,
        /// What the compiler says.
        reason: String,
    },
    /// The source is not the one that the manifest pins.
    Checksum {
        /// The build's name.
        build: String,
        /// The main C file that was found.
        file: PathBuf,
        /// The SHA-256 in the manifest.
        pinned: String,
        /// The SHA-256 of the file.
        found: String,
    },
    /// The library reports another version or source id than the manifest.
    Mismatch {
        /// The build's name.
        build: String,
        /// What differs: `version` or `source id`.
        what: &'static str,
        /// The value in the manifest.
        pinned: String,
        /// The value that the library reports.
        found: String,
    },
    /// The source does not contain the C file that the manifest names.
    NoMainFile {
        /// The path of the C file inside the source.
        file: String,
        /// The folder of the source.
        directory: PathBuf,
        /// How to name the right file.
        hint: String,
    },
    /// No C compiler, or one that does not run.
    Compiler {
        /// Why it cannot be used.
        reason: String,
    },
    /// The compiler refused the source.
    Compile {
        /// The build's name.
        build: String,
        /// The failed command and the output of the compiler.
        output: String,
    },
    /// A text is to be replaced that the source does not contain, or contains several times.
    Patch {
        /// The build's name.
        build: String,
        /// The text to replace.
        text: String,
        /// How often the source contains it.
        times: usize,
    },
    /// The library cannot be loaded, or is not SQLite.
    Probe {
        /// Its file.
        library: PathBuf,
        /// What the loader or the worker reports.
        reason: String,
    },
    /// A program that the source needs is missing or failed (cargo, npm, curl).
    Tool {
        /// The program and its most important arguments.
        program: String,
        /// What it reports.
        reason: String,
        /// How to get a working one.
        help: String,
    },
    /// Disk, network or permissions.
    Environment(anyhow::Error),
}

impl BuildError {
    /// Whether it is what nobody expects each machine to have: the build is left out, and nothing has failed.
    pub fn is_absence(&self) -> bool {
        matches!(self, Self::Absent { .. } | Self::Lacking { .. })
    }

    /// Whether the manifest is at fault, rather than the machine.
    pub fn is_input(&self) -> bool {
        matches!(
            self,
            Self::Checksum { .. } | Self::Mismatch { .. } | Self::NoMainFile { .. } | Self::Patch { .. }
        )
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent { library, reason } => {
                write!(f, "there is no library `{library}` on this machine ({reason})")
            }
            Self::Lacking { what, reason } => write!(f, "this machine has no {what}: {reason}"),
            Self::Checksum { build, file, pinned, found } => write!(
                f,
                "the source of {build} is not the one that its manifest pins\n  file:   {}\n  \
                 pinned: {pinned}\n  found:  {found}\nSomebody published another file under the same name, the \
                 download is damaged, or the manifest names\nanother file. If the new file is what you want, \
                 read what changed, then write its hash into the\nmanifest as `sha256`.",
                file.display()
            ),
            Self::Mismatch { build, what, pinned, found } => write!(
                f,
                "the {what} of {build} should be `{pinned}`, but its source reports `{found}`\ncorrect the manifest, or \
                 its source"
            ),
            Self::NoMainFile { file, directory, hint } => {
                write!(f, "there is no `{file}` in {}\n{hint}", directory.display())
            }
            Self::Compiler { reason } => write!(
                f,
                "no C compiler: {reason}\ninstall gcc or clang, or name one in the variable CC; `{}` shows \
                 what is found",
                crate::project::command_name::command("doctor")
            ),
            Self::Compile { build, output } => write!(f, "{build} does not compile:\n{}", output.trim_end()),
            Self::Patch { build, text, times } => write!(
                f,
                "the patch of {build} replaces a text that occurs {times} times in its source:\n{text}\nname one that \
                 occurs exactly once"
            ),
            Self::Probe { library, reason } => {
                write!(f, "{} cannot be loaded: {}", library.display(), reason.trim_end())
            }
            Self::Tool { program, reason, help } => {
                write!(f, "{program}: {}\n{help}", reason.trim_end())
            }
            Self::Environment(error) => write!(f, "{error:#}"),
        }
    }
}

impl std::error::Error for BuildError {}

impl From<anyhow::Error> for BuildError {
    fn from(error: anyhow::Error) -> Self {
        Self::Environment(error)
    }
}
