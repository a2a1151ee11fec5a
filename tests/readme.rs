//! Every example of contracts/README.md is executed: whole contracts, cases and lists of steps must hold on one
//! build, the transcript shown below one is what it does, and mistakes shown on purpose have the message shown.

use std::path::Path;

use sqlite_contracts::contract::Contract;
use sqlite_contracts::contract::verb::Verb;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::project::Project;
use sqlite_contracts::record::report::{CaseReport, Verdict};
use sqlite_contracts::worker::WorkerProgram;

const BUILD: &str = "3.54.1-rusqlite";

/// A fenced block: the words after the fence, its first line in the page, its text.
struct Block {
    kind: String,
    line: usize,
    text: String,
}

fn page() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts/README.md")).unwrap()
}

fn blocks() -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for (index, line) in page().lines().enumerate() {
        match (line.strip_prefix("```"), open) {
            (Some(kind), false) => {
                blocks.push(Block { kind: kind.to_owned(), line: index + 2, text: String::new() });
                open = true;
            }
            (Some(_), true) => open = false,
            (None, true) => blocks.last_mut().unwrap().text += &format!("{line}\n"),
            (None, false) => {}
        }
    }
    blocks
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
    let line = block.line;
    let contract = load(&block.text).unwrap_or_else(|message| panic!("README.md:{line}: {message}"));
    let reports = engine.run(&contract, engine.builds().get(BUILD).unwrap()).unwrap().cases;
    for report in &reports {
        assert_eq!(report.verdict, Verdict::Holds, "README.md:{line}: {report:#?}");
    }
    reports
}

#[test]
fn every_example_does_what_the_page_says() {
    let worker = WorkerProgram::new(env!("CARGO_BIN_EXE_sqlite-contracts-worker"));
    let project = Project::at(env!("CARGO_MANIFEST_DIR"));
    let engine = Engine::new(&project, worker, Box::new(())).unwrap();
    let blocks = blocks();
    let next = |at: usize, kind: &str| blocks.get(at + 1).filter(|next| next.kind == kind);
    let mut executed = 0;
    for (at, block) in blocks.iter().enumerate() {
        match block.kind.as_str() {
            "yaml" => {
                let reports = run(&engine, block);
                if let Some(shown) = next(at, "text transcript") {
                    assert_eq!(reports[0].transcript.to_string(), shown.text, "README.md:{}", shown.line);
                }
                executed += 1;
            }
            "yaml bad" => {
                let message = load(&block.text).err().map(|message| message + "\n");
                let shown = next(at, "text message").map(|shown| shown.text.clone());
                assert_eq!(message, shown, "README.md:{}", block.line);
                executed += 1;
            }
            "text transcript" | "text message" => {}
            other => panic!("README.md:{}: what is a block of `{other}`?", block.line),
        }
    }
    assert!(executed > 10, "only {executed} examples were found");
}

#[test]
fn every_verb_is_on_the_page() {
    let page = page();
    for verb in Verb::NAMES {
        assert!(page.contains(&format!("\n| `{verb}` |")), "contracts/README.md has no row for `{verb}`");
    }
}
