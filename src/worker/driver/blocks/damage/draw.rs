//! Damage drawn from a seed. Contracts name seeds, so what a seed draws may never change.

use std::ops::Range;

use super::pages::Pages;
use crate::contract::verb::{Damage, Injury};
use crate::outcome::Outcome;
use crate::outcome::random::Random;

/// How far the beginning of a page reaches: its header, and that of the record or frame around it.
const BEGINNING: usize = 64;
/// The most bytes that are overwritten at once.
const FIELD: u64 = 8;

/// A file to damage.
pub(super) struct Patient<'a> {
    damage: &'a Damage,
    whole: &'a [u8],
    /// The file as it was before the steps that came first.
    older: &'a [u8],
    pages: Pages,
    /// What may be done to it.
    how: Vec<Injury>,
}

impl<'a> Patient<'a> {
    /// The file that is to be damaged, or why it cannot be.
    pub(super) fn new(
        damage: &'a Damage,
        whole: Option<&'a [u8]>,
        older: Option<&'a [u8]>,
    ) -> Result<Self, Outcome> {
        let refused = |why: &str| Outcome::Refused(format!("the file `{}` {why}", damage.of));
        let whole = whole.ok_or_else(|| refused("is not there"))?;
        let (older, pages) = (older.unwrap_or_default(), Pages::of(whole));
        let mut patient = Self { damage, whole, older, pages, how: damage.how.clone() };
        if patient.place(whole.len()).is_empty() {
            return Err(refused("has no bytes there"));
        }
        if patient.how.is_empty() {
            patient.how = Injury::ALL.iter().copied().filter(|how| patient.allows(*how)).collect();
        } else if !patient.how.iter().all(|how| patient.allows(*how)) {
            return Err(refused("has no two pages there, or none that was another before"));
        }
        Ok(patient)
    }

    fn allows(&self, how: Injury) -> bool {
        match how {
            Injury::SwapPages => {
                self.pages.whole_in(&self.place(self.whole.len()), self.whole.len()).len() > 1
            }
            Injury::OldPage => !self.old_pages(self.whole).is_empty(),
            _ => true,
        }
    }

    /// The variant with this number, and what was done.
    pub(super) fn damaged(&self, number: u64) -> (Vec<u8>, String) {
        let mut random = Random::nth(self.damage.seed, number);
        let mut bytes = self.whole.to_owned();
        let done: Vec<String> =
            (0..self.damage.damages).map(|_| self.hurt(&mut bytes, &mut random)).collect();
        (bytes, done.join(", "))
    }

    /// Damages the file once. A file that an earlier damage left too short for this one is longer after it.
    fn hurt(&self, bytes: &mut Vec<u8>, random: &mut Random) -> String {
        let how = random.one_of(&self.how);
        let place = self.place(bytes.len());
        let pages: Vec<usize> = match how {
            Injury::SwapPages => self.pages.whole_in(&place, bytes.len()).collect(),
            Injury::OldPage => self.old_pages(bytes),
            _ => Vec::new(),
        };
        match how {
            _ if place.is_empty() => extend(bytes, self.pages, random),
            Injury::Flip => flip(bytes, self.spot(place, random), random),
            Injury::Overwrite => overwrite(&mut bytes[..place.end], self.spot(place, random), random),
            Injury::Zero => zero(&mut bytes[..place.end], self.spot(place, random), self.pages, random),
            Injury::Truncate => truncate(bytes, place, self.pages, random),
            Injury::SwapPages if pages.len() > 1 => swap(bytes, &pages, self.pages, random),
            Injury::OldPage if !pages.is_empty() => age(bytes, self.older, &pages, self.pages, random),
            Injury::Extend | Injury::SwapPages | Injury::OldPage => extend(bytes, self.pages, random),
        }
    }

    /// The bytes that may be damaged of a file that is so long.
    fn place(&self, length: usize) -> Range<usize> {
        let [first, end] = self.damage.within.unwrap_or([0, u64::MAX]);
        let at = |byte| usize::try_from(byte).unwrap_or(usize::MAX).min(length);
        at(first)..at(end)
    }

    /// The numbers of the pages that were others before.
    fn old_pages(&self, bytes: &[u8]) -> Vec<usize> {
        let length = bytes.len().min(self.older.len());
        let whole = self.pages.whole_in(&self.place(length), length);
        whole
            .filter(|number| {
                let page = self.pages.page(*number);
                bytes[page.clone()] != self.older[page]
            })
            .collect()
    }

    /// A byte in this place: any, or as often one at the beginning of a page, where there are more ways to go wrong.
    fn spot(&self, place: Range<usize>, random: &mut Random) -> usize {
        let any = from(&place, random);
        if random.below(2) == 0 {
            return any;
        }
        let start = self.pages.start_before(any);
        let beginning = start.max(place.start)..(start + BEGINNING).min(place.end);
        if beginning.is_empty() { any } else { from(&beginning, random) }
    }
}

/// One of a range that is not empty.
fn from(range: &Range<usize>, random: &mut Random) -> usize {
    range.start + random.below(range.len() as u64) as usize
}

fn flip(bytes: &mut [u8], at: usize, random: &mut Random) -> String {
    let bit = random.below(8);
    bytes[at] ^= 1 << bit;
    format!("bit {bit} of byte {at} flipped")
}

fn overwrite(bytes: &mut [u8], at: usize, random: &mut Random) -> String {
    let length = 1 + random.below(FIELD) as usize;
    let end = (at + length).min(bytes.len());
    // The greatest numbers go wrong more often than any others.
    let (mask, drawn) = (random.one_of(&[0, u64::MAX]), random.next());
    let new = &(drawn | mask).to_be_bytes()[..end - at];
    bytes[at..end].copy_from_slice(new);
    let digits: String = new.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("x'{digits}' written at {at}")
}

fn zero(bytes: &mut [u8], at: usize, pages: Pages, random: &mut Random) -> String {
    let length = 1 + random.below(pages.size() as u64) as usize;
    let end = (at + length).min(bytes.len());
    bytes[at..end].fill(0);
    format!("{} bytes from {at} on zeroed", end - at)
}

/// Cuts a file anywhere, or as often behind a page.
fn truncate(bytes: &mut Vec<u8>, place: Range<usize>, pages: Pages, random: &mut Random) -> String {
    let any = from(&place, random);
    let page = pages.whole_in(&place, any).end;
    let at = if random.below(2) == 0 { any } else { pages.page(page).start.clamp(place.start, any) };
    bytes.truncate(at);
    format!("cut to {at} bytes")
}

fn extend(bytes: &mut Vec<u8>, pages: Pages, random: &mut Random) -> String {
    let more = 1 + random.below(2 * pages.size() as u64) as usize;
    bytes.resize(bytes.len() + more, 0);
    format!("{more} zero bytes appended")
}

fn swap(bytes: &mut [u8], numbers: &[usize], pages: Pages, random: &mut Random) -> String {
    let first = random.below(numbers.len() as u64 - 1) as usize;
    let second = from(&(first + 1..numbers.len()), random);
    let (one, other) = (pages.page(numbers[first]), pages.page(numbers[second]));
    let (left, right) = bytes.split_at_mut(other.start);
    left[one].swap_with_slice(&mut right[..pages.size()]);
    format!("pages {} and {} swapped", numbers[first] + 1, numbers[second] + 1)
}

fn age(bytes: &mut [u8], older: &[u8], numbers: &[usize], pages: Pages, random: &mut Random) -> String {
    let number = random.one_of(numbers);
    let page = pages.page(number);
    bytes[page.clone()].copy_from_slice(&older[page]);
    format!("page {} as it was before", number + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Six pages of 512 bytes, and what they were before the first three were written.
    fn files() -> [Vec<u8>; 2] {
        let whole: Vec<u8> = (0..3072_u32).map(|n| (n % 251) as u8 + 1).collect();
        let older = [&[0; 1536][..], &whole[1536..]].concat();
        [whole, older]
    }

    fn variants(damage: &Damage) -> Vec<(Vec<u8>, String)> {
        let [whole, older] = files();
        let patient = Patient::new(damage, Some(&whole), Some(&older)).unwrap_or_else(|why| panic!("{why}"));
        (1..=damage.variants).map(|number| patient.damaged(number)).collect()
    }

    fn damage(how: &[Injury], variants: u64) -> Damage {
        Damage { how: how.to_vec(), ..Damage::of("a.db".to_owned(), Vec::new(), variants, 7, 1) }
    }

    /// Recorded contracts name seeds, so these may never change.
    #[test]
    fn what_a_seed_draws_is_fixed() {
        let done: Vec<String> =
            Injury::ALL.iter().flat_map(|how| variants(&damage(&[*how], 2))).map(|(_, done)| done).collect();
        assert_eq!(done, FIXED);
    }

    const FIXED: [&str; 14] = [
        "bit 2 of byte 30 flipped",
        "bit 5 of byte 1539 flipped",
        "x'ffffff' written at 30",
        "x'469f6d58b31c' written at 1539",
        "139 bytes from 30 on zeroed",
        "383 bytes from 1539 on zeroed",
        "cut to 0 bytes",
        "cut to 1536 bytes",
        "26 zero bytes appended",
        "628 zero bytes appended",
        "pages 1 and 6 swapped",
        "pages 4 and 6 swapped",
        "page 1 as it was before",
        "page 2 as it was before",
    ];

    #[test]
    fn each_variant_of_a_seed_is_another_and_the_same_again() {
        let all = damage(&[], 300);
        let variants = variants(&all);
        assert_eq!(variants, self::variants(&all));
        let different: std::collections::BTreeSet<&Vec<u8>> =
            variants.iter().map(|(bytes, _)| bytes).collect();
        assert!(different.len() > 190, "{}", different.len());
        assert!(variants.iter().all(|(bytes, done)| *bytes != files()[0] && !done.is_empty()));
        assert!(Injury::ALL.iter().all(|how| all_of(&variants, *how) > 20), "{variants:?}");
    }

    fn all_of(variants: &[(Vec<u8>, String)], how: Injury) -> usize {
        let word = match how {
            Injury::Flip => "flipped",
            Injury::Overwrite => "written",
            Injury::Zero => "zeroed",
            Injury::Truncate => "cut",
            Injury::Extend => "appended",
            Injury::SwapPages => "swapped",
            Injury::OldPage => "as it was",
        };
        variants.iter().filter(|(_, done)| done.contains(word)).count()
    }

    #[test]
    fn only_what_is_within_is_damaged() {
        let how = [Injury::Flip, Injury::Overwrite, Injury::Zero, Injury::Truncate];
        let within = Damage { within: Some([100, 104]), ..damage(&how[..3], 100) };
        let [whole, _] = files();
        for (bytes, done) in variants(&within) {
            let mut changed = (0..whole.len()).filter(|at| bytes[*at] != whole[*at]).peekable();
            assert!(changed.peek().is_some() && changed.all(|at| (100..104).contains(&at)), "{done}");
        }
        let cut = Damage { within: Some([100, 104]), ..damage(&how[3..], 100) };
        assert!(variants(&cut).iter().all(|(bytes, _)| (100..104).contains(&bytes.len())));
    }

    #[test]
    fn a_variant_may_be_damaged_more_than_once() {
        let twice = Damage { damages: 2, ..damage(&[Injury::Flip], 1) };
        let [once, twice] = [damage(&[Injury::Flip], 1), twice].map(|damage| variants(&damage).remove(0).1);
        assert!(twice.starts_with(&format!("{once}, bit ")), "{twice}");
        // A file that nothing is left of is damaged nevertheless.
        let cut = Damage { damages: 30, ..damage(&[Injury::Truncate, Injury::SwapPages], 20) };
        assert_eq!(variants(&cut).len(), 20);
    }

    #[test]
    fn what_a_file_does_not_allow_is_refused_when_asked_for_and_not_drawn_else() {
        let [whole, _] = files();
        let refusal =
            |damage: &Damage, file| Patient::new(damage, file, None).err().map(|why| why.to_string());
        let old = damage(&[Injury::OldPage], 1);
        assert_eq!(refusal(&old, None).unwrap(), "refused: the file `a.db` is not there");
        assert!(refusal(&old, Some(&whole)).unwrap().contains("none that was another before"));
        let beyond = Damage { within: Some([5000, 5001]), ..damage(&[], 1) };
        assert_eq!(refusal(&beyond, Some(&whole)).unwrap(), "refused: the file `a.db` has no bytes there");
        assert_eq!(refusal(&damage(&[], 1), Some(&whole)), None);
    }
}
