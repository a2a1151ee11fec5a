//! What a case did on a build, as far as builds are compared by it.

use serde::Serialize;

use crate::contract::cause::Cause;
use crate::record::report::{CaseReport, Failure, Verdict};
use crate::record::snapshots::diff::diff;
use crate::record::transcript::Line;

/// What a case did on a build. Why a build lacks what the case requires is left out: it names the version, which is
/// another one on every build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Behaviour {
    /// How it went.
    pub verdict: Verdict,
    /// The transcript, and a line for each broken promise; empty where nothing was run.
    pub lines: Vec<String>,
}

impl Behaviour {
    /// Of a case's report.
    pub fn of(case: &CaseReport) -> Self {
        // That every step was as expected is said of a transcript with nothing else in it, broken promise or not.
        let is_silent = !case.failures.is_empty() && *case.transcript == [Line::Silent];
        let transcript = case.transcript.iter().filter(|_| !is_silent).map(Line::to_string);
        let broken = |failure: &Failure| format!("broken: {failure}");
        let lines = transcript.chain(case.failures.iter().map(broken)).collect();
        Self { verdict: case.verdict, lines }
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

/// Builds of one version that did the same with other profiles than the ladder's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Peer {
    /// Their names, in the order of the builds.
    pub builds: Vec<String>,
    /// Whether they do what the ladder's newest build does.
    pub as_ladder: bool,
    /// Why they do something else than the ladder, as far as the contract says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Cause>,
    /// What they do.
    #[serde(flatten)]
    pub did: Behaviour,
}

/// The builds that did the same together, those first that do what the ladder's newest build does.
pub fn peers(newest: &Behaviour, did: impl IntoIterator<Item = (String, Behaviour)>) -> Vec<Peer> {
    let mut peers: Vec<Peer> = Vec::new();
    for (build, did) in did {
        match peers.iter_mut().find(|peer| peer.did == did) {
            Some(peer) => peer.builds.push(build),
            None => {
                let as_ladder = did == *newest;
                peers.push(Peer { builds: vec![build], as_ladder, because: Vec::new(), did });
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
            step: "changes".to_owned(),
            expected: "1".to_owned(),
            actual: (*actual).to_owned(),
        };
        CaseReport {
            case: "one".to_owned(),
            verdict,
            transcript: transcript.iter().copied().collect(),
            failures: broken.iter().map(failure).collect(),
            reason: (verdict == Verdict::Unsupported).then(|| "needs version >=3.35.0, is 3.34.1".to_owned()),
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
            reason: Some("needs version >=3.35.0, is 3.33.0".to_owned()),
            ..report(Verdict::Unsupported, &[], &[])
        });
        assert_eq!(old, new);
        let runs = Behaviour::of(&report(Verdict::Holds, &["changes → 1"], &[]));
        assert_eq!(runs.difference(&old, false), "    - unsupported\n    + changes → 1\n");
    }

    #[test]
    fn peers_that_do_the_same_stand_together() {
        let did = |line: &str| Behaviour::of(&report(Verdict::Holds, &[line], &[]));
        let found = peers(
            &did("a"),
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
