//! A device and what it promises: which files there may be after a loss of power.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Change, FileChange};
use super::memory_files::Content;
use crate::outcome::random::Random;

/// The files of a directory with their contents, as they may be after a loss of power.
pub(crate) type Image = BTreeMap<String, Content>;

/// Sectors are written whole or not at all.
const SECTOR: usize = 512;
/// Of so many changes that are not synced each is tried to be lost alone, and kept alone; of more only some.
const EACH: usize = 4;
/// So many selections of changes are drawn.
const DRAWN: usize = 2;

/// A device: what it has for certain, and the changes that it may have made or not.
pub(crate) struct Disk<'a> {
    certain: Image,
    uncertain: Vec<&'a FileChange>,
    /// It makes changes in their order.
    is_sequential: bool,
}

impl<'a> Disk<'a> {
    /// A device that has these files for certain.
    pub(crate) fn new(files: Image, is_sequential: bool) -> Self {
        Self { certain: files, uncertain: Vec::new(), is_sequential }
    }

    /// Changes a file. A sync makes all changes of its file certain. Returns whether something became certain.
    pub(crate) fn change(&mut self, written: &'a FileChange) -> bool {
        match written.change {
            Change::Synced => self.settle(&written.file),
            Change::Deleted { synced: true } => {
                self.settle(&written.file);
                self.certain.remove(&written.file);
            }
            _ => {
                self.uncertain.push(written);
                return false;
            }
        }
        true
    }

    /// How many changes are not certain.
    pub(crate) fn uncertain(&self) -> usize {
        self.uncertain.len()
    }

    /// The first so many of them kept.
    pub(crate) fn first(&self, kept: usize) -> Selection {
        Selection { changes: (0..self.uncertain.len()).map(|at| at < kept).collect(), half: None }
    }

    fn settle(&mut self, file: &str) {
        let settled: Vec<_> = self.uncertain.extract_if(.., |change| change.file == file).collect();
        settled.into_iter().for_each(|written| make(&mut self.certain, &written.file, &written.change));
    }

    /// Which changes may be kept besides the [first](Self::first) ones, when the power is lost at this moment; `seed`
    /// decides what is drawn.
    pub(crate) fn others(&self, seed: u64) -> Vec<Selection> {
        let n = self.uncertain.len();
        let whole = |changes| Selection { changes, half: None };
        let mut others = Vec::new();
        if !self.is_sequential && n > 1 {
            let mut random = Random::new(seed);
            for at in some_of(n, &mut random) {
                others.push(whole((0..n).map(|other| other != at).collect()));
                others.push(whole((0..n).map(|other| other == at).collect()));
            }
            others.extend((0..DRAWN).map(|_| whole((0..n).map(|_| random.below(2) == 0).collect())));
        }
        if self.uncertain.last().is_some_and(|last| half(&last.change, Half::First).is_some()) {
            let torn = |half| Selection { changes: vec![true; n], half: Some(half) };
            others.extend([Half::First, Half::Second].map(torn));
        }
        others
    }

    /// What is there when these changes were kept. What was done to a file that was not made after all, or to the one
    /// after a file that was not deleted after all, is lost: no name leads to it.
    pub(crate) fn image(&self, kept: &Selection) -> Image {
        let mut image = self.certain.clone();
        let mut nameless = BTreeSet::new();
        let last = self.uncertain.len().wrapping_sub(1);
        for (at, written) in self.uncertain.iter().enumerate() {
            let is_kept = kept.changes[at] && !nameless.contains(&*written.file);
            if !is_kept && matches!(written.change, Change::Made | Change::Deleted { .. }) {
                nameless.insert(&*written.file);
            }
            match kept.half.filter(|_| at == last).and_then(|which| half(&written.change, which)) {
                _ if !is_kept => {}
                Some(change) => make(&mut image, &written.file, &change),
                None => make(&mut image, &written.file, &written.change),
            }
        }
        image
    }

    /// These changes in words.
    pub(crate) fn describe(&self, kept: &Selection) -> String {
        let lost = self.uncertain.iter().zip(&kept.changes).filter(|(_, kept)| !**kept);
        let lost: Vec<String> = lost.map(|(written, _)| written.to_string()).collect();
        let half = match (kept.half, self.uncertain.last()) {
            (Some(half), Some(last)) => Some(format!("only the {} half of {last}", half.name())),
            _ => None,
        };
        match (lost.is_empty(), half) {
            (true, None) => "everything kept".to_owned(),
            (true, Some(half)) => half,
            (false, _) => format!("lost: {}", lost.join(", ")),
        }
    }
}

/// What is kept of the changes that are not certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selection {
    changes: Vec<bool>,
    /// The last change is kept by half.
    half: Option<Half>,
}

/// A half of what is written at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    First,
    Second,
}

impl Half {
    fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Second => "second",
        }
    }
}

/// Half of the sectors that are written, where there is more than one.
fn half(change: &Change, which: Half) -> Option<Change> {
    let Change::Bytes { at, bytes } = change else { return None };
    let middle = bytes.len() / SECTOR / 2 * SECTOR;
    let (at, bytes) = match which {
        _ if middle == 0 => return None,
        Half::First => (*at, &bytes[..middle]),
        Half::Second => (*at + middle as u64, &bytes[middle..]),
    };
    Some(Change::Bytes { at, bytes: bytes.to_vec() })
}

fn make(image: &mut Image, file: &str, change: &Change) {
    let (name, mut content) = match image.remove_entry(file) {
        Some((name, content)) => (name, Some(content)),
        None => (file.to_owned(), None),
    };
    change.apply(&mut content);
    image.extend(content.map(|content| (name, content)));
}

/// Each place of so many, or where there are too many, some that are drawn.
fn some_of(n: usize, random: &mut Random) -> Vec<usize> {
    let drawn = |random: &mut Random| usize::try_from(random.below(n as u64)).unwrap_or(0);
    if n <= EACH { (0..n).collect() } else { (0..EACH).map(|_| drawn(random)).collect() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn bytes(file: &str, at: u64, byte: u8, length: usize) -> FileChange {
        FileChange { file: file.to_owned(), change: Change::Bytes { at, bytes: vec![byte; length] } }
    }

    fn contents(disk: &Disk<'_>, file: &str) -> BTreeSet<Option<Vec<u8>>> {
        let first = (0..=disk.uncertain()).map(|kept| disk.first(kept));
        first
            .chain(disk.others(1))
            .map(|kept| disk.image(&kept).get(file).map(|content| content.to_vec()))
            .collect()
    }

    #[test]
    fn what_is_not_synced_may_be_lost_or_kept() {
        let (a, b) = (bytes("a.db", 0, b'a', 1), bytes("a.db", 1, b'b', 1));
        let mut disk = Disk::new(Image::new(), false);
        let _ = disk.change(&a);
        let _ = disk.change(&b);
        let all = [None, Some(b"a".to_vec()), Some(b"ab".to_vec()), Some(b"\0b".to_vec())];
        assert_eq!(contents(&disk, "a.db"), BTreeSet::from(all.clone()));

        let mut sequential = Disk::new(Image::new(), true);
        sequential.change(&a);
        sequential.change(&b);
        assert_eq!(contents(&sequential, "a.db"), BTreeSet::from_iter(all.into_iter().take(3)));
    }

    #[test]
    fn a_sync_is_of_one_file() {
        let sync = FileChange { file: "a.db".to_owned(), change: Change::Synced };
        let (a, j) = (bytes("a.db", 0, b'a', 1), bytes("a.db-journal", 0, b'j', 1));
        let mut disk = Disk::new(Image::new(), false);
        [&a, &j, &sync].into_iter().for_each(|written| {
            let _ = disk.change(written);
        });
        assert_eq!(contents(&disk, "a.db"), BTreeSet::from([Some(b"a".to_vec())]));
        assert_eq!(contents(&disk, "a.db-journal"), BTreeSet::from([None, Some(b"j".to_vec())]));
    }

    #[test]
    fn a_delete_lasts_when_its_directory_is_synced() {
        let there = Image::from([("a.db-journal".to_owned(), b"j".to_vec().into())]);
        let deleted =
            |synced| FileChange { file: "a.db-journal".to_owned(), change: Change::Deleted { synced } };
        for (synced, expected) in [(true, vec![None]), (false, vec![None, Some(b"j".to_vec())])] {
            let deleted = deleted(synced);
            let mut disk = Disk::new(there.clone(), false);
            disk.change(&deleted);
            assert_eq!(contents(&disk, "a.db-journal"), BTreeSet::from_iter(expected));
        }
    }

    #[test]
    fn what_was_written_to_a_new_file_does_not_get_into_the_old_one() {
        let there = Image::from([("j".to_owned(), b"old".to_vec().into())]);
        let changes = [
            FileChange { file: "j".to_owned(), change: Change::Deleted { synced: false } },
            FileChange { file: "j".to_owned(), change: Change::Made },
            bytes("j", 1, b'n', 1),
        ];
        let mut disk = Disk::new(there, false);
        changes.iter().for_each(|written| {
            let _ = disk.change(written);
        });
        let all = [None, Some(b"old".to_vec()), Some(Vec::new()), Some(b"\0n".to_vec())];
        assert_eq!(contents(&disk, "j"), BTreeSet::from(all));
    }

    #[test]
    fn a_write_may_be_made_in_part_but_never_within_a_sector() {
        let written = bytes("a.db", 0, b'x', 4 * SECTOR);
        let mut disk = Disk::new(Image::new(), true);
        let _ = disk.change(&written);
        let lengths: BTreeSet<_> = contents(&disk, "a.db")
            .into_iter()
            .map(|content| content.unwrap_or_default().iter().filter(|byte| **byte == b'x').count())
            .collect();
        assert_eq!(lengths, BTreeSet::from([0, 2 * SECTOR, 4 * SECTOR]));
    }
}
