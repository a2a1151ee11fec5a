//! An audit as OpenVEX 0.2.0, <https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>: a statement for each copy and
//! advisory. Written as plain JSON: the one crate for it has had no release since 2023.

use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{AuditedCopy, Finding, Report, Standing};
use crate::contract::advisory::Advisory;
use crate::outcome::value::hex;

/// The whole report, with line feeds.
pub fn openvex(report: &Report, advisories: &[Advisory], now: Timestamp) -> String {
    let statements: Vec<Value> = report
        .copies
        .iter()
        .flat_map(|copy| copy.findings.iter().filter_map(|finding| statement(copy, finding, advisories)))
        .collect();
    let digest = hex(&Sha256::digest(format!("{statements:?}{now}")));
    let document = json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": format!("https://openvex.dev/docs/public/vex-{digest}"),
        "author": "sqlite-contracts audit",
        "timestamp": now.to_string(),
        "version": 1,
        "statements": statements,
    });
    format!("{document:#}")
}

fn statement(copy: &AuditedCopy, finding: &Finding, advisories: &[Advisory]) -> Option<Value> {
    let advisory = finding.among(advisories)?;
    let names: Vec<&String> = advisory.cve.iter().collect();
    let (name, aliases) = match names.split_first() {
        Some((first, rest)) => (first.as_str(), [rest.to_vec(), vec![&advisory.id]].concat()),
        None => (advisory.id.as_str(), Vec::new()),
    };
    let mut statement = json!({
        "vulnerability": {
            "name": name,
            "aliases": aliases,
            "description": advisory.title,
        },
        "products": [product(copy)],
        "status": status(finding),
        "status_notes": finding.reason,
    });
    match finding.standing {
        Standing::Affected => {
            statement["action_statement"] = action(advisory, finding).into();
        }
        Standing::NotAffected | Standing::DoesNotApply => {
            statement["justification"] = "vulnerable_code_not_present".into();
        }
        Standing::NotRun => {}
    }
    Some(statement)
}

/// What was not run is under investigation, whatever its source id says.
fn status(finding: &Finding) -> &'static str {
    match finding.standing {
        Standing::Affected => "affected",
        Standing::NotRun => "under_investigation",
        Standing::DoesNotApply | Standing::NotAffected => "not_affected",
    }
}

fn action(advisory: &Advisory, finding: &Finding) -> String {
    let due = finding.due.map(|due| format!(" It is due by {due}.")).unwrap_or_default();
    let update = match advisory.ranges.iter().filter_map(|range| range.fixed.as_ref()).next_back() {
        Some(fixed) => format!("Update SQLite to {fixed} or later."),
        None => "No release mends it yet.".to_owned(),
    };
    update + &due
}

fn product(copy: &AuditedCopy) -> Value {
    let version = copy.identity.release().map(|release| format!("@{release}")).unwrap_or_default();
    json!({
        "@id": format!("pkg:generic/sqlite{version}?checksum=sha256:{}", copy.sha256),
        "hashes": { "sha-256": copy.sha256 },
        "subcomponents": copy.places.iter().map(|place| json!({ "@id": place })).collect::<Vec<_>>(),
    })
}
