//! Bisection: finds a change of behaviour on a line of check-ins.

use std::collections::BTreeSet;

use anyhow::Result;

/// Where a behaviour changes, as indices on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bracket {
    /// The last one known to show the old behaviour; `None` for the one before the line.
    pub before: Option<usize>,
    /// The first one known to behave differently. All those between the two could not be tested.
    pub after: usize,
    /// How many were tested.
    pub asked: usize,
}

/// Bisects a line of `count` places, of which the last is known to differ from the one before the line. So there is at
/// least one change on it; where there are several, one of them is found. `is_old` returns whether a place shows the
/// old behaviour; `None` when it cannot be tested.
///
/// # Errors
/// Those of `is_old`.
pub fn bisect(count: usize, mut is_old: impl FnMut(usize) -> Result<Option<bool>>) -> Result<Bracket> {
    // `low` is the first place that is not known to be old.
    let (mut low, mut high) = (0, count.saturating_sub(1));
    let (mut asked, mut silent) = (0, BTreeSet::new());
    loop {
        let middle = low + high.saturating_sub(low) / 2;
        let open = (low..high).filter(|place| !silent.contains(place));
        let Some(place) = open.min_by_key(|place| place.abs_diff(middle)) else { break };
        asked += 1;
        match is_old(place)? {
            Some(true) => low = place + 1,
            Some(false) => high = place,
            None => _ = silent.insert(place),
        }
    }
    Ok(Bracket { before: low.checked_sub(1), after: high, asked })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `o` shows the old behaviour, `n` does not, `?` cannot be tested.
    fn found(line: &str) -> Bracket {
        let places = line.as_bytes();
        bisect(places.len(), |at| {
            Ok(match places[at] {
                b'o' => Some(true),
                b'n' => Some(false),
                _ => None,
            })
        })
        .unwrap()
    }

    #[test]
    fn the_first_that_differs_is_found_wherever_it_is() {
        for at in 0..40 {
            let line = "o".repeat(at) + &"n".repeat(40 - at);
            let bracket = found(&line);
            assert_eq!((bracket.before, bracket.after), (at.checked_sub(1), at), "{line}");
            assert!(bracket.asked <= 6, "{bracket:?}");
        }
        assert_eq!(found("n"), Bracket { before: None, after: 0, asked: 0 });
    }

    #[test]
    fn what_cannot_be_tested_widens_the_bracket() {
        let bracket = found("ooo??nn");
        assert_eq!((bracket.before, bracket.after), (Some(2), 5));
        let bracket = found("???n");
        assert_eq!((bracket.before, bracket.after), (None, 3));
    }

    #[test]
    fn of_several_changes_one_is_found() {
        let line = "onnnooooonn";
        let Bracket { before, after, .. } = found(line);
        assert_eq!(line.as_bytes()[before.unwrap()], b'o');
        assert_eq!(line.as_bytes()[after], b'n');
        assert_eq!(before.unwrap() + 1, after);
    }
}
