//! The papers are true: every example is executed or is a file of the repository, and every link leads somewhere.
//!
//! A block of `yaml` is a contract, a case or a list of steps, which must hold on one build; a `text transcript` below it
//! is what it does. A `yaml bad` has the mistakes that the `text message` below it shows. `yaml policy` is a policy of a
//! gate, `yaml support` a `support.yaml`. `yaml file PATH`, and the same of other languages, is (a part of) that file. Other `text` is shown, not tested.

use std::path::{Path, PathBuf};

use sqlite_contracts::analysis::audit::Support;
use sqlite_contracts::analysis::gate::Policy;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::contract::advisory::Advisory;
use sqlite_contracts::diagnostic::SourceText;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::project::Project;
use sqlite_contracts::record::report::{CaseReport, Verdict};
use sqlite_contracts::worker::WorkerProgram;

const BUILD: &str = "3.54.1-rusqlite";

/// The folders in which pages are.
const FOLDERS: [&str; 6] = ["", "advisories", "contracts", "docs", "drivers", "sqlite-builds"];

/// A page, by its path in the repository.
struct Page {
    path: PathBuf,
    text: String,
}

/// A fenced block: the text after the fence, the place of its first line, its lines.
#[derive(Default)]
struct Block {
    kind: String,
    place: String,
    text: String,
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pages() -> Vec<Page> {
    let files = FOLDERS.iter().flat_map(|folder| std::fs::read_dir(repository().join(folder)).unwrap());
    let mut paths: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    paths.sort();
    let page = |path: PathBuf| Page {
        text: std::fs::read_to_string(&path).unwrap(),
        path: path.strip_prefix(repository()).unwrap().to_owned(),
    };
    paths.into_iter().map(page).collect()
}

impl Page {
    /// Its blocks, and its lines outside of them.
    fn parts(&self) -> (Vec<Block>, String) {
        let (mut blocks, mut outside, mut open) = (Vec::new(), String::new(), None);
        for (index, line) in self.text.lines().enumerate() {
            match (line.strip_prefix("```"), &mut open) {
                (Some(kind), None) => {
                    let place = format!("{}:{}", self.path.display(), index + 2);
                    open = Some(Block { kind: kind.to_owned(), place, ..Block::default() });
                }
                (Some(_), block) => blocks.extend(block.take()),
                (None, Some(block)) => block.text += &format!("{line}\n"),
                (None, None) => outside += &format!("{line}\n"),
            }
        }
        assert!(open.is_none(), "{}: a block does not end", self.path.display());
        (blocks, outside)
    }

    /// What its headings are linked by.
    fn anchors(&self) -> Vec<String> {
        let (_, outside) = self.parts();
        let headings = outside.lines().filter(|line| line.starts_with('#'));
        headings.map(|line| anchor(line.trim_start_matches('#').trim())).collect()
    }
}

fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ');
    heading.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
}

/// A whole contract around a block.
fn whole(text: &str) -> String {
    let indented = |by: usize| -> String { text.lines().map(|line| format!("{:by$}{line}\n", "")).collect() };
    let head = "title: a promise\nwhy: someone breaks\ncases:\n";
    match () {
        () if text.lines().any(|line| line.starts_with("title:")) => text.to_owned(),
        () if text.starts_with("- name:") => format!("{head}{}", indented(2)),
        () => format!("{head}  - name: example\n    steps:\n{}", indented(6)),
    }
}

fn load(text: &str) -> Result<Contract, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("example.yaml");
    std::fs::write(&file, whole(text)).unwrap();
    Contract::load(&Project::at(folder.path()), &file).map_err(|mistakes| mistakes.render(false))
}

#[track_caller]
fn run(engine: &Engine, block: &Block) -> Vec<CaseReport> {
    let place = &block.place;
    let contract = load(&block.text).unwrap_or_else(|message| panic!("{place}: {message}"));
    let reports = engine.run(&contract, engine.builds().get(BUILD).unwrap()).unwrap().cases;
    for report in &reports {
        assert_eq!(report.verdict, Verdict::Holds, "{place}: {report:#?}");
    }
    reports
}

/// Executes a block; `next` is the one below it.
fn check(engine: &Engine, block: &Block, next: Option<&Block>) {
    let place = &block.place;
    let shown = |kind: &str| next.filter(|next| next.kind == kind).map(|next| next.text.clone());
    match block.kind.split_once(' ').unwrap_or((&block.kind, "")) {
        ("yaml", "") => {
            let reports = run(engine, block);
            if let Some(shown) = shown("text transcript") {
                assert_eq!(reports[0].transcript.to_string(), shown, "{place}");
            }
        }
        ("yaml", "bad") => {
            let message = load(&block.text).err().map(|message| message + "\n");
            assert_eq!(message, shown("text message"), "{place}");
        }
        ("yaml", "support") => {
            let advisories = Advisory::all(&Project::at(repository())).unwrap();
            let support = Support::parse(&SourceText::new("support.yaml", block.text.clone()), &advisories);
            support.unwrap_or_else(|mistakes| panic!("{place}: {}", mistakes.render(false)));
        }
        ("yaml", "trace") => {
            let folder = tempfile::tempdir().unwrap();
            let traces = folder.path().join("traces");
            std::fs::create_dir(&traces).unwrap();
            let fixture = repository().join("xtask/tests/traces/shop.trace");
            std::fs::copy(fixture, traces.join("shop.trace")).unwrap();
            std::fs::write(traces.join("shop.yaml"), &block.text).unwrap();
            let contract = Contract::find(&Project::at(folder.path()), "traces/shop");
            contract.unwrap_or_else(|mistakes| panic!("{place}: {}", mistakes.render(false)));
        }
        ("yaml", "policy") => {
            let policy = Policy::parse(&SourceText::new("gate.yaml".to_owned(), block.text.clone()));
            policy.unwrap_or_else(|mistakes| panic!("{place}: {}", mistakes.render(false)));
        }
        (_, file) if file.starts_with("file ") => {
            let file = file.trim_start_matches("file ");
            let text = std::fs::read_to_string(repository().join(file)).unwrap();
            assert!(text.contains(&block.text), "{place}: {file} does not contain this");
        }
        ("text" | "toml", "" | "transcript" | "message") => {}
        _ => panic!("{place}: what is a block of `{}`?", block.kind),
    }
}

#[test]
fn every_example_does_what_the_page_says() {
    let worker = WorkerProgram::new(env!("CARGO_BIN_EXE_sqlite-contracts-worker"));
    let engine = Engine::new(&Project::at(repository()), worker, Box::new(())).unwrap();
    let mut executed = 0;
    for page in pages() {
        let (blocks, _) = page.parts();
        for (at, block) in blocks.iter().enumerate() {
            check(&engine, block, blocks.get(at + 1));
        }
        executed += blocks.iter().filter(|block| block.kind.starts_with("yaml")).count();
    }
    assert!(executed > 30, "only {executed} examples were found");
}

/// The targets of a page's links to other pages and files, and to its own headings.
fn targets(outside: &str) -> Vec<&str> {
    let ends = outside.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    ends.map(|(target, _)| target).filter(|target| !target.contains("://")).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    let mut broken = Vec::new();
    for page in &pages {
        let (_, outside) = page.parts();
        for target in targets(&outside) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let folder = repository().join(page.path.parent().unwrap());
            let path = if file.is_empty() { repository().join(&page.path) } else { folder.join(file) };
            let path = path.canonicalize().unwrap_or_default();
            let linked = pages.iter().find(|other| repository().join(&other.path) == path);
            let has_anchor = || linked.is_some_and(|linked| linked.anchors().iter().any(|it| it == anchor));
            if !path.exists() || !anchor.is_empty() && !has_anchor() {
                broken.push(format!("{}: {target}", page.path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_book_has_every_page() {
    let pages = pages();
    let summary = pages.iter().find(|page| page.path == Path::new("docs/SUMMARY.md")).unwrap();
    let listed: Vec<PathBuf> = targets(&summary.text)
        .into_iter()
        .map(|target| repository().join("docs").join(target).canonicalize().unwrap_or_default())
        .collect();
    let missing: Vec<&Path> = pages
        .iter()
        .map(|page| page.path.as_path())
        .filter(|path| *path != summary.path && !listed.contains(&repository().join(path)))
        .collect();
    assert!(missing.is_empty(), "docs/SUMMARY.md lists no {missing:?}");
}
