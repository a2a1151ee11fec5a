//! The commands as `cargo install` installs them, for any repository.

fn main() -> std::process::ExitCode {
    xtask::main()
}
