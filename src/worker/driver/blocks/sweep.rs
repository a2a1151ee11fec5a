//! Out-of-memory sweeps: the same steps again and again, each time with another allocation failing
//! (<https://sqlite.org/testing.html#out_of_memory_testing>).

use std::collections::BTreeSet;

use super::{Files, Numbered, Outcome, Session, all_fine, files, restore, unsound};
use crate::contract::verb::Sweep;
use crate::outcome::show_holders;
use crate::outcome::sqlite_names::{AllocationCounter, ERROR, IOERR_NOMEM, NOMEM, OK, code_name};
use crate::worker::ffi::allocator;

/// Runs the sweep. The outcome is how many allocations were made to fail and the codes that came; or the first run
/// that did not end as it should.
pub(super) fn run(session: &mut Session, sweep: &Sweep, lists: [Vec<Numbered<'_>>; 3]) -> Outcome {
    let swept = files().and_then(|files| {
        let [setup, steps, after] = lists;
        let mut sweeping = Sweeping {
            session,
            sweep,
            setup,
            steps,
            after,
            files,
            live_before: 0,
            failed: 0,
            codes: BTreeSet::new(),
        };
        sweeping.all()?;
        restore(&sweeping.files)?;
        Ok(Outcome::Swept { failed: sweeping.failed, codes: sweeping.codes.into_iter().collect() })
    });
    swept.unwrap_or_else(|stopped| stopped)
}

struct Sweeping<'a> {
    session: &'a mut Session,
    sweep: &'a Sweep,
    setup: Vec<Numbered<'a>>,
    steps: Vec<Numbered<'a>>,
    after: Vec<Numbered<'a>>,
    files: Files,
    /// Blocks that live for as long as the process does: what the first run left.
    live_before: u64,
    failed: i64,
    codes: BTreeSet<String>,
}

impl Sweeping<'_> {
    fn all(&mut self) -> Result<(), Outcome> {
        self.without_failure()?;
        let both = [false, true];
        let modes = self.sweep.persistent.as_ref().map_or(&both[..], std::slice::from_ref);
        modes.iter().try_for_each(|persistent| self.every_allocation(*persistent))
    }

    /// The first run: what the library allocates once for the process is allocated, and the steps are known to
    /// work.
    fn without_failure(&mut self) -> Result<(), Outcome> {
        let at = "the run without a failure";
        restore(&self.files)?;
        (self.session.progress)(at.to_owned());
        let Self { setup, steps, .. } = self;
        self.session.apart(|session| {
            all_fine(session, setup, at)?;
            all_fine(session, steps, at)
        })?;
        self.after(at)?;
        self.live_before = allocator::count(AllocationCounter::LiveBlocks);
        Ok(())
    }

    fn every_allocation(&mut self, persistent: bool) -> Result<(), Outcome> {
        let last = self.sweep.at_most.unwrap_or(u64::MAX);
        for n in 1..=last {
            let all_after_it = if persistent { " and all after it" } else { "" };
            let at = format!("allocation {n}{all_after_it}");
            if !self.once(n, persistent, &at)? {
                break;
            }
        }
        Ok(())
    }

    /// One run with the n-th allocation failing. Returns whether there were so many.
    fn once(&mut self, n: u64, persistent: bool, at: &str) -> Result<bool, Outcome> {
        restore(&self.files)?;
        (self.session.progress)(at.to_owned());
        let mark = allocator::mark();
        let failed_before = allocator::count(AllocationCounter::Failed);
        let Self { setup, steps, .. } = self;
        let code = self.session.apart(|session| {
            all_fine(session, setup, &format!("{at}, before it"))?;
            allocator::fail(n, persistent);
            let code = failing(session, steps, at);
            allocator::fail(0, false);
            code
        })?;
        let reached = allocator::count(AllocationCounter::Failed) > failed_before;
        if reached {
            self.failed += 1;
            self.codes.insert(code_name(code.unwrap_or(OK)));
        }
        self.after(at)?;
        if allocator::count(AllocationCounter::LiveBlocks) > self.live_before {
            return Err(leaked(at, mark));
        }
        Ok(reached)
    }

    /// The steps that must work when memory is there again.
    fn after(&mut self, at: &str) -> Result<(), Outcome> {
        let after = &self.after;
        self.session.apart(|session| all_fine(session, after, &format!("{at}, afterwards")))
    }
}

/// Runs the steps while allocations fail. Returns the code of the first that failed for lack of memory, if one did.
/// From there on the others may also find no handle, succeed otherwise than expected, or fail with ERROR: what they
/// build on may not be there.
fn failing(session: &mut Session, steps: &[Numbered<'_>], at: &str) -> Result<Option<i32>, Outcome> {
    let mut first = None;
    for numbered in steps {
        let outcome = session.step(numbered);
        match outcome.error_code() {
            Some(code @ (NOMEM | IOERR_NOMEM)) => first = first.or(Some(code)),
            _ if numbered.step.is_kept_by(&outcome) => {}
            _ if first.is_some() && follows(&outcome) => {}
            _ => return Err(unsound(at, numbered, &outcome)),
        }
    }
    Ok(first)
}

/// Whether an outcome may be the consequence of an earlier step that failed.
fn follows(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::NoHandle(_)) || outcome.succeeded() || outcome.error_code() == Some(ERROR)
}

/// That blocks are left which were allocated since the mark.
fn leaked(at: &str, mark: u64) -> Outcome {
    Outcome::Unsound {
        at: at.to_owned(),
        step: "every handle closed".to_owned(),
        expected: Some("nothing left".to_owned()),
        actual: show_holders(&allocator::outstanding(mark)),
    }
}
