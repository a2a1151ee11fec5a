//! The table of contracts/CAPABILITIES.md: every row has a contract, and its contracts are those whose `rows` name it.
//! `UPDATE_CAPABILITIES=1 cargo test --test capabilities` writes the last column again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sqlite_contracts::contract::Contract;
use sqlite_contracts::contract::capability::{self, Row};
use sqlite_contracts::project::Project;

/// The areas of which every row has a contract by the letter of their rows, and how many rows each has. Of other areas
/// the table lists the rows that have one.
const AREAS: [(char, usize); 3] = [('L', 13), ('P', 7), ('M', 10)];

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts").join("CAPABILITIES.md")
}

/// The contracts of each row, as links.
fn contracts_by_row() -> BTreeMap<Row, Vec<String>> {
    let contracts = Contract::load_all(&Project::at(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let mut rows: BTreeMap<Row, Vec<String>> = BTreeMap::new();
    for contract in &contracts {
        let (_, stem) = contract.id.split_once('/').unwrap();
        for row in &contract.rows {
            rows.entry(*row).or_default().push(format!("[{stem}]({}.yaml)", contract.id));
        }
    }
    rows
}

/// A line of the table, `| L1 | what it is | contracts |`: its row, and what that is.
fn listed(line: &str) -> Option<(Row, &str)> {
    let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
    let [row, what, _] = <[&str; 3]>::try_from(cells).ok()?;
    Some((Row::parse(row)?, what))
}

#[test]
fn every_contract_serves_a_row() {
    let contracts = Contract::load_all(&Project::at(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let idle: Vec<&str> = contracts.iter().filter(|c| c.rows.is_empty()).map(|c| c.id.as_str()).collect();
    assert!(idle.is_empty(), "no `rows` in {idle:?}");
}

#[test]
fn the_rows_of_a_contract_are_found_without_reading_it() {
    let project = Project::at(env!("CARGO_MANIFEST_DIR"));
    for contract in Contract::load_all(&project).unwrap() {
        let text = Contract::source(&project, &contract.id).unwrap();
        assert_eq!(Row::all_in(text.text()), contract.rows, "{}", contract.id);
        let known = |row: &Row| capability::AREAS.iter().any(|(letter, _)| *letter == row.area());
        assert!(contract.rows.iter().all(known), "{} names a row of no area", contract.id);
    }
}

#[test]
fn every_row_has_a_line_and_a_contract() {
    let text = std::fs::read_to_string(page()).unwrap();
    let by_row = contracts_by_row();
    let listed: Vec<Row> = text.lines().filter_map(listed).map(|(row, _)| row).collect();
    let every = AREAS.iter().flat_map(|(area, rows)| (1..=*rows).map(move |row| format!("{area}{row}")));
    for row in every.map(|row| Row::parse(&row).unwrap()) {
        assert!(listed.contains(&row), "contracts/CAPABILITIES.md has no line for {row}");
    }
    for row in &listed {
        assert!(by_row.contains_key(row), "no contract has {row} among its `rows`");
    }
    for row in by_row.keys() {
        assert!(
            listed.contains(row),
            "a contract names {row}, which contracts/CAPABILITIES.md does not list"
        );
    }
}

#[test]
fn the_lines_name_the_contracts_that_name_the_row() {
    let text = std::fs::read_to_string(page()).unwrap();
    let by_row = contracts_by_row();
    let correct = |line: &str| match listed(line) {
        Some((row, what)) => {
            let links = by_row.get(&row).map_or_else(String::new, |links| links.join(", "));
            format!("| {row} | {what} | {links} |\n")
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
