//! `cargo xtask why`: whether the version or the flags make a difference, and which flags.

mod narrow;
mod report;

use std::sync::Arc;

use anyhow::Result;
use schemars::JsonSchema;
use serde::Serialize;
use sqlite_contracts::analysis::attribution::{Cause, Corners, Flag};
use sqlite_contracts::analysis::history::Behaviour;
use sqlite_contracts::builds::chronology::Unasked;
use sqlite_contracts::builds::{Build, BuildSet};
use sqlite_contracts::contract::{self, Contract};
use sqlite_contracts::engine::Engine;
use sqlite_contracts::record::causes::Causes;
use sqlite_contracts::record::report::CellReport;
use sqlite_contracts::record::snapshots::Recorded;
use sqlite_contracts::subject::Subject;

use crate::support::context;
use crate::support::each_build::each_build;
use crate::support::exit::{Exit, Usage};
use crate::support::named::named;
use crate::support::products::{Compiling, Products, tell_missing};
use crate::support::subject::{Subjects, tell_cut};
use crate::ui::output::{Format, print_json};

const AFTER: &str = "\
Examples:
  cargo xtask why precision/money-round/computed-amounts --from 3.42.0-rusqlite --to 3.43.0-rusqlite
  cargo xtask why schema.sql --from 3.42.0-rusqlite --to 3.43.0-rusqlite
  cargo xtask why --sql 'SELECT \"text\"' --from 3.54.1-rusqlite --to 3.54.1-recommended
  cargo xtask why --sql 'SELECT \"text\"' --from 3.42.0-rusqlite --to 3.54.1-dqs0

The case also runs on the version of each build with the flags of the other. Where the flags have a part in the \
difference, delta debugging finds the smallest set of them that brings it about; each set that is tried is a build, \
compiled once and kept in target/sqlite-builds/ until `cargo xtask build --prune`.

JSON: a list of {subject, contract, case, cause, corners, flags, because, unasked}, one for each case. cause is `nothing`, `version`, `flags`, \
`either` (each of them alone), `together` (neither alone), `both` (each has a part) or `unknown`; corners are what the \
case did, {from, version, flags, to} with `version` the new version with the old flags; flags is null or {on, \
differing, smallest, tried}; because are the contract's own causes that lie between the builds, {key, text, place}; unasked are \
the known releases between them, {version, released, word}, which `history` asks where they have a build.

";

/// Say whether the version or the flags make a case differ between two builds, and which flags
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    #[command(flatten)]
    subjects: Subjects,
    /// The first build
    #[arg(long, value_name = "BUILD")]
    from: String,
    /// The second build
    #[arg(long, value_name = "BUILD")]
    to: String,
    /// In a project: compare builds of the library too
    #[arg(long)]
    catalogue: bool,
    #[command(flatten)]
    compiling: Compiling,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What was found out about a case.
#[derive(Serialize, JsonSchema)]
struct Finding {
    subject: String,
    contract: String,
    case: String,
    cause: Cause,
    corners: Corners<Behaviour>,
    flags: Option<Smallest>,
    /// What the contract says about it.
    because: Vec<contract::cause::Cause>,
    /// The known releases between the two builds: none of them was asked.
    unasked: Unasked,
}

/// The flags that matter.
#[derive(Serialize, JsonSchema)]
struct Smallest {
    /// The version on which they were tried.
    on: String,
    /// How many flags differ.
    differing: usize,
    /// The smallest set of them that brings the difference about.
    #[schemars(with = "Vec<String>")]
    smallest: Vec<Flag>,
    /// How many sets were tried.
    tried: usize,
}

/// Attributes, and shows what was found.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let project = match args.catalogue {
        true => context::project_with_catalogue()?,
        false => context::project_or_catalogue()?,
    };
    let subjects = args.subjects.read(&project)?;
    tell_cut(&project, &subjects);
    let engine = Engine::new(&project, context::worker()?, Box::new(()))?;
    args.compiling.apply(engine.store());
    let builds = corners(engine.builds(), &args.from, &args.to)?;
    let unasked = unasked(&builds);
    let mut findings = Vec::new();
    for subject in &subjects {
        let contract = subject.contract(&project)?;
        let (contract, cells) = closest(&engine, subject, contract, &builds)?;
        let snapshots = Recorded::at(project.snapshots()).contract(&contract.id)?;
        let causes = engine.builds().causes(&contract, &snapshots);
        for (at, case) in contract.cases.iter().enumerate() {
            let found = finding(&engine, &causes, &builds, &cells, at, !args.compiling.is_off())?;
            let unasked = unasked.clone();
            findings.push(Finding { subject: subject.heading(&case.name), unasked, ..found });
        }
    }
    match args.format {
        Format::Json => print_json(&findings)?,
        Format::Text => report::text(&findings, &builds),
    }
    let is_open = |finding: &Finding| !matches!(finding.cause, Cause::Nothing | Cause::Version);
    if args.compiling.is_off() && findings.iter().any(is_open) {
        anstream::eprintln!("nothing was compiled: which flags make a difference was not searched");
    }
    Ok(Exit::Fine)
}

/// The contract on every corner; of a script with the records of their own on which these differ.
fn closest(
    engine: &Engine,
    subject: &Subject,
    contract: Arc<Contract>,
    builds: &Corners<Build>,
) -> Result<(Arc<Contract>, Corners<CellReport>)> {
    let cells = cells(engine, &contract, builds)?;
    let all = [Some(&cells.from), cells.version.as_ref(), cells.flags.as_ref(), Some(&cells.to)];
    let Some(finer) = subject.finer(all.into_iter().flatten()) else { return Ok((contract, cells)) };
    let contract = finer.contract(engine.store().project())?;
    let cells = self::cells(engine, &contract, builds)?;
    Ok((contract, cells))
}

/// What makes the first case of a contract differ between two builds, and the smallest set of flags that does, where they
/// have a part in it. Sets that were not tried before are compiled.
pub(crate) fn attributed(
    engine: &Engine,
    contract: &Contract,
    from: &str,
    to: &str,
) -> Result<(Cause, Vec<Flag>)> {
    let builds = corners(engine.builds(), from, to)?;
    let cells = cells(engine, contract, &builds)?;
    let snapshots = Recorded::at(engine.store().project().snapshots()).contract(&contract.id)?;
    let causes = engine.builds().causes(contract, &snapshots);
    let found = finding(engine, &causes, &builds, &cells, 0, true)?;
    Ok((found.cause, found.flags.map_or_else(Vec::new, |flags| flags.smallest)))
}

/// The two builds, and the two between them.
fn corners(builds: &BuildSet, from: &str, to: &str) -> Result<Corners<Build>> {
    let (from, to) = (named(builds, "--from", from)?, named(builds, "--to", to)?);
    let crossed = |version: &Build, flags: &Build| {
        let no_code = || {
            Usage(format!("{} is a library without its C code: its flags cannot be varied", version.name()))
        };
        builds.with_profile(version, flags.profile()).ok_or_else(no_code)
    };
    Ok(Corners {
        version: Some(crossed(to, from)?),
        flags: Some(crossed(from, to)?),
        from: from.clone(),
        to: to.clone(),
    })
}

/// The known releases between the versions of the two builds.
fn unasked(builds: &Corners<Build>) -> Unasked {
    let ends = builds.from.version().zip(builds.to.version());
    ends.map(|(from, to)| Unasked::between(from, to, [])).unwrap_or_default()
}

/// The contract on every corner. One in between may be beyond making.
fn cells(engine: &Engine, contract: &Contract, builds: &Corners<Build>) -> Result<Corners<CellReport>> {
    let Corners { from, version, flags, to } = builds;
    // With the same version or the same flags, corners coincide.
    let mut distinct = vec![from];
    for build in [version.as_ref(), flags.as_ref(), Some(to)].into_iter().flatten() {
        if !distinct.iter().any(|known| known.name() == build.name()) {
            distinct.push(build);
        }
    }
    let Products { ready, mut missing } = Products::make(engine.store(), distinct);
    if let Some(at) = missing.iter().position(|(build, _)| [from.name(), to.name()].contains(&build.name())) {
        return Err(missing.swap_remove(at).1.into());
    }
    tell_missing(&missing);
    let run = |build: &Build| engine.run(contract, build);
    let between = |build: &Option<Build>| {
        let made = build.as_ref().filter(|build| ready.iter().any(|ready| ready.name() == build.name()));
        made.map(run).transpose()
    };
    Ok(Corners { from: run(from)?, version: between(version)?, flags: between(flags)?, to: run(to)? })
}

/// The smallest set of flags is searched only where builds may be compiled.
fn finding(
    engine: &Engine,
    known: &Causes,
    builds: &Corners<Build>,
    cells: &Corners<CellReport>,
    at: usize,
    may_compile: bool,
) -> Result<Finding> {
    let contract = known.contract();
    let did = |cell: &CellReport| Behaviour::of(&cell.cases[at]);
    let corners = Corners {
        from: did(&cells.from),
        version: cells.version.as_ref().map(did),
        flags: cells.flags.as_ref().map(did),
        to: did(&cells.to),
    };
    let cause = corners.cause();
    let mut one = contract.clone();
    one.cases = vec![contract.cases[at].clone()];
    let flags = match cause {
        Cause::Nothing | Cause::Version => None,
        // Sets that cannot be made would leave all flags as the smallest one.
        _ if !may_compile => None,
        _ => narrow::smallest(engine, &one, builds, &corners)?,
    };
    let case = contract.cases[at].name.clone();
    let because = match cause {
        Cause::Nothing => Vec::new(),
        // What a build lacks is its reason already.
        _ if !corners.from.is_supported() || !corners.to.is_supported() => Vec::new(),
        _ => known.between(&case, builds.from.name(), builds.to.name()),
    };
    let because = because.into_iter().cloned().collect();
    Ok(Finding {
        subject: String::new(),
        contract: contract.id.clone(),
        case,
        cause,
        corners,
        flags,
        because,
        unasked: Unasked::default(),
    })
}

/// What the first case does on builds that can be loaded.
fn behaviours(engine: &Engine, contract: &Contract, builds: &[&Build]) -> Result<Vec<Behaviour>> {
    each_build(builds, |build| Ok(Behaviour::of(&engine.run(contract, build)?.cases[0])))
}

/// The JSON Schema of what `--format json` prints.
#[cfg(test)]
pub(crate) fn schema() -> schemars::Schema {
    crate::cmd::schemas::of::<Vec<Finding>>()
}
