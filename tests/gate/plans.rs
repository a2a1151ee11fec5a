//! The way from one build to another, among the builds of this project, and what a plan says.

use sqlite_contracts::analysis::gate::plan::{Plan, Step, way};
use sqlite_contracts::analysis::gate::{Asked, Policy, schema::schemas};
use sqlite_contracts::builds::BuildSet;
use sqlite_contracts::builds::chronology::Unasked;
use sqlite_contracts::project::Project;

use crate::formats::mistakes;
use crate::made_up::*;

fn names(from: &str, to: &str) -> Option<Vec<String>> {
    let builds = BuildSet::load(&Project::at(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let way = way(&builds, builds.get(from).unwrap(), builds.get(to).unwrap())?;
    Some(way.iter().map(|build| build.name().to_owned()).collect())
}

#[test]
fn the_way_is_the_ladder_of_a_profile_in_either_direction() {
    let up = names("3.42.0-rusqlite", "3.44.0-rusqlite").unwrap();
    assert_eq!(up.first().unwrap(), "3.42.0-rusqlite");
    assert_eq!(up.last().unwrap(), "3.44.0-rusqlite");
    assert!(up.contains(&"3.43.0-rusqlite".to_owned()), "{up:?}");
    let mut down = names("3.44.0-rusqlite", "3.42.0-rusqlite").unwrap();
    down.reverse();
    assert_eq!(up, down);
}

#[test]
fn the_way_to_other_flags_is_the_lineage_and_ends_with_them() {
    let way = names("3.53.4-rusqlite", "3.54.1-recommended").unwrap();
    assert_eq!(way, ["3.53.4-rusqlite", "3.54.0-rusqlite", "3.54.1-rusqlite", "3.54.1-recommended"]);
    assert_eq!(names("3.54.1-debian", "3.54.1-recommended"), None);
}

#[test]
fn a_plan_tells_what_each_step_changes() {
    let changing = two_changes(&Policy::default());
    let step = Step::new(FROM, TO, Some("2023-08-24".to_owned()), &changing.contracts);
    let quiet = Step::new(TO, "3.43.1-rusqlite", None, &[]);
    let version = |text: &str| text.parse().unwrap();
    let quiet = quiet.over(Unasked::between(&version("3.38.2"), &version("3.39.0"), []));
    let plan = Plan::new(vec![step, quiet], Asked::default());
    assert_eq!((plan.from.as_str(), plan.to.as_str()), (FROM, "3.43.1-rusqlite"));
    insta::assert_snapshot!("plan", plan.text(1, 110, false));
    for width in [80, 60] {
        let text = plan.text(9, width, false);
        assert!(text.lines().all(|line| line.chars().count() <= width), "{width}: {text}");
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(&text), words(&plan.text(9, 1000, false)));
    }
    let [.., (_, schema)] = schemas();
    let (schema, json) =
        (serde_json::from_str(&schema).unwrap(), serde_json::from_str(&plan.json()).unwrap());
    assert_eq!(mistakes(&schema, &json), Vec::<String>::new());
}
