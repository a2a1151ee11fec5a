//! Programs: statements that run on a new database in memory.

use std::collections::BTreeSet;
use std::time::Duration;

use super::generate;
use super::tree::Tree;
use crate::contract::Case;
use crate::contract::sql::program_case;

/// What generated statements may take on one build; most take less than a millisecond.
const DEADLINE: Duration = Duration::from_secs(10);

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

    /// What of SQLite it uses.
    pub fn features(&self) -> BTreeSet<String> {
        let mut features = BTreeSet::new();
        self.0.iter().for_each(|tree| tree.add_features(&mut features));
        features
    }

    /// What a smaller program has less of.
    pub(super) fn size(&self) -> (usize, usize, usize, usize) {
        let parts = self.0.iter().map(Tree::parts).sum();
        let sql = self.sql();
        (self.0.len(), parts, self.features().len(), sql.iter().map(String::len).sum())
    }

    /// The case that runs it; in a process that nothing else has used, if `is_fresh`.
    pub(super) fn case(&self, is_fresh: bool) -> Case {
        Case { deadline: DEADLINE, fresh_process: is_fresh, ..program_case(self.sql()) }
    }
}
