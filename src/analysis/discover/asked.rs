//! Programs as builds are asked them: made ready once, for all builds.

use super::program::Program;
use super::statement::case_of;
use crate::contract::Case;

/// So many programs that ask an empty database one question are run on one connection: to open and close one takes longer
/// than most questions.
const ON_ONE_CONNECTION: usize = 32;

/// Programs, and the cases that run them.
#[derive(Debug)]
pub struct Asked {
    texts: Vec<Vec<String>>,
    is_fresh: bool,
    pub(super) requests: Vec<Joined>,
}

/// A case that runs one or several of the programs.
#[derive(Debug)]
pub(super) struct Joined {
    /// Which ones.
    pub programs: Vec<usize>,
    pub case: Case,
    /// Steps of the case before the first statement: they open the database.
    pub opening: usize,
}

impl Asked {
    /// Programs that share a process.
    pub(super) fn of(programs: &[Program]) -> Self {
        let texts: Vec<Vec<String>> = programs.iter().map(Program::sql).collect();
        let (questions, others): (Vec<usize>, Vec<usize>) =
            (0..texts.len()).partition(|at| is_question(&texts[*at]));
        let together = questions.chunks(ON_ONE_CONNECTION).map(<[usize]>::to_vec);
        let groups: Vec<Vec<usize>> = together.chain(others.into_iter().map(|at| vec![at])).collect();
        let joined = |group| Joined::of(group, &texts, false);
        let requests = groups.into_iter().map(joined).collect();
        Self { texts, is_fresh: false, requests }
    }

    /// Programs that each run in a process that nothing else has used.
    pub(super) fn apart(programs: &[Program]) -> Self {
        let texts: Vec<Vec<String>> = programs.iter().map(Program::sql).collect();
        let requests = (0..texts.len()).map(|at| Joined::of(vec![at], &texts, true)).collect();
        Self { texts, is_fresh: true, requests }
    }

    /// The statements of each program.
    pub fn texts(&self) -> &[Vec<String>] {
        &self.texts
    }

    /// What runs one program alone.
    pub(super) fn alone(&self, at: usize) -> Joined {
        Joined::of(vec![at], &self.texts, self.is_fresh)
    }
}

impl Joined {
    fn of(programs: Vec<usize>, texts: &[Vec<String>], is_fresh: bool) -> Self {
        let statements: Vec<String> = programs.iter().flat_map(|at| texts[*at].clone()).collect();
        let case = case_of(&statements, is_fresh);
        let steps = case.runs.iter().map(|run| run.steps.len()).sum::<usize>();
        Self { programs, case, opening: steps - statements.len() }
    }
}

/// Whether a program asks an empty database something, and leaves nothing behind.
fn is_question(statements: &[String]) -> bool {
    // Which modules a connection has depends on what it was asked before.
    matches!(statements, [only] if only.starts_with("SELECT ") && !only.contains("module_list"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::discover::tree::Tree;

    #[test]
    fn questions_share_a_connection_and_others_do_not() {
        let program = |sql: &str| Program(vec![Tree::token(sql)]);
        let programs = ["SELECT 1", "CREATE TABLE t(a)", "SELECT 2"].map(program);
        let groups = |asked: Asked| asked.requests.into_iter().map(|it| it.programs).collect::<Vec<_>>();
        assert_eq!(groups(Asked::of(&programs)), [vec![0, 2], vec![1]]);
        assert_eq!(groups(Asked::apart(&programs)), [vec![0], vec![1], vec![2]]);
    }
}
