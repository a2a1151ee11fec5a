//! The rows of the table: areas, and contracts in them.

use std::collections::BTreeSet;

use super::super::survey::{Standing, Survey};
use super::Standings;

/// With more contracts than this, an area is one row, which counts those that differ: the table is to fit on a screen.
pub(super) const ALL_LISTED: usize = 40;

/// The areas, and the width of the names.
pub(super) struct Areas<'a> {
    pub areas: Vec<Area<'a>>,
    pub width: usize,
}

/// An area: its contracts, and which of them have a row.
pub(super) struct Area<'a> {
    pub name: &'a str,
    contracts: Vec<&'a str>,
    pub listed: Vec<&'a str>,
    is_folded: bool,
}

impl<'a> Areas<'a> {
    /// All contracts if they are few, else those that somebody has to look at on some build.
    pub(super) fn new(survey: &'a Survey, standings: &Standings) -> Self {
        let is_folded = survey.contracts.len() > ALL_LISTED;
        let is_open = |contract: &str| {
            let mut builds =
                survey.builds.iter().filter_map(|build| standings.get(&(contract, build.as_str())));
            builds.any(|standing| standing.is_open())
        };
        let mut areas: Vec<Area> = Vec::new();
        for contract in &survey.contracts {
            let name = contract.rsplit_once('/').map_or("", |(area, _)| area);
            let new = || Area { name, contracts: Vec::new(), listed: Vec::new(), is_folded };
            let mut area = areas.pop_if(|last| last.name == name).unwrap_or_else(new);
            area.contracts.push(contract);
            if !is_folded || is_open(contract) {
                area.listed.push(contract);
            }
            areas.push(area);
        }
        let titles = areas.iter().filter(|_| is_folded).map(Area::title);
        let names = areas.iter().flat_map(|area| area.listed.iter().map(|it| indented(it)));
        let width = names.chain(titles).map(|row| row.chars().count()).max();
        Self { areas, width: width.unwrap_or(0) }
    }

    /// What the signs of the rows stand for; a number is no sign.
    pub(super) fn signs(&self, standings: &Standings) -> BTreeSet<Standing> {
        let of_contract =
            |(contract, _): &(&str, &str)| self.areas.iter().any(|area| area.listed.contains(contract));
        let of_contracts =
            standings.iter().filter(|(cell, _)| of_contract(cell)).map(|(_, standing)| *standing);
        let builds: BTreeSet<&str> = standings.keys().map(|(_, build)| *build).collect();
        let counts =
            self.areas.iter().flat_map(|area| builds.iter().filter_map(|build| area.count(standings, build)));
        of_contracts.chain(counts.filter(|(count, _)| *count == 0).map(|(_, worst)| worst)).collect()
    }

    /// Whether areas are rows that count.
    pub(super) fn are_folded(&self) -> bool {
        self.areas.iter().any(|area| area.is_folded)
    }
}

impl Area<'_> {
    /// Its name, and how many contracts it has where not all of them have a row.
    pub(super) fn title(&self) -> String {
        if self.is_folded {
            format!("{} ({})", self.name, self.contracts.len())
        } else {
            self.name.to_owned()
        }
    }

    /// How many of its contracts do not behave on a build as on the one before, and the worst of what they do. Nothing where
    /// each contract has a row, or the build ran none of them.
    pub(super) fn count(&self, standings: &Standings, build: &str) -> Option<(usize, Standing)> {
        let on_build = || self.contracts.iter().filter_map(|contract| standings.get(&(*contract, build)));
        let worst = on_build().max().filter(|_| self.is_folded)?;
        Some((on_build().filter(|standing| standing.differs()).count(), *worst))
    }
}

/// The name of a contract below that of its area.
pub(super) fn indented(contract: &str) -> String {
    format!("  {}", contract.rsplit_once('/').map_or(contract, |(_, name)| name))
}
