//! `cargo xtask build --list`: the builds and their state.

use anyhow::Result;
use comfy_table::CellAlignment;
use schemars::JsonSchema;
use serde::Serialize;
use sqlite_contracts::builds::{Build, BuildInfo, State, Store};

use crate::support::exit::Exit;
use crate::ui::output::{self, Format, print, print_json};

/// One build as the list shows it.
#[derive(Serialize, JsonSchema)]
struct Row {
    build: String,
    version: Option<String>,
    profile: String,
    tier: &'static str,
    parent: Option<String>,
    source: String,
    released: Option<String>,
    source_id: Option<String>,
    size: Option<u64>,
    library: Option<std::path::PathBuf>,
    state: &'static str,
    note: Option<String>,
}

/// Prints the list.
pub(crate) fn run(store: &Store, builds: &[&Build], format: Format) -> Result<Exit> {
    let rows: Vec<Row> = builds.iter().map(|build| row(store, build)).collect();
    match format {
        Format::Json => print_json(&rows)?,
        Format::Text => print(&table(&rows, output::terminal_width())),
    }
    Ok(Exit::Fine)
}

fn row(store: &Store, build: &Build) -> Row {
    let state = store.state(build);
    let product = match &state {
        State::Built(product) => Some(product),
        _ => None,
    };
    let info: Option<&BuildInfo> = product.map(|product| &product.info);
    let version = info.map(|info| &info.version).or(build.version());
    Row {
        build: build.name().to_owned(),
        version: version.map(ToString::to_string),
        profile: build.profile().name.clone(),
        tier: build.tier().as_str(),
        parent: build.parent().map(str::to_owned),
        source: build.source().to_string(),
        released: info.and_then(|info| info.released.clone()),
        source_id: info.map(|info| info.source_id.clone()),
        size: info.map(|info| info.library.size),
        library: product.map(|product| product.library.clone()),
        state: word(&state),
        note: build.note().map(str::to_owned),
    }
}

fn word(state: &State) -> &'static str {
    match state {
        State::Built(_) => "built",
        State::NotBuilt => "not built",
        State::Damaged => "damaged",
        State::Absent => "absent",
    }
}

/// The columns, in the order in which they stand.
const COLUMNS: [&str; 9] =
    ["BUILD", "VERSION", "PROFILE", "TIER", "PARENT", "RELEASED", "SOURCE ID", "SIZE", "STATE"];

/// Those that a narrow terminal can do without, the first of them first.
const LESS_NEEDED: [&str; 5] = ["SOURCE ID", "PARENT", "SIZE", "TIER", "PROFILE"];

/// The table; what is wider than the terminal loses columns, which are named below.
fn table(rows: &[Row], width: Option<usize>) -> String {
    for left_out in 0..LESS_NEEDED.len() {
        let text = with_columns(rows, &LESS_NEEDED[..left_out]);
        if width.is_none_or(|width| text.lines().all(|line| line.chars().count() <= width)) {
            return text + &told(&LESS_NEEDED[..left_out]);
        }
    }
    with_columns(rows, &LESS_NEEDED) + &told(&LESS_NEEDED)
}

/// What is said of the columns that found no place.
fn told(left_out: &[&str]) -> String {
    match left_out.is_empty() {
        true => String::new(),
        false => format!("\nwithout {}: `--format json` has them", left_out.join(", ")),
    }
}

fn with_columns(rows: &[Row], left_out: &[&str]) -> String {
    let is_shown = |at: &usize| !left_out.contains(&COLUMNS[*at]);
    let shown: Vec<usize> = (0..COLUMNS.len()).filter(is_shown).collect();
    let mut table = output::table(shown.iter().map(|at| COLUMNS[*at]));
    for row in rows {
        let cells = cells(row);
        table.add_row(shown.iter().map(|at| cells[*at].clone()).collect::<Vec<_>>());
    }
    let size = shown.iter().position(|at| COLUMNS[*at] == "SIZE");
    if let Some(column) = size.and_then(|at| table.column_mut(at)) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    output::shown(&table)
}

fn cells(row: &Row) -> [String; 9] {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    [
        row.build.clone(),
        or_dash(row.version.clone()),
        row.profile.clone(),
        row.tier.to_owned(),
        or_dash(row.parent.clone()),
        or_dash(row.released.clone()),
        or_dash(row.source_id.as_deref().map(short)),
        or_dash(row.size.map(size)),
        row.state.to_owned(),
    ]
}

/// The first digits of the check-in's hash, as sqlite.org's own pages show it.
fn short(source_id: &str) -> String {
    source_id.split(' ').nth(2).unwrap_or(source_id).chars().take(10).collect()
}

fn size(bytes: u64) -> String {
    let tenths = bytes * 10 / (1 << 20);
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

/// The JSON Schema of what `--format json` prints.
#[cfg(test)]
pub(crate) fn schema() -> schemars::Schema {
    crate::cmd::schemas::of::<Vec<Row>>()
}

#[cfg(test)]
mod tests {
    use sqlite_contracts::builds::BuildSet;
    use sqlite_contracts::project::Project;
    use sqlite_contracts::worker::WorkerProgram;

    use super::*;

    #[test]
    fn a_narrow_terminal_gets_fewer_columns_and_is_told_which() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::at(folder.path()).with_builds_of_catalogue();
        let builds = BuildSet::load(&project).unwrap();
        let store = Store::new(&project, WorkerProgram::new("worker"));
        let rows: Vec<Row> = builds.iter().map(|build| row(&store, build)).collect();
        let whole = table(&rows, None);
        assert!(COLUMNS.iter().all(|column| whole.lines().next().unwrap().contains(column)), "{whole}");
        let narrow = table(&rows, Some(80));
        assert!(narrow.lines().all(|line| line.chars().count() <= 80), "{narrow}");
        assert!(narrow.contains("\nwithout SOURCE ID, PARENT"), "{narrow}");
    }
}
