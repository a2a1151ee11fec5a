//! What `leaks` and `memory` have in common: the workloads of a file are measured on builds, and shown as text, as JSON
//! and as a chart.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Serialize;
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::diagnostic::{Diagnostics, SourceText};
use sqlite_contracts::engine::Engine;
use sqlite_contracts::project::Project;
use sqlite_contracts::subject::Subject;

use crate::support::context::{self, OnBuilds};
use crate::support::each_build::each_build;
use crate::support::exit::{self, Exit, Usage};
use crate::support::products::{Compiling, Products, tell_missing};
use crate::support::selection::is_contract;
use crate::support::writable;
use crate::ui::output::{Format, print, print_json};
use crate::ui::progress::Display;

/// Which workloads on which builds, and where the report goes.
#[derive(clap::Args)]
pub(crate) struct Workloads {
    /// Your own workloads instead of the default ones, a file (`mine.yaml`) or a contract
    /// (`statement-lifetime/churn`), and builds ('3.5?.*'), in any order; by default the core builds
    #[arg(value_name = "FILE|CONTRACT|GLOB", conflicts_with = "all")]
    words: Vec<String>,
    #[command(flatten)]
    on: OnBuilds,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    compiling: Compiling,
    /// Also draw a chart into a file, as SVG
    #[arg(long, short, value_name = "FILE", alias = "svg")]
    output: Option<PathBuf>,
}

/// Workloads that come with a command.
pub(crate) struct Own {
    /// What they are called.
    pub name: &'static str,
    pub text: &'static str,
}

impl Own {
    fn read(&self) -> Result<Contract, Diagnostics> {
        Contract::read(self.name, &SourceText::new(format!("{}.yaml", self.name), self.text))
    }
}

/// A way to measure workloads, and to show the figures.
pub(crate) trait Measure {
    /// The figures of a workload on a build.
    type Figures: Serialize + Clone + Send;

    /// The default workloads.
    fn own(&self) -> Own;

    /// The workloads that are meant.
    ///
    /// # Errors
    /// What cannot be measured at all: why, and what can.
    fn chosen(&self, workloads: Contract, _: &Engine) -> Result<Contract> {
        Ok(workloads)
    }

    /// The figures of every workload on a build, in the order of the workloads.
    fn on_build(&self, engine: &Engine, workloads: &Contract, build: &Build) -> Result<Vec<Self::Figures>>;

    /// The report as text.
    fn text(&self, figures: &[Self::Figures]) -> String;

    /// The report as a chart.
    fn svg(&self, figures: &[Self::Figures]) -> String;

    /// Whether there are figures.
    fn is_measured(&self, _: &Self::Figures) -> bool {
        true
    }

    /// Whether there are no figures because the environment kept the workload from running.
    fn could_not_run(&self, figures: &Self::Figures) -> bool;

    /// Whether the figures include a promise that did not hold.
    fn is_broken(&self, _: &Self::Figures) -> bool {
        false
    }
}

/// Measures, and shows what was found: in the order of the workloads, then of the builds.
pub(crate) fn run<M: Measure + Sync>(args: &Workloads, measure: &M) -> Result<Exit> {
    let project = context::project_or_catalogue()?;
    writable::check(args.output.as_deref())?;
    let (own, globs): (Vec<&String>, Vec<&String>) =
        args.words.iter().partition(|word| is_file(word) || is_contract(&project, word));
    let workloads = match own.as_slice() {
        [] => measure.own().read()?,
        [one] => workloads_of(&project, one)?,
        _ => return Err(only_one()),
    };
    let engine = Engine::new(&project, context::worker()?, Box::new(()))?;
    args.compiling.apply(engine.store());
    let workloads = measure.chosen(workloads, &engine)?;
    let chosen = args.on.and(globs).of(engine.builds())?;
    let Products { ready, missing } = Products::make(engine.store(), chosen).of_this_machine();
    let figures = measured(measure, &engine, &workloads, &ready)?;
    // Before anything is printed: a reader that closes the pipe ends this process.
    if let Some(file) = &args.output {
        std::fs::write(file, measure.svg(&figures))
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    match args.format {
        Format::Json => print_json(&figures)?,
        Format::Text => print(&measure.text(&figures)),
    }
    tell_missing(&missing);
    let is_nothing = missing.is_empty() && !figures.iter().any(|figures| measure.is_measured(figures));
    if is_nothing || figures.iter().any(|figures| measure.could_not_run(figures)) {
        return Ok(Exit::Environment);
    }
    let is_broken = figures.iter().any(|figures| measure.is_broken(figures));
    Ok(missing.first().map_or(Exit::of_findings(is_broken), |(_, error)| exit::of(error)))
}

/// The workloads of a file, or of the contract that a word means.
fn workloads_of(project: &Project, word: &str) -> Result<Contract> {
    if is_file(word) {
        return Ok(Contract::load(project, Path::new(word))?);
    }
    match Subject::named(project, word)?.as_slice() {
        [one] => Ok(Contract::clone(&*one.contract(project)?)),
        _ => Err(only_one()),
    }
}

fn only_one() -> anyhow::Error {
    Usage(
        "name one file or one contract of workloads: figures are told apart by the names of its cases"
            .to_owned(),
    )
    .into()
}

fn is_file(word: &str) -> bool {
    Path::new(word).extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// Measures one build per core at a time.
fn measured<M: Measure + Sync>(
    measure: &M,
    engine: &Engine,
    workloads: &Contract,
    builds: &[&Build],
) -> Result<Vec<M::Figures>> {
    let display = Display::new(builds.len(), "measured");
    let of_builds = each_build(builds, |build| {
        let figures = measure.on_build(engine, workloads, build);
        display.finished(build.name(), None);
        figures
    });
    display.finish();
    let of_builds = of_builds?;
    let most = of_builds.iter().map(Vec::len).max().unwrap_or(0);
    let of_workload = |at: usize| of_builds.iter().filter_map(move |figures| figures.get(at).cloned());
    Ok((0..most).flat_map(of_workload).collect())
}
