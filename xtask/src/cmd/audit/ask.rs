//! Running a copy.

use std::path::Path;

use anyhow::Result;
use sqlite_contracts::analysis::audit::{Asked, AuditedCopy, Questions};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::copies::Copy;
use sqlite_contracts::copies::loadable;
use sqlite_contracts::engine::Engine;

/// All that is known of a copy. What is loaded in its place is written to `room`.
///
/// # Errors
/// When nothing can be written there.
pub(super) fn ask(questions: &Questions, engine: &Engine, copy: &Copy, room: &Path) -> Result<AuditedCopy> {
    let library = loadable::prepare(copy, room)?.map_err(|reason| reason.to_string());
    let run = library.map(|library| move |contract: &Contract| asked(engine, contract, &library));
    Ok(questions.ask(copy, run))
}

fn asked(engine: &Engine, contract: &Contract, library: &Path) -> Result<Asked> {
    let mut asked = Asked::default();
    let report = engine.observe_library(contract, library, &mut |case, _, outcome| asked.keep(case, outcome))?;
    Ok(asked.with_report(report))
}
