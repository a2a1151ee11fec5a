//! The table of capabilities at the end of contracts/README.md: every row has a contract, and its contracts are
//! those that name the row in their `why`. `UPDATE_CAPABILITIES=1 cargo test --test capabilities` writes the
//! last column again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use regex::Regex;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::project::Project;

/// The areas of the catalogue by the letter of their rows, and how many rows each has.
const AREAS: [(char, usize); 3] = [('L', 13), ('P', 7), ('M', 10)];

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts").join("README.md")
}

/// The contracts that name a row in their `why`, as links, by row.
fn contracts_by_row() -> BTreeMap<String, Vec<String>> {
    let contracts = Contract::load_all(&Project::at(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let row = Regex::new(r"\b[LPMCRS]\d{1,2}\b").unwrap();
    let mut rows: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for contract in &contracts {
        let (_, stem) = contract.id.split_once('/').unwrap();
        let link = format!("[{stem}]({}.yaml)", contract.id);
        for named in row.find_iter(&contract.why) {
            let links = rows.entry(named.as_str().to_owned()).or_default();
            if !links.contains(&link) {
                links.push(link.clone());
            }
        }
    }
    rows
}

/// A line of the table, `| L1 | what it is | contracts |`, as its cells.
fn cells(line: &str) -> Option<[&str; 3]> {
    let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
    let [row, what, contracts] = <[&str; 3]>::try_from(cells).ok()?;
    let is_row = Regex::new(r"^[LPMCRS]\d{1,2}$").unwrap().is_match(row);
    is_row.then_some([row, what, contracts])
}

#[test]
fn every_row_of_the_catalogue_has_a_line_and_a_contract() {
    let text = std::fs::read_to_string(page()).unwrap();
    let by_row = contracts_by_row();
    let listed: Vec<&str> = text.lines().filter_map(cells).map(|[row, ..]| row).collect();
    let every = AREAS.iter().flat_map(|(area, rows)| (1..=*rows).map(move |row| format!("{area}{row}")));
    for row in every {
        assert!(listed.contains(&row.as_str()), "contracts/README.md has no line for {row}");
        assert!(by_row.contains_key(&row), "no contract names {row} in its `why`");
    }
    for row in by_row.keys() {
        assert!(
            listed.contains(&row.as_str()),
            "a contract names {row}, which contracts/README.md does not list"
        );
    }
}

#[test]
fn the_lines_name_the_contracts_that_name_the_row() {
    let text = std::fs::read_to_string(page()).unwrap();
    let by_row = contracts_by_row();
    let correct = |line: &str| match cells(line) {
        Some([row, what, _]) => {
            format!(
                "| {row} | {what} | {} |\n",
                by_row.get(row).map_or_else(String::new, |links| links.join(", "))
            )
        }
        None => format!("{line}\n"),
    };
    let corrected: String = text.lines().map(correct).collect();
    if std::env::var_os("UPDATE_CAPABILITIES").is_some() {
        std::fs::write(page(), &corrected).unwrap();
    }
    let text = std::fs::read_to_string(page()).unwrap();
    let wrong: Vec<&str> =
        text.lines().zip(corrected.lines()).filter(|(a, b)| a != b).map(|(line, _)| line).collect();
    assert!(
        wrong.is_empty(),
        "run `UPDATE_CAPABILITIES=1 cargo test --test capabilities`; not true any more:\n{}",
        wrong.join("\n")
    );
}
