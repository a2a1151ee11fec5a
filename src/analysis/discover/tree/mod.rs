//! Syntax trees that print themselves, so that a statement is made smaller by its structure and not by its text.

mod smaller;

use std::borrow::Cow;
use std::fmt;

use super::program::CLASS;
use super::values::{Literal, literal_of};
use crate::outcome::value::Value;

/// A part of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tree {
    role: Role,
    /// What of SQLite it uses, a line for each: `round`, `window`; empty for what every statement has. Of a list, the table of whose
    /// columns it has an item each.
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
    /// A literal may take its place, also one that is in a row.
    Column,
    /// It may be left out.
    Optional,
    /// Items may be left out, down to so many.
    List { least: usize },
    /// Items may be left out from the end, down to so many: another one in the place of the first means something else.
    Arguments { least: usize },
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

    /// Arguments, of which the first so many stay where they are.
    pub(super) fn arguments(least: usize, items: Vec<Self>) -> Self {
        Self::new(Role::Arguments { least }, "", ", ", items)
    }

    /// A literal. Its feature is the class of its value.
    pub(super) fn literal(literal: Literal) -> Self {
        Self::new(Role::Literal, literal.class, literal.text, Vec::new())
    }

    /// A literal as it was given.
    pub(super) fn given(text: &str, class: &'static str) -> Self {
        Self::new(Role::Literal, class, text.to_owned(), Vec::new())
    }

    /// A word or a sign as it was given.
    pub(super) fn token(text: &str) -> Self {
        Self::word(text.to_owned())
    }

    /// The literal of a value.
    pub(super) fn value(value: &Value) -> Self {
        let (text, class) = literal_of(value);
        Self::new(Role::Literal, class, text, Vec::new())
    }

    /// A column, which is an expression without a feature.
    pub(super) fn column(name: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Role::Column, "", name, Vec::new())
    }

    /// This list, whose items belong to the columns of a table, from the left: they go together.
    pub(super) fn of_columns(mut self, table: &'static str) -> Self {
        self.feature = table.into();
        self
    }

    fn new(
        role: Role,
        feature: impl Into<Cow<'static, str>>,
        text: impl Into<Cow<'static, str>>,
        children: Vec<Self>,
    ) -> Self {
        Self { role, feature: feature.into(), text: text.into(), children }
    }

    /// Itself and everything inside it.
    pub(super) fn all(&self) -> Vec<&Self> {
        std::iter::once(self).chain(self.children.iter().flat_map(Self::all)).collect()
    }

    /// What it uses itself.
    pub(super) fn feature(&self) -> Option<&str> {
        Some(&*self.feature).filter(|feature| !feature.is_empty() && !self.is_list())
    }

    /// What is used inside it by parts in which nothing else is.
    pub(super) fn innermost(&self) -> Vec<&str> {
        let inside: Vec<&str> = self.children.iter().flat_map(Self::innermost).collect();
        let is_own = |feature: &&str| !feature.starts_with([CLASS, '\'']);
        if inside.is_empty() { self.feature().filter(is_own).into_iter().collect() } else { inside }
    }

    /// The text of a literal.
    pub(super) fn literal_text(&self) -> Option<&str> {
        Some(&*self.text).filter(|_| self.is_special())
    }

    /// Whether its value is the same wherever it is: it is a call or an operator without a column in it.
    pub(super) fn is_constant_call(&self) -> bool {
        self.role == Role::Expression && self.all().iter().all(|part| part.role != Role::Column)
    }

    /// This tree with other literals, where `other` has some.
    pub(super) fn with_literals(&self, other: &mut impl FnMut(&Self) -> Option<Self>) -> Self {
        if self.role == Role::Literal {
            return other(self).unwrap_or_else(|| self.clone());
        }
        let children = self.children.iter().map(|child| child.with_literals(other)).collect();
        Self { children, ..self.clone() }
    }

    /// This tree with another one in the place of the part with this number among [all](Self::all), from 0.
    pub(super) fn replaced(&self, number: usize, part: &Self) -> Self {
        if number == 0 {
            return part.clone();
        }
        let mut tree = self.clone();
        let mut first = 1;
        for child in &mut tree.children {
            let count = child.all().len();
            if (first..first + count).contains(&number) {
                *child = child.replaced(number - first, part);
                break;
            }
            first += count;
        }
        tree
    }

    /// Whether it is a literal that is not one of the simplest.
    pub(super) fn is_special(&self) -> bool {
        self.role == Role::Literal && !self.feature.is_empty()
    }

    /// Whether it has a value of its own.
    pub(super) fn is_expression(&self) -> bool {
        matches!(self.role, Role::Expression | Role::Literal)
    }

    fn is_list(&self) -> bool {
        matches!(self.role, Role::List { .. } | Role::Arguments { .. })
    }

    /// The table whose columns it lists, and how many items may go.
    pub(super) fn columns(&self) -> Option<(&str, usize)> {
        match self.role {
            Role::List { least } if !self.feature.is_empty() => {
                Some((&self.feature, self.children.len().saturating_sub(least)))
            }
            _ => None,
        }
    }

    /// How much there is of it. A column needs a table with rows, which a literal does not.
    pub(super) fn weight(&self) -> usize {
        let own = if self.role == Role::Column { 3 } else { 1 };
        own + self.children.iter().map(Self::weight).sum::<usize>()
    }
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.children.is_empty() {
            return if self.is_list() { Ok(()) } else { f.write_str(&self.text) };
        }
        if self.is_list() {
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

    pub(super) fn number(text: &'static str) -> Tree {
        Tree::literal(Literal { text, class: "number" })
    }

    pub(super) fn round() -> Tree {
        let arguments = Tree::list(", ", 1, vec![number("34.775"), number("2")]);
        Tree::expression("round", "round({})", vec![arguments])
    }

    #[test]
    fn a_tree_prints_itself_and_says_what_it_uses() {
        let clause = Tree::optional("WHERE", " WHERE {}", vec![Tree::column("a")]);
        let select = Tree::fixed("", "SELECT {} FROM t{}", vec![round(), clause]);
        assert_eq!(select.to_string(), "SELECT round(34.775, 2) FROM t WHERE a");
        let features: Vec<&str> = select.all().into_iter().filter_map(Tree::feature).collect();
        assert_eq!(features, ["round", "number", "number", "WHERE"]);
        assert_eq!(Tree::list(", ", 0, Vec::new()).to_string(), "");
    }
}
