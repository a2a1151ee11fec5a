//! Syntax trees that print themselves, so that a statement is made smaller by its structure and not by its text.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use super::values::{Literal, SIMPLEST};

/// A part of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tree {
    role: Role,
    /// What of SQLite it uses: `round`, `window`; empty for what every statement has.
    feature: Cow<'static, str>,
    /// Its text with `{}` for each child; of a list, what is between its items.
    text: Cow<'static, str>,
    children: Vec<Tree>,
}

/// What may become of a part when a statement is made smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It stays.
    Fixed,
    /// An expression or a literal may take its place.
    Expression,
    /// It may be left out.
    Optional,
    /// Items may be left out, down to so many.
    List { least: usize },
    /// A simpler literal may take its place.
    Literal,
}

impl Tree {
    /// Text that stays as it is.
    pub(super) fn word(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Role::Fixed, "", text, Vec::new())
    }

    /// A part that stays, with `{}` in its text for each child.
    pub(super) fn fixed(
        feature: impl Into<Cow<'static, str>>,
        text: impl Into<Cow<'static, str>>,
        children: Vec<Self>,
    ) -> Self {
        Self::new(Role::Fixed, feature, text, children)
    }

    /// An expression.
    pub(super) fn expression(
        feature: impl Into<Cow<'static, str>>,
        text: impl Into<Cow<'static, str>>,
        children: Vec<Self>,
    ) -> Self {
        Self::new(Role::Expression, feature, text, children)
    }

    /// A clause that a statement does without.
    pub(super) fn optional(
        feature: impl Into<Cow<'static, str>>,
        text: impl Into<Cow<'static, str>>,
        children: Vec<Self>,
    ) -> Self {
        Self::new(Role::Optional, feature, text, children)
    }

    /// A list with at least so many items.
    pub(super) fn list(separator: &'static str, least: usize, items: Vec<Self>) -> Self {
        Self::new(Role::List { least }, "", separator, items)
    }

    /// A literal. Its feature is the class of its value.
    pub(super) fn literal(literal: Literal) -> Self {
        Self::new(Role::Literal, literal.class, literal.text, Vec::new())
    }

    /// A column, which is an expression without a feature.
    pub(super) fn column(name: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Role::Expression, "", name, Vec::new())
    }

    fn new(
        role: Role,
        feature: impl Into<Cow<'static, str>>,
        text: impl Into<Cow<'static, str>>,
        children: Vec<Self>,
    ) -> Self {
        Self { role, feature: feature.into(), text: text.into(), children }
    }

    /// Adds what it uses.
    pub(super) fn add_features(&self, features: &mut BTreeSet<String>) {
        if !self.feature.is_empty() {
            features.insert(self.feature.clone().into_owned());
        }
        self.children.iter().for_each(|child| child.add_features(features));
    }

    /// How many parts it has.
    pub(super) fn parts(&self) -> usize {
        1 + self.children.iter().map(Self::parts).sum::<usize>()
    }

    /// Every tree that is this one with one part made smaller, those that lose most first.
    pub(super) fn smaller(&self) -> Vec<Self> {
        let mut found = self.in_its_place();
        for (at, child) in self.children.iter().enumerate() {
            found.extend(child.smaller().into_iter().map(|smaller| self.with(at, smaller)));
        }
        found
    }

    /// What may take the place of the whole.
    fn in_its_place(&self) -> Vec<Self> {
        match self.role {
            Role::Fixed => Vec::new(),
            Role::Optional => vec![Self::word("")],
            Role::List { least } if self.children.len() > least => {
                (0..self.children.len()).map(|at| self.without(at)).collect()
            }
            Role::List { .. } => Vec::new(),
            Role::Expression => {
                let literals = SIMPLEST.iter().map(|literal| Self::literal(*literal));
                literals.chain(self.expressions().into_iter().cloned()).collect()
            }
            Role::Literal => {
                let own = SIMPLEST.iter().position(|literal| literal.text == self.text);
                let simpler = &SIMPLEST[..own.unwrap_or(SIMPLEST.len())];
                simpler.iter().map(|literal| Self::literal(*literal)).collect()
            }
        }
    }

    /// The outermost expressions inside it.
    fn expressions(&self) -> Vec<&Self> {
        self.children.iter().flat_map(Self::itself_or_inside).collect()
    }

    fn itself_or_inside(&self) -> Vec<&Self> {
        match self.role {
            Role::Expression | Role::Literal => vec![self],
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

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.children.is_empty() {
            return if matches!(self.role, Role::List { .. }) { Ok(()) } else { f.write_str(&self.text) };
        }
        if matches!(self.role, Role::List { .. }) {
            return self.children.iter().enumerate().try_for_each(|(at, item)| {
                let separator = if at == 0 { "" } else { &self.text };
                write!(f, "{separator}{item}")
            });
        }
        let mut children = self.children.iter();
        self.text.split("{}").enumerate().try_for_each(|(at, text)| {
            if let Some(child) = (at > 0).then(|| children.next()).flatten() {
                child.fmt(f)?;
            }
            f.write_str(text)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &'static str) -> Tree {
        Tree::literal(Literal { text, class: "number" })
    }

    fn round() -> Tree {
        let arguments = Tree::list(", ", 1, vec![number("34.775"), number("2")]);
        Tree::expression("round", "round({})", vec![arguments])
    }

    #[test]
    fn a_tree_prints_itself_and_says_what_it_uses() {
        let clause = Tree::optional("WHERE", " WHERE {}", vec![Tree::column("a")]);
        let select = Tree::fixed("", "SELECT {} FROM t{}", vec![round(), clause]);
        assert_eq!(select.to_string(), "SELECT round(34.775, 2) FROM t WHERE a");
        let mut features = BTreeSet::new();
        select.add_features(&mut features);
        assert_eq!(features.into_iter().collect::<Vec<_>>(), ["WHERE", "number", "round"]);
        assert_eq!(Tree::list(", ", 0, Vec::new()).to_string(), "");
    }

    #[test]
    fn each_smaller_tree_lacks_one_part() {
        let select =
            Tree::fixed("", "SELECT {}{}", vec![round(), Tree::optional("x", " LIMIT 1", Vec::new())]);
        let smaller: Vec<String> = select.smaller().iter().map(Tree::to_string).collect();
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
}
