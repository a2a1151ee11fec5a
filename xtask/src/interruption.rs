//! Signals: what happens when a command is interrupted, by Ctrl-C or by a signal that asks it to end, and what it needs
//! to know of the processes that it starts.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use sqlite_contracts::system;

/// 128 and the number of SIGINT, as shells have it.
const INTERRUPTED: i32 = 130;

/// Whether the first interruption is left to the command.
static IS_WAITED_FOR: AtomicBool = AtomicBool::new(false);
/// Whether it has come.
static HAS_COME: AtomicBool = AtomicBool::new(false);

/// From now on an interrupted command removes what it has in the making, says so and ends. Its workers and compilers end
/// with it. Where the system refuses a handler, it ends at once, and the next command removes what it left.
pub(crate) fn prepare() {
    system::keep_ended_children();
    let _ = ctrlc::set_handler(|| {
        if IS_WAITED_FOR.load(Ordering::Relaxed) && !HAS_COME.swap(true, Ordering::Relaxed) {
            return;
        }
        system::tidy_up_before_the_end();
        if std::io::stderr().is_terminal() {
            // A progress bar is there.
            let _ = console::Term::stderr().clear_line();
        }
        anstream::eprintln!("interrupted");
        std::process::exit(INTERRUPTED);
    });
}

/// From now on the command looks for the first interruption itself, ends soon after it and says what is worth saying. The
/// second one ends it at once.
pub(crate) fn wait_for_us() {
    IS_WAITED_FOR.store(true, Ordering::Relaxed);
}

/// Whether an interruption has come that this command was to look for.
pub(crate) fn has_come() -> bool {
    HAS_COME.load(Ordering::Relaxed)
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
