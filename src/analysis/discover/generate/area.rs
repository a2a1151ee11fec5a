//! What programs are about: each way to generate one belongs to an area, to which a search may be limited.

use std::collections::BTreeSet;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Generator, Tree};

/// What programs are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Area {
    /// One statement without a table: functions, operators, casts.
    Expressions,
    /// Statements over a table with rows of every type, with aggregates and windows.
    Tables,
    /// Numbers as they are read, computed, summed and printed, and dates.
    Numbers,
    /// Schemas, changes to them, and questions.
    Schema,
    /// Full-text search, R-trees and other virtual tables.
    Modules,
    /// Calls of the C interface, in legal and illegal orders.
    Calls,
    /// What a build is: its functions, modules, pragmas, options and limits.
    Surface,
    /// JSON.
    Json,
    /// Statements that are none, or name what is not there.
    Messages,
    /// Changes of rows: conflicts, triggers, foreign keys.
    Writes,
    /// Questions over several tables.
    Joins,
}

impl Area {
    /// All of them, with the words that name them.
    pub const ALL: [(&'static str, Self); 11] = [
        ("expressions", Self::Expressions),
        ("tables", Self::Tables),
        ("numbers", Self::Numbers),
        ("schema", Self::Schema),
        ("modules", Self::Modules),
        ("calls", Self::Calls),
        ("surface", Self::Surface),
        ("json", Self::Json),
        ("messages", Self::Messages),
        ("writes", Self::Writes),
        ("joins", Self::Joins),
    ];
}

impl FromStr for Area {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|(name, _)| *name == word);
        found.map(|(_, area)| area).ok_or_else(|| format!("there is no area `{word}`"))
    }
}

/// A way to generate a program.
enum Way {
    /// By a rule of the grammar.
    Rule(&'static str),
    /// By a function.
    Own(fn(&mut Generator) -> Vec<Tree>),
}

/// The ways but for those over joined tables, and how often each is taken.
const WAYS: [(u64, Area, Way); 13] = [
    (16, Area::Expressions, Way::Own(Generator::plain)),
    (8, Area::Tables, Way::Own(Generator::over_rows)),
    (3, Area::Numbers, Way::Own(Generator::over_numbers)),
    (9, Area::Schema, Way::Own(Generator::over_schema)),
    (3, Area::Modules, Way::Own(Generator::over_module)),
    (6, Area::Calls, Way::Own(Generator::over_calls)),
    (4, Area::Surface, Way::Rule("program of surface")),
    (6, Area::Json, Way::Rule("program of json")),
    (6, Area::Numbers, Way::Rule("program of numbers")),
    (5, Area::Schema, Way::Rule("program of schema")),
    (4, Area::Modules, Way::Rule("program of search")),
    (3, Area::Messages, Way::Rule("program of messages")),
    (7, Area::Writes, Way::Rule("program of writes")),
];

/// How many of a hundred families ask joined tables, where other programs are meant too.
const OVER_TABLES: u64 = 40;

/// How many of a hundred families ask joined tables, in a search of these areas; of all where there are none.
pub(super) fn joins_of_hundred(areas: &BTreeSet<Area>) -> u64 {
    match (areas.contains(&Area::Joins), areas.len()) {
        (_, 0) => OVER_TABLES,
        (false, _) => 0,
        (true, 1) => 100,
        (true, _) => OVER_TABLES,
    }
}

impl Generator {
    /// A program of one of these areas, without joined tables; of any where there are none.
    pub(super) fn by_area(&mut self, areas: &BTreeSet<Area>) -> Vec<Tree> {
        let is_meant = |area: &Area| areas.is_empty() || areas.contains(area);
        let meant = || WAYS.iter().filter(|(_, area, _)| is_meant(area));
        let mut drawn = self.random.below(meant().map(|(often, ..)| often).sum());
        for (often, _, way) in meant() {
            match drawn.checked_sub(*often) {
                Some(left) => drawn = left,
                None => {
                    return match way {
                        Way::Rule(rule) => self.by_rule(rule),
                        Way::Own(make) => make(self),
                    };
                }
            }
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::super::program;
    use super::*;

    #[test]
    fn a_search_may_be_limited_to_areas() {
        let texts = |areas: &[Area]| -> Vec<String> {
            let areas = areas.iter().copied().collect();
            (0..200).map(|number| program(3, number, &areas).sql().join("; ")).collect()
        };
        for (_, area) in Area::ALL {
            assert!(texts(&[area]).iter().all(|text| !text.is_empty()), "{area:?}");
        }
        for text in texts(&[Area::Json]) {
            assert!(text.to_lowercase().contains("json") || text.contains("->"), "{text}");
        }
        assert!(texts(&[Area::Calls]).iter().all(|text| text.ends_with("FROM t'}")));
        assert!(texts(&[Area::Expressions]).iter().all(|text| !text.contains("CREATE TABLE")));
        assert!(texts(&[Area::Joins]).iter().all(|text| text.contains("CREATE TABLE")));
        let both = texts(&[Area::Calls, Area::Joins]);
        let calls = both.iter().filter(|text| text.ends_with("FROM t'}")).count();
        assert!(calls > 0 && calls < both.len());
    }

    #[test]
    fn each_area_has_the_name_by_which_it_is_kept() {
        for (name, area) in Area::ALL {
            assert_eq!(name.parse(), Ok(area));
            assert_eq!(serde_json::to_string(&area).unwrap(), format!("\"{name}\""));
        }
        assert!("plans".parse::<Area>().is_err());
    }
}
