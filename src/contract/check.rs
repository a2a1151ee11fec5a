//! What can be wrong with steps that are each well formed: names that stand for nothing, verbs that the
//! driver does not have, paths that leave the case's directory.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::Driver;
use super::step::Step;
use super::verb::{PrepareVersion, Verb};
use crate::contract::expect::Operator;
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText};

/// What of a case its steps depend on.
pub(super) struct CaseFacts {
    pub driver: Driver,
    pub fresh_process: bool,
}

/// Reports every mistake in the steps of a case.
pub(super) fn steps(
    source: &SourceText,
    facts: &CaseFacts,
    steps: &[(Step, Range<usize>)],
    mistakes: &mut Diagnostics,
) {
    let mut checker = Checker { source, facts, mistakes, names: Names::default() };
    for (step, span) in steps {
        checker.step(step, span);
    }
}

/// The names that stand for something at a point of a case.
#[derive(Default)]
struct Names {
    connections: BTreeMap<String, State>,
    statements: BTreeMap<String, State>,
    values: BTreeMap<String, State>,
    saved: BTreeSet<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Live,
    /// Ended on this line.
    Ended(usize),
}

struct Checker<'a> {
    source: &'a SourceText,
    facts: &'a CaseFacts,
    mistakes: &'a mut Diagnostics,
    names: Names,
}

impl Checker<'_> {
    fn step(&mut self, step: &Step, span: &Range<usize>) {
        self.driver(&step.verb, span);
        self.fresh_process(&step.verb, span);
        self.uses(&step.verb, span);
        if let Some(expect) = &step.expect
            && let Some((message, word, known)) = expect.mistake(step.verb.kind())
        {
            let diagnostic =
                Diagnostic::new(self.source, self.source.find_word(span.clone(), &word), message);
            self.mistakes.push(if known.is_empty() { diagnostic } else { diagnostic.suggest(&word, known) });
        }
        match &step.verb {
            Verb::Open(open) => self.path(&open.path, span),
            Verb::FileSize(path) => self.path(path, span),
            Verb::Compare(comparison) => self.compare(comparison, span),
            Verb::Repeat(repeat) => {
                if repeat.warmup >= repeat.times {
                    self.mistake(span, "warmup", "`warmup` must be smaller than `times`");
                }
                for step in &repeat.steps {
                    self.step(step, span);
                }
            }
            Verb::Prepare(prepare) if !prepare.flags.is_empty() && prepare.version != PrepareVersion::V3 => {
                self.mistake(span, "flags", "only `version: v3` takes flags");
            }
            Verb::Bind(bind) if bind.at.is_some() != bind.value.is_some() => {
                self.mistake(span, "bind", "`at` and `value` belong together");
            }
            Verb::Bind(bind) if bind.at.is_some() != bind.values.is_empty() => {
                self.mistake(span, "bind", "either a list of values, or `at` and `value`");
            }
            _ => {}
        }
        self.defines(&step.verb, span);
        self.names.saved.extend(step.save.clone());
    }

    /// Whether what the verb uses is there.
    fn uses(&mut self, verb: &Verb, span: &Range<usize>) {
        if let Some(db) = verb.connection() {
            let state = self.names.connections.get(db).copied();
            self.name(state, span, db, "connection", "opened", "open");
        }
        if let Some(stmt) = verb.statement() {
            let state = self.names.statements.get(stmt).copied();
            self.name(state, span, stmt, "statement", "prepared", "prepare");
        }
        if let Verb::Value(name) | Verb::ValueFree(name) = verb {
            let state = self.names.values.get(name).copied();
            self.name(state, span, name, "value", "kept", "value_dup");
        }
    }

    fn name(
        &mut self,
        state: Option<State>,
        span: &Range<usize>,
        name: &str,
        what: &str,
        made: &str,
        verb: &str,
    ) {
        match state {
            Some(State::Live) => {}
            Some(State::Ended(line)) => {
                self.mistake(span, name, format!("{what} `{name}` ended on line {line}"));
            }
            None => {
                let span = self.source.find_word(span.clone(), name);
                let diagnostic =
                    Diagnostic::new(self.source, span, format!("{what} `{name}` is never {made}"));
                let help = format!("put a step `{verb}` before this one");
                self.mistakes.push(diagnostic.help(help));
            }
        }
    }

    /// What the verb makes or ends. `close` ends nothing here: whether it answers BUSY is the question.
    fn defines(&mut self, verb: &Verb, span: &Range<usize>) {
        let ended = State::Ended(self.source.position(span.start).0);
        let names = &mut self.names;
        match verb {
            Verb::Open(open) => names.connections.insert(open.db.clone(), State::Live),
            Verb::CloseV2(on) => names.connections.insert(on.db.clone(), ended),
            Verb::Prepare(prepare) => names.statements.insert(prepare.stmt.clone(), State::Live),
            Verb::Finalize(on) => names.statements.insert(on.stmt.clone(), ended),
            Verb::ValueDup(dup) => names.values.insert(dup.name.clone(), State::Live),
            Verb::ValueFree(name) => names.values.insert(name.clone(), ended),
            _ => None,
        };
    }

    fn driver(&mut self, verb: &Verb, span: &Range<usize>) {
        let name = verb.name();
        let has = match self.facts.driver {
            Driver::Capi => !matches!(verb, Verb::CacheCapacity(_) | Verb::FlushCache(_)),
            Driver::Rusqlite => verb.is_of_rusqlite(),
        };
        if !has {
            let driver = if self.facts.driver == Driver::Capi { "capi" } else { "rusqlite" };
            self.mistake(span, &name, format!("the driver `{driver}` has no verb `{name}`"));
        }
        if let Verb::Prepare(prepare) = verb
            && prepare.cached
            && self.facts.driver == Driver::Capi
        {
            self.mistake(span, "cached", "only the driver `rusqlite` has a statement cache");
        }
    }

    fn fresh_process(&mut self, verb: &Verb, span: &Range<usize>) {
        let needs = matches!(verb, Verb::Config(_) | Verb::Shutdown(_) | Verb::AddressSpace(_));
        if needs && !self.facts.fresh_process {
            let name = verb.name();
            let span = self.source.find_word(span.clone(), &name);
            let message = format!("`{name}` changes the whole process");
            self.mistakes.push(
                Diagnostic::new(self.source, span, message).help("add `fresh_process: true` to the case"),
            );
        }
    }

    fn path(&mut self, path: &str, span: &Range<usize>) {
        let file = path.strip_prefix("file:").unwrap_or(path);
        let file = file.split('?').next().unwrap_or(file);
        let leaves = file.starts_with(['/', '\\']) || file.contains(':') && !file.starts_with(':');
        if leaves || file.split(['/', '\\']).any(|part| part == "..") {
            let span = self.source.find_word(span.clone(), path);
            let message = format!("`{path}` leaves the case's directory");
            self.mistakes
                .push(Diagnostic::new(self.source, span, message).help("use a relative path without `..`"));
        }
    }

    fn compare(&mut self, text: &str, span: &Range<usize>) {
        match Comparison::parse(text) {
            None => self.mistake(
                span,
                "compare",
                format!("`{text}` is no comparison: write `after <= before + 4096`"),
            ),
            Some(comparison) => {
                for name in comparison.names() {
                    if !self.names.saved.contains(name) {
                        let span = self.source.find_word(span.clone(), name);
                        let diagnostic =
                            Diagnostic::new(self.source, span, format!("`{name}` was never saved"));
                        let saved = self.names.saved.iter().map(String::as_str);
                        self.mistakes.push(
                            diagnostic.suggest(name, saved).help("add `save: …` to the step that gives it"),
                        );
                    }
                }
            }
        }
    }

    fn mistake(&mut self, span: &Range<usize>, word: &str, message: impl Into<String>) {
        self.mistakes.push(Diagnostic::new(self.source, self.source.find_word(span.clone(), word), message));
    }
}

/// `after <= before + 4096`: saved outcomes and numbers, with sums and differences on either side.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    left: Vec<Term>,
    operator: Operator,
    right: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq)]
struct Term {
    negative: bool,
    operand: Operand,
}

#[derive(Debug, Clone, PartialEq)]
enum Operand {
    Name(String),
    Number(f64),
}

impl Comparison {
    /// Reads a comparison.
    pub fn parse(text: &str) -> Option<Self> {
        let at = text.find(['<', '>', '=', '!'])?;
        let (operator, right) = Operator::strip(&text[at..])?;
        Some(Self { left: terms(&text[..at])?, operator, right: terms(right)? })
    }

    /// Whether it holds, given the saved numbers; `None` when one is no number.
    pub fn holds(&self, saved: &BTreeMap<String, f64>) -> Option<bool> {
        let sum = |terms: &[Term]| {
            terms.iter().try_fold(0.0, |sum, term| {
                let value = match &term.operand {
                    Operand::Name(name) => *saved.get(name)?,
                    Operand::Number(n) => *n,
                };
                Some(if term.negative { sum - value } else { sum + value })
            })
        };
        Some(self.operator.holds(sum(&self.left)?, sum(&self.right)?))
    }

    /// The saved names that it uses.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.left.iter().chain(&self.right).filter_map(|term| match &term.operand {
            Operand::Name(name) => Some(name.as_str()),
            Operand::Number(_) => None,
        })
    }
}

fn terms(text: &str) -> Option<Vec<Term>> {
    let mut terms = Vec::new();
    let mut negative = false;
    let mut want_operand = true;
    for word in text.split_whitespace() {
        match word {
            "+" | "-" if !want_operand => {
                negative = word == "-";
                want_operand = true;
            }
            word if want_operand => {
                terms.push(Term { negative, operand: operand(word)? });
                want_operand = false;
            }
            _ => return None,
        }
    }
    (!want_operand).then_some(terms)
}

fn operand(word: &str) -> Option<Operand> {
    if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return word.replace('_', "").parse().ok().map(Operand::Number);
    }
    let is_name = word.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    is_name.then(|| Operand::Name(word.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_add_and_subtract() {
        let saved = BTreeMap::from([("after".to_owned(), 5000.0), ("before".to_owned(), 1000.0)]);
        let holds = |text| Comparison::parse(text).unwrap().holds(&saved);
        assert_eq!(holds("after <= before + 4000"), Some(true));
        assert_eq!(holds("after - before < 4_000"), Some(false));
        assert_eq!(holds("after == nobody"), None);
        for wrong in ["after", "after <=", "<= before", "a b <= c", "after <= before +"] {
            assert_eq!(Comparison::parse(wrong), None, "{wrong}");
        }
    }
}
