//! Where compiled builds are kept.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};

use anyhow::Context;
use semver::Version;

use super::Build;
use super::compile::Compiler;
use super::error::BuildError;
use super::identity::Identity;
use super::product::{self, Flaw, Product, Verified};
use super::source::{self, Fetched, LibrarySource, Source};
use crate::project::{Project, command_name};
use crate::system::files;
use crate::worker::WorkerProgram;
use crate::worker::probe::{self, Facts};
use crate::worker::protocol::after_greeting;

/// The products of a project.
#[derive(Debug)]
pub struct Store {
    project: Project,
    pub(super) worker: WorkerProgram,
    compiler: OnceLock<Result<Compiler, String>>,
    /// What identifies the compiler, or the last one where there is none; `None` where there never was one.
    pub(super) identity: OnceLock<Option<Identity>>,
    verified: Verified,
    /// What the machine lacks for a profile, by its name; `None` where it lacks nothing.
    pub(super) lacks: Mutex<BTreeMap<String, Option<String>>>,
    /// Whether [`Store::ensure`] only finds.
    only_finds: AtomicBool,
}

/// What is in progress for a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Its source is fetched.
    Fetching,
    /// Another process works on it.
    Waiting,
    /// The compiler runs.
    Compiling,
    /// The library is loaded once, in a process of its own.
    Probing,
}

/// Is notified of the progress. `()` ignores it.
pub trait Progress: Sync {
    /// Something starts.
    fn event(&self, build: &Build, event: Event);

    /// A build is made anew, because what is there in its place is not it.
    fn replaces(&self, _build: &Build, _flaw: &Flaw) {}
}

impl Progress for () {
    fn event(&self, _: &Build, _: Event) {}
}

/// Whether a build can be loaded now.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// It can be loaded.
    Built(Box<Product>),
    /// It must be compiled first.
    NotBuilt,
    /// Its product was changed; the next build replaces it.
    Damaged,
    /// The library that it names, or what its profile needs, is not on this machine.
    Absent,
}

impl Store {
    /// The products of a project. Libraries are probed by `worker`. What killed processes left unfinished is removed.
    pub fn new(project: &Project, worker: WorkerProgram) -> Self {
        files::remove_abandoned(&project.products(), |build| lock_of(project, build));
        source::remove_abandoned(project);
        Self {
            project: project.clone(),
            worker,
            compiler: OnceLock::new(),
            identity: OnceLock::new(),
            verified: Verified::default(),
            lacks: Mutex::default(),
            only_finds: AtomicBool::new(false),
        }
    }

    /// From now on nothing is fetched or compiled: what is not there cannot be had.
    pub fn compile_nothing(&self) {
        self.only_finds.store(true, Ordering::Relaxed);
    }

    /// Whether what is not there may be fetched and compiled.
    pub fn compiles(&self) -> bool {
        !self.only_finds.load(Ordering::Relaxed)
    }

    /// The C compiler, which is detected once.
    ///
    /// # Errors
    /// When there is none.
    pub fn compiler(&self) -> Result<&Compiler, BuildError> {
        let detected = self.compiler.get_or_init(|| {
            Compiler::detect(&self.project.scratch()).map_err(|error| match error {
                BuildError::Compiler { reason } => reason,
                other => other.to_string(),
            })
        });
        detected.as_ref().map_err(|reason| BuildError::Compiler { reason: reason.clone() })
    }

    /// The product of a build, when it exists and is undamaged. The first time the library is read, which costs about a
    /// millisecond.
    pub fn find(&self, build: &Build) -> Option<Product> {
        self.look(build).ok()
    }

    /// As [`Store::find`], with the reason why there is none.
    ///
    /// # Errors
    /// What is there instead.
    pub fn look(&self, build: &Build) -> Result<Product, Flaw> {
        let place = self.place(build).map_err(|error| Flaw::Damaged(error.to_string()))?;
        Product::read(&place, &self.verified)
    }

    /// The version of SQLite in a build; of a library without one in its manifest, when it was last loaded.
    pub fn version(&self, build: &Build) -> Option<Version> {
        build.version().cloned().or_else(|| Some(self.find(build)?.info.version))
    }

    /// Whether a build can be loaded now.
    pub fn state(&self, build: &Build) -> State {
        let flaw = match self.look(build) {
            Ok(product) => return State::Built(Box::new(product)),
            Err(flaw) => flaw,
        };
        match build.source() {
            Source::Library(library) if self.look_at(library, build).is_err_and(|e| e.is_absence()) => {
                State::Absent
            }
            // Another library has taken its place: an upgrade, not damage.
            Source::Library(_) => State::NotBuilt,
            Source::Code(_) if self.check_needs(build).is_err_and(|e| e.is_absence()) => State::Absent,
            Source::Code(_) if flaw == Flaw::Missing => State::NotBuilt,
            Source::Code(_) => State::Damaged,
        }
    }

    /// Fetches a build's source without compiling it. `None` for a library.
    ///
    /// # Errors
    /// Network, disk, or a source that is not the pinned one.
    pub fn fetch(&self, build: &Build, progress: &dyn Progress) -> Result<Option<Fetched>, BuildError> {
        let Source::Code(code) = build.source() else { return Ok(None) };
        progress.event(build, Event::Fetching);
        let fetched = source::fetch(&self.project, &code.origin, code.file.as_deref())?;
        source::verify(build.name(), &fetched, &code.sha256)?;
        Ok(Some(fetched))
    }

    /// The product of a build, compiled when it is missing or damaged. Two processes that need the same build compile
    /// it once.
    ///
    /// # Errors
    /// Everything that [`BuildError`] lists.
    pub fn ensure(&self, build: &Build, progress: &dyn Progress) -> Result<Product, BuildError> {
        let place = self.place(build)?;
        match Product::read(&place, &self.verified) {
            Ok(product) => return Ok(product),
            Err(_) if let Err(lack @ BuildError::Lacking { .. }) = self.check_needs(build) => {
                return Err(lack);
            }
            Err(flaw) if !self.compiles() => {
                let compile = command_name::command(&format!("build {}", build.name()));
                return Err(BuildError::Environment(anyhow::anyhow!("{flaw}: `{compile}` compiles it")));
            }
            Err(_) => {}
        }
        // What cannot be compiled need not be fetched.
        if matches!(build.source(), Source::Code(_)) {
            self.compiler()?;
        }
        let fetched = self.fetch(build, progress)?;
        let _lock = self.lock(build, || progress.event(build, Event::Waiting))?;
        match Product::read(&place, &self.verified) {
            Ok(product) => return Ok(product),
            // Another library in its place is an upgrade.
            Err(flaw @ Flaw::Damaged(_)) if fetched.is_some() => progress.replaces(build, &flaw),
            Err(_) => {}
        }
        let staging = files::staging(&self.project.products(), build.compiled())?;
        let info = match (build.source(), &fetched) {
            (Source::Code(code), Some(fetched)) => {
                self.compile(build, code, fetched, staging.path(), progress)?
            }
            (Source::Library(library), _) => self.adopt(build, library, progress)?,
            (Source::Code(_), None) => unreachable!("fetch returns the source of every build that has code"),
        };
        let text = info.text().context("cannot write build.json")?;
        files::write_atomically(&staging.path().join(product::INFO), text)?;
        files::put_in_place(staging, &place.directory)?;
        let changed =
            |flaw| anyhow::anyhow!("{} changed while it was written: {flaw}", place.directory.display());
        Ok(Product::read(&place, &self.verified).map_err(changed)?)
    }

    /// Removes the products that none of the builds (and mutants) uses any longer, and returns their folders.
    ///
    /// # Errors
    /// When a folder cannot be read or removed.
    pub fn prune<'a>(&self, builds: impl IntoIterator<Item = &'a Build>) -> Result<Vec<PathBuf>, BuildError> {
        let used: Vec<PathBuf> =
            builds.into_iter().map(|build| self.directory(build)).collect::<Result<_, _>>()?;
        let mut removed = Vec::new();
        for entry in std::fs::read_dir(self.project.products()).into_iter().flatten().flatten() {
            let path = entry.path();
            let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
            if path.is_dir() && !is_hidden && !used.contains(&path) {
                std::fs::remove_dir_all(&path)
                    .with_context(|| format!("cannot remove {}", path.display()))?;
                removed.push(path);
            }
        }
        removed.sort();
        Ok(removed)
    }

    /// The project that the products belong to.
    pub fn project(&self) -> &Project {
        &self.project
    }

    fn lock(&self, build: &Build, on_wait: impl FnOnce()) -> Result<std::fs::File, BuildError> {
        Ok(files::lock(&lock_of(&self.project, build.compiled()), on_wait)?)
    }

    /// Where the compiler keeps the libraries that a process must load before the build.
    pub(super) fn preload(&self, build: &Build) -> Result<Vec<PathBuf>, BuildError> {
        let names = &build.profile().preload;
        let find = |name: &String| {
            self.compiler()?.runtime(name).ok_or_else(|| BuildError::Tool {
                program: build.name().to_owned(),
                reason: format!("the compiler has no {name}"),
                help: "install the compiler's sanitizer libraries".to_owned(),
            })
        };
        names.iter().map(find).collect()
    }

    /// What a library named in a manifest reports. It is found under the project's root or by the loader.
    pub(super) fn look_at(&self, library: &LibrarySource, build: &Build) -> Result<Facts, BuildError> {
        let is_path = library.library.contains(['/', '\\']);
        let path = self.project.root().join(&library.library);
        let absent = |reason: String| BuildError::Absent { library: library.library.clone(), reason };
        if is_path && !path.exists() {
            return Err(absent(format!("{} does not exist", path.display())));
        }
        if is_path {
            return self.probe(path.as_os_str(), build);
        }
        match self.probe(OsStr::new(&library.library), build) {
            Err(BuildError::Probe { reason, .. }) => Err(absent(reason.trim_end().to_owned())),
            other => other,
        }
    }

    /// What a library reports about itself when a process of its own loads it.
    pub(super) fn probe(&self, library: &OsStr, build: &Build) -> Result<Facts, BuildError> {
        let mut command = self.worker.command();
        command.arg("--probe").arg(library);
        product::prepare(&mut command, &self.preload(build)?, &build.profile().environment);
        let output = command
            .output()
            .with_context(|| format!("cannot start the worker {}", self.worker.program.display()))?;
        if output.status.success() {
            let printed = after_greeting(&output.stdout).context("the worker did not send its greeting")?;
            return Ok(serde_json::from_slice(printed).context("cannot read what the worker prints")?);
        }
        let printed = String::from_utf8_lossy(&output.stderr).into_owned();
        let reason = if output.status.code() == Some(i32::from(probe::CANNOT_OPEN)) {
            printed
        } else {
            format!("{printed}({})", output.status)
        };
        Err(BuildError::Probe { library: library.into(), reason })
    }
}

/// The file whose lock has whoever makes a build's product.
fn lock_of(project: &Project, build: &str) -> PathBuf {
    project.products().join(".locks").join(build)
}
