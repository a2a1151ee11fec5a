//! What a profile needs of the machine besides a compiler: a library of somebody else, with its headers.

use std::path::Path;
use std::sync::PoisonError;

use anyhow::Context;
use schemars::JsonSchema;
use serde::Deserialize;

use super::compile::Compiler;
use super::error::BuildError;
use super::profile::Profile;
use super::store::Store;
use super::{Build, platform};
use crate::system::scratch::Scratch;

/// What a machine may lack for a profile. Builds of it are then absent, as a library is that nobody has installed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Needs")]
pub struct Needs {
    /// What is needed, and how to get it.
    #[schemars(example = &"ICU and its headers (Debian's package libicu-dev)")]
    pub what: String,
    /// Headers of it: it is there when a file that includes them compiles and links.
    #[schemars(length(min = 1), example = ["unicode/ucol.h"])]
    pub headers: Vec<String>,
    /// Its libraries, as the linker names them.
    #[schemars(length(min = 1), example = ["icui18n", "icuuc"])]
    pub link: Vec<String>,
}

impl Needs {
    /// The linker's arguments, which come behind the objects that need them.
    pub(super) fn linked(&self) -> impl Iterator<Item = String> {
        self.link.iter().map(|library| format!("-l{library}"))
    }
}

/// The file that is compiled to find out.
const PROBE: &str = "needs.c";

impl Store {
    /// Whether the machine has what a build's profile needs, found out once for each profile.
    ///
    /// # Errors
    /// [`BuildError::Lacking`], or no compiler.
    pub(super) fn check_needs(&self, build: &Build) -> Result<(), BuildError> {
        let profile = build.profile();
        let Some(needs) = &profile.needs else { return Ok(()) };
        let compiler = self.compiler()?;
        let mut known = self.lacks.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.contains_key(&profile.name) {
            let lack = lack(compiler, profile, needs, &self.project().scratch())?;
            known.insert(profile.name.clone(), lack);
        }
        match known.get(&profile.name).cloned().flatten() {
            Some(reason) => Err(BuildError::Lacking { what: needs.what.clone(), reason }),
            None => Ok(()),
        }
    }
}

/// What the compiler says of it; `None` when it has nothing to say.
fn lack(
    compiler: &Compiler,
    profile: &Profile,
    needs: &Needs,
    scratch: &Path,
) -> Result<Option<String>, BuildError> {
    let folder = Scratch::new(&scratch.join("needs"))?;
    let includes = needs.headers.iter().map(|header| format!("#include <{header}>\n"));
    let code = includes.chain(["int probe(void) { return 0; }\n".to_owned()]).collect::<String>();
    std::fs::write(folder.file(PROBE), code).context("cannot write the file that is compiled")?;
    let mut command = compiler.to_command();
    command.current_dir(folder.path()).env("LC_ALL", "C");
    command.args(&profile.compiler).arg(PROBE).args(platform::LINK);
    command.args(platform::library(platform::LIBRARY)).args(needs.linked());
    let output = command.output().context("cannot start the compiler")?;
    let printed = String::from_utf8_lossy(&[output.stderr, output.stdout].concat()).into_owned();
    Ok((!output.status.success()).then(|| complaint(&printed)))
}

/// The first line of what a compiler or linker prints that is the error, without the place in our own file.
fn complaint(printed: &str) -> String {
    let is_error = |line: &&str| line.contains("error") || line.contains("cannot find");
    let line = printed.lines().find(is_error).or(printed.lines().next()).unwrap_or("the compiler failed");
    let said = line.rsplit_once("error: ").map_or(line, |(_, said)| said);
    said.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_complaint_is_the_line_that_says_what_is_missing() {
        let gcc = "needs.c:1:10: fatal error: unicode/ucol.h: No such file or directory\n    1 | #include <unicode/ucol.h>\n";
        assert_eq!(complaint(gcc), "unicode/ucol.h: No such file or directory");
        let ld = "/usr/bin/ld: cannot find -licui18n: No such file or directory\ncollect2: error: ld returned 1 exit status\n";
        assert_eq!(complaint(ld), "/usr/bin/ld: cannot find -licui18n: No such file or directory");
        assert_eq!(complaint("killed\n"), "killed");
        assert_eq!(complaint(""), "the compiler failed");
    }
}
