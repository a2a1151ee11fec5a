//! Attacks on the tool, each with its count: processes killed at random points, mutated files, damaged products, hostile
//! surroundings. All are ignored, since together they take minutes:
//! `cargo test -p sqlite-contracts --test torture -- --ignored --nocapture`.
//!
//! Every random choice comes from `TORTURE_SEED` (1 when it is not set); a failure names what to set it to.
#![cfg(target_os = "linux")]

mod commands;
mod environments;
mod inputs;
mod mutation;
mod processes;
mod products;
mod project;
mod readers;
#[path = "../support/mod.rs"]
mod support;
mod workers;

/// What the random choices of an attack come from.
fn random(attack: &str) -> fastrand::Rng {
    let seed =
        std::env::var("TORTURE_SEED").map_or(1, |seed| seed.parse().expect("TORTURE_SEED is a number"));
    println!("{attack}: TORTURE_SEED={seed}");
    fastrand::Rng::with_seed(seed)
}
