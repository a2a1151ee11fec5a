//! What can be wrong with blocks of steps.

use super::Checker;
use crate::contract::node::{Kind as NodeKind, Node};
use crate::contract::step::Step;
use crate::contract::verb::{
    ActorName, Block, Call, Damage, Fact, Kind, LeastMemory, LimitedBy, Open, PowerLoss, Repeat, Schedule,
    Sweep, SweptOver, Threads, Turn, Verb, unable_to_fail,
};
use crate::outcome::io::Failure;

impl<'a> Checker<'a> {
    pub(super) fn block(&mut self, block: &'a Block, node: &Node) {
        if let Some(driver) = self.facts.driver.filter(|driver| driver.is_of_a_language())
            && !matches!(block, Block::Repeat(_))
        {
            let name = block.name();
            let message =
                format!("`{name}` needs the library in its own process, unlike `{}`", driver.name());
            self.mistake(node, name, message);
        }
        match block {
            Block::Repeat(repeat) => self.repeat(block, repeat, node),
            Block::Sweep(sweep) => self.sweep(block, sweep, node),
            Block::PowerLoss(loss) => self.power_loss(block, loss, node),
            Block::Schedule(schedule) => self.schedule(block, schedule, node),
            Block::Threads(threads) => self.threads(block, threads, node),
            Block::LeastMemory(least) => self.least_memory(block, least, node),
            Block::Damage(damage) => self.damage(block, damage, node),
        }
    }

    fn repeat(&mut self, block: &'a Block, repeat: &'a Repeat, node: &Node) {
        if repeat.warmup >= repeat.times {
            self.mistake(node, "warmup", "`warmup` must be smaller than `times`");
        }
        let measure = repeat.measure.as_ref().map(|measure| &*measure.0);
        if let Some(measure) = measure {
            self.measure(measure, node);
        }
        self.within(block, node, &["steps"], "there is nothing to repeat");
        if let Some(Verb::Call(measure)) = measure {
            self.uses(measure, node);
        }
    }

    fn measure(&mut self, measure: &Verb, node: &Node) {
        if !matches!(measure.kind(), Kind::Quantity | Kind::Value | Kind::Rows) {
            let message = format!("`{}` gives no number that could grow", measure.name());
            self.mistake(node, measure.name(), message);
        }
        if let Verb::Call(measure) = measure {
            self.driver(measure, node);
        }
    }

    fn sweep(&mut self, block: &'a Block, sweep: &Sweep, node: &Node) {
        if sweep.at_most == Some(0) {
            self.mistake(node, "at_most", "`at_most` is 1 or more: 0 allocations are no sweep");
        }
        if sweep.only == Some(0) {
            self.mistake(node, "only", "`only` is 1 or more");
        }
        let of_io = [
            ("operation", sweep.operation.is_some()),
            ("file", sweep.file.is_some()),
            ("error", sweep.error != Failure::default()),
        ];
        if sweep.over == SweptOver::Allocations
            && let Some((word, _)) = of_io.iter().find(|(_, is_given)| *is_given)
        {
            self.mistake(node, word, format!("`{word}` has a meaning only with `over: io`"));
        }
        self.mistaken(node, sweep.operation.and_then(unable_to_fail));
        self.apart(block, node, &["setup", "steps"]);
        self.apart(block, node, &["after"]);
    }

    fn power_loss(&mut self, block: &'a Block, loss: &'a PowerLoss, node: &Node) {
        self.apart(block, node, &["setup", "steps"]);
        let opened = Call::Open(Open::of(String::new()));
        self.apart_with(block, node, &["check"], Some(&opened));
        if let Some(path) = &loss.path {
            self.path(path, node);
        }
    }

    fn schedule(&mut self, block: &'a Block, schedule: &'a Schedule, node: &Node) {
        if let Some(what) = schedule.needs_mutexes()
            && !self.process.has_mutexes
        {
            let message = format!("{what} needs mutexes that can be watched");
            let diagnostic = self.diagnostic(node, "mutexes", message);
            self.mistakes.push(diagnostic.help("begin the case with the step `config: mutex`"));
        }
        for list in ["a", "b", "c", "after"] {
            self.apart(block, node, &[list]);
        }
        if schedule.at_most == 0 {
            self.mistake(node, "at_most", "`at_most` is 1 or more: 0 orders are no schedule");
        }
        let turns = schedule.begin.iter().chain(&schedule.run);
        let lists = [&schedule.a, &schedule.b, &schedule.c].map(Vec::as_slice);
        self.actors(lists, turns, &schedule.begin, node);
    }

    fn threads(&mut self, block: &'a Block, threads: &'a Threads, node: &Node) {
        let opened = threads.shared.clone().map(Call::Open);
        for list in ["a", "b", "c"] {
            self.apart_with(block, node, &[list], opened.as_ref());
        }
        self.apart(block, node, &["after"]);
        if let Some(Open { path, .. }) = &threads.shared {
            self.path(path, node);
        }
        if threads.times == 0 {
            self.mistake(node, "times", "`times` is 1 or more");
        }
        let lists = [&threads.a, &threads.b, &threads.c];
        for step in lists.into_iter().flatten() {
            self.in_a_thread(step, node);
            let name = step.verb.name();
            if threads.shared.is_some() && !is_for_shared(step) {
                let message =
                    format!("`{name}` is not for a connection that threads share: use `exec` and `query`");
                self.mistake(node, name, message);
            }
        }
        self.actors(lists.map(Vec::as_slice), threads.begin.iter(), &threads.begin, node);
    }

    /// What a thread cannot do, also in a block. `within` finds what is not for any block.
    fn in_a_thread(&mut self, step: &Step, node: &Node) {
        let (verb, name) = (&step.verb, step.verb.name());
        if verb.is_for_one_thread() && !verb.is(Fact::Outermost) && !verb.is(Fact::EndsProcess) {
            self.mistake(node, name, format!("`{name}` has no meaning in `threads`: put it before"));
        }
        match verb {
            Verb::Call(Call::Open(open)) if open.vfs.as_deref() == Some("watched") => {
                self.mistake(node, "vfs", "the watched file system is for one thread");
            }
            Verb::Block(block) => block.steps().for_each(|step| self.in_a_thread(step, node)),
            _ => {}
        }
    }

    /// Actors and the turns that they take.
    fn actors<'t>(
        &mut self,
        lists: [&[Step]; 3],
        mut turns: impl Iterator<Item = &'t Turn>,
        begin: &[Turn],
        node: &Node,
    ) {
        let actors = || ActorName::ALL.into_iter().zip(lists);
        for (actor, _) in actors().take(2).filter(|(_, steps)| steps.is_empty()) {
            let list = actor.to_string();
            self.mistake(node, &list, format!("`{list}` is empty: there are two actors or three"));
        }
        if lists[2].is_empty() && turns.any(|turn| turn.actor == ActorName::C) {
            self.mistake(node, "c", "there is no actor `c`");
        }
        if begin.iter().any(|turn| turn.hold_back) {
            self.mistake(
                node,
                "hold_back",
                "`hold_back` has no meaning in `begin`: nobody is interrupted there",
            );
        }
        for (actor, steps) in actors() {
            let begun: u64 = begin.iter().filter(|turn| turn.actor == actor).map(|turn| turn.n).sum();
            if begun > steps.len() as u64 {
                let message = format!("`begin` runs {begun} steps of `{actor}`, which has {}", steps.len());
                self.mistake(node, "begin", message);
            }
        }
    }

    fn least_memory(&mut self, block: &'a Block, least: &LeastMemory, node: &Node) {
        let [low, high] = least.between;
        if low >= high {
            let message = "`between` is the least and the greatest limit to try, in this order";
            self.mistake(node, "between", message);
        }
        if low == 0 && least.by == LimitedBy::HardHeapLimit {
            self.mistake(node, "between", "a hard heap limit of 0 is none: begin with 1 or more");
        }
        if least.resolution == 0 {
            self.mistake(node, "resolution", "`resolution` is 1 or more");
        }
        self.apart(block, node, &["steps"]);
    }

    fn damage(&mut self, block: &'a Block, damage: &Damage, node: &Node) {
        self.path(&damage.of, node);
        self.mistaken(node, damage.mistake());
        self.apart(block, node, &["setup"]);
        self.apart(block, node, &["steps"]);
    }

    /// Lists of steps that are run again and again, one after the other, without the handles of the case.
    fn apart(&mut self, block: &'a Block, node: &Node, lists: &[&str]) {
        self.apart_with(block, node, lists, None);
    }

    /// The same for steps that come after a call that the block makes.
    fn apart_with(&mut self, block: &'a Block, node: &Node, lists: &[&str], after: Option<&Call>) {
        let mut inside = self.process.scope.without_things();
        after.into_iter().for_each(|call| inside.after(call, 0));
        let outside = std::mem::replace(&mut self.process.scope, inside);
        self.within(block, node, lists, "there is nothing to run");
        self.process.scope = outside;
    }

    /// The steps of some of a block's lists; one that is empty and named `steps` is a mistake.
    fn within(&mut self, block: &'a Block, node: &Node, lists: &[&str], nothing: &str) {
        let meant = block.lists().into_iter().filter(|(list, _)| lists.contains(list));
        let outside = self.within.replace(block);
        let apart = self.apart;
        if !block.facts().contains(&Fact::Iterates) {
            self.apart = Some(block);
        }
        for (list, steps) in meant {
            if list == "steps" && steps.is_empty() {
                self.mistake(node, list, format!("`steps` is empty: {nothing}"));
            }
            for (step, node) in steps.iter().zip(nested(node, block.name(), list)) {
                self.nested(step, node);
            }
        }
        (self.within, self.apart) = (outside, apart);
    }

    fn nested(&mut self, step: &'a Step, node: &Node) {
        if let Some(block) = self.apart
            && step.verb.is(Fact::Outermost)
        {
            let name = step.verb.name();
            self.mistake(node, name, format!("`{name}` has no meaning in `{}`: put it before", block.name()));
        }
        self.step(step, node);
    }
}

/// Whether a thread can do this with a connection that it shares.
fn is_for_shared(step: &Step) -> bool {
    match &step.verb {
        Verb::Call(call) => matches!(call, Call::Exec(_) | Call::Query(_)),
        Verb::Block(block) => block.steps().all(is_for_shared),
        Verb::Check(_) => false,
    }
}

/// The nodes of a list of steps inside a step.
fn nested<'a>(node: &'a Node, block: &str, list: &str) -> &'a [Node] {
    let steps = node.get(block).and_then(|arguments| arguments.get(list));
    match steps.map(|steps| &steps.kind) {
        Some(NodeKind::List(items)) => items,
        _ => &[],
    }
}
