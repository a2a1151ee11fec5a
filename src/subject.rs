//! Subjects: what builds can be asked. A case, a contract, a contract's file, SQL, a file of SQL, or a script of sqllogictest.
//!
//! Every command that runs something on builds takes subjects, in the same words. A new kind of input is a new variant
//! here and not a new command.

mod named;
mod selector;
mod unknown;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use crate::contract::capability::Row;
use crate::contract::{Contract, trace};
use crate::diagnostic::{Diagnostics, SourceText};
use crate::project::{Project, catalogue};
use crate::record::report::CellReport;
use crate::trace::Trace;

pub use selector::{Among, is_area};
pub use unknown::UnknownSubject;

/// Something that builds can be asked.
#[derive(Debug, Clone)]
pub enum Subject {
    /// A whole contract that the project knows by this id. It is read only when it has to run.
    Known(String),
    /// Some cases of a contract, or a contract in a file anywhere.
    Contract(Arc<Contract>),
    /// Statements, run one after the other on a new database in memory.
    Sql(Arc<Contract>),
    /// A script of sqllogictest, run on a new database in memory. Its records say what they must return.
    Script(Arc<Contract>),
}

impl Subject {
    /// Every contract of the project, in order.
    ///
    /// # Errors
    /// Files under `contracts/` that are not contracts.
    pub fn all(project: &Project) -> Result<Vec<Self>, Diagnostics> {
        Ok(Contract::files(project)?.into_iter().map(|file| Self::Known(file.id)).collect())
    }

    /// Every contract of the project, and every other one of the library.
    ///
    /// # Errors
    /// Files under `contracts/` that are not contracts.
    pub fn all_and_catalogue(project: &Project) -> Result<Vec<Self>, Diagnostics> {
        let own = Contract::files(project)?.into_iter().map(|file| file.id);
        let ids: BTreeSet<String> = own.chain(catalogue::contracts().map(str::to_owned)).collect();
        Ok(ids.into_iter().map(Self::Known).collect())
    }

    /// SQL that was written on the command line, the how manyth such text: `sql`, `sql-2`, … tell them apart.
    ///
    /// # Errors
    /// When there is no statement in it.
    pub fn sql(text: &str, number: usize) -> Result<Self, Diagnostics> {
        let contract = Contract::of_sql(&SourceText::new("--sql", text))?;
        let id = if number == 1 { contract.id.clone() } else { format!("{}-{number}", contract.id) };
        Ok(Self::Sql(Arc::new(Contract { id, ..contract })))
    }

    /// Subjects of one run, with different ids: of contract files with the same name, each has its path for an id.
    pub fn told_apart(project: &Project, subjects: Vec<Self>) -> Vec<Self> {
        let path = |contract: &Contract| project.shown_alike(Path::new(contract.file()));
        let mut files: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for subject in &subjects {
            let file = match subject {
                Self::Known(_) => String::new(),
                Self::Contract(contract) | Self::Sql(contract) | Self::Script(contract) => path(contract),
            };
            files.entry(subject.id().to_owned()).or_default().insert(file);
        }
        let tell = |subject: Self| match subject {
            Self::Contract(contract) if files[&contract.id].len() > 1 => {
                let id = Path::new(&path(&contract)).with_extension("").to_string_lossy().into_owned();
                Self::Contract(Arc::new(Contract { id, ..Contract::clone(&contract) }))
            }
            other => other,
        };
        subjects.into_iter().map(tell).collect()
    }

    /// The contract to run.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn contract(&self, project: &Project) -> Result<Arc<Contract>, Diagnostics> {
        match self {
            Self::Known(id) => Contract::find(project, id).map(Arc::new),
            Self::Contract(contract) | Self::Sql(contract) | Self::Script(contract) => Ok(contract.clone()),
        }
    }

    /// The id that reports give it: a contract's, `sql`, or the path of a file of SQL.
    pub fn id(&self) -> &str {
        match self {
            Self::Known(id) => id,
            Self::Contract(contract) | Self::Sql(contract) | Self::Script(contract) => &contract.id,
        }
    }

    /// The rows of the table of capabilities that its contract serves.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn rows(&self, project: &Project) -> Result<Vec<Row>, Diagnostics> {
        match self {
            Self::Known(id) => Ok(Row::all_in(Contract::source(project, id)?.text())),
            Self::Contract(contract) | Self::Sql(contract) | Self::Script(contract) => {
                Ok(contract.rows.clone())
            }
        }
    }

    /// Whether it promises nothing, so that only errors can be wrong in it.
    pub fn is_sql(&self) -> bool {
        matches!(self, Self::Sql(_))
    }

    /// Whether it is what a program asked of its SQLite.
    pub fn is_trace(&self) -> bool {
        match self {
            Self::Known(id) => trace::is_id(id),
            Self::Contract(contract) => trace::is_of(contract),
            Self::Sql(_) | Self::Script(_) => false,
        }
    }

    /// The byte behind the last whole frame, where it is a trace that was cut short.
    pub fn cut(&self, project: &Project) -> Option<u64> {
        let file = match self {
            Self::Known(id) => trace::of_id(project, id)?,
            Self::Contract(contract) => trace::path_of(contract)?.to_owned(),
            Self::Sql(_) | Self::Script(_) => return None,
        };
        Trace::open(&file).ok()?.cut().map(|cut| cut.at)
    }

    /// The same subject with each record of a script in a step of its own where these reports differ; `None` where that
    /// shows no more. What commands show of a script is what its records did, not what a hundred of them did together.
    pub fn finer<'a>(&self, reports: impl IntoIterator<Item = &'a CellReport>) -> Option<Self> {
        match self {
            Self::Script(contract) => contract.finer(reports).map(|finer| Self::Script(Arc::new(finer))),
            Self::Known(_) | Self::Contract(_) | Self::Sql(_) => None,
        }
    }

    /// What people read above what one of its cases did: `precision/money-round/computed-amounts`, or the SQL.
    pub fn heading(&self, case: &str) -> String {
        match self {
            Self::Sql(contract) | Self::Script(contract) => contract.title.clone(),
            Self::Known(_) | Self::Contract(_) => format!("{}/{case}", self.id()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_same_name_have_different_ids() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::at(folder.path());
        let text = "title: t\nwhy: w\ncases: [{name: a, steps: [{memory_used: }]}, {name: b, steps: [{memory_used: }]}]\n";
        let named = |name: &str| {
            let file = folder.path().join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, text).unwrap();
            file.to_str().unwrap().to_owned()
        };
        let (one, two) = (named("one/idea.yaml"), named("two/idea.yaml"));
        let told_apart = |names: &[String]| -> Vec<String> {
            let found = names.iter().flat_map(|name| Subject::named(&project, name).unwrap()).collect();
            Subject::told_apart(&project, found).iter().map(|subject| subject.id().to_owned()).collect()
        };
        assert_eq!(told_apart(&[one.clone(), two]), ["one/idea", "two/idea"]);
        assert_eq!(told_apart(&[format!("{one}/a"), format!("{one}/b")]), ["idea", "idea"]);
    }
}
