//! One process, one library: what a case can do to its worker, and that nobody else pays for it.
#![cfg(unix)]

mod bench;
mod budget;
mod damage;
mod dying;
mod environment;
mod hostile;
mod joint;
mod language;
mod memory;
mod orders;
mod outcomes;
mod programs;
mod threads;
mod workers;
