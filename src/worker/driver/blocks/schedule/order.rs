//! Orders in which actors take turns.

use std::fmt;

use crate::contract::verb::{ActorName, Turn};

/// Who runs when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Order {
    /// One actor runs until it is done or waits for another, but for some interruptions.
    Of {
        /// Who is first.
        first: usize,
        /// In the order of their places.
        interruptions: Vec<Interruption>,
    },
    /// Turns of so many calls; then each runs to its end.
    Given(Vec<Turn>),
}

/// Another actor's turn in the middle of one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interruption {
    /// Before which call, counted over all actors from 1.
    pub before: usize,
    /// Who runs then.
    pub by: usize,
    /// Whether the one that is interrupted goes on with what it has read of the wal-index before.
    pub holds_back: bool,
}

/// Whom an actor could have been interrupted by, at each of the calls of a run.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// A bit for each actor.
    pub others: Vec<u8>,
}

impl Order {
    /// The orders of so many actors in which none is interrupted.
    pub(super) fn without_interruptions(actors: usize) -> Vec<Self> {
        (0..actors).map(|first| Self::Of { first, interruptions: Vec::new() }).collect()
    }

    /// The orders that are this one up to its last interruption and have one more. `found` is what a run of it found.
    pub(super) fn interrupted(&self, found: &Found, hold_back: bool) -> Vec<Self> {
        let Self::Of { first, interruptions } = self else { return Vec::new() };
        let last = interruptions.last().map_or(0, |last| last.before);
        let kinds = if hold_back { &[false, true][..] } else { &[false] };
        let places = found.others.iter().enumerate().map(|(at, others)| (at + 1, *others)).skip(last);
        let one_more = places.flat_map(|(before, others)| {
            let by = (0..ActorName::ALL.len()).filter(move |by| others & (1 << by) != 0);
            by.flat_map(move |by| {
                kinds.iter().map(move |holds_back| Interruption { before, by, holds_back: *holds_back })
            })
        });
        one_more
            .map(|more| {
                let interruptions = interruptions.iter().copied().chain([more]).collect();
                Self::Of { first: *first, interruptions }
            })
            .collect()
    }

    /// The interruption before this call.
    pub(super) fn interruption(&self, before: usize) -> Option<Interruption> {
        match self {
            Self::Of { interruptions, .. } => interruptions.iter().copied().find(|it| it.before == before),
            Self::Given(_) => None,
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Of { first, interruptions } => {
                write!(f, "{} first", ActorName::ALL[*first])?;
                interruptions.iter().try_for_each(|Interruption { before, by, .. }| {
                    write!(f, ", {} before call {before}", ActorName::ALL[*by])
                })
            }
            Self::Given(turns) => write!(f, "[{}]", shown(turns)),
        }
    }
}

/// Where actors wait for each other without end, more turns than this tell nothing.
const MOST_SHOWN: usize = 100;

/// Turns as they are written in a contract, without their brackets.
pub(super) fn shown(turns: &[Turn]) -> String {
    let first = turns.iter().take(MOST_SHOWN).map(Turn::to_string);
    let more = (turns.len() > MOST_SHOWN).then(|| format!("and {} more turns", turns.len() - MOST_SHOWN));
    first.chain(more).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_continued_after_its_last_interruption() {
        let orders = Order::without_interruptions(2);
        let found = Found { others: vec![0b10, 0b10, 0b10] };
        let once = orders[0].interrupted(&found, false);
        assert_eq!(once.len(), 3);
        let found = Found { others: vec![0b10, 0b10, 0b01, 0b01] };
        let twice: Vec<String> = once[1].interrupted(&found, false).iter().map(Order::to_string).collect();
        assert_eq!(
            twice,
            ["a first, b before call 2, a before call 3", "a first, b before call 2, a before call 4"]
        );
        assert_eq!(orders[0].interrupted(&found, true).len(), 8);
    }

    #[test]
    fn turns_without_end_are_not_all_shown() {
        let turn = Turn { actor: ActorName::B, n: 3, hold_back: false };
        assert_eq!(shown(&[turn; 2]), "b: 3, b: 3");
        assert!(shown(&vec![turn; 50_000]).ends_with(", b: 3, and 49900 more turns"));
    }

    #[test]
    fn an_actor_that_nobody_can_interrupt_goes_on() {
        let orders = Order::without_interruptions(2);
        assert_eq!(orders[1].interrupted(&Found { others: vec![0, 0] }, false), []);
    }
}
