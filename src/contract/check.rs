//! What can be wrong with steps that are each well formed: names that stand for nothing, verbs that the
//! driver does not have, paths that leave the case's directory.

mod memory;

use std::collections::BTreeSet;
use std::ops::Range;

use super::Driver;
use super::comparison::Comparison;
use super::conversion::Conversion;
use super::node::{Kind as NodeKind, Node};
use super::record::Record;
use super::scope::Scope;
use super::step::Step;
use super::verb::{Function, Kind, PrepareVersion, Repeat, Scalar, Verb};
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText, nearest};
use crate::names::{DeserializeFlag, code_names, code_number};

/// What of a case its steps depend on; `None` where it could not be read.
pub(super) struct CaseFacts {
    pub driver: Option<Driver>,
    pub fresh_process: Option<bool>,
}

/// Reports every mistake in the steps of a case. Of a step that could not be read there is only the node.
pub(super) fn steps(
    source: &SourceText,
    facts: &CaseFacts,
    steps: &[(Option<Step>, Node)],
    mistakes: &mut Diagnostics,
) {
    let mut checker = Checker {
        source,
        facts,
        mistakes,
        scope: Scope::default(),
        saved: BTreeSet::new(),
        within: None,
        has_malloc: false,
    };
    for (step, node) in steps {
        match step {
            Some(step) => checker.step(step, node),
            None => checker.scope.could_be_made_by(node),
        }
    }
}

struct Checker<'a> {
    source: &'a SourceText,
    facts: &'a CaseFacts,
    mistakes: &'a mut Diagnostics,
    scope: Scope,
    /// What `compare` may use.
    saved: BTreeSet<String>,
    /// The verb whose steps these are.
    within: Option<&'static str>,
    /// Whether the counting allocator was asked for.
    has_malloc: bool,
}

impl Checker<'_> {
    fn step(&mut self, step: &Step, node: &Node) {
        self.driver(&step.verb, node);
        self.fresh_process(&step.verb, node);
        self.malloc(&step.verb, node);
        self.uses(&step.verb, node);
        self.expect(step, node);
        self.keeps(step, node);
        self.every(step, node);
        self.arguments(&step.verb, node);
        self.scope.after(&step.verb, self.source.position(node.span.start).0);
        self.saved.extend(step.save.clone());
    }

    fn expect(&mut self, step: &Step, node: &Node) {
        let Some(expect) = &step.expect else { return };
        if matches!(step.verb, Verb::Compare(_)) {
            self.mistake(node, "expect", "`compare` is itself what is expected: it takes no `expect`");
        } else if let Some((message, word, known)) = expect.mistake(step.verb.kind()) {
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
        if let Some(verb) = self.within
            && (step.record.is_some() || step.save.is_some())
        {
            let word = if step.record.is_some() { "record" } else { "save" };
            let outcome = if verb == "repeat" { "the growth" } else { "what it finds" };
            let message = format!("`{word}` has no meaning in `{verb}`: only {outcome} is an outcome");
            return self.mistake(node, word, message);
        }
        if is_code && step.save.is_some() {
            self.mistake(node, "save", "a result code is no number that `compare` could use");
        }
        match step.record {
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
            Some(_) if self.within != Some("repeat") => {
                self.mistake(node, "every", "`every` counts the iterations of `repeat`: there are none here");
            }
            Some(0) => self.mistake(node, "every", "`every` is 1 or more"),
            _ => {}
        }
    }

    fn arguments(&mut self, verb: &Verb, node: &Node) {
        match verb {
            Verb::Open(open) => self.path(&open.path, node),
            Verb::FileSize(path) => self.path(path, node),
            Verb::Compare(comparison) => match self.within {
                Some(verb) => {
                    let message = format!("`compare` has no meaning in `{verb}`: put it after");
                    self.mistake(node, "compare", message);
                }
                None => self.compare(comparison, node),
            },
            Verb::Sweep(sweep) => self.sweep(sweep, node),
            Verb::LeastMemory(least) => self.least_memory(least, node),
            Verb::Repeat(repeat) => self.repeat(repeat, node),
            Verb::Doubles(doubles) => {
                if let Some((word, message)) = doubles.mistake() {
                    self.mistake(node, word, message);
                }
            }
            Verb::BindBytes(bind) => {
                if let Some((word, message)) = bind.mistake() {
                    self.mistake(node, word, message);
                }
            }
            Verb::Function(Function { does: Scalar::ErrorCode(name), .. }) if code_number(name).is_none() => {
                let diagnostic = self.diagnostic(node, name, format!("unknown result code `{name}`"));
                self.mistakes.push(diagnostic.suggest(name, code_names()));
            }
            Verb::Prepare(prepare) if !prepare.flags.is_empty() && prepare.version != PrepareVersion::V3 => {
                self.mistake(node, "flags", "only `version: v3` takes flags");
            }
            Verb::Bind(bind) if bind.at.is_some() != bind.value.is_some() => {
                self.mistake(node, "bind", "`at` and `value` belong together");
            }
            Verb::Bind(bind) if bind.written_as.is_some() && bind.at.is_none() => {
                self.mistake(node, "as", "`as` needs `at` and `value`");
            }
            Verb::Bind(bind) if bind.at.is_some() != bind.values.is_empty() => {
                self.mistake(node, "bind", "either a list of values, or `at` and `value`");
            }
            Verb::Mprintf(mprintf) => {
                if let Err(mistake) = Conversion::of(&mprintf.format) {
                    self.mistake(node, &mprintf.format, mistake);
                } else if mprintf.value.is_none() {
                    self.mistake(node, "mprintf", "`value` is missing: what the conversion shows");
                }
            }
            Verb::Serialize(serialize) if serialize.nocopy && serialize.keep.is_some() => {
                self.mistake(
                    node,
                    "keep",
                    "with `nocopy` the bytes are the connection's own: nothing is kept",
                );
            }
            Verb::Deserialize(deserialize) if deserialize.resizes_what_it_may_not() => {
                let diagnostic = self.diagnostic(node, "resizeable", "SQLite resizes only what it may free");
                self.mistakes.push(diagnostic.help("add the flag `freeonclose`"));
            }
            Verb::BlobWrite(write) if !write.value.has_bytes() => {
                self.mistake(node, "value", "a blob handle writes the bytes of a text or a blob");
            }
            Verb::Execute(run) | Verb::QueryRow(run) | Verb::QueryOne(run)
                if !run.named.is_empty() && !run.values.is_empty() =>
            {
                self.mistake(node, "named", "either `values` or `named`");
            }
            _ => {}
        }
    }

    fn repeat(&mut self, repeat: &Repeat, node: &Node) {
        if repeat.warmup >= repeat.times {
            self.mistake(node, "warmup", "`warmup` must be smaller than `times`");
        }
        if repeat.steps.is_empty() {
            self.mistake(node, "steps", "`steps` is empty: there is nothing to repeat");
        }
        if let Some(measure) = repeat.measure.as_ref().map(|measure| &*measure.0) {
            if !matches!(measure.kind(), Kind::Quantity | Kind::Value | Kind::Rows) {
                let message = format!("`{}` gives no number that could grow", measure.name());
                self.mistake(node, &measure.name(), message);
            }
            self.driver(measure, node);
        }
        let outside = self.within.replace("repeat");
        for (step, node) in repeat.steps.iter().zip(nested(node, "repeat", "steps")) {
            self.step(step, node);
        }
        self.within = outside;
        if let Some(measure) = repeat.measure.as_ref().map(|measure| &*measure.0) {
            self.uses(measure, node);
        }
    }

    /// Whether what the verb uses is there.
    fn uses(&mut self, verb: &Verb, node: &Node) {
        for mistake in self.scope.mistakes(self.source, verb, node) {
            self.mistakes.push(mistake);
        }
    }

    fn driver(&mut self, verb: &Verb, node: &Node) {
        let name = verb.name();
        let (driver, has) = match self.facts.driver {
            Some(Driver::Capi) => ("capi", verb.is_of_capi()),
            Some(Driver::Rusqlite) => ("rusqlite", verb.is_of_rusqlite()),
            None => return,
        };
        if !has {
            let diagnostic =
                self.diagnostic(node, &name, format!("the driver `{driver}` has no verb `{name}`"));
            let other = if driver == "capi" { "rusqlite" } else { "capi" };
            self.mistakes.push(diagnostic.help(format!("the driver `{other}` has it: `driver: {other}`")));
        }
        if let Verb::Prepare(prepare) = verb {
            match driver {
                "capi" if prepare.cached => {
                    self.mistake(node, "cached", "only the driver `rusqlite` has a statement cache");
                }
                "rusqlite" if prepare.version != PrepareVersion::V2 => {
                    self.mistake(node, "version", "rusqlite itself chooses how it prepares");
                }
                _ => {}
            }
        }
        let keeps = match verb {
            Verb::Exec(exec) => exec.keep.is_some(),
            Verb::ExpandedSql(expanded) => expanded.keep.is_some(),
            _ => false,
        };
        if let (Verb::Bind(bind), "capi") = (verb, driver)
            && bind.written_as.is_some()
        {
            self.mistake(node, "as", "only the driver `rusqlite` binds Rust's types");
        }
        if let (Verb::Serialize(serialize), "rusqlite") = (verb, driver)
            && serialize.nocopy
        {
            self.mistake(node, "nocopy", "rusqlite itself chooses whether it copies");
        }
        if let (Verb::Deserialize(deserialize), "rusqlite") = (verb, driver)
            && deserialize.flags.iter().any(|flag| *flag != DeserializeFlag::Readonly)
        {
            self.mistake(
                node,
                "flags",
                "rusqlite itself chooses who frees the bytes: only `readonly` is yours",
            );
        }
        if keeps && driver == "rusqlite" {
            self.mistake(node, "keep", "rusqlite itself frees what SQLite hands out");
        }
        if verb.panics() && driver == "capi" {
            let diagnostic = self.diagnostic(node, "does", "only rusqlite catches a panic in a function");
            self.mistakes.push(diagnostic.help("the driver `rusqlite` does: `driver: rusqlite`"));
        }
        match (verb, driver) {
            (Verb::Bind(bind), "rusqlite") if bind.lifetime != Default::default() => {
                self.mistake(node, "lifetime", "rusqlite itself chooses how it binds");
            }
            (Verb::Doubles(doubles), "rusqlite") if doubles.read_as != Default::default() => {
                self.mistake(node, "as", "rusqlite itself chooses how it reads");
            }
            _ => {}
        }
    }

    fn fresh_process(&mut self, verb: &Verb, node: &Node) {
        let needs = matches!(verb, Verb::Config(_) | Verb::Shutdown(_) | Verb::AddressSpace(_));
        if needs && self.facts.fresh_process == Some(false) {
            let name = verb.name();
            let diagnostic = self.diagnostic(node, &name, format!("`{name}` changes the whole process"));
            self.mistakes.push(diagnostic.help("add `fresh_process: true` to the case"));
        }
    }

    fn path(&mut self, path: &str, node: &Node) {
        let file = path.strip_prefix("file:").unwrap_or(path);
        let file = file.split('?').next().unwrap_or(file);
        // A URI may spell `/` and `.` as hexadecimal digits.
        let hides = path.starts_with("file:") && file.contains('%');
        let leaves = file.starts_with(['/', '\\']) || file.contains(':') && !file.starts_with(':');
        if leaves || file.split(['/', '\\']).any(|part| part == "..") || hides {
            let diagnostic = self.diagnostic(node, path, format!("`{path}` leaves the case's directory"));
            self.mistakes.push(diagnostic.help("use a relative path without `..`"));
        }
    }

    fn compare(&mut self, text: &str, node: &Node) {
        let Some(comparison) = Comparison::parse(text) else {
            let message = format!("`{text}` is no comparison: write `after <= before + 4096`");
            return self.mistake(node, text, message);
        };
        for name in comparison.names() {
            if !self.saved.contains(name) && !self.scope.is_unread(name) {
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

/// The nodes of the steps inside a step.
fn nested<'a>(node: &'a Node, verb: &str, key: &str) -> &'a [Node] {
    let steps = node.get(verb).and_then(|arguments| arguments.get(key));
    match steps.map(|steps| &steps.kind) {
        Some(NodeKind::List(items)) => items,
        _ => &[],
    }
}
