//! `cargo xtask matrix` with nothing changed, against the cargo in it.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use sqlite_contracts::project::Project;

use crate::clock::{ROUNDS, median, pairs};

/// What cargo alone does for the command: see that there is nothing to compile, and start it.
const OF_CARGO: &[&str] = &["xtask", "--version"];

/// Measures both.
pub(crate) fn measure(project: &Project) -> Result<()> {
    let whole = || seconds(project, &["xtask", "matrix"]);
    let of_cargo = || seconds(project, OF_CARGO);
    let (whole, of_cargo) = pairs(whole, of_cargo)?;
    let beyond: Vec<f64> = whole.iter().zip(&of_cargo).map(|(whole, of_cargo)| whole - of_cargo).collect();
    println!(
        "warm matrix: {:.2} s, of which {:.2} s are cargo's; {:.2} s beyond (medians of {ROUNDS} pairs; at most 0.5)",
        median(&whole),
        median(&of_cargo),
        median(&beyond)
    );
    Ok(())
}

fn seconds(project: &Project, arguments: &[&str]) -> Result<f64> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let started = Instant::now();
    let output = Command::new(cargo)
        .args(arguments)
        .current_dir(project.root())
        .stdin(Stdio::null())
        .output()
        .context("cannot start cargo")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cargo {} failed: {said}", arguments.join(" "));
    Ok(started.elapsed().as_secs_f64())
}
