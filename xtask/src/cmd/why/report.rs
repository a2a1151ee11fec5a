//! What `cargo xtask why` prints.

use anstyle::{AnsiColor, Style};
use sqlite_contracts::analysis::attribution::{Cause, Corners};
use sqlite_contracts::analysis::history::Behaviour;
use sqlite_contracts::builds::Build;
use sqlite_contracts::record::causes::Because;

use super::{Finding, Smallest};
use crate::ui::output::{print, width};

const BOLD: Style = Style::new().bold();
const FOUND: Style = AnsiColor::Yellow.on_default().bold();

/// Prints the findings, of each first what makes the difference and then the difference; of several cases, those that do the same
/// only by name.
pub(super) fn text(findings: &[Finding], builds: &Corners<Build>) {
    let (same, differing): (Vec<&Finding>, Vec<&Finding>) =
        findings.iter().partition(|finding| finding.cause == Cause::Nothing);
    for finding in differing {
        print(&one(finding, builds));
    }
    if !same.is_empty() {
        let names: Vec<&str> = same.iter().map(|finding| finding.subject.as_str()).collect();
        print(&format!("the same on both builds: {}", names.join(", ")));
    }
    if let Some(Finding { unasked, .. }) = findings.first().filter(|finding| !finding.unasked.is_empty()) {
        print(&format!("not asked: {} in between, {unasked}", unasked.counted()));
    }
}

fn one(finding: &Finding, builds: &Corners<Build>) -> String {
    let corners = &finding.corners;
    let mut text =
        format!("{BOLD}{}{BOLD:#}: {} → {}\n", finding.subject, builds.from.name(), builds.to.name());
    text += &format!("  {}\n", cause(finding.cause, builds));
    text += &finding.flags.as_ref().map_or(String::new(), smallest);
    text += &Because::new("  ", width()).lines(&finding.because);
    text += &format!("\n{}", corners.to.difference(&corners.from, true));
    if finding.cause == Cause::Both {
        text += &parts(corners, builds);
    }
    text
}

/// What makes them differ, and how that is known.
fn cause(cause: Cause, builds: &Corners<Build>) -> String {
    let (from, to) = (&builds.from, &builds.to);
    let (old, new) = (version(from), version(to));
    let (before, after) = (&from.profile().name, &to.profile().name);
    let same_flags = from.profile() == to.profile();
    let same_version = from.source() == to.source();
    let (what, because) = match cause {
        Cause::Nothing => return "nothing differs".to_owned(),
        Cause::Unknown => return "unknown: the builds between them cannot be made".to_owned(),
        Cause::Version if same_flags => ("the version", "the flags are the same".to_owned()),
        Cause::Version => ("the version", format!("{new} does it with the flags of {before} too")),
        Cause::Flags if same_version => ("the flags", "the version is the same".to_owned()),
        Cause::Flags => ("the flags", format!("{old} does it too with the flags of {after}")),
        Cause::Either => (
            "the version, and the flags by themselves",
            format!("{new} does it with the flags of {before}, and {old} with those of {after}"),
        ),
        Cause::Together => (
            "the version and the flags together",
            format!("neither {new} with the flags of {before} nor {old} with those of {after} does it"),
        ),
        Cause::Both => ("the version and the flags", "each has a part".to_owned()),
    };
    format!("because of {FOUND}{what}{FOUND:#}: {because}")
}

fn version(build: &Build) -> String {
    build.version().map_or_else(|| build.name().to_owned(), ToString::to_string)
}

/// First the version's part, then what the flags add to it.
fn parts(corners: &Corners<Behaviour>, builds: &Corners<Build>) -> String {
    let Some(between) = &corners.version else { return String::new() };
    let (new, before) = (version(&builds.to), &builds.from.profile().name);
    let (first, then) = (between.difference(&corners.from, true), corners.to.difference(between, true));
    format!(
        "\n  the version's part: {new} with the flags of {before}\n{first}\n  the flags' part, on {new}\n{then}"
    )
}

fn smallest(found: &Smallest) -> String {
    let Smallest { on, differing, smallest, tried } = found;
    let head = match (smallest.len(), differing) {
        (1, 1) => format!("the only flag that differs, on {on}"),
        (1, all) => format!("of {all} flags that differ one is enough, on {on} ({tried} sets tried)"),
        (few, all) => {
            format!("of {all} flags that differ these {few} are needed, on {on} ({tried} sets tried)")
        }
    };
    let flags = smallest.iter().map(|flag| format!("    {FOUND}{flag}{FOUND:#}\n"));
    flags.fold(format!("  {head}\n"), |text, flag| text + &flag)
}
