//! `contracts/include.yaml`: contracts of the [catalogue] that a project keeps besides its own.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::requires::OneOrMany;
use crate::diagnostic::yaml;
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText};
use crate::project::Project;
use crate::project::catalogue;

/// The stem of the file.
pub const INCLUDE: &str = "include";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Include {
    /// Areas and contracts.
    include: OneOrMany,
}

/// The ids of the contracts that a project includes; none without the file.
///
/// # Errors
/// Every mistake in the file, and a contract that is the project's too.
pub fn included(project: &Project) -> Result<BTreeSet<&'static str>, Diagnostics> {
    let file = project.contracts().join(INCLUDE).with_extension("yaml");
    if file.symlink_metadata().is_err() {
        return Ok(BTreeSet::new());
    }
    let text = SourceText::read(&file, &project.shown(&file))?;
    let ids = named(&text)?;
    let twice = ids.iter().filter(|id| project.contracts().join(id).with_extension("yaml").is_file());
    let mut mistakes = Diagnostics::new();
    for id in twice {
        let message = format!("`{id}` is included, and stands in contracts/ as well");
        let help = "rename yours, or include the other contracts of the area one by one";
        mistakes.push(Diagnostic::new(&text, 0..0, message).help(help));
    }
    mistakes.into_result(ids)
}

/// The contracts that the text names.
fn named(text: &SourceText) -> Result<BTreeSet<&'static str>, Diagnostics> {
    let Include { include } = yaml::parse(text, "`include: statement-lifetime`, an area")?;
    let mut ids = BTreeSet::new();
    let mut mistakes = Diagnostics::new();
    for name in include.iter() {
        let mut meant = catalogue::contracts().filter(|id| is_of(id, name)).peekable();
        if meant.peek().is_none() {
            mistakes.push(unknown(text, name));
        }
        ids.extend(meant);
    }
    if include.is_empty() {
        let mistake = Diagnostic::new(text, 0..0, "this file includes nothing");
        mistakes.push(mistake.help("delete it, or name an area: `include: statement-lifetime`"));
    }
    mistakes.into_result(ids)
}

/// Checks names that are to be included, and were given as an option of a command.
///
/// # Errors
/// Every name of no area and no contract, as a mistake of that option.
pub fn check(option: &str, names: &[String]) -> Result<(), Diagnostics> {
    let mut mistakes = Diagnostics::new();
    for name in names.iter().filter(|name| !catalogue::contracts().any(|id| is_of(id, name))) {
        mistakes.push(unknown(&SourceText::new(option, name.as_str()), name));
    }
    mistakes.into_result(())
}

/// Whether a name means a contract: it is its id, or its area, which shells complete as `precision/`.
fn is_of(id: &str, name: &str) -> bool {
    let name = name.strip_suffix('/').unwrap_or(name);
    id == name || id.split_once('/').is_some_and(|(area, _)| area == name)
}

fn unknown(text: &SourceText, name: &str) -> Diagnostic {
    let at = text.find_word(0..text.text().len(), name);
    let message = format!("sqlite-contracts has no area and no contract `{name}`");
    let areas = catalogue::areas();
    let contracts = catalogue::contracts().filter(|_| name.contains('/'));
    Diagnostic::new(text, at, message).suggest(name, areas.into_iter().chain(contracts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn included_by(text: &str) -> Result<BTreeSet<&'static str>, String> {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::at(folder.path());
        std::fs::create_dir_all(project.contracts().join("precision")).unwrap();
        std::fs::write(project.contracts().join("precision/sums.yaml"), "").unwrap();
        std::fs::write(project.contracts().join("include.yaml"), text).unwrap();
        included(&project).map_err(|mistakes| mistakes.render(false))
    }

    #[test]
    fn areas_and_contracts_are_included() {
        let ids = included_by("include: [statement-lifetime, precision/money-round]").unwrap();
        assert!(ids.contains("precision/money-round"));
        assert!(ids.contains("statement-lifetime/churn"));
        assert!(!ids.contains("precision/dates"));
        assert!(included_by("include: memory-caps").unwrap().contains("memory-caps/lookaside"));
    }

    #[test]
    fn a_name_from_the_command_line_is_shown_as_it_was_given() {
        let names = ["precision", "precision/", "precision/money-round", "nonsense"].map(str::to_owned);
        assert!(check("--include", &names[..3]).is_ok());
        let message = check("--include", &names).unwrap_err().render(false);
        assert!(message.contains("no area and no contract `nonsense`"), "{message}");
        assert!(message.contains("--include:1:1") && !message.contains("include.yaml"), "{message}");
    }

    #[test]
    fn what_cannot_be_included_is_shown_where_it_stands() {
        let message = included_by("include:\n  - statement-lifetme\n").unwrap_err();
        assert!(message.contains("contracts/include.yaml:2:5"), "{message}");
        assert!(message.contains("did you mean `statement-lifetime`?"), "{message}");
        let message = included_by("include: [precision]").unwrap_err();
        assert!(
            message.contains("`precision/sums` is included, and stands in contracts/ as well"),
            "{message}"
        );
        let message = included_by("includes: [precision]").unwrap_err();
        assert!(message.contains("include.yaml:1"), "{message}");
    }
}
