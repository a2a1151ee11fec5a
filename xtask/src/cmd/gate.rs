//! `cargo xtask gate`: whether moving from one build to another changes any contract.

mod ends;
mod excerpts;
mod latency;
mod of_driver;
mod output;
mod place;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use jiff::civil::Date;
use sqlite_contracts::analysis::discover::Searched;
use sqlite_contracts::analysis::gate::{Gate, Policy, Report, only_of_both, policy};
use sqlite_contracts::builds::Build;
use sqlite_contracts::diagnostic::Diagnostics;
use sqlite_contracts::project::Project;
use sqlite_contracts::record::report::CellReport;

use self::ends::{From, To, ends};
use self::of_driver::End;
use self::output::Output;
use crate::support::cells::Cells;
use crate::support::context;
use crate::support::exit::{Exit, Usage};
use crate::support::known::name_known;
use crate::support::locks::with_lock;
use crate::support::products::{Compiling, Products};
use crate::support::subject::Subjects;
use crate::support::today::today;
use place::{LockLine, place};

const AFTER: &str = "\
Examples:
  cargo xtask gate --from 3.42.0-rusqlite --to 3.44.0-rusqlite
  cargo xtask gate --from 3.54.1-rusqlite --to 3.54.1-recommended      other flags
  cargo xtask gate --from system --to 3.54.1-debian precision 'json/*'
  cargo xtask gate --from go@1.14.16 --to go@1.14.22                  two versions of a driver, on the same SQLite
  cargo xtask gate --from 3.42.0-rusqlite --to 3.44.0-rusqlite app.sql --sql 'SELECT round(0.285, 2)'
  cargo xtask gate --from 3.42.0-rusqlite --to 3.44.0-rusqlite app.trace                what a recorded program would notice
  cargo xtask gate --from-lock old/Cargo.lock --to-lock Cargo.lock     what a program's locks bundle
  cargo xtask gate --from-lock old/Cargo.lock --to-lock Cargo.lock --at Cargo.lock --format github
  cargo xtask gate --from … --to … --latency workloads.yaml --at-most 1.2
  cargo xtask gate --from 3.42.0-rusqlite --to 3.43.0-rusqlite app.trace --write drafts=found
  cargo xtask gate --from … --to … --format markdown --write sarif=gate.sarif --write junit=gate.xml

Every contract runs on both builds (or is remembered from the last gate); no snapshot is made. A case that does not \
do the same is a change: `broken`, `value`, `error`, `removed`, `unpromised`, `cost`, `superseded`, `added` or `mended`. gate.yaml says \
which block and which are accepted until when; without it the first four block. docs/gate-in-ci.md shows one. \
Beside a change stand its causes, where the contract names any; JSON has them as because, {key, text, place}. A trace is \
replayed on both builds each time; of it, each group of calls is a change, with the cases of the catalogue that may be the same.

With --write drafts=DIR each difference of a trace becomes a contract: of what the program had executed on that database, and \
of its rows, only what the difference needs is left, both builds have shown it, and `changed:` waits for its cause. What contracts \
cannot show is listed with the reason.

With --latency the times of a file of workloads are compared: of each `repeat`, its median and, from 1,000 iterations of all rounds together \
on, its 99th percentile, by the ratios of rounds in which the builds take turns. A time blocks when the least that the median of these ratios can \
be, shown behind `≥`, is above the limit: a build against itself blocks in one run of a hundred at most. The forms are text, json, markdown, junit and github.

Lock files: the build is the one whose manifest names the crate's release, else the one of the same sqlite3.c, else it \
is made from the crate. A libsqlite3-sys without its feature `bundled` links the system's library: name that build with --from or --to.

";

/// Say whether moving from one build to another changes any contract
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    #[command(flatten)]
    from: From,
    #[command(flatten)]
    to: To,
    #[command(flatten)]
    subjects: Subjects,
    /// Which changes block and which are accepted; by default gate.yaml in the project's root, if it is there
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The day on which acceptances are judged, to see what will expire; by default today, in UTC
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
    /// Ask every contract of the library too, included or not, on its builds too; with subjects, choose among all of them.
    /// In a program's folder the project is sqlite/, where `init` has written one
    #[arg(long)]
    catalogue: bool,
    /// Run every cell, also those whose inputs did not change
    #[arg(long)]
    fresh: bool,
    #[command(flatten)]
    compiling: Compiling,
    /// The line of the program that moves SQLite, such as Dockerfile:7: annotations and SARIF findings point there, not at
    /// contracts, seen from the root of its repository. Without a number it is the crate's line in a lock file
    #[arg(long, value_name = "FILE[:LINE]")]
    at: Option<String>,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    latency: latency::Timing,
}

/// The JSON Schema of what `--latency` prints.
#[cfg(test)]
pub(crate) fn latency_schema() -> schemars::Schema {
    latency::schema()
}

/// Compares, and writes the report.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let mut project = match args.catalogue {
        true => context::project_with_catalogue()?,
        false => context::project_or_catalogue_said(
            "`--catalogue` asks both, with the gate.yaml there; a gate that starts there asks those alone",
        )?,
    };
    args.output.check()?;
    if args.latency.latency.is_some() {
        latency::check(&args.output)?;
    }
    let from_lock = args.from.from_lock.as_deref().map(|lock| with_lock(&mut project, lock, "with --from"));
    let to_lock = args.to.to_lock.as_deref().map(|lock| with_lock(&mut project, lock, "with --to"));
    let policy = read_policy(&project, args.policy.as_deref())?;
    let cells = Cells::new(&project, args.fresh, || match args.catalogue {
        true => args.subjects.read_with_catalogue(&project),
        false => args.subjects.read_or_all(&project),
    })?;
    args.compiling.apply(cells.engine().store());
    if args.output.drafts().next().is_some() {
        excerpts::check(&cells)?;
    }
    let line = to_lock.as_ref().and_then(|lock| lock.as_ref().ok()).map(|lock| lock.line);
    let line = args.to.to_lock.as_deref().zip(line).map(|(file, line)| LockLine { file, line });
    let at = args.at.as_deref().map(|at| place(at, line, cells.engine().builds())).transpose()?;
    let (from, to) = ends(cells.engine().builds(), args, [from_lock, to_lock])?;
    let ends = [(from, &args.from.from), (to, &args.to.to)];
    let ends = ends.map(|(build, word)| End::new(build, word.as_deref()));
    of_driver::check(ends.each_ref(), cells.engine())?;
    let names = ends.each_ref().map(End::name);
    if let Some(file) = &args.latency.latency {
        return latency::run(
            &project,
            cells.engine(),
            ([from, to], &names),
            &args.latency,
            &args.output,
            file,
        );
    }
    let mut report =
        compare(&cells, !args.subjects.is_empty(), from, to, &policy, args.today.unwrap_or_else(today))?
            .at(at);
    [report.from, report.to] = names;
    args.output.write(&report)?;
    for folder in args.output.drafts() {
        excerpts::write(&cells, [from, to], &report, folder)?;
    }
    match report.gate {
        Gate::Nothing => {
            bail!(Usage(
                "there is nothing to judge: neither build supports any case that was asked".to_owned()
            ))
        }
        _ if report.is_void() => {
            bail!(Usage("there is nothing to judge: what was asked is broken on both builds".to_owned()))
        }
        _ => {}
    }
    Ok(Exit::of_findings(report.gate == Gate::Blocked))
}

/// A policy that is named must be there; the project's own need not.
fn read_policy(project: &Project, named: Option<&Path>) -> Result<Policy, Diagnostics> {
    let own = project.root().join(policy::FILE);
    match named {
        Some(file) => Policy::read(file, &project.shown(file)),
        None if own.exists() => Policy::read(&own, policy::FILE),
        None => Ok(Policy::default()),
    }
}

/// The report on two builds. One against itself is not even compiled.
fn compare(
    cells: &Cells,
    is_narrow: bool,
    from: &Build,
    to: &Build,
    policy: &Policy,
    today: Date,
) -> Result<Report> {
    let ends = (from.name(), to.name());
    if from.name() == to.name() {
        return Ok(Report::new(ends, &[], Vec::new(), policy, today));
    }
    let products = Products::make(cells.engine().store(), [from, to]);
    if let Some((_, error)) = products.missing.into_iter().next() {
        return Err(error.into());
    }
    // Which cases an end can run is known when it is made. What only some steps run on is no reason not to compare the
    // rest.
    let beside = cells.engine().builds_needed_beside(&cells.ids(), &[from, to]);
    if !beside.is_empty() {
        Products::make(cells.engine().store(), beside);
    }
    let mut reports = cells.run(&[from, to])?;
    let names: BTreeSet<String> = reports.iter().flatten().flat_map(CellReport::names).collect();
    if let [old, new] = &mut reports[..] {
        only_of_both(old, new);
    }
    let searched = match is_narrow {
        true => None,
        false => Searched::load(cells.matrix().project())?.between(from.name(), to.name()),
    };
    let asked = cells.asked(&[from, to], &reports)?.searched(searched);
    let mut reports = reports.into_iter();
    let (old, new) = (reports.next().unwrap_or_default(), reports.next().unwrap_or_default());
    if !is_narrow {
        policy.check_cases(&names)?;
    }
    let mut changes = cells.changes(&old, &new, cells.version(to).as_ref())?;
    name_known(cells, [from, to], &mut changes)?;
    let recorded = cells.recorded(&old, &new)?;
    let pairs: Vec<(CellReport, CellReport)> = old.into_iter().zip(new).collect();
    Ok(Report::new(ends, &pairs, changes, policy, today).asked(asked).replays(recorded))
}
