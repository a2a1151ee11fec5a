//! Selects names by globs.

use anyhow::Result;
use globset::{Glob, GlobMatcher};
use sqlite_contracts::diagnostic::{nearest, suggestion};
use sqlite_contracts::project::{Project, command_name};
use sqlite_contracts::subject;

use crate::support::exit::Usage;

/// The names that any of the globs matches. A glob that matches none is a mistake.
pub(crate) fn select<'a>(what: &str, globs: &[String], names: &[&'a str]) -> Result<Vec<&'a str>> {
    let (selected, unmatched) = select_some(what, globs, names)?;
    match unmatched.into_iter().next() {
        Some(mistake) => Err(mistake.into()),
        None => Ok(selected),
    }
}

/// The names that any of the globs matches, and a message for each glob that matches none.
///
/// # Errors
/// A glob that is not one.
pub(crate) fn select_some<'a>(
    what: &str,
    globs: &[String],
    names: &[&'a str],
) -> Result<(Vec<&'a str>, Vec<Usage>)> {
    let matchers = globs.iter().map(|glob| matcher(glob)).collect::<Result<Vec<GlobMatcher>>>()?;
    let matches_none = |matcher: &GlobMatcher| !names.iter().any(|name| matcher.is_match(name));
    let unmatched = globs.iter().zip(&matchers).filter(|(_, matcher)| matches_none(matcher));
    let unmatched = unmatched.map(|(glob, _)| no_match(what, glob, names)).collect();
    let is_meant = |name: &&str| matchers.iter().any(|matcher| matcher.is_match(name));
    Ok((names.iter().copied().filter(is_meant).collect(), unmatched))
}

/// Whether a word stands for contracts: one with an area in it, or the name of an area.
pub(crate) fn is_contract(project: &Project, word: &str) -> bool {
    word.contains('/') || subject::is_area(project, word)
}

/// The contracts of an area, where a word is the name of one; a glob is what it is.
pub(crate) fn whole_area(word: &str) -> String {
    let name = word.strip_suffix('/').unwrap_or(word);
    if name.contains(['/', '*', '?', '[', '{']) { word.to_owned() } else { format!("{name}/*") }
}

/// The contracts of each.
pub(crate) fn whole_areas(words: &[String]) -> Vec<String> {
    words.iter().map(|word| whole_area(word)).collect()
}

fn matcher(glob: &str) -> Result<GlobMatcher> {
    let glob = Glob::new(glob).map_err(|error| Usage(format!("{error}")))?;
    Ok(glob.compile_matcher())
}

fn no_match(what: &str, glob: &str, names: &[&str]) -> Usage {
    let help = part_of_contract(what, glob, names)
        .or_else(|| similar_glob(glob, names))
        .or_else(|| suggestion(glob, names))
        .map_or_else(|| format!("there is no {what}"), |help| format!("no {what} matches `{glob}`; {help}"));
    Usage(help)
}

/// Where a contract is meant, a case of one is not taken: a cell is a whole contract.
fn part_of_contract(what: &str, glob: &str, names: &[&str]) -> Option<String> {
    let (contract, _) = glob.rsplit_once('/').filter(|_| what == "contract")?;
    let matcher = matcher(contract).ok()?;
    let is_contract = names.iter().any(|name| name.contains('/') && matcher.is_match(name));
    let all = command_name::command(&format!("try '{glob}'"));
    is_contract
        .then(|| format!("whole contracts are taken here, such as `{contract}`; `{all}` runs single cases"))
}

/// `precision/*` for `precison/*`: the same below an area that exists.
fn similar_glob(glob: &str, names: &[&str]) -> Option<String> {
    let (area, rest) = glob.split_once('/')?;
    let areas: Vec<&str> = names.iter().filter_map(|name| Some(name.split_once('/')?.0)).collect();
    let similar = format!("{}/{rest}", nearest(area, &areas)?);
    let matcher = matcher(&similar).ok()?;
    names.iter().any(|name| matcher.is_match(name)).then(|| format!("did you mean `{similar}`?"))
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
        assert!(select("nothing-like-it").unwrap_err().to_string().contains("there is `3.4"));
    }

    #[test]
    fn the_name_of_an_area_is_all_of_it_and_a_glob_stays_one() {
        let words = ["precision", "precision/", "precision/round", "prec*", "*/round"].map(str::to_owned);
        assert_eq!(
            whole_areas(&words),
            ["precision/*", "precision/*", "precision/round", "prec*", "*/round"]
        );
    }

    #[test]
    fn a_glob_that_matches_nothing_takes_nothing_from_the_others() {
        let globs = ["precision/*", "precison/*"].map(str::to_owned);
        let (selected, unmatched) = select_some("snapshot", &globs, &["precision/round@1"]).unwrap();
        assert_eq!(selected, ["precision/round@1"]);
        let unmatched: Vec<String> = unmatched.iter().map(ToString::to_string).collect();
        assert_eq!(unmatched, ["no snapshot matches `precison/*`; did you mean `precision/*`?"]);
    }

    #[test]
    fn a_glob_that_matches_nothing_has_a_suggestion() {
        let names = ["memory-caps/knobs", "precision/round", "precision/sums", "precision/printf"];
        let error = |glob: &str| select("contract", &[glob.to_owned()], &names).unwrap_err().to_string();
        assert_eq!(error("precison/*"), "no contract matches `precison/*`; did you mean `precision/*`?");
        assert!(
            error("precision/round/half*")
                .contains("whole contracts are taken here, such as `precision/round`")
        );
        assert!(error("zzz").starts_with("no contract matches `zzz`; the nearest of 4 are `"));
        assert_eq!(select("mutant", &["x".to_owned()], &[]).unwrap_err().to_string(), "there is no mutant");
    }
}
