//! `cargo xtask review`: reviews the pending changes of behaviour one by one, parents before their children.

use std::collections::BTreeSet;
use std::io::IsTerminal;

use anyhow::Result;
use console::{Key, Term};
use schemars::JsonSchema;
use serde::Serialize;
use sqlite_contracts::builds::{Build, BuildSet};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::matrix::because::Contracts;
use sqlite_contracts::matrix::message;
use sqlite_contracts::matrix::survey::waiting;
use sqlite_contracts::project::Project;
use sqlite_contracts::project::command_name;
use sqlite_contracts::record::snapshots::name::State;
use sqlite_contracts::record::snapshots::{Drift, Recorded, SnapshotName, UntidyReason, store};

use crate::support::context;
use crate::support::exit::{Exit, Usage};
use crate::support::selection::{select, select_some};
use crate::ui::output::{Format, color, print, print_json, width};

const AFTER: &str = "\
Examples:
  cargo xtask review                                     one by one, in a terminal
  cargo xtask review precision --list                    what waits in an area
  cargo xtask review --accept precision/money-round      all of a contract
  cargo xtask review --reject '*@3.43.0-rusqlite'        all of a build

";

/// Review each pending change of behaviour: accept it, reject it, or skip it
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    /// Only those of these areas, contracts and cases, or that match `<area>/<contract>/<case>@<build>`
    #[arg(value_name = "GLOB", conflicts_with_all = ["accept", "reject"])]
    words: Vec<String>,
    /// Only show them
    #[arg(long)]
    list: bool,
    /// Accept those that match `<area>/<contract>/<case>@<build>`, such as 'precision/money-round/*@3.43.0-rusqlite', or all of an
    /// area (`precision`), a contract (`precision/round`) or a case (`precision/round/half`); may be repeated
    #[arg(long, value_name = "GLOB")]
    accept: Vec<String>,
    /// Reject those that match; may be repeated
    #[arg(long, value_name = "GLOB")]
    reject: Vec<String>,
    /// How to print what waits, with `--list`
    #[arg(long, value_enum, default_value_t = Format::Text, requires = "list")]
    format: Format,
}

/// A pending change, as `--format json` prints it.
#[derive(Serialize, JsonSchema)]
struct Pending<'a> {
    contract: &'a str,
    case: &'a str,
    build: &'a str,
    #[serde(flatten)]
    drift: &'a Drift,
}

/// Runs the verb.
pub(crate) fn run(arguments: &Args) -> Result<Exit> {
    let project = context::project()?;
    let review = Review { builds: BuildSet::load(&project)?, project, only: arguments.words.clone() };
    review.check_words()?;
    if arguments.format == Format::Json {
        let waiting = review.waiting()?;
        let pending = waiting.iter().map(|(name, drift)| Pending {
            contract: &name.contract,
            case: &name.case,
            build: &name.build,
            drift,
        });
        print_json(&pending.collect::<Vec<_>>())?;
        let stale = review.stale()?;
        stale.iter().for_each(|name| anstream::eprintln!("{}", review.not_offered(name)));
        return Ok(Exit::of_findings(!waiting.is_empty() || !stale.is_empty()));
    }
    let mut unmatched = Vec::new();
    if !arguments.accept.is_empty() || !arguments.reject.is_empty() {
        unmatched = review.decide_by_globs(&arguments.accept, &arguments.reject)?;
    } else if !arguments.list && std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        review.decide_one_by_one(&Term::stdout())?;
    } else {
        review.show(&review.waiting()?);
    }
    let left = review.waiting()?.len();
    let stale = review.stale()?;
    stale.iter().for_each(|name| print(&review.not_offered(name)));
    let recorded = Recorded::at(review.project.snapshots());
    let (_, unreadable) = recorded.readable(recorded.contracts()?)?;
    match left {
        0 if !arguments.words.is_empty() => {
            print(&format!("nothing that matches `{}` waits for review", arguments.words.join("`, `")));
        }
        0 => print("nothing waits for review"),
        n => print(&format!("{n} waiting for review")),
    }
    unmatched.iter().for_each(|mistake| print(&mistake.to_string()));
    unreadable.into_result(())?;
    Ok(Exit::of_findings(left > 0 || !stale.is_empty() || !unmatched.is_empty()))
}

/// Accepts everything that waits, and returns how many there were: for a project that has nothing on record yet.
pub(crate) fn accept_all(project: &Project) -> Result<usize> {
    let review = Review { builds: BuildSet::load(project)?, project: project.clone(), only: Vec::new() };
    let mut accepted = 0;
    while let Some((name, drift)) = review.waiting()?.first() {
        store::accept(&project.snapshots(), name, drift)?;
        accepted += 1;
    }
    Ok(accepted)
}

/// What the user decides about a change.
#[derive(Debug, Clone, Copy)]
enum Decision {
    Accept,
    Reject,
    Skip,
    Quit,
}

struct Review {
    project: Project,
    builds: BuildSet,
    /// Globs, and names of areas, contracts and cases; all where there is none.
    only: Vec<String>,
}

impl Review {
    /// The pending changes of builds that exist.
    fn waiting(&self) -> Result<Vec<(SnapshotName, Drift)>> {
        let mut pending = self.pending()?;
        pending.retain(|(name, _)| self.is_of_a_build(name));
        Ok(pending)
    }

    /// The pending snapshots of builds without a manifest: of which build they would be a change nobody can say, so that
    /// they may be rejected and not accepted.
    fn stale(&self) -> Result<Vec<SnapshotName>> {
        let pending = self.pending()?.into_iter().map(|(name, _)| name);
        Ok(pending.filter(|name| !self.is_of_a_build(name)).collect())
    }

    fn is_of_a_build(&self, name: &SnapshotName) -> bool {
        self.builds.lineage().contains(&name.build)
    }

    fn not_offered(&self, name: &SnapshotName) -> String {
        let file = self.project.shown(&name.file(&self.project.snapshots(), State::Pending));
        let remove = command_name::command("tidy --fix");
        format!("{file}: not offered, {}; {remove} removes it", UntidyReason::NoBuild)
    }

    /// All pending changes. Each decision may change what others would inherit, so this is computed again after each;
    /// pending snapshots that are no longer needed are removed. Contracts with damaged snapshots are left out.
    fn pending(&self) -> Result<Vec<(SnapshotName, Drift)>> {
        let folder = self.project.snapshots();
        let lineage = self.builds.lineage();
        let recorded = Recorded::at(&folder);
        let (contracts, _) = recorded.readable(recorded.contracts()?)?;
        for contract in &contracts {
            store::drop_settled(&recorded, lineage, contract, |_| true)?;
        }
        self.selected(waiting(lineage, &Recorded::at(&folder), &contracts)?)
    }

    /// A word has to name something that could wait: a case on file or on record, and a build where it names one.
    fn check_words(&self) -> Result<()> {
        if self.only.is_empty() {
            return Ok(());
        }
        let recorded = Recorded::at(self.project.snapshots());
        let mut cases: BTreeSet<String> =
            recorded.names()?.iter().map(|(name, _)| format!("{}/{}", name.contract, name.case)).collect();
        for contract in Contract::load_all(&self.project)? {
            cases.extend(contract.cases.iter().map(|case| format!("{}/{}", contract.id, case.name)));
        }
        let cases: Vec<&str> = cases.iter().map(String::as_str).collect();
        let builds: Vec<&str> = self.builds.all().map(Build::name).collect();
        for word in &self.only {
            let (case, build) =
                word.split_once('@').map_or((word.as_str(), None), |(it, build)| (it, Some(build)));
            select("case", &[whole(case, &cases)], &cases)?;
            build.map(|build| select("build", &[build.to_owned()], &builds)).transpose()?;
        }
        Ok(())
    }

    fn selected(&self, mut waiting: Vec<(SnapshotName, Drift)>) -> Result<Vec<(SnapshotName, Drift)>> {
        if !self.only.is_empty() {
            let names: Vec<String> = waiting.iter().map(|(name, _)| name.to_string()).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let globs: Vec<String> = self.only.iter().map(|word| whole(word, &names)).collect();
            let (meant, _) = select_some("pending snapshot", &globs, &names)?;
            waiting.retain(|(name, _)| meant.contains(&name.to_string().as_str()));
        }
        Ok(waiting)
    }

    /// Decides about all that match, and returns a message for each glob that matches none: a long list of globs is
    /// not typed again for one of them.
    fn decide_by_globs(&self, accept: &[String], reject: &[String]) -> Result<Vec<Usage>> {
        let waiting = self.pending()?;
        let names: Vec<String> = waiting.iter().map(|(name, _)| name.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let [accept, reject] =
            [accept, reject].map(|globs| globs.iter().map(|it| whole(it, &names)).collect());
        let select = |globs: Vec<String>| select_some("pending snapshot", &globs, &names);
        let (accepted, mut unmatched) = select(accept)?;
        let (rejected, none_rejected) = select(reject)?;
        unmatched.extend(none_rejected);
        for (name, drift) in &waiting {
            let shown = name.to_string();
            if rejected.contains(&shown.as_str()) {
                self.carry_out(Decision::Reject, name, drift)?;
            } else if accepted.contains(&shown.as_str()) && self.is_of_a_build(name) {
                self.carry_out(Decision::Accept, name, drift)?;
            }
        }
        Ok(unmatched)
    }

    fn decide_one_by_one(&self, term: &Term) -> Result<()> {
        let mut skipped = BTreeSet::new();
        loop {
            let waiting = self.waiting()?;
            let left: Vec<_> = waiting.into_iter().filter(|(name, _)| !skipped.contains(name)).collect();
            let Some((name, drift)) = left.first() else { return Ok(()) };
            self.show(&left[..1]);
            print(&format!("{} left   a accept   r reject   s skip   q quit", left.len()));
            match ask(term)? {
                Decision::Quit => return Ok(()),
                Decision::Skip => {
                    skipped.insert(name.clone());
                }
                decision => self.carry_out(decision, name, drift)?,
            }
        }
    }

    fn carry_out(&self, decision: Decision, name: &SnapshotName, drift: &Drift) -> Result<()> {
        let folder = self.project.snapshots();
        match decision {
            Decision::Accept => {
                store::accept(&folder, name, drift)?;
                print(&format!("accepted {name}"));
            }
            Decision::Reject => {
                store::reject(&folder, name)?;
                print(&format!("rejected {name}"));
            }
            Decision::Skip | Decision::Quit => {}
        }
        Ok(())
    }

    fn show(&self, drifts: &[(SnapshotName, Drift)]) {
        let contracts = Contracts::read(&self.project, drifts.iter().map(|(name, _)| name.contract.as_str()));
        let causes = contracts.causes(&self.project, &self.builds);
        for (name, drift) in drifts {
            let contract = contracts.get(&name.contract);
            let text = message::review(name, drift, contract, width(), color());
            print(&(text + &causes.below(name, drift, width())));
        }
    }
}

/// All snapshots of an area, a contract or a case, where a word is the name of one.
fn whole(word: &str, names: &[&str]) -> String {
    let has = |end: &str| names.iter().any(|name| name.starts_with(&format!("{word}{end}")));
    match (has("/"), has("@")) {
        (true, _) => format!("{word}/*"),
        (false, true) => format!("{word}@*"),
        (false, false) => word.to_owned(),
    }
}

fn ask(term: &Term) -> Result<Decision> {
    loop {
        return Ok(match term.read_key()? {
            Key::Char('a') => Decision::Accept,
            Key::Char('r') => Decision::Reject,
            Key::Char('s') => Decision::Skip,
            Key::Char('q') | Key::Escape | Key::CtrlC => Decision::Quit,
            _ => continue,
        });
    }
}

/// The JSON Schema of what `--format json` prints.
#[cfg(test)]
pub(crate) fn schema() -> schemars::Schema {
    crate::cmd::schemas::of::<Vec<Pending<'static>>>()
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn a_word_is_all_of_an_area_a_contract_or_a_case() {
        let names = ["precision/round/half@1", "precision/round/half@2", "precision/sums/all@1"];
        let whole = |word| whole(word, &names);
        assert_eq!(whole("precision"), "precision/*");
        assert_eq!(whole("precision/round"), "precision/round/*");
        assert_eq!(whole("precision/round/half"), "precision/round/half@*");
        for other in ["precision/*", "precision/round/half@1", "prec"] {
            assert_eq!(whole(other), other);
        }
    }
}
