//! Making a program smaller while it still shows the same difference.

use anyhow::Result;

use super::program::Program;
use crate::analysis::attribution::ddmin;
use crate::outcome::value::Value;

/// So many programs are asked at a time: enough for a request to be worth it, few enough that little is asked in vain.
const AT_A_TIME: usize = 24;

/// What is known of the programs that a reduction tries.
pub(super) trait Oracle {
    /// Whether each of some programs still shows the difference.
    ///
    /// # Errors
    /// When a build cannot be asked.
    fn shows(&self, programs: &[Program]) -> Result<Vec<bool>>;

    /// The values that the one expression of each program has on the builds.
    ///
    /// # Errors
    /// As [`Oracle::shows`].
    fn values(&self, programs: &[Program]) -> Result<Vec<Vec<Value>>>;
}

/// The smallest program found that shows the difference: an expression alone, else statements are left out; then parts
/// of the trees go, values become simpler, and calls become their values.
///
/// # Errors
/// Those of the oracle.
pub(super) fn reduce(program: &Program, oracle: &impl Oracle) -> Result<Program> {
    let hoisted = by_size(program.hoisted(), program);
    let mut least = match first(oracle, &hoisted)? {
        Some(at) => hoisted[at].clone(),
        None => of_statements(program, oracle)?,
    };
    loop {
        let smaller = by_size(least.smaller(), &least);
        if let Some(at) = first(oracle, &smaller)? {
            least = smaller[at].clone();
            continue;
        }
        let evaluated = by_size(evaluated(&least, oracle)?, &least);
        match first(oracle, &evaluated)? {
            Some(at) => least = evaluated[at].clone(),
            None => return Ok(least),
        }
    }
}

/// A literal as text that shows the difference without the call that it is given to.
///
/// # Errors
/// Those of the oracle.
pub(super) fn as_text(program: &Program, oracle: &impl Oracle) -> Result<Option<Program>> {
    let texts = program.as_texts();
    Ok(first(oracle, &texts)?.map(|at| texts[at].clone()))
}

/// The first of the programs that shows the difference.
fn first(oracle: &impl Oracle, programs: &[Program]) -> Result<Option<usize>> {
    for (at, some) in programs.chunks(AT_A_TIME).enumerate() {
        if let Some(found) = oracle.shows(some)?.iter().position(|shown| *shown) {
            return Ok(Some(at * AT_A_TIME + found));
        }
    }
    Ok(None)
}

/// The programs with one call replaced by its value.
fn evaluated(program: &Program, oracle: &impl Oracle) -> Result<Vec<Program>> {
    let (calls, places): (Vec<_>, Vec<_>) = program.constants().into_iter().unzip();
    let values = oracle.values(&calls)?;
    let replaced = places
        .into_iter()
        .zip(&values)
        .flat_map(|(place, values)| values.iter().map(move |value| program.with_value(place, value)));
    Ok(replaced.collect())
}

/// The program without the statements that are not needed.
fn of_statements(program: &Program, oracle: &impl Oracle) -> Result<Program> {
    let of = |kept: &Vec<usize>| Program(kept.iter().map(|at| program.0[*at].clone()).collect());
    let all: Vec<usize> = (0..program.0.len()).collect();
    let kept = ddmin(&all, |sets| first(oracle, &sets.iter().map(of).collect::<Vec<_>>()))?;
    Ok(of(&kept))
}

/// Those that are smaller than a program, the smallest first.
fn by_size(programs: Vec<Program>, than: &Program) -> Vec<Program> {
    let size = than.size();
    let sized = programs.into_iter().map(|program| (program.size(), program));
    let mut sized: Vec<_> = sized.filter(|(it, _)| *it < size).collect();
    sized.sort_by_key(|(size, _)| *size);
    sized.dedup_by(|(_, a), (_, b)| a == b);
    sized.into_iter().map(|(_, program)| program).collect()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::analysis::discover::tree::Tree;
    use crate::analysis::discover::values::Literal;

    fn literal(text: &'static str) -> Tree {
        Tree::literal(Literal { text, class: "number" })
    }

    fn call(name: &'static str, arguments: Vec<Tree>) -> Tree {
        Tree::expression(name, format!("{name}({{}})"), vec![Tree::list(", ", 1, arguments)])
    }

    fn select(result: Tree) -> Tree {
        let filter = Tree::optional("WHERE", " WHERE {}", vec![literal("1")]);
        Tree::fixed("", "SELECT {}{}", vec![Tree::list(", ", 1, vec![literal("7"), result]), filter])
    }

    /// Shows what contains a text; every call has this value.
    struct Contains {
        text: &'static str,
        value: Value,
        asked: Cell<usize>,
    }

    impl Contains {
        fn new(text: &'static str, value: Value) -> Self {
            Self { text, value, asked: Cell::default() }
        }
    }

    impl Oracle for Contains {
        fn shows(&self, programs: &[Program]) -> Result<Vec<bool>> {
            self.asked.set(self.asked.get() + programs.len());
            let shows = |program: &Program| program.sql().iter().any(|sql| sql.contains(self.text));
            Ok(programs.iter().map(shows).collect())
        }

        fn values(&self, programs: &[Program]) -> Result<Vec<Vec<Value>>> {
            Ok(programs.iter().map(|_| vec![self.value.clone()]).collect())
        }
    }

    #[test]
    fn what_the_difference_does_not_need_goes() {
        let inner = call("round", vec![literal("34.775"), literal("2")]);
        let program = Program(vec![
            select(literal("3")),
            select(call("abs", vec![call("max", vec![inner, literal("9")])])),
            select(literal("4")),
        ]);
        let oracle = Contains::new("round(34.775, 2)", Value::Null);
        assert_eq!(reduce(&program, &oracle).unwrap().sql(), ["SELECT round(34.775, 2)"]);
        assert!(oracle.asked.get() < 250, "{:?}", oracle.asked);
    }

    #[test]
    fn a_call_may_become_its_value() {
        let program = Program(vec![select(call("round", vec![call("lower", vec![literal("'IT''S'")])]))]);
        let oracle = Contains::new("", Value::text("it's"));
        let found: Vec<_> = evaluated(&program, &oracle).unwrap().iter().map(Program::sql).collect();
        assert_eq!(found[1], ["SELECT 7, round('it''s') WHERE 1"]);
    }

    #[test]
    fn a_program_that_cannot_be_smaller_stays() {
        let program = Program(vec![select(literal("3"))]);
        assert_eq!(reduce(&program, &Contains::new("is not there", Value::Null)).unwrap(), program);
    }

    #[test]
    fn what_calls_are_given_is_tried_as_text() {
        let program = Program(vec![select(call("length", vec![literal("1e23")]))]);
        let oracle = Contains::new("CAST(1e23 AS TEXT)", Value::Null);
        let found = as_text(&program, &oracle).unwrap().map(|program| program.sql());
        assert_eq!(found, Some(vec!["SELECT CAST(1e23 AS TEXT)".to_owned()]));
    }
}
