//! Every incident on the list of contracts/incidents.tsv is shown, or said to be missing, and cited there. For the
//! upgrades on which rounding broke programs, what is on record shows each of them between the versions concerned, or
//! the nearest builds there are. `cargo xtask gate` and `history` say the same of the builds themselves.

use std::collections::BTreeSet;
use std::path::Path;

use sqlite_contracts::builds::BuildSet;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::project::Project;
use sqlite_contracts::record::snapshots::{Recorded, resolve};

/// An upgrade that was reported, and how the record shows it.
struct Incident {
    report: &'static str,
    from: &'static str,
    to: &'static str,
    contract: &'static str,
    case: &'static str,
    /// What a step answered before and after: the ends of two lines that begin alike.
    step: &'static str,
    before: &'static str,
    after: &'static str,
    /// The first build that returns as `after`.
    since: &'static str,
}

const INCIDENTS: [Incident; 7] = [
    Incident {
        report: "https://github.com/felt/tippecanoe/issues/148",
        from: "3.42.0-rusqlite",
        to: "3.43.1-rusqlite",
        contract: "precision/money-round",
        case: "computed-amounts",
        step: "query SELECT round((-122.419416 + -122.408447) / 2, 6) → ",
        before: "-122.413932",
        after: "-122.413931",
        since: "3.43.0-rusqlite",
    },
    Incident {
        report: "https://github.com/WiseLibs/better-sqlite3/issues/1064",
        from: "3.40.0-rusqlite",
        to: "3.43.1-rusqlite",
        contract: "precision/money-round",
        case: "ties-on-paper-below-in-binary",
        step: "query SELECT round(?1, ?2) values=[34.775, 2] → ",
        before: "34.78",
        after: "34.77",
        since: "3.43.0-rusqlite",
    },
    Incident {
        report: "https://github.com/TryGhost/node-sqlite3/issues/1837",
        from: "3.41.2-rusqlite",
        to: "3.44.0-rusqlite",
        contract: "precision/money-round",
        case: "ties-on-paper-below-in-binary",
        step: "query SELECT round(?1, ?2) values=[1.15, 1] → ",
        before: "1.2",
        after: "1.1",
        since: "3.43.0-rusqlite",
    },
    Incident {
        report: "https://github.com/xerial/sqlite-jdbc/issues/974",
        from: "3.42.0-rusqlite",
        to: "3.43.0-rusqlite",
        contract: "precision/money-round",
        case: "ties-on-paper-below-in-binary",
        step: "query SELECT round(?1, ?2) values=[10.555, 2] → ",
        before: "10.56",
        after: "10.55",
        since: "3.43.0-rusqlite",
    },
    Incident {
        report: "https://github.com/rusqlite/rusqlite/issues/1415",
        from: "3.41.2-rusqlite",
        to: "3.44.0-rusqlite",
        contract: "precision/rusqlite-numbers",
        case: "rounded-result",
        step: "query SELECT round(?1, 2), round(?2, 1) values=[34.775, 1.15] → ",
        before: "(34.78, 1.2)",
        after: "(34.77, 1.1)",
        since: "3.43.0-rusqlite",
    },
    Incident {
        report: "https://github.com/couchbase/couchbase-lite-core/pull/2473",
        from: "3.51.3-math-functions",
        to: "3.53.0-math-functions",
        contract: "precision/float-to-text",
        case: "math-functions",
        step: "query SELECT sqrt(2) || '', ln(10) || '', pi() || '' → ",
        before: r#"("1.4142135623731", "2.30258509299405", "3.14159265358979")"#,
        after: r#"("1.4142135623730952", "2.3025850929940459", "3.1415926535897931")"#,
        since: "3.53.0-math-functions",
    },
    Incident {
        report: "https://github.com/zeek/zeek/pull/5587",
        from: "3.51.3-rusqlite",
        to: "3.53.0-rusqlite",
        contract: "precision/float-to-text",
        case: "more-than-fifteen-digits",
        step: "query SELECT CAST(?1 AS TEXT) values=[0.3333333333333333] → ",
        before: r#""0.333333333333333""#,
        after: r#""0.33333333333333332""#,
        since: "3.53.0-rusqlite",
    },
];

#[test]
fn each_on_the_list_is_cited_where_it_is_shown() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed = listed();
    let missing: Vec<String> = listed
        .iter()
        .flat_map(|incident| uncited(root, incident).map(|file| format!("{}: {file}", incident.link)))
        .collect();
    assert!(missing.is_empty(), "not cited where they are said to be shown:\n{}", missing.join("\n"));
    let nowhere: Vec<&str> = listed.iter().filter(|one| one.shown.is_empty()).map(|one| one.link).collect();
    assert!(
        nowhere.is_empty(),
        "shown nowhere, and not in contracts/not-covered.md:\n{}",
        nowhere.join("\n")
    );
}

#[test]
fn each_is_on_the_list_once() {
    let listed = listed();
    // A report may be of two incidents.
    let ids: BTreeSet<&str> = listed.iter().map(|incident| incident.id).collect();
    assert_eq!(ids.len(), listed.len(), "an id is on the list twice");
    let shown: BTreeSet<(&str, &[&str])> = listed.iter().map(|it| (it.link, it.shown.as_slice())).collect();
    assert_eq!(shown.len(), listed.len(), "an incident is on the list twice");
    let links: BTreeSet<&str> = listed.iter().map(|incident| incident.link).collect();
    for incident in &INCIDENTS {
        assert!(links.contains(incident.report), "contracts/incidents.tsv lacks {}", incident.report);
    }
}

/// A line of the list.
struct Listed {
    id: &'static str,
    link: &'static str,
    /// The files that show it.
    shown: Vec<&'static str>,
}

fn listed() -> Vec<Listed> {
    let lines = include_str!("../contracts/incidents.tsv").lines().filter(|line| !line.starts_with('#'));
    lines.map(parsed).collect()
}

fn parsed(line: &'static str) -> Listed {
    let [id, _area, link, shown] = line
        .split('\t')
        .collect::<Vec<_>>()
        .try_into()
        .unwrap_or_else(|_| panic!("not four columns: {line}"));
    Listed { id, link, shown: shown.split_whitespace().collect() }
}

/// Those of its files that do not name its link.
fn uncited(root: &Path, incident: &Listed) -> impl Iterator<Item = &'static str> {
    incident.shown.clone().into_iter().filter(|file| {
        let text = std::fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        !names(&text, incident.link)
    })
}

/// Whether a text has a link, and not only a longer one that begins like it.
fn names(text: &str, link: &str) -> bool {
    text.split(link).skip(1).any(|rest| !rest.starts_with(|next: char| next.is_ascii_alphanumeric()))
}

#[test]
fn each_is_on_record_between_its_versions() {
    let project = Project::at(env!("CARGO_MANIFEST_DIR"));
    let builds = BuildSet::load(&project).unwrap();
    let recorded = Recorded::at(project.snapshots());
    for incident in &INCIDENTS {
        let snapshots = recorded.contract(incident.contract).unwrap();
        let answered = |build: &str| {
            let text = resolve(builds.lineage(), snapshots.case(incident.case), build).unwrap().text;
            let answers = text.lines().filter_map(|line| line.strip_prefix(incident.step));
            answers.map(str::to_owned).next().unwrap_or_else(|| panic!("{}: no such step", incident.report))
        };
        assert_eq!(answered(incident.from), incident.before, "{}", incident.report);
        assert_eq!(answered(incident.to), incident.after, "{}", incident.report);
        assert_eq!(answered(incident.since), incident.after, "{}", incident.report);
        let profile = &builds.get(incident.since).unwrap().profile().name;
        let ladder = builds.ladder(profile);
        let at = ladder.iter().position(|build| build.name() == incident.since).unwrap();
        assert_eq!(answered(ladder[at - 1].name()), incident.before, "{}", incident.report);
    }
}

#[test]
fn each_is_named_where_it_is_pinned() {
    let project = Project::at(env!("CARGO_MANIFEST_DIR"));
    for incident in &INCIDENTS {
        let file = project.contracts().join(format!("{}.yaml", incident.contract));
        let contract = Contract::load(&project, &file).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(incident.report), "{} does not name {}", incident.contract, incident.report);
        assert!(contract.cases.iter().any(|case| case.name == incident.case));
    }
}
