//! The statements of a trace that are there, and what statements of one normal form did.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::about::{names_tokenizer, sql};
use super::call::{Call, Class};
use super::report::Work;
use super::rows::{Found, Rows, Verdict};
use super::shown::hash;
use crate::contract::statements::statements;
use crate::trace::{Item, normalized};
use crate::worker::ffi::replay::Machine;

/// As many texts of SQL are remembered with their normal form.
const MOST_TEXTS: usize = 10_000;

/// A statement of the trace.
pub(super) struct Statement {
    sql: Rc<str>,
    /// Whether it takes or returns the address of a tokenizer.
    pub(super) has_address: bool,
    /// How many columns its rows have here.
    pub(super) columns: u32,
    pub(super) rows: Rows,
}

/// The statements that are there.
pub(super) struct Statements {
    machine: &'static Machine,
    texts: HashMap<u64, Rc<str>>,
    /// The normal forms of the statements in a text that is executed at once.
    scripts: HashMap<u64, Rc<[Rc<str>]>>,
    there: HashMap<(u32, u64), Statement>,
    work: BTreeMap<Rc<str>, Work>,
}

impl Statements {
    pub(super) fn new(machine: &'static Machine) -> Self {
        Self {
            machine,
            texts: HashMap::new(),
            scripts: HashMap::new(),
            there: HashMap::new(),
            work: BTreeMap::new(),
        }
    }

    /// What a call is about: its statement, or itself.
    pub(super) fn about(&self, call: &Call<'_>) -> Rc<str> {
        let statement = call.arguments.first().and_then(Item::handle);
        let statement = statement.and_then(|number| self.there.get(&(call.process, number)));
        match (statement, call.function.class) {
            (Some(statement), _) => Rc::clone(&statement.sql),
            (None, Class::Prepare | Class::Exec) => self.normal(call),
            (None, _) => call.function.name.as_str().into(),
        }
    }

    fn normal(&self, call: &Call<'_>) -> Rc<str> {
        let sql = sql(call);
        match self.texts.get(&hash(&Item::Text(&sql))) {
            Some(known) => Rc::clone(known),
            None => normalized(&sql).into(),
        }
    }

    /// A statement was prepared.
    pub(super) fn prepared(&mut self, call: &Call<'_>) {
        let Some(number) = call.results.get(1).and_then(Item::handle) else { return };
        let text = sql(call);
        let sql = self.known(&text);
        self.plan(call, &sql, &text);
        self.work.entry(Rc::clone(&sql)).or_default();
        let has_address = names_tokenizer(&text);
        let columns = self.machine.columns(call.process, number);
        let statement = Statement { sql, has_address, columns, rows: Rows::default() };
        self.there.insert((call.process, number), statement);
    }

    /// A text is about to be executed: the plans of its statements, as far as they can be prepared before the first has run.
    pub(super) fn executes(&mut self, call: &Call<'_>) {
        let text = sql(call);
        if self.scripts.contains_key(&hash(&Item::Text(&text))) || names_tokenizer(&text) {
            return;
        }
        for statement in statements(&text) {
            let normal = self.known(statement.sql);
            self.plan(call, &normal, statement.sql);
        }
    }

    /// A text was executed to its end: each of its statements, which SQLite prepared and finalized itself.
    pub(super) fn executed(&mut self, call: &Call<'_>) {
        let text = sql(call);
        let key = hash(&Item::Text(&text));
        let script = self.scripts.get(&key).cloned().unwrap_or_else(|| self.script(call, key, &text));
        for statement in script.iter() {
            self.work.entry(Rc::clone(statement)).or_default().executed += 1;
        }
    }

    /// The normal forms of the statements of a text. What reads, and could not be prepared before its tables were made, has its plan
    /// now.
    fn script(&mut self, call: &Call<'_>, key: u64, text: &str) -> Rc<[Rc<str>]> {
        let mut script = Vec::new();
        for statement in statements(text) {
            let normal = self.known(statement.sql);
            if reads(statement.sql) {
                self.plan(call, &normal, statement.sql);
            }
            script.push(normal);
        }
        let script: Rc<[Rc<str>]> = script.into();
        if self.scripts.len() >= MOST_TEXTS {
            self.scripts.clear();
        }
        self.scripts.insert(key, Rc::clone(&script));
        script
    }

    /// The normal form of a text.
    fn known(&mut self, text: &str) -> Rc<str> {
        let key = hash(&Item::Text(text));
        if let Some(known) = self.texts.get(&key) {
            return Rc::clone(known);
        }
        if self.texts.len() >= MOST_TEXTS {
            self.texts.clear();
        }
        let normal: Rc<str> = normalized(text).into();
        // The same words have one place in memory.
        let normal = self.work.get_key_value(&normal).map_or(normal, |(known, _)| Rc::clone(known));
        self.texts.insert(key, Rc::clone(&normal));
        normal
    }

    /// Asks for the plan of a statement that has none yet, on the connection of a call.
    fn plan(&mut self, call: &Call<'_>, normal: &Rc<str>, text: &str) {
        if !self.work.contains_key(normal)
            && let Some(plan) = self.machine.plan(call.process, call.arguments, text)
        {
            self.work.insert(Rc::clone(normal), Work { plan, ..Work::default() });
        }
    }

    /// The statement that a call is about.
    pub(super) fn of(&mut self, call: &Call<'_>) -> Option<&mut Statement> {
        let number = call.arguments.first().and_then(Item::handle)?;
        self.there.get_mut(&(call.process, number))
    }

    /// Counts the work of a statement, which its process finalizes, or left.
    fn add_work(&mut self, number: (u32, u64), left: u64) {
        let steps = self.machine.steps(number.0, number.1);
        if let Some(statement) = self.there.get(&number)
            && let Some(work) = self.work.get_mut(&statement.sql)
        {
            work.times += 1;
            work.steps += steps;
            work.left += left;
        }
    }

    /// The statement of a call is about to be finalized.
    pub(super) fn ends(&mut self, call: &Call<'_>) {
        if let Some(number) = call.arguments.first().and_then(Item::handle) {
            self.add_work((call.process, number), 0);
        }
    }

    /// The statement of a call is there no more.
    pub(super) fn remove(&mut self, call: &Call<'_>) {
        if let Some(number) = call.arguments.first().and_then(Item::handle) {
            self.there.remove(&(call.process, number));
        }
    }

    /// How the rows of what a process has left differ, and whether they have several columns: nothing has ended their last execution.
    pub(super) fn rows_left(&mut self, process: u32) -> Vec<(Rc<str>, bool, Found)> {
        let mut left: Vec<_> = self.there.iter_mut().filter(|((of, _), _)| *of == process).collect();
        left.sort_by_key(|(number, _)| **number);
        let found = left.into_iter().flat_map(|(_, statement)| {
            let Verdict::Ended(found) = statement.rows.end() else { return Vec::new() };
            let found = found.into_iter();
            found.map(|found| (Rc::clone(&statement.sql), statement.columns > 1, found)).collect()
        });
        found.collect()
    }

    /// A process ends: what it has left was never finalized.
    pub(super) fn leave(&mut self, process: u32) {
        let left: Vec<_> = self.there.keys().filter(|(of, _)| *of == process).copied().collect();
        for number in left {
            self.add_work(number, 1);
            self.there.remove(&number);
        }
    }

    /// What all of them did, by their normal form.
    pub(super) fn work(self) -> BTreeMap<String, Work> {
        self.work.into_iter().map(|(statement, work)| (statement.to_string(), work)).collect()
    }
}

/// Whether a statement surely writes nothing.
fn reads(sql: &str) -> bool {
    let first = sql.trim_start().split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    ["select", "values"].iter().any(|word| first.eq_ignore_ascii_case(word))
}
