//! Losses of power: the files as each could leave them, opened again (<https://sqlite.org/testing.html#crash_testing>).

use std::collections::{BTreeMap, HashMap};

use xxhash_rust::xxh3::Xxh3;

use super::{Files, Numbered, Outcome, Session, all_fine, files, restore, unsound};
use crate::contract::expect::Expect;
use crate::contract::literal::Literal;
use crate::contract::step::Step;
use crate::contract::verb::{Call, Open, PowerLoss, Promise, Query};
use crate::outcome::value::Value;
use crate::worker::ffi::Watching;
use crate::worker::io::{self, Disk, FileChange, Image, Selection};

/// The state of files that are not as `check` expects.
const DAMAGED: &str = "damaged";

/// Runs the steps, and looks at what a loss of power at each of their changes may leave.
pub(super) fn run(session: &mut Session, loss: &PowerLoss, lists: [Vec<Numbered<'_>>; 3]) -> Outcome {
    let [setup, steps, check] = lists;
    let looked_at = files().and_then(|before| {
        let course = course(session, &setup, &steps)?;
        let mut looking = Looking { session, loss, check, known: HashMap::new(), came: BTreeMap::new() };
        let states = looking.states_between(&course)?;
        looking.every_change(&course, &states)?;
        restore(&before)?;
        let runs = i64::try_from(looking.known.len()).unwrap_or(i64::MAX);
        Ok(Outcome::Tally { runs, came: looking.came.into_iter().collect(), remark: None })
    });
    looked_at.unwrap_or_else(|instead| instead)
}

/// What the steps did to the files.
struct Course {
    /// The files before the first step and after each.
    between: Vec<Image>,
    /// How many changes there were at these moments.
    marks: Vec<usize>,
    written: Vec<FileChange>,
}

/// Runs the steps once.
fn course(session: &mut Session, setup: &[Numbered<'_>], steps: &[Numbered<'_>]) -> Result<Course, Outcome> {
    let _watching = Watching::all();
    (session.progress)("the run whose changes are noted".to_owned());
    session.apart(|session| {
        all_fine(session, setup, "before it")?;
        io::keep_written();
        let (mut between, mut marks) = (vec![image_now()?], vec![0]);
        for numbered in steps {
            all_fine(session, std::slice::from_ref(numbered), "with the power on")?;
            between.push(image_now()?);
            marks.push(io::kept());
        }
        Ok(Course { between, marks, written: io::take_written() })
    })
}

/// The files that outlive a loss of power: shared memory does not.
fn image_now() -> Result<Image, Outcome> {
    let all = files()?.into_contents();
    let named = all.into_iter().map(|(name, bytes)| (name.to_string_lossy().into_owned(), bytes));
    Ok(named.filter(|(name, _)| !name.ends_with("-shm")).collect())
}

struct Looking<'a> {
    session: &'a mut Session,
    loss: &'a PowerLoss,
    check: Vec<Numbered<'a>>,
    /// The state of each image that was looked at.
    known: HashMap<Digest, String>,
    came: BTreeMap<String, i64>,
}

impl Looking<'_> {
    /// The state before the first step and after each, by what a copy of the files says.
    fn states_between(&mut self, course: &Course) -> Result<Vec<String>, Outcome> {
        let states = course.between.iter().enumerate();
        states.map(|(at, image)| self.state_of(image, || format!("after {at} steps, nothing lost"))).collect()
    }

    fn every_change(&mut self, course: &Course, states: &[String]) -> Result<(), Outcome> {
        let mut disk = Disk::new(course.between[0].clone(), self.loss.sequential);
        // The states when the first so many uncertain changes were kept: nothing new until something becomes certain.
        let mut first: Vec<String> = Vec::new();
        for made in 0..=course.written.len() {
            (self.session.progress)(format!("the power lost after {made} changes"));
            let last = course.written.get(made.wrapping_sub(1));
            let allowed = course.allowed(made);
            for n in 0..=disk.uncertain() {
                let kept = disk.first(n);
                let at = || describe(&disk, made, last, &kept);
                if first.len() == n {
                    first.push(self.state_of(&disk.image(&kept), at)?);
                }
                self.judge(&first[n], states, allowed, at)?;
            }
            for kept in disk.others(made as u64) {
                let at = || describe(&disk, made, last, &kept);
                let state = self.state_of(&disk.image(&kept), at)?;
                self.judge(&state, states, allowed, at)?;
            }
            if course.written.get(made).is_some_and(|written| disk.change(written)) {
                first.clear();
            }
        }
        Ok(())
    }

    /// The state of the files, after they have been checked; of files that were looked at before it is known.
    fn state_of(&mut self, image: &Image, at: impl Fn() -> String) -> Result<String, Outcome> {
        let hash = digest(image);
        if let Some(state) = self.known.get(&hash) {
            return Ok(state.clone());
        }
        restore(&Files::of(image))?;
        let (loss, check) = (self.loss, &self.check);
        let looked = self.session.apart(|session| look(session, loss, check, &at));
        let state = match looked {
            Err(Outcome::Unsound { .. }) if loss.promise == Promise::Nothing => DAMAGED.to_owned(),
            looked => looked?,
        };
        self.known.insert(hash, state.clone());
        Ok(state)
    }

    /// Whether a state is one that is promised where so many steps were complete.
    fn judge(
        &mut self,
        state: &str,
        states: &[String],
        allowed: Allowed,
        at: impl Fn() -> String,
    ) -> Result<(), Outcome> {
        let Allowed { complete, begun } = allowed;
        let is_at = |place: usize| states.get(place).is_some_and(|known| known == state);
        let came = match () {
            () if begun && is_at(complete + 1) && !is_at(complete) => "as the interrupted step leaves it",
            () if is_at(complete) => "as it was before the interrupted step",
            () if self.loss.promise != Promise::Durable
                && states[..complete].iter().any(|it| it == state) =>
            {
                "as an earlier step left it"
            }
            () if self.loss.promise == Promise::Nothing && state == DAMAGED => DAMAGED,
            () if self.loss.promise == Promise::Nothing => "as no step left it",
            () => {
                let earliest = if self.loss.promise == Promise::Durable { complete } else { 0 };
                return Err(Outcome::Unsound {
                    at: at(),
                    step: format!("query {}", self.loss.state),
                    expected: Some(one_of(&states[earliest..=complete + usize::from(begun)])),
                    actual: state.to_owned(),
                });
            }
        };
        *self.came.entry(came.to_owned()).or_default() += 1;
        Ok(())
    }
}

/// States in their order, each once.
fn one_of(states: &[String]) -> String {
    let mut each: Vec<&str> = Vec::new();
    for state in states {
        if !each.contains(&state.as_str()) {
            each.push(state);
        }
    }
    each.join(" or ")
}

/// How far the steps were when the power was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Allowed {
    /// So many steps had returned.
    complete: usize,
    /// The next one had begun.
    begun: bool,
}

impl Course {
    fn allowed(&self, made: usize) -> Allowed {
        let complete = self.marks.iter().skip(1).filter(|mark| **mark <= made).count();
        Allowed { complete, begun: self.marks[complete] != made }
    }
}

fn describe(disk: &Disk<'_>, made: usize, last: Option<&FileChange>, kept: &Selection) -> String {
    let last = last.map_or_else(|| "the beginning".to_owned(), |last| format!("change {made}, {last}"));
    format!("the power lost after {last}; {}", disk.describe(kept))
}

/// Nobody makes images to deceive it, and hashing is a fifth of a search by SHA-256.
type Digest = u128;

fn digest(image: &Image) -> Digest {
    let mut hasher = Xxh3::new();
    for (name, bytes) in image {
        hasher.update(&(name.len() as u64).to_le_bytes());
        hasher.update(name.as_bytes());
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes.as_slice());
    }
    hasher.digest128()
}

/// Opens the files, checks them, and asks for their state.
fn look(
    session: &mut Session,
    loss: &PowerLoss,
    check: &[Numbered<'_>],
    at: &impl Fn() -> String,
) -> Result<String, Outcome> {
    let open = Step::of(Call::Open(Open::of(loss.path.clone().unwrap_or_else(|| "a.db".to_owned()))));
    let integrity = Step {
        expect: Some(Expect::Scalar(Literal::Value(Value::text("ok")))),
        ..Step::of(Call::Query(Query::of("PRAGMA integrity_check".to_owned())))
    };
    let ours = |step| Numbered { number: 0, step };
    all_fine(session, &[ours(&open)], at)?;
    match check {
        [] => all_fine(session, &[ours(&integrity)], at)?,
        check => all_fine(session, check, at)?,
    }
    // An error is no state: else a query that never works would find all images alike.
    let state = Step::of(Call::Query(Query::of(loss.state.clone())));
    let outcome = session.step(&ours(&state));
    if outcome.succeeded() { Ok(outcome.to_string()) } else { Err(unsound(&at(), &ours(&state), &outcome)) }
}
