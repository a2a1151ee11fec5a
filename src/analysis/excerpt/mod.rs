//! Excerpts: what of a trace a contract can show of a difference between two builds.
//!
//! A replay says in which call a build does something else. What the program had executed on that database before
//! becomes statements of a contract, with the file as SQL before them; what the difference does not need is left out; and the
//! contract is written when both builds have shown the difference by it.

mod contents;
mod executed;
mod past;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::discover::{Between, Change, Difference, Draft, Expected, Turn};
use super::replay::Group;
use crate::builds::Build;
use crate::contract::{Contract, trace};
use crate::diagnostic::SourceText;
use crate::engine::Engine;
use crate::outcome::replayed::{Kind, place_of};
use crate::system::files::write_atomically;
use crate::trace::Trace;
use executed::Executed;
use past::{Past, Wanted};

/// How long one difference is made smaller.
const PATIENCE: Duration = Duration::from_secs(120);

/// Statements that show a difference, and the difference.
type Shown = (Vec<Executed>, Difference);

/// A trace, and where two builds do not do the same with it.
pub struct Excerpts<'a> {
    engine: &'a Engine,
    builds: [&'a Build; 2],
    trace: Trace,
    /// What the trace is called.
    name: String,
    groups: Vec<&'a Group>,
}

/// What came of one difference.
pub struct Excerpt {
    /// The kind of difference and the statement: `value: select round(?)`.
    pub difference: String,
    /// The contract that shows it, or why there is none.
    pub contract: Result<Written, String>,
}

/// A contract that shows a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its file.
    pub file: PathBuf,
    /// How many steps it has.
    pub steps: usize,
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.contract {
            Ok(Written { file, steps }) => {
                write!(f, "{}: {steps} steps in {}", self.difference, file.display())
            }
            Err(reason) => write!(f, "{}: no contract shows it: {reason}", self.difference),
        }
    }
}

impl<'a> Excerpts<'a> {
    /// The differences of the trace that a contract asks, as a gate between two builds has found them.
    ///
    /// # Errors
    /// When the trace cannot be read.
    pub fn of(
        engine: &'a Engine,
        builds: [&'a Build; 2],
        contract: &Contract,
        groups: Vec<&'a Group>,
    ) -> Result<Self> {
        let path = trace::path_of(contract).context("the contract asks no trace")?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { engine, builds, trace: Trace::open(path)?, name, groups })
    }

    /// How many differences there are.
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether both builds do the same.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Writes a contract that shows a difference into a folder, unless none does.
    ///
    /// # Errors
    /// When a build cannot be asked, or the file cannot be written.
    pub fn write(&self, number: usize, folder: &Path) -> Result<Excerpt> {
        let group = self.groups[number];
        let contract = match self.contract(group)? {
            Ok(contract) => Ok(contract.write(folder)?),
            Err(reason) => Err(reason),
        };
        Ok(Excerpt { difference: format!("{}: {}", group.kind.words(), group.statement), contract })
    }

    fn contract(&self, group: &Group) -> Result<Result<Text, String>> {
        if let Some(reason) = inexpressible(group.kind) {
            return Ok(Err(reason.to_owned()));
        }
        let place = group.first.as_deref().and_then(place_of);
        let wanted = place.map_or_else(|| Wanted::Statement(group.statement.clone()), Wanted::Call);
        let past = match past::before(&self.trace, wanted)? {
            Ok(past) => past,
            Err(reason) => return Ok(Err(reason)),
        };
        // Of the values of a statement another one may change for another cause.
        let turn = Turn::of(&group.was, &group.is).filter(|_| group.kind == Kind::Value);
        let until = Instant::now() + PATIENCE;
        let between = Between { engine: self.engine, turn, builds: self.builds, until };
        let (shown, is_part) = self.first_that_shows(&between, group, past)?;
        let (executed, difference) = match shown {
            Ok(shown) => shown,
            Err(reason) if is_part => {
                return Ok(Err(format!("{reason}; of the database only the first rows were tried")));
            }
            Err(reason) => return Ok(Err(reason)),
        };
        self.smallest(&between, group, &executed, &difference)
    }

    /// The first of some beginnings that shows the difference: its statement alone, what was in the database then, what its
    /// connection had executed, and what others had too. Else why none does.
    fn first_that_shows(
        &self,
        between: &Between<'_>,
        group: &Group,
        past: Past,
    ) -> Result<(Result<Shown, String>, bool)> {
        let Past { executed, own, connection, copy } = past;
        let executed: Vec<Executed> = executed.into_iter().map(Executed::in_memory).collect();
        let (before, own) = executed.split_at(executed.len() - own);
        // A statement with a value that is not in the trace may not matter.
        let before: Vec<Executed> = before.iter().filter(|it| it.values.is_some()).cloned().collect();
        let of_connection: Vec<Executed> =
            before.iter().filter(|it| it.connection == connection).cloned().collect();
        let mut reason = String::new();
        let mut tried = |beginning: Vec<Executed>| -> Result<Option<Shown>> {
            for end in 1..=own.len() {
                let all = [&beginning, &own[..end]].concat();
                match self.difference(between, group, &all)? {
                    Ok(difference) => return Ok(Some((all, difference))),
                    Err(why) => reason = why,
                }
            }
            Ok(None)
        };
        let file = (&self.trace, copy.as_deref());
        let contents =
            |executed: &[Executed]| contents::of(self.engine, self.builds[1], file, executed, connection);
        let mut is_part = false;
        let mut shown = tried(Vec::new())?;
        // A build that cannot read what was there may still show the difference by the statements.
        if shown.is_none()
            && let Ok(then) = contents(&before)
        {
            is_part = then.is_part;
            shown = tried(then.executed)?;
        }
        if shown.is_none() {
            let first = match copy {
                Some(_) => contents(&[]).map(|first| first.executed).unwrap_or_default(),
                None => Vec::new(),
            };
            shown = tried([&first[..], &of_connection].concat())?;
            if shown.is_none() && of_connection.len() < before.len() {
                shown = tried([first, before].concat())?;
            }
        }
        Ok((shown.ok_or(reason), is_part))
    }

    /// How the last statement differs, as steps of a contract; why they do not show what the replay has shown.
    fn difference(
        &self,
        between: &Between<'_>,
        group: &Group,
        executed: &[Executed],
    ) -> Result<Result<Difference, String>> {
        let Some(steps) = steps(group.kind, executed) else {
            return Ok(Err("the trace does not have all values that were bound".to_owned()));
        };
        let found = between.differences(std::slice::from_ref(&steps))?.pop().flatten();
        Ok(match found {
            Some(found) if is_of(group.kind, &found) => Ok(found),
            _ => {
                let [old, new] = between.show(&steps)?.map(|shown| beginning(&shown));
                Err(match old == new {
                    true => format!("by SQL alone both builds do the same: {old}"),
                    false => format!("by SQL alone the builds differ otherwise: {old}, and {new}"),
                })
            }
        })
    }

    fn smallest(
        &self,
        between: &Between<'_>,
        group: &Group,
        executed: &[Executed],
        difference: &Difference,
    ) -> Result<Result<Text, String>> {
        let all = steps(group.kind, executed).unwrap_or_default();
        let kept = between.needed(&all, difference)?;
        let needed: Vec<&Executed> = kept.iter().map(|at| &executed[*at]).collect();
        let needed_steps: Vec<String> = kept.iter().map(|at| all[*at].clone()).collect();
        // With literals in the place of parameters statements are read as trees, and become smaller.
        let is_last = |at: usize| at + 1 == needed.len();
        let literal = |(at, it): (usize, &&Executed)| match group.kind {
            Kind::Plan if is_last(at) => it.plan(),
            _ => it.with_literals(),
        };
        let with_literals: Option<Vec<String>> = needed.iter().enumerate().map(literal).collect();
        let is_alike = |program: &Vec<String>| -> Result<bool> {
            let found = between.differences(std::slice::from_ref(program))?.pop().flatten();
            Ok(found.is_some_and(|found| is_of(group.kind, &found)))
        };
        let program = match with_literals {
            Some(program) if is_alike(&program)? => program,
            _ => needed_steps,
        };
        let least = between.smallest(&program, difference)?;
        let [was, is] = between.show(&least.statements)?;
        let [old, new] = self.builds.map(Build::name);
        let place = group.first.as_ref().map_or(String::new(), |first| format!(", {first}"));
        let found = format!(
            "From {}{place}: {}\n{} with {old}, {} with {new}.",
            self.name,
            beginning(&group.statement),
            beginning(&group.was),
            beginning(&group.is),
        );
        let change = match difference {
            Difference::Change(change) => change.to_string(),
            Difference::Order => "another order".to_owned(),
        };
        let drifts = vec![Expected { build: new.to_owned(), change, was, is }];
        let text = Draft { found, statements: &least.statements, drifts }.text();
        self.checked(Text { name: least.name, text, steps: 0 })
    }

    /// The contract as its file will be read: both builds are asked whether it shows a difference.
    fn checked(&self, text: Text) -> Result<Result<Text, String>> {
        let id = format!("drafts/{}", text.name);
        let contract =
            Contract::read(&id, &SourceText::new(format!("{}.yaml", text.name), text.text.as_str()))?;
        let reports = self.builds.map(|build| self.engine.run(&contract, build));
        let [Ok(old), Ok(new)] = reports else { bail!("{id} cannot run") };
        let steps = contract.cases.iter().flat_map(|case| &case.runs).map(|run| run.steps.len()).sum();
        Ok(match old.does_the_same(&new) {
            true => Err("what was left of it as a contract does the same on both builds".to_owned()),
            false => Ok(Text { steps, ..text }),
        })
    }
}

/// The text of a contract.
struct Text {
    name: String,
    text: String,
    steps: usize,
}

impl Text {
    fn write(self, folder: &Path) -> Result<Written> {
        let file = folder.join(format!("{}.yaml", self.name));
        write_atomically(&file, self.text).with_context(|| format!("cannot write {}", file.display()))?;
        Ok(Written { file, steps: self.steps })
    }
}

/// All as steps of a contract, the last of which shows what differs; nothing where a value is not known.
fn steps(kind: Kind, executed: &[Executed]) -> Option<Vec<String>> {
    let (last, before) = executed.split_last()?;
    let last = if kind == Kind::Plan { last.plan() } else { last.step() };
    before.iter().map(Executed::step).chain([last]).collect()
}

/// Why differences of a kind are no matter of contracts.
fn inexpressible(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Random => Some("it draws at random"),
        Kind::Missing => Some("a function of the C interface is missing, which `requires` can name"),
        Kind::CalledOtherwise => {
            Some("it is how a function of the program's is called, which a contract does not have")
        }
        Kind::Hang => Some("a call that does not come back is not made smaller"),
        Kind::Work => Some("steps of the virtual machine are compared by `gate` alone"),
        Kind::Leak | Kind::Memory => Some("it is of the whole program, and not of a statement"),
        Kind::Crash | Kind::Value | Kind::Rows | Kind::Order | Kind::Error | Kind::Code | Kind::Plan => None,
    }
}

/// Whether a difference between two builds is of the kind that a replay has found.
fn is_of(kind: Kind, difference: &Difference) -> bool {
    match (kind, difference) {
        (Kind::Order | Kind::Plan, Difference::Order) => true,
        (_, Difference::Order) => false,
        (Kind::Crash, Difference::Change(change)) => *change == Change::Crash,
        (Kind::Value | Kind::Rows | Kind::Order | Kind::Plan, Difference::Change(change)) => {
            change.is_silent()
        }
        (_, Difference::Change(change)) => !change.is_silent() && *change != Change::Crash,
    }
}

/// The beginning of a text on one line.
fn beginning(text: &str) -> String {
    const WIDTH: usize = 100;
    let line: String = text.chars().take(WIDTH).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().count() > WIDTH { format!("{line}…") } else { line }
}
