//! Rows of the matrix that are remembered with their comparison: a contract on all builds of a run, none of whose cells
//! needs attention. While nothing has changed that a row depends on, its results are neither read nor compared again.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::once;
use std::path::PathBuf;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::cache::ResultCache;
use super::cell::Cells;
use super::run::CellName;
use super::summary::Summary;
use super::survey::{Cell, Standing, Survey};
use crate::engine::Runner;
use crate::outcome::value::hex;
use crate::record::lineage::Lineage;
use crate::record::snapshots::Recorded;
use crate::system::files::write_atomically;

/// A contract on builds where nothing needs attention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The contract.
    pub contract: String,
    /// What is known of its cells and cases.
    pub overview: Overview,
    /// The results, each with a line feed, in the order of the builds' names.
    lines: String,
}

/// What the table and the summary need of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// The status of each cell, by build.
    pub standings: BTreeMap<String, Standing>,
    /// The figures of all cells, which come from the cache.
    pub figures: Summary,
}

/// The results of cells as the cache holds them, by contract and build.
pub type Remembered = BTreeMap<CellName, String>;

impl Row {
    /// The results as lines of a file of results, in the order of the builds' names.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.lines()
    }

    /// The row of these cells of a contract, if none of them needs attention and all are remembered.
    fn of(cells: &[Cell], remembered: &Remembered) -> Option<Self> {
        let standings: BTreeMap<String, Standing> =
            cells.iter().map(|cell| (cell.build.clone(), cell.standing)).collect();
        let contract = cells.first()?.contract.clone();
        let line = |build: &String| remembered.get(&(contract.clone(), build.clone())).map(String::as_str);
        let lines: Option<Vec<&str>> = standings.keys().map(line).collect();
        let lines = lines?.into_iter().flat_map(|line| [line, "\n"]).collect();
        let figures = Summary { cached: cells.len(), ..Summary::of_cells(cells) };
        let is_clean = standings.values().all(|standing| *standing <= Standing::Crashed);
        is_clean.then_some(Self { contract, overview: Overview { standings, figures }, lines })
    }

    fn builds(&self) -> BTreeSet<&str> {
        self.overview.standings.keys().map(String::as_str).collect()
    }
}

impl<R: Runner> Cells<R> {
    /// Takes the cells of remembered rows out of those that are wanted. A row is looked for on these builds, which can
    /// be loaded.
    pub fn take_rows(&self, wanted: Vec<CellName>, builds: &BTreeSet<&str>) -> (Vec<Row>, Vec<CellName>) {
        let mut asked: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (contract, build) in wanted.iter().filter(|(_, build)| builds.contains(build.as_str())) {
            asked.entry(contract).or_default().insert(build);
        }
        let rows = asked.par_iter().filter_map(|(contract, builds)| self.row(contract, builds));
        let rows: Vec<Row> = rows.collect();
        let known: BTreeSet<&str> = rows.iter().map(|row| row.contract.as_str()).collect();
        let is_left =
            |(contract, build): &CellName| !(known.contains(&**contract) && builds.contains(&**build));
        let left = wanted.iter().filter(|cell| is_left(cell)).cloned().collect();
        (rows, left)
    }

    fn row(&self, contract: &str, builds: &BTreeSet<&str>) -> Option<Row> {
        self.cache.as_ref()?.row(contract, builds, &self.row_key(&self.recorded, contract, builds)?)
    }

    /// Remembers the rows of a run that need no attention. `recorded` is the record that they were compared with.
    pub fn remember_rows(&self, survey: &Survey, recorded: &Recorded, remembered: &Remembered) {
        let failed: BTreeSet<&str> = survey.failed.iter().map(|cell| cell.contract.as_str()).collect();
        let contracts: Vec<&[Cell]> = survey.cells.chunk_by(|a, b| a.contract == b.contract).collect();
        let rows = contracts.into_par_iter().filter_map(|cells| Row::of(cells, remembered));
        rows.filter(|row| !failed.contains(&*row.contract)).for_each(|row| self.remember_row(&row, recorded));
    }

    fn remember_row(&self, row: &Row, recorded: &Recorded) {
        // A cell whose snapshot waits is judged with side effects.
        let waits = recorded.contract(&row.contract).map_or(true, |snapshots| snapshots.any_pending());
        let key = || self.row_key(recorded, &row.contract, &row.builds());
        if let Some((cache, key)) = self.cache.as_ref().filter(|_| !waits).and_then(|it| Some((it, key()?))) {
            cache.put_row(row, &key);
        }
    }

    /// Everything that the results of a row and their comparison depend on: the keys of its cells, what is on record of
    /// the contract, and the lineage of its builds.
    fn row_key(&self, recorded: &Recorded, contract: &str, builds: &BTreeSet<&str>) -> Option<String> {
        let mut depends = recorded.contract(contract).ok()?.digest();
        for build in builds {
            depends.push_str(&self.runner.cell_key(contract, build)?);
            for build in once(*build).chain(self.lineage.forebears(build)) {
                depends.extend([
                    "\n",
                    build,
                    if self.lineage.is_recorded(build) { "" } else { " (off record)" },
                ]);
            }
        }
        Some(digest(&depends))
    }
}

impl Survey {
    /// Adds remembered rows.
    pub fn with_rows(mut self, lineage: &Lineage, rows: Vec<Row>) -> Self {
        let standings = || rows.iter().flat_map(|row| row.overview.standings.keys());
        let builds: BTreeSet<&String> = self.builds.iter().chain(standings()).collect();
        let known = lineage.in_order().into_iter().map(str::to_owned);
        let builds = known.filter(|build| builds.contains(build)).collect();
        self.contracts.extend(rows.iter().map(|row| row.contract.clone()));
        self.contracts.sort_unstable();
        self.contracts.dedup();
        Self { builds, rows, ..self }
    }
}

/// A file per row: a line with its key and the checksum of the rest, a line with its overview, and its results.
impl ResultCache {
    fn row(&self, contract: &str, builds: &BTreeSet<&str>, key: &str) -> Option<Row> {
        let text = std::fs::read_to_string(self.file_of_row(contract, builds)).ok()?;
        let (checksum, rest) = text.strip_prefix(key)?.split_once('\n')?;
        let (overview, lines) = rest.split_once('\n').filter(|_| checksum == checksum_of(rest))?;
        let overview = serde_json::from_str(overview).ok()?;
        Some(Row { contract: contract.to_owned(), overview, lines: lines.to_owned() })
    }

    /// A cache that cannot be written only costs time.
    fn put_row(&self, row: &Row, key: &str) {
        if let Ok(overview) = serde_json::to_string(&row.overview) {
            let rest = format!("{overview}\n{}", row.lines);
            let file = self.file_of_row(&row.contract, &row.builds());
            let _ = write_atomically(&file, format!("{key}{}\n{rest}", checksum_of(&rest)));
        }
    }

    /// Runs of other builds have other rows.
    fn file_of_row(&self, contract: &str, builds: &BTreeSet<&str>) -> PathBuf {
        let builds: String = builds.iter().flat_map(|build| [*build, "\n"]).collect();
        self.of_contract(contract).join(format!("{}.row", &digest(&builds)[..16]))
    }
}

fn checksum_of(text: &str) -> String {
    format!(" {:08x}", crc32fast::hash(text.as_bytes()))
}

fn digest(text: &str) -> String {
    hex(&Sha256::digest(text))
}
