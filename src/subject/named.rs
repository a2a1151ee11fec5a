//! Which subject a name stands for.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;

use super::Subject;
use super::selector::{Among, is_area, is_glob, matching};
use super::unknown::{no_case, unknown};
use crate::contract::{Contract, trace};
use crate::diagnostic::{Diagnostics, SourceText};
use crate::project::Project;

impl Subject {
    /// The subjects that a name stands for:
    ///
    /// - `precision/money-round`, a contract; `precision/*`, all that match; `precision`, all of an area
    /// - `precision/money-round/computed-amounts`, a case
    /// - `idea.yaml`, a contract's file anywhere; `idea.yaml/first`, a case in it
    /// - `precision/money-round/half*`, all cases that match, where no contract does
    /// - `schema.sql`, a file of statements
    /// - `select1.test`, `select1.slt`, a script of sqllogictest
    /// - `app.trace`, or any file that begins as a trace does: what a program asked of its SQLite
    ///
    /// # Errors
    /// [`UnknownSubject`](super::UnknownSubject), or the [`Diagnostics`] of a file that cannot be read.
    pub fn named(project: &Project, name: &str) -> Result<Vec<Self>> {
        Self::named_among(project, name, Among::Project)
    }

    /// The same, where globs and areas choose among these contracts.
    ///
    /// # Errors
    /// Those of [`Self::named`].
    pub fn named_among(project: &Project, name: &str, among: Among) -> Result<Vec<Self>> {
        if let Some(file) = Self::file(project, name) {
            return Ok(vec![file?]);
        }
        if let Some((file, case)) = name.rsplit_once('/').filter(|(file, _)| Path::new(file).is_file())
            && let Some(subject) = Self::file(project, file)
        {
            return Ok(vec![subject?.only(project, case)?]);
        }
        if is_glob(name) {
            return matching(project, name, among);
        }
        if is_area(project, name) {
            return matching(project, &format!("{}/*", name.trim_end_matches('/')), among);
        }
        Ok(vec![match Self::whole(project, name)? {
            Some(subject) => subject,
            None => Self::case(project, name)?,
        }])
    }

    /// The trace, the SQL or the script in a file; nothing where its name is none of these.
    fn file(project: &Project, name: &str) -> Option<Result<Self, Diagnostics>> {
        if trace::is_trace(name) {
            return Some(Self::trace_file(project, name));
        }
        if is_sql_file(name) {
            return Some(Self::sql_file(project, name));
        }
        is_script(name).then(|| Self::script(project, name))
    }

    /// This subject, which has one case, where that has this name: reports call it `app.trace/replay`.
    fn only(self, project: &Project, case: &str) -> Result<Self> {
        let contract = self.contract(project)?;
        let names: Vec<String> = contract.cases.iter().map(|case| case.name.clone()).collect();
        match names.as_slice() {
            [one] if one == case => Ok(self),
            _ => Err(no_case(&contract.id, case, &names).into()),
        }
    }

    fn trace_file(project: &Project, name: &str) -> Result<Self, Diagnostics> {
        let path = Path::new(name);
        if let Some(id) = trace::id_of(project, path) {
            return Ok(Self::Known(id));
        }
        Ok(Self::Contract(Arc::new(trace::contract(project, path)?)))
    }

    fn sql_file(project: &Project, name: &str) -> Result<Self, Diagnostics> {
        let id = project.shown_alike(Path::new(name));
        let source = SourceText::read(Path::new(name), &id)?;
        let contract = Contract { id: id.clone(), title: id, ..Contract::of_sql(&source)? };
        Ok(Self::Sql(Arc::new(contract)))
    }

    fn script(project: &Project, name: &str) -> Result<Self, Diagnostics> {
        let id = project.shown_alike(Path::new(name));
        let source = SourceText::read(Path::new(name), &id)?;
        Ok(Self::Script(Arc::new(Contract { id, ..Contract::of_sqllogictest(&source)? })))
    }

    /// The contract in a file, or the one that the project knows by a name, when there is one.
    fn whole(project: &Project, name: &str) -> Result<Option<Self>, Diagnostics> {
        let path = Path::new(name);
        match extension(name) {
            Some("yaml" | "yml") if path.exists() => {
                Ok(Some(Self::Contract(Arc::new(Contract::load(project, path)?))))
            }
            Some("yaml" | "yml") => Ok(None),
            _ => Ok(Contract::source(project, name).is_ok().then(|| Self::Known(name.to_owned()))),
        }
    }

    fn case(project: &Project, name: &str) -> Result<Self> {
        let whole = |(of, case)| Some((Self::whole(project, of).transpose()?, case));
        let Some((subject, case)) = name.rsplit_once('/').and_then(whole) else {
            return Err(unknown(project, name).into());
        };
        let mut contract = subject?.contract(project)?.as_ref().clone();
        let names: Vec<String> = contract.cases.iter().map(|case| case.name.clone()).collect();
        contract.cases.retain(|known| known.name == case);
        match contract.cases.is_empty() {
            true => Err(no_case(&contract.id, case, &names).into()),
            false => Ok(Self::Contract(Arc::new(contract))),
        }
    }
}

fn extension(name: &str) -> Option<&str> {
    Path::new(name).extension()?.to_str()
}

fn is_script(name: &str) -> bool {
    extension(name)
        .is_some_and(|extension| ["test", "slt"].iter().any(|known| extension.eq_ignore_ascii_case(known)))
}

fn is_sql_file(name: &str) -> bool {
    extension(name).is_some_and(|extension| extension.eq_ignore_ascii_case("sql"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::made_up::{self, Events};
    use crate::trace::{Begun, Recording};

    fn named(name: &str) -> Result<Vec<Subject>> {
        Subject::named(&Project::at(env!("CARGO_MANIFEST_DIR")), name)
    }

    #[test]
    fn a_name_says_what_kind_of_subject_it_is() {
        let heading = |name: &str, case: &str| named(name).unwrap()[0].heading(case);
        assert!(matches!(named("precision/money-round").unwrap()[..], [Subject::Known(_)]));
        assert_eq!(heading("precision/money-round/computed-amounts", "x"), "precision/money-round/x");
        assert_eq!(heading("contracts/precision/money-round.yaml", "x"), "precision/money-round/x");
        assert!(named("precision/money-*").unwrap().len() > 1);
        assert_eq!(Subject::sql("SELECT 1", 1).unwrap().heading("sql"), "SELECT 1");
    }

    #[test]
    fn a_file_of_sql_is_a_subject() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("schema.sql");
        std::fs::write(&file, "CREATE TABLE t(a);\nINSERT INTO t VALUES(1);\n").unwrap();
        let name = file.to_str().unwrap();
        let subjects = named(name).unwrap();
        assert!(subjects[0].is_sql());
        let name = std::fs::canonicalize(&file).unwrap().to_str().unwrap().to_owned();
        assert_eq!((subjects[0].id(), subjects[0].heading("sql").as_str()), (&*name, &*name));
        let contract = subjects[0].contract(&Project::at(env!("CARGO_MANIFEST_DIR"))).unwrap();
        assert_eq!(contract.cases[0].runs[0].steps[2].place.to_string(), format!("{name}:2:1"));
    }

    #[test]
    fn a_file_with_the_case_that_reports_name_is_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let file = folder.path().join(name);
            std::fs::write(&file, text).unwrap();
            file.to_str().unwrap().to_owned()
        };
        let (sql, script) = (file("a.sql", "SELECT 1"), file("a.test", "statement ok\nSELECT 1\n"));
        let trace = folder.path().join("a.trace");
        std::fs::write(&trace, made_up::bytes(&[Events::with_call("a", 0)])).unwrap();
        let trace = trace.to_str().unwrap().to_owned();
        for (name, case) in [(&sql, "sql"), (&script, "script"), (&trace, "replay")] {
            let subject = &named(name).unwrap()[0];
            let again = &named(&format!("{name}/{case}")).unwrap()[0];
            assert_eq!((again.id(), again.is_sql()), (subject.id(), subject.is_sql()));
            let error = named(&format!("{name}/other")).unwrap_err().to_string();
            assert!(error.contains("has no case `other`") && error.contains(case), "{error}");
        }
    }

    #[test]
    fn a_trace_is_one_by_its_name_or_by_how_it_begins() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let file = folder.path().join(name);
            std::fs::write(&file, bytes).unwrap();
            file.to_str().unwrap().to_owned()
        };
        let bytes = made_up::bytes(&[Events::with_call("a", 0)]);
        for name in ["app", "app.sql", "app.recorded"] {
            let name = file(name, &bytes);
            let subject = &named(&name).unwrap()[0];
            assert!(subject.is_trace(), "{name}");
            let contract = subject.contract(&Project::at(env!("CARGO_MANIFEST_DIR"))).unwrap();
            assert_eq!(contract.cases[0].place.without_column(), format!("{name}:1"));
            assert!(named(&format!("{name}/replay")).unwrap()[0].is_trace());
        }
        let error = named(&file("bytes", &bytes[8..])).unwrap_err().to_string();
        assert!(error.contains("a trace (`.trace`, or a file that begins as one)"), "{error}");
        let error = named(&file("none.trace", &bytes[8..])).unwrap_err();
        assert!(format!("{error:#}").contains("it is not a trace"), "{error:#}");
    }

    #[test]
    fn an_id_does_not_depend_on_how_a_path_is_typed() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("db")).unwrap();
        std::fs::write(folder.path().join("db/schema.sql"), "SELECT 1").unwrap();
        let project = Project::at(folder.path());
        for typed in ["db/schema.sql", "db/../db/./schema.sql"] {
            let name = folder.path().join(typed);
            let subject = &Subject::named(&project, name.to_str().unwrap()).unwrap()[0];
            assert_eq!(subject.id(), "db/schema.sql");
        }
    }

    #[test]
    fn a_name_of_nothing_names_the_nearest() {
        let error = |name: &str| named(name).unwrap_err().to_string();
        assert!(error("precision/money-rond").contains("did you mean `precision/money-round`?"));
        assert!(error("precision/money-round/computed-amount").contains("`computed-amounts`?"));
        assert!(error("precision/zzz*").starts_with("there is no contract `precision/zzz*`"));
        assert_eq!(error("idea.yaml"), "there is no file `idea.yaml`");
        assert_eq!(error("idea.yaml/first"), "there is no file `idea.yaml`");
        assert!(error("missing.sql").contains("missing.sql"));
        assert!(error("precision/money-round/zzz").contains("has no case `zzz`; the nearest of "));
    }

    #[test]
    fn a_glob_takes_contracts_or_else_cases() {
        let found = named("precision/money-round/computed*").unwrap();
        let [Subject::Contract(contract)] = &found[..] else { panic!("{found:?}") };
        assert_eq!(contract.id, "precision/money-round");
        assert!(contract.cases.iter().all(|case| case.name.starts_with("computed")));
        assert!(named("precision/*/no-such*").is_err());
    }

    #[test]
    fn an_area_is_all_its_contracts() {
        let ids = |name: &str| {
            let found = named(name).unwrap();
            found.iter().map(|subject| subject.id().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(ids("precision"), ids("precision/*"));
        assert_eq!(ids("precision"), ids("precision/"));
        assert!(ids("precision").len() > 1);
        let error = named("precison").unwrap_err().to_string();
        assert_eq!(error, "there is no contract `precison`; did you mean `precision`?");
    }

    #[test]
    fn a_project_of_its_own_chooses_in_the_library_what_it_has_not() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::at(folder.path());
        let write = |file: &str, text: &str| {
            let file = project.contracts().join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        };
        write("include.yaml", "include: [precision/money-round]\n");
        write("mine/first.yaml", "title: x\nwhy: y\ncases: [{name: z, steps: [{open: ':memory:'}]}]\n");
        let count = |name: &str, among| Subject::named_among(&project, name, among).unwrap().len();
        assert_eq!(count("mine", Among::Project), 1);
        assert_eq!(count("precision", Among::Project), 1, "what it includes of the area");
        assert!(count("precision", Among::Catalogue) > 10);
        assert!(count("json", Among::Project) > 1, "nothing of this area is included");
        assert_eq!(count("json/*", Among::Project), count("json", Among::Catalogue));
    }

    #[test]
    fn a_file_of_sql_is_known_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| {
            let file = folder.path().join(name);
            std::fs::write(&file, "SELECT 1").unwrap();
            file.to_str().unwrap().to_owned()
        };
        assert!(named(&file("Q.SQL")).unwrap()[0].is_sql());
        let error = named(&file("q.txt")).unwrap_err().to_string();
        assert!(
            error.contains(
                "q.txt` does not end in `.sql`, as a file of SQL does, or in `.test`; a subject is "
            ),
            "{error}"
        );
    }

    #[test]
    fn a_directory_is_no_subject_and_what_is_in_it_may_be() {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().to_str().unwrap();
        let error = |name: &str| named(name).unwrap_err().to_string();
        assert!(error(name).starts_with(&format!("`{name}` is a directory: no file in it is a subject")));
        for file in ["z.sql", "a.trace", "README.md"] {
            std::fs::write(folder.path().join(file), "").unwrap();
        }
        let with_slash = format!("{name}/");
        assert_eq!(
            error(&with_slash),
            format!("`{with_slash}` is a directory: name the files in it, such as `{name}/a.trace`")
        );
        std::fs::create_dir(folder.path().join("sqlite-builds")).unwrap();
        assert!(error(name).ends_with(&format!("a command that starts in it (`cd {name}`)")));
    }

    #[test]
    fn a_recording_that_is_no_trace_yet_names_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let recording = folder.path().join("app.trace.recording");
        let begun = Begun { command: Vec::new(), hides: false, recorder: 1 };
        Recording::prepare(&recording, &begun).unwrap();
        let error = named(recording.to_str().unwrap()).unwrap_err().to_string();
        assert!(error.contains("trace --recover"), "{error}");
    }
}
