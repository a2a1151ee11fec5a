//! All that a copy is asked, and what its answers come to.

use std::collections::BTreeSet;

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
        let version = SourceText::new("audit", "SELECT sqlite_version()");
        Ok(Self {
            of_itself: Contract::of_sql(&version)?,
            of_release: Fingerprints::known().contract()?,
            of_flags: flag::questions(&flags),
            proofs: proofs(&advisories),
            flags,
            advisories,
        })
    }

    /// All that is known of a copy. `run` runs a contract on it; an error of it, or the reason in its place, is why the
    /// copy cannot be run.
    pub fn ask(
        &self,
        copy: &Copy,
        run: Result<impl FnMut(&Contract) -> Result<Asked>, String>,
    ) -> AuditedCopy {
        let ran = run.and_then(|run| self.run(copy, run).map_err(|error| format!("{error:#}")));
        let (identity, findings, not_run) = match ran {
            Ok((identity, findings)) => (identity, findings, None),
            Err(reason) => {
                let identity = claimed(copy);
                let findings = self.by_source_id(identity.release.as_ref(), &reason);
                (identity, findings, Some(reason))
            }
        };
        let (places, sha256) = (copy.places.clone(), copy.sha256.clone());
        AuditedCopy { places, sha256, identity, not_run, findings, ignored: Vec::new(), shipped: None }
    }

    fn run(
        &self,
        copy: &Copy,
        mut run: impl FnMut(&Contract) -> Result<Asked>,
    ) -> Result<(Identity, Vec<Finding>)> {
        let itself = run(&self.of_itself)?;
        let said = itself
            .last()
            .map_err(|reason| anyhow!("it does not answer SELECT sqlite_version(): {reason}"))?;
        if !matches!(said, Outcome::Rows(_)) {
            bail!("it does not answer SELECT sqlite_version(): {said}");
        }
        let release = version(said).or_else(|| claimed(copy).release);
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
        Ok((identity(copy, release, nearest, flags), findings))
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

    /// What the source id says alone.
    fn by_source_id(&self, release: Option<&Version>, reason: &str) -> Vec<Finding> {
        let finding = |advisory: &Advisory| Finding {
            advisory: advisory.id.clone(),
            standing: Standing::NotRun,
            reason: reason.to_owned(),
            by_source_id: by_release(advisory, release),
            failure: None,
            due: None,
        };
        self.advisories.iter().map(finding).collect()
    }
}

/// What `sqlite_version()` returns.
fn version(outcome: &Outcome) -> Option<Version> {
    match outcome {
        Outcome::Rows(rows) => match rows.first()?.first()? {
            Value::Text(text) => Version::parse(std::str::from_utf8(text).ok()?).ok(),
            _ => None,
        },
        _ => None,
    }
}

/// What the file says of itself.
fn claimed(copy: &Copy) -> Identity {
    let source_ids = copy.code.source_ids.clone();
    // The same one may stand there twice, with the last digits changed.
    let days: BTreeSet<&str> = source_ids.iter().filter_map(|id| id.get(..10)).collect();
    let release = match days.into_iter().collect::<Vec<_>>().as_slice() {
        [day] => Release::of_day(day).and_then(|release| Version::parse(release.version).ok()),
        _ => None,
    };
    Identity { release, source_ids, ..Identity::default() }
}

fn identity(copy: &Copy, release: Option<Version>, nearest: Nearest, flags: Vec<String>) -> Identity {
    let agrees = release.as_ref().filter(|_| nearest.asked > 0);
    Identity {
        agrees: agrees.map(|release| Fingerprints::known().may_be(release, &nearest)),
        release,
        source_ids: copy.code.source_ids.clone(),
        answers_like: nearest.releases,
        differences: nearest.differences,
        flags,
    }
}
