//! A profile: a named set of compile-time flags, `sqlite-builds/profiles/<name>.yaml`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use serde_yaml::Spanned;

use super::needs::Needs;
use crate::diagnostic::yaml;
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText};
use crate::project::catalogue;

/// A named set of compile-time flags, with everything that it inherits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The stem of its file.
    pub name: String,
    /// Who ships it, or what it tests.
    pub about: String,
    /// `SQLITE_THREADSAFE=1`, `HAVE_USLEEP`: what `-D` takes.
    pub defines: Vec<String>,
    /// Further arguments of the compiler, such as `-O2`.
    pub compiler: Vec<String>,
    /// C files beside the main one, from the folder of the main one.
    pub sources: Vec<String>,
    /// Folders of headers, from the folder of the main C file.
    pub include: Vec<String>,
    /// Run-time libraries of the compiler that a process must load before the build.
    pub preload: Vec<String>,
    /// Environment variables that a process needs to use the build.
    pub environment: BTreeMap<String, String>,
    /// Properties that a contract may require.
    pub properties: BTreeSet<String>,
    /// What a machine may lack.
    pub needs: Option<Needs>,
}

/// A profile as written.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Profile", description = "A named set of compile-time flags.")]
pub(super) struct RawProfile {
    /// Who ships it, or what it tests.
    #[schemars(example = &"Debian's and Ubuntu's package libsqlite3-0")]
    about: String,
    /// A profile whose flags come first. A define replaces the inherited one of the same name.
    #[schemars(with = "Option<String>", example = &"rusqlite")]
    extends: Option<Spanned<String>>,
    /// Names of inherited defines to leave out.
    #[serde(default)]
    #[schemars(with = "Vec<String>", example = ["SQLITE_ENABLE_FTS5"])]
    remove: Vec<Spanned<String>>,
    /// Macros by their full names.
    #[serde(default)]
    #[schemars(
        with = "Vec<String>",
        inner(regex(pattern = r"^[A-Za-z_][A-Za-z0-9_]*(=.*)?$")),
        example = ["SQLITE_THREADSAFE=0", "HAVE_USLEEP=1"]
    )]
    defines: Vec<Spanned<String>>,
    /// Further arguments of the compiler. The default is `-Og`.
    #[serde(default)]
    #[schemars(example = ["-O2"])]
    compiler: Vec<String>,
    /// C files beside the main one, from the folder of the main one.
    #[serde(default)]
    #[schemars(example = ["sqlite3mc_amalgamation.c"])]
    sources: Vec<String>,
    /// Folders of headers, from the folder of the main C file.
    #[serde(default)]
    #[schemars(example = ["libtomcrypt/headers"])]
    include: Vec<String>,
    /// Run-time libraries of the compiler that a process must load first.
    #[serde(default)]
    #[schemars(example = ["libasan.so"])]
    preload: Vec<String>,
    /// Variables that a process needs to use the build.
    #[serde(default)]
    #[schemars(example = json!({"ASAN_OPTIONS": "detect_leaks=0"}))]
    environment: BTreeMap<String, String>,
    /// Names that a contract's `requires` may use.
    #[serde(default)]
    #[schemars(example = ["sanitizer"])]
    properties: BTreeSet<String>,
    /// A library of somebody else, without which its builds are left out.
    #[schemars(example = json!({"what": "ICU with its headers", "headers": ["unicode/ucol.h"], "link": ["icuuc"]}))]
    needs: Option<Needs>,
}

/// A profile as written in its file, before inheritance.
pub(super) struct ProfileFile {
    name: String,
    text: SourceText,
    raw: RawProfile,
}

impl ProfileFile {
    /// Reads one file.
    pub(super) fn parse(name: &str, text: &SourceText) -> Result<Self, Diagnostics> {
        let raw: RawProfile =
            yaml::parse(text, "`about`, and mostly `defines`; copy a neighbouring profile")?;
        let mut mistakes = Diagnostics::new();
        for define in &raw.defines {
            if let Some(mistake) = check_define(text, define) {
                mistakes.push(mistake);
            }
        }
        mistakes.into_result(Self { name: name.to_owned(), text: text.clone(), raw })
    }

    fn own(&self) -> Profile {
        let raw = &self.raw;
        Profile {
            name: self.name.clone(),
            about: raw.about.trim().to_owned(),
            defines: raw.defines.iter().map(|define| define.value.clone()).collect(),
            compiler: raw.compiler.clone(),
            sources: raw.sources.clone(),
            include: raw.include.clone(),
            preload: raw.preload.clone(),
            environment: raw.environment.clone(),
            properties: raw.properties.clone(),
            needs: raw.needs.clone(),
        }
    }

    fn mistake<T>(&self, at: &Spanned<T>, message: String) -> Diagnostic {
        Diagnostic::new(&self.text, yaml::span(&self.text, at), message)
    }
}

fn check_define(text: &SourceText, define: &Spanned<String>) -> Option<Diagnostic> {
    let name = name_of(&define.value);
    let is_identifier = !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let help = "write the full name, and a value after `=`: `SQLITE_THREADSAFE=1`, `HAVE_USLEEP`";
    let message = format!("`{}` is not a macro", define.value);
    (!is_identifier).then(|| Diagnostic::new(text, yaml::span(text, define), message).help(help))
}

/// `SQLITE_DQS` of `SQLITE_DQS=0`.
pub(crate) fn name_of(define: &str) -> &str {
    define.split_once('=').map_or(define, |(name, _)| name)
}

/// The profiles of the [catalogue] that a project has no file for.
pub(super) fn brought_along(exists: impl Fn(&str) -> bool) -> Result<Vec<ProfileFile>, Diagnostics> {
    let missing = catalogue::profiles().filter(|(name, _)| !exists(name));
    missing.map(|(name, text)| ProfileFile::parse(name, &text)).collect()
}

/// All profiles of a project, inheritance resolved.
#[derive(Debug, Clone, Default)]
pub struct Profiles(BTreeMap<String, Profile>);

impl Profiles {
    /// Resolves what each file extends. A profile with a mistake is left out, and those that extend it too;
    /// `exists` distinguishes a profile that could not be read from one that does not exist.
    pub(super) fn resolve(files: &[ProfileFile], exists: impl Fn(&str) -> bool) -> (Self, Diagnostics) {
        let by_name: BTreeMap<&str, &ProfileFile> =
            files.iter().map(|file| (file.name.as_str(), file)).collect();
        let mut profiles = BTreeMap::new();
        let mut mistakes = Diagnostics::new();
        for file in files {
            match resolve_one(file, &by_name, &exists) {
                Ok(profile) => _ = profiles.insert(file.name.clone(), profile),
                // One of the library may not fit the project's profile that it extends.
                Err(_) if catalogue::has(&file.text) => {}
                Err(mistake) => mistakes.extend(mistake),
            }
        }
        (Self(profiles), mistakes)
    }

    /// The profile of this name.
    pub fn get(&self, name: &str) -> Option<&Profile> {
        self.0.get(name)
    }

    /// Every profile's name, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// A profile with its ancestors' flags below its own. A mistake of an ancestor is reported at the
/// ancestor, so here the heir of a bad profile is only left out.
fn resolve_one(
    file: &ProfileFile,
    all: &BTreeMap<&str, &ProfileFile>,
    exists: &impl Fn(&str) -> bool,
) -> Result<Profile, Diagnostics> {
    let mut chain = vec![file];
    while let Some(extends) = &chain[chain.len() - 1].raw.extends {
        let heir = chain[chain.len() - 1];
        let Some(base) = all.get(extends.value.as_str()) else {
            let is_reported_elsewhere = chain.len() > 1 || exists(&extends.value);
            let unknown = heir.mistake(extends, format!("there is no profile `{}`", extends.value));
            let unknown = unknown.suggest(&extends.value, all.keys().copied());
            return Err(if is_reported_elsewhere { Diagnostics::new() } else { unknown.into() });
        };
        if chain.iter().any(|seen| seen.name == base.name) {
            let names: Vec<&str> = chain.iter().map(|file| file.name.as_str()).collect();
            let message = format!("this profile extends itself: {} -> {}", names.join(" -> "), base.name);
            return Err(heir.mistake(extends, message).help("remove `extends` from one of them").into());
        }
        chain.push(base);
    }
    let mut files = chain.into_iter().rev();
    let Some(root) = files.next() else { return Err(Diagnostics::new()) };
    files.try_fold(root.own(), merge)
}

/// `base` changed by `heir`: a define replaces the inherited one of the same name.
fn merge(base: Profile, heir: &ProfileFile) -> Result<Profile, Diagnostics> {
    let mut mistakes = Diagnostics::new();
    for removed in &heir.raw.remove {
        if !base.defines.iter().any(|define| name_of(define) == removed.value) {
            let message = format!("`{}` is not defined by `{}`", removed.value, base.name);
            let known = base.defines.iter().map(|define| name_of(define));
            mistakes.push(heir.mistake(removed, message).suggest(&removed.value, known));
        }
    }
    let own = heir.own();
    let is_replaced = |define: &String| {
        heir.raw.remove.iter().any(|removed| removed.value == name_of(define))
            || own.defines.iter().any(|mine| name_of(mine) == name_of(define))
    };
    let kept = base.defines.iter().filter(|define| !is_replaced(define)).cloned();
    let merged = Profile {
        defines: kept.chain(own.defines.iter().cloned()).collect(),
        compiler: [base.compiler, own.compiler].concat(),
        sources: [base.sources, own.sources].concat(),
        include: [base.include, own.include].concat(),
        preload: [base.preload, own.preload].concat(),
        environment: base.environment.into_iter().chain(own.environment).collect(),
        properties: base.properties.into_iter().chain(own.properties).collect(),
        needs: own.needs.or(base.needs),
        name: own.name,
        about: own.about,
    };
    mistakes.into_result(merged)
}

impl Profile {
    /// Whether a contract's `requires` may name this property.
    pub fn has(&self, property: &str) -> bool {
        self.properties.contains(property)
    }

    /// How long a compilation takes, as a multiple of one at -Og. Only orders the queue of a parallel
    /// run, so rough numbers are enough (gcc 12: 13 s, 24 s, 54 s per version).
    pub(super) fn cost(&self) -> u32 {
        let level = self.compiler.iter().rev().find_map(|arg| arg.strip_prefix("-O"));
        let optimised = match level {
            None | Some("0" | "g") => 1,
            Some("1") => 2,
            Some("3" | "fast") => 6,
            Some(_) => 4,
        };
        let sanitised = self.compiler.iter().any(|arg| arg.starts_with("-fsanitize="));
        optimised * if sanitised { 3 } else { 1 }
    }
}

/// A profile that a manifest names and that does not exist.
pub(super) fn unknown(text: &SourceText, span: Range<usize>, name: &str, known: &Profiles) -> Diagnostic {
    Diagnostic::new(text, span, format!("there is no profile `{name}`"))
        .suggest(name, known.names())
        .help(format!("a new profile is a file: sqlite-builds/profiles/{name}.yaml"))
}
