//! The report for people.

use std::collections::BTreeMap;
use std::fmt::Write;

use sqlite_contracts::analysis::discover::{DatedDrift, Recall, Report, Shown, Standing, contrast};
use sqlite_contracts::diagnostic::{
    numbers::{counted, thousands},
    paragraph,
};

use crate::ui::output::width;
use crate::ui::settings::is_verbose;

/// What was counted, and so many findings, or all where that is 0.
pub(super) fn text(report: &Report<'_>, top: usize) -> String {
    let shown = if top == 0 { report.findings.len() } else { top.min(report.findings.len()) };
    let mut text = summary(report) + &of_chance(report);
    for finding in &report.findings[..shown] {
        let _ = write!(text, "\n{}", described(finding));
    }
    let more = report.findings.len() - shown;
    if more > 0 {
        let _ = write!(text, "\n{more} more: `--top 0` shows them");
    }
    text += &report.recall.as_ref().map_or(String::new(), |recall| recalled(recall, is_verbose()));
    text.trim_end().to_owned()
}

/// How much ran, then what came of it, what matters most first.
fn summary(report: &Report<'_>) -> String {
    let counts = &report.counts;
    let number = |n: u64| thousands(n.try_into().unwrap_or(i64::MAX));
    let given = report.corpus.map_or(String::new(), |it| {
        format!(", {} of them of the corpus, which has {}", number(it.ran), number(it.programs as u64))
    });
    let ran = format!(
        "{} programs of seed {} on {} builds{given}: they disagree on {}; {} differences reduced",
        number(counts.programs),
        report.seed,
        report.builds,
        number(counts.disagreed),
        number(counts.reduced),
    );
    let all = &report.findings;
    let mut lines =
        vec![ran, format!("{}: {}", counted(all.len(), "finding", "findings"), standings(all.iter()))];
    if !all.is_empty() {
        lines.push(format!("silent, another value or other rows: {}", standings(report.silent())));
        lines.push(format!(
            "the one in the middle has {} bytes in {}; {} may be another one again",
            report.median(|shown| shown.bytes),
            counted(report.median(|shown| shown.statements.len()), "statement", "statements"),
            report.duplicates,
        ));
    }
    if counts.unstable > 0 {
        lines.push(format!("not the same again, and no findings: {}", number(counts.unstable)));
    }
    lines.iter().map(|line| paragraph(line, "", "  ", width())).collect()
}

/// How many are new, known and left.
fn standings<'a>(findings: impl Iterator<Item = &'a Shown<'a>>) -> String {
    let all: Vec<Standing> = findings.map(Shown::standing).collect();
    let of = |standing| all.iter().filter(|it| **it == standing).count();
    format!(
        "{} new, {} known to the catalogue, {} left with a reason",
        of(Standing::New),
        of(Standing::Known),
        of(Standing::Left)
    )
}

/// The statements that were not run, and the programs that did not do the same again.
fn of_chance(report: &Report<'_>) -> String {
    let left_out = report.corpus.iter().flat_map(|it| it.left_out);
    let left_out =
        left_out.map(|it| format!("left out, since {} is another one each time: {}", it.calls, it.sql));
    let unstable = report.unstable.iter().map(|it| format!("not the same again: {}", it.join("; ")));
    let all: Vec<String> = left_out.chain(unstable).collect();
    let line = |text: &String| paragraph(&cut(&printable(text), MOST_OF_A_PROGRAM), "", "  ", width());
    let more = all.len().saturating_sub(MOST_NAMED);
    let more = if more > 0 { format!("{more} more such: JSON has them\n") } else { String::new() };
    all.iter().take(MOST_NAMED).map(line).collect::<String>() + &more
}

/// So many statements that are not the same each time are named.
const MOST_NAMED: usize = 10;

/// How much of the catalogue was found again. Of what was missed, each drift or how many each contract has.
fn recalled(recall: &Recall, is_verbose: bool) -> String {
    let Recall { drifts, found, missed } = recall;
    let percent =
        (100 * found).checked_div(*drifts).map_or(String::new(), |percent| format!(" ({percent} %)"));
    let mut text = format!("\nfound {found} of {drifts} drifts on record that SQL alone can show{percent}\n");
    if is_verbose {
        missed.iter().for_each(|drift| text += &format!("  missed: {drift}\n"));
        return text;
    }
    let mut of_contracts: BTreeMap<&str, usize> = BTreeMap::new();
    for drift in missed {
        let contract = drift.rsplit_once('/').map_or(drift.as_str(), |(contract, _)| contract);
        *of_contracts.entry(contract).or_default() += 1;
    }
    of_contracts.iter().for_each(|(contract, count)| text += &format!("  missed: {count} of {contract}\n"));
    if !missed.is_empty() {
        text += "`-v` names each that was missed\n";
    }
    text
}

/// The statements, a line for each change, and which cases know it.
fn described(finding: &Shown<'_>) -> String {
    let statements = finding.statements.iter().map(|sql| format!("{}; ", printable(sql))).collect::<String>();
    let statements = cut(statements.trim_end().trim_end_matches(';'), MOST_OF_A_PROGRAM);
    let mut text = format!("{:7} {statements}\n", finding.class);
    for it in &finding.drifts {
        // Where all of it is known, that is said once.
        let by = it.known.first().filter(|_| finding.known.is_empty());
        let by = by.map_or(String::new(), |case| format!("; known: {case}"));
        text += &paragraph(&(changed(it) + &by), "          ", "            ", width());
    }
    let known = match finding.standing() {
        Standing::New => format!("new, {}", finding.name),
        Standing::Left => format!("left: {}", finding.left.join("; ")),
        Standing::Known => format!("known: {}", finding.known.join(", ")),
    };
    let through = finding.through.iter().map(|feature| called(feature)).collect::<Vec<_>>().join(", ");
    let through = if through.is_empty() { through } else { format!("; also seen through {through}") };
    let known = format!(
        "{known}; met in {}{through}",
        counted(usize::try_from(finding.seen).unwrap_or(usize::MAX), "program", "programs")
    );
    text += &paragraph(&known, "          ", "            ", width());
    text
}

/// A function as it is called, any other feature as it is.
fn called(feature: &str) -> String {
    let is_function = feature.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if is_function { format!("{feature}()") } else { feature.to_owned() }
}

/// `3.43.0-rusqlite (2023-08-24): another real: 6.55 → 6.56`
fn changed(it: &DatedDrift<'_>) -> String {
    let day = it.released.as_ref().map_or(String::new(), |day| format!(" ({day})"));
    let did = printable(&contrast(&it.drift.was, &it.drift.is, MOST_OF_A_RESULT));
    let flags: Vec<String> = it.flags.iter().map(ToString::to_string).collect();
    let because = if flags.is_empty() { String::new() } else { format!(", because of {}", flags.join(", ")) };
    format!("{}{day}: {}: {did}{because}", it.drift.after, it.drift.change)
}

/// As much of a program as can be read in passing. One that meets a limit may have ten thousand characters, which `--write`
/// and JSON have.
const MOST_OF_A_PROGRAM: usize = 600;

/// As much of a result.
const MOST_OF_A_RESULT: usize = 100;

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        text.to_owned()
    } else {
        text.chars().take(most).chain(['…']).collect()
    }
}

fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_missed_is_counted_by_contract_unless_each_is_asked_for() {
        let missed = ["a/b/c 3.40.0-rusqlite", "a/b/d 3.41.0-rusqlite", "a/e/f 3.41.0-rusqlite"];
        let recall = Recall { drifts: 8, found: 5, missed: missed.map(str::to_owned).to_vec() };
        let first = "\nfound 5 of 8 drifts on record that SQL alone can show (62 %)\n";
        let counted = "  missed: 2 of a/b\n  missed: 1 of a/e\n`-v` names each that was missed\n";
        assert_eq!(recalled(&recall, false), format!("{first}{counted}"));
        let each: String = missed.iter().map(|drift| format!("  missed: {drift}\n")).collect();
        assert_eq!(recalled(&recall, true), format!("{first}{each}"));
        let none = recalled(&Recall::default(), false);
        assert_eq!(none, "\nfound 0 of 0 drifts on record that SQL alone can show\n");
    }
}
