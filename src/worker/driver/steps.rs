//! The steps of a run, numbered for the counting allocator: it knows of each block which step allocated it.

use std::collections::HashMap;

use crate::contract::verb::Verb;
use crate::worker::ffi::allocator;

/// The longest name of a step; SQL can be long.
const LONGEST_NAME: usize = 100;

/// The numbers of steps. A verb is known by its address: the verbs of a run do not move.
#[derive(Default)]
pub(super) struct Steps {
    numbers: HashMap<usize, u32>,
}

impl Steps {
    /// Numbers the steps and those inside them, in runs that count allocations.
    pub fn of(verbs: &[Verb]) -> Self {
        let mut steps = Self::default();
        if allocator::is_installed() || verbs.iter().any(Verb::installs_malloc) {
            let mut names = vec!["0 before the first step".to_owned()];
            verbs.iter().enumerate().for_each(|(at, verb)| steps.add(verb, (at + 1).to_string(), &mut names));
            allocator::name_steps(names);
        }
        steps
    }

    /// A step is called by its place, `2` or `2.1` inside the second, and by what it does.
    fn add(&mut self, verb: &Verb, place: String, names: &mut Vec<String>) {
        let number = u32::try_from(names.len()).unwrap_or(u32::MAX);
        self.numbers.insert(address(verb), number);
        names.push(short(format!("{place} {}", verb.describe())));
        for (at, step) in verb.steps().enumerate() {
            self.add(&step.verb, format!("{place}.{}", at + 1), names);
        }
    }

    /// Tells the allocator that a step begins; returns which one that interrupts.
    pub fn begin(&self, verb: &Verb) -> Option<u32> {
        self.numbers.get(&address(verb)).map(|number| allocator::begin(*number))
    }

    /// Tells the allocator that the interrupted step goes on.
    pub fn resume(&self, interrupted: Option<u32>) {
        if let Some(step) = interrupted {
            allocator::resume(step);
        }
    }
}

fn address(verb: &Verb) -> usize {
    std::ptr::from_ref(verb).addr()
}

fn short(name: String) -> String {
    match name.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name,
    }
}
