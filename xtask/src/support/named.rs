//! A build that somebody names.

use sqlite_contracts::builds::{Build, BuildSet};
use sqlite_contracts::diagnostic::{Diagnostic, Diagnostics, SourceText};
use sqlite_contracts::project::command_name;

/// The build of a name that somebody gave for an option.
pub(crate) fn named<'a>(builds: &'a BuildSet, option: &str, name: &str) -> Result<&'a Build, Diagnostics> {
    builds.called(name).ok_or_else(|| {
        let text = SourceText::new(option, name);
        let mistake = Diagnostic::new(&text, 0..name.len(), format!("there is no build `{name}`"));
        let of_driver = name.split_once('@').and_then(|(driver, _)| builds.versions_of_driver(driver));
        let near = of_driver.or_else(|| builds.suggestion(name));
        let mistake = near.into_iter().fold(mistake, Diagnostic::help);
        mistake.help(format!("`{}` names every build", command_name::command("build --list"))).into()
    })
}
