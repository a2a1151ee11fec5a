//! What `cargo xtask history` prints.

use anstyle::{AnsiColor, Style};
use sqlite_contracts::analysis::history::{Behaviour, Era, History, Located, Peer};
use sqlite_contracts::builds::CheckIn;
use sqlite_contracts::contract::cause::Cause;
use sqlite_contracts::diagnostic::numbers::counted;
use sqlite_contracts::diagnostic::paragraph;
use sqlite_contracts::record::causes::Because;
use sqlite_contracts::record::report::Verdict;

use crate::support::ladder::{Climb, between, extent, gaps, versions};
use crate::ui::output::{print, width};

/// Lines of the first era that are shown: changes show the lines that matter.
const MOST_LINES: usize = 12;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Prints the histories; of several cases, those that never changed only by name.
pub(super) fn text(histories: &[History], climb: &Climb<'_>) {
    let is_shown =
        |history: &&History| histories.len() == 1 || history.changes() > 0 || differs(&history.peers);
    for history in histories.iter().filter(is_shown) {
        print(&one(history, climb));
    }
    let same: Vec<&str> = histories
        .iter()
        .filter(|history| !is_shown(history))
        .map(|history| history.subject.as_str())
        .collect();
    if !same.is_empty() {
        print(&format!("never changed: {}", same.join(", ")));
    }
    // All are of the same ladder.
    let gaps = histories.first().and_then(|one| gaps(&one.profile, &one.eras, &one.unasked, climb));
    gaps.iter().for_each(|gaps| print(gaps.trim_end()));
}

fn differs(peers: &[Peer]) -> bool {
    peers.iter().any(|peer| !peer.as_ladder)
}

fn one(history: &History, climb: &Climb<'_>) -> String {
    let changes = match history.changes() {
        0 if history.builds() == 1 => "asked once,".to_owned(),
        0 => "never changed".to_owned(),
        1 => "1 change".to_owned(),
        n => format!("{n} changes"),
    };
    let fails = history.fails.as_ref();
    let fails = fails.map_or(String::new(), |line| format!("an error on every build, {line}; "));
    let mut text = format!(
        "{BOLD}{}{BOLD:#}: {fails}{changes} on {} of {}\n",
        history.subject,
        counted(history.builds(), "build", "builds"),
        history.profile
    );
    for (at, era) in history.eras.iter().enumerate() {
        text += &match at.checked_sub(1).and_then(|before| history.eras.get(before)) {
            None => first(era),
            Some(before) => changed(before, era, climb) + &located(history, era),
        };
    }
    text + &peers(history, climb)
}

fn head(era: &Era<Behaviour>) -> String {
    format!("\n  {BOLD}{}{BOLD:#}  {DIM}{}{DIM:#}{}", versions(era), extent(era), verdict(&era.did))
}

/// Nothing where all promises held.
fn verdict(did: &Behaviour) -> String {
    let color = match did.verdict {
        Verdict::Holds => return String::new(),
        Verdict::Unsupported => AnsiColor::BrightBlack,
        Verdict::Broken | Verdict::Crashed | Verdict::TimedOut | Verdict::CouldNotRun => AnsiColor::Red,
    };
    let style = color.on_default();
    format!("  {style}{}{style:#}", did.verdict.as_str())
}

fn first(era: &Era<Behaviour>) -> String {
    let lines = era.did.lines.iter().take(MOST_LINES).map(|line| format!("      {line}\n"));
    let text = lines.fold(head(era) + "\n", |text, line| text + &line);
    match era.did.lines.len().saturating_sub(MOST_LINES) {
        0 => text,
        more => format!("{text}      {DIM}… {more} more lines{DIM:#}\n"),
    }
}

fn changed(before: &Era<Behaviour>, era: &Era<Behaviour>, climb: &Climb<'_>) -> String {
    let again = era.same_as.as_ref().map_or(String::new(), |version| format!(", again as in {version}"));
    let difference = era.did.difference(&before.did, true);
    let because = because(&era.because);
    let changed = format!("changed {}{again}", between(before, era, climb));
    format!("{}\n{}{difference}{because}", head(era), paragraph(&changed, "    ", "      ", width()))
}

/// Each change has all of its causes: a history is read change by change.
fn because(causes: &[Cause]) -> String {
    Because::new("    ", width()).lines(causes)
}

/// The check-in that made the change with which an era begins, when it was searched.
fn located(history: &History, era: &Era<Behaviour>) -> String {
    let Some(found) = history.check_ins.iter().find(|found| found.after == era.first.version) else {
        return String::new();
    };
    let Located { check_ins, between, made, .. } = found;
    let how = format!("{DIM}({made} made of {between} check-ins){DIM:#}");
    let shown = |check_in: &CheckIn| format!("      {BOLD}{}{BOLD:#}", check_in_line(check_in));
    match check_ins.as_slice() {
        [one] => format!("    by check-in {BOLD}{}{BOLD:#} {how}\n", check_in_line(one)),
        [first, .., last] => {
            let count = check_ins.len();
            format!("    by one of {count} check-ins {how}\n{}\n      …\n{}\n", shown(first), shown(last))
        }
        [] => String::new(),
    }
}

fn check_in_line(check_in: &CheckIn) -> String {
    format!("{} {} {}", check_in.short(), check_in.day, check_in.comment)
}

/// What the builds of the ladder's versions with other flags do; of older versions, only where one differs.
fn peers(history: &History, climb: &Climb<'_>) -> String {
    let Some(newest) = history.eras.last() else { return String::new() };
    let of_version = history.peers.chunk_by(|one, next| one.beside == next.beside);
    let is_shown = |peers: &&[Peer]| differs(peers) || peers[0].beside == newest.last;
    of_version.filter(is_shown).map(|peers| beside(history, peers, climb)).collect()
}

fn beside(history: &History, peers: &[Peer], climb: &Climb<'_>) -> String {
    let version = &peers[0].beside.version;
    let profiles = |peer: &Peer| {
        let prefix = format!("{version}-");
        let names = peer.builds.iter().map(|build| build.strip_prefix(&prefix).unwrap_or(build));
        names.collect::<Vec<_>>().join(", ")
    };
    let mut text = format!("\n  {BOLD}{version} with other flags{BOLD:#}\n");
    if let [all] = peers
        && all.as_ladder
    {
        let every = if climb.left_out == 0 { "all " } else { "" };
        return text + &format!("    the same with {every}{} other profiles\n", all.builds.len());
    }
    let Some(ladder) = history.on(version) else { return text };
    for peer in peers {
        if peer.as_ladder {
            text += &format!("    the same with {}\n", profiles(peer));
        } else {
            text += &format!("    otherwise with {}{}\n", profiles(peer), verdict(&peer.did));
            text += &peer.did.difference(ladder, true);
            text += &because(&peer.because);
        }
    }
    text
}
