//! Where the pages of SQLite's files are, <https://sqlite.org/fileformat2.html>.

use std::ops::Range;

/// What begins a database.
const DATABASE: &[u8] = b"SQLite format 3\0";
/// What begins a rollback journal.
const JOURNAL: &[u8] = &[0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
/// What begins a log but for the last bit, which says how its checksums are made.
const LOG: &[u8] = &[0x37, 0x7f, 0x06];
/// The pages of a file that is none of SQLite's, or whose header is damaged.
const BLOCK: usize = 512;

/// The pages of a database, the frames of a log, the records of a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pages {
    first: usize,
    size: usize,
}

impl Pages {
    /// The pages of a file, by its header.
    pub(super) fn of(file: &[u8]) -> Self {
        let number =
            |at: usize| file.get(at..at + 4).map_or(0, |it| it.iter().fold(0, |n, b| n << 8 | *b as usize));
        let (first, size) = if file.starts_with(JOURNAL) {
            (number(20), number(24) + 8)
        } else if file.starts_with(LOG) {
            (32, number(8) + 24)
        } else if file.starts_with(DATABASE) {
            (
                0,
                match number(16) >> 16 {
                    1 => 65_536,
                    size => size,
                },
            )
        } else {
            (0, BLOCK)
        };
        if file.len() < first || size < BLOCK { Self { first: 0, size: BLOCK } } else { Self { first, size } }
    }

    pub(super) fn size(self) -> usize {
        self.size
    }

    /// Where the page of a byte begins, or the file's header.
    pub(super) fn start_before(self, byte: usize) -> usize {
        byte.checked_sub(self.first).map_or(0, |byte| self.first + byte - byte % self.size)
    }

    /// The whole pages in some bytes of a file that is so long, by their numbers.
    pub(super) fn whole_in(self, bytes: &Range<usize>, length: usize) -> Range<usize> {
        let end = bytes.end.min(length).saturating_sub(self.first) / self.size;
        bytes.start.saturating_sub(self.first).div_ceil(self.size)..end
    }

    /// The bytes of the page with this number.
    pub(super) fn page(self, number: usize) -> Range<usize> {
        let start = self.first + number * self.size;
        start..start + self.size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_says_how_large_pages_are() {
        let database = |size: [u8; 2]| [DATABASE, &size, &[0; 600]].concat();
        assert_eq!(Pages::of(&database([2, 0])), Pages { first: 0, size: 512 });
        assert_eq!(Pages::of(&database([0, 1])), Pages { first: 0, size: 65536 });
        assert_eq!(Pages::of(&database([0, 2])), Pages { first: 0, size: BLOCK });
        let log = [LOG, &[0x82, 0, 0x2d, 0xe2, 0x18, 0, 0, 4, 0], &[0; 600]].concat();
        assert_eq!(Pages::of(&log), Pages { first: 32, size: 1048 });
        let journal = [JOURNAL, &[0; 12], &[0, 0, 2, 0, 0, 0, 4, 0], &[0; 600]].concat();
        assert_eq!(Pages::of(&journal), Pages { first: 512, size: 1032 });
        assert_eq!(Pages::of(b"no file of SQLite's"), Pages { first: 0, size: 512 });
    }

    #[test]
    fn only_whole_pages_count() {
        let pages = Pages { first: 32, size: 1000 };
        assert_eq!(pages.whole_in(&(0..usize::MAX), 3031), 0..2);
        assert_eq!(pages.whole_in(&(33..usize::MAX), 3032), 1..3);
        assert_eq!(pages.page(1), 1032..2032);
        assert_eq!([0, 31, 32, 1031, 1032].map(|byte| pages.start_before(byte)), [0, 0, 32, 32, 1032]);
    }
}
