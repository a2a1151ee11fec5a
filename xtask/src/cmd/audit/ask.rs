//! Running a copy.

use std::path::Path;

use anyhow::Result;
use sqlite_contracts::analysis::audit::{Asked, AuditedCopy, Questions};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::copies::Copy;
use sqlite_contracts::copies::loadable;
use sqlite_contracts::engine::Engine;

/// All that is known of each SQLite in a file. What is loaded in its place is written to `room`.
///
/// # Errors
/// When nothing can be written there.
pub(super) fn ask(
    questions: &Questions,
    engine: &Engine,
    copy: &Copy,
    room: &Path,
) -> Result<Vec<AuditedCopy>> {
    let loadable = loadable::prepare(copy, room)?.map_err(|reason| reason.to_string());
    let without = loadable.as_ref().map(|it| it.without.clone()).unwrap_or_default();
    let run = loadable.map(|it| move |contract: &Contract| asked(engine, contract, &it.library));
    let copies = questions.ask(copy, run).into_iter();
    Ok(copies.map(|audited| AuditedCopy { without: without.clone(), ..audited }).collect())
}

/// What a library does with a contract.
pub(crate) fn asked(engine: &Engine, contract: &Contract, library: &Path) -> Result<Asked> {
    let mut asked = Asked::default();
    let report =
        engine.observe_library(contract, library, &mut |case, _, outcome| asked.keep(case, outcome))?;
    Ok(asked.with_report(report))
}
