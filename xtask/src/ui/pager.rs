//! Long results on a terminal, shown by the user's pager.

use std::ffi::OsString;
use std::io::{ErrorKind, IsTerminal, Write};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use super::settings::may_page;

/// What is printed while a command runs whose result may be long; `None` where it is printed at once.
static HELD: Mutex<Option<String>> = Mutex::new(None);

/// From now on results are kept until [`show`], if there is a terminal to page them on.
pub(crate) fn hold() {
    let is_wanted = std::io::stdout().is_terminal() && std::io::stdin().is_terminal();
    if is_wanted && may_page() && has_reader(|name| std::env::var_os(name)) && program().is_some() {
        *held() = Some(String::new());
    }
}

/// Whether somebody reads what a terminal shows: under CI nobody is there to leave a pager.
fn has_reader(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    variable("CI").is_none()
}

/// Keeps a text; `false` where it has to be printed.
pub(super) fn keeps(text: &str) -> bool {
    let mut held = held();
    let Some(kept) = held.as_mut() else { return false };
    kept.push_str(text);
    kept.push('\n');
    true
}

/// Shows what was kept: by the pager when it is longer than the terminal is high and the pager can be started.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn show() -> std::io::Result<()> {
    let Some(text) = held().take() else { return Ok(()) };
    let rows = console::Term::stdout().size_checked().map_or(0, |(rows, _)| usize::from(rows));
    let is_long = text.lines().count() >= rows;
    match is_long.then(program).flatten().map(|program| page(&program, &text)) {
        Some(Ok(true)) => Ok(()),
        _ => anstream::stdout().write_all(text.as_bytes()),
    }
}

fn held() -> std::sync::MutexGuard<'static, Option<String>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `$PAGER`, which may have arguments; `None` where the user wants none.
fn program() -> Option<String> {
    match std::env::var("PAGER") {
        Ok(program) if program.trim().is_empty() || program.trim() == "cat" => None,
        Ok(program) => Some(program),
        Err(_) => Some(if cfg!(windows) { "more" } else { "less" }.to_owned()),
    }
}

/// Shows a text by a pager; whether it was shown. One that fails of itself has shown nothing that can be relied on, and a
/// text that is printed twice is better than one that is lost; who ends a pager has seen enough.
fn page(program: &str, text: &str) -> std::io::Result<bool> {
    let mut command = shell(program);
    // As git does: colours, and the text stays on the screen.
    if std::env::var_os("LESS").is_none() {
        command.env("LESS", "RX");
    }
    let mut pager = command.stdin(Stdio::piped()).spawn()?;
    if let Some(mut input) = pager.stdin.take() {
        let text = if super::output::color() {
            text.to_owned()
        } else {
            anstream::adapter::strip_str(text).to_string()
        };
        // Who leaves the pager early has read enough.
        match input.write_all(text.as_bytes()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(error),
            _ => {}
        }
    }
    // By a shell a signal is told as 128 and its number.
    const SIGNALLED: i32 = 128;
    Ok(pager.wait()?.code().is_none_or(|code| code == 0 || code > SIGNALLED))
}

/// The command as the user's shell would run it: `less -R | tee log` is one.
fn shell(program: &str) -> Command {
    let (name, option) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut command = Command::new(name);
    command.args([option, program]);
    command
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn nobody_reads_a_pager_under_ci() {
        assert!(has_reader(|_| None));
        assert!(!has_reader(|name| (name == "CI").then(|| "1".into())));
    }

    #[test]
    fn a_pager_may_have_arguments_and_a_pipe() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("paged out");
        let program = format!("tr a-y b-z | cat -- > '{}'", file.display());
        assert!(page(&program, "gal\n").unwrap());
        assert_eq!(std::fs::read_to_string(file).unwrap(), "hbm\n");
    }

    #[test]
    fn what_a_pager_fails_to_show_was_not_shown() {
        let long = "a line\n".repeat(100_000);
        for failing in ["false", "no-such-pager-anywhere 2>/dev/null", "cat >/dev/null; exit 3"] {
            assert!(!page(failing, &long).unwrap(), "{failing}");
        }
        assert!(page("head -n 1 >/dev/null", &long).unwrap(), "who leaves early has read enough");
        assert!(page("kill -INT $$", &long).unwrap(), "who interrupts has read enough");
    }
}
