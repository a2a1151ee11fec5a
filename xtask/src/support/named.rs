//! A build that somebody names.

use semver::Version;
use sqlite_contracts::builds::{Build, BuildSet};
use sqlite_contracts::diagnostic::{Diagnostic, Diagnostics, SourceText};
use sqlite_contracts::project::{catalogue, command_name};

/// The build of a name that somebody gave for an option.
pub(crate) fn named<'a>(builds: &'a BuildSet, option: &str, name: &str) -> Result<&'a Build, Diagnostics> {
    builds.called(name).ok_or_else(|| {
        let text = SourceText::new(option, name);
        if catalogue::has_build(name) {
            return only_of_library(&text, name).into();
        }
        let mistake = Diagnostic::new(&text, 0..name.len(), format!("there is no build `{name}`"));
        let of_driver = name.split_once('@').and_then(|(driver, _)| builds.versions_of_driver(driver));
        let near = of_driver.or_else(|| builds.suggestion(name));
        let mistake = near.into_iter().fold(mistake, Diagnostic::help);
        mistake.help(format!("`{}` names every build", command_name::command("build --list"))).into()
    })
}

/// The mistake of a project that names a build of the library as one of its own.
fn only_of_library(text: &SourceText, name: &str) -> Diagnostic {
    let mistake = format!("this project has no build `{name}`; the library has it");
    let mistake = Diagnostic::new(text, 0..name.len(), mistake);
    let new_build = name.split_once('-').filter(|(version, _)| Version::parse(version).is_ok());
    let mistake =
        mistake.help("with `--catalogue`, `gate`, `plan` and `why` compare builds of the library too");
    match new_build {
        Some((version, profile)) => mistake.help(format!(
            "`{}` makes it one of the project",
            command_name::command(&format!("new-build {version} --profile {profile}"))
        )),
        None => mistake,
    }
}

#[cfg(test)]
mod tests {
    use sqlite_contracts::project::Project;

    use super::*;

    #[test]
    fn a_build_of_the_library_that_a_project_lacks_leads_to_the_ways_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::at(folder.path());
        let mistake = |project: &Project, name| {
            named(&BuildSet::load(project).unwrap(), "--from", name).unwrap_err().to_string()
        };
        let system = mistake(&project, "system");
        assert!(system.contains("this project has no build `system`; the library has it"), "{system}");
        assert!(system.contains("`--catalogue`") && !system.contains("new-build"), "{system}");
        let debian = mistake(&project, "3.46.1-debian");
        assert!(debian.contains("new-build 3.46.1 --profile debian"), "{debian}");
        let unknown = mistake(&project.with_builds_of_catalogue(), "3.46.1-debain");
        assert!(unknown.contains("did you mean `3.46.1-debian`?"), "{unknown}");
    }
}
