//! Mutants: real builds with a seeded fault, to see which contract catches it.
//!
//! A mutant is not part of the matrix, and never recorded. It becomes a product like any other build, in one of two
//! ways ([`Mutation`]).

mod make;
mod manifest;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub(super) use make::{make, parts_of_key};

use super::patch::Replacement;
use super::{Build, BuildSet, read_all};
use crate::contract::capability::Row;
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText};
use crate::project::Project;
use manifest::MutantFile;
pub(super) use manifest::RawMutant;

/// A real build with a fault.
#[derive(Debug, Clone)]
pub struct Mutant {
    fault: String,
    rows: Vec<Row>,
    real: Build,
    build: Build,
}

impl Mutant {
    /// `finalize-forgets`: the stem of the manifest's file.
    pub fn name(&self) -> &str {
        self.build.name()
    }

    /// What is broken, in one line.
    pub fn fault(&self) -> &str {
        &self.fault
    }

    /// The capabilities whose contracts must catch it, at least one of them.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The faulty build: what [`super::Store`] makes and the engine runs.
    pub fn build(&self) -> &Build {
        &self.build
    }

    /// The real build that it is compared with.
    pub fn real(&self) -> &Build {
        &self.real
    }
}

/// The real build and the fault of a mutant.
#[derive(Debug, Clone)]
pub struct Mutated {
    /// The build without the fault.
    pub real: Build,
    /// The fault.
    pub mutation: Mutation,
}

/// How a mutant's library is made to differ from the real build's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mutation {
    /// A small library interposes the real build's: the symbols that it defines are found first, all others in the
    /// library behind it. Calls inside SQLite do not go through it.
    Front {
        /// The mutant's C file.
        file: PathBuf,
        /// Its content.
        code: String,
    },
    /// The real build is compiled anew with texts of its main C file replaced: for code that no exported function
    /// can reach. Each costs a whole compilation.
    Patch(Vec<Replacement>),
}

/// The mutants of a project.
#[derive(Debug, Clone)]
pub struct Mutants(Vec<Mutant>);

impl Mutants {
    /// Reads every manifest in `sqlite-builds/mutants/`; sorted by name.
    ///
    /// # Errors
    /// Every mistake in them, all at once; a C file that belongs to no manifest is one.
    pub fn load(project: &Project, builds: &BuildSet) -> Result<Self, Diagnostics> {
        let folder = project.builds().join("mutants");
        let mut mistakes = Diagnostics::new();
        let mut mutants = Vec::new();
        for file in read_all(project, &folder, &mut mistakes, MutantFile::parse) {
            match file.resolve(&folder, builds) {
                Ok(mutant) => mutants.push(mutant),
                Err(found) => mistakes.extend(found),
            }
        }
        for mistake in without_manifest(project, &folder) {
            mistakes.push(mistake);
        }
        mistakes.into_result(Self(mutants))
    }

    /// Every mutant, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Mutant> {
        self.0.iter()
    }
}

/// C files without a manifest, which would never be compiled.
fn without_manifest(project: &Project, folder: &Path) -> Vec<Diagnostic> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let code: BTreeSet<PathBuf> = files.filter(|path| path.extension().is_some_and(|e| e == "c")).collect();
    let alone = code.into_iter().filter(|path| !path.with_extension("yaml").exists());
    let mistake = |path: PathBuf| {
        Diagnostic::new(&SourceText::new(project.shown(&path), ""), 0..0, "this C file has no manifest")
            .help("write one of the same name beside it, with `of`, `fault` and `row`")
    };
    alone.map(mistake).collect()
}

impl Build {
    /// The same version, profile and source with a fault.
    fn mutant(&self, name: &str, text: &SourceText, mutation: Mutation) -> Self {
        let mut mutant = self.clone();
        mutant.manifest.name = name.to_owned();
        mutant.manifest.text = text.clone();
        mutant.mutated = Some(Box::new(Mutated { real: self.clone(), mutation }));
        mutant
    }
}
