//! Makes a product: the library is compiled, or exists already; then it is loaded to learn what it is.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;

use super::compile::{Compilation, TARGET};
use super::mutant::{self, Mutated};
use super::product::{BuildInfo, LibraryFile};
use super::source::{Code, Fetched, LibrarySource};
use super::store::{Event, Progress, Store};
use super::{Build, BuildError, patch, platform};
use crate::worker::probe::Facts;

impl Store {
    /// Compiles a library into `staging` and returns its info.
    pub(super) fn compile(
        &self,
        build: &Build,
        code: &Code,
        fetched: &Fetched,
        staging: &Path,
        progress: &dyn Progress,
    ) -> Result<BuildInfo, BuildError> {
        progress.event(build, Event::Compiling);
        let compiler = self.compiler()?;
        let (profile, started) = (build.profile(), Instant::now());
        let (name, patch) = (build.name(), code.patch.as_slice());
        let patched = match patch {
            [] => None,
            _ => Some(patch::copy(name, &fetched.main, patch, (staging, "patched.c"))?),
        };
        let main = patched.as_deref().unwrap_or(&fetched.main);
        let compilation = Compilation {
            build: name,
            compiler,
            worker: &self.worker,
            profile,
            main,
            source: fetched,
            into: staging,
        };
        let library = match build.mutated() {
            None => compilation.run()?,
            Some(Mutated { real, mutation }) => {
                let real = || Ok(self.ensure(real, progress)?.library);
                mutant::make(mutation, compilation, real)?
            }
        };
        if let Some(patched) = &patched {
            std::fs::remove_file(patched).context("cannot remove the patched C file")?;
        }
        let seconds = started.elapsed();
        progress.event(build, Event::Probing);
        let facts = self.probe(library.as_os_str(), build)?;
        let file = LibraryFile::of(staging, Path::new(platform::LIBRARY))?;
        let mut info = self.info(build, &facts, file, seconds)?;
        info.sha256 = Some(code.sha256.clone());
        info.compiler = Some(compiler.describe());
        Ok(info)
    }

    /// The info of an existing library.
    pub(super) fn adopt(
        &self,
        build: &Build,
        library: &LibrarySource,
        progress: &dyn Progress,
    ) -> Result<BuildInfo, BuildError> {
        progress.event(build, Event::Probing);
        let facts = self.look_at(library, build)?;
        check("source id", build, library.source_id.as_deref(), &facts.source_id)?;
        let path = facts.path.clone().unwrap_or_else(|| self.project().root().join(&library.library));
        let file = LibraryFile::of(Path::new(""), &path)?;
        self.info(build, &facts, file, Duration::ZERO)
    }

    fn info(
        &self,
        build: &Build,
        facts: &Facts,
        library: LibraryFile,
        duration: Duration,
    ) -> Result<BuildInfo, BuildError> {
        let pinned = build.version().map(ToString::to_string);
        check("version", build, pinned.as_deref(), &facts.version)?;
        let version =
            facts.version.parse().with_context(|| format!("`{}` is not a version", facts.version))?;
        let profile = build.profile();
        Ok(BuildInfo {
            build: build.compiled().to_owned(),
            key: self.place(build)?.key,
            version,
            profile: profile.name.clone(),
            source: source_of(build),
            sha256: None,
            source_id: facts.source_id.clone(),
            released: released(&facts.source_id),
            compiler: None,
            target: TARGET.to_owned(),
            flags: [profile.defines.as_slice(), &profile.compiler].concat(),
            compile_options: facts.compile_options.clone(),
            seconds: duration.as_secs_f64(),
            preload: self.preload(build)?,
            environment: profile.environment.clone(),
            library,
            checksum: String::new(),
        })
    }
}

/// Rejects a library that is not the one the manifest describes.
fn check(what: &'static str, build: &Build, pinned: Option<&str>, found: &str) -> Result<(), BuildError> {
    match pinned {
        Some(pinned) if pinned != found => Err(BuildError::Mismatch {
            build: build.name().to_owned(),
            what,
            pinned: pinned.to_owned(),
            found: found.to_owned(),
        }),
        _ => Ok(()),
    }
}

/// Where a build comes from, and the fault of a mutant.
fn source_of(build: &Build) -> String {
    match build.mutated() {
        None => build.source().to_string(),
        Some(_) => format!("{} with the fault of {}", build.source(), build.manifest_path()),
    }
}

/// The date at the start of a source id.
fn released(source_id: &str) -> Option<String> {
    let day = source_id.get(..10)?;
    let is_day = day.chars().enumerate().all(|(index, c)| match index {
        4 | 7 => c == '-',
        _ => c.is_ascii_digit(),
    });
    is_day.then(|| day.to_owned())
}
