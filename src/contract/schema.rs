//! The JSON Schema of the contract language, from its types.

/// The schema as checked in at `contracts/schema.json`, with a line feed at its end.
pub fn schema() -> String {
    let schema = schemars::schema_for!(super::parse::ContractFile);
    let text = serde_json::to_string_pretty(&schema).expect("a schema is plain JSON");
    text + "\n"
}
