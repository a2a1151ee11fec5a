//! The calls of a trace in their order: those of all processes, one after the other. A call that others happened beside is
//! made where it ended.

use std::collections::BTreeMap;
use std::rc::Rc;

use anyhow::{Result, anyhow, bail};

use super::call::{Body, Call, Happening, Known, Node, Opened};
use crate::trace::{Event, Item, Shape, Trace, first_event};

/// What calls are made by.
pub(crate) trait Visit {
    /// A process of the trace begins, with its number.
    fn begin(&mut self, process: u32, started: u64);
    /// Makes a call. Returns whether to go on.
    fn call(&mut self, call: &Call<'_>) -> Result<bool>;
    /// A process ended; these calls of its had begun.
    fn end(&mut self, process: u32, unfinished: Vec<String>);
}

/// Makes all calls of a trace.
///
/// # Errors
/// Where the trace is damaged.
pub(crate) fn read(trace: &Trace, visit: &mut dyn Visit) -> Result<()> {
    let mut cursors = Vec::new();
    for process in 0..trace.about().processes.len() {
        let process = u32::try_from(process)?;
        let mut cursor = Cursor::new(process);
        cursor.settle(trace, visit)?;
        cursor.rest();
        cursors.push(cursor);
    }
    loop {
        let next = cursors.iter_mut().filter(|cursor| !cursor.is_done).min_by_key(|cursor| cursor.order);
        let Some(cursor) = next else { return Ok(()) };
        if cursor.rests {
            cursor.rests = false;
            cursor.settle(trace, visit)?;
        }
        if !(cursor.ordered(visit)? && cursor.settle(trace, visit)?) {
            return Ok(());
        }
    }
}

/// A call that has begun.
struct Pending {
    function: Rc<Known>,
    begin: Box<[u8]>,
    body: Body,
    place: u64,
}

/// How far a process has come.
struct Cursor {
    process: u32,
    /// The next piece of its events.
    piece: usize,
    content: Rc<Vec<u8>>,
    /// Where the piece stands in the file, for what is wrong with it.
    from: u64,
    at: usize,
    functions: Vec<Option<Rc<Known>>>,
    thread: u64,
    /// The calls of each thread that have begun.
    open: BTreeMap<u64, Vec<Pending>>,
    /// The number of its next begin or end among those of all processes.
    order: u64,
    place: u64,
    has_begun: bool,
    /// What its events have to fit.
    shape: Shape,
    is_done: bool,
    /// Nothing of it has happened yet, and none of its events is in memory.
    rests: bool,
}

/// An array of two that begins with -1: a call ends.
const END: [u8; 2] = [0x82, 0x20];

/// Whether the event at the beginning of these bytes has a number among those of all processes: a call that begins, -1
/// (one ends), -5 (a process) and -6 (a file).
fn is_ordered(bytes: &[u8]) -> bool {
    match bytes {
        [0x82, second, ..] if *second < 0x20 => true,
        [_, 0x20 | 0x24 | 0x25, ..] => true,
        _ => false,
    }
}

impl Cursor {
    fn new(process: u32) -> Self {
        Self {
            process,
            piece: 0,
            content: Rc::default(),
            from: 0,
            at: 0,
            functions: Vec::new(),
            thread: 0,
            open: BTreeMap::new(),
            order: 0,
            place: 0,
            has_begun: false,
            shape: Shape::default(),
            is_done: false,
            rests: false,
        }
    }

    /// Forgets all but when it begins.
    fn rest(&mut self) {
        let order = self.order;
        *self = Self { order, is_done: self.is_done, rests: true, ..Self::new(self.process) };
    }

    /// Goes on to the next event that has a number among those of all processes. Returns whether to go on.
    fn settle(&mut self, trace: &Trace, visit: &mut dyn Visit) -> Result<bool> {
        loop {
            while self.at >= self.content.len() {
                let Some((from, content)) = trace.piece(self.process as usize, self.piece)? else {
                    self.finish(visit);
                    return Ok(true);
                };
                self.piece += 1;
                (self.from, self.content, self.at) = (from, Rc::new(content), 0);
            }
            let content = Rc::clone(&self.content);
            if is_ordered(&content[self.at..]) {
                return Ok(true);
            }
            let (event, length) = self.event(&content)?;
            match event {
                Event::Begin { .. } | Event::End { .. } | Event::File { .. } | Event::Process(_) => {
                    bail!(
                        "the frame at byte {} is damaged: its events are not in the shortest form",
                        self.from
                    );
                }
                Event::Call { function, arguments, results } => {
                    let bytes = &content[self.at..self.at + length];
                    self.at += length;
                    if !self.whole(function, &arguments, &results, (bytes, None), visit)? {
                        return Ok(false);
                    }
                }
                other => {
                    self.at += length;
                    self.local(other)?;
                }
            }
        }
    }

    fn event<'a>(&mut self, content: &'a [u8]) -> Result<(Event<'a>, usize)> {
        let read = first_event(&content[self.at..]);
        let read = read.map_err(|_| format!("the event at byte {} of its contents cannot be read", self.at));
        let read = read.and_then(|(event, length)| self.shape.read(&event).map(|()| (event, length)));
        read.map_err(|what| anyhow!("the frame at byte {} is damaged: {what}", self.from))
    }

    fn local(&mut self, event: Event<'_>) -> Result<()> {
        match event {
            Event::Function { number, function } => {
                let at = usize::try_from(number)?;
                if self.functions.len() <= at {
                    self.functions.resize(at + 1, None);
                }
                self.functions[at] = Some(Rc::new(Known::new(function.name)));
            }
            Event::Thread(thread) => self.thread = thread,
            Event::Order(order) => self.order = order,
            _ => {}
        }
        Ok(())
    }

    fn function(&self, number: u64) -> Result<Rc<Known>> {
        let known = usize::try_from(number).ok().and_then(|at| self.functions.get(at)?.clone());
        match known {
            Some(known) => Ok(known),
            None => bail!("the frame at byte {} is damaged: no function has the number {number}", self.from),
        }
    }

    /// The next begin, end, file or process.
    fn ordered(&mut self, visit: &mut dyn Visit) -> Result<bool> {
        let content = Rc::clone(&self.content);
        let (event, length) = self.event(&content)?;
        let begin = &content[self.at..self.at + length];
        self.at += length;
        self.order += 1;
        match event {
            Event::Begin { function, arguments } if content[self.at..].starts_with(&END) => {
                let (event, length) = self.event(&content)?;
                let end = &content[self.at..self.at + length];
                self.at += length;
                self.order += 1;
                let Event::End { results } = event else { return Ok(true) };
                return self.whole(function, &arguments, &results, (begin, Some(end)), visit);
            }
            Event::Begin { function, .. } => {
                self.place += 1;
                let (function, place) = (self.function(function)?, self.place);
                let open = self.open.entry(self.thread).or_default();
                open.push(Pending { function, begin: begin.into(), body: Body::new(), place });
            }
            Event::End { .. } => return self.end(begin, visit),
            Event::File { path, copy, is_new } => {
                let path = match path {
                    Item::Text(path) => path.as_bytes(),
                    Item::BrokenText(path) => path,
                    _ => bail!("the frame at byte {} is damaged: a file without a path", self.from),
                };
                let opened = Opened { path: path.to_vec(), copy: copy.map(str::to_owned), is_new };
                if let Some(open) = self.open.get_mut(&self.thread).and_then(|open| open.last_mut()) {
                    open.body.push(Happening::File(opened));
                }
            }
            Event::Process(process) => {
                if process.is_little_endian != cfg!(target_endian = "little") {
                    bail!("it was recorded on a machine of another byte order");
                }
                self.has_begun = true;
                visit.begin(self.process, process.started);
            }
            _ => {}
        }
        Ok(true)
    }

    /// A call in which nothing happened: it is made now, unless it happened inside another one.
    fn whole(
        &mut self,
        function: u64,
        arguments: &[Item<'_>],
        results: &[Item<'_>],
        (begin, end): (&[u8], Option<&[u8]>),
        visit: &mut dyn Visit,
    ) -> Result<bool> {
        self.place += 1;
        let (function, place) = (self.function(function)?, self.place);
        if let Some(open) = self.open.get_mut(&self.thread).and_then(|open| open.last_mut()) {
            let node = Node::new(function, begin.into(), end.map(Into::into), Body::new(), place);
            open.body.push(Happening::Call(node));
            return Ok(true);
        }
        visit.call(&Call {
            function: &function,
            process: self.process,
            place,
            arguments,
            results,
            body: None,
        })
    }

    /// The innermost call of this thread ends.
    fn end(&mut self, end: &[u8], visit: &mut dyn Visit) -> Result<bool> {
        let open = self.open.entry(self.thread).or_default();
        let Some(Pending { function, begin, body, place }) = open.pop() else {
            bail!("the frame at byte {} is damaged: a call ends that has not begun", self.from);
        };
        let node = Node::new(function, begin, Some(end.into()), body, place);
        match open.last_mut() {
            Some(outer) => {
                outer.body.push(Happening::Call(node));
                Ok(true)
            }
            None => node.with(self.process, |call| visit.call(call)).unwrap_or(Ok(true)),
        }
    }

    fn finish(&mut self, visit: &mut dyn Visit) {
        self.is_done = true;
        self.content = Rc::default();
        if self.has_begun {
            let open = self.open.values().flatten();
            let unfinished = open.map(|pending| pending.function.name.clone()).collect();
            visit.end(self.process, unfinished);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::made_up::{Events, trace};
    use crate::trace::{DEEPEST, MOST_BETWEEN};

    /// What was visited, a word for each.
    #[derive(Default)]
    struct Seen(Vec<String>);

    impl Visit for Seen {
        fn begin(&mut self, process: u32, _: u64) {
            self.0.push(format!("begin {process}"));
        }

        fn call(&mut self, call: &Call<'_>) -> Result<bool> {
            let inside = call.body.map_or(0, |body| body.len());
            self.0.push(format!("{}#{} {inside}", call.function.name, call.place));
            Ok(true)
        }

        fn end(&mut self, process: u32, unfinished: Vec<String>) {
            self.0.push(format!("end {process} {}", unfinished.join(" ")).trim_end().to_owned());
        }
    }

    fn seen(processes: &[Events]) -> Result<Vec<String>> {
        let mut seen = Seen::default();
        read(&trace(processes), &mut seen)?;
        Ok(seen.0)
    }

    #[test]
    fn calls_of_all_processes_come_in_their_order() {
        let first = Events::of("a", 0).function(0, "sqlite3_step").event(0, &[&[]]);
        // Another process's call begins and ends before this one ends.
        let first = first.number(-4, 5).event(-1, &[&[0]]).event(0, &[&[], &[]]);
        let second = Events::of("b", 2).function(7, "sqlite3_reset").event(7, &[&[]]).event(-1, &[&[0]]);
        let order = ["begin 0", "begin 1", "sqlite3_reset#1 0", "end 1"];
        let order = [&order[..], &["sqlite3_step#1 0", "sqlite3_step#2 0", "end 0"]].concat();
        assert_eq!(seen(&[first, second]).unwrap(), order);
    }

    #[test]
    fn what_happens_inside_a_call_comes_with_it() {
        let events = Events::of("a", 0).function(0, "sqlite3_step").function(1, "function()");
        let events = events.function(2, "sqlite3_result_int");
        let events = events.event(0, &[&[]]).event(1, &[&[]]).event(2, &[&[1], &[]]).event(-1, &[&[]]);
        let events = events.event(-1, &[&[101]]).event(0, &[&[]]);
        assert_eq!(seen(&[events]).unwrap(), ["begin 0", "sqlite3_step#1 1", "end 0 sqlite3_step"]);
    }

    #[test]
    fn what_does_not_fit_is_an_error_with_its_place() {
        let error = |events: Events| seen(&[events]).unwrap_err().to_string();
        let begun = || Events::of("a", 0).function(0, "sqlite3_step");
        assert!(error(begun().event(-1, &[&[0]])).ends_with("a call ends that has not begun"));
        assert!(error(begun().event(9, &[&[], &[]])).ends_with("no function has the number 9"));
        assert!(error(begun().function(1 << 40, "x")).contains("a function has the number 1099511627776"));
        let deep = (0..=DEEPEST).fold(begun(), |events, _| events.event(0, &[&[]]));
        assert!(error(deep).ends_with("more than 1000 calls inside each other"));
        let last = begun().number(-4, u64::MAX).event(0, &[&[]]);
        assert!(error(last).ends_with("is damaged: an event has the number 18446744073709551615"));
        let threads = (0..=MOST_BETWEEN).fold(begun(), |events, _| events.number(-3, 1));
        assert!(error(threads).ends_with("more than 100000 events between two calls"));
        let mut broken = begun();
        broken.0.extend([0x83, 0x00, 0x9b, 0xff, 0xff]);
        assert!(error(broken).contains("the event at byte "));
        let long_form = begun();
        let long_form = Events([&long_form.0[..], &[0x98, 0x02, 0x00, 0x80]].concat());
        assert!(error(long_form).ends_with("its events are not in the shortest form"));
    }
}
