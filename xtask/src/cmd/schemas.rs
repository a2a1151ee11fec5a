//! What `--format json` prints is described in `schemas/`.

use std::path::Path;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};

use super::{
    audit, doctor, exchange, fits, gate, history, leaks, list, matrix, memory, min_version, review, tidy,
    try_subject, why,
};

/// The schema of what is written of a type: a field that may be left out is not required.
pub(crate) fn of<T: JsonSchema>() -> Schema {
    SchemaSettings::default().for_serialize().into_generator().into_root_schema_for::<T>()
}

/// The schemas of the commands whose output is made of types; those of `gate`, `plan` and `audit` are the library's.
fn schemas() -> [(&'static str, Schema); 15] {
    [
        ("audit-list", audit::list_schema()),
        ("builds", list::schema()),
        ("doctor", doctor::schema()),
        ("exchange", exchange::schema()),
        ("fits", fits::schema()),
        ("history", history::schema()),
        ("latency", gate::latency_schema()),
        ("leaks", leaks::schema()),
        ("matrix", matrix::schema()),
        ("memory", memory::schema()),
        ("min-version", min_version::schema()),
        ("review", review::schema()),
        ("tidy", tidy::schema()),
        ("try", try_subject::schema()),
        ("why", why::schema()),
    ]
}

#[test]
fn the_schemas_on_file_are_the_types() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("schemas");
    for (name, schema) in schemas() {
        let text = serde_json::to_string_pretty(schema.as_value()).unwrap() + "\n";
        let file = folder.join(format!("{name}.json"));
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write(&file, &text).unwrap();
        }
        assert!(
            std::fs::read_to_string(&file).unwrap_or_default() == text,
            "schemas/{name}.json is not the type any more: run `UPDATE_SCHEMA=1 cargo test -p sqlite-contracts --lib schemas`"
        );
    }
}
