//! The data of the page. Equal transcripts of a case are stored once; builds refer to them by number.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use semver::Version;
use serde::Serialize;
use sqlite_contracts::builds::{Build, Store};
use sqlite_contracts::contract::{Case, Contract};
use sqlite_contracts::matrix::survey::{Standing, Survey};
use sqlite_contracts::matrix::table::SIGNS;
use sqlite_contracts::record::causes::Causes;
use sqlite_contracts::record::lineage::Lineage;
use sqlite_contracts::record::snapshots::{CaseSnapshots, Recorded, drifts_on_record};
use sqlite_contracts::record::transcript::Line;

use super::Report;
use super::defects::{Defect, defects};
use super::keys::Keys;
use super::known::{Ground, Known, Ran, on_record, recorded};

/// The sign where nothing is known: neither run nor on record.
const UNKNOWN: char = ' ';

/// Everything that the page shows.
#[derive(Debug, Default, Serialize)]
pub(super) struct Sheet {
    /// When the page was made, in seconds since 1970.
    made: u64,
    /// When the last run ended, if there was one.
    ran: Option<u64>,
    /// Whether the page opens with the builds of the run.
    opens_with_run: bool,
    /// The status that a cell may have, better ones first.
    signs: Vec<Sign>,
    builds: Vec<Column>,
    #[serde(flatten)]
    keys: Keys,
    contracts: Vec<Rows>,
    advisories: Vec<Defect>,
    /// Why cases did not run, how they ended, what was broken, why they differ: cases refer to them by number.
    pub reasons: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Sign {
    sign: char,
    standing: Standing,
    meaning: &'static str,
}

#[derive(Debug, Serialize)]
struct Column {
    name: String,
    version: Option<String>,
    profile: String,
    about: String,
    flags: Vec<String>,
    tier: &'static str,
    released: Option<String>,
    /// The version that this machine's library has, where the build has none.
    found: Option<String>,
    /// The nearest build above it on the page, by number.
    parent: Option<usize>,
}

#[derive(Debug, Serialize)]
struct Rows {
    id: String,
    title: String,
    why: String,
    cases: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    name: String,
    /// `contracts/precision/round.yaml:12`
    place: String,
    /// Each text as its lines, each line in its [parts](Line::parts).
    texts: Vec<Vec<[String; 3]>>,
    /// A sign for each build. Whether a case that holds differs from the build before it depends on which builds are
    /// shown, so the page itself finds that out.
    signs: String,
    /// The number of each build's text.
    said: Vec<Option<usize>>,
    /// The same for the text on record, where that differs, by build.
    record: BTreeMap<usize, Option<usize>>,
    /// The number of a reason, by build.
    reasons: BTreeMap<usize, usize>,
    /// The builds whose record differs from their parent's.
    drifts: Vec<usize>,
    /// The causes that the contract knows for it, the oldest first: the number of the key, that of the text, and whether
    /// a drift on record needs it.
    causes: Vec<(usize, usize, bool)>,
    /// The builds on which the last run ran it.
    ran: Vec<usize>,
}

impl Sheet {
    /// Collects what is known about every case on every build of the report.
    pub(super) fn new(report: &Report, recorded: &Recorded, store: &Store) -> Result<Self> {
        let lineage = report.inventory.builds.lineage();
        let ran = Ran::new(report.run.as_ref().map_or_else(Survey::default, |run| run.survey.clone()));
        let grounds: Vec<Ground> =
            report.builds.iter().map(|build| Ground::new(build, store)).collect::<Result<_>>()?;
        let columns = columns(&report.builds, lineage, &grounds);
        let versions: Vec<_> = report.builds.iter().zip(&grounds).map(version).collect();
        let advisories = defects(report, &versions)?;
        let keys = Keys::new(report);
        let mut collector = Collector { report, lineage, ran, grounds, keys: &keys, reasons: Vec::new() };
        let contracts = report
            .contracts()
            .iter()
            .map(|contract| collector.rows(contract, recorded))
            .collect::<Result<_>>()?;
        let reasons = collector.reasons;
        Ok(Self {
            made: seconds(SystemTime::now()),
            ran: report.run.as_ref().map(|run| seconds(run.finished)),
            opens_with_run: report.is_of_run,
            signs: signs(),
            contracts,
            advisories,
            reasons,
            builds: columns,
            keys,
        })
    }
}

/// The version that a build is of, or that was found.
fn version((build, ground): (&&Build, &Ground)) -> Option<Version> {
    build.version().cloned().or_else(|| ground.version().cloned())
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn signs() -> Vec<Sign> {
    let mut signs: Vec<Sign> = SIGNS
        .iter()
        .map(|(standing, sign, meaning)| Sign { sign: *sign, standing: *standing, meaning })
        .collect();
    signs.sort_by_key(|sign| sign.standing);
    signs
}

fn sign(known: &Known) -> char {
    let of = |standing| SIGNS.iter().find(|(known, ..)| *known == standing).map(|(_, sign, _)| *sign);
    known.standing.and_then(of).unwrap_or(UNKNOWN)
}

fn columns(builds: &[&Build], lineage: &Lineage, grounds: &[Ground]) -> Vec<Column> {
    let number = |name: &str| builds.iter().position(|build| build.name() == name);
    let column = |(build, ground): (&&Build, &Ground)| {
        let profile = build.profile();
        Column {
            name: build.name().to_owned(),
            version: build.version().map(ToString::to_string),
            profile: profile.name.clone(),
            about: profile.about.clone(),
            flags: profile.defines.iter().chain(&profile.compiler).cloned().collect(),
            tier: build.tier().as_str(),
            released: ground.released.clone(),
            found: ground.version().filter(|_| build.version().is_none()).map(ToString::to_string),
            parent: lineage.ancestors(build.name()).find_map(number),
        }
    };
    builds.iter().zip(grounds).map(column).collect()
}

struct Collector<'a> {
    report: &'a Report<'a>,
    lineage: &'a Lineage,
    ran: Ran,
    grounds: Vec<Ground>,
    keys: &'a Keys,
    reasons: Vec<String>,
}

impl Collector<'_> {
    fn rows(&mut self, contract: &Contract, recorded: &Recorded) -> Result<Rows> {
        let snapshots = recorded.contract(&contract.id)?;
        let causes = self.report.inventory.builds.causes(contract, &snapshots);
        let mut row = |case: &Case| {
            let of_case = snapshots.case(&case.name);
            let known = self.known(contract, case, of_case);
            Row {
                causes: self.causes(&causes, &case.name),
                drifts: self.drifts(of_case),
                ..self.row(&case.name, case.place.without_column(), &known)
            }
        };
        Ok(Rows {
            cases: contract.cases.iter().map(&mut row).collect(),
            id: contract.id.clone(),
            title: contract.title.clone(),
            why: contract.why.clone(),
        })
    }

    /// What is known about a case, build by build.
    fn known(&self, contract: &Contract, case: &Case, snapshots: &CaseSnapshots) -> Vec<Known> {
        let known = |(build, ground): (&&Build, &Ground)| {
            let record = || recorded(self.lineage, snapshots, build.name());
            match self.ran.known(&contract.id, build.name(), &case.name) {
                Some(known) => Known { record: record(), ..known },
                None => {
                    let known = on_record(self.lineage, snapshots, case, build.name(), ground);
                    Known { record: known.text.clone(), ..known }
                }
            }
        };
        self.report.builds.iter().zip(&self.grounds).map(known).collect()
    }

    fn drifts(&self, snapshots: &CaseSnapshots) -> Vec<usize> {
        let builds = self.report.builds.iter().enumerate();
        let drifting = builds.filter(|(_, build)| drifts_on_record(self.lineage, snapshots, build.name()));
        drifting.map(|(at, _)| at).collect()
    }

    fn causes(&mut self, causes: &Causes, case: &str) -> Vec<(usize, usize, bool)> {
        let in_force = causes.contract().causes(case).into_iter();
        let numbered = in_force.filter_map(|cause| {
            let key = self.keys.number(&cause.key)?;
            Some((key, number(&mut self.reasons, &cause.text), causes.is_needed(case, cause)))
        });
        numbered.collect()
    }

    fn row(&mut self, name: &str, place: String, known: &[Known]) -> Row {
        let mut texts = Vec::new();
        let mut row = Row {
            name: name.to_owned(),
            place,
            texts: Vec::new(),
            signs: known.iter().map(sign).collect(),
            said: known
                .iter()
                .map(|known| known.text.as_ref().map(|text| number(&mut texts, text)))
                .collect(),
            record: BTreeMap::new(),
            reasons: BTreeMap::new(),
            drifts: Vec::new(),
            causes: Vec::new(),
            ran: known.iter().enumerate().filter(|(_, known)| known.ran).map(|(at, _)| at).collect(),
        };
        for (at, known) in known.iter().enumerate() {
            if known.record != known.text {
                row.record.insert(at, known.record.as_ref().map(|text| number(&mut texts, text)));
            }
            if let Some(note) = &known.note {
                row.reasons.insert(at, number(&mut self.reasons, note));
            }
        }
        row.texts =
            texts.iter().map(|text| text.lines().map(|line| Line::from(line).parts()).collect()).collect();
        row
    }
}

/// The index of a text in a list, to which it is appended if it is new.
fn number(texts: &mut Vec<String>, text: &str) -> usize {
    texts.iter().position(|known| known == text).unwrap_or_else(|| {
        texts.push(text.to_owned());
        texts.len() - 1
    })
}
