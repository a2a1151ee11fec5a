//! The arguments of the verb `damage`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{arguments, is_usual, usual};
use crate::contract::step::Step;

arguments! {
    /// A file to damage, and steps to run on it.
    Damage {
        /// The file: `a.db`, `a.db-journal`, `a.db-wal`, any of the case.
        of: String,
        /// What runs on each damaged file. A step without `expect` may return anything.
        steps: Vec<Step> [Hidden],
        /// How many variants of the file.
        #[serde(default = "usual::<u64, 1000>", skip_serializing_if = "is_usual::<_, 1000>")]
        variants: u64 = 1000,
        /// What the damage is drawn from.
        #[serde(default = "usual::<u64, 1>", skip_serializing_if = "is_usual::<_, 1>")]
        seed: u64 = 1,
        /// How many times each variant is damaged.
        #[serde(default = "usual::<u64, 1>", skip_serializing_if = "is_usual::<_, 1>")]
        damages: u64 = 1,
    } optional {
        /// The kinds of damage to draw from; every kind that the file allows when left out.
        how: Vec<Injury>,
        /// The first byte that may be damaged, and the first that may not be any more; the whole file when left out.
        within: Option<[u64; 2]>,
        /// Steps that run once, before. The files are taken as they are at their end, with all handles open, as after
        /// the end of a process: a transaction under way leaves its journal, an open connection its log.
        setup: Vec<Step> [Hidden],
        /// The number of the one variant to run, from 1.
        only: Option<u64>,
        /// With `only`: which of the bytes that this variant changes are changed, by their numbers from 0. The last number
        /// stands for another length of the file.
        kept: Option<Vec<u64>>,
    }
}

impl Damage {
    /// A variant as it is named where something came of it.
    pub(crate) fn variant(&self, number: u64) -> String {
        let kept = self.kept.as_ref().map_or(String::new(), |kept| format!(", kept: {kept:?}"));
        format!("variant {number} of seed {} (`only: {number}{kept}`)", self.seed)
    }

    /// The number of the variant that a text names so.
    pub(crate) fn variant_in(text: &str) -> Option<u64> {
        let (_, named) = text.split_once("variant ")?;
        let (number, _) = named.split_once(" of seed ")?;
        number.parse().ok()
    }

    /// What is wrong with arguments that are each well formed: the word it is about, and the message.
    pub(in crate::contract) fn mistake(&self) -> Option<(&'static str, String)> {
        let counts = [("variants", self.variants), ("damages", self.damages)];
        if let Some((word, _)) = counts.into_iter().find(|(_, count)| *count == 0) {
            return Some((word, format!("`{word}` is 1 or more")));
        }
        if self.only.is_some_and(|only| !(1..=self.variants).contains(&only)) {
            return Some(("only", format!("`only` is the number of a variant, from 1 to {}", self.variants)));
        }
        if self.kept.is_some() && self.only.is_none() {
            return Some(("kept", "`kept` is about the variant that `only` names".to_owned()));
        }
        self.within.filter(|[first, end]| first >= end).map(|_| {
            ("within", "`within` is the first byte and the one behind the last, in this order".to_owned())
        })
    }
}

/// A kind of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Injury {
    /// One bit is another.
    Flip,
    /// 1 to 8 bytes are others.
    Overwrite,
    /// Up to a page of bytes are zero.
    Zero,
    /// The file ends earlier.
    Truncate,
    /// Up to two pages of zero bytes follow.
    Extend,
    /// Two pages (of a log: frames, of a journal: records) have changed places.
    SwapPages,
    /// One page is as it was before `setup`.
    OldPage,
}

impl Injury {
    /// All kinds.
    pub const ALL: &[Self] = &[
        Self::Flip,
        Self::Overwrite,
        Self::Zero,
        Self::Truncate,
        Self::Extend,
        Self::SwapPages,
        Self::OldPage,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_is_found_where_it_is_named() {
        let damage =
            Damage { kept: Some(vec![3, 4]), ..Damage::of("a.db".to_owned(), Vec::new(), 1000, 7, 1) };
        let named = damage.variant(17);
        assert_eq!(named, "variant 17 of seed 7 (`only: 17, kept: [3, 4]`)");
        assert_eq!(Damage::variant_in(&format!("SIGSEGV in step 2, {named}, bit 1")), Some(17));
        assert_eq!(Damage::variant_in("SIGSEGV in step 2"), None);
    }
}
