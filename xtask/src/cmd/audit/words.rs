//! What the report and the page say in the same words.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use sqlite_contracts::analysis::audit::{AuditedCopy, Finding, Identity, Standing};
use sqlite_contracts::contract::advisory::Advisory;

/// An advisory as `audit --list --format json` prints it.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Listed<'a> {
    id: &'a str,
    title: &'a str,
    effect: &'static str,
    /// The releases that have the defect, as people read them.
    releases: String,
    cve: &'a [String],
    /// Where it is described, the most authoritative place first.
    links: &'a [String],
}

impl<'a> Listed<'a> {
    pub(super) fn of(advisory: &'a Advisory) -> Self {
        let Advisory { id, title, cve, links, .. } = advisory;
        Self { id, title, effect: advisory.effect.as_str(), releases: advisory.releases(), cve, links }
    }
}

/// Which SQLite it is, in one sentence.
pub(super) fn identity(identity: &Identity) -> String {
    let claimed = identity.release.as_ref().map(|release| format!("SQLite {release}"));
    let source = identity.source_ids.first().map(|id| format!(" ({})", short(id))).unwrap_or_default();
    match (claimed, identity.agrees) {
        (Some(claimed), Some(true)) => format!("{claimed}{source}, and answers like it"),
        (Some(claimed), Some(false)) => {
            format!("says that it is {claimed}{source}, but answers like {}", like(identity))
        }
        (Some(claimed), None) => format!("{claimed}{source}, by what it says"),
        (None, _) if !identity.answers_like.is_empty() => {
            format!("names no release, and answers like {}{source}", like(identity))
        }
        (None, _) => match identity.source_ids.first() {
            None => "names no release".to_owned(),
            Some(id) => format!("of no known release: source id {id}"),
        },
    }
}

/// The day and the first digits of the hash. Forks write the time in other ways.
fn short(source_id: &str) -> String {
    let hash = source_id.rsplit(' ').next().and_then(|hash| hash.get(..10));
    match (source_id.get(..10), hash) {
        (Some(day), Some(hash)) => format!("{day} {hash}"),
        _ => source_id.to_owned(),
    }
}

/// Why it was not run; nothing when it was.
pub(super) fn not_run(copy: &AuditedCopy) -> Option<String> {
    let reason = copy.not_run.as_ref()?;
    let without: Vec<&str> = copy.without.iter().map(String::as_str).collect();
    Some(match without.is_empty() {
        true => reason.clone(),
        false => format!("{reason} (it was loaded without {})", without.join(", ")),
    })
}

/// `3.50.0 to 3.50.4`
pub(super) fn like(identity: &Identity) -> String {
    match identity.answers_like.as_slice() {
        [] => "no known release".to_owned(),
        [only] => only.to_string(),
        [oldest, .., newest] => format!("{oldest} to {newest}"),
    }
}

/// In which cases it is not like that; nothing where it is.
pub(super) fn differences(identity: &Identity) -> Option<String> {
    let cases = identity.differences.join(", ");
    (!cases.is_empty()).then(|| format!("answers otherwise than {} in: {cases}", like(identity)))
}

/// What is published, against what was seen.
pub(super) fn releases(finding: &Finding, advisory: &Advisory) -> String {
    let published = format!("in releases {}", advisory.releases());
    match (finding.differs_from_release(), finding.standing) {
        (true, Standing::NotAffected) => format!("{published}: mended in this copy without a new number"),
        (true, _) => format!("{published}: not in this release, but in this copy"),
        (false, Standing::NotRun) => match finding.by_source_id {
            Some(true) => format!("{published}: this one, by its source id"),
            Some(false) => format!("{published}: not this one, by its source id"),
            None => published,
        },
        (false, _) => published,
    }
}

/// Why and until when somebody lives with it.
pub(super) fn ignored(copy: &AuditedCopy, finding: &Finding) -> Option<String> {
    let ignored = copy.ignoring(finding)?;
    let until = ignored.until.map(|until| format!(" until {until}")).unwrap_or_default();
    Some(format!("ignored{until}: {}", ignored.reason))
}

/// Until when it is shipped, or that it should not be.
pub(super) fn shipped(copy: &AuditedCopy, today: Date) -> Option<String> {
    let shipped = copy.shipped.as_ref()?;
    let (target, until) = (&shipped.target, shipped.until);
    Some(match copy.is_ended(today) {
        true => format!("was to be shipped until {until} only ({target})"),
        false => format!("shipped until {until} ({target})"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_id_is_shortened_however_its_time_is_written() {
        let hash = "737ae4a34738ffa0c3ff7f9bb18df914dd1cad163f28fd6b6e114a344fe6d618";
        for time in ["2026-03-13 10:38:09", "2026-03-13T10:38:09.694Z"] {
            assert_eq!(short(&format!("{time} {hash}")), "2026-03-13 737ae4a347");
        }
    }
}
