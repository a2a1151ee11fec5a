//! The pages of `xtask report` and `xtask audit`, used in a headless Chromium. Without a browser these tests are ignored, and say so.

mod board;
mod browser;
mod made_up;
mod terminal;

use std::path::Path;
use std::process::{Command, ExitCode, Output};

use browser::{Browsing, Chromium, Theme};
use libtest_mimic::{Arguments, Failed, Trial};
use made_up::{EVIL, last_run, project};
use serde_json::Value;

type Test = fn(&Browsing) -> Result<(), Failed>;

/// The page's tests, by name.
const TESTS: [(&str, Test); 23] = [
    ("the_matrix_stands_with_signs_of_every_build", matrix),
    ("a_click_shows_transcript_difference_and_cause", difference),
    ("a_permalink_leads_to_its_view_and_back_leads_out", permalink),
    ("a_permalink_unfolds_and_marks_its_cell", permalink_of_a_cell),
    ("a_bad_link_says_so_and_shows_the_default", bad_link),
    ("filters_and_search_leave_what_is_meant", filters),
    ("where_no_row_is_left_the_page_says_what_to_clear", no_row),
    ("two_builds_stand_side_by_side", side_by_side),
    ("a_build_is_compared_with_the_nearest_that_is_shown", nearest_shown),
    ("the_keyboard_is_enough", keyboard),
    ("since_when_shows_behaviour_that_comes_back", since_when),
    ("a_release_has_its_changes_with_causes", release),
    ("a_view_becomes_markdown_or_csv", export),
    ("a_run_stands_beside_the_record", run),
    ("both_themes_and_a_phone_are_readable", themes_and_phone),
    ("on_a_phone_the_filters_stand_behind_a_button", filters_on_a_phone),
    ("published_ranges_of_advisories_stand_beside_builds", published),
    ("the_board_of_an_audit_has_what_is_due_first", board::board),
    ("a_sign_of_the_board_leads_to_its_evidence", board::evidence),
    ("the_board_needs_no_script", board::plain),
    ("the_record_of_this_repository_fits", repository),
    ("core_builds_have_the_signs_of_the_terminal", terminal::core),
    ("all_builds_have_the_signs_of_the_terminal", terminal::all),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let missing = browser::missing();
    if let Some(reason) = &missing {
        eprintln!("the report's page is not tried in a browser: {reason}");
    }
    let chromium = Chromium::default();
    let trial = |(name, test): (&str, Test)| {
        let chromium = chromium.clone();
        let run = move || test(&Browsing::start(&chromium)?);
        Trial::test(name, run).with_kind("chromium").with_ignored_flag(missing.is_some())
    };
    libtest_mimic::run(&arguments, TESTS.map(trial).into()).exit_code()
}

fn report(root: &Path, out: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
    command
        .current_dir(root)
        .env("CARGO_TARGET_DIR", root.join("target"))
        .args(["report", "--output"])
        .arg(out)
        .output()
        .unwrap()
}

/// The page of the made-up project, at an address.
fn opened(browsing: &Browsing, hash: &str) -> Result<tempfile::TempDir, Failed> {
    let project = project();
    open(browsing, &project, hash)?;
    Ok(project)
}

fn open(browsing: &Browsing, project: &tempfile::TempDir, hash: &str) -> Result<(), Failed> {
    let out = project.path().join("report.html");
    let output = report(project.path(), &out);
    assert!(output.status.success(), "{output:?}");
    browsing.open(&out, hash)
}

/// A cell of the grid, by the words that a screen reader says of its row and of itself.
fn cell(row: &str, build: &str) -> String {
    format!(
        "[...document.querySelectorAll('.row')].find(row => row.querySelector('.name').textContent === '{row}')\
         .querySelector('[aria-label^=\"{build}\"]')"
    )
}

/// The signs of a row.
fn signs(row: &str) -> String {
    let row = format!("{}.parentElement", cell(row, "3.46.0-plain"));
    format!("[...{row}.querySelectorAll('.cell')].map(cell => cell.textContent).join('')")
}

const NAMES: &str = "[...document.querySelectorAll('.row .name')].map(name => name.textContent).join(' ')";
const PANEL: &str = "document.getElementById('panel').innerText";
const PANEL_IS_OPEN: &str = "!document.getElementById('panel').hidden";

fn matrix(page: &Browsing) -> Result<(), Failed> {
    let _project = opened(page, "#unfold=precision/round")?;
    page.expect(NAMES, "limits depth precision round half newer")?;
    page.expect(&signs("half"), ".~~..")?;
    page.expect(&signs("newer"), "--ccc")?;
    page.expect(&signs("round"), ".~ccc")?;
    page.expect(
        "[...document.querySelectorAll('.build')].map(b => b.innerText.trim()).join()",
        "3.46.0,3.46.1,3.46.2,3.46.3,3.46.3 other",
    )?;
    page.expect_true("document.getElementById('origin').textContent.includes('nothing was run')")?;
    page.expect("document.title", "SQLite contracts")?;
    page.quiet()
}

fn difference(page: &Browsing) -> Result<(), Failed> {
    let _project = opened(page, "#unfold=precision/round")?;
    page.click(&cell("half", "3.46.1-plain"))?;
    page.expect_true(PANEL_IS_OPEN)?;
    page.expect(
        "[...document.querySelectorAll('.diff .out')].map(l => l.textContent.trim()).join()",
        "- query → 34.77",
    )?;
    page.expect(
        "[...document.querySelectorAll('.diff .in')].map(l => l.textContent.trim()).join()",
        "+ query → 34.78",
    )?;
    for words in ["Money is lost.", "contracts/precision/round.yaml:4", "3.46.0-plain", EVIL] {
        page.expect_true(&format!("{PANEL}.includes({})", Value::from(words)))?;
    }
    page.expect_true(&format!("{PANEL}.includes('because (3.46.1): half goes up')"))?;
    page.expect_true(&format!("!{PANEL}.includes('3.46.2: half')"))?;
    page.expect("document.querySelectorAll('#panel img').length", "0")?;
    page.click(&cell("newer", "3.46.0-plain"))?;
    page.expect_true(&format!("{PANEL}.includes('needs version >=3.46.2')"))?;
    page.quiet()
}

fn permalink(page: &Browsing) -> Result<(), Failed> {
    let _project = opened(page, "#unfold=precision/round&open=precision/round/half@3.46.1-plain")?;
    page.expect("document.querySelector('#panel h2').textContent", "half on 3.46.1-plain")?;
    page.click("document.querySelector('.build')")?;
    page.expect("document.querySelector('#panel h2').textContent", "3.46.0-plain")?;
    page.expect("location.hash", "#unfold=precision/round&open=@3.46.0-plain")?;
    page.run("history.back()")?;
    page.expect("document.querySelector('#panel h2').textContent", "half on 3.46.1-plain")?;
    page.run("location.hash = '#open=no/such/case@3.46.0-plain'")?;
    page.expect_true(&format!("{PANEL}.includes('There is no contract or case no/such/case here')"))?;
    page.run("location.hash = '#open=precision/round/half@1.0.0-plain'")?;
    page.expect_true(&format!("{PANEL}.includes('There is no build 1.0.0-plain here')"))?;
    page.quiet()
}

fn permalink_of_a_cell(page: &Browsing) -> Result<(), Failed> {
    let _project = opened(page, "#fold=precision&open=precision/round/half@3.46.1-plain")?;
    page.expect(NAMES, "limits depth precision round half newer")?;
    page.expect(
        "document.querySelector('.opened.cell').getAttribute('aria-label')",
        "3.46.1-plain: differs from the build before, on record",
    )?;
    page.expect("document.querySelector('.build.opened').textContent", "3.46.1")?;
    page.expect("document.title", "precision/round/half on 3.46.1-plain – SQLite contracts")?;
    page.run("location.hash = '#area=limits&open=precision/round/half@3.46.1-plain'")?;
    page.expect_true(&format!("{PANEL}.includes('The filters leave its row out')"))?;
    page.click("document.querySelector('#panel .notice button')")?;
    page.expect_true("document.querySelector('.opened.cell')")?;
    page.quiet()
}

fn bad_link(page: &Browsing) -> Result<(), Failed> {
    let _project = opened(page, "#view=rubbish")?;
    let bad = "document.getElementById('bad')";
    page.expect_true(&format!("{bad}.innerText.includes('This is a bad link: “view=rubbish”')"))?;
    page.expect(NAMES, "limits depth precision round")?;
    page.expect("document.querySelector('[data-view=matrix]').getAttribute('aria-current')", "page")?;
    page.click(&format!("{bad}.querySelector('button')"))?;
    page.expect_true(&format!("{bad}.hidden"))?;
    page.expect("location.hash", "")?;
    page.run("location.hash = '#nonsense&area=limits&unfold=no/such'")?;
    page.expect_true(&format!("{bad}.innerText.includes('“nonsense”, “unfold=no/such” mean nothing')"))?;
    page.expect(NAMES, "limits depth")?;
    page.run("location.hash = '#a=3.46.0-plain&b=3.46.9-plain'")?;
    page.expect_true(&format!("{bad}.innerText.includes('“b=3.46.9-plain”')"))?;
    // What is done next is a good link again.
    page.click("document.querySelector('[data-view=since]')")?;
    page.expect_true(&format!("{bad}.hidden"))?;
    page.quiet()
}

fn no_row(page: &Browsing) -> Result<(), Failed> {
    let _project = opened(page, "#drift=1&q=no-such-word")?;
    let empty = "document.getElementById('empty')";
    page.expect_true(&format!("{empty}.innerText.includes('the search for “no-such-word”')"))?;
    page.click(&format!("{empty}.querySelector('button')"))?;
    page.expect(NAMES, "precision round")?;
    page.expect(&format!("{empty}.hidden"), "true")?;
    // Beside an open panel the text stands in what the panel leaves.
    page.size(1280, 800)?;
    page.run("location.hash = '#q=no-such-word&open=precision/round'")?;
    page.expect("document.getElementById('panel').hidden", "false")?;
    let edge =
        |id: &str, side: &str| format!("document.getElementById('{id}').getBoundingClientRect().{side}");
    page.expect_true(&format!("{} <= {}", edge("empty", "right"), edge("panel", "left")))?;
    page.quiet()
}

fn release(page: &Browsing) -> Result<(), Failed> {
    let _project = opened(page, "")?;
    page.click("document.querySelector('[data-view=releases]')")?;
    let text = "document.getElementById('release').innerText";
    page.expect_true(&format!("{text}.includes('No case on record changed')"))?;
    page.click("document.querySelector('#bars [aria-label^=\"3.46.1\"]')")?;
    for words in ["What changed in 3.46.1", "because (3.46.1): half goes up", "ROUND keeps its digits"] {
        page.expect_true(&format!("{text}.includes({})", Value::from(words)))?;
    }
    page.expect(
        "[...document.querySelectorAll('#release td code')].map(c => c.textContent).join()",
        "34.77,34.78,query",
    )?;
    page.run("document.querySelector('#bars [aria-selected=true]').focus()")?;
    page.press("ArrowRight")?;
    page.expect_true(&format!("{text}.includes('half goes down again')"))?;
    page.expect("document.activeElement.getAttribute('aria-label')", "3.46.2: 1 case changed")?;
    page.click("document.querySelector('#release th .link')")?;
    page.expect("document.querySelector('#panel h2').textContent", "half on 3.46.2-plain")?;
    // A version is enough, and one that is not there is said.
    page.run("location.hash = '#view=releases&release=3.46.1'")?;
    page.expect_true(&format!("{text}.includes('What changed in 3.46.1')"))?;
    page.expect_true(&format!("!{text}.includes('There is no build')"))?;
    // So is a release alone, and the address of another view has none.
    page.run("location.hash = '#release=3.46.2'")?;
    page.expect_true(&format!("{text}.includes('What changed in 3.46.2')"))?;
    page.click("document.querySelector('[data-view=matrix]')")?;
    page.expect("location.hash", "")?;
    page.run("location.hash = '#view=releases&release=9.9.9'")?;
    page.expect_true(&format!("{text}.includes('There is no build or version 9.9.9 on this page')"))?;
    page.quiet()
}

fn export(page: &Browsing) -> Result<(), Failed> {
    let _project = opened(page, "#unfold=precision/round")?;
    page.click("document.getElementById('export')")?;
    let text = "document.getElementById('exported').value";
    page.expect_true(&format!("{text}.includes('| precision/round | half | . | ~ | ~ | . | . |')"))?;
    page.click("document.querySelector('[value=csv]')")?;
    page.expect_true(&format!(
        "{text}.includes('\"precision/round\",\"half\",\"holds\",\"on-record\",\"on-record\",\"holds\",\"holds\"')"
    ))?;
    page.press("Escape")?;
    page.expect("document.getElementById('exporter').open", "false")?;
    page.quiet()
}

fn filters(page: &Browsing) -> Result<(), Failed> {
    let _project = opened(page, "")?;
    page.expect(NAMES, "limits depth precision round")?;
    page.click("document.getElementById('drift')")?;
    page.expect(NAMES, "precision round")?;
    page.click("document.getElementById('drift')")?;
    page.choose("area", "limits")?;
    page.expect(NAMES, "limits depth")?;
    page.choose("area", "")?;
    page.press("/")?;
    page.type_text("newer")?;
    page.expect(NAMES, "precision round newer")?;
    page.type_text(" 34")?;
    page.expect(NAMES, "")?;
    page.quiet()
}

fn side_by_side(page: &Browsing) -> Result<(), Failed> {
    let _project = opened(page, "#unfold=*")?;
    page.choose("a", "3.46.0-plain")?;
    page.choose("b", "3.46.1-plain")?;
    page.expect(
        "[...document.querySelectorAll('.row .last')].map(c => c.textContent).join()",
        "=,=,=,1 ≠,1 ≠,≠,=",
    )?;
    page.click("document.getElementById('drift')")?;
    page.expect(NAMES, "precision round half")?;
    page.expect("[...document.querySelectorAll('.outcome')].map(o => o.textContent).join()", "34.77,34.78")?;
    page.click(&cell("half", "3.46.1-plain"))?;
    page.expect_true(&format!("{PANEL}.includes('34.78')"))?;
    // The first case of a contract that is folded stands for it.
    page.run("location.hash = '#a=3.46.0-plain&b=3.46.1-plain&drift=1'")?;
    page.expect(NAMES, "precision round")?;
    page.expect(
        "[...document.querySelectorAll('.outcome, .step')].map(o => o.textContent).join()",
        "34.77,half,34.78",
    )?;
    page.quiet()
}

fn nearest_shown(page: &Browsing) -> Result<(), Failed> {
    let signs = "[...document.querySelectorAll('.row.case .cell')].map(cell => cell.childNodes[0].textContent).join('')";
    let open = "#unfold=precision/round&q=half";
    let _project = opened(page, open)?;
    page.expect(signs, ".~~..")?;
    // 3.46.1, which is not shown, did something else.
    page.run(&format!("location.hash = '{open}&a=3.46.0-plain&b=3.46.2-plain'"))?;
    page.expect(signs, "..")?;
    page.click(&cell("half", "3.46.2-plain"))?;
    page.expect_true(&format!(
        "{PANEL}.includes('It changed and changed back between the columns: see 3.46.1-plain')"
    ))?;
    page.run(&format!("location.hash = '{open}&a=3.46.1-plain&b=3.46.3-plain'"))?;
    page.expect(signs, "~~")?;
    page.click(&cell("half", "3.46.3-plain"))?;
    page.expect_true(&format!("{PANEL}.includes('because (3.46.2): half goes down again')"))?;
    page.expect("document.querySelectorAll('#panel .diff').length", "1")?;
    page.expect_true(&format!("!{PANEL}.includes('half goes up')"))?;
    page.quiet()
}

fn keyboard(page: &Browsing) -> Result<(), Failed> {
    let _project = opened(page, "")?;
    let focused = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent";
    page.run("document.querySelector('.row [tabindex=\"0\"]').focus()")?;
    for key in ["ArrowDown", "ArrowDown", "ArrowDown"] {
        page.press(key)?;
    }
    page.expect(focused, "round")?;
    page.press("Enter")?;
    page.expect(NAMES, "limits depth precision round half newer")?;
    for key in ["ArrowDown", "ArrowRight", "ArrowRight"] {
        page.press(key)?;
    }
    page.expect(focused, "3.46.1-plain: differs from the build before, on record")?;
    page.press("Enter")?;
    page.expect("document.activeElement.id", "panel")?;
    page.press("Escape")?;
    page.expect_true("document.getElementById('panel').hidden")?;
    page.expect(focused, "3.46.1-plain: differs from the build before, on record")?;
    page.press("/")?;
    page.expect("document.activeElement.id", "q")?;
    page.press("Escape")?;
    page.expect("document.activeElement.getAttribute('role')", "gridcell")?;
    page.quiet()
}

fn since_when(page: &Browsing) -> Result<(), Failed> {
    let _project = opened(page, "#unfold=precision/round")?;
    page.click("document.querySelector('[data-view=since]')")?;
    page.expect("document.getElementById('grid').scrollLeft", "0")?;
    page.expect(
        "[...document.querySelectorAll('.row.case .words')].map(c => c.textContent).join(' | ')",
        "A to 3.46.0 · B 3.46.1 · A from 3.46.2 | A from 3.46.2",
    )?;
    page.expect(&format!("{}.textContent", cell("half", "3.46.3-other")), "A")?;
    page.click(&format!("{}.parentElement.querySelector('.name')", cell("half", "3.46.0-plain")))?;
    page.expect("document.querySelectorAll('#panel h3 .chip').length", "2")?;
    page.expect_true(&format!("{PANEL}.includes('because (3.46.1): half goes up')"))?;
    page.quiet()
}

fn run(page: &Browsing) -> Result<(), Failed> {
    let project = project();
    last_run(project.path())?;
    open(page, &project, "#unfold=precision/round")?;
    page.expect(&signs("half"), "X!?..")?;
    let origin = "6 of 15 case results from the run of ";
    page.expect_true(&format!("document.getElementById('origin').textContent.startsWith('{origin}')"))?;
    page.choose("builds", "ran")?;
    page.expect(
        "[...document.querySelector('.row.case').querySelectorAll('.cell')].map(c => c.textContent).join('')",
        "X!?",
    )?;
    page.choose("builds", "all")?;
    let told = [
        ("3.46.0-plain", "contracts/precision/round.yaml:7:9"),
        ("3.46.1-plain", "from what is on record"),
        ("3.46.2-plain", "no compiler"),
        ("3.46.3-plain", "the last run did not run it"),
    ];
    for (build, words) in told {
        page.click(&cell("half", build))?;
        page.expect_true(&format!("{PANEL}.toLowerCase().includes('{words}')"))?;
    }
    page.quiet()
}

fn themes_and_phone(page: &Browsing) -> Result<(), Failed> {
    let _project = opened(page, "#unfold=*")?;
    let paper = "getComputedStyle(document.body).backgroundColor";
    page.theme(Theme::Light)?;
    page.expect(paper, "rgb(255, 255, 255)")?;
    page.theme(Theme::Dark)?;
    page.expect(paper, "rgb(22, 24, 28)")?;
    page.click("document.getElementById('theme')")?;
    page.expect(paper, "rgb(255, 255, 255)")?;
    page.size(390, 700)?;
    let right = "Math.max(...[...document.querySelectorAll('nav button')].map(tab => tab.getBoundingClientRect().right))";
    page.expect_true(&format!("{right} <= 390"))?;
    let nav = "document.querySelector('nav')";
    page.expect_true(&format!("{nav}.scrollWidth <= {nav}.clientWidth"))?;
    page.size(375, 700)?;
    page.expect_true("document.documentElement.scrollWidth <= 375")?;
    page.click(&cell("half", "3.46.1-plain"))?;
    page.expect("document.getElementById('panel').getBoundingClientRect().width", "375")?;
    page.expect_true("document.querySelector('#panel .close').getBoundingClientRect().right <= 375")?;
    page.quiet()
}

fn filters_on_a_phone(page: &Browsing) -> Result<(), Failed> {
    let _project = opened(page, "")?;
    let visible = "[...document.querySelectorAll('#filters > *')].filter(it => it.checkVisibility()).map(it => it.id).join(' ')";
    let fits =
        "(({scrollWidth, clientWidth}) => scrollWidth <= clientWidth)(document.getElementById('filters'))";
    page.size(1280, 800)?;
    page.expect("document.getElementById('more').checkVisibility()", "false")?;
    page.size(390, 700)?;
    page.expect(visible, "q more")?;
    page.click("document.getElementById('more')")?;
    page.expect("document.getElementById('more').ariaExpanded", "true")?;
    page.expect_true("document.getElementById('export').checkVisibility()")?;
    page.expect_true(fits)?;
    page.choose("area", "limits")?;
    page.expect("document.getElementById('more').textContent", "Filters: 1")?;
    page.expect_true("document.getElementById('fold').checkVisibility()")?;
    page.click("document.getElementById('more')")?;
    page.expect(visible, "q more")?;
    // What such a view has is no filter, so that nothing is folded away.
    page.run("location.hash = '#view=releases'")?;
    page.expect_true("document.getElementById('export').checkVisibility()")?;
    // Of two builds that are compared, neither is scrolled away.
    page.run("location.hash = '#a=3.46.0-plain&b=3.46.1-plain'")?;
    let builds = "[...document.querySelectorAll('#head .build')].map(it => it.getBoundingClientRect())";
    let names = "document.querySelector('#head .corner').getBoundingClientRect().right";
    page.expect_true(&format!("{builds}.every(({{left, right}}) => left >= {names} - 1 && right <= 390)"))?;
    page.expect(&format!("{builds}.length"), "2")?;
    page.quiet()
}

fn published(page: &Browsing) -> Result<(), Failed> {
    let project = project();
    let advisory = "title: Half is lost\neffect: data-loss\nharm: Money is lost.\nlinks: [https://example.org/half]\n\
        ranges: [{introduced: 3.46.1, fixed: 3.46.3}]\nsteps: [{open: a.db}, {query: SELECT 1, expect: 1}]\n";
    std::fs::create_dir(project.path().join("advisories"))?;
    std::fs::write(project.path().join("advisories/half-is-lost.yaml"), advisory)?;
    open(page, &project, "")?;
    page.click("document.querySelector('[data-view=advisories]')")?;
    page.expect(&signs("Half is lost"), "·✗✗··")?;
    page.expect_true("document.querySelector('.corner').textContent.includes('nothing was run')")?;
    // Below those of the catalogue, however many these are.
    let lost = cell("Half is lost", "3.46.1-plain");
    page.run(&format!("{lost}.scrollIntoView({{ block: 'center' }})"))?;
    page.click(&lost)?;
    for words in ["Money is lost.", "its release has the defect", "https://example.org/half"] {
        page.expect_true(&format!("{PANEL}.includes({})", Value::from(words)))?;
    }
    page.click("document.querySelector('#panel .link')")?;
    page.expect_true(&format!("{PANEL}.includes('Half is lost')"))?;
    page.press("Escape")?;
    page.press("/")?;
    page.type_text("half-is data")?;
    page.expect("document.querySelectorAll('.row.advisory').length", "1")?;
    page.quiet()
}

fn repository(page: &Browsing) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("report.html");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let output = report(root, &out);
    assert!(output.status.success(), "{output:?}");
    // 146 builds and 213 contracts make 2.2 MiB, of which a browser that is sent it compressed fetches a tenth.
    assert!(std::fs::metadata(&out)?.len() < 8 << 20, "the page is larger than 8 MiB");
    page.open(&out, "#unfold=*")?;
    // However many rows there are, few of them are elements.
    page.expect_true("document.querySelectorAll('.row').length < 100")?;
    page.run("document.getElementById('grid').scrollTop = 1e6")?;
    page.expect_true("[...document.querySelectorAll('.row')].at(-1).getAttribute('aria-rowindex') === document.getElementById('grid').getAttribute('aria-rowcount')")?;
    page.quiet()
}
