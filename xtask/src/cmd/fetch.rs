//! `cargo xtask fetch`: downloads sources.

use anyhow::Result;
use sqlite_contracts::builds::BuildSet;
use sqlite_contracts::diagnostic::numbers::counted;

use crate::support::context::{self, Selection};
use crate::support::exit::{self, Exit};
use crate::ui::output::print;
use crate::ui::progress::Display;

const AFTER: &str = "\
Examples:
  cargo xtask fetch                    the sources of the core builds
  cargo xtask fetch --all              every source, for instance to work offline later

Crates are fetched by cargo (into its own cache, so its configuration applies: mirrors, vendoring, offline), npm \
packages by npm, archives by curl.

";

/// Fetch the sources of builds without compiling them
///
/// Every source is checked against the sha256 in its manifest.
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    #[command(flatten)]
    selection: Selection,
}

/// Fetches one source after the other; a failure does not stop the others.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let project = context::project_or_catalogue()?;
    let builds = BuildSet::load(&project)?;
    let store = context::store(&project)?;
    let chosen = args.selection.of(&builds)?;
    let display = Display::new(chosen.len(), "fetched");
    let (mut libraries, mut failures) = (0, Vec::new());
    for build in &chosen {
        let result = store.fetch(build, &display);
        let word = if result.is_ok() { "fetched" } else { "failed" };
        let line = format!("{word} {} ({})", build.name(), build.source());
        let is_library = matches!(result, Ok(None));
        libraries += usize::from(is_library);
        display.finished(build.name(), (!is_library).then_some(line));
        failures.extend(result.err().map(|error| (build.name(), error)));
    }
    display.finish();
    let mut worst = Exit::Fine;
    for (name, error) in &failures {
        anstream::eprintln!("\n{name}: {error}");
        worst = if worst == Exit::Environment { worst } else { exit::of(error) };
    }
    let figures = [
        (chosen.len() - libraries - failures.len(), "fetched"),
        (libraries, "without a source"),
        (failures.len(), "failed"),
    ];
    let said: Vec<String> = figures
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    print(&format!("{}: {}", counted(chosen.len(), "build", "builds"), said.join(", ")));
    Ok(worst)
}
