//! `cargo xtask trace`: what a trace holds.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sqlite_contracts::diagnostic::numbers::{counted, thousands};
use sqlite_contracts::system;
use sqlite_contracts::trace::{
    Counted, Damage, Ended, HOW_BUNDLED, ProcessSummary, Recording, Summary, Trace,
};

use crate::support::exit::{Exit, Usage};
use crate::ui::output::{Format, print, print_json};
use crate::ui::settings::is_verbose;

const AFTER: &str = "\
Examples:
  cargo xtask trace app.trace                  processes, databases, the most frequent calls, statements and errors
  cargo xtask trace app.trace --format json    all of them
  cargo xtask trace --recover app.trace.recording
                                               make the trace of a `record` that was killed

Statements are normalised: `?` stands for each literal, parameter, and list of them.

JSON: {made_by, command, machine, status, signal, is_hidden, processes, files, stopped, still_running, bytes, cut_at, calls, calls_inside, by_process, \
by_function, callbacks, statements, errors, functions, databases, notes}; the lists of what is counted have {what, count}.

";

/// Show what a trace of `record` holds
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    /// The trace
    #[arg(value_name = "FILE")]
    trace: PathBuf,
    /// Make a trace of the folder of a recording: FILE is that folder
    #[arg(long)]
    recover: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How many lines of each list are shown as text.
const SHOWN: usize = 10;

/// Reads all of it. A trace that was cut short is shown to there, and that needs attention.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    if args.recover {
        return recover(&args.trace);
    }
    let trace = Trace::open(&args.trace).map_err(|error| Usage(unreadable(&error)))?;
    let summary = Summary::of(&trace)
        .map_err(|error| Usage(format!("{}: {}", args.trace.display(), unreadable(&error))))?;
    match args.format {
        Format::Json => print_json(&summary)?,
        Format::Text => print(text(&summary).trim_end()),
    }
    if let Some(cut) = trace.cut() {
        anstream::eprintln!("{}: {cut}", args.trace.display());
    }
    Ok(Exit::of_findings(trace.cut().is_some() || !trace.about().still_running.is_empty()))
}

/// Why it cannot be read, with what the decoder said for those who want all details.
fn unreadable(error: &anyhow::Error) -> String {
    let detail = error.downcast_ref::<Damage>().and_then(|damage| damage.detail.as_ref());
    let detail = detail.filter(|_| is_verbose()).map_or_else(String::new, |detail| format!(" ({detail})"));
    format!("{error:#}{detail}")
}

/// The folder stays until its trace is there.
fn recover(folder: &Path) -> Result<Exit> {
    let Some(output) = folder.to_str().and_then(|name| name.trim_end_matches('/').strip_suffix(".recording"))
    else {
        bail!(Usage(format!("{}: the folder of a recording ends with `.recording`", folder.display())));
    };
    let output = Path::new(output);
    if folder.is_dir() && Recording::is_remainder(folder)? {
        bail!(Usage(format!(
            "{}: it is what is left of a recording, without what says which: no trace can be made of it, and the next \
             `record` of this name removes it",
            folder.display()
        )));
    }
    let begun = Recording::begun(folder).map_err(|error| Usage(format!("{error:#}")))?;
    let running = Recording::running(folder)?;
    if system::runs_this_program(begun.recorder) {
        bail!(Usage(format!("{}: the recording runs, and makes its trace itself", folder.display())));
    }
    if !running.is_empty() {
        bail!(Usage(format!("{}: {}", folder.display(), still_runs(&running))));
    }
    if output.exists() {
        bail!(Usage(format!("{} is there: move it, or rename the folder", output.display())));
    }
    let recording = Recording::read(folder)?;
    if recording.is_empty() {
        bail!(Usage(format!("{}: nothing was recorded: remove the folder; {HOW_BUNDLED}", folder.display())));
    }
    let packed = recording.pack(output, Ended::default())?;
    Recording::remove(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    super::record::tell(output, &packed)?;
    Ok(Exit::of_findings(packed.cut.is_some()))
}

/// `1 process of it still runs (417 app): end it first`
fn still_runs(running: &[String]) -> String {
    let (runs, it) = if running.len() == 1 { ("runs", "it") } else { ("run", "them") };
    let processes = counted(running.len(), "process", "processes");
    format!("{processes} of it still {runs} ({}): end {it} first", running.join(", "))
}

fn text(summary: &Summary) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}{}", summary.about.command.join(" ").replace('\n', " "), ending(summary));
    let (calls, bytes) = (number(summary.calls), number(summary.bytes));
    let processes = counted(summary.by_process.len(), "process", "processes");
    let _ = writeln!(text, "{calls} calls of {processes} on {}, {bytes} bytes", summary.about.machine);
    if summary.calls_inside > 0 {
        let inside = number(summary.calls_inside);
        let _ = writeln!(
            text,
            "{inside} of them are inside other calls, as in functions that SQLite called: a replay answers them and does not count them"
        );
    }
    if summary.about.is_hidden {
        let _ = writeln!(
            text,
            "values are hidden: their types, lengths, equality and order are there, and no file"
        );
    }
    for process in &summary.by_process {
        let _ = writeln!(text, "\n{}", process_lines(process, summary.cut_at.is_some()));
    }
    for file in &summary.databases {
        let first = file.bytes.map_or("made by the program".to_owned(), |bytes| {
            format!("{} bytes at the first open", number(bytes))
        });
        let _ = writeln!(text, "\ndatabase {}: opened {}, {first}", file.path, times(file.opens));
    }
    if !summary.functions.is_empty() {
        let names: Vec<&str> = summary.functions.iter().map(String::as_str).collect();
        let _ = writeln!(text, "\nthe program's own functions, collations and modules: {}", names.join(", "));
    }
    let lists = [
        ("calls", &summary.by_function),
        ("calls of the program by SQLite", &summary.callbacks),
        ("statements", &summary.statements),
        ("errors", &summary.errors),
    ];
    lists.iter().for_each(|(title, list)| text.push_str(&section(title, list)));
    for note in &summary.notes {
        let _ = writeln!(text, "\n{note}");
    }
    text
}

fn ending(summary: &Summary) -> String {
    match (summary.about.status, summary.about.signal) {
        (_, Some(signal)) => format!(" (died of signal {signal})"),
        (Some(status), None) if status != 0 => format!(" (status {status})"),
        _ => String::new(),
    }
}

/// What a process did, of a trace that may be cut short.
fn process_lines(process: &ProcessSummary, is_cut: bool) -> String {
    if is_cut && process.version.is_empty() {
        return format!("process {}: the trace is cut short before it begins", process.name);
    }
    let threads = match process.threads {
        0 | 1 => String::new(),
        threads => format!(" in {threads} threads"),
    };
    let parent = process.parent.as_ref().map_or(String::new(), |parent| format!(", forked from {parent}"));
    let mut text = format!(
        "process {}: {}{parent}\n  SQLite {} in {}, {} calls{threads}",
        process.name,
        process.command.join(" ").replace('\n', " "),
        process.version,
        process.library,
        number(process.calls),
    );
    if process.still_runs {
        text.push_str("\n  it still ran when the trace was made: what it called later is not here");
    } else if is_cut && !process.has_exited {
        text.push_str("\n  the trace is cut short: what it called later, and how it ended, may be missing");
    } else if !process.has_exited {
        let within = match process.unfinished.as_slice() {
            [] => "between two calls".to_owned(),
            calls => format!("in {}", calls.join(" > ")),
        };
        let _ = write!(text, "\n  it ended {within}, without what exit() does: by _exit(), exec or a signal");
    }
    if process.is_of_library {
        text.push_str(
            "\n  these are SQLite's calls of itself: the program finds its functions by dlsym, and its calls are not here",
        );
    }
    if process.left_open > 0 {
        let _ = write!(text, "\n  connections and statements left open: {}", number(process.left_open));
    }
    text
}

fn section(title: &str, list: &[Counted]) -> String {
    if list.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{title}\n");
    for counted in list.iter().take(SHOWN) {
        let _ = writeln!(text, "{:>12}  {}", number(counted.count), counted.what.replace('\n', " "));
    }
    if list.len() > SHOWN {
        let _ = writeln!(text, "{:>12}  more in --format json", list.len() - SHOWN);
    }
    text
}

fn number(count: u64) -> String {
    thousands(i64::try_from(count).unwrap_or(i64::MAX))
}

fn times(count: u64) -> String {
    if count == 1 { "once".to_owned() } else { format!("{} times", number(count)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_trace_that_is_cut_short_nothing_is_said_that_it_does_not_hold() {
        let process = ProcessSummary { name: "417-0".to_owned(), ..ProcessSummary::default() };
        assert_eq!(process_lines(&process, true), "process 417-0: the trace is cut short before it begins");
        let process = ProcessSummary { version: "3.40.1".to_owned(), ..process };
        assert!(process_lines(&process, true).contains("the trace is cut short: what it called later"));
        assert!(process_lines(&process, false).contains("by _exit(), exec or a signal"));
        let process = ProcessSummary { has_exited: true, ..process };
        assert!(!process_lines(&process, true).contains("cut short"));
    }

    #[test]
    fn one_process_runs_and_several_run() {
        let running =
            |names: &[&str]| still_runs(&names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        assert_eq!(running(&["417-0"]), "1 process of it still runs (417-0): end it first");
        assert_eq!(
            running(&["417-0", "418-0"]),
            "2 processes of it still run (417-0, 418-0): end them first"
        );
    }
}
