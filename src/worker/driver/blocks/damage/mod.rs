//! Steps on damaged files.

mod draw;
mod kept;
mod pages;

use std::collections::BTreeSet;

use self::draw::Patient;
use super::{Files, Numbered, Outcome, Session, all_fine, files, restore, unsound};
use crate::contract::verb::{Call, Damage, Verb};
use crate::outcome::sqlite_names::{OK, code_name, primary};
use crate::outcome::value::Value;

/// Runs the steps on every variant. The outcome is what the variants came to, or the first on which a step did not
/// keep its promise.
pub(super) fn run(session: &mut Session, damage: &Damage, [setup, steps]: [Vec<Numbered<'_>>; 2]) -> Outcome {
    let damaged = files().and_then(|before| {
        let whole = set_up(session, &setup)?;
        let patient = Patient::new(damage, whole.get(&damage.of), before.get(&damage.of))?;
        let without = without_damage(session, &steps, &whole)?;
        let mut damaging = Damaging { session, damage, steps, whole: &whole, patient, without };
        let outcome = damaging.all()?;
        restore(&before)?;
        Ok(outcome)
    });
    damaged.unwrap_or_else(|stopped| stopped)
}

/// Runs the steps that make the files, and takes the files as they are while the handles are still open: closing a
/// connection would roll back its transaction, or take its log away.
fn set_up(session: &mut Session, setup: &[Numbered<'_>]) -> Result<Files, Outcome> {
    let at = "before the damage";
    (session.progress)(at.to_owned());
    session.apart(|session| {
        all_fine(session, setup, at)?;
        files()
    })
}

/// What the steps return on the file as it was: they are known to work.
fn without_damage(
    session: &mut Session,
    steps: &[Numbered<'_>],
    whole: &Files,
) -> Result<Vec<Outcome>, Outcome> {
    let at = "the run without damage";
    restore(whole)?;
    (session.progress)(at.to_owned());
    session.apart(|session| {
        let each = steps.iter().map(|numbered| {
            let outcome = session.step(numbered);
            if numbered.step.is_kept_by(&outcome) {
                Ok(outcome)
            } else {
                Err(unsound(at, numbered, &outcome))
            }
        });
        each.collect()
    })
}

struct Damaging<'a> {
    session: &'a mut Session,
    damage: &'a Damage,
    steps: Vec<Numbered<'a>>,
    whole: &'a Files,
    patient: Patient<'a>,
    /// The outcomes of the steps on the file without damage.
    without: Vec<Outcome>,
}

impl Damaging<'_> {
    fn all(&mut self) -> Result<Outcome, Outcome> {
        let numbers = self.damage.only.map_or(1..=self.damage.variants, |only| only..=only);
        let failed = i64::try_from(numbers.clone().count()).unwrap_or(i64::MAX);
        let codes: BTreeSet<String> = numbers.map(|number| self.variant(number)).collect::<Result<_, _>>()?;
        Ok(Outcome::Swept { failed, codes: codes.into_iter().collect() })
    }

    /// Runs the steps on the variant with this number. Returns what it came to.
    fn variant(&mut self, number: u64) -> Result<String, Outcome> {
        let (bytes, done) = self.patient.damaged(number);
        let (bytes, done) = match &self.damage.kept {
            Some(kept) => kept::reduced(self.whole.get(&self.damage.of).unwrap_or_default(), &bytes, kept),
            None => (bytes, done),
        };
        let at = format!("{}, {done}", self.damage.variant(number));
        restore(&self.whole.with(&self.damage.of, bytes))?;
        (self.session.progress)(at.clone());
        let Self { steps, without, .. } = self;
        self.session.apart(|session| {
            let mut came_to = None;
            for (numbered, without) in steps.iter().zip(without) {
                let outcome = session.step(numbered);
                if numbered.step.expect.is_some() && !numbered.step.is_kept_by(&outcome) {
                    return Err(unsound(&at, numbered, &outcome));
                }
                came_to = came_to.or_else(|| difference(&numbered.step.verb, without, &outcome));
            }
            Ok(came_to.unwrap_or_else(|| code_name(OK)))
        })
    }
}

/// How an outcome differs from that on the file without damage.
fn difference(verb: &Verb, without: &Outcome, outcome: &Outcome) -> Option<String> {
    if outcome == without {
        return None;
    }
    Some(match outcome {
        Outcome::Missing(_) => outcome.to_string(),
        Outcome::Refused(_) => "refused".to_owned(),
        _ => match outcome.error_code() {
            // Which of the extended codes it is differs with the version, and says nothing of the file.
            Some(code) => code_name(primary(code)),
            None if !outcome.succeeded() => "stopped".to_owned(),
            None if is_check(verb) && !is_fine(outcome) => "damage found".to_owned(),
            None => "other rows".to_owned(),
        },
    })
}

/// Whether a step looks for damage.
fn is_check(verb: &Verb) -> bool {
    let Verb::Call(Call::Query(query)) = verb else { return false };
    let sql = query.sql.to_ascii_lowercase();
    ["integrity_check", "quick_check"].iter().any(|check| sql.contains(check))
}

fn is_fine(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Rows(rows) if *rows == [[Value::text("ok")]])
}
