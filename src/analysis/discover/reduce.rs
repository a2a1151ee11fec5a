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

    /// Whether more may be tried.
    fn goes_on(&self) -> bool {
        true
    }

    /// The values that the one expression of each program has on the builds.
    ///
    /// # Errors
    /// As [`Oracle::shows`].
    fn values(&self, programs: &[Program]) -> Result<Vec<Vec<Value>>>;
}

/// Programs that show one difference, each smaller than the one before.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Forms {
    /// The smallest.
    pub least: Program,
    /// The others on the way to it, the largest first.
    pub larger: Vec<Program>,
}

/// The smallest program found that shows the difference, with those on the way to it: an expression alone, else statements are
/// left out; then parts of the trees go, values become simpler, and calls become their values. None of them calls what answers
/// something else each time unless the program does.
///
/// # Errors
/// Those of the oracle.
pub(super) fn reduce(program: &Program, oracle: &impl Oracle) -> Result<Forms> {
    let mut forms = Forms { least: program.clone(), larger: Vec::new() };
    let hoisted = by_size(program.hoisted(), program);
    match first(oracle, &hoisted)? {
        Some(at) => forms.go_on(hoisted[at].clone()),
        None => forms.go_on(of_statements(program, oracle)?),
    }
    loop {
        let smaller = by_size(forms.least.smaller(), &forms.least);
        if let Some(at) = first(oracle, &smaller)? {
            forms.go_on(smaller[at].clone());
            continue;
        }
        let evaluated = by_size(evaluated(&forms.least, oracle)?, &forms.least);
        match first(oracle, &evaluated)? {
            Some(at) => forms.go_on(evaluated[at].clone()),
            None => return Ok(forms),
        }
    }
}

impl Forms {
    /// Makes the next program the smallest.
    pub(super) fn go_on(&mut self, next: Program) {
        if next != self.least {
            self.larger.push(std::mem::replace(&mut self.least, next));
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
    for (at, some) in programs.chunks(AT_A_TIME).enumerate().take_while(|_| oracle.goes_on()) {
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

/// Those that are smaller than a program, the smallest first; without those that would be something else each time.
fn by_size(programs: Vec<Program>, than: &Program) -> Vec<Program> {
    let size = than.size();
    let sized = programs.into_iter().map(|program| (program.size(), program));
    let mut sized: Vec<_> = sized.filter(|(it, program)| *it < size && !program.is_of_chance()).collect();
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

    fn least(program: &Program, oracle: &Contains) -> Vec<String> {
        reduce(program, oracle).unwrap().least.sql()
    }

    #[test]
    fn a_date_does_not_become_the_time_of_day() {
        let day = || literal("'2024-02-29'");
        let program = |arguments| {
            let call = Tree::expression("julianday", "julianday({})", vec![Tree::list(", ", 0, arguments)]);
            Program(vec![select(call)])
        };
        let oracle = || Contains::new("julianday(", Value::Null);
        assert_eq!(least(&program(vec![day(), literal("'utc'")]), &oracle()), ["SELECT julianday(0)"]);
        assert_eq!(least(&program(vec![literal("'now'"), day()]), &oracle()), ["SELECT julianday(0)"]);
    }

    #[test]
    fn each_form_on_the_way_is_smaller_than_the_one_before() {
        let program = Program(vec![select(literal("4")), select(call("round", vec![literal("34.775")]))]);
        let forms = reduce(&program, &Contains::new("round(", Value::Null)).unwrap();
        let all: Vec<&Program> = forms.larger.iter().chain([&forms.least]).collect();
        assert!(all[0] == &program && all.len() > 2, "{all:?}");
        assert!(all.windows(2).all(|pair| pair[1].size() < pair[0].size()), "{all:?}");
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
        assert_eq!(least(&program, &oracle), ["SELECT round(34.775, 2)"]);
        assert!(oracle.asked.get() < 250, "{:?}", oracle.asked);
    }

    #[test]
    fn a_call_may_become_its_value() {
        let program = Program(vec![select(call("round", vec![call("lower", vec![literal("'IT''S'")])]))]);
        let oracle = Contains::new("", Value::text("it's"));
        let found: Vec<_> = evaluated(&program, &oracle).unwrap().iter().map(Program::sql).collect();
        assert_eq!(found[1], ["SELECT 7, round('it''s') WHERE 1"]);
    }

    /// Shows everything, until so many were asked.
    struct Tired(Cell<usize>);

    impl Oracle for Tired {
        fn shows(&self, programs: &[Program]) -> Result<Vec<bool>> {
            self.0.set(self.0.get().saturating_sub(programs.len()));
            Ok(vec![true; programs.len()])
        }

        fn goes_on(&self) -> bool {
            self.0.get() > 0
        }

        fn values(&self, _: &[Program]) -> Result<Vec<Vec<Value>>> {
            Ok(Vec::new())
        }
    }

    #[test]
    fn a_reduction_that_may_try_no_more_ends_where_it_is() {
        let program = Program(vec![select(literal("3")), select(call("round", vec![literal("34.775")]))]);
        let least = |tries: usize| reduce(&program, &Tired(Cell::new(tries))).unwrap().least;
        assert_eq!(least(0), program);
        assert!(least(1).size() < program.size() && least(1).size() > least(1000).size());
    }

    #[test]
    fn a_program_that_cannot_be_smaller_stays() {
        let program = Program(vec![select(literal("3"))]);
        let forms = reduce(&program, &Contains::new("is not there", Value::Null)).unwrap();
        assert_eq!(forms, Forms { least: program, larger: Vec::new() });
    }

    #[test]
    fn what_calls_are_given_is_tried_as_text() {
        let program = Program(vec![select(call("length", vec![literal("1e23")]))]);
        let oracle = Contains::new("CAST(1e23 AS TEXT)", Value::Null);
        let found = as_text(&program, &oracle).unwrap().map(|program| program.sql());
        assert_eq!(found, Some(vec!["SELECT CAST(1e23 AS TEXT)".to_owned()]));
    }
}
