//! A line on stderr for work that is quick most of the time, and nobody knows when it is not.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use super::settings::is_quiet;

/// Nobody wonders before.
const PATIENCE: Duration = Duration::from_secs(2);

/// Works, and says what for where it takes longer than a moment.
pub(crate) fn told<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let tell = || {
        if !is_quiet() {
            anstream::eprintln!("{what}");
        }
    };
    told_after(PATIENCE, tell, work)
}

fn told_after<T>(patience: Duration, tell: impl FnOnce() + Send, work: impl FnOnce() -> T) -> T {
    let (working, over) = channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            if over.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
                tell();
            }
        });
        // Over when this is dropped, also by a panic.
        let _working = working;
        work()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_long_is_told_while_it_does() {
        let (tell, told) = channel();
        assert_eq!(
            told_after(Duration::ZERO, move || tell.send("slow").unwrap(), || told.recv()),
            Ok("slow")
        );
    }

    #[test]
    fn what_is_quick_is_not_told() {
        assert_eq!(told_after(Duration::MAX, || panic!("told"), || 7), 7);
    }
}
