//! What a driver does not have: verbs, and arguments of verbs.

use super::Checker;
use crate::contract::Driver;
use crate::contract::node::Node;
use crate::contract::verb::{Call, Fold, Lifetime, PrepareVersion, Scalar, Tables};
use crate::outcome::sqlite_names::DeserializeFlag;

impl Checker<'_> {
    /// Whether the case's driver has the verb and its arguments.
    pub(super) fn driver(&mut self, call: &Call, node: &Node) {
        let Some(driver) = self.facts.driver else { return };
        let drivers = call.drivers();
        if !drivers.contains(&driver) {
            let name = call.name();
            let message = format!("the driver `{}` has no verb `{name}`", driver.name());
            let diagnostic = self.diagnostic(node, name, message);
            self.mistakes.push(drivers.iter().map(|it| it.name()).fold(diagnostic, |diagnostic, other| {
                diagnostic.help(format!("the driver `{other}` has it: `driver: {other}`"))
            }));
        }
        if let Some((word, why)) = lacking(call, driver) {
            self.mistake(node, word, why);
        }
        if driver == Driver::Capi && panics(call) {
            let diagnostic = self.diagnostic(node, "does", "only rusqlite catches a panic in a function");
            self.mistakes.push(diagnostic.help("the driver `rusqlite` does: `driver: rusqlite`"));
        }
    }
}

/// The argument that the driver does not have, and why, where one is written.
fn lacking(call: &Call, driver: Driver) -> Option<(&'static str, &'static str)> {
    use Driver::{Apsw, Capi, Go, Node, Python, Rusqlite};
    const FREES: &str = "rusqlite itself frees what SQLite hands out";
    let (is_written, word, why) = match (call, driver) {
        (Call::Prepare(prepare), Capi) => {
            (prepare.cached, "cached", "only the driver `rusqlite` has a statement cache")
        }
        (Call::Prepare(prepare), Rusqlite) => {
            (prepare.version != PrepareVersion::V2, "version", "rusqlite itself chooses how it prepares")
        }
        (Call::Bind(bind), Capi) => {
            (bind.written_as.is_some(), "as", "only the driver `rusqlite` binds Rust's types")
        }
        (Call::Bind(bind), Rusqlite) => {
            (bind.lifetime != Lifetime::default(), "lifetime", "rusqlite itself chooses how it binds")
        }
        (Call::Exec(exec), Rusqlite) => (exec.keep.is_some(), "keep", FREES),
        (Call::ExpandedSql(expanded), Rusqlite) => (expanded.keep.is_some(), "keep", FREES),
        (Call::Serialize(serialize), Rusqlite) => {
            (serialize.nocopy, "nocopy", "rusqlite itself chooses whether it copies")
        }
        (Call::Deserialize(deserialize), Rusqlite) => (
            deserialize.flags.iter().any(|flag| *flag != DeserializeFlag::Readonly),
            "flags",
            "rusqlite itself chooses who frees the bytes: only `readonly` is yours",
        ),
        (Call::Module(module), Rusqlite) => (
            matches!(module.does, Tables::Holds(_)),
            "holds",
            "only the driver `capi` has tables that hold rows",
        ),
        (Call::Exec(exec), Python | Apsw | Go | Node) => {
            (exec.keep.is_some(), "keep", "only `capi` hands a message out")
        }
        (Call::Prepare(prepare), Go | Node) => (
            prepare.cached || prepare.version != PrepareVersion::V2,
            if prepare.cached { "cached" } else { "version" },
            "the driver itself chooses how it prepares",
        ),
        (Call::DbStatus(status), Python | Apsw | Go | Node) => {
            (status.peak, "peak", "there is no peak of several connections")
        }
        (Call::Doubles(doubles), Rusqlite) => {
            (doubles.read_as != Default::default(), "as", "rusqlite itself chooses how it reads")
        }
        _ => return None,
    };
    is_written.then_some((word, why))
}

/// Whether the call registers something that panics.
fn panics(call: &Call) -> bool {
    match call {
        Call::Function(function) => function.does == Scalar::Panic,
        Call::Aggregate(aggregate) | Call::WindowFunction(aggregate) => {
            matches!(aggregate.does, Fold::PanicInStep(_) | Fold::PanicInFinal)
        }
        _ => false,
    }
}
