//! The least memory under which steps work, by binary search.

use super::{Files, Numbered, Outcome, Session, files, restore, unsound};
use crate::contract::verb::{LeastMemory, LimitedBy};
use crate::worker::ffi::{self, allocator};

/// Runs the search. The outcome is the least limit from which on the steps work under every limit that was tried.
pub(super) fn run(session: &mut Session, least: &LeastMemory, steps: &[Numbered<'_>]) -> Outcome {
    let found = files().and_then(|files| {
        let mut search = Search { session, least, steps, files };
        let found = search.run()?;
        restore(&search.files)?;
        Ok(found)
    });
    found.unwrap_or_else(|instead| instead)
}

struct Search<'a> {
    session: &'a mut Session,
    least: &'a LeastMemory,
    steps: &'a [Numbered<'a>],
    files: Files,
}

impl Search<'_> {
    fn run(&mut self) -> Result<Outcome, Outcome> {
        let [low, high] = self.least.between;
        // What the library allocates once for the process is there before the first limit.
        self.attempt(None)?;
        if let Some(failed) = self.attempt(Some(high))? {
            return Err(failed);
        }
        if self.works(low)? {
            return Ok(found(low, Some("or less")));
        }
        let mut answer = self.between(low, high)?;
        while let Some(failing) = self.failing_above(answer, high)? {
            answer = self.between(failing, high)?;
        }
        let remark = self.works_below(answer, low)?.then_some("not monotonic: less is enough, too");
        Ok(found(answer, remark))
    }

    /// A limit that works, one resolution above one that does not; the second limit works.
    fn between(&mut self, mut fails: u64, mut works: u64) -> Result<u64, Outcome> {
        let resolution = self.least.resolution;
        while works - fails > resolution {
            let steps = (works - fails).div_ceil(resolution);
            let middle = fails + steps / 2 * resolution;
            *(if self.works(middle)? { &mut works } else { &mut fails }) = middle;
        }
        Ok(works)
    }

    /// The greatest of some limits above the answer that does not work: more memory is not always enough. (A
    /// connection that gets its lookaside may have too little left for the rest.)
    fn failing_above(&mut self, answer: u64, high: u64) -> Result<Option<u64>, Outcome> {
        for distance in self.distances(high - answer).into_iter().rev() {
            if !self.works(answer + distance)? {
                return Ok(Some(answer + distance));
            }
        }
        Ok(None)
    }

    /// Whether some limit below the answer works, although one just below it does not.
    fn works_below(&mut self, answer: u64, low: u64) -> Result<bool, Outcome> {
        for distance in self.distances(answer - low) {
            if self.works(answer - distance)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// How far from the answer other limits are tried, the nearest first. They stand the denser, the nearer they are:
    /// a gap shows when its end is half as far again from the answer as its beginning.
    fn distances(&self, below: u64) -> Vec<u64> {
        let doubled = std::iter::successors(Some(self.least.resolution), |distance| distance.checked_mul(2));
        let with_between =
            doubled.skip(1).flat_map(|distance| [distance, distance.saturating_add(distance / 2)]);
        with_between.take_while(|distance| *distance < below).collect()
    }

    fn works(&mut self, limit: u64) -> Result<bool, Outcome> {
        Ok(self.attempt(Some(limit))?.is_none())
    }

    /// Runs the steps under a limit. Returns what stopped them, if anything did; an error is that there can be no
    /// limit.
    fn attempt(&mut self, limit: Option<u64>) -> Result<Option<Outcome>, Outcome> {
        restore(&self.files)?;
        let steps = self.steps;
        let by = self.least.by;
        let at = limit.map_or_else(|| "no limit".to_owned(), |limit| format!("a limit of {limit} bytes"));
        (self.session.progress)(at.clone());
        self.session.apart(|session| {
            set_limit(session, by, limit)?;
            let failed = steps.iter().find_map(|numbered| {
                let outcome = session.step(numbered);
                (!numbered.step.is_kept_by(&outcome)).then(|| unsound(&at, numbered, &outcome))
            });
            set_limit(session, by, None)?;
            Ok(failed)
        })
    }
}

fn set_limit(session: &Session, by: LimitedBy, limit: Option<u64>) -> Result<(), Outcome> {
    match by {
        LimitedBy::HardHeapLimit => {
            let bytes = limit.map_or(0, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
            ffi::hard_heap_limit(session.library, bytes).map(drop)
        }
        LimitedBy::Allocator => {
            allocator::limit(limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX)));
            Ok(())
        }
    }
}

fn found(bytes: u64, remark: Option<&str>) -> Outcome {
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    Outcome::LeastMemory { bytes, remark: remark.map(str::to_owned) }
}
