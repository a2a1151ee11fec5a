//! An audit as SARIF: a rule per advisory, a result per copy that is affected.

use serde_json::{Value, json};

use super::{AuditedCopy, Finding, Report};
use crate::analysis::sarif::document;
use crate::contract::advisory::{Advisory, Effect};

/// The whole report, with line feeds.
pub fn sarif(report: &Report, advisories: &[Advisory]) -> String {
    let results: Vec<Value> = report
        .copies
        .iter()
        .flat_map(|copy| copy.findings.iter().filter_map(|finding| result(copy, finding, report, advisories)))
        .collect();
    format!("{:#}", document(advisories.iter().map(rule).collect(), results))
}

fn rule(advisory: &Advisory) -> Value {
    json!({
        "id": advisory.id,
        "shortDescription": { "text": advisory.title },
        "fullDescription": { "text": advisory.harm },
        "helpUri": advisory.links.first(),
        "properties": { "tags": [advisory.effect.as_str()], "cve": advisory.cve },
    })
}

/// Nothing for what it is not affected by. What only its source id says is a warning.
fn result(copy: &AuditedCopy, finding: &Finding, report: &Report, advisories: &[Advisory]) -> Option<Value> {
    use super::Standing::{Affected, NotRun};
    let advisory = finding.among(advisories)?;
    let level = match (finding.standing, finding.by_source_id) {
        (Affected, _) if matches!(advisory.effect, Effect::Refusal) => "warning",
        (Affected, _) => "error",
        (NotRun, Some(true)) => "warning",
        _ => return None,
    };
    let basis = match finding.standing {
        Affected => format!("shown by running it: {}", finding.reason),
        _ => format!("by its source id; not run: {}", finding.reason),
    };
    let due = finding.due_words(report.today).map(|due| format!("; {due}")).unwrap_or_default();
    let suppressions: Vec<Value> = copy
        .ignoring(finding)
        .into_iter()
        .map(|it| json!({ "kind": "external", "status": "accepted", "justification": it.reason }))
        .collect();
    let locations: Vec<Value> = copy
        .places
        .iter()
        .map(|place| json!({ "physicalLocation": { "artifactLocation": { "uri": uri(place) } } }))
        .collect();
    Some(json!({
        "ruleId": advisory.id,
        "level": level,
        "message": { "text": format!("{} ({basis}{due})", advisory.title) },
        "locations": locations,
        "partialFingerprints": { "copy/v1": format!("{} {}", copy.sha256, advisory.id) },
        "suppressions": suppressions,
        "properties": { "due": finding.due.map(|due| due.to_string()) },
    }))
}

/// A path as a relative or absolute URI reference.
fn uri(place: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~+@!,=".contains(&byte);
    let shown = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    place.bytes().map(shown).collect()
}
