//! What `cargo xtask mutants` prints.

use std::time::Duration;

use anstyle::{AnsiColor, Style};
use anyhow::Result;
use serde::Serialize;
use sqlite_contracts::analysis::mutants::{Catch, Found, Standing};
use sqlite_contracts::builds::Mutant;
use sqlite_contracts::contract::capability::Row;

use crate::ui::output::{self, print, print_json};

/// One mutant, as `--format json` prints it.
#[derive(Serialize)]
struct Line<'a> {
    mutant: &'a str,
    of: &'a str,
    fault: &'a str,
    rows: &'a [Row],
    standing: Standing,
    caught_by: &'a [Catch],
    caught_by_other_rows: &'a [Catch],
}

/// Prints the findings about each mutant.
pub(super) fn json(found: &[(&Mutant, Found)]) -> Result<()> {
    let lines: Vec<Line<'_>> = found.iter().map(|(mutant, found)| line(mutant, found)).collect();
    print_json(&lines)
}

fn line<'a>(mutant: &'a Mutant, found: &'a Found) -> Line<'a> {
    Line {
        mutant: mutant.name(),
        of: mutant.real().name(),
        fault: mutant.fault(),
        rows: mutant.rows(),
        standing: found.standing,
        caught_by: &found.own,
        caught_by_other_rows: &found.others,
    }
}

/// How many cases are shown of a mutant that was not named.
const SHOWN: usize = 3;

/// For which mutants the cases that caught them are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// For all, every case.
    All,
    /// For those that survived, the first cases of other rows.
    Escaped,
    /// For none.
    None,
}

/// Prints the table, the cases in detail, and the totals; `missing` mutants could not be compiled.
pub(super) fn text(found: &[(&Mutant, Found)], detail: Detail, missing: usize, took: Duration) {
    print(&table(found));
    for (mutant, found) in found {
        match detail {
            Detail::All => print(&in_detail(mutant, found, usize::MAX)),
            Detail::Escaped if found.standing != Standing::Caught => print(&in_detail(mutant, found, SHOWN)),
            Detail::Escaped | Detail::None => {}
        }
    }
    print(&format!("\n{} ({:.1} s)", sum(found, missing), took.as_secs_f64()));
}

fn table(found: &[(&Mutant, Found)]) -> String {
    let mut table = output::table(["ROW", "MUTANT", "CAUGHT BY", "HOW", "CASES", "FAULT"]);
    for (mutant, found) in found {
        let (by, how) = match (found.own.first(), found.standing) {
            (Some(catch), _) => (format!("{}: {}", catch.contract, catch.case), catch.how.as_str()),
            (None, Standing::OtherRow) => ("only by other rows".to_owned(), "-"),
            (None, _) => ("NONE".to_owned(), "-"),
        };
        let cases = (found.own.len() + found.others.len()).to_string();
        table.add_row([
            rows(mutant),
            mutant.name().to_owned(),
            by,
            how.to_owned(),
            cases,
            mutant.fault().to_owned(),
        ]);
    }
    output::shown(&table)
}

fn rows(mutant: &Mutant) -> String {
    mutant.rows().iter().map(Row::to_string).collect::<Vec<_>>().join(", ")
}

/// A mutant with the first cases that caught it and the differences.
fn in_detail(mutant: &Mutant, found: &Found, most: usize) -> String {
    let color = if found.standing == Standing::Caught { AnsiColor::Green } else { AnsiColor::Red };
    let (style, dim) = (color.on_default(), Style::new().dimmed());
    let rows = rows(mutant);
    let verdict = match found.standing {
        Standing::Caught => "caught".to_owned(),
        Standing::OtherRow => format!("caught, but by no contract whose `why` begins with {rows}"),
        Standing::Survived => format!("survived: no contract catches it; one of {rows} should"),
    };
    let head = format!(
        "\n{style}{}{style:#} {verdict}\n  {} of {}: {}",
        mutant.name(),
        mutant.build().manifest_path(),
        mutant.real().name(),
        mutant.fault()
    );
    let shown = |catch: &Catch| {
        let how = catch.how.as_str();
        format!("\n  {}: {} ({how})\n    {dim}{}{dim:#}", catch.contract, catch.case, catch.seen)
    };
    let catches = found.own.iter().chain(&found.others);
    let more = catches.clone().count().saturating_sub(most);
    let text = catches.take(most).map(shown).fold(head, |text, line| text + &line);
    if more > 0 { format!("{text}\n  and {more} more") } else { text }
}

/// `40 of 42 caught; 1 only by contracts of other rows, 1 by none`
fn sum(found: &[(&Mutant, Found)], missing: usize) -> String {
    let count = |wanted| found.iter().filter(|(_, found)| found.standing == wanted).count();
    let caught = format!("{} of {} caught", count(Standing::Caught), found.len());
    let rest = [
        (count(Standing::OtherRow), "only by contracts of other rows"),
        (count(Standing::Survived), "by none"),
        (missing, "left out"),
    ];
    let said: Vec<String> =
        rest.iter().filter(|(count, _)| *count > 0).map(|(count, how)| format!("{count} {how}")).collect();
    if said.is_empty() { caught } else { format!("{caught}; {}", said.join(", ")) }
}
