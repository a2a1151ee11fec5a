//! Programs: statements, and calls of the C interface, that run on a new database in memory.

use std::collections::BTreeSet;

use super::chance::{draws_rowids, of_chance};
use super::corpus::statement;
use super::finding::name_of;
use super::generate::{self, Area};
use super::statement::is_call;
use super::tree::Tree;
use crate::outcome::value::Value;

/// What the class of a value begins with, which is not a feature beside functions and clauses: a finding with one real
/// is the same with another.
pub(super) const CLASS: char = '~';

/// The feature of a conversion to text.
const AS_TEXT: &str = "CAST AS TEXT";

/// Where a part of a program is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    statement: usize,
    /// Its number among all parts of the statement.
    part: usize,
}

/// Statements, each with its syntax tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program(pub(super) Vec<Tree>);

impl Program {
    /// The program with this number among those of a seed, of these areas; of all where there are none.
    pub(super) fn nth(seed: u64, number: u64, areas: &BTreeSet<Area>) -> Self {
        generate::program(seed, number, areas)
    }

    /// Given statements; a call stays as it is.
    pub(super) fn given(statements: &[String]) -> Self {
        let tree = |text: &String| if is_call(text) { Tree::token(text) } else { statement(text) };
        Self(statements.iter().map(tree).collect())
    }

    /// A short name that the same program has again: `round-1f3a`.
    pub(super) fn name(&self) -> String {
        name_of(&self.features(), &self.sql())
    }

    /// Its statements.
    pub fn sql(&self) -> Vec<String> {
        self.0.iter().map(|tree| tree.to_string().trim_end().to_owned()).collect()
    }

    /// What of SQLite it uses: functions, operators and clauses; its literals where that is all.
    pub fn features(&self) -> BTreeSet<String> {
        let all = self.0.iter().flat_map(Tree::all).filter_map(Tree::feature).flat_map(str::lines);
        let own: BTreeSet<String> = all.filter(|it| !it.starts_with(CLASS)).map(str::to_owned).collect();
        if own.is_empty() { self.literals() } else { own }
    }

    /// Whether it answers something else each time, by what it calls or by the rowids that it takes.
    pub(super) fn is_of_chance(&self) -> bool {
        let statements = self.sql();
        statements.iter().any(|sql| of_chance(sql).is_some()) || draws_rowids(&statements)
    }

    fn literals(&self) -> BTreeSet<String> {
        self.0.iter().flat_map(Tree::all).filter_map(Tree::literal_text).map(str::to_owned).collect()
    }

    /// What of SQLite it uses, and its literals.
    pub(super) fn used(&self) -> BTreeSet<String> {
        let mut used = self.features();
        used.extend(self.literals());
        used
    }

    /// The innermost of what it uses: what the rest is applied to. The classes of its values where it uses nothing else.
    /// Of calls it is the one whose result differs: those before it are no part of it.
    pub(super) fn core(&self, differing: usize) -> BTreeSet<String> {
        let call = self.0.get(differing).filter(|tree| is_call(&tree.to_string()));
        let trees = call.map_or(self.0.as_slice(), std::slice::from_ref);
        let own: BTreeSet<String> =
            trees.iter().flat_map(Tree::innermost).flat_map(str::lines).map(str::to_owned).collect();
        if !own.is_empty() {
            return own;
        }
        let all = self.0.iter().flat_map(Tree::all).filter_map(Tree::feature);
        all.map(|class| class.trim_start_matches(CLASS).to_owned()).collect()
    }

    /// The expressions that have the same value wherever they are, each alone, and where they are.
    pub(super) fn constants(&self) -> Vec<(Self, Place)> {
        let parts = |(statement, tree): (usize, &Tree)| {
            let parts = tree.all().into_iter().cloned().enumerate();
            let constant = parts.filter(|(_, part)| part.is_constant_call());
            constant.map(|(part, tree)| (Self::alone(tree), Place { statement, part })).collect::<Vec<_>>()
        };
        self.0.iter().enumerate().flat_map(parts).collect()
    }

    /// This program with a literal in a place.
    pub(super) fn with_value(&self, place: Place, value: &Value) -> Self {
        let mut statements = self.0.clone();
        statements[place.statement] = self.0[place.statement].replaced(place.part, &Tree::value(value));
        Self(statements)
    }

    /// Its literals, each as text: where this changes, the rest of the program only shows it.
    pub(super) fn as_texts(&self) -> Vec<Self> {
        let literals = self.0.iter().flat_map(Tree::all).filter(|tree| tree.is_special());
        let cast = |it: &Tree| Tree::expression(AS_TEXT, "CAST({} AS TEXT)", vec![it.clone()]);
        literals.map(cast).map(Self::alone).filter(|it| it != self).collect()
    }

    fn alone(expression: Tree) -> Self {
        Self(vec![Tree::fixed("", "SELECT {}", vec![expression])])
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
        expressions.cloned().map(Self::alone).collect()
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
}
