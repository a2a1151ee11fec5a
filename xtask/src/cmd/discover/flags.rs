//! Which flags make builds of one version differ, as `why` finds it.

use anyhow::Result;
use sqlite_contracts::analysis::discover::{DatedDrift, Report, contract_of};
use sqlite_contracts::builds::Build;
use sqlite_contracts::engine::Engine;

use crate::cmd::why;

/// Adds the flags to the changes of the first findings; of each finding to the first such change, since those after it
/// are mostly of the same flag.
pub(super) fn attribute(engine: &Engine, report: &mut Report<'_>, findings: usize) -> Result<()> {
    for finding in report.findings.iter_mut().take(findings) {
        let contract = contract_of(finding.statements);
        if let Some(it) = finding.drifts.iter_mut().find(|it| is_of_one_version(engine, it)) {
            let (_, flags) = why::attributed(engine, &contract, &it.drift.before, &it.drift.after)?;
            it.flags = flags;
        }
    }
    Ok(())
}

/// Whether the two builds have the same code and other flags.
fn is_of_one_version(engine: &Engine, it: &DatedDrift<'_>) -> bool {
    let build = |name: &str| engine.builds().get(name);
    let builds = build(&it.drift.before).zip(build(&it.drift.after));
    let differs = |before: &Build, after: &Build| {
        before.source() == after.source() && before.profile() != after.profile()
    };
    builds.is_some_and(|(before, after)| differs(before, after))
}
