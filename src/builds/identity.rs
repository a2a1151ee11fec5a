//! What identifies a compiler in the keys of products. It is remembered, because a compiler is started three times to be
//! detected, and once to say its version.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::BuildError;
use super::compile::TARGET;
use super::store::Store;
use crate::outcome::value::hex;
use crate::system::files::{stamp, write_atomically};

/// Environment variables that change what a compiler produces for the same command.
const COMPILER_ENVIRONMENT: [&str; 9] = [
    "CPATH",
    "C_INCLUDE_PATH",
    "GCC_EXEC_PREFIX",
    "INCLUDE",
    "LIB",
    "LIBRARY_PATH",
    "MACOSX_DEPLOYMENT_TARGET",
    "SDKROOT",
    "SOURCE_DATE_EPOCH",
];

/// Everything about a compiler that can change a product, beside the environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Identity {
    /// The program, and the arguments of every call.
    pub words: Vec<String>,
    /// The variables that every call sets. They are no part of the text: they do not change a product.
    pub variables: BTreeMap<String, String>,
    /// What it says about its version.
    pub version: String,
}

/// An identity on disk.
#[derive(Serialize, Deserialize)]
struct Remembered {
    /// A digest of what decides which compiler is found, and with which arguments.
    under: String,
    identity: Identity,
}

impl Identity {
    /// The identity as one text.
    pub(super) fn text(&self) -> String {
        // Only what compilers read: `cc` passes on the whole environment, which differs from shell to shell.
        let environment = COMPILER_ENVIRONMENT.map(|name| (name, std::env::var_os(name)));
        format!("{TARGET}\n{}\n{}\n{environment:?}", self.words.join("\n"), self.version)
    }

    /// The identity in a file, if it would be found again: in the same environment by the same program, and the
    /// compiler is of the same version.
    pub(super) fn remembered(file: &Path) -> Option<Self> {
        let Remembered { under, identity } = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
        if under != circumstances()? {
            return None;
        }
        let (program, arguments) = identity.words.split_first()?;
        let output =
            Command::new(program).args(arguments).arg("--version").envs(&identity.variables).output().ok()?;
        let version = [output.stdout, output.stderr].concat();
        (output.status.success() && version == identity.version.as_bytes()).then_some(identity)
    }

    /// The identity that was last remembered, whatever has become of that compiler. Products that it made are good where
    /// none can be made.
    fn last(file: &Path) -> Option<Self> {
        let remembered: Remembered = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
        Some(remembered.identity)
    }

    /// Writes the file. What cannot be remembered only costs time.
    pub(super) fn remember(&self, file: &Path) {
        let remembered = circumstances().map(|under| Remembered { under, identity: self.clone() });
        if let Some(Ok(json)) = remembered.map(|it| serde_json::to_string(&it)) {
            let _ = write_atomically(file, json);
        }
    }
}

impl Store {
    /// What identifies the compiler in the keys of products.
    pub(super) fn identity(&self) -> Result<String, BuildError> {
        let file = self.project().scratch().join("compiler.json");
        let detect = || {
            let compiler = self.compiler().ok()?;
            if compiler.has_version_option() {
                compiler.identity().remember(&file);
            }
            Some(compiler.identity().clone())
        };
        // A compiler that somebody names and that is not there is a mistake, which other products would hide.
        let last = || std::env::var_os("CC").is_none().then(|| Identity::last(&file)).flatten();
        match self.identity.get_or_init(|| Identity::remembered(&file).or_else(detect).or_else(last)) {
            Some(identity) => Ok(identity.text()),
            None => Ok(self.compiler()?.identity().text()),
        }
    }
}

/// A digest of this program and of the whole environment, of which `cc` reads many variables.
fn circumstances() -> Option<String> {
    let program = stamp(&std::env::current_exe().ok()?)?;
    let mut environment: Vec<_> = std::env::vars_os().collect();
    environment.sort();
    Some(hex(&Sha256::digest(format!("{program}{environment:?}"))))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_remembered_while_the_compiler_says_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let (file, version) = (folder.path().join("compiler.json"), folder.path().join("version"));
        std::fs::write(&version, "cc 1\n").unwrap();
        let words = ["sh", "-c", &format!("cat {}", version.display())].map(str::to_owned).to_vec();
        let identity = Identity { words, variables: BTreeMap::new(), version: "cc 1\n".to_owned() };
        identity.remember(&file);
        assert_eq!(Identity::remembered(&file), Some(identity.clone()));
        std::fs::write(&version, "cc 2\n").unwrap();
        assert_eq!(Identity::remembered(&file), None);
        std::fs::remove_file(&version).unwrap();
        assert_eq!(Identity::remembered(&file), None);
        assert_eq!(Identity::last(&file), Some(identity.clone()), "what it made can still be loaded");
        std::fs::write(&version, "cc 1\n").unwrap();
        let other = Remembered { under: "another environment".to_owned(), identity };
        std::fs::write(&file, serde_json::to_string(&other).unwrap()).unwrap();
        assert_eq!(Identity::remembered(&file), None);
    }
}
