//! Signals: what happens when a command is interrupted, by Ctrl-C or by a signal that asks it to end, and what it needs
//! to know of the processes that it starts.

use std::io::IsTerminal;

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
