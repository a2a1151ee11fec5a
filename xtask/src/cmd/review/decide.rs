//! What is decided about changes, by globs or one by one in a terminal, and carried out.

use std::collections::BTreeSet;

use anyhow::Result;
use console::{Key, Term};
use sqlite_contracts::record::snapshots::{Drift, SnapshotName, store};

use super::waiting::{Review, whole};
use crate::support::exit::Usage;
use crate::support::selection::select_some;
use crate::ui::output::print;

/// What the user decides about a change.
#[derive(Debug, Clone, Copy)]
enum Decision {
    Accept,
    Reject,
    Skip,
    Quit,
}

impl Review {
    /// Decides about all that match, and returns a message for each glob that matches none: a long list of globs is
    /// not typed again for one of them.
    pub(super) fn decide_by_globs(&self, accept: &[String], reject: &[String]) -> Result<Vec<Usage>> {
        let waiting = self.pending()?;
        let names: Vec<String> = waiting.iter().map(|(name, _)| name.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let [accept, reject] =
            [accept, reject].map(|globs| globs.iter().map(|it| whole(it, &names)).collect());
        let select = |globs: Vec<String>| select_some("pending snapshot", &globs, &names);
        let (accepted, mut unmatched) = select(accept)?;
        let (rejected, none_rejected) = select(reject)?;
        unmatched.extend(none_rejected);
        for (name, drift) in &waiting {
            let shown = name.to_string();
            if rejected.contains(&shown.as_str()) {
                self.carry_out(Decision::Reject, name, drift)?;
            } else if accepted.contains(&shown.as_str()) && self.is_of_a_build(name) {
                self.carry_out(Decision::Accept, name, drift)?;
            }
        }
        Ok(unmatched)
    }

    pub(super) fn decide_one_by_one(&self, term: &Term) -> Result<()> {
        let mut skipped = BTreeSet::new();
        loop {
            let waiting = self.waiting()?;
            let left: Vec<_> = waiting.into_iter().filter(|(name, _)| !skipped.contains(name)).collect();
            let Some((name, drift)) = left.first() else { return Ok(()) };
            self.show(&left[..1]);
            print(&format!("{} left   a accept   r reject   s skip   q quit", left.len()));
            match ask(term)? {
                Decision::Quit => return Ok(()),
                Decision::Skip => {
                    skipped.insert(name.clone());
                }
                decision => self.carry_out(decision, name, drift)?,
            }
        }
    }

    fn carry_out(&self, decision: Decision, name: &SnapshotName, drift: &Drift) -> Result<()> {
        let folder = self.project.snapshots();
        match decision {
            Decision::Accept => {
                store::accept(&folder, name, drift)?;
                print(&format!("accepted {name}"));
            }
            Decision::Reject => {
                store::reject(&folder, name)?;
                print(&format!("rejected {name}"));
            }
            Decision::Skip | Decision::Quit => {}
        }
        Ok(())
    }
}

fn ask(term: &Term) -> Result<Decision> {
    loop {
        return Ok(match term.read_key()? {
            Key::Char('a') => Decision::Accept,
            Key::Char('r') => Decision::Reject,
            Key::Char('s') => Decision::Skip,
            Key::Char('q') | Key::Escape | Key::CtrlC => Decision::Quit,
            _ => continue,
        });
    }
}
