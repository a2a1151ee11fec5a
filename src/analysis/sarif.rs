//! What documents in SARIF 2.1.0 share, <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>. They are written
//! as plain JSON: they need a dozen of the format's many hundred properties.

use serde_json::{Value, json};

/// A document of one run.
pub(super) fn document(rules: Vec<Value>, results: Vec<Value>) -> Value {
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "sqlite-contracts",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "results": results,
        }],
    })
}
