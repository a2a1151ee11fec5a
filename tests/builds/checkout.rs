//! Check-ins of a made-up SQLite, whose `configure` and `make` are a line each.
#![cfg(unix)]

use std::path::Path;
use std::process::Command;

use crate::fake::FakeProject;
use semver::Version;
use sqlite_contracts::analysis::history::bisect;
use sqlite_contracts::builds::{Checkout, Origin};

const CONFIGURE: &str =
    "printf 'sqlite3.c: part.c\\n\\tcp part.c sqlite3.c; touch sqlite3.h\\n' > Makefile\n";

fn run(program: &str, folder: &Path, arguments: &[&str]) {
    let mut command = Command::new(program);
    // Neither a person's configuration nor an identity counts.
    command.envs([
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("HOME", folder.to_str().unwrap()),
        ("USER", "somebody"),
    ]);
    for role in ["GIT_AUTHOR", "GIT_COMMITTER"] {
        command.env(format!("{role}_NAME"), "Somebody").env(format!("{role}_EMAIL"), "nobody@example.com");
        command.env(format!("{role}_DATE"), "2023-07-01T12:00:00Z");
    }
    let output = command.current_dir(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
}

/// A source of the fake version 3.46.0 whose compile option is `flag`.
fn part(flag: &str) -> String {
    format!(
        "const char *sqlite3_libversion(void) {{ return \"3.46.0\"; }}\n\
         const char *sqlite3_sourceid(void) {{ return \"2024-05-23 13:25:27 fake\"; }}\n\
         const char *sqlite3_compileoption_get(int n) {{ return n == 0 ? \"{flag}\" : 0; }}\n"
    )
}

/// What a checkout is made with.
struct Maker {
    commit: fn(&Path, &str),
    tag: fn(&Path, &str),
}

const GIT: Maker = Maker {
    commit: |folder, comment| {
        run("git", folder, &["add", "--all"]);
        run("git", folder, &["commit", "--quiet", "--message", comment]);
    },
    tag: |folder, tag| run("git", folder, &["tag", tag]),
};

/// Releases 3.45.0 and 3.46.0 with five check-ins from one to the other: `old`, `old`, one that does not compile,
/// `new`, `new`.
fn check_in_all(folder: &Path, maker: &Maker) {
    std::fs::write(folder.join("configure"), CONFIGURE).unwrap();
    let codes =
        [part("old"), part("old") + "// 1\n", part("old") + "// 2\n", "broken".to_owned(), part("new")];
    for (at, code) in codes.iter().enumerate() {
        std::fs::write(folder.join("part.c"), code).unwrap();
        (maker.commit)(folder, &format!("step {at}"));
        if at == 0 {
            (maker.tag)(folder, "version-3.45.0");
        }
    }
    std::fs::write(folder.join("part.c"), part("new") + "// 5\n").unwrap();
    (maker.commit)(folder, "step 5");
    (maker.tag)(folder, "version-3.46.0");
}

/// Searches the checkout for the change of the compile option.
fn assert_finds(project: &FakeProject, folder: &Path) {
    let checkout = Checkout::open(folder).unwrap();
    let [old, new] = ["3.45.0", "3.46.0"].map(|version| version.parse::<Version>().unwrap());
    let line = checkout.between(&old, &new).unwrap_or_else(|error| panic!("{error}"));
    let comments: Vec<&str> = line.iter().map(|check_in| check_in.comment.as_str()).collect();
    assert_eq!(comments, ["step 1", "step 2", "step 3", "step 4", "step 5"]);

    let (plain, store) = (project.build("3.46.0-plain"), project.store());
    let found = bisect(line.len(), |at| {
        let code = checkout.amalgamation(&project.project(), &line[at])?;
        assert!(matches!(&code.origin, Origin::Path(path) if !Path::new(path).join("part.c").exists()));
        let product = store.ensure(&plain.check_in(&line[at], code), &());
        Ok(product.ok().map(|product| product.info.compile_options == ["old"]))
    });
    let found = found.unwrap();
    let range: Vec<&str> = comments[found.before.unwrap() + 1..=found.after].to_vec();
    assert_eq!(range, ["step 3", "step 4"], "what does not compile is not told from what follows");
    let error = checkout.between(&old, &"3.47.0".parse().unwrap()).unwrap_err().to_string();
    assert!(error.contains("version-3.47.0"), "{error}");
}

#[test]
fn a_git_checkout_leads_to_the_check_in() {
    let project = FakeProject::new();
    let folder = project.root().join("checkout");
    std::fs::create_dir(&folder).unwrap();
    assert!(Checkout::open(&folder).is_none());
    run("git", &folder, &["init", "--quiet"]);
    check_in_all(&folder, &GIT);
    assert_finds(&project, &folder);
}

/// What is said of a clone with an option, whose remote is gone.
fn said_of_clone(option: &str) -> Result<(), String> {
    let project = FakeProject::new();
    let [folder, clone] = ["checkout", "clone"].map(|name| project.root().join(name));
    std::fs::create_dir(&folder).unwrap();
    run("git", &folder, &["init", "--quiet"]);
    check_in_all(&folder, &GIT);
    run("git", &folder, &["config", "uploadpack.allowFilter", "true"]);
    let from = format!("file://{}", folder.display());
    run(
        "git",
        project.root(),
        &["clone", "--quiet", "--no-checkout", option, &from, clone.to_str().unwrap()],
    );
    run("git", &clone, &["fetch", "--quiet", "--tags"]);
    std::fs::remove_dir_all(folder).unwrap();
    let checkout = Checkout::open(&clone).unwrap();
    let [old, new] = ["3.45.0", "3.46.0"].map(|version| version.parse::<Version>().unwrap());
    let line = checkout.between(&old, &new).map_err(|error| error.to_string())?;
    checkout.check_files_of(&line[0]).map_err(|error| error.to_string())
}

#[test]
fn a_clone_with_a_part_of_the_history_is_refused() {
    let said = said_of_clone("--depth=2").unwrap_err();
    assert!(said.contains("shallow clone") && said.contains("fetch --unshallow --tags"), "{said}");
}

#[test]
fn a_clone_without_files_says_how_to_get_them() {
    let said = said_of_clone("--filter=blob:none").unwrap_err();
    assert!(said.contains("2 files of check-in") && said.contains("fetch --refetch --no-filter"), "{said}");
    assert_eq!(said_of_clone("--no-tags"), Ok(()), "a whole clone");
}

#[test]
#[ignore = "needs fossil, which few machines have: apt-get install fossil"]
fn a_fossil_checkout_does_too() {
    let project = FakeProject::new();
    let folder = project.root().join("checkout");
    std::fs::create_dir(&folder).unwrap();
    run("fossil", &folder, &["init", "../sqlite.fossil"]);
    run("fossil", &folder, &["open", "--force", "../sqlite.fossil"]);
    let maker = Maker {
        commit: |folder, comment| {
            run("fossil", folder, &["addremove"]);
            run("fossil", folder, &["commit", "--hash", "--no-warnings", "--allow-fork", "-m", comment]);
        },
        tag: |folder, tag| run("fossil", folder, &["tag", "add", tag, "current"]),
    };
    check_in_all(&folder, &maker);
    assert_finds(&project, &folder);
}
