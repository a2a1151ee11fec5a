//! What a driver does not have: verbs, and arguments of verbs.

use super::Checker;
use crate::contract::Driver;
use crate::contract::node::Node;
use crate::contract::verb::{Fold, Lifetime, PrepareVersion, Scalar, Verb};
use crate::outcome::sqlite_names::DeserializeFlag;

impl Checker<'_> {
    /// Whether the case's driver has the verb and its arguments.
    pub(super) fn driver(&mut self, verb: &Verb, node: &Node) {
        let Some(driver) = self.facts.driver else { return };
        let (ours, other) = match driver {
            Driver::Capi => ("capi", "rusqlite"),
            Driver::Rusqlite => ("rusqlite", "capi"),
        };
        if !verb.is_of(driver) {
            let name = verb.name();
            let diagnostic =
                self.diagnostic(node, &name, format!("the driver `{ours}` has no verb `{name}`"));
            self.mistakes.push(diagnostic.help(format!("the driver `{other}` has it: `driver: {other}`")));
        }
        if let Some((word, why)) = lacking(verb, driver) {
            self.mistake(node, word, why);
        }
        if driver == Driver::Capi && panics(verb) {
            let diagnostic = self.diagnostic(node, "does", "only rusqlite catches a panic in a function");
            self.mistakes.push(diagnostic.help("the driver `rusqlite` does: `driver: rusqlite`"));
        }
    }
}

/// The argument that the driver does not have, and why, where one is written.
fn lacking(verb: &Verb, driver: Driver) -> Option<(&'static str, &'static str)> {
    use Driver::{Capi, Rusqlite};
    const FREES: &str = "rusqlite itself frees what SQLite hands out";
    let (is_written, word, why) = match (verb, driver) {
        (Verb::Prepare(prepare), Capi) => {
            (prepare.cached, "cached", "only the driver `rusqlite` has a statement cache")
        }
        (Verb::Prepare(prepare), Rusqlite) => {
            (prepare.version != PrepareVersion::V2, "version", "rusqlite itself chooses how it prepares")
        }
        (Verb::Bind(bind), Capi) => {
            (bind.written_as.is_some(), "as", "only the driver `rusqlite` binds Rust's types")
        }
        (Verb::Bind(bind), Rusqlite) => {
            (bind.lifetime != Lifetime::default(), "lifetime", "rusqlite itself chooses how it binds")
        }
        (Verb::Exec(exec), Rusqlite) => (exec.keep.is_some(), "keep", FREES),
        (Verb::ExpandedSql(expanded), Rusqlite) => (expanded.keep.is_some(), "keep", FREES),
        (Verb::Serialize(serialize), Rusqlite) => {
            (serialize.nocopy, "nocopy", "rusqlite itself chooses whether it copies")
        }
        (Verb::Deserialize(deserialize), Rusqlite) => (
            deserialize.flags.iter().any(|flag| *flag != DeserializeFlag::Readonly),
            "flags",
            "rusqlite itself chooses who frees the bytes: only `readonly` is yours",
        ),
        (Verb::Doubles(doubles), Rusqlite) => {
            (doubles.read_as != Default::default(), "as", "rusqlite itself chooses how it reads")
        }
        _ => return None,
    };
    is_written.then_some((word, why))
}

/// Whether the verb registers something that panics.
fn panics(verb: &Verb) -> bool {
    match verb {
        Verb::Function(function) => function.does == Scalar::Panic,
        Verb::Aggregate(aggregate) | Verb::WindowFunction(aggregate) => {
            matches!(aggregate.does, Fold::PanicInStep(_) | Fold::PanicInFinal)
        }
        _ => false,
    }
}
