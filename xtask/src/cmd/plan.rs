//! `cargo xtask plan`: what changes at each build on the way from one to another.

use anyhow::{Result, bail};
use sqlite_contracts::analysis::gate::Plan;
use sqlite_contracts::analysis::gate::plan::{Step, way};
use sqlite_contracts::builds::chronology::Unasked;
use sqlite_contracts::builds::{Build, BuildSet};
use sqlite_contracts::project::command_name::command;

use crate::support::cells::Cells;
use crate::support::context;
use crate::support::exit::{Exit, Usage};
use crate::support::named::named;
use crate::support::products::{Compiling, Products, tell_missing};
use crate::support::subject::Subjects;
use crate::ui::output::{Format, print, width};

const AFTER: &str = "\
Examples:
  cargo xtask plan --from 3.42.0-rusqlite --to 3.54.1-rusqlite
  cargo xtask plan --from 3.42.0-rusqlite --to 3.54.1-recommended      the last step is the flags'
  cargo xtask plan --from 3.42.0-rusqlite --to 3.54.1-rusqlite 'precision/*' --lines 20
  cargo xtask plan --from 3.42.0-rusqlite --to 3.54.1-rusqlite schema.sql queries.sql
  cargo xtask plan --from 3.42.0-rusqlite --to 3.54.1-rusqlite --format json | jq

The way is every version of the profile between the two, else the lineage from the one to the other. Builds that are \
missing are compiled. A change may come and go on the way: `cargo xtask gate` says what is left at its end. \
JSON is described by schemas/plan.json; because are a change's causes, {key, text, place}, where the contract names any.

";

/// Show what changes at each step of a hop over many versions
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    /// The old build
    #[arg(long, value_name = "BUILD")]
    from: String,
    /// The new build
    #[arg(long, value_name = "BUILD")]
    to: String,
    #[command(flatten)]
    subjects: Subjects,
    /// In a project: go over the builds of the library too, and choose among its contracts
    #[arg(long)]
    catalogue: bool,
    /// How many changes of a step are shown; JSON has all
    #[arg(long, value_name = "N", default_value_t = 5)]
    lines: usize,
    /// Run every cell, also those whose inputs did not change
    #[arg(long)]
    fresh: bool,
    #[command(flatten)]
    compiling: Compiling,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Walks the way.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let project = match args.catalogue {
        true => context::project_with_catalogue()?,
        false => context::project_or_catalogue_said(
            "`--catalogue` asks both; a plan that starts there asks those alone",
        )?,
    };
    let cells = Cells::new(&project, args.fresh, || match args.catalogue {
        true => args.subjects.read_with_catalogue(&project),
        false => args.subjects.read_or_all(&project),
    })?;
    args.compiling.apply(cells.engine().store());
    let way = way_of(cells.engine().builds(), args)?;
    let products = Products::make(cells.engine().store(), way.iter().copied());
    let is_end = |build: &Build| build.name() == args.from || build.name() == args.to;
    let (ends, between) = products.missing.into_iter().partition::<Vec<_>, _>(|(build, _)| is_end(build));
    if let Some((_, error)) = ends.into_iter().next() {
        return Err(error.into());
    }
    tell_missing(&between);
    if products.ready.len() < 2 {
        bail!(Usage(format!("`{}` is where the way begins and ends", args.from)));
    }
    let plan = plan(&cells, &products.ready)?;
    match args.format {
        Format::Json => print(plan.json().trim_end()),
        Format::Text => print(plan.text(args.lines, width(), true).trim_end()),
    }
    Ok(Exit::Fine)
}

fn way_of<'a>(builds: &'a BuildSet, args: &Args) -> Result<Vec<&'a Build>> {
    let (from, to) = (named(builds, "--from", &args.from)?, named(builds, "--to", &args.to)?);
    way(builds, from, to).ok_or_else(|| Usage(no_way(builds, from, to)).into())
}

/// Why there is no way, and what can be asked.
fn no_way(builds: &BuildSet, from: &Build, to: &Build) -> String {
    let (old, new) = (from.name(), to.name());
    let (old_profile, new_profile) = (&from.profile().name, &to.profile().name);
    let gate = command(&format!("gate --from {old} --to {new}"));
    let mut text = format!(
        "a plan goes over the versions of one profile, and {old} has the profile `{old_profile}`, {new} `{new_profile}`: \
         `{gate}` compares the two"
    );
    let same_version = |build: &&Build| build.profile() == to.profile() && build.version() == from.version();
    if let Some(begin) = builds.iter().find(same_version) {
        let plan = command(&format!("plan --from {} --to {new}", begin.name()));
        text += &format!(", and `{plan}` goes from the same version with the other flags");
    }
    text
}

fn plan(cells: &Cells, builds: &[&Build]) -> Result<Plan> {
    let reports = cells.run(builds)?;
    let pairs = builds.windows(2).zip(reports.windows(2));
    let steps = pairs.map(|(builds, reports)| {
        let (before, after) = (cells.version(builds[0]), cells.version(builds[1]));
        let changes = cells.changes(&reports[0], &reports[1], after.as_ref())?;
        let product = cells.engine().store().find(builds[1]);
        let released = product.and_then(|product| product.info.released);
        let step = Step::new(builds[0].name(), builds[1].name(), released, &changes);
        let ends = before.as_ref().zip(after.as_ref());
        Ok(match ends {
            Some((before, after)) => step.over(Unasked::between(before, after, [])),
            None => step,
        })
    });
    let steps = steps.collect::<Result<Vec<Step>>>()?;
    Ok(Plan::new(steps, cells.asked(builds, &reports)?))
}
