//! A package's source distribution from PyPI, fetched by pip. No manifest names one: drivers in other languages are made of them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use super::{folder_of, locked, unpack};
use crate::builds::error::BuildError;
use crate::project::Project;

/// What pip takes for the packages' own way to build themselves.
const BACKEND: &str = include_str!("metadata_alone.py");
const HELP: &str = "this source needs pip (`apt-get install python3-pip`) and the network once";

/// The folder of a package's files.
pub(crate) fn fetch(
    project: &Project,
    python: &Path,
    name: &str,
    version: &str,
) -> Result<PathBuf, BuildError> {
    let folder = folder_of(project, &format!("pypi-{name}-{version}"));
    locked(&folder, || {
        if !folder.is_dir() {
            unpack::into_place(&folder, |staging| {
                let archive = download(python, name, version, &[], staging)?;
                unpack::unpack(&archive, staging)?;
                Ok(std::fs::remove_file(&archive).context("cannot remove the archive")?)
            })?;
        }
        Ok(folder.join(format!("{name}-{version}")))
    })
}

/// Makes pip write the archive of a package's sources into `folder`, and returns its path.
fn download(
    python: &Path,
    name: &str,
    version: &str,
    options: &[&str],
    folder: &Path,
) -> Result<PathBuf, BuildError> {
    let backend = tempfile::tempdir().context("cannot make a temporary folder")?;
    let module = backend.path().join("setuptools");
    std::fs::create_dir(&module)
        .and_then(|()| std::fs::write(module.join("__init__.py"), ""))
        .and_then(|()| std::fs::write(module.join("build_meta.py"), BACKEND))
        .context("cannot write what pip asks for a package's metadata")?;
    let what = format!("{name}=={version}");
    let tool = |reason: String| BuildError::Tool {
        program: format!("pip download {what}"),
        reason,
        help: HELP.to_owned(),
    };
    let output = Command::new(python)
        .args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"])
        .args(["--use-pep517", "--no-build-isolation", "--no-binary", name, &what, "--dest"])
        .arg(folder)
        .args(options)
        .env("PYTHONPATH", backend.path())
        .output()
        .map_err(|error| tool(error.to_string()))?;
    if !output.status.success() {
        return Err(tool(said(&String::from_utf8_lossy(&output.stderr))));
    }
    std::fs::read_dir(folder)
        .context("cannot read what pip wrote")?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.is_file())
        .ok_or_else(|| tool("it wrote no archive".to_owned()))
}

/// The last error that pip prints: those before it are what it tried.
fn said(text: &str) -> String {
    let error = text.lines().rfind(|line| line.starts_with("ERROR: "));
    error.or(text.lines().last()).unwrap_or_default().trim_start_matches("ERROR: ").to_owned()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// A python3 that has pip; on a machine without one there is nothing to test.
    fn python() -> Option<PathBuf> {
        let has_pip = Command::new("python3").args(["-m", "pip", "--version"]).output();
        has_pip.is_ok_and(|output| output.status.success()).then(|| PathBuf::from("python3"))
    }

    /// The sources of a package whose setup must not run.
    fn archive(folder: &Path) {
        let file = std::fs::File::create(folder.join("tried-1.0.tar.gz")).unwrap();
        let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(file, flate2::Compression::fast()));
        let files = [
            ("PKG-INFO", "Metadata-Version: 1.0\nName: tried\nVersion: 1.0\n\nWords.\n"),
            ("setup.py", "raise SystemExit('the setup ran')\n"),
        ];
        for (name, text) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            header.set_cksum();
            archive.append_data(&mut header, format!("tried-1.0/{name}"), text.as_bytes()).unwrap();
        }
        archive.into_inner().unwrap().finish().unwrap();
    }

    #[test]
    fn an_archive_is_fetched_without_running_its_setup() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        archive(from.path());
        let options = ["--no-index", "--find-links", from.path().to_str().unwrap()];
        if let Some(python) = python() {
            let found = download(&python, "tried", "1.0", &options, to.path()).unwrap();
            assert_eq!(found.file_name().unwrap(), "tried-1.0.tar.gz");
            let absent = download(&python, "tried", "2.0", &options, to.path()).unwrap_err().to_string();
            assert!(absent.contains("No matching distribution found for tried==2.0"), "{absent}");
        }
    }

    #[test]
    fn of_what_pip_says_the_last_error_is_told() {
        let text =
            "  ERROR: of a package\nERROR: first\nERROR: No matching distribution\n[notice] a new pip\n";
        assert_eq!(said(text), "No matching distribution");
        assert_eq!(said("python3: No module named pip"), "python3: No module named pip");
    }
}
