//! Libraries that were built for another program, as [`copies`](crate::copies) prepares them.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// The extension of the file beside such a library.
pub const SIDECAR: &str = "functions.json";

/// Where the functions of a library are that it does not export.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addresses {
    /// Whether the code works only at the addresses that its file names.
    pub is_fixed: bool,
    /// The addresses in the file, by name.
    pub functions: BTreeMap<String, u64>,
}

impl Addresses {
    /// What stands beside the library; `None` for one of our builds.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn beside(library: &Path) -> io::Result<Option<Self>> {
        match std::fs::read(library.with_extension(SIDECAR)) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}
