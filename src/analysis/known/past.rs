//! Why one step of a case changes: a case may have several drifts on record, each of other steps.

use super::ask::Drift;
use crate::contract::Case;
use crate::contract::cause::Cause;
use crate::record::transcript::Transcript;

/// A drift of a case that is on record, with its causes.
#[derive(Debug, Clone)]
pub struct Past {
    drift: Drift,
    because: Vec<Cause>,
}

impl Past {
    /// What a case did above a build and what it does there, as both are on record.
    pub fn of(case: &Case, above: &str, there: &str, because: Vec<Cause>) -> Self {
        Self { drift: Drift::of(case, &Transcript::from(above), &Transcript::from(there)), because }
    }

    /// Of the causes of a case those of one step, behind its row: those of the drifts in which it changes. All of them where it
    /// changes in none that is on record.
    pub fn because(past: &[Self], all: &[Cause], step: &(String, String)) -> Vec<Cause> {
        let of_step = |cause: &&Cause| {
            past.iter()
                .any(|past| past.because.iter().any(|own| own.place == cause.place) && past.drift.has(step))
        };
        let found: Vec<Cause> = all.iter().filter(of_step).cloned().collect();
        if found.is_empty() { all.to_vec() } else { found }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Contract;
    use crate::contract::cause::Key;
    use crate::diagnostic::{Location, SourceText};

    #[test]
    fn a_step_has_the_causes_of_the_drifts_in_which_it_changes() {
        let case = &Contract::of_sql(&SourceText::new("x", "SELECT a(); SELECT b()")).unwrap().cases[0];
        let did = |a: &str, b: &str| format!("query SELECT a() → {a}\nquery SELECT b() → {b}");
        let cause = |key: &str| Cause {
            key: Key::parse(key).unwrap(),
            text: key.to_owned(),
            place: Location::start_of(key),
        };
        let all = ["3.2.0", "3.3.0", "3.4.0"].map(cause);
        let past = [
            Past::of(case, &did("1", "1"), &did("2", "1"), vec![all[0].clone()]),
            Past::of(case, &did("2", "1"), &did("2", "2"), vec![all[1].clone()]),
            Past::of(case, &did("2", "2"), &did("3", "2"), vec![all[2].clone()]),
        ];
        let of = |step: &str| {
            let causes = Past::because(&past, &all, &(String::new(), format!("query SELECT {step}()")));
            causes.into_iter().map(|cause| cause.text).collect::<Vec<_>>()
        };
        assert_eq!(of("a"), ["3.2.0", "3.4.0"]);
        assert_eq!(of("b"), ["3.3.0"]);
        assert_eq!(of("c"), ["3.2.0", "3.3.0", "3.4.0"], "nothing is on record of it");
    }
}
