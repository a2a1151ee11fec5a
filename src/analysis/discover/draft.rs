//! Findings as contracts to go on from.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::report::{Report, Shown};
use super::statement::is_call;
use crate::contract::schema;
use crate::system::files::write_atomically;

/// Writes each finding that the catalogue does not know into a folder, and returns how many these are.
///
/// # Errors
/// When one cannot be written.
pub fn write_drafts(folder: &Path, report: &Report<'_>) -> Result<usize> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let new: Vec<&Shown<'_>> = report.findings.iter().filter(|shown| shown.known.is_empty()).collect();
    for shown in &new {
        write_atomically(&folder.join(format!("{}.yaml", shown.name)), draft(shown))?;
    }
    Ok(new.len())
}

/// The text of a contract with the finding as its one case. Nobody knows yet why it changes, so the causes are there as
/// comments: a drift on record needs them.
fn draft(shown: &Shown<'_>) -> String {
    let title = shown.statements.last().map_or("", String::as_str);
    let causes: String = shown
        .drifts
        .iter()
        .map(|it| {
            let (build, change) = (&it.drift.after, &it.drift.change);
            let key = match build.split_once('-') {
                Some((version, "rusqlite")) => version,
                _ => build,
            };
            format!("#   {key}: {change}, from {} to {}\n", comment(&it.drift.was), comment(&it.drift.is))
        })
        .collect();
    let opens_itself = shown.statements.first().is_some_and(|text| text.starts_with("open: "));
    let open = if opens_itself { "" } else { "      - open: \":memory:\"\n" };
    let step = |text: &String| match is_call(text) {
        true => format!("      - {text}\n"),
        false => format!("      - query: {}\n", quoted(text)),
    };
    let steps: String = shown.statements.iter().map(step).collect();
    format!(
        "{modeline}\ntitle: {}\nwhy: >-\n  What breaks for whom when this changes.\n# Found by a search. Say why it changes, and \
         put it on record:\n# changed:\n{causes}cases:\n  - name: found\n    steps:\n{open}{steps}      - close:\n",
        quoted(title),
        modeline = schema::MODELINE,
    )
}

/// A text in JSON, which is also YAML.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// The beginning of a text on one line.
fn comment(text: &str) -> String {
    text.chars().take(80).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::discover::corpus::Corpus;
    use crate::analysis::discover::electorate::Electorate;
    use crate::analysis::discover::finding::Finding;
    use crate::analysis::discover::known::Known;
    use crate::analysis::discover::state::State;
    use crate::contract::Contract;
    use crate::diagnostic::SourceText;
    use crate::record::lineage::Lineage;

    #[test]
    fn a_draft_is_a_contract() {
        let electorate = Electorate::new(vec!["3.42.0-rusqlite".to_owned()], &Lineage::default(), "");
        let mut state = State::new(1, &electorate, &Corpus::default());
        state.findings = vec![Finding::made_up("SELECT '\"a\": \\' || char(10)", "||", &["3.43.0-rusqlite"])];
        let report = Report::of(&state, &electorate, &Known::default(), |_| None);
        let text = draft(&report.findings[0]);
        assert!(text.contains("#   3.43.0: another text, from "), "{text}");
        let contract = Contract::read("drafts/found", &SourceText::new("found.yaml", text.as_str())).unwrap();
        assert_eq!(contract.cases[0].runs[0].steps.len(), 3);
    }
}
