//! The name of the command line program, for messages that name the next command.

use std::sync::LazyLock;

/// The name that the help texts are written with.
pub const NAME_HERE: &str = "cargo xtask";

/// The environment variable by which a repository with an alias for the commands names it, as this one does in
/// `.cargo/config.toml`.
const VARIABLE: &str = "SQLITE_CONTRACTS_PROGRAM";

/// The command as it is typed: `sqlite-contracts build --list`.
pub fn command(arguments: &str) -> String {
    format!("{} {arguments}", name())
}

/// `sqlite-contracts`, unless the environment variable `SQLITE_CONTRACTS_PROGRAM` names another.
pub fn name() -> &'static str {
    static NAME: LazyLock<String> =
        LazyLock::new(|| std::env::var(VARIABLE).unwrap_or_else(|_| "sqlite-contracts".to_owned()));
    &NAME
}
