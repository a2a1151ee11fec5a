//! `cargo xtask audit`: which SQLite is in there, and which known defects it has.

pub(crate) mod ask;
mod board;
pub(crate) mod targets;
mod text;
mod words;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::ValueEnum;
use jiff::civil::Date;
use sqlite_contracts::analysis::audit::{
    AuditedCopy, Ignored, Questions, Report, Support, openvex, sarif, support,
};
use sqlite_contracts::contract::advisory::Advisory;
use sqlite_contracts::copies::Found;
use sqlite_contracts::diagnostic::Diagnostics;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::project::Project;
use sqlite_contracts::system::files::write_atomically;
use sqlite_contracts::system::scratch::Scratch;

use crate::support::context;
use crate::support::exit::{self, Exit, Usage};
use crate::support::products::{Compiling, tell_missing};
use crate::support::today::today;
use crate::support::writable;
use crate::ui::output::{print, print_json};
use crate::ui::progress::Display;
use crate::ui::settings::is_verbose;

const AFTER: &str = "\
Examples:
  cargo xtask audit /usr/lib/x86_64-linux-gnu/libsqlite3.so.0
  cargo xtask audit app-1.4-cp312-linux_x86_64.whl node_modules/   packages and directories, archives within archives
  cargo xtask audit --pid 4711                                     what a running process has loaded
  cargo xtask audit Cargo.lock                                     the SQLite that a Rust program bundles
  cargo xtask audit 3.51.2-rusqlite '3.54.1-*'                     builds by their names
  cargo xtask audit app.whl --ignore wal-reset --until 2027-03-01 --reason 'one connection only'
  cargo xtask audit dist/ --write html=audit.html                  a board of copies by advisories
  cargo xtask audit --list                                         the advisories

A copy of SQLite is found by what is in it, not by its name: in ELF files, and in .whl, .jar, .nupkg, .deb, .rpm, .apk, \
.crate, .tgz, .tar.gz, .tar.xz, .tar.zst, .zip and .a files. Each is loaded by a worker, confined to an empty directory, \
and runs the proof of every advisory: `affected` when the proof shows the defect, `not affected` when it does not, `does \
not apply` when the copy has no such feature. Its initialisers do not run, only SQLite's own functions. Code for another system \
or processor, and programs whose symbols were stripped, are not run: what is said of them comes from the source id, and \
says so.

The release is the one that the source id names, where its answers agree; otherwise those that answer like it. Where a \
release has a defect and the copy does not, somebody has mended it without a new number.

JSON: {targets, copies, unread, advisories}, see schemas/audit-report.json; of `--list` a list of {id, title, effect, \
releases, cve, links}, see schemas/audit-list.json.

Exit status:
  0  no copy is affected, or only by what is ignored
  1  a copy is affected, or was not run and is of a release that is
  2  bad usage: no such file or build, or no SQLite in it
  3  the environment: nothing can be run here
  130  interrupted";

/// Find every copy of SQLite in files, packages and processes, and show which known defects each has
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    /// Files, packages, directories, a Cargo.lock, or builds such as `3.46.0-rusqlite` or '3.5?.*', which are compiled
    /// where they are missing
    #[arg(value_name = "TARGET", required_unless_present_any = ["pid", "list"])]
    targets: Vec<String>,
    /// Look at what a running process has loaded; may be repeated
    #[arg(long, value_name = "PID")]
    pid: Vec<u32>,
    /// List the advisories
    #[arg(long, conflicts_with_all = ["targets", "pid"])]
    list: bool,
    /// Do not count this advisory; may be repeated
    #[arg(long, value_name = "ID", requires = "reason")]
    ignore: Vec<String>,
    /// Why what is ignored can be lived with
    #[arg(long, value_name = "TEXT", requires = "ignore")]
    reason: Option<String>,
    /// The last day on which it is ignored
    #[arg(long, value_name = "DATE", requires = "ignore")]
    until: Option<Date>,
    /// Until when what is shipped, and by when defects must be gone; by default support.yaml in the project's root
    #[arg(long, value_name = "FILE")]
    support: Option<PathBuf>,
    /// The day on which all of that is judged; by default today, in UTC
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
    #[command(flatten)]
    compiling: Compiling,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Also write a report to a file; may be repeated
    #[arg(long, value_name = "FORMAT=FILE", value_parser = written)]
    write: Vec<(Format, PathBuf)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    /// For code scanning
    Sarif,
    /// A VEX document, <https://openvex.dev>
    Openvex,
    /// A page for people: advisories by copies
    Html,
}

/// The JSON Schema of what `--list` prints.
#[cfg(test)]
pub(crate) fn list_schema() -> schemars::Schema {
    crate::cmd::schemas::of::<Vec<words::Listed<'_>>>()
}

/// Looks at the targets, and shows what is in them.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    // A copy is asked without a record, so that every build of the library may be named.
    let mut project = context::project_or_catalogue()?.with_builds_of_catalogue();
    let advisories = Advisory::all(&project)?;
    if args.list {
        list(&advisories, args)?;
        return Ok(Exit::Fine);
    }
    let locks = targets::locks(&args.targets, &mut project)?;
    writable::check(args.write.iter().map(|(_, file)| file.as_path()))?;
    let today = args.today.unwrap_or_else(today);
    let ignored = ignored(args, &advisories, today)?;
    let support = read_support(&project, args.support.as_deref(), &advisories)?;
    let room = Scratch::new(&project.scratch())?;
    let engine = Engine::new(&project, context::worker()?, Box::new(()))?;
    args.compiling.apply(engine.store());
    let (found, missing) = targets::find(&args.targets, &args.pid, &locks, &engine, room.path())?;
    if found.copies.is_empty() {
        bail!(Usage(nothing(&found)));
    }
    let display = Display::with_unit(found.copies.len(), "audited", "copies");
    let questions = Questions::new(advisories.clone())?;
    let mut copies = Vec::new();
    for copy in &found.copies {
        for audited in ask::ask(&questions, &engine, copy, room.path())? {
            let mut audited = AuditedCopy { ignored: ignored.clone(), ..audited };
            if let Some(support) = &support {
                support.apply(&mut audited, &advisories);
            }
            copies.push(audited);
        }
        display.finished(copy.places.last().map_or("", String::as_str), None);
    }
    display.finish();
    let mut targets = args.targets.clone();
    targets.extend(args.pid.iter().map(|pid| format!("process {pid}")));
    let report = Report { today, targets, copies, unread: found.unread, advisories: advisories.len() };
    show(&report, &advisories, args)?;
    tell_missing(&missing);
    Ok(missing.first().map_or(Exit::of_findings(report.is_affected()), |(_, error)| exit::of(error)))
}

fn list(advisories: &[Advisory], args: &Args) -> Result<()> {
    match args.format {
        Format::Text => print(&text::list(advisories)),
        Format::Json => print_json(&advisories.iter().map(words::Listed::of).collect::<Vec<_>>())?,
        _ => bail!(Usage("advisories are listed as text or json: `--format json`".to_owned())),
    }
    Ok(())
}

fn show(report: &Report, advisories: &[Advisory], args: &Args) -> Result<()> {
    for (format, file) in &args.write {
        let text = written_as(report, advisories, *format, is_verbose())?;
        // A file has no colours.
        write_atomically(file, format!("{}\n", anstream::adapter::strip_str(&text)))?;
    }
    match args.format {
        Format::Json => print_json(report)?,
        format => print(&written_as(report, advisories, format, is_verbose())?),
    }
    Ok(())
}

fn written_as(report: &Report, advisories: &[Advisory], format: Format, verbose: bool) -> Result<String> {
    Ok(match format {
        Format::Text => text::text(report, advisories, verbose),
        Format::Json => serde_json::to_string_pretty(report)?,
        Format::Sarif => sarif(report, advisories),
        Format::Html => board::board(report, advisories)?,
        Format::Openvex => openvex(report, advisories, jiff::Timestamp::now()),
    })
}

/// `sarif=audit.sarif`
fn written(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, file) = text.split_once('=').ok_or("write it as FORMAT=FILE")?;
    Ok((Format::from_str(format, false)?, PathBuf::from(file)))
}

/// A file that is named must be there; the project's own need not.
fn read_support(
    project: &Project,
    named: Option<&Path>,
    advisories: &[Advisory],
) -> Result<Option<Support>, Diagnostics> {
    let own = project.root().join(support::FILE);
    match named {
        Some(file) => Support::read(file, &file.display().to_string(), advisories).map(Some),
        None if own.exists() => Support::read(&own, support::FILE, advisories).map(Some),
        None => Ok(None),
    }
}

/// What the options say is ignored today.
fn ignored(args: &Args, advisories: &[Advisory], today: Date) -> Result<Vec<Ignored>> {
    let unknown = |id: &&String| !advisories.iter().any(|advisory| advisory.id == **id);
    if let Some(id) = args.ignore.iter().find(unknown) {
        let known: Vec<&str> = advisories.iter().map(|advisory| advisory.id.as_str()).collect();
        let similar = sqlite_contracts::diagnostic::suggestion(id, &known)
            .map(|similar| format!(" {similar}"))
            .unwrap_or_default();
        bail!(Usage(format!("there is no advisory `{id}`:{similar} `audit --list` lists them")));
    }
    if args.until.is_some_and(|until| until < today) {
        return Ok(Vec::new());
    }
    let ignored = |id: &String| Ignored {
        advisory: id.clone(),
        reason: args.reason.clone().unwrap_or_default(),
        until: args.until,
    };
    Ok(args.ignore.iter().map(ignored).collect())
}

fn nothing(found: &Found) -> String {
    let looked = match found.files {
        1 => "no SQLite was found in it".to_owned(),
        files => format!("no SQLite was found in {files} files"),
    };
    let unread = found.unread.iter().map(|(place, reason)| format!("\n  {place}: {reason}"));
    let unread: String = unread.collect();
    match unread.is_empty() {
        true => format!(
            "{looked}. A program that links to the system's SQLite has none of its own: look at that library"
        ),
        false => format!("{looked}; not looked into:{unread}"),
    }
}
