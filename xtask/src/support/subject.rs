//! The subjects of a command, as its arguments name them.

use anyhow::Result;
use sqlite_contracts::builds::BuildSet;
use sqlite_contracts::diagnostic::paragraph;
use sqlite_contracts::project::Project;
use sqlite_contracts::subject::{Among, Subject, UnknownSubject};

use crate::support::context;
use crate::support::exit::Usage;
use crate::ui::output::width;

/// What builds are asked.
#[derive(clap::Args)]
pub(crate) struct Subjects {
    /// A contract (`precision/money-round`, 'precision/*'), an area (`precision`), a case
    /// (`precision/money-round/computed-amounts`, 'precision/money-round/half*'), a contract's file anywhere
    /// (`idea.yaml`, `idea.yaml/case`), a file of SQL (`schema.sql`), a script of sqllogictest in SQLite's own dialect
    /// (`select1.test`, `select1.slt`), or a trace of a program (`app.trace`, and any file
    /// that begins as one); may be repeated
    #[arg(value_name = "SUBJECT")]
    names: Vec<String>,
    /// SQL, whose statements run one after the other on a new database in memory; repeated, each is a subject of its own
    #[arg(long, value_name = "SQL", allow_hyphen_values = true)]
    sql: Vec<String>,
}

/// Says of traces that were cut short that not all of the program is asked.
pub(crate) fn tell_cut(project: &Project, subjects: &[Subject]) {
    for subject in subjects {
        if let Some(at) = subject.cut(project) {
            let words =
                format!("{} is cut short behind byte {at}: only the calls before it are asked", subject.id());
            anstream::eprint!("{}", paragraph(&words, "", "  ", width()));
        }
    }
}

impl Subjects {
    /// Whether none is named.
    pub(crate) fn is_empty(&self) -> bool {
        self.names.is_empty() && self.sql.is_empty()
    }

    /// The subjects without the words that name builds, and those words: '3.4*' is no contract, no case and no file.
    pub(crate) fn apart(&self, builds: &BuildSet) -> (Self, Vec<String>) {
        let is_build = |word: &&String| !word.contains('/') && builds.select(&[word.as_str()]).is_ok();
        let (globs, names): (Vec<&String>, Vec<&String>) = self.names.iter().partition(is_build);
        let owned = |words: Vec<&String>| words.into_iter().cloned().collect();
        (Self { names: owned(names), sql: self.sql.clone() }, owned(globs))
    }

    /// The subjects, at least one of which must be named.
    pub(crate) fn read(&self, project: &Project) -> Result<Vec<Subject>> {
        self.read_among(project, Among::Project)
    }

    fn read_among(&self, project: &Project, among: Among) -> Result<Vec<Subject>> {
        if self.is_empty() {
            return Err(
                Usage("name what to run: a contract, a case, a file, or SQL with --sql".to_owned()).into()
            );
        }
        let mut subjects = Vec::new();
        for name in &self.names {
            let named = Subject::named_among(project, name, among);
            if named.as_ref().is_err_and(|error| error.is::<UnknownSubject>()) {
                context::tell_of_project_beside();
            }
            subjects.extend(named?);
        }
        for (number, sql) in (1..).zip(&self.sql) {
            subjects.push(Subject::sql(sql, number)?);
        }
        Ok(Subject::told_apart(project, subjects))
    }

    /// The subjects; every contract of the project where none is named.
    pub(crate) fn read_or_all(&self, project: &Project) -> Result<Vec<Subject>> {
        if self.is_empty() { Ok(Subject::all(project)?) } else { self.read(project) }
    }

    /// The subjects, whose globs and areas choose in the whole library too; every contract of both where none is named.
    pub(crate) fn read_with_catalogue(&self, project: &Project) -> Result<Vec<Subject>> {
        match self.is_empty() {
            true => Ok(Subject::all_and_catalogue(project)?),
            false => self.read_among(project, Among::Catalogue),
        }
    }
}
