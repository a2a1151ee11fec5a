//! A checkout of SQLite's own source: the check-ins between two releases, and the amalgamation of each.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

use super::{Code, Origin, folder_of, locked, sha256_of, unpack};
use crate::builds::error::BuildError;
use crate::project::Project;

/// The files of `make sqlite3.c` that a compilation needs.
const MADE: [&str; 2] = ["sqlite3.c", "sqlite3.h"];

const UPDATE: &str = "bring the checkout up to date, with its tags";

/// A checkout of SQLite's source, <https://sqlite.org/getthecode.html>. It is only read.
#[derive(Debug, Clone)]
pub struct Checkout {
    directory: PathBuf,
    system: System,
}

/// The version control system of a checkout.
#[derive(Debug, Clone, Copy)]
enum System {
    Git,
    Fossil,
}

/// One check-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CheckIn {
    /// Its full hash.
    pub id: String,
    /// `2023-07-01`
    pub day: String,
    /// The first line of its comment.
    pub comment: String,
}

impl CheckIn {
    /// The first digits of its hash, as sqlite.org's own pages show it.
    pub fn short(&self) -> &str {
        self.id.get(..10).unwrap_or(&self.id)
    }
}

impl Checkout {
    /// The checkout in a directory; `None` when it is neither one of git nor of fossil.
    pub fn open(directory: &Path) -> Option<Self> {
        let has = |name: &str| directory.join(name).exists();
        let system = match () {
            () if has(".git") => System::Git,
            () if has(".fslckout") || has("_FOSSIL_") => System::Fossil,
            () => return None,
        };
        Some(Self { directory: directory.to_owned(), system })
    }

    /// The check-ins that lead from one release to another, each the first parent of the next, oldest first; the last
    /// is the other release. Releases are known by their tags, `version-3.46.0`.
    ///
    /// # Errors
    /// When the checkout lacks one of the releases or a part of its history, or no check-in leads from one to the other.
    pub fn between(&self, before: &Version, after: &Version) -> Result<Vec<CheckIn>, BuildError> {
        let output = match self.system {
            System::Git => {
                self.check_history()?;
                let [before, after] = [self.tagged(before)?, self.tagged(after)?];
                let range = format!("{before}..{after}");
                self.run(&["log", "--first-parent", "--reverse", "--format=%H%x09%cs%x09%s", &range])?
            }
            System::Fossil => self.run(&["sql", "-list", &line_of_descent(before, after)])?,
        };
        let found: Vec<CheckIn> = output.lines().filter_map(check_in).collect();
        if found.is_empty() {
            let reason = format!("no check-in leads from version-{before} to version-{after}");
            return Err(self.failed(&reason, UPDATE));
        }
        Ok(found)
    }

    /// Finds out whether the files of a check-in are at hand. A clone with a filter gets them of its remote.
    ///
    /// # Errors
    /// When some are missing, and cannot be got.
    pub fn check_files_of(&self, check_in: &CheckIn) -> Result<(), BuildError> {
        if let System::Fossil = self.system {
            return Ok(());
        }
        let objects = self.run(&["rev-list", "--objects", "--no-walk", "--missing=print", &check_in.id])?;
        let missing = objects.lines().filter(|object| object.starts_with('?')).count();
        if missing == 0 {
            return Ok(());
        }
        let folder = tempfile::tempdir().context("cannot create a temporary folder")?;
        let archive = folder.path().join("source.tar");
        let got = self.run(&["archive", "--output", &archive.to_string_lossy(), &check_in.id]);
        got.map(drop).map_err(|error| {
            let id = check_in.short();
            let reason = format!("{missing} files of check-in {id} are not in this clone: {error}");
            self.failed(&reason, &self.whole("fetch --refetch --no-filter --tags origin"))
        })
    }

    /// What lies before the depth of a shallow clone would look as if it had never been.
    fn check_history(&self) -> Result<(), BuildError> {
        match self.run(&["rev-parse", "--is-shallow-repository"])?.trim() {
            "true" => {
                let reason = "it is a shallow clone, which has only the newest part of the history";
                Err(self.failed(reason, &self.whole("fetch --unshallow --tags")))
            }
            _ => Ok(()),
        }
    }

    fn whole(&self, fetch: &str) -> String {
        format!(
            "`git -C {} {fetch}` makes it whole; so does a new clone without options",
            self.directory.display()
        )
    }

    /// The amalgamation of a check-in, made by its own `configure` and `make`. It is made once.
    ///
    /// # Errors
    /// When it cannot be made, which happens for old check-ins on some machines.
    pub fn amalgamation(&self, project: &Project, check_in: &CheckIn) -> Result<Code, BuildError> {
        let folder = folder_of(project, &format!("check-in-{}", check_in.id));
        locked(&folder, || {
            if !folder.is_dir() {
                unpack::into_place(&folder, |staging| self.make(check_in, staging))?;
            }
            Ok(())
        })?;
        let sha256 = sha256_of(&folder.join(MADE[0]))?;
        let origin = Origin::Path(folder.to_string_lossy().into_owned());
        Ok(Code { origin, file: Some(MADE[0].to_owned()), sha256, patch: Vec::new() })
    }

    /// Makes the amalgamation in a folder of its own and copies only the needed files.
    fn make(&self, check_in: &CheckIn, into: &Path) -> Result<(), BuildError> {
        let work = tempfile::tempdir_in(into).context("cannot create a temporary folder")?;
        let archive = work.path().join("source.tar.gz");
        let file = archive.to_string_lossy();
        match self.system {
            System::Git => self.run(&[
                "archive",
                "--format=tar.gz",
                "--prefix=source/",
                "--output",
                &file,
                &check_in.id,
            ])?,
            System::Fossil => self.run(&["tarball", "--name", "source", &check_in.id, &file])?,
        };
        unpack::unpack(&archive, work.path())?;
        let source = work.path().join("source");
        let help = "SQLite's own make needs a C compiler, make and mostly tclsh";
        execute("sh", &["configure".as_ref()], &source, help)?;
        execute("make", &[MADE[0].as_ref()], &source, help)?;
        for name in MADE {
            let made = source.join(name);
            if made.exists() {
                std::fs::copy(made, into.join(name)).with_context(|| format!("cannot copy {name}"))?;
            }
        }
        Ok(())
    }

    /// The tag of a release, when git has it. Git's own error for a missing tag is hard to read.
    fn tagged(&self, version: &Version) -> Result<String, BuildError> {
        let tag = format!("version-{version}");
        let known = self.run(&["tag", "--list", &tag])?;
        if known.trim().is_empty() {
            Err(self.failed(&format!("it has no tag {tag}"), UPDATE))
        } else {
            Ok(tag)
        }
    }

    fn run(&self, arguments: &[&str]) -> Result<String, BuildError> {
        let program = match self.system {
            System::Git => "git",
            System::Fossil => "fossil",
        };
        let arguments: Vec<&OsStr> = arguments.iter().map(AsRef::as_ref).collect();
        execute(program, &arguments, &self.directory, "is this a checkout of SQLite's source, with its tags?")
    }

    fn failed(&self, reason: &str, help: &str) -> BuildError {
        let program = self.directory.display().to_string();
        BuildError::Tool { program, reason: reason.to_owned(), help: help.to_owned() }
    }
}

/// Runs a program in a folder, and returns what it prints.
fn execute(program: &str, arguments: &[&OsStr], folder: &Path, help: &str) -> Result<String, BuildError> {
    let failed = |reason: String| BuildError::Tool {
        program: format!("{program} {}", arguments.first().unwrap_or(&OsStr::new("")).display()),
        reason,
        help: help.to_owned(),
    };
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    let output = output.map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let printed = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = printed.lines().collect();
    Err(failed(lines[lines.len().saturating_sub(5)..].join("\n")))
}

/// The equivalent of git's `log --first-parent`, queried from fossil's own tables
/// (<https://fossil-scm.org/home/doc/trunk/www/tech_overview.wiki>).
fn line_of_descent(before: &Version, after: &Version) -> String {
    let tagged = |version: &Version| {
        format!(
            "SELECT rid FROM (SELECT rid FROM tag JOIN tagxref USING (tagid) \
             WHERE tagname = 'sym-version-{version}' AND tagtype > 0 ORDER BY mtime DESC LIMIT 1)"
        )
    };
    format!(
        "WITH RECURSIVE \
         old(rid) AS ({} UNION SELECT pid FROM plink JOIN old ON cid = rid), \
         line(rid, depth) AS (SELECT rid, 0 FROM ({}) UNION ALL SELECT pid, depth + 1 FROM plink JOIN line \
         ON cid = rid WHERE isprim AND pid NOT IN old) \
         SELECT uuid || char(9) || date(mtime) || char(9) || replace(coalesce(ecomment, comment), char(10), ' ') \
         FROM line JOIN blob USING (rid) JOIN event ON objid = rid \
         WHERE EXISTS (SELECT 1 FROM old) ORDER BY depth DESC;",
        tagged(before),
        tagged(after)
    )
}

/// `hash TAB day TAB comment`
fn check_in(line: &str) -> Option<CheckIn> {
    let mut parts = line.splitn(3, '\t').map(str::to_owned);
    Some(CheckIn { id: parts.next()?, day: parts.next()?, comment: parts.next()? })
}
