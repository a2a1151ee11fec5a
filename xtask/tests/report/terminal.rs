//! A run has the same signs on the page as in the terminal.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Failed;
use serde_json::{Value, json};

use super::browser::Browsing;

/// Contracts that change often, so that most of what a cell may be is among them.
const CONTRACTS: [&str; 3] = ["precision/money-*", "precision/float-*", "precision/sums"];

pub(crate) fn core(page: &Browsing) -> Result<(), Failed> {
    let compared = compare(page, &[])?;
    assert!(compared > 14 * 3, "{compared} cells");
    Ok(())
}

/// Of the builds that are not core those that are compiled.
pub(crate) fn all(page: &Browsing) -> Result<(), Failed> {
    compare(page, &["--all", "--no-build"]).map(drop)
}

/// Runs the contracts, and looks for each cell of the run on the page that was written of it; their number.
fn compare(page: &Browsing, builds: &[&str]) -> Result<usize, Failed> {
    let folder = tempfile::tempdir()?;
    run(folder.path(), builds)?;
    let run: Value = serde_json::from_slice(&std::fs::read(folder.path().join("site/matrix.json"))?)?;
    let told = standings(&run);
    page.open(&folder.path().join("site/report.html"), "#area=precision")?;
    // Columns are drawn where they are in sight.
    page.size(6000, 900)?;
    page.expect(&format!("({DIFFERENCES})({})", json!(told)), "")?;
    page.quiet()?;
    Ok(told.len())
}

/// `matrix --report`, with the compiled builds of this repository and a run of its own.
fn run(folder: &Path, builds: &[&str]) -> Result<(), Failed> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("a package has a folder")?;
    let target = folder.join("target");
    std::fs::create_dir(&target)?;
    let products = root.join("target/sqlite-builds");
    std::fs::create_dir_all(&products)?;
    std::os::unix::fs::symlink(products, target.join("sqlite-builds"))?;
    let mut matrix = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
    matrix.current_dir(root).env("CI", "true").env("CARGO_TARGET_DIR", target);
    matrix.arg("matrix").args(CONTRACTS).args(builds).arg("--report").arg(folder.join("site"));
    let output = matrix.output()?;
    // Builds that are not compiled are told of by status 3.
    let is_usable = output.status.success() || output.status.code() == Some(3) && !builds.is_empty();
    if is_usable { Ok(()) } else { Err(format!("{output:?}").into()) }
}

/// What the terminal shows in each cell, by `contract@build`.
fn standings(run: &Value) -> BTreeMap<String, String> {
    let cells = run["matrix"]["cells"].as_array().or_else(|| run["cells"].as_array()).into_iter().flatten();
    let text = |cell: &Value, key: &str| cell[key].as_str().unwrap_or_default().to_owned();
    cells
        .map(|cell| (format!("{}@{}", text(cell, "contract"), text(cell, "build")), text(cell, "standing")))
        .collect()
}

/// Of what is told, what the page says otherwise or not at all.
const DIFFERENCES: &str = r"(told) => {
    const wrong = [];
    const missing = new Set(Object.keys(told));
    for (const row of document.querySelectorAll('.row.contract')) {
        const contract = 'precision/' + row.querySelector('.name').textContent;
        for (const cell of row.querySelectorAll('.cell')) {
            const place = contract + '@' + cell.getAttribute('aria-label').split(':')[0];
            const standing = /is-([a-z-]+)/.exec(cell.className)[1];
            if (place in told && told[place] !== standing) wrong.push(`${place}: ${standing}, not ${told[place]}`);
            missing.delete(place);
        }
    }
    return [...wrong, ...[...missing].map((place) => `${place} is not on the page`)].join('\n');
}";
