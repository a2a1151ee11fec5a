//! Executing requests, each run in an empty directory and in the process that it needs.

use std::io::{BufReader, StdinLock, Write, stdin};
use std::path::Path;
use std::rc::Rc;
use std::thread::JoinHandle;
use std::time::Instant;

use serde::de::DeserializeOwned;

use super::budget::Limit;
use super::case_directory::CaseDirectory;
use super::confinement::Confinement;
use super::driver::{self, Session};
use super::ffi::Library;
use super::notebook::Notebook;
use super::protocol::{End, GoOn, Note, Reply, Request, RunRequest};
use super::{environment, outstanding, replay, send, spent};
use crate::outcome::relative::Directory;
use crate::system::scratch;

/// What a worker runs cases with.
pub(super) struct Place {
    pub library: &'static Library,
    pub notes: Rc<Notebook>,
    pub confinement: Confinement,
    pub directory: Directory,
}

impl Place {
    /// Executes requests until standard input ends. What comes with the first one says who is to be confined: this
    /// process, or each of its copies, which then can read what the system shows of them.
    pub(super) fn serve_requests(
        &mut self,
        output: &mut impl Write,
        directory: &Path,
    ) -> std::io::Result<()> {
        let mut engine = Engine { input: BufReader::new(stdin().lock()), output };
        let mut watch = None;
        while let Ok(request) = engine.receive::<Request>() {
            if watch.is_none() {
                crate::system::limit_file_size(request.budget.of(Limit::File))?;
                if !request.runs.iter().any(|run| run.fresh && COPIES) {
                    self.confinement.enter()?;
                }
                watch = Some(watch_standard_input(directory));
            }
            self.answer(&request, &mut engine)?;
            send(engine.output, &Reply::Done)?;
        }
        match watch.flatten() {
            Some(watch) => drop(watch.join()),
            None => tidy_up(directory),
        }
        Ok(())
    }

    /// Executes the runs, each in an empty directory. A process that is not clean executes no further one.
    fn answer(&mut self, request: &Request, engine: &mut Engine<impl Write>) -> std::io::Result<()> {
        let started = Instant::now();
        for run in &request.runs {
            spent::begin(request.budget);
            let how = match run.functions.iter().find(|function| !self.library.has(function)) {
                Some(function) => End::Lacks(function.clone()),
                None if self.execute_where_it_should(run, engine)? => End::Clean,
                None => End::Unclean,
            };
            let go_on = how != End::Unclean;
            self.notes.write(&Note::End {
                how,
                at: started.elapsed(),
                said: crate::system::said_so_far(),
            })?;
            if !go_on {
                break;
            }
        }
        Ok(())
    }

    /// Executes a run here, or in a copy of this process. Returns whether another run may follow.
    fn execute_where_it_should(
        &mut self,
        run: &RunRequest,
        engine: &mut Engine<impl Write>,
    ) -> std::io::Result<bool> {
        let is_as_before =
            if run.fresh { self.execute_apart(run, engine)? } else { self.execute(run, engine)? };
        // The engine empties a directory that other processes may still use.
        Ok(is_as_before && (!run.pauses.is_empty() || CaseDirectory::at(".").clear().is_ok()))
    }

    /// Executes a run and leaves this process as it was.
    #[cfg(target_os = "linux")]
    #[expect(unsafe_code, reason = "only this module knows which threads a worker has")]
    fn execute_apart(&mut self, run: &RunRequest, engine: &mut Engine<impl Write>) -> std::io::Result<bool> {
        let work = || {
            replay::open_traces(&run.verbs);
            self.confinement.enter()?;
            self.execute(run, engine).map(drop)
        };
        // SAFETY: what other threads a worker has only wait, and hold no lock that the copy would find taken: the one
        // that watches standard input, and in a test executable libtest's.
        unsafe { super::ffi::in_a_copy(work) }?;
        Ok(true)
    }

    /// Where processes are not copied: this one serves one run.
    #[cfg(not(target_os = "linux"))]
    fn execute_apart(&mut self, run: &RunRequest, engine: &mut Engine<impl Write>) -> std::io::Result<bool> {
        replay::open_traces(&run.verbs);
        self.execute(run, engine)?;
        Ok(false)
    }

    /// Executes a run. Returns whether it left this process as it was.
    fn execute(&self, run: &RunRequest, engine: &mut Engine<impl Write>) -> std::io::Result<bool> {
        let places = Rc::clone(&self.notes);
        let progress = Box::new(move |at| {
            let _ = places.write(&Note::At(at));
        });
        let keeps_stacks = run.keeps_stacks && outstanding::keep_stacks(self.library);
        let mut session = Session::new(self.library, run, progress);
        for (done, (number, verb)) in (1..).zip(driver::numbered(&run.verbs)) {
            if run.pauses.is_empty() {
                session.expect(run.verbs[done - 1..].iter(), false);
            }
            let mut outcome = session.execute(number, verb);
            self.directory.cut_from(&mut outcome);
            environment::check(&outcome, Path::new("."))?;
            if let Some(excess) = spent::exceeded(&outcome) {
                self.notes.write(&Note::OverBudget(excess))?;
                break;
            }
            self.notes.write(&Note::Outcome(outcome))?;
            if run.pauses.contains(&done) {
                engine.pause()?;
            }
        }
        if keeps_stacks {
            self.notes.write(&outstanding::note()?)?;
        }
        Ok(session.end())
    }
}

/// The other end of standard input and output.
struct Engine<'a, Output> {
    input: BufReader<StdinLock<'static>>,
    output: &'a mut Output,
}

impl<Output: Write> Engine<'_, Output> {
    fn receive<T: DeserializeOwned>(&mut self) -> std::io::Result<T> {
        ciborium::from_reader(&mut self.input).map_err(std::io::Error::other)
    }

    /// Lets other processes execute steps of the case.
    fn pause(&mut self) -> std::io::Result<()> {
        send(self.output, &Reply::Paused)?;
        self.receive().map(|GoOn| ())
    }
}

/// Whether a run that needs a process of its own gets a copy of this one.
const COPIES: bool = cfg!(target_os = "linux");

/// Ends this process when whoever started it is gone.
fn watch_standard_input(directory: &Path) -> Option<JoinHandle<()>> {
    let directory = directory.to_owned();
    crate::system::end_with_standard_input(move || tidy_up(&directory))
}

/// The test executable ends without tidying up, and a killed process too: its last worker does it.
fn tidy_up(directory: &Path) {
    directory.parent().into_iter().for_each(scratch::remove_abandoned);
}
