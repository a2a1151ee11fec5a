//! A build of a driver's version: a library of another build, and the driver in that version. Its lineage is the driver's:
//! what differs is what the driver changed, on the same SQLite. Its manifest is
//! `sqlite-builds/drivers/<build>+<driver>-<version>.yaml`.

use serde::Deserialize;
use serde_yaml::Spanned;

use super::manifest::Placed;
use super::{Build, Tier, read_all};
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
