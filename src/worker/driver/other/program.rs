//! The process of a program, and the guard in it, which knows what the library holds.

use std::io::{BufRead, BufReader, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{FdFlags, fcntl_setfd};

use super::wire;
use super::{Call, Outcome, Verb};
use crate::system;
use crate::worker::launch::Launch;

/// Names the variable that says which descriptor the guard's end of its socket is.
const GUARD_VARIABLE: &str = "SQLITE_CONTRACTS_GUARD";

/// A running program.
pub(super) struct Program {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    guard: BufReader<UnixStream>,
    /// The missing functions that were called, and not yet told.
    called: Vec<String>,
    /// What the library holds when nothing is open.
    held: i64,
    /// Whether the library lacks a function that the program links to. Which call reaches one is known of calls that are
    /// sent one by one only.
    lacks_functions: bool,
    /// How many calls were sent whose replies are not read.
    ahead: usize,
    /// The lines of calls, because a repetition makes the same ones again.
    lines: Vec<(Verb, String)>,
}

/// How many bytes of requests may wait: a program that is busy writing replies leaves them in the pipe, which has 64 KiB.
const MOST_AHEAD: usize = 32 << 10;
/// How many lines are kept.
const MOST_LINES: usize = 16;

impl Program {
    /// Starts the program of this worker and waits until it is ready.
    pub(super) fn start() -> Self {
        let started = Launch::of_this_process()
            .ok_or_else(|| std::io::Error::other("no program was named"))
            .and_then(|launch| Self::of(&launch));
        started.unwrap_or_else(|error| end_worker(&format!("a driver's program does not start: {error}")))
    }

    fn of(launch: &Launch) -> std::io::Result<Self> {
        let (ours, theirs) = UnixStream::pair()?;
        fcntl_setfd(&theirs, FdFlags::empty())?;
        let mut command = launch.command();
        command.env(GUARD_VARIABLE, theirs.as_raw_fd().to_string());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        // Else its death would not end what is read from our end.
        drop(theirs);
        let (input, output) =
            child.stdin.take().zip(child.stdout.take()).ok_or(std::io::ErrorKind::BrokenPipe)?;
        let mut program = Self {
            child,
            input,
            output: BufReader::new(output),
            guard: BufReader::new(ours),
            called: Vec::new(),
            held: 0,
            lacks_functions: false,
            ahead: 0,
            lines: Vec::new(),
        };
        program.line();
        program.lacks_functions = program.number("stand_ins") > 0;
        program.held = program.number("memory_used");
        Ok(program)
    }

    /// Executes a call. One that reached a function which the library lacks is `missing`, whatever the program made of it.
    pub(super) fn run(&mut self, call: &Verb) -> Call<Outcome> {
        if self.ahead == 0 {
            let line = self.line_of(call);
            self.send(&line);
        } else {
            self.ahead -= 1;
        }
        let reply = self.line();
        match self.missing() {
            Some(function) => Err(Outcome::Missing(function)),
            None => wire::outcome(&reply).unwrap_or_else(|| {
                end_worker(&format!("the driver's program answers what is no reply: {}", reply.trim_end()))
            }),
        }
    }

    /// Sends calls before their turn, which spares a change of processes for each. They come next.
    pub(super) fn send_ahead(&mut self, calls: &[&Verb], stop_at_failure: bool) {
        if self.ahead > 0 || self.lacks_functions {
            return;
        }
        let mut lines = String::new();
        for call in calls {
            let line = match self.line_of(call) {
                line if stop_at_failure && self.ahead > 0 => wire::only_after_success(&line),
                line => line,
            };
            if lines.len() + line.len() > MOST_AHEAD {
                break;
            }
            lines += &line;
            self.ahead += 1;
        }
        self.send(&lines);
    }

    /// Reads the replies to calls that do not come.
    pub(super) fn drop_replies(&mut self) {
        for _ in 0..std::mem::take(&mut self.ahead) {
            self.line();
        }
    }

    fn line_of(&mut self, call: &Verb) -> String {
        if let Some((_, line)) = self.lines.iter().find(|(known, _)| known == call) {
            return line.clone();
        }
        let line = wire::request(call);
        if self.lines.len() == MOST_LINES {
            self.lines.clear();
        }
        self.lines.push((call.clone(), line.clone()));
        line
    }

    /// Asks the guard for a number.
    pub(super) fn number(&mut self, question: &str) -> i64 {
        if self.guard.get_mut().write_all(question.as_bytes()).is_err() {
            self.die();
        }
        loop {
            match self.told() {
                Told::Number(number) => return number,
                Told::Missing(function) => self.called.push(function),
            }
        }
    }

    /// Ends a run. Whether the program may be used again: nothing of the run is left in memory.
    pub(super) fn is_clean(&mut self) -> bool {
        self.drop_replies();
        self.ask(wire::END);
        self.lines.clear();
        let mut is_clean = self.number("remains") == self.held;
        if !is_clean {
            self.ask(wire::COLLECT);
            is_clean = self.number("remains") == self.held;
        }
        self.missing();
        is_clean
    }

    fn ask(&mut self, request: &str) -> String {
        self.send(request);
        self.line()
    }

    fn send(&mut self, lines: &str) {
        if self.input.write_all(lines.as_bytes()).is_err() {
            self.die();
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        match self.output.read_line(&mut line) {
            Ok(length) if length > 0 => line,
            _ => self.die(),
        }
    }

    /// The first missing function that was called since this was last asked.
    pub(super) fn missing(&mut self) -> Option<String> {
        while self.is_told_something() {
            if let Told::Missing(function) = self.told() {
                self.called.push(function);
            }
        }
        std::mem::take(&mut self.called).into_iter().next()
    }

    fn is_told_something(&self) -> bool {
        let mut guard = [PollFd::new(self.guard.get_ref(), PollFlags::IN)];
        let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
        !self.guard.buffer().is_empty()
            || (poll(&mut guard, Some(&at_once)).is_ok() && guard[0].revents().contains(PollFlags::IN))
    }

    fn told(&mut self) -> Told {
        let mut line = String::new();
        match self.guard.read_line(&mut line) {
            Ok(length) if length > 0 => match line.trim_end().strip_prefix("missing ") {
                Some(function) => Told::Missing(function.to_owned()),
                None => Told::Number(line.trim_end().parse().unwrap_or(0)),
            },
            _ => self.die(),
        }
    }

    /// Ends this process as the program has ended: its crash is the case's.
    fn die(&mut self) -> ! {
        match self.child.wait() {
            Ok(status) => {
                system::signal_of(status).into_iter().for_each(system::die_of);
                end_worker(&format!("the driver's program has ended: {status}"))
            }
            Err(error) => end_worker(&error.to_string()),
        }
    }
}

/// What the guard says.
enum Told {
    Number(i64),
    Missing(String),
}

fn end_worker(why: &str) -> ! {
    eprintln!("{why}");
    std::process::exit(1)
}
