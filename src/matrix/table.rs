//! The matrix as a table: contracts down, builds across, one sign per cell.

mod areas;
mod heading;

use std::collections::{BTreeMap, BTreeSet};

use anstyle::{AnsiColor, Style};

use self::areas::{Area, Areas, indented};
use self::heading::{Column, usual_profile};
use super::survey::{Standing, Survey};
use crate::record::snapshots::diff::paint;

type Standings<'a> = BTreeMap<(&'a str, &'a str), Standing>;

/// With more builds than this, only those with a difference are shown.
const ALL_SHOWN: usize = 30;

/// What a number in the row of an area says.
const COUNTED: &str = "a number: how many contracts of the area differ (`matrix AREA` lists them)";

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
    let areas = Areas::new(survey, &standings);
    let usual = usual_profile(survey);
    let found = |build: &str| survey.versions.get(build).map(String::as_str);
    let mut columns: Vec<Column> =
        shown.iter().map(|build| Column::new(build, usual, found(build))).collect();
    heading::arrange(&mut columns);
    let mut text = String::new();
    for block in blocks(&columns, width.saturating_sub(areas.width)) {
        text.push_str(&heading::header(block, areas.width));
        text.push_str(&rows(&standings, &areas, block, color));
        text.push('\n');
    }
    text.push_str(&left_out(survey, shown.len()));
    let mut unsaid = heading::unsaid(&columns, usual);
    if areas.are_folded {
        unsaid.insert(0, COUNTED.to_owned());
    }
    text.push_str(&legend(&areas.signs(&standings, &survey.builds), unsaid, width, color));
    text
}

/// All builds if they are few, else those that differ from the build before in some contract.
fn shown_builds<'a>(survey: &'a Survey, standings: &Standings) -> Vec<&'a str> {
    let differ = standings.iter().filter(|(_, standing)| standing.differs());
    let differing: BTreeSet<&str> = differ.map(|((_, build), _)| *build).collect();
    let few = survey.builds.len() <= ALL_SHOWN;
    let is_shown = |at: usize, build: &str| few || at == 0 || differing.contains(build);
    let builds = survey.builds.iter().map(String::as_str).enumerate();
    builds.filter(|(at, build)| is_shown(*at, build)).map(|(_, build)| build).collect()
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

fn rows(standings: &Standings, areas: &Areas, block: &[Column], color: bool) -> String {
    let mut text = String::new();
    for area in &areas.areas {
        let title = format!("{:<1$}", areas.title(area), areas.width);
        let counted = block.iter().filter(|_| areas.are_folded);
        let counts: String = counted.map(|column| count(standings, area, column, color)).collect();
        text.push_str(&row(&paint(Style::new().bold(), title.trim_end(), color), &title, &counts));
        for contract in &area.listed {
            let cells: String = block.iter().map(|column| cell(standings, contract, column, color)).collect();
            let name = format!("{:<1$}", indented(contract), areas.width);
            text.push_str(&row(name.trim_end(), &name, &cells));
        }
    }
    text
}

/// A name and its cells; `padded` is as wide as the names of all rows.
fn row(name: &str, padded: &str, cells: &str) -> String {
    let gap = &padded[padded.trim_end().len()..];
    format!("{name}{gap}{cells}").trim_end().to_owned() + "\n"
}

/// The cell of an area: how many of its contracts differ, or the sign of what all of them do.
fn count(standings: &Standings, area: &Area, column: &Column, color: bool) -> String {
    let Some((count, worst)) = area.count(standings, column.build) else {
        return " ".repeat(column.width);
    };
    let shown = if count == 0 { sign_of(worst).to_string() } else { count.to_string() };
    " ".repeat(column.width.saturating_sub(shown.len())) + &paint(style_of(worst), &shown, color)
}

fn cell(standings: &Standings, contract: &str, column: &Column, color: bool) -> String {
    let indent = " ".repeat(column.width - 1);
    match standings.get(&(contract, column.build)) {
        Some(standing) => indent + &sign(*standing, color),
        None => indent + " ",
    }
}

fn sign(standing: Standing, color: bool) -> String {
    paint(style_of(standing), &sign_of(standing).to_string(), color)
}

fn sign_of(standing: Standing) -> char {
    SIGNS.iter().find(|(known, ..)| *known == standing).map_or('?', |(_, sign, _)| *sign)
}

fn style_of(standing: Standing) -> Style {
    match standing {
        Standing::Holds => AnsiColor::Green.on_default(),
        Standing::OnRecord => AnsiColor::Cyan.on_default(),
        Standing::New => AnsiColor::Blue.on_default().bold(),
        Standing::Unsupported => Style::new().dimmed(),
        Standing::Crashed | Standing::TimedOut => AnsiColor::Magenta.on_default(),
        Standing::Unreviewed | Standing::Follows | Standing::Unwanted => {
            AnsiColor::Yellow.on_default().bold()
        }
        Standing::Broken | Standing::Failed => AnsiColor::Red.on_default().bold(),
    }
}

fn legend(there: &BTreeSet<Standing>, unsaid: Vec<String>, width: usize, color: bool) -> String {
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
    use super::areas::ALL_LISTED;
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
    fn of_many_contracts_an_area_is_one_row_that_counts_those_that_differ() {
        let text = table(&survey(ALL_LISTED + 1), 80, false);
        assert!(text.starts_with("        1  2\na (3)   .  1\nb (38)  .  .\n\n"), "{text}");
        assert!(text.contains(&format!("\n. holds\n{COUNTED}\n")), "{text}");
        let narrow = table(&survey(ALL_LISTED + 1), 1, false);
        assert_eq!(narrow.matches("b (38)  .\n").count(), 2, "{narrow}");
        let few = table(&survey(ALL_LISTED), 80, false);
        assert!(few.contains("\na\n  c0   .  ~\n") && !few.contains(COUNTED), "{few}");
    }

    #[test]
    fn a_contract_that_somebody_has_to_look_at_has_a_row_in_its_area() {
        let mut survey = survey(ALL_LISTED + 1);
        let meant = |cell: &&mut Cell| (cell.contract.as_str(), cell.build.as_str()) == ("a/c2", "2");
        survey.cells.iter_mut().find(meant).unwrap().standing = Standing::Broken;
        let text = table(&survey, 80, false);
        assert!(text.starts_with("        1  2\na (3)   .  2\n  c2    .  X\nb (38)  .  .\n\n"), "{text}");
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
