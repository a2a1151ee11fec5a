//! What people type to run our commands: messages name the next one.

use std::sync::LazyLock;

/// The name that the texts of commands are written with.
pub const NAME_HERE: &str = "cargo xtask";

/// What a repository with an alias for the commands sets it to: ours does, in `.cargo/config.toml`.
pub const VARIABLE: &str = "SQLITE_CONTRACTS_PROGRAM";

/// The command that a person types: `sqlite-contracts build --list`.
pub fn command(arguments: &str) -> String {
    format!("{} {arguments}", name())
}

/// `sqlite-contracts`, unless [`VARIABLE`] names another.
pub fn name() -> &'static str {
    static NAME: LazyLock<String> =
        LazyLock::new(|| std::env::var(VARIABLE).unwrap_or_else(|_| "sqlite-contracts".to_owned()));
    &NAME
}
