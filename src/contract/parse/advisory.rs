//! Advisories: keys of their own around steps of the contract language.

use semver::Version;

use super::reader::{Keys, Reader};
use super::{DEFAULT_DEADLINE, check, yaml_options};
use crate::contract::advisory::{Advisory, Effect, Range, Sign};
use crate::contract::node::Node;
use crate::contract::requires::CaseRequires;
use crate::contract::template::{Row, Used};
use crate::contract::verb::Verb;
use crate::contract::{Case, Driver, PlacedStep, SLUG, is_slug};
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText, yaml};

/// The keys of an advisory.
pub(in crate::contract) const ADVISORY_KEYS: [&str; 11] = [
    "title",
    "effect",
    "harm",
    "links",
    "cve",
    "ranges",
    "backported",
    "fixed_by",
    "applies",
    "steps",
    "shows",
];

/// The verb that needs a process of its own, which no advisory says.
const CONFIG: &str = "config";

/// The names of the cases.
const APPLIES: &str = "applies";
const PROOF: &str = "proof";

/// Reads an advisory from its text.
pub(in crate::contract) fn advisory(id: &str, source: &SourceText) -> Result<Advisory, Diagnostics> {
    if yaml::is_empty(source) {
        return Err(Diagnostic::new(source, 0..0, "this file is empty")
            .help("advisories/README.md says what an advisory is")
            .into());
    }
    let file: Node = serde_yaml::from_str_with_options(source.text(), yaml_options())
        .map_err(|error| Diagnostics::from(Diagnostic::from_yaml(source, &error)))?;
    let mut reader = Reader::new(source, &file);
    let advisory = reader.advisory(id, &file);
    reader.mistakes.into_result(advisory)
}

impl<'a> Reader<'a> {
    fn advisory(&mut self, id: &str, file: &'a Node) -> Advisory {
        if !is_slug(id) {
            self.mistake(file, format!("`{id}` cannot be the name of an advisory: use {SLUG}"));
        }
        let keys = self.keys(file, &ADVISORY_KEYS);
        let shows = keys.get("shows").and_then(|node| self.value::<Sign>(node)).unwrap_or_default();
        Advisory {
            id: id.to_owned(),
            title: self.words(&keys, file, "title"),
            effect: self.effect(&keys, file),
            harm: self.words(&keys, file, "harm"),
            links: self.links_of(&keys, file),
            cve: keys.get("cve").map(|node| self.cves(node)).unwrap_or_default(),
            ranges: self.ranges(&keys, file),
            backported: keys.get("backported").map(|node| self.versions(node)).unwrap_or_default(),
            fixed_by: keys.get("fixed_by").and_then(|node| self.value(node)),
            applies: keys.contains_key(APPLIES).then(|| self.bare_case(&keys, file, APPLIES, APPLIES)),
            proof: self.proof(&keys, file, shows),
            shows,
        }
    }

    fn effect(&mut self, keys: &Keys<'a>, file: &'a Node) -> Effect {
        let read = self.required(keys, file, "effect").and_then(|node| self.value(node));
        read.unwrap_or(Effect::WrongAnswer)
    }

    fn links_of(&mut self, keys: &Keys<'a>, file: &'a Node) -> Vec<String> {
        self.list(keys, file, "links", "say where the defect is described");
        keys.get("links").map(|node| self.links(node)).unwrap_or_default()
    }

    fn cves(&mut self, node: &'a Node) -> Vec<String> {
        let numbers: Vec<String> = self.value(node).unwrap_or_default();
        let is_one = |number: &str| {
            number.strip_prefix("CVE-").is_some_and(|rest| {
                rest.split('-').count() == 2 && rest.chars().all(|c| c == '-' || c.is_ascii_digit())
            })
        };
        for number in numbers.iter().filter(|number| !is_one(number)) {
            self.mistake_with(node, format!("`{number}` is not a CVE number"), "write it as CVE-2025-6965");
        }
        numbers
    }

    fn versions(&mut self, node: &'a Node) -> Vec<Version> {
        self.value(node).unwrap_or_default()
    }

    fn ranges(&mut self, keys: &Keys<'a>, file: &'a Node) -> Vec<Range> {
        let items = self.list(keys, file, "ranges", "say which releases have the defect");
        let mut ranges: Vec<Range> = Vec::new();
        for item in items {
            let Some(range) = self.value::<Range>(item) else { continue };
            if range.fixed.as_ref().is_some_and(|fixed| *fixed <= range.introduced) {
                self.mistake(item, format!("nothing lies in {range}"));
            }
            if ranges.last().is_some_and(|last| last.fixed.as_ref().is_none_or(|f| *f > range.introduced)) {
                self.mistake_with(item, "this range begins before the one above it ends", "order them");
            }
            ranges.push(range);
        }
        ranges
    }

    fn proof(&mut self, keys: &Keys<'a>, file: &'a Node, shows: Sign) -> Case {
        let case = self.bare_case(keys, file, "steps", PROOF);
        // A block judges its own steps.
        let judges =
            |placed: &PlacedStep| placed.step.expect.is_some() || !matches!(placed.step.verb, Verb::Call(_));
        let shows_nothing = !case.runs.iter().flat_map(|run| &run.steps).any(judges);
        if shows == Sign::Answer && self.mistakes.is_empty() && shows_nothing {
            let help = "give the right answer as the `expect` of a step";
            self.mistake_with(file, "no step shows the defect", help);
        }
        case
    }

    /// A case of these steps, for one library that is not known.
    pub(super) fn bare_case(&mut self, keys: &Keys<'a>, owner: &'a Node, key: &str, name: &str) -> Case {
        let steps = self.list(keys, owner, key, "nothing is run");
        for on in steps.iter().filter_map(|step| step.get("on")) {
            self.mistake(on, "these steps run on one library: `on` names another");
        }
        // A library is configured before its first use.
        let fresh_process = steps.iter().any(|step| step.get(CONFIG).is_some());
        let facts = check::CaseFacts { driver: Some(Driver::Capi), fresh_process: Some(fresh_process) };
        let run = self.run(&facts, steps, &Row::new(), None, &mut Used::default());
        Case {
            name: name.to_owned(),
            place: self.place(keys.get(key).copied().unwrap_or(owner)),
            driver: Driver::Capi,
            driver_version: None,
            requires: CaseRequires::default(),
            fresh_process,
            deadline: DEFAULT_DEADLINE,
            changed: Vec::new(),
            runs: vec![run],
        }
    }
}
