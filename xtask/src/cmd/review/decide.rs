//! What is decided about changes, by globs or one by one in a terminal, and carried out.

use std::collections::BTreeSet;

use anyhow::{Error, Result};
use console::{Key, Term};
use sqlite_contracts::record::snapshots::{Drift, SnapshotName, store};

use super::waiting::{Review, whole};
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

/// The words of which nothing was decided.
#[derive(Default)]
pub(super) struct Undecided {
    /// Those that name something, of which nothing waits.
    pub(super) settled: Vec<String>,
    /// What is wrong with those that name nothing.
    pub(super) mistakes: Vec<Error>,
}

impl Review {
    /// Decides about all that match, and returns the words that match none: a long list of globs is not typed again for one
    /// of them.
    pub(super) fn decide_by_globs(&self, accept: &[String], reject: &[String]) -> Result<Undecided> {
        let waiting = self.pending()?;
        let names: Vec<String> = waiting.iter().map(|(name, _)| name.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut undecided = Undecided::default();
        let mut select = |words: &[String]| -> Result<Vec<&str>> {
            let mut selected = Vec::new();
            for word in words {
                let (meant, _) = select_some("pending snapshot", &[whole(word, &names)], &names)?;
                if meant.is_empty() {
                    match self.check(std::slice::from_ref(word)) {
                        Ok(()) => undecided.settled.push(word.clone()),
                        Err(mistake) => undecided.mistakes.push(mistake),
                    }
                }
                selected.extend(meant);
            }
            Ok(selected)
        };
        let (accepted, rejected) = (select(accept)?, select(reject)?);
        for (name, drift) in &waiting {
            let shown = name.to_string();
            if rejected.contains(&shown.as_str()) {
                self.carry_out(Decision::Reject, name, drift)?;
            } else if accepted.contains(&shown.as_str()) && self.is_of_a_build(name) {
                self.carry_out(Decision::Accept, name, drift)?;
            }
        }
        Ok(undecided)
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
