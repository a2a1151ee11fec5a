//! The rows of one execution of a statement, beside those that were recorded.

use super::shown::mixed;
use crate::outcome::replayed::Kind;
use crate::worker::ffi::replay::Differs;

const ROW: i32 = 100;
const DONE: i32 = 101;

/// Rows that are read one after the other.
#[derive(Default)]
pub(super) struct Rows {
    old: u64,
    new: u64,
    /// The values of the row that is being read.
    row: (u64, u64),
    /// All rows that are others, in any order.
    sums: (u64, u64),
    /// The first value that is another, and how many are.
    first: Option<(Differs, (u32, u64))>,
    count: u64,
    place: (u32, u64),
    /// Its rows have ended, and those of the recorded one had not.
    pub(super) is_lost: bool,
    is_over: bool,
}

/// What rows came to.
pub(super) enum Verdict {
    Goes,
    /// There are more than were recorded.
    MoreRows,
    Ended(Option<Found>),
}

/// How the rows of an execution differ.
pub(super) struct Found {
    pub(super) kind: Kind,
    pub(super) place: (u32, u64),
    pub(super) old: String,
    pub(super) new: String,
    pub(super) count: u64,
}

impl Rows {
    /// A step returned these codes, then and now.
    pub(super) fn step(&mut self, old: i32, new: i32, place: (u32, u64)) -> Verdict {
        let before = if self.is_over { self.end() } else { Verdict::Goes };
        self.end_row();
        self.place = place;
        self.old += u64::from(old == ROW);
        self.new += u64::from(new == ROW);
        self.is_lost = old == ROW && new != ROW;
        self.is_over = old != ROW;
        match (old, new) {
            (DONE, ROW) => Verdict::MoreRows,
            _ => before,
        }
    }

    /// A recorded row that is not there.
    pub(super) fn skip(&mut self) {
        self.old += 1;
    }

    /// So many rows came where there were none; the first is counted already.
    pub(super) fn more(&mut self, rows: u64) -> Verdict {
        self.new += rows - 1;
        self.end()
    }

    /// A column was read.
    #[inline]
    pub(super) fn column(&mut self, recorded: u64, differs: Option<Differs>, place: (u32, u64)) {
        let found = differs.as_ref().map_or(recorded, |differs| differs.hash);
        self.row = (mixed(self.row.0, recorded), mixed(self.row.1, found));
        if let Some(differs) = differs {
            self.count += 1;
            self.first.get_or_insert((differs, place));
        }
    }

    fn end_row(&mut self) {
        let (old, new) = std::mem::take(&mut self.row);
        if old != new {
            self.sums = (self.sums.0.wrapping_add(old), self.sums.1.wrapping_add(new));
        }
    }

    /// The statement is reset or finalized.
    pub(super) fn end(&mut self) -> Verdict {
        self.end_row();
        let Self { old, new, sums, first, count, place, .. } = std::mem::take(self);
        if old != new {
            let rows = |count: u64| if count == 1 { "1 row".to_owned() } else { format!("{count} rows") };
            let found = Found { kind: Kind::Rows, place, old: rows(old), new: rows(new), count: 1 };
            return Verdict::Ended(Some(found));
        }
        Verdict::Ended(first.map(|(differs, place)| {
            let kind = if sums.0 == sums.1 && old > 1 { Kind::Order } else { Kind::Value };
            Found { kind, place, old: differs.old, new: differs.new, count }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differs(old: u64, new: u64) -> (u64, Option<Differs>) {
        let differs = Differs { old: old.to_string(), new: new.to_string(), hash: new };
        (old, (old != new).then_some(differs))
    }

    fn found(rows: &[(u64, u64)]) -> Option<Kind> {
        let mut read = Rows::default();
        for (old, new) in rows {
            read.step(ROW, ROW, (0, 1));
            let (recorded, differs) = differs(*old, *new);
            read.column(recorded, differs, (0, 2));
        }
        read.step(DONE, DONE, (0, 3));
        match read.end() {
            Verdict::Ended(found) => found.map(|found| found.kind),
            _ => None,
        }
    }

    #[test]
    fn the_same_rows_in_another_order_are_told_from_other_values() {
        assert_eq!(found(&[(1, 1), (2, 2)]), None);
        assert_eq!(found(&[(1, 2), (2, 1), (3, 3)]), Some(Kind::Order));
        assert_eq!(found(&[(1, 2), (2, 3)]), Some(Kind::Value));
        assert_eq!(found(&[(1, 2)]), Some(Kind::Value));
    }

    #[test]
    fn rows_that_are_missing_or_more_are_counted() {
        let mut rows = Rows::default();
        rows.step(ROW, ROW, (0, 1));
        rows.step(ROW, DONE, (0, 2));
        assert!(rows.is_lost);
        rows.skip();
        let Verdict::Ended(Some(found)) = rows.end() else { panic!("nothing was found") };
        assert_eq!((found.kind, found.old.as_str(), found.new.as_str()), (Kind::Rows, "3 rows", "1 row"));
        assert!(matches!(rows.step(DONE, ROW, (0, 3)), Verdict::MoreRows));
        let Verdict::Ended(Some(found)) = rows.more(2) else { panic!("nothing was found") };
        assert_eq!((found.old.as_str(), found.new.as_str()), ("0 rows", "2 rows"));
    }
}
