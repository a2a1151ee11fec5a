//! The worker as a program of its own: what tests start.

fn main() -> std::process::ExitCode {
    let args: Vec<_> = std::env::args_os().skip(1).collect();
    sqlite_contracts::worker::main(&args)
}
