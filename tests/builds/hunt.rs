//! Which contracts a mutant is shown to, and what is said of it: on made-up reports, with no library loaded.

use std::sync::Mutex;
use std::time::Duration;

use crate::fake::FakeProject;
use sqlite_contracts::analysis::mutants::{Breadth, Found, Hunt, Standing};
use sqlite_contracts::builds::{Build, Mutant, Mutants};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::record::report::{CaseReport, CellReport, Verdict};

/// A project with the contracts `area/leaks` (L1, L5) and `area/sums` (P4), and the mutants `one` and `two` of row L5.
struct Hunted {
    project: FakeProject,
    contracts: Vec<Contract>,
    runs: Mutex<Vec<String>>,
}

impl Hunted {
    fn new() -> Self {
        let project = FakeProject::new();
        for (name, rows, why) in [("leaks", "L1, L5", "A leak."), ("sums", "P4", "Totals, as L5 has it.")] {
            let text = format!(
                "title: t\nrows: [{rows}]\nwhy: {why}\ncases:\n  - name: one\n    steps:\n      - memory_used:\n"
            );
            project.write(&format!("contracts/area/{name}.yaml"), &text);
        }
        for mutant in ["one", "two"] {
            let manifest = "of: 3.46.0-plain\nfault: any\nrow: L5\n";
            project.write(&format!("sqlite-builds/mutants/{mutant}.yaml"), manifest);
            project.write(&format!("sqlite-builds/mutants/{mutant}.c"), "#include \"mutant.h\"\n");
        }
        let contracts =
            Contract::load_all(&project.project()).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        Self { project, contracts, runs: Mutex::default() }
    }

    fn mutants(&self) -> Vec<Mutant> {
        let mutants = Mutants::load(&self.project.project(), &self.project.builds());
        mutants.unwrap_or_else(|mistakes| panic!("{mistakes}")).iter().cloned().collect()
    }

    /// Hunts the first mutant when only the contracts in `seen_by` see a difference.
    fn find(&self, seen_by: &[&str], breadth: Breadth) -> Found {
        let hunt = Hunt::new(&self.contracts, |contract: &Contract, build: &Build| {
            Ok(self.cell(contract, build, seen_by))
        });
        hunt.find(&self.mutants()[0], breadth).unwrap()
    }

    fn cell(&self, contract: &Contract, build: &Build, seen_by: &[&str]) -> CellReport {
        self.runs.lock().unwrap().push(format!("{} on {}", contract.id, build.name()));
        let differs = build.mutated().is_some() && seen_by.contains(&contract.id.as_str());
        let case = CaseReport {
            case: "one".to_owned(),
            verdict: Verdict::Holds,
            transcript: [if differs { "memory_used → 1" } else { "memory_used → 0" }].into_iter().collect(),
            failures: Vec::new(),
            reason: None,
            stack: Vec::new(),
            seconds: 0.01,
        };
        CellReport { contract: contract.id.clone(), build: build.name().to_owned(), cases: vec![case] }
    }

    fn runs(&self) -> Vec<String> {
        std::mem::take(&mut self.runs.lock().unwrap())
    }
}

#[test]
fn a_contract_of_the_row_that_catches_it_is_enough() {
    let hunted = Hunted::new();
    let found = hunted.find(&["area/leaks", "area/sums"], Breadth::Rows);
    assert_eq!(found.standing, Standing::Caught);
    assert_eq!((found.own.len(), found.others.len()), (1, 0));
    assert_eq!(hunted.runs(), ["area/leaks on 3.46.0-plain", "area/leaks on one"]);

    let found = hunted.find(&["area/leaks", "area/sums"], Breadth::All);
    assert_eq!((found.own.len(), found.others.len()), (1, 1));
}

#[test]
fn a_contract_of_another_row_is_not() {
    let found = Hunted::new().find(&["area/sums"], Breadth::Rows);
    assert_eq!(found.standing, Standing::OtherRow);
    assert_eq!(found.others[0].seen, "memory_used → 1 (the real build: 0)");
}

#[test]
fn a_mutant_that_nobody_sees_survives() {
    let found = Hunted::new().find(&[], Breadth::Rows);
    assert_eq!(found.standing, Standing::Survived);
}

#[test]
fn a_real_build_runs_once_for_all_its_mutants() {
    let hunted = Hunted::new();
    let hunt = Hunt::new(&hunted.contracts, |contract: &Contract, build: &Build| {
        Ok(hunted.cell(contract, build, &["area/leaks"]))
    });
    for mutant in &hunted.mutants() {
        hunt.find(mutant, Breadth::Rows).unwrap();
    }
    assert_eq!(hunted.runs(), ["area/leaks on 3.46.0-plain", "area/leaks on one", "area/leaks on two"]);
}

#[test]
fn a_mutant_gets_no_minute_where_the_real_build_took_a_moment() {
    let hunted = Hunted::new();
    let deadlines = Mutex::new(Vec::new());
    let hunt = Hunt::new(&hunted.contracts, |contract: &Contract, build: &Build| {
        deadlines.lock().unwrap().push(contract.cases[0].deadline);
        Ok(hunted.cell(contract, build, &["area/leaks"]))
    });
    hunt.find(&hunted.mutants()[0], Breadth::Rows).unwrap();
    assert_eq!(*deadlines.lock().unwrap(), [Duration::from_secs(60), Duration::from_secs(10)]);
}
