//! Selects names by globs.

use anyhow::Result;
use globset::{Glob, GlobMatcher};
use sqlite_contracts::diagnostic::nearest;

use crate::support::exit::Usage;

/// The names that any of the globs matches. A glob that matches none is a mistake.
pub(crate) fn select<'a>(what: &str, globs: &[String], names: &[&'a str]) -> Result<Vec<&'a str>> {
    let matchers = globs.iter().map(|glob| matcher(glob)).collect::<Result<Vec<GlobMatcher>>>()?;
    for (glob, matcher) in globs.iter().zip(&matchers) {
        if !names.iter().any(|name| matcher.is_match(name)) {
            return Err(no_match(what, glob, names).into());
        }
    }
    let is_meant = |name: &&str| matchers.iter().any(|matcher| matcher.is_match(name));
    Ok(names.iter().copied().filter(is_meant).collect())
}

fn matcher(glob: &str) -> Result<GlobMatcher> {
    let glob = Glob::new(glob).map_err(|error| Usage(format!("{error}")))?;
    Ok(glob.compile_matcher())
}

fn no_match(what: &str, glob: &str, names: &[&str]) -> Usage {
    Usage(match nearest(glob, names) {
        Some(near) => format!("no {what} matches `{glob}`; did you mean `{near}`?"),
        None if names.is_empty() => format!("there is no {what}"),
        None => format!("no {what} matches `{glob}`; there are {}", listed(names)),
    })
}

fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 8;
    let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_select_and_an_empty_one_is_a_mistake() {
        let names = ["3.42.0-rusqlite", "3.43.0-rusqlite", "3.43.0-debian"];
        let select = |glob: &str| select("build", &[glob.to_owned()], &names);
        assert_eq!(select("3.43.*").unwrap(), ["3.43.0-rusqlite", "3.43.0-debian"]);
        let error = select("3.43.0-debain").unwrap_err().to_string();
        assert_eq!(error, "no build matches `3.43.0-debain`; did you mean `3.43.0-debian`?");
        assert!(select("nothing-like-it").unwrap_err().to_string().contains("there are 3.42.0-rusqlite, "));
    }
}
