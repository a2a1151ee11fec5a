//! A program is started once on each product, to see whether it is a driver there.

use std::fs::File;
use std::io::{Read, Seek};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::Unable;
use super::found::lacking;
use crate::builds::Product;
use crate::contract::DriverVersion;
use crate::system;
use crate::worker::launch::{Greeting, Launch};

/// How long a program may take to say that it is ready and to end, on a loaded machine under a sanitizer.
const WITHIN: Duration = Duration::from_secs(30);
/// How often it is looked whether it has ended.
const OFTEN: Duration = Duration::from_millis(2);

/// What a program did that got no request.
struct Said {
    /// None of one that did not end, and was killed.
    status: Option<ExitStatus>,
    output: String,
    errors: String,
}

/// Starts the program, which says which library it has, and ends when its input does.
///
/// # Errors
/// The library lacks a function, or the program crashes on it, or has another one: the driver does not work on this build.
/// One that says nothing, or something else than the greeting, is broken.
pub(super) fn start(driver: &DriverVersion, launch: &Launch, product: &Product) -> Result<(), Unable> {
    let here = |why: &str| lacking(&format!("`{driver}` that starts on this build"), why);
    let said = said(launch.command(), WITHIN).map_err(|error| here(&error.to_string()))?;
    let greeting = judge(driver, &said)?;
    if product.info.source_id.is_empty() || greeting.source_id == product.info.source_id {
        return Ok(());
    }
    Err(here(&format!("{} has another SQLite: {}", greeting.ready, greeting.source_id)).into())
}

/// The greeting in what a program said, or what it is without one.
fn judge(driver: &DriverVersion, said: &Said) -> Result<Greeting, Unable> {
    if let Some(function) = said.errors.lines().find_map(|line| line.strip_prefix("missing ")) {
        return Err(Unable::Lacking(format!("needs function {function}")));
    }
    let broken = |how: &str| Unable::Broken(format!("the program of `{driver}` {how}{}", said.telling()));
    let line = said.output.lines().next().unwrap_or_default();
    let greeting: Option<Greeting> = serde_json::from_str(line).ok();
    let Some(status) = said.status else {
        let seconds = WITHIN.as_secs();
        return Err(broken(&match greeting {
            None => format!("does not say within {seconds} s that it is ready"),
            Some(_) => format!("does not end within {seconds} s when its input ends"),
        }));
    };
    if system::signal_of(status).is_some() {
        let how = system::describe_end(status);
        return Err(Unable::Lacking(format!("`{driver}` crashes on this build when it starts: {how}")));
    }
    if !status.success() {
        return Err(broken(&format!("ends with {status} when it starts")));
    }
    greeting.ok_or_else(|| match line {
        "" => broken("ends without a greeting"),
        line => broken(&format!("does not greet, but says `{line}`")),
    })
}

impl Said {
    /// Its own words of what is wrong, behind a colon: an interpreter names its error last.
    fn telling(&self) -> String {
        let is_telling = |line: &&str| line.contains("Error");
        let line = self.errors.lines().rfind(is_telling).or(self.errors.lines().last());
        line.map_or_else(String::new, |line| format!(": {}", line.trim()))
    }
}

/// Lets a program run to its end, but no longer than this.
fn said(mut command: Command, within: Duration) -> std::io::Result<Said> {
    // Files, because a pipe stays open as long as any process has it.
    let (mut output, mut errors) = (tempfile::tempfile()?, tempfile::tempfile()?);
    command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(errors.try_clone()?);
    let status = wait(&mut command.spawn()?, within)?;
    Ok(Said { status, output: text(&mut output)?, errors: text(&mut errors)? })
}

fn wait(child: &mut Child, within: Duration) -> std::io::Result<Option<ExitStatus>> {
    let until = Instant::now() + within;
    loop {
        let status = child.try_wait()?;
        if status.is_some() {
            return Ok(status);
        }
        if Instant::now() >= until {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(OFTEN);
    }
}

fn text(file: &mut File) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn judged(script: &str) -> Result<Greeting, Unable> {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        judge(&"python".parse().unwrap(), &said(command, WITHIN).unwrap())
    }

    #[test]
    fn a_program_that_does_not_greet_is_broken() {
        let broken = |script| match judged(script) {
            Err(Unable::Broken(why)) => why,
            other => panic!("{script}: {other:?}"),
        };
        assert_eq!(broken(""), "the program of `python` ends without a greeting");
        assert_eq!(broken("echo hello"), "the program of `python` does not greet, but says `hello`");
        let said = broken("echo 'SyntaxError: no' >&2; echo more >&2; exit 3");
        assert!(said.contains("ends with exit status: 3 when it starts: SyntaxError: no"), "{said}");
    }

    #[test]
    fn a_program_that_does_not_end_is_ended() {
        let mut command = Command::new("sh");
        command.args(["-c", "exec sleep 1000"]);
        assert_eq!(said(command, Duration::ZERO).unwrap().status, None);
    }

    #[test]
    fn what_a_program_that_did_not_end_has_said_is_told() {
        let judged = |output: &str, errors: &str| {
            let said = Said { status: None, output: output.to_owned(), errors: errors.to_owned() };
            match judge(&"python".parse().unwrap(), &said) {
                Err(Unable::Broken(why)) => why,
                other => panic!("{other:?}"),
            }
        };
        let silent = judged("", "waiting\n");
        assert!(silent.ends_with("does not say within 30 s that it is ready: waiting"), "{silent}");
        let idle = judged("{\"ready\": \"x\", \"source_id\": \"y\"}\n", "");
        assert!(idle.contains("when its input ends"), "{idle}");
    }

    #[test]
    fn what_a_build_does_to_a_program_is_no_fault_of_the_program() {
        let lacking = |script| match judged(script) {
            Err(Unable::Lacking(why)) => why,
            other => panic!("{script}: {other:?}"),
        };
        assert_eq!(lacking("echo missing sqlite3_x >&2; exit 1"), "needs function sqlite3_x");
        let crashed = lacking("kill -SEGV $$");
        assert!(crashed.starts_with("`python` crashes on this build when it starts: "), "{crashed}");
        let greeted = judged(r#"echo '{"ready": "x", "source_id": "y"}'"#).unwrap();
        assert_eq!(greeted.source_id, "y");
    }
}
