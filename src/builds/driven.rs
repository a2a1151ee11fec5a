//! A build of a driver's version: a library of another build, and the driver in that version. Its lineage is the driver's:
//! what differs is what the driver changed, on the same SQLite. Its manifest is
//! `sqlite-builds/drivers/<build>+<driver>-<version>.yaml`.

use serde::Deserialize;
use serde_yaml::Spanned;

use super::manifest::Placed;
use super::{Build, BuildSet, Tier, read_all};
use crate::contract::DriverVersion;
use crate::diagnostic::yaml;
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText};
use crate::project::Project;

/// Whose library a build of a driver's version has, and the version.
#[derive(Debug, Clone)]
pub(super) struct Driven {
    /// The build that is compiled.
    pub of: String,
    pub driver: DriverVersion,
    /// `go@1.14.16`
    pub kind: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDriven {
    of: Spanned<String>,
    driver: Spanned<String>,
    parent: Option<Spanned<String>>,
    note: Option<String>,
}

struct DrivenFile {
    name: String,
    text: SourceText,
    raw: RawDriven,
}

/// Reads every manifest in `sqlite-builds/drivers/`; sorted by name.
pub(super) fn load(project: &Project, builds: &[Build], mistakes: &mut Diagnostics) -> Vec<Build> {
    let folder = project.builds().join("drivers");
    let parse = |name: &str, text: &SourceText| {
        let raw = yaml::parse(text, "`of` and `driver`; copy a neighbouring manifest")?;
        Ok(DrivenFile { name: name.to_owned(), text: text.clone(), raw })
    };
    let files = read_all(project, &folder, mistakes, parse);
    let resolved = files.into_iter().map(|file| file.resolve(builds));
    resolved.filter_map(|build| build.map_err(|mistake| mistakes.push(mistake)).ok()).collect()
}

impl DrivenFile {
    fn resolve(self, builds: &[Build]) -> Result<Build, Diagnostic> {
        let Self { name, text, raw } = self;
        let about =
            |at: &Spanned<String>, message: String| Diagnostic::new(&text, yaml::span(&text, at), message);
        let of = builds.iter().find(|build| build.name() == raw.of.value).ok_or_else(|| {
            about(&raw.of, format!("there is no build `{}`", raw.of.value))
                .suggest(&raw.of.value, builds.iter().map(Build::name))
        })?;
        let driver: DriverVersion = raw.driver.value.parse().map_err(|why| about(&raw.driver, why))?;
        if driver.version.is_none() {
            let mistake = about(&raw.driver, format!("`{driver}` names no version"));
            return Err(mistake.help(format!("write one, such as `{driver}@1.14.16`")));
        }
        let expected = format!("{}+{}", of.name(), driver.slug());
        if name != expected {
            let mistake =
                about(&raw.driver, format!("this file is named `{name}.yaml` and describes `{expected}`"));
            return Err(mistake.help(format!("name it `{expected}.yaml`, or correct `of` and `driver`")));
        }
        // Its parent is the version before it; without one, the build with the version that machines have.
        let parent = raw.parent.as_ref().unwrap_or(&raw.of);
        let parent = Placed { span: yaml::span(&text, parent), word: parent.value.clone() };
        let mut build = of.clone();
        build.manifest.name = name;
        build.manifest.text = text;
        build.manifest.parent = Some(parent);
        build.manifest.note = raw.note;
        build.tier = Tier::Extended;
        let kind = driver.to_string();
        build.driven = Some(Box::new(Driven { of: of.name().to_owned(), driver, kind }));
        Ok(build)
    }
}

impl BuildSet {
    /// The build of this name, or the one that a driver's version is: `go@1.14.22`. The version that the record was made with
    /// has no build of its own; it is what the others are compared with.
    pub fn called(&self, word: &str) -> Option<&Build> {
        let of_driver = || {
            let wanted: DriverVersion = word.parse().ok()?;
            wanted.version.is_some().then(|| self.of_driver(&wanted)).flatten()
        };
        self.get(word).or_else(of_driver)
    }

    /// The build that a driver's version is. What a machine has, and the version that the record was made with, have no build
    /// of their own: theirs is the one that the others stand on, those of another driver where this one has none.
    pub fn of_driver(&self, wanted: &DriverVersion) -> Option<&Build> {
        let of_it = |build: &&Build| build.driver().is_some_and(|it| it.driver == wanted.driver);
        let exact = self.of_drivers().find(|build| build.driver() == Some(wanted));
        let is_usual = wanted.version.is_none() || wanted.driver.on_record() == wanted.version.as_deref();
        let first = self.of_drivers().find(of_it).or_else(|| {
            self.of_drivers().next().filter(|_| wanted.version.is_none() && wanted.driver.is_of_a_language())
        });
        let first = first.filter(|_| is_usual);
        exact.or_else(|| self.get(&first?.driven.as_ref()?.of))
    }

    /// The versions of a driver that have builds, and the one that the record was made with: `versions of go: go@1.14.7, …`.
    pub fn versions_of_driver(&self, name: &str) -> Option<String> {
        let of_it = |driver: &&DriverVersion| driver.driver.name() == name;
        let drivers: Vec<&DriverVersion> =
            self.of_drivers().filter_map(Build::driver).filter(of_it).collect();
        let on_record = drivers.first()?.driver.on_record();
        let numbers =
            |version: &&str| -> Vec<u32> { version.split('.').filter_map(|it| it.parse().ok()).collect() };
        let mut versions: Vec<&str> =
            drivers.iter().filter_map(|it| it.version.as_deref()).chain(on_record).collect();
        versions.sort_by_key(numbers);
        versions.dedup();
        let versions: Vec<String> = versions.into_iter().map(|version| format!("{name}@{version}")).collect();
        Some(format!("versions of {name}: {}", versions.join(", ")))
    }
}
