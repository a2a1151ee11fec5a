//! A report as SARIF: a rule per contract, a result per change.

use serde_json::{Value, json};

use super::change::{Change, ContractChanges};
use super::report::{Report, Standing};
use super::text;
use crate::analysis::sarif::document;

/// The whole report.
pub(super) fn sarif(report: &Report) -> Value {
    let rules: Vec<Value> = report.contracts.iter().map(rule).collect();
    let results: Vec<Value> =
        report.changes().map(|(contract, change)| result(report, contract, change)).collect();
    document(rules, results)
}

/// The URI of a file. A contract that is included has no file in the project: `<sqlite-contracts>/contracts/…`.
fn uri(file: &str) -> String {
    file.replace('<', "%3C").replace('>', "%3E")
}

fn rule(contract: &ContractChanges) -> Value {
    json!({
        "id": contract.contract,
        "shortDescription": { "text": contract.title },
        "fullDescription": { "text": contract.why },
        "properties": { "tags": [contract.area()] },
    })
}

fn result(report: &Report, contract: &ContractChanges, change: &Change) -> Value {
    let message = format!(
        "{} from {} to {}: {} ({})\n{}{}{}",
        change.severity.as_str(),
        report.from,
        report.to,
        change.headline(),
        change.case,
        text::details(change),
        change.difference,
        text::because(change),
    );
    let level = match change.standing {
        Standing::Blocks => "error",
        Standing::Accepted(_) => "warning",
        Standing::Reported => "note",
    };
    let suppressions: Vec<Value> = report
        .acceptance(change.standing)
        .map(|accepted| {
            let justification = format!("{} ({}, until {})", accepted.reason, accepted.owner, accepted.until);
            json!({ "kind": "external", "status": "accepted", "justification": justification })
        })
        .into_iter()
        .collect();
    let place = report.place(&change.place);
    json!({
        "ruleId": contract.contract,
        "level": level,
        "message": { "text": message },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(&place.file) },
            "region": { "startLine": place.line },
        }}],
        // The same change keeps its identity when lines move, and is another one between other builds.
        "partialFingerprints": {
            "case/v1": format!("{}/{} {} {}", contract.contract, change.case, report.from, report.to),
        },
        "suppressions": suppressions,
        "properties": { "severity": change.severity.as_str() },
    })
}
