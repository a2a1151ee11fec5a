//! The rows of one execution of a statement, beside those that were recorded.

use std::collections::BTreeMap;

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
    /// Of each column, from 0: the first value that is another, its place, and how many are.
    others: BTreeMap<u32, (Differs, (u32, u64), u64)>,
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
    /// How they differ: once as a whole, or in each of some columns.
    Ended(Vec<Found>),
}

/// How the rows of an execution differ.
pub(super) struct Found {
    pub(super) kind: Kind,
    pub(super) place: (u32, u64),
    /// The column, from 1, where there are several.
    pub(super) column: Option<u32>,
    pub(super) old: String,
    pub(super) new: String,
    pub(super) count: u64,
}

impl Found {
    /// What is of no column, and differs once.
    pub(super) fn whole(kind: Kind, place: (u32, u64), old: String, new: String) -> Self {
        Self { kind, place, column: None, old, new, count: 1 }
    }
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
    pub(super) fn column(&mut self, at: u32, recorded: u64, differs: Option<Differs>, place: (u32, u64)) {
        let found = differs.as_ref().map_or(recorded, |differs| differs.hash);
        self.row = (mixed(self.row.0, recorded), mixed(self.row.1, found));
        if let Some(differs) = differs {
            self.others.entry(at).or_insert((differs, place, 0)).2 += 1;
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
        let Self { old, new, sums, others, place, .. } = std::mem::take(self);
        if old != new {
            let rows = |count: u64| if count == 1 { "1 row".to_owned() } else { format!("{count} rows") };
            return Verdict::Ended(vec![Found::whole(Kind::Rows, place, rows(old), rows(new))]);
        }
        let is_order = sums.0 == sums.1 && old > 1;
        let all = others.values().map(|(.., count)| count).sum();
        let found = others.into_iter().map(|(column, (differs, place, count))| {
            let found = Found::whole(Kind::Value, place, differs.old, differs.new);
            match is_order {
                true => Found { kind: Kind::Order, count: all, ..found },
                false => Found { column: Some(column + 1), count, ..found },
            }
        });
        // Rows change their places with all of their columns.
        Verdict::Ended(found.take(if is_order { 1 } else { usize::MAX }).collect())
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
            read.column(0, recorded, differs, (0, 2));
        }
        read.step(DONE, DONE, (0, 3));
        match read.end() {
            Verdict::Ended(found) => found.first().map(|found| found.kind),
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
        let Verdict::Ended(found) = rows.end() else { panic!("nothing was found") };
        let [found] = found.as_slice() else { panic!("one thing differs") };
        assert_eq!((found.kind, found.old.as_str(), found.new.as_str()), (Kind::Rows, "3 rows", "1 row"));
        assert!(matches!(rows.step(DONE, ROW, (0, 3)), Verdict::MoreRows));
        let Verdict::Ended(found) = rows.more(2) else { panic!("nothing was found") };
        assert_eq!((found[0].old.as_str(), found[0].new.as_str()), ("0 rows", "2 rows"));
    }

    #[test]
    fn each_column_that_differs_is_found() {
        let mut rows = Rows::default();
        for _ in 0..2 {
            rows.step(ROW, ROW, (0, 1));
            for (at, new) in [(0, 1), (1, 3), (2, 4)] {
                let (recorded, differs) = differs(1, new);
                rows.column(at, recorded, differs, (0, 2 + u64::from(at)));
            }
        }
        rows.step(DONE, DONE, (0, 9));
        let Verdict::Ended(found) = rows.end() else { panic!("nothing was found") };
        let found: Vec<_> =
            found.iter().map(|it| (it.column, it.place.1, it.new.as_str(), it.count)).collect();
        assert_eq!(found, [(Some(2), 3, "3", 2), (Some(3), 4, "4", 2)]);
    }

    #[test]
    fn rows_in_another_order_differ_once_as_a_whole() {
        let mut rows = Rows::default();
        for (old, new) in [(1, 2), (2, 1)] {
            rows.step(ROW, ROW, (0, 1));
            for at in 0..2 {
                let (recorded, differs) = differs(old, new);
                rows.column(at, recorded, differs, (0, 2));
            }
        }
        rows.step(DONE, DONE, (0, 3));
        let Verdict::Ended(found) = rows.end() else { panic!("nothing was found") };
        let found: Vec<_> = found.iter().map(|it| (it.kind, it.column, it.count)).collect();
        assert_eq!(found, [(Kind::Order, None, 4)]);
    }
}
