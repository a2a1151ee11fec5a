//! The commands as `cargo xtask` runs them, in this repository.

fn main() -> std::process::ExitCode {
    xtask::main()
}
