//! Whether the events of a process fit each other, as a recorder writes them.

use std::collections::HashMap;

use super::Event;

/// A function's number in a trace; the recorder has a few hundred.
const MOST_FUNCTIONS: u64 = 10_000;
/// Calls inside calls.
pub(crate) const DEEPEST: usize = 1_000;
/// Events that are no calls, one behind the other: a recorder names each function once, and a thread where it is another.
pub(crate) const MOST_BETWEEN: u64 = 100_000;

/// What the events so far have said.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    functions: Vec<bool>,
    thread: u64,
    /// How many calls of each thread have begun.
    open: HashMap<u64, usize>,
    /// The number of the next begin or end among those of all processes.
    order: u64,
    /// How many events that are no calls came behind the last one.
    between: u64,
}

impl Shape {
    /// The next event.
    ///
    /// # Errors
    /// What is wrong with it here.
    pub(crate) fn read(&mut self, event: &Event<'_>) -> Result<(), String> {
        match event {
            Event::Call { function, .. } => self.known(*function)?,
            Event::Begin { function, .. } => {
                self.known(*function)?;
                self.begin()?;
            }
            Event::End { .. } => {
                self.end()?;
            }
            Event::Function { number, .. } => self.name(*number)?,
            Event::Thread(thread) => self.thread = *thread,
            Event::Order(order) => self.order = *order,
            Event::Process(_) | Event::File { .. } => self.count()?,
            _ => {}
        }
        self.between = match event {
            Event::Call { .. } | Event::Begin { .. } | Event::End { .. } => 0,
            _ => self.between + 1,
        };
        match self.between > MOST_BETWEEN {
            true => Err(format!("more than {MOST_BETWEEN} events between two calls")),
            false => Ok(()),
        }
    }

    fn name(&mut self, number: u64) -> Result<(), String> {
        let at = usize::try_from(number).ok().filter(|_| number < MOST_FUNCTIONS);
        let at = at.ok_or_else(|| format!("a function has the number {number}"))?;
        if self.functions.len() <= at {
            self.functions.resize(at + 1, false);
        }
        self.functions[at] = true;
        Ok(())
    }

    fn known(&self, number: u64) -> Result<(), String> {
        let is_known = usize::try_from(number).is_ok_and(|at| self.functions.get(at) == Some(&true));
        if is_known { Ok(()) } else { Err(format!("no function has the number {number}")) }
    }

    fn begin(&mut self) -> Result<(), String> {
        let open = self.open.entry(self.thread).or_default();
        *open += 1;
        if *open > DEEPEST {
            return Err(format!("more than {DEEPEST} calls inside each other"));
        }
        self.count()
    }

    fn end(&mut self) -> Result<(), String> {
        let open = self.open.get_mut(&self.thread).filter(|open| **open > 0);
        *open.ok_or("a call ends that has not begun")? -= 1;
        self.count()
    }

    /// Something that has a number among those of all processes.
    fn count(&mut self) -> Result<(), String> {
        let next = self.order.checked_add(1);
        self.order = next.ok_or_else(|| format!("an event has the number {}", self.order))?;
        Ok(())
    }
}
