//! Whether a file of workloads has anything that can be measured.

use sqlite_contracts::contract::verb::{Block, Verb};
use sqlite_contracts::contract::{Contract, PlacedStep};

use super::exit::Usage;

/// How many repetitions are measured of these steps.
pub(crate) fn repeats(steps: &[PlacedStep]) -> usize {
    steps.iter().filter(|step| matches!(step.step.verb, Verb::Block(Block::Repeat(_)))).count()
}

/// How many repetitions are measured of all its workloads.
pub(crate) fn of_all(workloads: &Contract) -> usize {
    workloads.cases.iter().flat_map(|case| &case.runs).map(|run| repeats(&run.steps)).sum()
}

/// How people find workloads: the id of a contract, `statement-lifetime/churn`, or the file.
pub(crate) fn name(workloads: &Contract) -> String {
    let file = workloads.cases.first().map(|case| case.place.path.to_string());
    file.filter(|_| !workloads.id.contains('/')).unwrap_or_else(|| workloads.id.clone())
}

/// Refuses workloads of this name of which none is through the drivers that were asked for.
pub(crate) fn through(workloads: &Contract, name: &str, drivers: &str) -> Result<(), Usage> {
    let mistake = || Usage(format!("nothing can be measured: no case of {name} is through {drivers}"));
    (!workloads.cases.is_empty()).then_some(()).ok_or_else(mistake)
}

/// Refuses workloads without a repetition.
pub(crate) fn has_repeat(workloads: &Contract) -> Result<(), Usage> {
    let mistake = || {
        Usage(format!(
            "nothing can be measured: no case of {} has a `repeat`, whose iterations would be",
            name(workloads)
        ))
    };
    (of_all(workloads) > 0).then_some(()).ok_or_else(mistake)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlite_contracts::diagnostic::SourceText;

    #[test]
    fn what_cannot_be_measured_says_why() {
        let of = |steps: &str| {
            let text =
                format!("title: t\nwhy: w\ncases:\n  - name: c\n    steps:\n      - open: memory\n{steps}");
            Contract::read("mine", &SourceText::new("mine.yaml", &*text)).unwrap()
        };
        let repeated = of("      - repeat: {times: 10, steps: [{exec: SELECT 1}]}\n");
        assert!(has_repeat(&repeated).is_ok() && through(&repeated, "mine.yaml", "capi").is_ok());
        assert!(
            has_repeat(&of("      - exec: SELECT 1\n"))
                .unwrap_err()
                .to_string()
                .contains("no case of mine.yaml has a `repeat`")
        );
        assert_eq!(name(&repeated), "mine.yaml");
        assert_eq!(name(&Contract { id: "area/mine".to_owned(), ..repeated.clone() }), "area/mine");
        let none = Contract { cases: Vec::new(), ..repeated };
        let error = through(&none, "mine.yaml", "go").unwrap_err().to_string();
        assert_eq!(error, "nothing can be measured: no case of mine.yaml is through go");
    }
}
