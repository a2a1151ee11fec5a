//! Which run-time limits matter: each is lowered until a statement does something else.

use anyhow::Result;
use sqlite_contracts::analysis::needs::{Answer, LimitNeed};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::contract::record::Record;
use sqlite_contracts::contract::step::Step;
use sqlite_contracts::contract::verb::{Call, Limit, Open};
use sqlite_contracts::outcome::Outcome;
use sqlite_contracts::outcome::sqlite_names::LimitName;
use sqlite_contracts::outcome::value::Value;

use super::search::{Asked, Search};
use crate::support::each_build::each_build;

/// A limit is a need where a known build has less, or less than twice as much as is enough.
const NEAR: i64 = 2;

impl Search<'_> {
    /// The limits of which a known build has too little, or hardly enough.
    pub(super) fn limits(&self, known: &[&Asked]) -> Result<Vec<LimitNeed>> {
        let builds: Vec<_> = known.iter().map(|asked| asked.build).collect();
        let least = each_build(&builds, |build| limits_of(self, build))?;
        let own = limits_of(self, self.on)?;
        let mut needs = Vec::new();
        for (at, limit) in LimitName::ALL.iter().enumerate() {
            let known = least.iter().filter_map(|limits| limits[at]).filter(|has| *has > 0);
            let Some(least) = known.min() else { continue };
            // Where half of the least is enough, every known build has plenty.
            if self.answers_with(*limit, least / NEAR)?.is_none() {
                continue;
            }
            anstream::eprintln!("lowering the limit {}", limit.name().to_ascii_lowercase());
            needs.extend(self.least_of(*limit, own[at].unwrap_or_default())?);
        }
        Ok(needs)
    }

    /// The least that is enough, by halves: what the build has is.
    fn least_of(&self, limit: LimitName, own: i64) -> Result<Option<LimitNeed>> {
        let (mut too_little, mut enough) = (0, own);
        while enough - too_little > 1 {
            let middle = too_little + (enough - too_little) / 2;
            match self.answers_with(limit, middle)? {
                None => enough = middle,
                Some(_) => too_little = middle,
            }
        }
        let answers = self.answers_with(limit, too_little)?;
        Ok(answers.and_then(|answers| self.reference.proof(&answers)).map(|proof| LimitNeed {
            limit: limit.name().to_ascii_lowercase(),
            at_least: i32::try_from(enough).unwrap_or(i32::MAX),
            proof,
        }))
    }

    /// What the program does with a lowered limit, where that differs.
    fn answers_with(&self, limit: LimitName, value: i64) -> Result<Option<Vec<Answer>>> {
        let value = i32::try_from(value).unwrap_or(i32::MAX);
        let answers = self.program.answers(self.on, Some((limit, value)))?;
        Ok((!self.reference.is_like(&answers)).then_some(answers))
    }
}

/// What a build has of each limit.
fn limits_of(search: &Search<'_>, build: &sqlite_contracts::builds::Build) -> Result<Vec<Option<i64>>> {
    let open = Step { record: Some(Record::None), ..Step::of(Call::Open(Open::of(":memory:".to_owned()))) };
    let ask = |limit: &LimitName| Step::of(Call::Limit(Limit::of(*limit, -1)));
    let steps = std::iter::once(open).chain(LimitName::ALL.iter().map(ask)).collect();
    let contract = Contract::of_steps("limits", vec![("limits", steps)]);
    let mut limits = Vec::new();
    search.engine.watch(&contract, build, &mut |_, _, outcome| {
        limits.push(match outcome {
            Outcome::Value(Value::Integer(has)) => Some(*has),
            _ => None,
        });
    })?;
    let mut limits: Vec<Option<i64>> = limits.into_iter().skip(1).collect();
    limits.resize(LimitName::ALL.len(), None);
    Ok(limits)
}
