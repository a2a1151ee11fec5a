//! All that a copy is asked, and what its answers come to.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::once;

use anyhow::{Result, anyhow, bail};
use semver::Version;

use super::release::{Fingerprints, Nearest};
use super::{Asked, AuditedCopy, Finding, Identity, Standing, by_release, finding, flag, proofs};
use crate::builds::chronology::Release;
use crate::contract::Contract;
use crate::contract::advisory::{Advisory, Sign};
use crate::contract::flag::Flag;
use crate::copies::Copy;
use crate::diagnostic::SourceText;
use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// A copy that crashes more often was not made to be run like this, and no crash of it shows anything.
const MOST_CRASHES: usize = 5;

/// All that a copy is asked.
pub struct Questions {
    advisories: Vec<Advisory>,
    flags: Vec<Flag>,
    of_itself: Contract,
    of_release: Contract,
    of_flags: Contract,
    proofs: Contract,
}

impl Questions {
    /// The questions that these advisories need, and those of release and flags.
    ///
    /// # Errors
    /// Mistakes in what comes with the library.
    pub fn new(advisories: Vec<Advisory>) -> Result<Self> {
        let flags = Flag::all()?;
        let version = SourceText::new("audit", "SELECT sqlite_version(), sqlite_source_id()");
        Ok(Self {
            of_itself: Contract::of_sql(&version)?,
            of_release: Fingerprints::known().contract()?,
            of_flags: flag::questions(&flags),
            proofs: proofs(&advisories),
            flags,
            advisories,
        })
    }

    /// All that is known of each SQLite in a file. `run` runs a contract on the one that its functions belong to; an error
    /// of it, or the reason in its place, is why it cannot be run. Another one in the same file cannot be called.
    pub fn ask(
        &self,
        copy: &Copy,
        run: Result<impl FnMut(&Contract) -> Result<Asked>, String>,
    ) -> Vec<AuditedCopy> {
        let mut check_ins = check_ins(copy);
        match run.and_then(|run| self.run(copy, &mut check_ins, run).map_err(|error| format!("{error:#}"))) {
            Ok(ran) => {
                let reason = "another SQLite in the same file is the one that can be called";
                let hidden = check_ins.into_iter().map(|ids| self.not_run(copy, ids, reason));
                once(ran).chain(hidden).collect()
            }
            Err(reason) => check_ins.into_iter().map(|ids| self.not_run(copy, ids, &reason)).collect(),
        }
    }

    /// Runs it, and takes its own source ids out of those in its file.
    fn run(
        &self,
        copy: &Copy,
        check_ins: &mut Vec<Vec<String>>,
        mut run: impl FnMut(&Contract) -> Result<Asked>,
    ) -> Result<AuditedCopy> {
        let itself = run(&self.of_itself)?;
        let said = itself.last().map_err(|reason| anyhow!("it does not say what it is: {reason}"))?;
        let Outcome::Rows(rows) = said else { bail!("it does not say what it is: {said}") };
        let said = |at: usize| rows.first().and_then(|row| text(row.get(at)?));
        let its_day = said(1).and_then(day);
        let at = check_ins.iter().position(|ids| ids.iter().any(|id| day(id) == its_day));
        // Where its own is none of them, as where they were erased, all the same one answers.
        let source_ids = check_ins.remove(at.unwrap_or_default());
        let release =
            said(0).and_then(|version| Version::parse(version).ok()).or_else(|| release(&source_ids));
        let flags = flag::shown(&self.flags, &run(&self.of_flags)?, &copy.code);
        let proofs = run(&self.proofs)?;
        let crashes = self.crashes(&proofs);
        if crashes > MOST_CRASHES {
            bail!("{crashes} proofs crash in which no defect shows by a crash");
        }
        let found = |advisory| finding(advisory, &proofs, release.as_ref());
        let findings: Vec<Finding> = self.advisories.iter().map(found).collect();
        let nearest = Fingerprints::known().nearest(&run(&self.of_release)?);
        let nearest = self.narrowed(nearest, &findings);
        let agrees = release.as_ref().and_then(|release| Fingerprints::known().may_be(release, &nearest));
        let (answers_like, differences) = (nearest.releases, nearest.differences);
        let identity = Identity { release, source_ids, answers_like, agrees, differences, flags };
        Ok(audited(copy, identity, findings, None))
    }

    /// What the source id says alone.
    fn not_run(&self, copy: &Copy, source_ids: Vec<String>, reason: &str) -> AuditedCopy {
        let release = release(&source_ids);
        let finding = |advisory: &Advisory| Finding {
            advisory: advisory.id.clone(),
            standing: Standing::NotRun,
            reason: reason.to_owned(),
            by_source_id: by_release(advisory, release.as_ref()),
            failure: None,
            due: None,
        };
        let findings = self.advisories.iter().map(finding).collect();
        let identity = Identity { release, source_ids, ..Identity::default() };
        audited(copy, identity, findings, Some(reason.to_owned()))
    }

    /// In how many proofs it crashes although no crash is to be expected there.
    fn crashes(&self, proofs: &Asked) -> usize {
        let crashes = |advisory: &&Advisory| advisory.shows != Sign::Crash && proofs.crashed(&advisory.id);
        self.advisories.iter().filter(crashes).count()
    }

    /// Of the releases that answer alike, those that have the defects which the copy has, but for the fewest.
    fn narrowed(&self, nearest: Nearest, findings: &[Finding]) -> Nearest {
        let differs = |release: &Version| {
            let pairs = self.advisories.iter().zip(findings);
            let count = pairs.filter(|(advisory, finding)| match finding.standing {
                Standing::Affected => !advisory.is_in(release),
                Standing::NotAffected => advisory.is_in(release),
                Standing::NotRun | Standing::DoesNotApply => false,
            });
            count.count()
        };
        let least = nearest.releases.iter().map(differs).min();
        let releases =
            nearest.releases.iter().filter(|release| Some(differs(release)) == least).cloned().collect();
        Nearest { releases, ..nearest }
    }
}

fn audited(copy: &Copy, identity: Identity, findings: Vec<Finding>, not_run: Option<String>) -> AuditedCopy {
    AuditedCopy {
        places: copy.places.clone(),
        sha256: copy.sha256.clone(),
        identity,
        not_run,
        without: BTreeSet::new(),
        findings,
        ignored: Vec::new(),
        shipped: None,
    }
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => std::str::from_utf8(text).ok(),
        _ => None,
    }
}

/// The day of a source id.
fn day(source_id: &str) -> Option<&str> {
    source_id.get(..10)
}

/// The source ids in a file, those of one check-in together; at least one list.
fn check_ins(copy: &Copy) -> Vec<Vec<String>> {
    let mut by_day: BTreeMap<Option<&str>, Vec<String>> = BTreeMap::new();
    for id in &copy.code.source_ids {
        by_day.entry(day(id)).or_default().push(id.clone());
    }
    if by_day.is_empty() { vec![Vec::new()] } else { by_day.into_values().collect() }
}

/// The release of a check-in.
fn release(source_ids: &[String]) -> Option<Version> {
    Version::parse(Release::of_day(day(source_ids.first()?)?)?.version).ok()
}
