//! `cargo xtask new-build`: writes a manifest.

use anyhow::Result;
use clap::ValueEnum;
use semver::Version;
use sqlite_contracts::builds::{BuildSet, NewBuild, NewSource, Origin, Tier};
use sqlite_contracts::diagnostic::{Diagnostic, Diagnostics, SourceText};
use sqlite_contracts::project::command_name;

use crate::support::context;
use crate::support::exit::Exit;
use crate::ui::output::print;

const AFTER: &str = "\
Examples:
  cargo xtask new-build 3.52.0 --profile rusqlite --crate libsqlite3-sys@0.40.0
  cargo xtask new-build 3.46.0 --profile debian          an old version with other flags
  cargo xtask new-build 3.55.0 --profile vanilla --archive sqlite-snapshot.tar.gz
  cargo xtask new-build 3.55.0 --profile debug --path ../sqlite/build

The source is fetched and its sha256 written into the manifest. Without a source option, the source of \
another build of the same version is taken. The parent is VERSION-rusqlite; of the profile rusqlite itself, and \
where there is no such build, it is the nearest lower version of the same profile. When that puts the new build between two others, the later one gets the new build \
as its parent, so that the chain stays in the order of versions; the change is printed. `--parent` leaves the \
other builds unchanged. An existing manifest is never overwritten.

";

/// Write the manifest of a new build
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    /// The SQLite version, such as 3.46.0
    #[arg(value_parser = version)]
    version: Version,
    /// The flag set, a file in sqlite-builds/profiles/
    #[arg(long, short)]
    profile: String,
    #[command(flatten)]
    source: Source,
    /// The main C file inside the source, when it is not the only sqlite3.c
    #[arg(long, value_name = "FILE")]
    file: Option<String>,
    /// The build to compare with
    #[arg(long, value_name = "BUILD")]
    parent: Option<String>,
    /// Put it into core/, which runs by default, rather than extended/
    #[arg(long)]
    core: bool,
}

#[derive(clap::Args)]
#[group(multiple = false)]
struct Source {
    /// A crate that bundles the amalgamation
    #[arg(long = "crate", value_name = "NAME@VERSION")]
    krate: Option<String>,
    /// An npm package that bundles the amalgamation
    #[arg(long, value_name = "NAME@VERSION")]
    npm: Option<String>,
    /// A zip or tar.gz
    #[arg(long, value_name = "PATH|URL")]
    archive: Option<String>,
    /// A folder that contains sqlite3.c
    #[arg(long, value_name = "DIR")]
    path: Option<String>,
    /// A shared library: nothing is compiled
    #[arg(long, value_name = "FILE|NAME")]
    library: Option<String>,
}

fn version(text: &str) -> Result<Version, String> {
    Version::parse(text).map_err(|_| match Version::parse(&format!("{text}.0")) {
        Ok(whole) => format!("a version has three numbers: did you mean `{whole}`?"),
        Err(_) => "a version has three numbers, such as 3.46.0".to_owned(),
    })
}

/// Which option names a published package.
#[derive(Clone, Copy, ValueEnum)]
enum Published {
    Crate,
    Npm,
}

impl Args {
    fn source(&self) -> Result<Option<NewSource>, Diagnostics> {
        let source = &self.source;
        let code = |origin| Some(NewSource::Code { origin, file: self.file.clone() });
        Ok(match (&source.krate, &source.npm, &source.archive, &source.path, &source.library) {
            (Some(package), ..) => code(published(Published::Crate, package)?),
            (_, Some(package), ..) => code(published(Published::Npm, package)?),
            (_, _, Some(archive), ..) => code(Origin::Archive(archive.clone())),
            (_, _, _, Some(path), _) => code(Origin::Path(path.clone())),
            (.., Some(library)) => Some(NewSource::Library(library.clone())),
            _ => None,
        })
    }
}

fn published(kind: Published, package: &str) -> Result<Origin, Diagnostics> {
    let option = match kind {
        Published::Crate => "--crate",
        Published::Npm => "--npm",
    };
    let Some((name, version)) = NewSource::published(package) else {
        let text = SourceText::new(option, package);
        let message = format!("`{package}` is not a name and an exact version");
        let help = format!("write it as `{option} libsqlite3-sys@0.29.0`");
        return Err(Diagnostic::new(&text, 0..package.len(), message).help(help).into());
    };
    Ok(match kind {
        Published::Crate => Origin::Crate { name, version },
        Published::Npm => Origin::Npm { name, version },
    })
}

/// Writes the manifest, and prints what was done and the next command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let (project, is_new) = context::project_or_new()?;
    let builds = BuildSet::load(&project)?;
    let new = NewBuild {
        version: args.version.clone(),
        profile: args.profile.clone(),
        source: args.source()?,
        parent: args.parent.clone(),
        tier: if args.core { Tier::Core } else { Tier::Extended },
    };
    let draft = new.draft(&project, &builds)?;
    draft.write()?;
    print(&format!("wrote {}:\n\n{}", project.shown(&draft.path), draft.text));
    if let Some((_, path, _)) = &draft.child {
        print(&format!("{}: its parent is now {}-{}", project.shown(path), args.version, args.profile));
    }
    if is_new {
        let init = command_name::command("init");
        print(&format!(
            "a project begins in this folder: `{init}` begins one beside a program, with a first contract"
        ));
    }
    let build = format!("build {}-{}", args.version, args.profile);
    print(&format!("next: {}", command_name::command(&build)));
    Ok(Exit::Fine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_of_two_numbers_is_completed() {
        assert_eq!(version("3.46.1"), Ok(Version::new(3, 46, 1)));
        assert_eq!(version("3.46").unwrap_err(), "a version has three numbers: did you mean `3.46.0`?");
        assert_eq!(version("latest").unwrap_err(), "a version has three numbers, such as 3.46.0");
    }
}
