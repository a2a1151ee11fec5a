//! The commands: `sqlite-contracts` where they are installed, `cargo xtask` in this repository.

fn main() -> std::process::ExitCode {
    xtask::main()
}
