//! Sweeps: the same steps again and again, each time with another allocation failing, or another call of the file system
//! (<https://sqlite.org/testing.html#out_of_memory_testing>).

mod failing;

use std::collections::BTreeSet;

use self::failing::Failing;
use super::{Files, Numbered, Outcome, Session, all_fine, files, restore, unsound};
use crate::contract::verb::{Sweep, SweptOver};
use crate::outcome::sqlite_names::{ERROR, OK, code_name};
use crate::worker::ffi::Watching;

/// Runs the sweep. The outcome is how many times something was made to fail and the codes that came; or the first run
/// that did not end as it should.
pub(super) fn run(session: &mut Session, sweep: &Sweep, lists: [Vec<Numbered<'_>>; 3]) -> Outcome {
    let _watching = (sweep.over == SweptOver::Io).then(Watching::all);
    let swept = files().and_then(|files| {
        let [setup, steps, after] = lists;
        let mut sweeping = Sweeping {
            session,
            sweep,
            setup,
            steps,
            after,
            files,
            failing: Failing::new(sweep),
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
    failing: Failing,
    failed: i64,
    codes: BTreeSet<String>,
}

impl Sweeping<'_> {
    fn all(&mut self) -> Result<(), Outcome> {
        self.without_failure()?;
        let both = [false, true];
        let modes = self.sweep.persistent.as_ref().map_or(&both[..], std::slice::from_ref);
        modes.iter().try_for_each(|persistent| self.every_one(*persistent))
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
        self.failing.remember_what_is_there(self.session.library);
        Ok(())
    }

    fn every_one(&mut self, persistent: bool) -> Result<(), Outcome> {
        let first = self.sweep.only.unwrap_or(1);
        let last = self.sweep.only.or(self.sweep.at_most).unwrap_or(u64::MAX);
        for n in first..=last {
            let all_after_it = if persistent { " and all after it" } else { "" };
            let at = format!("{} {n}{all_after_it}", self.failing.what());
            if !self.once(n, persistent, &at)? {
                break;
            }
        }
        Ok(())
    }

    /// One run with the n-th failing. Returns whether there were so many.
    fn once(&mut self, n: u64, persistent: bool, at: &str) -> Result<bool, Outcome> {
        restore(&self.files)?;
        (self.session.progress)(at.to_owned());
        let Self { setup, steps, failing, .. } = self;
        let (code, reached) = self.session.apart(|session| {
            all_fine(session, setup, || format!("{at}, before it"))?;
            failing.begin(n, persistent);
            let code = run_failing(session, steps, at, failing);
            let reached = failing.end();
            code.map(|code| (code, reached))
        })?;
        if reached {
            self.failed += 1;
            self.codes.insert(code_name(code.unwrap_or(OK)));
        }
        self.after(at)?;
        match self.failing.left_over(self.session.library) {
            Some(left) => Err(leaked(at, left)),
            None => Ok(reached),
        }
    }

    /// The steps that must work when nothing fails any more.
    fn after(&mut self, at: &str) -> Result<(), Outcome> {
        let after = &self.after;
        self.session.apart(|session| all_fine(session, after, || format!("{at}, afterwards")))
    }
}

/// Runs the steps while something fails. Returns the code of the first that failed for that reason, if one did. From
/// there on the others may also find no handle, succeed otherwise than expected, or fail with ERROR: what they build on
/// may not be there.
fn run_failing(
    session: &mut Session,
    steps: &[Numbered<'_>],
    at: &str,
    failing: &Failing,
) -> Result<Option<i32>, Outcome> {
    let mut first = None;
    for numbered in steps {
        let outcome = session.step(numbered);
        match outcome.error_code() {
            Some(code) if failing.explains(code) => first = first.or(Some(code)),
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

/// That something is left of a run.
fn leaked(at: &str, left: String) -> Outcome {
    Outcome::Unsound {
        at: at.to_owned(),
        step: "every handle closed".to_owned(),
        expected: Some("nothing left".to_owned()),
        actual: left,
    }
}
