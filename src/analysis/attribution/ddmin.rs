//! Delta debugging: the few of many elements that cause an effect.

use anyhow::Result;

/// A minimal subset of `all` that still causes the effect: without any one of its members it no longer does. Where
/// there are several, the order of `all` decides. The whole set must cause the effect, and the empty set must not.
///
/// `first` takes sets and returns the index of the first one that causes the effect; `None` when none does. A set that
/// cannot be tested counts as one that does not. Big sets come first, so that one member of `n` is found in about
/// `log2(n)` rounds of two sets.
///
/// This is `ddmin` of Zeller and Hildebrandt, *Simplifying and Isolating Failure-Inducing Input*,
/// <https://doi.org/10.1109/32.988498>.
///
/// # Errors
/// Those of `first`.
pub fn ddmin<T: Clone>(
    all: &[T],
    mut first: impl FnMut(&[Vec<T>]) -> Result<Option<usize>>,
) -> Result<Vec<T>> {
    let mut left = all.to_vec();
    let mut parts = 2;
    while left.len() > 1 {
        parts = parts.min(left.len());
        let chunks = split(&left, parts);
        if let Some(at) = first(&chunks)? {
            left = chunks[at].clone();
            parts = 2;
            continue;
        }
        // With two parts each is the complement of the other.
        let rests: Vec<Vec<T>> =
            if parts > 2 { (0..parts).map(|at| without(&chunks, at)).collect() } else { Vec::new() };
        match first(&rests)? {
            Some(at) => {
                left = rests[at].clone();
                parts -= 1;
            }
            None if parts == left.len() => break,
            None => parts *= 2,
        }
    }
    Ok(left)
}

/// `parts` pieces of nearly the same length.
fn split<T: Clone>(all: &[T], parts: usize) -> Vec<Vec<T>> {
    let cut = |at: usize| all.len() * at / parts;
    (0..parts).map(|at| all[cut(at)..cut(at + 1)].to_vec()).collect()
}

/// Everything but one piece.
fn without<T: Clone>(chunks: &[Vec<T>], left_out: usize) -> Vec<T> {
    let kept = chunks.iter().enumerate().filter(|(at, _)| *at != left_out);
    kept.flat_map(|(_, chunk)| chunk.iter().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The result for `0..count` when a set needs all of `needed`, and how many sets were tested.
    fn found(count: u32, needed: impl Fn(&[u32]) -> bool) -> (Vec<u32>, usize) {
        let all: Vec<u32> = (0..count).collect();
        let mut looked_at = 0;
        let found = ddmin(&all, |sets| {
            let first = sets.iter().position(|set| needed(set));
            looked_at += first.map_or(sets.len(), |at| at + 1);
            Ok(first)
        });
        (found.unwrap(), looked_at)
    }

    #[test]
    fn one_member_is_found_by_halves() {
        for culprit in 0..32 {
            let (found, looked_at) = found(32, |set| set.contains(&culprit));
            assert_eq!(found, [culprit]);
            assert!(looked_at <= 10, "{looked_at}");
        }
    }

    #[test]
    fn members_that_only_work_together_are_all_found() {
        let needs =
            |needed: &'static [u32]| found(27, move |set| needed.iter().all(|one| set.contains(one))).0;
        assert_eq!(needs(&[3, 21]), [3, 21]);
        assert_eq!(needs(&[0, 13, 14, 26]), [0, 13, 14, 26]);
    }

    #[test]
    fn of_several_causes_one_is_enough() {
        let (found, _) = found(16, |set| set.contains(&12) || (set.contains(&2) && set.contains(&3)));
        assert!(found == [12] || found == [2, 3], "{found:?}");
    }

    #[test]
    fn when_all_are_needed_all_stay() {
        assert_eq!(found(5, |set| set.len() == 5).0, [0, 1, 2, 3, 4]);
        assert_eq!(found(1, |_| true), (vec![0], 0));
    }

    #[test]
    fn a_set_that_cannot_be_tested_is_skipped() {
        // 7 is the cause, and without 6 nothing compiles.
        let (found, _) = found(8, |set| set.contains(&7) && set.contains(&6));
        assert_eq!(found, [6, 7]);
    }
}
