//! Making a program smaller while it still shows the same difference.

use anyhow::Result;

use super::program::Program;
use crate::analysis::attribution::ddmin;

/// So many programs are asked at a time: enough for a request to be worth it, few enough that little is asked in vain.
const AT_A_TIME: usize = 24;

/// The smallest program found that `shows` the difference: an expression alone, else statements are left out; then parts of the trees, then
/// values become simpler. `shows` says it of each of some programs.
///
/// # Errors
/// Those of `shows`.
pub(super) fn reduce(
    program: &Program,
    mut shows: impl FnMut(&[Program]) -> Result<Vec<bool>>,
) -> Result<Program> {
    let mut first = |programs: &[Program]| -> Result<Option<usize>> {
        for (at, some) in programs.chunks(AT_A_TIME).enumerate() {
            if let Some(found) = shows(some)?.iter().position(|shown| *shown) {
                return Ok(Some(at * AT_A_TIME + found));
            }
        }
        Ok(None)
    };
    let hoisted = by_size(program.hoisted(), program);
    let mut least = match first(&hoisted)? {
        Some(at) => hoisted.into_iter().nth(at).unwrap_or_else(|| program.clone()),
        None => of_statements(program, &mut first)?,
    };
    loop {
        let smaller = by_size(least.smaller(), &least);
        match first(&smaller)? {
            Some(at) => least = smaller.into_iter().nth(at).unwrap_or(least),
            None => return Ok(least),
        }
    }
}

/// The program without the statements that are not needed.
fn of_statements(
    program: &Program,
    first: &mut impl FnMut(&[Program]) -> Result<Option<usize>>,
) -> Result<Program> {
    let of = |kept: &Vec<usize>| Program(kept.iter().map(|at| program.0[*at].clone()).collect());
    let all: Vec<usize> = (0..program.0.len()).collect();
    let kept = ddmin(&all, |sets| first(&sets.iter().map(of).collect::<Vec<_>>()))?;
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

    #[test]
    fn what_the_difference_does_not_need_goes() {
        let inner = call("round", vec![literal("34.775"), literal("2")]);
        let program = Program(vec![
            select(literal("3")),
            select(call("abs", vec![call("max", vec![inner, literal("9")])])),
            select(literal("4")),
        ]);
        let mut asked = 0;
        let least = reduce(&program, |programs| {
            asked += programs.len();
            let shows = |program: &Program| program.sql().iter().any(|sql| sql.contains("round(34.775, 2)"));
            Ok(programs.iter().map(shows).collect())
        });
        assert_eq!(least.unwrap().sql(), ["SELECT round(34.775, 2)"]);
        assert!(asked < 250, "{asked}");
    }

    #[test]
    fn a_program_that_cannot_be_smaller_stays() {
        let program = Program(vec![select(literal("3"))]);
        let shows = |programs: &[Program]| Ok(vec![false; programs.len()]);
        assert_eq!(reduce(&program, shows).unwrap(), program);
    }
}
