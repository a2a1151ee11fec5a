//! Builds of a driver's version: they run the cases of their driver only, and only what both ends run can be compared.

use std::collections::BTreeSet;

use crate::record::report::CellReport;

/// Leaves out the cases that one of the builds passes over because they are another driver's, on both.
pub fn only_of_both(from: &mut [CellReport], to: &mut [CellReport]) {
    for (from, to) in from.iter_mut().zip(to) {
        let all = from.cases.iter().chain(&to.cases);
        let passed_over: BTreeSet<String> =
            all.filter(|case| case.is_of_another_driver()).map(|case| case.case.clone()).collect();
        for cell in [from, to] {
            cell.cases.retain(|case| !passed_over.contains(&case.case));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::report::{CaseReport, OF_ANOTHER_DRIVER, Verdict};
    use crate::record::transcript::Transcript;

    fn cell(cases: [(&str, Option<&str>); 3]) -> CellReport {
        let case = |(name, reason): (&str, Option<&str>)| CaseReport {
            case: name.to_owned(),
            verdict: if reason.is_some() { Verdict::Unsupported } else { Verdict::Holds },
            transcript: Transcript::default(),
            failures: Vec::new(),
            reason: reason.map(str::to_owned),
            stack: Vec::new(),
            seconds: 0.0,
        };
        let cases = cases.into_iter().map(case).collect();
        CellReport { contract: "area/one".to_owned(), build: "b".to_owned(), cases }
    }

    #[test]
    fn a_case_that_one_end_passes_over_is_compared_on_neither() {
        let other = format!("{OF_ANOTHER_DRIVER}go@1.14.22, and the case has driver python");
        let mut from = [cell([("in-go", None), ("in-python", None), ("newer", None)])];
        let mut to =
            [cell([("in-go", None), ("in-python", Some(&other)), ("newer", Some("needs driver go>=1.15"))])];
        only_of_both(&mut from, &mut to);
        for cell in [&from[0], &to[0]] {
            let left: Vec<&str> = cell.cases.iter().map(|case| case.case.as_str()).collect();
            assert_eq!(left, ["in-go", "newer"], "what a version lacks is a change of it");
        }
    }
}
