//! Programs as builds are asked them: made ready once, for all builds.

use std::collections::BTreeMap;
use std::time::Duration;

use super::program::Program;
use super::statement::{DEADLINE, case_of, is_call};
use crate::contract::Case;

/// So many programs that ask the same database one question are run on one connection: to open, fill and close one takes
/// longer than most questions.
const ON_ONE_CONNECTION: usize = 32;

/// What a program may take that is only tried: without its `WHERE`, one that recurses never ends.
const DEADLINE_OF_A_TRY: Duration = Duration::from_secs(2);

/// Programs, and the cases that run them.
#[derive(Debug)]
pub struct Asked {
    texts: Vec<Vec<String>>,
    how: How,
    pub(super) requests: Vec<Joined>,
}

/// How programs are run.
#[derive(Debug, Clone, Copy)]
struct How {
    /// Each in a process that nothing else has used.
    is_fresh: bool,
    deadline: Duration,
}

/// A case that runs one or several of the programs.
#[derive(Debug)]
pub(super) struct Joined {
    /// Which ones.
    pub programs: Vec<usize>,
    pub case: Case,
    /// Steps of the case before the first statement: they open the database.
    pub opening: usize,
    /// Statements that all of several programs begin with, and that run once.
    pub before: usize,
}

impl Asked {
    /// Programs that share a process.
    pub(super) fn of(programs: &[Program]) -> Self {
        Self::shared(programs, DEADLINE)
    }

    /// Programs that share a process and are given up soon: what is smaller than a difference needs not be slower.
    pub(super) fn tried(programs: &[Program]) -> Self {
        Self::shared(programs, DEADLINE_OF_A_TRY)
    }

    fn shared(programs: &[Program], deadline: Duration) -> Self {
        let how = How { is_fresh: false, deadline };
        let texts: Vec<Vec<String>> = programs.iter().map(Program::sql).collect();
        let mut together: BTreeMap<&[String], Vec<usize>> = BTreeMap::new();
        let mut groups = Vec::new();
        for (at, statements) in texts.iter().enumerate() {
            match question(statements) {
                Some(before) => together.entry(before).or_default().push(at),
                None => groups.push(vec![at]),
            }
        }
        groups.extend(together.values().flat_map(|all| all.chunks(ON_ONE_CONNECTION).map(<[usize]>::to_vec)));
        let joined = |group| Joined::of(group, &texts, how);
        let requests = groups.into_iter().map(joined).collect();
        Self { texts, how, requests }
    }

    /// Programs that each run in a process that nothing else has used.
    pub(super) fn apart(programs: &[Program]) -> Self {
        let how = How { is_fresh: true, deadline: DEADLINE };
        let texts: Vec<Vec<String>> = programs.iter().map(Program::sql).collect();
        let requests = (0..texts.len()).map(|at| Joined::of(vec![at], &texts, how)).collect();
        Self { texts, how, requests }
    }

    /// The statements of each program.
    pub fn texts(&self) -> &[Vec<String>] {
        &self.texts
    }

    /// What runs one program alone.
    pub(super) fn alone(&self, at: usize) -> Joined {
        Joined::of(vec![at], &self.texts, self.how)
    }
}

impl Joined {
    fn of(programs: Vec<usize>, texts: &[Vec<String>], how: How) -> Self {
        let of_first = programs.first().map_or(&[] as &[String], |first| texts[*first].as_slice());
        let before = if programs.len() > 1 { of_first.len() - 1 } else { 0 };
        let asked = programs.iter().flat_map(|at| texts[*at][before..].iter());
        let statements: Vec<String> = of_first[..before].iter().chain(asked).cloned().collect();
        let How { is_fresh: fresh_process, deadline } = how;
        let case = Case { deadline, fresh_process, ..case_of(&statements) };
        let steps = case.runs.iter().map(|run| run.steps.len()).sum::<usize>();
        Self { programs, case, opening: steps - statements.len(), before }
    }
}

/// The statements before the last one, where that only asks something and leaves nothing behind.
fn question(statements: &[String]) -> Option<&[String]> {
    let (last, before) = statements.split_last()?;
    let only_asks = last.starts_with("SELECT ") || last.starts_with("EXPLAIN QUERY PLAN SELECT ");
    // Which modules a connection has depends on what it was asked before.
    let is_alone = ["module_list", "optimize"].iter().any(|word| last.contains(word));
    (only_asks && !is_alone && !before.iter().any(|text| is_call(text))).then_some(before)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::discover::tree::Tree;

    fn groups(asked: Asked) -> Vec<Vec<usize>> {
        asked.requests.into_iter().map(|it| it.programs).collect()
    }

    #[test]
    fn questions_share_a_connection_and_others_do_not() {
        let program = |sql: &str| Program(vec![Tree::token(sql)]);
        let programs = ["SELECT 1", "CREATE TABLE t(a)", "SELECT 2"].map(program);
        assert_eq!(groups(Asked::of(&programs)), [vec![1], vec![0, 2]]);
        assert_eq!(groups(Asked::apart(&programs)), [vec![0], vec![1], vec![2]]);
    }

    #[test]
    fn questions_to_the_same_tables_share_these() {
        let program = |sql: [&str; 2]| Program(sql.map(Tree::token).to_vec());
        let programs = [
            ["CREATE TABLE t(a)", "SELECT 1"],
            ["CREATE TABLE t(b)", "SELECT 1"],
            ["CREATE TABLE t(a)", "SELECT 2"],
            ["CREATE TABLE t(a)", "DROP TABLE t"],
            ["CREATE TABLE t(a)", "SELECT * FROM pragma_module_list"],
        ];
        let asked = Asked::of(&programs.map(program));
        let steps = |it: &Joined| it.case.runs.iter().map(|run| run.steps.len()).sum::<usize>() - it.opening;
        let sizes: Vec<(usize, usize)> = asked.requests.iter().map(|it| (it.before, steps(it))).collect();
        assert_eq!(sizes, [(0, 2), (0, 2), (1, 3), (0, 2)]);
        assert_eq!(groups(asked), [vec![3], vec![4], vec![0, 2], vec![1]]);
    }
}
