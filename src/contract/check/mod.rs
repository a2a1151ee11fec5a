//! What can be wrong with steps that are each well formed: names that stand for nothing, verbs that the
//! driver does not have, paths that leave the case's directory.

mod arguments;
mod blocks;
mod driver;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::Driver;
use super::comparison::Comparison;
use super::expect::Mistake;
use super::node::Node;
use super::other_build::OtherBuild;
use super::record::Record;
use super::scope::Scope;
use super::step::Step;
use super::verb::{Block, Call, Check, Config, Fact, Kind, Verb};
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText, nearest};

/// What of a case its steps depend on; `None` where it could not be read.
pub(super) struct CaseFacts {
    pub driver: Option<Driver>,
    pub fresh_process: Option<bool>,
}

/// Reports every mistake in the steps of a case, until the file has too many. Of a step that could not be read there is only the node.
pub(super) fn steps(
    source: &SourceText,
    facts: &CaseFacts,
    steps: &[(Option<Step>, Node)],
    most: usize,
    mistakes: &mut Diagnostics,
) {
    let mut checker = Checker {
        source,
        facts,
        mistakes,
        process: Process::default(),
        others: BTreeMap::new(),
        saved: BTreeSet::new(),
        within: None,
        apart: None,
    };
    for (step, node) in steps {
        if checker.mistakes.len() >= most {
            break;
        }
        match step {
            Some(step) => checker.step(step, node),
            None => checker.could_be_made_by(node),
        }
    }
}

/// What is known of a process that executes steps.
#[derive(Default)]
struct Process {
    scope: Scope,
    /// Whether the counting allocator was asked for.
    has_allocator: bool,
    /// Whether the error log is kept.
    has_log: bool,
    /// Whether the library has mutexes of ours.
    has_mutexes: bool,
}

struct Checker<'a> {
    source: &'a SourceText,
    facts: &'a CaseFacts,
    mistakes: &'a mut Diagnostics,
    /// The one of these steps: that of the case's own build, where `on` says nothing.
    process: Process,
    /// Those of the words of `on`.
    others: BTreeMap<OtherBuild, Process>,
    /// What `compare` may use.
    saved: BTreeSet<String>,
    /// The block whose steps these are.
    within: Option<&'a Block>,
    /// The block around them, near or far, that runs its steps without the handles of the case.
    apart: Option<&'a Block>,
}

impl<'a> Checker<'a> {
    /// What a step would have made that could not be read is not missed later, in whichever process.
    fn could_be_made_by(&mut self, node: &Node) {
        self.process.scope.could_be_made_by(node);
        self.others.values_mut().for_each(|process| process.scope.could_be_made_by(node));
    }

    fn step(&mut self, step: &'a Step, node: &Node) {
        let Some(build) = &step.on else { return self.step_here(step, node) };
        if let Some(driver) = self.facts.driver.filter(|driver| driver.is_of_a_language()) {
            let message = format!("the driver `{}` has only the case's own build", driver.name());
            self.mistake(node, "on", message);
            return self.step_here(step, node);
        }
        if let Some(block) = self.within {
            let message = format!("`on` has no meaning in `{0}`: put it beside `{0}`", block.name());
            self.mistake(node, "on", message);
            return self.step_here(step, node);
        }
        let new = || Process { scope: self.process.scope.without_things(), ..Process::default() };
        let process = self.others.remove(build).unwrap_or_else(new);
        let own = std::mem::replace(&mut self.process, process);
        self.step_here(step, node);
        let process = std::mem::replace(&mut self.process, own);
        self.others.insert(build.clone(), process);
    }

    /// A step of the process that is at hand.
    fn step_here(&mut self, step: &'a Step, node: &Node) {
        self.fresh_process(&step.verb, node);
        self.allocator(&step.verb, node);
        self.log(&step.verb, node);
        self.process.has_mutexes |= matches!(step.verb, Verb::Call(Call::Config(Config::Mutex)));
        self.expect(step, node);
        self.keeps(step, node);
        self.every(step, node);
        match &step.verb {
            Verb::Call(call) => self.call(call, node),
            Verb::Block(block) => self.block(block, node),
            Verb::Check(check) => self.check(check, node),
        }
        self.saved.extend(step.save.clone());
    }

    fn call(&mut self, call: &Call, node: &Node) {
        self.driver(call, node);
        self.uses(call, node);
        self.arguments(call, node);
        let line = self.source.position(node.span.start).0;
        self.process.scope.after(call, line);
        if call.facts().contains(&Fact::EndsProcess) {
            self.ends_process(call, line, node);
        }
    }

    /// Nothing that the process had is there for the next step.
    fn ends_process(&mut self, call: &Call, line: usize, node: &Node) {
        if let Some(block) = self.within {
            let (name, block) = (call.name(), block.name());
            return self.mistake(node, name, format!("`{name}` has no meaning in `{block}`: put it after"));
        }
        self.process.scope.end_all(line);
        (self.process.has_allocator, self.process.has_log, self.process.has_mutexes) = (false, false, false);
    }

    fn expect(&mut self, step: &Step, node: &Node) {
        let Some(expect) = &step.expect else { return };
        if let Verb::Check(check) = &step.verb {
            let message = format!("`{}` is itself what is expected: it takes no `expect`", check.name());
            self.mistake(node, "expect", message);
        } else if let Some(Mistake { message, word, known }) = expect.mistake(step.verb.kind()) {
            let within = node.get("expect").unwrap_or(node);
            let span = within.find(&word).unwrap_or(within).span.clone();
            let diagnostic = Diagnostic::new(self.source, self.source.first_line(span), message);
            self.mistakes.push(match nearest(&word, &known) {
                None if known.is_empty() => diagnostic,
                None if known.len() == 1 => diagnostic.help(format!("write `{}`", known[0])),
                None => diagnostic.help("<https://sqlite.org/rescode.html> lists them"),
                Some(_) => diagnostic.suggest(&word, known),
            });
        }
    }

    /// What is kept of the outcome: in the transcript, and for `compare`.
    fn keeps(&mut self, step: &Step, node: &Node) {
        let is_code = step.verb.kind() == Kind::Code;
        if let Some(block) = self.within
            && (step.record.is_some() || step.save.is_some())
        {
            let word = if step.record.is_some() { "record" } else { "save" };
            let outcome = if block.kind() == Kind::Growth { "the growth" } else { "what it finds" };
            let message =
                format!("`{word}` has no meaning in `{}`: only {outcome} is an outcome", block.name());
            return self.mistake(node, word, message);
        }
        if is_code && step.save.is_some() {
            self.mistake(node, "save", "a result code is no number that `compare` could use");
        }
        let has_rows = matches!(step.verb.kind(), Kind::Row | Kind::Rows | Kind::Counts);
        match &step.record {
            Some(Record::Columns(columns)) if columns.is_empty() => {
                self.mistake(node, "columns", "`columns` names none: write `record: none`");
            }
            Some(Record::Columns(_)) if !has_rows => self.mistake(node, "columns", "this step gives no rows"),
            Some(Record::Sorted) if !has_rows => self.mistake(node, "sorted", "this step gives no rows"),
            Some(Record::Bucket(0)) => self.mistake(node, "bucket", "a bucket has a width of 1 or more"),
            Some(Record::Bucket(_)) if is_code => {
                self.mistake(node, "bucket", "a result code has no size that falls into a bucket");
            }
            Some(Record::Sign) if is_code => self.mistake(node, "sign", "a result code has no sign"),
            _ => {}
        }
    }

    fn every(&mut self, step: &Step, node: &Node) {
        match step.every {
            Some(_) if !self.within.is_some_and(|block| block.facts().contains(&Fact::Iterates)) => {
                self.mistake(node, "every", "`every` counts the iterations of `repeat`: there are none here");
            }
            Some(0) => self.mistake(node, "every", "`every` is 1 or more"),
            _ => {}
        }
    }

    /// Whether what the call uses is there.
    fn uses(&mut self, call: &Call, node: &Node) {
        for mistake in self.process.scope.mistakes(self.source, call, node, self.facts.driver) {
            self.mistakes.push(mistake);
        }
    }

    fn fresh_process(&mut self, verb: &Verb, node: &Node) {
        if verb.is(Fact::FreshProcess) && self.facts.fresh_process == Some(false) {
            let name = verb.name();
            let diagnostic = self.diagnostic(node, name, format!("`{name}` changes the whole process"));
            self.mistakes.push(diagnostic.help("add `fresh_process: true` to the case"));
        }
    }

    /// Whether the counting allocator is there for a verb that needs it.
    fn allocator(&mut self, verb: &Verb, node: &Node) {
        self.process.has_allocator |= verb.installs_allocator();
        if verb.needs_allocator() && !self.process.has_allocator {
            let name = verb.name();
            let message = format!("`{name}` needs the counting allocator");
            let diagnostic = self.diagnostic(node, name, message);
            self.mistakes.push(diagnostic.help("begin the case with the step `config: malloc`"));
            // One mistake for the whole case.
            self.process.has_allocator = true;
        }
    }

    /// Whether the error log is kept for a verb that reads it.
    fn log(&mut self, verb: &Verb, node: &Node) {
        self.process.has_log |= matches!(verb, Verb::Call(Call::Config(Config::Log)));
        if matches!(verb, Verb::Call(Call::Log(_))) && !self.process.has_log {
            let diagnostic = self.diagnostic(node, "log", "the error log is not kept");
            self.mistakes.push(diagnostic.help("begin the case with the step `config: log`"));
        }
    }

    fn check(&mut self, check: &Check, node: &Node) {
        let Check::Compare(text) = check;
        if node.get("on").is_some() {
            self.mistake(node, "on", format!("`{}` runs on no build", check.name()));
        }
        if let Some(block) = self.within {
            let (name, block) = (check.name(), block.name());
            return self.mistake(node, name, format!("`{name}` has no meaning in `{block}`: put it after"));
        }
        let Some(comparison) = Comparison::parse(text) else {
            let message = format!("`{text}` is no comparison: write `after <= before + 4096`");
            return self.mistake(node, text, message);
        };
        for name in comparison.names() {
            if !self.saved.contains(name) && !self.process.scope.is_unread(name) {
                let diagnostic = self.diagnostic(node, name, format!("`{name}` was never saved"));
                let saved = self.saved.iter().map(String::as_str);
                self.mistakes
                    .push(diagnostic.suggest(name, saved).help("add `save: …` to the step that gives it"));
            }
        }
    }

    /// Where a word stands in a step: as a text of its own, else inside one, else the step.
    fn span(&self, node: &Node, word: &str) -> Range<usize> {
        let found = node.find(word).map(|found| found.span.clone());
        let span = found.unwrap_or_else(|| self.source.find_word(node.span.clone(), word));
        self.source.first_line(span)
    }

    fn diagnostic(&self, node: &Node, word: &str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.source, self.span(node, word), message)
    }

    fn mistake(&mut self, node: &Node, word: &str, message: impl Into<String>) {
        let diagnostic = self.diagnostic(node, word, message);
        self.mistakes.push(diagnostic);
    }
}
