//! The least damage of a file under which a case still crashes.

use anyhow::Result;

use super::attribution::ddmin;
use crate::contract::verb::{Block, Damage, Verb};
use crate::contract::{Case, Contract};
use crate::record::report::{CaseReport, CellReport, Verdict};

/// A variant that changes more bytes than this is not reduced.
const MOST: u64 = 1 << 13;

/// Where a case crashed on a variant of `damage`: the reason of its crash under the fewest bytes of that damage, none of
/// which can be left out. `attempt` runs a contract on the build. Nothing where the crash does not come again.
///
/// # Errors
/// Those of `attempt`.
pub fn reduce(
    contract: &Contract,
    report: &CaseReport,
    mut attempt: impl FnMut(&Contract) -> Result<CellReport>,
) -> Result<Option<String>> {
    let Some(number) = variant(report) else { return Ok(None) };
    let Some(case) = contract.cases.iter().find(|case| case.name == report.case) else { return Ok(None) };
    let mut reason = None;
    let mut crashes = |kept: &[u64]| -> Result<bool> {
        let contract = Contract { cases: vec![with(case, number, kept)], ..contract.clone() };
        let crash = attempt(&contract)?.cases.into_iter().find(|it| it.verdict == Verdict::Crashed);
        let is_crash = crash.is_some();
        reason = crash.and_then(|it| it.reason).or(reason.take());
        Ok(is_crash)
    };
    // How many bytes it changes is not known here: a number that is none changes nothing.
    let mut bytes = 1;
    while !crashes(&(0..bytes).collect::<Vec<_>>())? {
        bytes *= 2;
        if bytes > MOST {
            return Ok(None);
        }
    }
    let least = ddmin(&(0..bytes).collect::<Vec<_>>(), |sets| {
        for (at, kept) in sets.iter().enumerate() {
            if crashes(kept)? {
                return Ok(Some(at));
            }
        }
        Ok(None)
    })?;
    crashes(&least)?;
    Ok(reason)
}

fn variant(report: &CaseReport) -> Option<u64> {
    let reason = report.reason.as_ref().filter(|_| report.verdict == Verdict::Crashed)?;
    Damage::variant_in(reason)
}

/// The case with this part of one variant alone. What is expected of all variants together does not hold of it.
fn with(case: &Case, number: u64, kept: &[u64]) -> Case {
    let mut case = case.clone();
    for placed in case.runs.iter_mut().flat_map(|run| &mut run.steps) {
        if let Verb::Block(Block::Damage(damage)) = &mut placed.step.verb {
            (damage.only, damage.kept) = (Some(number), Some(kept.to_vec()));
            placed.step.expect = None;
        }
    }
    case
}
