//! The matrix as a table: contracts down, builds across, one sign per cell.

mod heading;

use std::collections::{BTreeMap, BTreeSet};

use anstyle::{AnsiColor, Style};

use self::heading::{Column, usual_profile};
use super::survey::{Standing, Survey};
use crate::record::snapshots::diff::paint;

type Standings<'a> = BTreeMap<(&'a str, &'a str), Standing>;

/// With more builds than this, only those with a difference are shown.
const ALL_SHOWN: usize = 30;

/// With more contracts than this, only those with a difference have a row of their own: about one screen.
const ALL_LISTED: usize = 40;

/// Every status of a cell, with its sign and meaning, in the order of the legend.
pub const SIGNS: [(Standing, char, &str); 11] = [
    (Standing::Holds, '.', "holds"),
    (Standing::OnRecord, '~', "differs from the build before, on record"),
    (Standing::New, '+', "new, not yet on record"),
    (Standing::Unreviewed, '!', "unreviewed drift"),
    (Standing::Follows, ':', "follows an unreviewed drift above"),
    (Standing::Broken, 'X', "broken"),
    (Standing::Unsupported, '-', "unsupported"),
    (Standing::Crashed, 'c', "crashes, on record"),
    (Standing::TimedOut, 't', "times out, on record"),
    (Standing::Unwanted, 'u', "on record but unsupported"),
    (Standing::Failed, '?', "could not run"),
];

/// The table, in as many blocks as it takes to be at most `width` columns wide, with a legend of its signs.
pub fn table(survey: &Survey, width: usize, color: bool) -> String {
    let standings = survey.standings();
    let shown = shown_builds(survey, &standings);
    let names = Names::new(survey, &standings);
    let usual = usual_profile(survey);
    let found = |build: &str| survey.versions.get(build).map(String::as_str);
    let mut columns: Vec<Column> =
        shown.iter().map(|build| Column::new(build, usual, found(build))).collect();
    heading::arrange(&mut columns);
    let mut text = String::new();
    for block in blocks(&columns, width.saturating_sub(names.width)) {
        text.push_str(&heading::header(block, names.width));
        text.push_str(&rows(&standings, &names, block, color));
        text.push('\n');
    }
    text.push_str(&left_out(survey, shown.len()));
    let unsaid = heading::unsaid(&columns, usual);
    text.push_str(&legend(&standings, unsaid, width, color));
    text
}

/// All builds if they are few, else those that differ from the build before in some contract.
fn shown_builds<'a>(survey: &'a Survey, standings: &Standings) -> Vec<&'a str> {
    let differing: BTreeSet<&str> = differing(standings).map(|(_, build)| build).collect();
    let few = survey.builds.len() <= ALL_SHOWN;
    let is_shown = |at: usize, build: &str| few || at == 0 || differing.contains(build);
    let builds = survey.builds.iter().map(String::as_str).enumerate();
    builds.filter(|(at, build)| is_shown(*at, build)).map(|(_, build)| build).collect()
}

/// The contracts and builds of the cells that do not behave as on the build before.
fn differing<'a>(standings: &Standings<'a>) -> impl Iterator<Item = (&'a str, &'a str)> {
    let differ = standings.iter().filter(|(_, it)| !matches!(it, Standing::Holds | Standing::Unsupported));
    differ.map(|(cell, _)| *cell)
}

fn left_out(survey: &Survey, shown: usize) -> String {
    match survey.builds.len() - shown {
        0 => String::new(),
        n => format!("{n} of {} builds are not shown: they behave like the build before them\n", n + shown),
    }
}

/// Columns in groups that fit; a group has at least one column.
fn blocks<'a, 'b>(columns: &'a [Column<'b>], width: usize) -> Vec<&'a [Column<'b>]> {
    let mut blocks = Vec::new();
    let mut start = 0;
    let mut used = 0;
    for (at, column) in columns.iter().enumerate() {
        if at > start && used + column.width > width {
            blocks.push(&columns[start..at]);
            (start, used) = (at, 0);
        }
        used += column.width;
    }
    blocks.push(&columns[start..]);
    blocks
}

/// The areas, and the width of the names in them.
struct Names<'a> {
    areas: Vec<Area<'a>>,
    width: usize,
}

/// An area: the contracts that have a row, and what is said of the others.
#[derive(Default)]
struct Area<'a> {
    name: &'a str,
    listed: Vec<&'a str>,
    folded: usize,
    /// Whether some build lacks what a folded contract requires.
    lacks: bool,
}

impl<'a> Names<'a> {
    /// All contracts if they are few, else those that differ from the build before on some build.
    fn new(survey: &'a Survey, standings: &Standings) -> Self {
        let differing: BTreeSet<&str> = differing(standings).map(|(contract, _)| contract).collect();
        let lacking = standings.iter().filter(|(_, it)| **it == Standing::Unsupported);
        let lacking: BTreeSet<&str> = lacking.map(|((contract, _), _)| *contract).collect();
        let few = survey.contracts.len() <= ALL_LISTED;
        let mut areas: Vec<Area> = Vec::new();
        for contract in &survey.contracts {
            let name = contract.rsplit_once('/').map_or("", |(area, _)| area);
            let mut area = areas.pop_if(|last| last.name == name).unwrap_or(Area { name, ..Area::default() });
            if few || differing.contains(contract.as_str()) {
                area.listed.push(contract);
            } else {
                area.folded += 1;
                area.lacks |= lacking.contains(contract.as_str());
            }
            areas.push(area);
        }
        let listed = areas.iter().flat_map(|area| &area.listed);
        let width = listed.map(|contract| short(contract).chars().count() + 2).max();
        Self { areas, width: width.unwrap_or(0) }
    }
}

impl Area<'_> {
    /// The one line of its contracts without a row.
    fn rest(&self) -> Option<String> {
        let verb = if self.folded == 1 { "holds" } else { "hold" };
        let more = if self.listed.is_empty() { "" } else { "more " };
        let place = if self.lacks { "where supported" } else { "everywhere" };
        (self.folded > 0).then(|| format!("  {} {more}{verb} {place}\n", self.folded))
    }
}

/// The name of a contract in its area.
fn short(contract: &str) -> &str {
    contract.rsplit_once('/').map_or(contract, |(_, name)| name)
}

fn rows(standings: &Standings, names: &Names, block: &[Column], color: bool) -> String {
    let mut text = String::new();
    for area in &names.areas {
        text.push_str(&(paint(Style::new().bold(), area.name, color) + "\n"));
        for contract in &area.listed {
            let cells: String = block.iter().map(|column| cell(standings, contract, column, color)).collect();
            let name = format!("  {:<1$}", short(contract), names.width - 2);
            text.push_str(&(format!("{name}{cells}").trim_end().to_owned() + "\n"));
        }
        text.push_str(&area.rest().unwrap_or_default());
    }
    text
}

fn cell(standings: &Standings, contract: &str, column: &Column, color: bool) -> String {
    let indent = " ".repeat(column.width - 1);
    match standings.get(&(contract, column.build)) {
        Some(standing) => indent + &sign(*standing, color),
        None => indent + " ",
    }
}

fn sign(standing: Standing, color: bool) -> String {
    let sign = SIGNS.iter().find(|(known, ..)| *known == standing).map_or('?', |(_, sign, _)| *sign);
    let style = match standing {
        Standing::Holds => AnsiColor::Green.on_default(),
        Standing::OnRecord => AnsiColor::Cyan.on_default(),
        Standing::New => AnsiColor::Blue.on_default().bold(),
        Standing::Unsupported => Style::new().dimmed(),
        Standing::Crashed | Standing::TimedOut => AnsiColor::Magenta.on_default(),
        Standing::Unreviewed | Standing::Follows | Standing::Unwanted => {
            AnsiColor::Yellow.on_default().bold()
        }
        Standing::Broken | Standing::Failed => AnsiColor::Red.on_default().bold(),
    };
    paint(style, &sign.to_string(), color)
}

fn legend(standings: &Standings, unsaid: Vec<String>, width: usize, color: bool) -> String {
    let there: BTreeSet<Standing> = standings.values().copied().collect();
    let entries = SIGNS
        .iter()
        .filter(|(standing, ..)| there.contains(standing))
        .map(|(standing, _, meaning)| {
            (meaning.chars().count() + 2, format!("{} {meaning}", sign(*standing, color)))
        })
        .chain(unsaid.into_iter().map(|words| (words.chars().count(), words)));
    let (mut text, mut column) = (String::new(), 0);
    for (long, entry) in entries {
        let gap = match column {
            0 => "",
            _ if column + 3 + long <= width => "   ",
            _ => "\n",
        };
        column = if gap == "   " { column + 3 + long } else { long };
        text += &format!("{gap}{entry}");
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::survey::Cell;

    /// Contracts of two areas on two builds, of which only `a/c0` differs and only `a/c1` is unsupported somewhere.
    fn survey(contracts: usize) -> Survey {
        let contracts: Vec<String> =
            (0..contracts).map(|n| format!("{}/c{n}", if n < 3 { "a" } else { "b" })).collect();
        let cell = |contract: &str, build: &str, standing| Cell {
            contract: contract.to_owned(),
            build: build.to_owned(),
            cached: false,
            standing,
            is_recorded: true,
            cases: Vec::new(),
        };
        let of_contract = |contract: &String| {
            let second = match contract.as_str() {
                "a/c0" => Standing::OnRecord,
                "a/c1" => Standing::Unsupported,
                _ => Standing::Holds,
            };
            [cell(contract, "1", Standing::Holds), cell(contract, "2", second)]
        };
        let cells = contracts.iter().flat_map(of_contract).collect();
        Survey { builds: vec!["1".to_owned(), "2".to_owned()], contracts, cells, ..Survey::default() }
    }

    #[test]
    fn of_many_contracts_those_that_hold_are_one_line_of_their_area() {
        let text = table(&survey(ALL_LISTED + 1), 80, false);
        let rows = "      1  2\na\n  c0  .  ~\n  2 more hold where supported\nb\n  38 hold everywhere\n\n";
        assert!(text.starts_with(rows), "{text}");
        let narrow = table(&survey(ALL_LISTED + 1), 1, false);
        assert_eq!(narrow.matches("  38 hold everywhere\n").count(), 2, "{narrow}");
        let few = table(&survey(ALL_LISTED), 80, false);
        assert!(!few.contains("hold everywhere") && few.contains("\n  c39  .  .\n"), "{few}");
    }

    #[test]
    fn the_legend_breaks_between_its_entries() {
        let text = table(&survey(3), 50, false);
        let legend = ". holds\n~ differs from the build before, on record\n- unsupported";
        assert!(text.trim_end().ends_with(legend), "{text}");
        let wide = table(&survey(3), 80, false);
        assert!(
            wide.contains(". holds   ~ differs from the build before, on record   - unsupported\n"),
            "{wide}"
        );
    }
}
