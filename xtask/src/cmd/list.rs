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
        Format::Text => print(&table(&rows)),
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

fn table(rows: &[Row]) -> String {
    let mut table = output::table([
        "BUILD",
        "VERSION",
        "PROFILE",
        "TIER",
        "PARENT",
        "RELEASED",
        "SOURCE ID",
        "SIZE",
        "STATE",
    ]);
    for row in rows {
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        table.add_row([
            row.build.clone(),
            or_dash(row.version.clone()),
            row.profile.clone(),
            row.tier.to_owned(),
            or_dash(row.parent.clone()),
            or_dash(row.released.clone()),
            or_dash(row.source_id.as_deref().map(short)),
            or_dash(row.size.map(size)),
            row.state.to_owned(),
        ]);
    }
    if let Some(column) = table.column_mut(7) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    output::shown(&table)
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
