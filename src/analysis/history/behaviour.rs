//! What a case did on a build, reduced to what is compared between builds.

use schemars::JsonSchema;
use serde::Serialize;

use super::Rung;
use crate::contract::cause::Cause;
use crate::record::report::{CaseReport, Failure, Verdict};
use crate::record::snapshots::diff::diff;
use crate::record::transcript::Line;

/// What a case did on a build. The reason why a build does not support the case is left out: it names the version,
/// which differs on every build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Behaviour {
    /// The verdict.
    pub verdict: Verdict,
    /// The transcript, and a line for each broken promise; empty where nothing was run.
    pub lines: Vec<String>,
}

impl Behaviour {
    /// The behaviour in a case's report.
    pub fn of(case: &CaseReport) -> Self {
        // A silent transcript says that every step was as expected, which a broken promise contradicts.
        let is_silent = !case.failures.is_empty() && *case.transcript == [Line::Silent];
        let transcript = case.transcript.iter().filter(|_| !is_silent).map(Line::to_string);
        let broken = |failure: &Failure| format!("broken: {failure}");
        let lines = transcript.chain(case.failures.iter().map(broken)).collect();
        Self { verdict: case.verdict, lines }
    }

    /// The first line that says that a step failed.
    pub fn failing(&self) -> Option<&str> {
        let fails = |line: &&String| Line::from(line.as_str()).outcome().is_some_and(|it| it.is_failure());
        self.lines.iter().find(fails).map(|line| line.trim())
    }

    /// Whether the case ran at all.
    pub fn is_supported(&self) -> bool {
        self.verdict != Verdict::Unsupported
    }

    /// The lines that this one lost (`-`) and gained (`+`) when it came after `before`.
    pub fn difference(&self, before: &Self, color: bool) -> String {
        diff(&before.text(), &self.text(), color)
    }

    /// All lines, with a line feed each.
    fn text(&self) -> String {
        match self.verdict {
            Verdict::Unsupported => "unsupported\n".to_owned(),
            _ => self.lines.iter().flat_map(|line| [line, "\n"]).collect(),
        }
    }
}

/// Builds of one version with other profiles than the ladder's that behave the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Peer {
    /// The ladder's build of their version.
    pub beside: Rung,
    /// Their names, in the order of the builds.
    pub builds: Vec<String>,
    /// Whether they behave like the ladder's build.
    pub as_ladder: bool,
    /// The contract's causes of their difference from the ladder.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Cause>,
    /// What they do.
    #[serde(flatten)]
    pub did: Behaviour,
}

/// Groups the builds of a version that behave the same; those that behave like the ladder's build come first.
pub fn peers(
    (beside, on_ladder): (&Rung, &Behaviour),
    did: impl IntoIterator<Item = (String, Behaviour)>,
) -> Vec<Peer> {
    let mut peers: Vec<Peer> = Vec::new();
    for (build, did) in did {
        match peers.iter_mut().find(|peer| peer.did == did) {
            Some(peer) => peer.builds.push(build),
            None => {
                let (beside, as_ladder) = (beside.clone(), did == *on_ladder);
                peers.push(Peer { beside, builds: vec![build], as_ladder, because: Vec::new(), did });
            }
        }
    }
    peers.sort_by_key(|peer| !peer.as_ladder);
    peers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Location;

    const SILENT: &str = "every step as expected";

    fn report(verdict: Verdict, transcript: &[&str], broken: &[&str]) -> CaseReport {
        let failure = |actual: &&str| Failure {
            place: Location::start_of("a.yaml"),
            row: None,
            step: "changes".to_owned(),
            expected: "1".to_owned(),
            actual: (*actual).to_owned(),
        };
        CaseReport {
            case: "one".to_owned(),
            verdict,
            transcript: transcript.iter().copied().collect(),
            failures: broken.iter().map(failure).collect(),
            reason: (verdict == Verdict::Unsupported).then(|| "needs version >=3.35.0".to_owned()),
            stack: Vec::new(),
            seconds: 0.5,
        }
    }

    #[test]
    fn a_broken_promise_is_a_line_of_its_own() {
        let holds = Behaviour::of(&report(Verdict::Holds, &[SILENT], &[]));
        let broken = Behaviour::of(&report(Verdict::Broken, &[SILENT], &["2"]));
        assert_eq!(broken.lines, ["broken: changes → 2, not 1"]);
        assert_eq!(
            broken.difference(&holds, false),
            "    - every step as expected\n    + broken: changes → 2, not 1\n"
        );
    }

    #[test]
    fn a_case_that_is_not_run_is_the_same_on_every_version() {
        let old = Behaviour::of(&report(Verdict::Unsupported, &[], &[]));
        let new = Behaviour::of(&CaseReport {
            reason: Some("needs function sqlite3_prepare_v3".to_owned()),
            ..report(Verdict::Unsupported, &[], &[])
        });
        assert_eq!(old, new);
        let runs = Behaviour::of(&report(Verdict::Holds, &["changes → 1"], &[]));
        assert_eq!(runs.difference(&old, false), "    - unsupported\n    + changes → 1\n");
    }

    #[test]
    fn peers_that_behave_the_same_form_a_group() {
        let did = |line: &str| Behaviour::of(&report(Verdict::Holds, &[line], &[]));
        let version = "3.54.1".parse().unwrap();
        let rung = Rung { build: "3.54.1-rusqlite".to_owned(), version, released: None };
        let found = peers(
            (&rung, &did("a")),
            [("o2", "b"), ("debian", "a"), ("o3", "b")].map(|(build, line)| (build.to_owned(), did(line))),
        );
        let shown: Vec<(&[String], bool)> =
            found.iter().map(|peer| (peer.builds.as_slice(), peer.as_ladder)).collect();
        assert_eq!(
            shown,
            [
                (["debian".to_owned()].as_slice(), true),
                (["o2".to_owned(), "o3".to_owned()].as_slice(), false)
            ]
        );
    }
}
