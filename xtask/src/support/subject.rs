//! What a command is asked about: a case, a contract, or bare SQL.

use std::path::Path;

use anyhow::Result;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::diagnostic::{Diagnostics, SourceText, nearest};
use sqlite_contracts::project::Project;

use crate::support::exit::Usage;

/// A case, or SQL.
#[derive(clap::Args)]
#[group(required = true, multiple = false)]
pub struct Subject {
    /// A case (`precision/money-round/computed-amounts`), all cases of a contract (`precision/money-round`), or those
    /// of a contract's file anywhere (`idea.yaml`, `idea.yaml/case`)
    #[arg(value_name = "CASE")]
    case: Option<String>,
    /// Statements, run one after the other on a new database in memory
    #[arg(long, value_name = "SQL", allow_hyphen_values = true)]
    sql: Option<String>,
}

impl Subject {
    /// The contract, with only the cases that are meant.
    pub fn contract(&self, project: &Project) -> Result<Contract> {
        match (&self.sql, &self.case) {
            (Some(sql), _) => Ok(Contract::of_sql(&SourceText::new("--sql", sql.as_str()))?),
            (None, Some(name)) => named(project, name),
            (None, None) => Err(Usage("name a case, or SQL with --sql".to_owned()).into()),
        }
    }

    /// Whether it is bare SQL.
    pub fn is_sql(&self) -> bool {
        self.sql.is_some()
    }
}

fn named(project: &Project, name: &str) -> Result<Contract> {
    if let Some(contract) = whole(project, name)? {
        return Ok(contract);
    }
    let Some((id, case)) = name.rsplit_once('/') else { return Err(no_contract(project, name).into()) };
    let Some(mut contract) = whole(project, id)? else { return Err(no_contract(project, name).into()) };
    let names: Vec<String> = contract.cases.iter().map(|case| case.name.clone()).collect();
    contract.cases.retain(|known| known.name == case);
    if contract.cases.is_empty() {
        return Err(no_case(&contract.id, case, &names).into());
    }
    Ok(contract)
}

/// The contract in a file, or the one that the project knows by a name, when there is one.
fn whole(project: &Project, name: &str) -> Result<Option<Contract>, Diagnostics> {
    let path = Path::new(name);
    match path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
        true => path.is_file().then(|| Contract::load(project, path)).transpose(),
        false => Contract::source(project, name).is_ok().then(|| Contract::find(project, name)).transpose(),
    }
}

fn no_contract(project: &Project, name: &str) -> Usage {
    let files = Contract::files(project).unwrap_or_default();
    let ids: Vec<&str> = files.iter().map(|file| file.id.as_str()).collect();
    // With a case behind it a contract's name would be far from any.
    let near = nearest(name, &ids).or_else(|| nearest(name.rsplit_once('/')?.0, &ids));
    Usage(match near {
        Some(near) => format!("there is no contract `{name}`; did you mean `{near}`?"),
        None => format!(
            "there is no contract `{name}`: name `<area>/<contract>`, `<area>/<contract>/<case>` or a file"
        ),
    })
}

fn no_case(contract: &str, case: &str, names: &[String]) -> Usage {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Usage(match nearest(case, &names) {
        Some(near) => format!("{contract} has no case `{case}`; did you mean `{near}`?"),
        None => format!("{contract} has no case `{case}`; it has {}", names.join(", ")),
    })
}
