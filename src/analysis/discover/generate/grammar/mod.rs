//! Programs from a grammar: rules that are written as templates of SQL, so that what is tried is a table.
//!
//! `«name»` is a part by another rule, `«name+»` one to three of them with commas, `«name*»` none to two of them, and
//! `«name@columns»` one whose columns are those of the rule `columns`. `«t#one|another»` is a part for each column of
//! the table `t`, which are left out together. `⟨…⟩` is a part that may be left out. `;;` is between the statements of a
//! program. Where parts are nested too deeply, the first alternative of a rule is taken.

mod days;
mod deep;
mod definitions;
mod documents;
mod feature;
mod fts4;
mod joins;
mod json;
mod messages;
mod names;
mod numbers;
mod parts;
mod questions;
mod schema;
mod search;
mod surface;
mod texts;
mod triggers;
mod upkeep;
mod writes;

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Generator, Tree};
use crate::analysis::discover::values::{ITSELF, Literal};
use feature::feature;

/// What can take a part's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Makes {
    /// The part of a statement that stays.
    Part,
    /// An expression: another one, or a literal.
    Expression,
    /// A column: a literal.
    Column,
    /// A literal of this class: a simpler one.
    Literal(&'static str),
    /// Nothing: it may be left out.
    Optional,
}

/// A rule: its name and its alternatives.
#[derive(Debug, Clone, Copy)]
struct Rule {
    name: &'static str,
    makes: Makes,
    of: &'static [&'static str],
}

const fn part(name: &'static str, of: &'static [&'static str]) -> Rule {
    Rule { name, makes: Makes::Part, of }
}

const fn expression(name: &'static str, of: &'static [&'static str]) -> Rule {
    Rule { name, makes: Makes::Expression, of }
}

const fn optional(name: &'static str, of: &'static [&'static str]) -> Rule {
    Rule { name, makes: Makes::Optional, of }
}

const fn column(name: &'static str, of: &'static [&'static str]) -> Rule {
    Rule { name, makes: Makes::Column, of }
}

const fn literal(name: &'static str, class: &'static str, of: &'static [&'static str]) -> Rule {
    Rule { name, makes: Makes::Literal(class), of }
}

const ALL: &[&[Rule]] = &[
    days::RULES,
    definitions::RULES,
    documents::RULES,
    fts4::RULES,
    joins::RULES,
    json::RULES,
    messages::RULES,
    names::RULES,
    numbers::RULES,
    parts::RULES,
    questions::RULES,
    schema::RULES,
    search::RULES,
    surface::RULES,
    texts::RULES,
    triggers::RULES,
    upkeep::RULES,
    writes::RULES,
];

static RULES: LazyLock<HashMap<&str, Rule>> =
    LazyLock::new(|| ALL.iter().copied().flatten().map(|rule| (rule.name, *rule)).collect());

/// The rule that no table can have.
const DEEP: &str = "deep";

/// How deep parts are nested at most.
const DEPTH: usize = 5;

/// Where a part is.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// The rule of its columns.
    columns: &'static str,
    /// How much deeper parts may be nested.
    depth: usize,
}

/// What a template makes: text with `{}` for each child.
#[derive(Default)]
struct Made {
    text: String,
    children: Vec<Tree>,
}

impl Generator {
    /// A program by this rule.
    pub(super) fn by_rule(&mut self, name: &'static str) -> Vec<Tree> {
        let place = Place { columns: "columns of t", depth: DEPTH };
        let mut statements = Vec::new();
        for template in self.one_of(RULES[name].of).split(";;") {
            let only = template.strip_prefix('«').and_then(|rest| rest.strip_suffix('»'));
            // A statement that may be there several times, or not at all.
            match only.and_then(|rest| rest.strip_suffix('*')).filter(|name| RULES.contains_key(name)) {
                Some(name) => statements.extend(self.several(0, 3, |it| it.part(name, place))),
                None => match only.filter(|name| is_of_statements(name)) {
                    Some(name) => statements.extend(self.by_rule(name)),
                    None => statements.push(self.statement(template, place)),
                },
            }
        }
        statements
    }

    /// The statement of a template: where that is nothing but a part, what this is.
    fn statement(&mut self, template: &'static str, place: Place) -> Tree {
        let only = template.strip_prefix('«').and_then(|rest| rest.strip_suffix('»'));
        match only.filter(|name| RULES.contains_key(name)) {
            Some(name) => self.part(name, place),
            None => self.made(Makes::Part, template, place),
        }
    }

    /// A part by this rule.
    fn part(&mut self, name: &'static str, place: Place) -> Tree {
        let (name, place) = match name.split_once('@') {
            Some((name, columns)) => (name, Place { columns, ..place }),
            None => (name, place),
        };
        if name == DEEP {
            return self.deep();
        }
        let name = if name == "column" { place.columns } else { name };
        let rule = RULES[name];
        let template = if place.depth == 0 { rule.of[0] } else { self.one_of(rule.of) };
        self.made(rule.makes, template, Place { depth: place.depth.saturating_sub(1), ..place })
    }

    fn made(&mut self, makes: Makes, template: &'static str, place: Place) -> Tree {
        match makes {
            Makes::Column => return Tree::column(template),
            Makes::Literal(ITSELF) => return Tree::literal(Literal { text: template, class: template }),
            Makes::Literal(class) => return Tree::literal(Literal { text: template, class }),
            Makes::Part | Makes::Expression | Makes::Optional => {}
        }
        let Made { text, children } = self.filled(template, place);
        let feature = feature(&text);
        match makes {
            Makes::Expression => Tree::expression(feature, text, children),
            Makes::Optional => Tree::optional(feature, text, children),
            _ => Tree::fixed(feature, text, children),
        }
    }

    /// The template with parts in it.
    fn filled(&mut self, template: &'static str, place: Place) -> Made {
        let mut made = Made::default();
        let mut rest = template;
        while let Some(at) = rest.find(['«', '⟨']) {
            made.text += &rest[..at];
            let is_part = rest[at..].starts_with('«');
            let (inside, after) = bracketed(&rest[at..]);
            rest = after;
            if is_part {
                made.take(self.several_or_one(inside, place));
            } else if self.chance(45) {
                let Made { text, children } = self.filled(inside, place);
                made.take(Tree::optional(feature(&text), text, children));
            }
        }
        made.text += rest;
        made
    }

    fn several_or_one(&mut self, name: &'static str, place: Place) -> Tree {
        if let Some((table, items)) = name.split_once('#') {
            let items = items.split('|').map(|name| self.part(name, place)).collect();
            return Tree::list(", ", 1, items).of_columns(table);
        }
        if let Some(name) = name.strip_suffix('+') {
            return Tree::list(", ", 1, self.several(1, 3, |it| it.part(name, place)));
        }
        match name.strip_suffix('*') {
            Some(name) => Tree::list("", 0, self.several(0, 2, |it| it.part(name, place))),
            None => self.part(name, place),
        }
    }
}

/// Whether a part is several statements.
fn is_of_statements(name: &str) -> bool {
    RULES.get(name).is_some_and(|rule| rule.of.iter().any(|template| template.contains(";;")))
}

impl Made {
    fn take(&mut self, child: Tree) {
        self.text += "{}";
        self.children.push(child);
    }
}

/// What is in the bracket with which a text begins, and what comes after it.
fn bracketed(text: &'static str) -> (&'static str, &'static str) {
    let (open, close) = if text.starts_with('«') { ('«', '»') } else { ('⟨', '⟩') };
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        depth += usize::from(c == open);
        if c == close {
            depth -= 1;
            if depth == 0 {
                return (&text[open.len_utf8()..at], &text[at + close.len_utf8()..]);
            }
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::random::Random;

    /// The rules of programs.
    const PROGRAMS: [&str; 9] = [
        "tables of joins",
        "question of joins",
        "program of json",
        "program of messages",
        "program of numbers",
        "program of schema",
        "program of search",
        "program of surface",
        "program of writes",
    ];

    fn names(template: &'static str) -> Vec<&'static str> {
        let mut found = Vec::new();
        let mut rest = template;
        while let Some(at) = rest.find('«') {
            let (inside, after) = bracketed(&rest[at..]);
            let items = inside.split_once('#').map_or(inside, |(_, items)| items);
            for name in items.split('|').map(|name| name.trim_end_matches(['+', '*'])) {
                let (name, columns) = name.split_once('@').unwrap_or((name, "columns of t"));
                found.extend([name, columns]);
            }
            rest = after;
        }
        found
    }

    #[test]
    fn every_rule_that_is_named_is_there() {
        for rule in RULES.values() {
            assert!(!rule.of.is_empty(), "{}", rule.name);
            if !matches!(rule.makes, Makes::Part | Makes::Expression | Makes::Optional) {
                continue;
            }
            for name in rule.of.iter().flat_map(|template| names(template)) {
                assert!(
                    ["column", DEEP].contains(&name) || RULES.contains_key(name),
                    "{name} in {}",
                    rule.name
                );
            }
        }
    }

    #[test]
    fn a_column_of_a_table_goes_with_its_values() {
        let count = |sql: &str, sign: &str| sql.matches(sign).count();
        let mut generator = Generator { random: Random::new(1) };
        let tables = generator.by_rule("tables of joins");
        let starts = |tree: &&Tree| tree.to_string().starts_with("CREATE TABLE w(");
        let table = tables.iter().find(starts).unwrap();
        let rows = generator.part("row of w", Place { columns: "columns of t", depth: DEPTH });
        let [table, rows] = [table, &rows].map(|tree| tree.without_column("w", 1).to_string());
        assert!(!table.contains(", b") && count(&rows, ",") == 0, "{table}: {rows}");
    }

    #[test]
    fn rules_have_names_of_their_own() {
        assert_eq!(ALL.iter().map(|rules| rules.len()).sum::<usize>(), RULES.len());
    }

    #[test]
    fn every_program_is_without_brackets() {
        for name in PROGRAMS {
            for seed in 0..300 {
                let mut generator = Generator { random: Random::new(seed) };
                for sql in generator.by_rule(name).iter().map(ToString::to_string) {
                    assert!(!sql.contains(['«', '»', '⟨', '⟩']) && !sql.is_empty(), "{name}: {sql}");
                }
            }
        }
    }
}
