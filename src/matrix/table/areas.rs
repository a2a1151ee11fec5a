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
    /// Whether an area is a row that counts.
    pub are_folded: bool,
}

/// An area: its contracts, and which of them have a row.
pub(super) struct Area<'a> {
    name: &'a str,
    contracts: Vec<&'a str>,
    pub listed: Vec<&'a str>,
}

impl<'a> Areas<'a> {
    /// All contracts if they are few, else those that somebody has to look at on some build.
    pub(super) fn new(survey: &'a Survey, standings: &Standings) -> Self {
        let are_folded = survey.contracts.len() > ALL_LISTED;
        let open = standings.iter().filter(|(_, standing)| standing.is_open());
        let open: BTreeSet<&str> = open.map(|((contract, _), _)| *contract).collect();
        let mut areas: Vec<Area> = Vec::new();
        for contract in &survey.contracts {
            let name = contract.rsplit_once('/').map_or("", |(area, _)| area);
            let new = || Area { name, contracts: Vec::new(), listed: Vec::new() };
            let mut area = areas.pop_if(|last| last.name == name).unwrap_or_else(new);
            area.contracts.push(contract);
            if !are_folded || open.contains(contract.as_str()) {
                area.listed.push(contract);
            }
            areas.push(area);
        }
        let mut areas = Self { areas, width: 0, are_folded };
        areas.width = areas.names().map(|name| name.chars().count()).max().unwrap_or(0);
        areas
    }

    /// What stands before the cells of each row.
    fn names(&self) -> impl Iterator<Item = String> {
        let titles = self.areas.iter().filter(|_| self.are_folded).map(|area| self.title(area));
        titles.chain(self.areas.iter().flat_map(|area| &area.listed).map(|contract| indented(contract)))
    }

    /// The name of an area, and how many contracts it has where not all of them have a row.
    pub(super) fn title(&self, area: &Area) -> String {
        if self.are_folded {
            format!("{} ({})", area.name, area.contracts.len())
        } else {
            area.name.to_owned()
        }
    }

    /// What the signs of the rows stand for; a number is no sign.
    pub(super) fn signs(&self, standings: &Standings, builds: &[String]) -> BTreeSet<Standing> {
        let of_area = |area: &Area, build: &str| {
            let count = area.count(standings, build).filter(|(count, _)| self.are_folded && *count == 0);
            let listed =
                area.listed.iter().filter_map(|contract| standings.get(&(*contract, build))).copied();
            listed.chain(count.map(|(_, worst)| worst)).collect::<Vec<_>>()
        };
        let of_build =
            |build: &String| self.areas.iter().flat_map(|area| of_area(area, build)).collect::<Vec<_>>();
        builds.iter().flat_map(of_build).collect()
    }
}

impl Area<'_> {
    /// How many of its contracts do not behave on a build as on the one before, and the worst of what they do. Nothing where
    /// the build ran none of them.
    pub(super) fn count(&self, standings: &Standings, build: &str) -> Option<(usize, Standing)> {
        let on_build = || self.contracts.iter().filter_map(|contract| standings.get(&(*contract, build)));
        let worst = on_build().max()?;
        Some((on_build().filter(|standing| standing.differs()).count(), *worst))
    }
}

/// The name of a contract below that of its area.
pub(super) fn indented(contract: &str) -> String {
    format!("  {}", contract.rsplit_once('/').map_or(contract, |(_, name)| name))
}
