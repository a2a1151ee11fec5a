//! A report as annotations of GitHub Actions,
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>.

use super::change::{Change, ContractChanges};
use super::report::{Report, Standing};
use crate::record::causes::Because;

/// One annotation per contract and level, at the line of its first such case: GitHub shows at most ten per level and
/// step.
pub(super) fn annotations(report: &Report) -> String {
    let mut text = String::new();
    for (level, blocks) in [("error", true), ("notice", false)] {
        for contract in &report.contracts {
            let is_meant = |change: &&Change| (change.standing == Standing::Blocks) == blocks;
            let changes: Vec<&Change> = contract.changes.iter().filter(is_meant).collect();
            text.extend(annotation(report, level, contract, &changes));
        }
    }
    for acceptance in report.idle() {
        let message = acceptance.complaint().unwrap_or_default();
        let place = properties(&acceptance.file, acceptance.line, "gate policy");
        text += &format!("::warning {place}::{}\n", data(&message));
    }
    text
}

fn annotation(
    report: &Report,
    level: &str,
    contract: &ContractChanges,
    changes: &[&Change],
) -> Option<String> {
    let first = changes.first()?;
    let lines = changes
        .iter()
        .map(|change| format!("{} ({}): {}", change.case, change.severity.as_str(), change.headline()));
    let causes = Because::new("", usize::MAX).lines(changes.iter().flat_map(|change| &change.because));
    let message = format!("{}\n{}\n{causes}", contract.title, lines.collect::<Vec<_>>().join("\n"));
    let title = format!("{} changes from {} to {}", contract.contract, report.from, report.to);
    let place = properties(&first.place.file, first.place.line, &title);
    Some(format!("::{level} {place}::{}\n", data(message.trim_end())))
}

fn properties(file: &str, line: usize, title: &str) -> String {
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    format!("file={},line={line},title={}", property(file), property(title))
}

/// Text escaped for workflow commands.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}
