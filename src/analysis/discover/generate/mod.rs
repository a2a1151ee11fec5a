//! Programs from a seed. The same seed and number are the same program on every machine, as long as this folder is.

mod area;
mod call_lists;
mod calls;
mod changes;
mod expressions;
mod functions;
mod grammar;
mod modules;
mod schema;
mod select;

use std::collections::BTreeSet;

pub use area::Area;

use super::program::Program;
use super::tree::Tree;
use super::values::{ITSELF, Literal, Sort};
use crate::outcome::random::Random;

/// Raised when a seed makes other programs than before, or their answers are compared in another way: a search that
/// began before cannot go on. Nor can one of edition 8, which took a build for another where the newer one was given first.
pub(super) const EDITION: u32 = 9;

/// So many programs after each other may ask the same tables: these are made and filled once for all of them.
const FAMILY: u64 = 16;
/// What tells the numbers of families from those of programs.
const OF_FAMILIES: u64 = u64::from_be_bytes(*b"families");

/// The program with this number among those of a seed, of these areas; of all where there are none.
pub(super) fn program(seed: u64, number: u64, areas: &BTreeSet<Area>) -> Program {
    let mut family = Generator { random: Random::nth(seed ^ OF_FAMILIES, number / FAMILY) };
    let mut generator = Generator { random: Random::nth(seed, number) };
    if family.random.below(100) < area::joins_of_hundred(areas) {
        let mut statements = family.by_rule("tables of joins");
        statements.extend(generator.by_rule("question of joins"));
        return Program(statements);
    }
    Program(generator.by_area(areas))
}

/// Another literal of the same kind as one that was given, as far as its text tells.
pub(super) fn literal_like(literal: &Tree, random: &mut Random) -> Tree {
    let text = literal.to_string();
    let sort = match text.as_bytes() {
        [b'\'', b'{' | b'[', ..] => Sort::Json,
        [b'\'', b'$', ..] => Sort::Path,
        [b'\'', b'%', ..] => Sort::Format,
        [b'\'', b'0'..=b'9', ..] => Sort::Date,
        [b'0'..=b'9', ..] => Sort::Number,
        [b'\'', ..] => Sort::Text,
        _ => Sort::Any,
    };
    let (class, texts) = random.one_of(sort.classes());
    let text = random.one_of(texts);
    Tree::literal(Literal { text, class: if class == ITSELF { text } else { class } })
}

/// Draws the parts of a program.
struct Generator {
    random: Random,
}

impl Generator {
    /// Whether something with this chance, in percent, happens.
    fn chance(&mut self, percent: u64) -> bool {
        self.random.below(100) < percent
    }

    fn count(&mut self, low: usize, high: usize) -> usize {
        low + self.random.below((high - low + 1) as u64) as usize
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        self.random.one_of(all)
    }

    fn literal(&mut self, sort: Sort) -> Tree {
        let (class, texts) = self.one_of(sort.classes());
        let text = self.one_of(texts);
        Tree::literal(Literal { text, class: if class == ITSELF { text } else { class } })
    }

    /// A clause with this chance, else nothing.
    fn perhaps(&mut self, percent: u64, clause: impl FnOnce(&mut Self) -> Tree) -> Tree {
        if self.chance(percent) { clause(self) } else { Tree::word("") }
    }

    fn several(&mut self, low: usize, high: usize, mut item: impl FnMut(&mut Self) -> Tree) -> Vec<Tree> {
        (0..self.count(low, high)).map(|_| item(self)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::discover::chance::of_chance;

    #[test]
    fn a_program_depends_on_its_seed_and_number_alone() {
        let all = |seed| {
            (0..200).map(|number| program(seed, number, &BTreeSet::new()).sql().join(";")).collect::<Vec<_>>()
        };
        assert_eq!(all(1), all(1));
        assert_ne!(all(1), all(2));
    }

    #[test]
    fn a_smaller_program_does_not_ask_for_the_present_time() {
        for number in 0..400 {
            for sql in
                program(9, number, &BTreeSet::new()).smaller().iter().map(|smaller| smaller.sql().join(";"))
            {
                for call in
                    ["date()", "time()", "day()", "epoch()", "strftime()", "time('subsec", "date('subsec"]
                {
                    assert!(!sql.contains(call), "{sql}");
                }
                // Reading all of them as tokens would take minutes.
                if sql.contains("strftime(") {
                    assert_ne!(of_chance(&sql).as_deref(), Some("strftime()"), "{sql}");
                }
            }
        }
    }

    #[test]
    fn nothing_unstable_is_generated() {
        for number in 0..2_000 {
            let sql = program(7, number, &BTreeSet::new()).sql().join(";").to_lowercase();
            for word in ["random", "'now'", "current_t", "localtime"] {
                assert!(!sql.contains(word), "{word} in {sql}");
            }
        }
    }
}
