//! What can be wrong with steps that count, refuse or limit memory.

use super::{Checker, nested};
use crate::contract::node::Node;
use crate::contract::step::Step;
use crate::contract::verb::{LeastMemory, LimitedBy, Sweep, Verb};

impl Checker<'_> {
    /// Whether the counting allocator is there for a verb that needs it.
    pub(super) fn malloc(&mut self, verb: &Verb, node: &Node) {
        self.has_malloc |= verb.installs_malloc();
        if verb.needs_malloc() && !self.has_malloc {
            let name = verb.name();
            let message = format!("`{name}` needs the counting allocator");
            let diagnostic = self.diagnostic(node, &name, message);
            self.mistakes.push(diagnostic.help("begin the case with the step `config: malloc`"));
            // One mistake for the whole case.
            self.has_malloc = true;
        }
    }

    pub(super) fn sweep(&mut self, sweep: &Sweep, node: &Node) {
        if sweep.at_most == Some(0) {
            self.mistake(node, "at_most", "`at_most` is 1 or more: 0 allocations are no sweep");
        }
        self.apart(&[("setup", &sweep.setup), ("steps", &sweep.steps)], node, "sweep");
        self.apart(&[("after", &sweep.after)], node, "sweep");
    }

    pub(super) fn least_memory(&mut self, least: &LeastMemory, node: &Node) {
        let [low, high] = least.between;
        if low >= high {
            self.mistake(
                node,
                "between",
                "`between` is the least and the greatest limit to try, in this order",
            );
        }
        if low == 0 && least.by == LimitedBy::HardHeapLimit {
            self.mistake(node, "between", "a hard heap limit of 0 is none: begin with 1 or more");
        }
        if least.resolution == 0 {
            self.mistake(node, "resolution", "`resolution` is 1 or more");
        }
        self.apart(&[("steps", &least.steps)], node, "least_memory");
    }

    /// Lists of steps that are run again and again, one after the other, without the handles of the case.
    fn apart(&mut self, lists: &[(&str, &[Step])], node: &Node, verb: &'static str) {
        if lists.contains(&("steps", &[])) {
            self.mistake(node, "steps", "`steps` is empty: there is nothing to run");
        }
        let inside = self.scope.without_things();
        let outside = std::mem::replace(&mut self.scope, inside);
        let within = self.within.replace(verb);
        let placed = lists.iter().flat_map(|(key, steps)| steps.iter().zip(nested(node, verb, key)));
        for (step, node) in placed {
            if is_of_the_process(&step.verb) {
                let name = step.verb.name();
                self.mistake(node, &name, format!("`{name}` has no meaning in `{verb}`: put it before"));
            }
            self.step(step, node);
        }
        self.within = within;
        self.scope = outside;
    }
}

/// What a run of steps cannot have for itself.
fn is_of_the_process(verb: &Verb) -> bool {
    matches!(
        verb,
        Verb::Config(_)
            | Verb::AddressSpace(_)
            | Verb::ResetAllocations(_)
            | Verb::FailAllocation(_)
            | Verb::Sweep(_)
            | Verb::LeastMemory(_)
    )
}
