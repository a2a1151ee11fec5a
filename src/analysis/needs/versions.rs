//! Ranges of versions, with their holes.

use semver::Version;

use super::document::{Proof, Range, Versions, Without};

/// A version of the ladder, and what goes wrong there.
pub type Rung = (Version, Option<Proof>);

/// Where everything is as needed, and what goes wrong elsewhere. The rungs are in order. A range that begins with the oldest
/// one has no beginning, and one that reaches the newest has no end: nothing says that another version does otherwise.
pub fn versions(rungs: &[Rung], builds: Vec<String>) -> Versions {
    let oldest = rungs.first().map(|(version, _)| version.clone());
    let (ranges, without) = (Vec::new(), Vec::new());
    let mut found = Versions { ranges, without, asked: rungs.len(), oldest, builds };
    for (at, (version, proof)) in rungs.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| &rungs[before].1);
        match (proof, before) {
            (None, Some(None)) => {}
            (None, None) => found.ranges.push(Range { from: None, to: None }),
            (None, _) => found.ranges.push(Range { from: Some(version.clone()), to: None }),
            (Some(proof), Some(Some(same))) if same == proof => {
                if let Some(last) = found.without.last_mut() {
                    last.to = version.clone();
                }
            }
            (Some(proof), _) => found.without.push(Without {
                from: version.clone(),
                to: version.clone(),
                proof: proof.clone(),
            }),
        }
        if let (Some(_), Some(None), Some(range)) = (proof, before, found.ranges.last_mut()) {
            range.to = Some(rungs[at - 1].0.clone());
        }
    }
    found
}

impl Versions {
    /// What goes wrong with a version, or why nothing is known of it.
    pub fn mistake(&self, version: &Version) -> Option<String> {
        let is_in = |range: &Range| {
            range.from.as_ref().is_none_or(|from| from <= version)
                && range.to.as_ref().is_none_or(|to| version <= to)
        };
        if self.ranges.iter().any(is_in) {
            let oldest = self.oldest.as_ref().filter(|oldest| version < *oldest)?;
            return Some(format!(
                "nothing is known of it: the oldest version that was asked is {oldest}, which serves; `needs --all` asks older ones"
            ));
        }
        let hole = self.without.iter().find(|hole| hole.from <= *version && *version <= hole.to);
        Some(match (hole, self.ranges.as_slice()) {
            (Some(hole), _) => hole.proof.to_string(),
            (None, []) => "no version is known that has it all".to_owned(),
            (None, ranges) => {
                format!("needed is {}", ranges.iter().map(Range::to_string).collect::<Vec<_>>().join(", or "))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proof(goes_wrong: &str) -> Proof {
        Proof {
            statement: "SELECT 1".to_owned(),
            place: "a.sql:1".to_owned(),
            goes_wrong: goes_wrong.to_owned(),
            instead_of: "1".to_owned(),
        }
    }

    #[test]
    fn behaviour_comes_and_goes() {
        let rungs = [("3.8.0", Some("a")), ("3.9.0", Some("a")), ("3.10.0", None), ("3.11.0", None)];
        let more = [("3.12.0", Some("b")), ("3.13.0", None)];
        let rungs: Vec<Rung> = rungs
            .into_iter()
            .chain(more)
            .map(|(version, wrong)| (version.parse().unwrap(), wrong.map(proof)))
            .collect();
        let found = versions(&rungs, Vec::new());
        let ranges: Vec<String> = found.ranges.iter().map(Range::to_string).collect();
        assert_eq!(ranges, ["3.10.0 to 3.11.0", "3.13.0 or later"]);
        let holes: Vec<(String, String)> =
            found.without.iter().map(|hole| (hole.from.to_string(), hole.to.to_string())).collect();
        assert_eq!(holes, [("3.8.0".into(), "3.9.0".into()), ("3.12.0".into(), "3.12.0".into())]);
        let mistake = |version: &str| found.mistake(&version.parse().unwrap());
        assert_eq!(mistake("3.99.0"), None);
        assert_eq!(mistake("3.12.0").unwrap(), "SELECT 1 → b, not 1 (a.sql:1)");
        assert_eq!(mistake("3.7.0").unwrap(), "needed is 3.10.0 to 3.11.0, or 3.13.0 or later");
    }

    #[test]
    fn without_a_version_that_fails_there_is_no_bound() {
        let rungs: Vec<Rung> =
            ["3.46.0", "3.54.1"].map(|version| (version.parse().unwrap(), None)).into_iter().collect();
        let found = versions(&rungs, vec!["3.46.0-rusqlite".to_owned(), "3.54.1-rusqlite".to_owned()]);
        assert_eq!(found.ranges, [Range { from: None, to: None }]);
        assert_eq!(found.ranges[0].to_string(), "any version");
        assert_eq!(found.mistake(&Version::new(3, 46, 0)), None);
        assert_eq!(found.mistake(&Version::new(3, 99, 0)), None);
        // That it serves is as unknown as that it does not.
        let why = found.mistake(&Version::new(3, 45, 3)).unwrap();
        assert!(why.contains("the oldest version that was asked is 3.46.0"), "{why}");
        let fails = vec![rungs[0].clone(), (Version::new(3, 54, 1), Some(proof("a")))];
        assert_eq!(versions(&fails, Vec::new()).ranges[0].to_string(), "3.46.0 or earlier");
    }
}
