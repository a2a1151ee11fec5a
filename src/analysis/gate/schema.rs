//! The JSON Schemas of the files that a gate reads and writes, generated from the types and published in `schemas/`.

use schemars::{Schema, schema_for};

use super::format::json;
use super::plan::Plan;
use super::policy::RawPolicy;
use super::report::Report;

/// Each file in `schemas/`, with its text.
pub fn schemas() -> [(&'static str, String); 3] {
    let text = |schema: Schema| json(schema.as_value());
    [
        ("gate-policy.json", text(schema_for!(RawPolicy))),
        ("gate-report.json", text(schema_for!(Report))),
        ("plan.json", text(schema_for!(Plan))),
    ]
}
