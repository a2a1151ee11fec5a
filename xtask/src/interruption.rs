//! Signals: what happens when a command is interrupted, by Ctrl-C or by a signal that asks it to end, and what it needs
//! to know of the processes that it starts.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlite_contracts::system;

/// 128 and the number of SIGINT, as shells have it.
const INTERRUPTED: i32 = 130;

/// From now on an interrupted command removes what it has in the making, says so and ends. Its workers and compilers end
/// with it. Where the system refuses a handler, it ends at once, and the next command removes what it left.
pub(crate) fn prepare() {
    system::keep_ended_children();
    let _ = ctrlc::set_handler(|| {
        system::tidy_up_before_the_end();
        if std::io::stderr().is_terminal() {
            // A progress bar is there.
            let _ = console::Term::stderr().clear_line();
        }
        anstream::eprintln!("interrupted");
        std::process::exit(INTERRUPTED);
    });
}

/// The program that is being recorded, once it runs; [`ENDED`] when it has ended.
static RECORDED: AtomicU32 = AtomicU32::new(0);
const ENDED: u32 = u32::MAX;

/// From now on a signal is the recorded program's affair: one that came to this command alone is passed on, one to the whole
/// group, as of Ctrl-C, has reached the program already. This command ends when that has, and has made its trace.
#[cfg(unix)]
pub(crate) fn leave_to_program() {
    const BY_SIGNAL: i32 = 128;
    let each = |arrived: system::signals::Arrived| match RECORDED.load(Ordering::Relaxed) {
        0 => {
            system::tidy_up_before_the_end();
            anstream::eprintln!("interrupted");
            std::process::exit(BY_SIGNAL + arrived.signal);
        }
        ENDED => {}
        program => arrived.pass_on(program),
    };
    if let Err(error) = system::signals::watch(each) {
        anstream::eprintln!("signals to this command do not reach the program: {error}");
    }
}

/// Programs are not recorded here.
#[cfg(not(unix))]
pub(crate) fn leave_to_program() {}

/// Signals are this program's from now on.
pub(crate) fn program_runs(program: u32) {
    RECORDED.store(program, Ordering::Relaxed);
}

/// The program has ended, and its trace is being made.
pub(crate) fn program_ended() {
    RECORDED.store(ENDED, Ordering::Relaxed);
}
