//! `cargo xtask doctor`: what this machine has, and what it lacks.

use std::process::Command;

use anyhow::Result;
use schemars::JsonSchema;
use serde::Serialize;
use sqlite_contracts::builds::{Compiler, Store};
use sqlite_contracts::contract::Driver;
use sqlite_contracts::languages::{Languages, why_no_node_sqlite};

use crate::support::context;
use crate::support::exit::Exit;
use crate::ui::output::{Format, print, print_json};

/// Disk space for every build, its source and its temporary files, in MiB.
const WANTED_MIB: u64 = 2048;

const AFTER: &str = "\
Examples:
  cargo xtask doctor
  cargo xtask doctor --format json | jq '.[] | select(.required and .found == null)'

";

/// Show which tools are found, which are missing, and how to install them
///
/// Exits with status 3 when something that every run needs is missing.
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Something that a run needs, or can use.
struct Check {
    name: &'static str,
    /// What it is for.
    purpose: &'static str,
    is_required: bool,
    /// What was found, or how to get it.
    found: Result<String, String>,
}

/// Checks everything and prints one line per check.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let project = context::project_or_catalogue()?;
    let store = context::store(&project)?;
    let checks: Vec<Check> = checks(&store).into_iter().chain(languages(&store)).collect();
    let missing = checks.iter().filter(|check| check.is_required && check.found.is_err()).count();
    match args.format {
        Format::Json => print_json(&checks.iter().map(Check::json).collect::<Vec<_>>())?,
        Format::Text => {
            checks.iter().for_each(show);
            print(&match missing {
                0 => "\neverything that a run needs is available".to_owned(),
                missing => format!("\n{missing} missing, which every run needs"),
            });
        }
    }
    Ok(if missing == 0 { Exit::Fine } else { Exit::Environment })
}

/// A check, as `--format json` prints it: `found` is null where it is missing, and then `remedy` says how to get it.
#[derive(Serialize, JsonSchema)]
struct Line<'a> {
    name: &'a str,
    purpose: &'a str,
    required: bool,
    found: Option<&'a str>,
    remedy: Option<&'a str>,
}

impl Check {
    fn json(&self) -> Line<'_> {
        Line {
            name: self.name,
            purpose: self.purpose,
            required: self.is_required,
            found: self.found.as_deref().ok(),
            remedy: self.found.as_ref().err().map(String::as_str),
        }
    }
}

/// The drivers in other languages, found as a run finds them: what they need is made.
fn languages(store: &Store) -> Vec<Check> {
    let languages = Languages::default();
    let check = |driver: &Driver| Check {
        name: driver.name(),
        purpose: "contracts through this driver",
        is_required: false,
        found: languages.describe(&(*driver).into(), store.project()),
    };
    let of_node = Check {
        name: "node:sqlite",
        purpose: "contracts through Node's own module",
        is_required: false,
        found: Err(why_no_node_sqlite()),
    };
    Driver::OF_LANGUAGES.iter().map(check).chain([of_node]).collect()
}

fn checks(store: &Store) -> Vec<Check> {
    let compiler = store.compiler();
    let required = |name, purpose, found| Check { name, purpose, is_required: true, found };
    let optional = |name, purpose, found| Check { name, purpose, is_required: false, found };
    vec![
        required(
            "C compiler",
            "compiles every build",
            compiler.as_ref().map(|found| found.describe()).map_err(ToString::to_string),
        ),
        required("cargo", "fetches sources that are crates", version(&cargo(), "install Rust (rustup)")),
        required("disk", "products and sources", disk(store)),
        optional(
            "sanitizers",
            "the build asan-ubsan",
            compiler.as_ref().map_err(ToString::to_string).and_then(|found| sanitizer(found)),
        ),
        optional("confinement", "a stranger's contracts", confinement()),
        optional("npm", "versions that no crate bundles", version("npm", "install Node.js")),
        optional("curl", "sources that are https archives", version("curl", "install curl")),
        optional("gdb", "backtraces of crashes", version("gdb", "install gdb")),
        optional(
            "cargo-insta",
            "cargo insta review",
            version("cargo-insta", "run `cargo install cargo-insta`"),
        ),
    ]
}

fn show(check: &Check) {
    use clap::builder::styling::{AnsiColor, Style};
    let (sign, style): (&str, Style) = match (&check.found, check.is_required) {
        (Ok(_), _) => ("ok", AnsiColor::Green.on_default()),
        (Err(_), true) => ("missing", crate::ui::output::ERROR),
        (Err(_), false) => ("optional", AnsiColor::Yellow.on_default()),
    };
    let (on, off) = (style.render(), style.render_reset());
    let text = match &check.found {
        Ok(found) => found.clone(),
        Err(remedy) => format!("not found ({}): {remedy}", check.purpose),
    };
    print(&format!("{on}{sign:<8}{off} {:<11} {text}", check.name));
}

fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

/// The first line of `program --version`, else the remedy.
fn version(program: &str, remedy: &str) -> Result<String, String> {
    let output = Command::new(program).arg("--version").output();
    match output {
        Ok(output) if output.status.success() => {
            let printed = String::from_utf8_lossy(&output.stdout);
            // curl appends the versions of its libraries.
            let line = printed.lines().next().unwrap_or_default();
            Ok(line.split(" lib").next().unwrap_or(line).to_owned())
        }
        _ => Err(remedy.to_owned()),
    }
}

/// What keeps a contract in its directory.
fn confinement() -> Result<String, String> {
    let remedy = "only SQLite's own file systems keep a contract in its directory; use Linux 5.13 or later with Landlock";
    sqlite_contracts::worker::confinement::by_system().ok_or_else(|| remedy.to_owned())
}

fn sanitizer(compiler: &Compiler) -> Result<String, String> {
    let path = compiler.runtime("libasan.so");
    let remedy = "install the compiler's sanitizer libraries (libasan, libubsan)";
    path.map(|path| path.display().to_string()).ok_or_else(|| remedy.to_owned())
}

/// Free disk space where products are kept, according to `df`.
fn disk(store: &Store) -> Result<String, String> {
    let target = store.project().target();
    let folder = target.ancestors().find(|folder| folder.is_dir()).unwrap_or(target);
    let output = Command::new("df").args(["-P", "-k"]).arg(folder).output();
    let printed =
        output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let free = printed.lines().nth(1).and_then(|line| line.split_whitespace().nth(3)?.parse::<u64>().ok());
    match free.map(|kib| kib / 1024) {
        None => Ok("free disk space is unknown on this system".to_owned()),
        Some(mib) if mib < WANTED_MIB => {
            Err(format!("{mib} MiB free in {}; all builds take {WANTED_MIB} MiB", folder.display()))
        }
        Some(mib) => Ok(format!("{mib} MiB free in {}", folder.display())),
    }
}

/// The JSON Schema of what `--format json` prints.
#[cfg(test)]
pub(crate) fn schema() -> schemars::Schema {
    crate::cmd::schemas::of::<Vec<Line<'static>>>()
}
