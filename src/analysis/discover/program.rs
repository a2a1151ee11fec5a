//! Programs: statements that run on a new database in memory.

use std::collections::BTreeSet;
use std::time::Duration;

use super::generate;
use super::tree::Tree;
use crate::contract::Case;
use crate::contract::sql::program_case;

/// What generated statements may take on one build; most take less than a millisecond.
const DEADLINE: Duration = Duration::from_secs(10);

/// What the class of a value begins with, which is not a feature beside functions and clauses: a finding with one real
/// is the same with another.
pub(super) const CLASS: char = '~';

/// Statements, each with its syntax tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program(pub(super) Vec<Tree>);

impl Program {
    /// The program with this number among those of a seed.
    pub fn nth(seed: u64, number: u64) -> Self {
        generate::program(seed, number)
    }

    /// Its statements.
    pub fn sql(&self) -> Vec<String> {
        self.0.iter().map(|tree| tree.to_string().trim_end().to_owned()).collect()
    }

    /// What of SQLite it uses: functions, operators and clauses; the classes of its values where that is all.
    pub fn features(&self) -> BTreeSet<String> {
        let all = || self.0.iter().flat_map(Tree::all).filter_map(Tree::feature);
        let is_class = |feature: &&str| feature.starts_with(CLASS);
        let own: BTreeSet<String> = all().filter(|it| !is_class(it)).map(str::to_owned).collect();
        match own.is_empty() {
            true => all().map(|class| class.trim_start_matches(CLASS).to_owned()).collect(),
            false => own,
        }
    }

    /// What a smaller program has less of.
    pub(super) fn size(&self) -> (usize, usize, usize, usize) {
        let weight = self.0.iter().map(Tree::weight).sum();
        let special = self.0.iter().flat_map(Tree::all).filter(|tree| tree.is_special()).count();
        (self.0.len(), weight, special, self.sql().iter().map(String::len).sum())
    }

    /// The programs with one part less.
    pub(super) fn smaller(&self) -> Vec<Self> {
        let literals: Vec<&Tree> =
            self.0.iter().flat_map(Tree::all).filter(|tree| tree.is_special()).collect();
        let with = |at: usize, tree| {
            let mut statements = self.0.clone();
            statements[at] = tree;
            Self(statements)
        };
        let trees = self.0.iter().enumerate();
        let parts =
            trees.flat_map(|(at, tree)| tree.smaller(&literals).into_iter().map(move |tree| with(at, tree)));
        let statements = (0..self.0.len()).filter(|_| self.0.len() > 1).map(|at| self.without(at));
        parts.chain(self.without_columns()).chain(statements).chain(self.hoisted()).collect()
    }

    /// The expressions in it, each alone: where one was found matters seldom.
    pub(super) fn hoisted(&self) -> Vec<Self> {
        let expressions = self.0.iter().flat_map(Tree::all).filter(|tree| tree.is_expression());
        expressions.map(|tree| Self(vec![Tree::fixed("", "SELECT {}", vec![tree.clone()])])).collect()
    }

    fn without(&self, at: usize) -> Self {
        let mut statements = self.0.clone();
        statements.remove(at);
        Self(statements)
    }

    /// The programs without one column of one table.
    fn without_columns(&self) -> Vec<Self> {
        let columns = self.0.iter().flat_map(Tree::all).filter_map(Tree::columns);
        let columns: BTreeSet<(&str, usize)> =
            columns.flat_map(|(table, spare)| (0..=spare).map(move |at| (table, at))).collect();
        let without = |(table, at)| Self(self.0.iter().map(|tree| tree.without_column(table, at)).collect());
        columns.into_iter().map(without).collect()
    }

    /// The case that runs it; in a process that nothing else has used, if `is_fresh`.
    pub(super) fn case(&self, is_fresh: bool) -> Case {
        Case { deadline: DEADLINE, fresh_process: is_fresh, ..program_case(self.sql()) }
    }
}
