//! The heads of the table's columns. A build is headed by its version, and its profile unless that is the most frequent one; a
//! version of a driver stands under the driver's name, beside the driver's other versions.

use std::collections::BTreeMap;

use crate::matrix::survey::Survey;

/// A build's name in several lines: `3.54`, `.1`, and its profile; of a library without a version in its name the one that
/// was found, and its name; of a driver's version `go`, `1.14`, `.22`.
pub(super) struct Column<'a> {
    pub build: &'a str,
    pub width: usize,
    /// Between it and the column before it.
    gap: usize,
    lines: [&'a str; 3],
    /// Of a driver's version: the driver, and the build whose library it has.
    driver: Option<(&'a str, &'a str)>,
}

impl<'a> Column<'a> {
    pub(super) fn new(build: &'a str, usual: &str, found: Option<&'a str>) -> Self {
        let driven = of_driver(build);
        let (version, profile) = match (driven, found) {
            (Some((_, _, version)), _) => (version, ""),
            (None, Some(found)) => (found, build),
            (None, None) => version_and_profile(build),
        };
        let profile = if profile == usual { "" } else { profile };
        let minor = version.match_indices('.').nth(1).map_or(version.len(), |(at, _)| at);
        let (minor, patch) = version.split_at(minor);
        let driver = driven.map(|(of, driver, _)| (driver, of));
        let lines = if driven.is_some() { ["", minor, patch] } else { [minor, patch, profile] };
        let mut column = Self { build, lines, driver, width: 0, gap: 2 };
        column.width = column.gap + column.widest().max(column.name().len());
        column
    }

    fn widest(&self) -> usize {
        self.lines.iter().map(|line| line.len()).max().unwrap_or(0)
    }

    fn name(&self) -> &'a str {
        self.driver.map_or("", |(driver, _)| driver)
    }

    fn base(&self) -> &'a str {
        self.driver.map_or("", |(_, of)| of)
    }

    /// The numbers of its version, by which those of a driver follow each other.
    fn numbers(&self) -> Vec<u32> {
        self.lines[1..].concat().split('.').filter_map(|it| it.parse().ok()).collect()
    }
}

/// `3.54.1-rusqlite`, `go` and `1.14.22` of `3.54.1-rusqlite+go-1.14.22`.
fn of_driver(build: &str) -> Option<(&str, &str, &str)> {
    let (of, driver) = build.rsplit_once('+')?;
    let (driver, version) = driver.split_once('-')?;
    Some((of, driver, version))
}

fn version_and_profile(build: &str) -> (&str, &str) {
    build.split_once('-').unwrap_or((build, ""))
}

/// The profile of most builds, which their heads omit.
pub(super) fn usual_profile(survey: &Survey) -> &str {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for build in survey.builds.iter().filter(|build| of_driver(build).is_none()) {
        *counts.entry(version_and_profile(build).1).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map_or("", |(profile, _)| profile)
}

/// Puts the versions of a driver side by side, the oldest first, behind the builds of SQLite. The first of them makes room for
/// the driver's name; the others stand closer, so that ten of them fit into 80 columns.
pub(super) fn arrange(columns: &mut [Column]) {
    columns.sort_by_key(|column| column.driver.map(|driver| (driver, column.numbers())));
    for at in 1..columns.len() {
        if columns[at].driver.is_some() && columns[at].driver == columns[at - 1].driver {
            columns[at].gap = 1;
            columns[at].width = columns[at].gap + columns[at].widest();
        }
    }
}

/// The lines over a block of columns.
pub(super) fn header(block: &[Column], indent: usize) -> String {
    let line = |at: usize| {
        let cells: String =
            block.iter().map(|column| format!("{:>1$}", column.lines[at], column.width)).collect();
        format!("{:indent$}{cells}", "")
    };
    let lines = [over(&line(0), &groups(block, indent, Column::name)), line(1), line(2)];
    let are_on_one =
        block.windows(2).all(|pair| pair[0].base() == pair[1].base() || pair[0].base().is_empty());
    let bases = (!are_on_one).then(|| over("", &groups(block, indent, Column::base)));
    let lines = bases.into_iter().chain(lines);
    lines.filter(|line| !line.trim().is_empty()).map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// The names of neighbouring columns with the same one, and where they begin and end.
fn groups<'a>(
    block: &[Column<'a>],
    indent: usize,
    name: fn(&Column<'a>) -> &'a str,
) -> Vec<(&'a str, usize, usize)> {
    let mut at = indent;
    let mut groups: Vec<(&str, usize, usize)> = Vec::new();
    for column in block {
        let begin = at + column.gap;
        at += column.width;
        match groups.last_mut() {
            Some((last, _, end)) if *last == name(column) => *end = at,
            _ => groups.push((name(column), begin, at)),
        }
    }
    groups
}

/// A line with these names written over it, each as far as its columns go.
fn over(line: &str, groups: &[(&str, usize, usize)]) -> String {
    let mut text: Vec<char> = line.chars().collect();
    for (name, begin, end) in groups {
        for (at, letter) in (*begin..*end).zip(name.chars()) {
            text.resize(text.len().max(at + 1), ' ');
            text[at] = letter;
        }
    }
    text.into_iter().collect()
}

/// What the heads leave out, for the legend.
pub(super) fn unsaid(columns: &[Column], usual: &str) -> Vec<String> {
    let profile = (!usual.is_empty()).then(|| format!("without a profile: {usual}"));
    let mut builds: Vec<&str> = columns.iter().filter_map(|column| Some(column.driver?.1)).collect();
    builds.dedup();
    let library = (builds.len() == 1).then(|| format!("drivers on {}", builds[0]));
    profile.into_iter().chain(library).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_is_headed_by_the_version_that_was_found() {
        let lines = |build, found| Column::new(build, "rusqlite", found).lines;
        assert_eq!(lines("3.54.1-rusqlite", None), ["3.54", ".1", ""]);
        assert_eq!(lines("3.54.1-debian", None), ["3.54", ".1", "debian"]);
        assert_eq!(lines("system", Some("3.40.1")), ["3.40", ".1", "system"]);
        assert_eq!(lines("system", None), ["system", "", ""]);
    }

    fn columns<'a>(builds: &[&'a str]) -> Vec<Column<'a>> {
        let mut columns: Vec<Column> =
            builds.iter().map(|build| Column::new(build, "rusqlite", None)).collect();
        arrange(&mut columns);
        columns
    }

    #[test]
    fn versions_of_a_driver_stand_under_its_name_the_oldest_first() {
        let builds = ["b+python-3.9", "b+go-1.14.30", "3.54.1-rusqlite", "b+python-3.10", "b+go-1.14.7"];
        let columns = columns(&builds);
        let expected =
            "     3.54  go         python\n       .1  1.14 1.14     3.9 3.10\n             .7  .30\n";
        assert_eq!(header(&columns, 3), expected);
        assert_eq!(unsaid(&columns, "rusqlite"), ["without a profile: rusqlite", "drivers on b"]);
    }

    #[test]
    fn libraries_that_differ_are_named_above() {
        let columns = columns(&["b+python-3.9", "b+go-1.14.7", "c+go-1.14.7"]);
        let expected = "  b     c     b\n  go          python\n  1.14  1.14     3.9\n    .7    .7\n";
        assert_eq!(header(&columns, 0), expected);
    }
}
