//! The steps of a run, numbered for the counting allocator: it knows of each block which step allocated it. A step
//! comes before those inside it; the first has the number 1.

use crate::contract::step::Step;
use crate::contract::verb::{Block, Verb};
use crate::worker::ffi::allocator;

/// The longest name of a step; SQL can be long.
const LONGEST_NAME: usize = 100;

/// A step inside a block, with its number.
#[derive(Clone, Copy)]
pub(super) struct Numbered<'a> {
    pub number: u32,
    pub step: &'a Step,
}

/// The verbs of a run with their numbers.
pub(crate) fn numbered(verbs: &[Verb]) -> impl Iterator<Item = (u32, &Verb)> {
    verbs.iter().scan(1, |next, verb| {
        let number = *next;
        *next += length(verb);
        Some((number, verb))
    })
}

/// The steps of a block with this number, list by list.
pub(super) fn inside(block: &Block, number: u32) -> impl Iterator<Item = Vec<Numbered<'_>>> {
    block.lists().into_iter().scan(number + 1, |next, (_, steps)| {
        let numbered = steps.iter().map(|step| {
            let number = *next;
            *next += length(&step.verb);
            Numbered { number, step }
        });
        Some(numbered.collect())
    })
}

/// How many numbers a verb takes, its own and those of the steps inside it.
fn length(verb: &Verb) -> u32 {
    match verb {
        Verb::Block(block) => 1 + block.steps().map(|step| length(&step.verb)).sum::<u32>(),
        Verb::Call(_) | Verb::Check(_) => 1,
    }
}

/// Tells the counting allocator the names of the steps, in runs that count allocations. Returns whether this is one.
pub(super) fn name(verbs: &[Verb]) -> bool {
    let counts = allocator::is_installed() || verbs.iter().any(Verb::installs_allocator);
    if counts {
        let mut names = vec!["0 before the first step".to_owned()];
        verbs.iter().enumerate().for_each(|(at, verb)| add(verb, &(at + 1).to_string(), &mut names));
        allocator::name_steps(names);
    }
    counts
}

/// A step is called by its place, `2` or `2.1` inside the second, and by what it does.
fn add(verb: &Verb, place: &str, names: &mut Vec<String>) {
    names.push(short(format!("{place} {}", verb.describe())));
    if let Verb::Block(block) = verb {
        for (at, step) in block.steps().enumerate() {
            add(&step.verb, &format!("{place}.{}", at + 1), names);
        }
    }
}

fn short(name: String) -> String {
    match name.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_comes_before_those_inside_it() {
        let setup = "[{repeat: {times: 2, steps: [{step: }]}}]";
        let yaml = format!(
            "[{{open: a}}, {{sweep: {{steps: [{{open: a}}, {{open: b}}], setup: {setup}}}}}, {{step: }}]"
        );
        let verbs: Vec<Verb> = serde_yaml::from_str(&yaml).unwrap();
        let outer: Vec<u32> = numbered(&verbs).map(|(number, _)| number).collect();
        assert_eq!(outer, [1, 2, 7]);
        let Verb::Block(sweep) = &verbs[1] else { unreachable!("it is a sweep") };
        let inner: Vec<Vec<u32>> =
            inside(sweep, 2).map(|list| list.iter().map(|it| it.number).collect()).collect();
        assert_eq!(inner, [vec![3], vec![5, 6], vec![]]);
    }
}
