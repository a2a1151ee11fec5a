//! The JSON Schemas of the files in `sqlite-builds/`, from their types.

use schemars::{Schema, schema_for};

use super::manifest::RawManifest;
use super::mutant::RawMutant;
use super::profile::RawProfile;

/// The schemas by the names of their files in `schemas/`, each with a line feed at its end.
pub fn schemas() -> [(&'static str, String); 3] {
    let text = |schema: Schema| format!("{:#}\n", schema.as_value());
    [
        ("build-manifest.json", text(schema_for!(RawManifest))),
        ("profile.json", text(schema_for!(RawProfile))),
        ("mutant.json", text(schema_for!(RawMutant))),
    ]
}
