//! What may take the place of the parts of a tree.

use super::{Role, Tree};
use crate::analysis::discover::values::SIMPLEST;

impl Tree {
    /// Every tree that is this one with one part made smaller. `literals` may take the place of columns.
    pub(in crate::analysis::discover) fn smaller(&self, literals: &[&Self]) -> Vec<Self> {
        let mut found = self.in_its_place(literals);
        for (at, child) in self.children.iter().enumerate() {
            found.extend(child.smaller(literals).into_iter().map(|smaller| self.with(at, smaller)));
        }
        found
    }

    /// What may take the place of the whole.
    fn in_its_place(&self, literals: &[&Self]) -> Vec<Self> {
        let simplest = || SIMPLEST.iter().map(|literal| Self::literal(*literal));
        match self.role {
            Role::Fixed => Vec::new(),
            Role::Optional => vec![Self::word("")],
            Role::List { least } if self.children.len() > least && self.feature.is_empty() => {
                (0..self.children.len()).map(|at| self.without(at)).collect()
            }
            Role::List { .. } => Vec::new(),
            Role::Arguments { least } => (least..self.children.len()).map(|at| self.without(at)).collect(),
            Role::Column => simplest().chain(literals.iter().copied().cloned()).collect(),
            Role::Expression => simplest().chain(self.expressions().into_iter().cloned()).collect(),
            Role::Literal => {
                let own = SIMPLEST.iter().position(|literal| literal.text == self.text);
                simplest().take(own.unwrap_or(SIMPLEST.len())).collect()
            }
        }
    }

    /// The tree without this column of a table.
    pub(in crate::analysis::discover) fn without_column(&self, table: &str, at: usize) -> Self {
        let mut tree = self.clone();
        tree.children = self.children.iter().map(|child| child.without_column(table, at)).collect();
        let is_meant = self.columns().is_some_and(|(known, spare)| known == table && spare > 0);
        if is_meant && at < tree.children.len() {
            tree.children.remove(at);
        }
        tree
    }

    /// The outermost expressions inside it.
    fn expressions(&self) -> Vec<&Self> {
        self.children.iter().flat_map(Self::itself_or_inside).collect()
    }

    fn itself_or_inside(&self) -> Vec<&Self> {
        match self.role {
            Role::Expression | Role::Column | Role::Literal => vec![self],
            _ => self.expressions(),
        }
    }

    fn with(&self, at: usize, child: Self) -> Self {
        let mut tree = self.clone();
        tree.children[at] = child;
        tree
    }

    fn without(&self, at: usize) -> Self {
        let mut tree = self.clone();
        tree.children.remove(at);
        tree
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{number, round};
    use super::*;

    #[test]
    fn each_smaller_tree_lacks_one_part() {
        let select =
            Tree::fixed("", "SELECT {}{}", vec![round(), Tree::optional("x", " LIMIT 1", Vec::new())]);
        let smaller: Vec<String> = select.smaller(&[]).iter().map(Tree::to_string).collect();
        for expected in [
            "SELECT NULL LIMIT 1",
            "SELECT 34.775 LIMIT 1",
            "SELECT round(2) LIMIT 1",
            "SELECT round(34.775) LIMIT 1",
            "SELECT round(0, 2) LIMIT 1",
            "SELECT round(34.775, 2)",
        ] {
            assert!(smaller.iter().any(|sql| sql == expected), "{expected} in {smaller:?}");
        }
    }

    #[test]
    fn a_column_goes_with_its_values_and_a_value_may_take_its_place() {
        let definitions = Tree::list(", ", 1, vec![Tree::word("a"), Tree::word("b")]).of_columns("t");
        let values = Tree::list(", ", 1, vec![number("1"), number("7")]).of_columns("t");
        let both = Tree::fixed("", "CREATE TABLE t({}); VALUES ({})", vec![definitions, values]);
        assert_eq!(both.without_column("t", 0).to_string(), "CREATE TABLE t(b); VALUES (7)");
        assert_eq!(both.without_column("u", 0), both);
        let smaller = Tree::column("a").smaller(&[&number("7")]);
        assert_eq!(smaller.last().map(Tree::to_string).as_deref(), Some("7"));
    }
}
