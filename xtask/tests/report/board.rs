//! The board of `xtask audit`, on two builds of this repository and a C file that is not run.

use std::path::Path;
use std::process::Command;

use libtest_mimic::Failed;
use serde_json::Value;

use crate::browser::{Browsing, Theme};

const SUPPORT: &str = "\
targets:
  - {name: 3.42.0-rusqlite, until: 2026-01-31}
within: {data-loss: 14d, wrong-answer: 3mo}
known: {wal-reset: 2026-06-01}
";

/// What may be in a package, and must not become a part of the page.
const EVIL: &str = "<img src=x onerror=alert(1)>";

/// Audits, and returns the folder with the page.
fn audited() -> Result<tempfile::TempDir, Failed> {
    let folder = tempfile::tempdir()?;
    let file = |name: &str| folder.path().join(name);
    let source = "#define SQLITE_SOURCE_ID \"2023-03-22 11:56:21 0d1fc92f94cb6b76bffe3ec34d69cffde2924203304e8ffc4155597af0c191da\"\n";
    std::fs::create_dir(file(EVIL))?;
    std::fs::write(file(EVIL).join("sqlite3.c"), source)?;
    std::fs::write(file("support.yaml"), SUPPORT)?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
    let output = command
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap())
        .env_remove("CARGO_TARGET_DIR")
        .args(["audit", "3.42.0-rusqlite", "3.54.1-rusqlite", "--today", "2026-07-01"])
        .arg(file(EVIL))
        .arg("--support")
        .arg(file("support.yaml"))
        .args([
            "--ignore",
            "integrity-check-false-null",
            "--reason",
            "nobody runs it",
            "--until",
            "2026-12-31",
        ])
        .arg("--write")
        .arg(format!("html={}", file("audit.html").display()))
        .output()?;
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    Ok(folder)
}

fn opened(page: &Browsing, hash: &str) -> Result<tempfile::TempDir, Failed> {
    let folder = audited()?;
    page.open(&folder.path().join("audit.html"), hash)?;
    Ok(folder)
}

/// The sign of each copy in a row: the build whose time is over first, then the C file, then the new build.
fn signs(advisory: &str) -> String {
    format!(
        "[...document.querySelector('tbody a[href=\"#advisory/{advisory}\"]').closest('tr').querySelectorAll('.cell b')]\
         .map(sign => sign.textContent).join(' ')"
    )
}

const SHOWN: &str = "[...document.querySelectorAll('#panel article')].filter(a => a.getClientRects().length).map(a => a.id).join()";

pub(crate) fn board(page: &Browsing) -> Result<(), Failed> {
    let _folder = opened(page, "")?;
    page.expect(&signs("wal-reset"), "✗ ?✗ ✓")?;
    page.expect(&signs("integrity-check-false-null"), "(✗) ?✓ ✓")?;
    // Nothing is due of what is ignored, and what is due first comes first.
    page.expect_true(
        "(() => { const days = [...document.querySelectorAll('tbody .due')].map(d => d.textContent.replace('! ', ''));
           const known = days.filter(Boolean);
           return known.length > 5 && known.join() === [...known].sort().join() && !days.slice(known.length).join('') })()",
    )?;
    page.expect_true("document.querySelector('#filters').textContent.includes('overdue')")?;
    page.expect("document.querySelectorAll('.copy i').length", "1")?;
    page.expect("document.images.length", "0")?;
    // Rows of what no copy has are there on demand.
    let clean = "document.querySelector('.clean').getClientRects().length > 0";
    page.expect(clean, "false")?;
    page.click("document.getElementById('all')")?;
    page.expect(clean, "true")?;
    page.quiet()
}

pub(crate) fn evidence(page: &Browsing) -> Result<(), Failed> {
    let _folder = opened(page, "")?;
    let cell = "document.querySelector('tbody a[href=\"#wal-reset/1\"]')";
    page.click(cell)?;
    page.expect(SHOWN, "advisory/wal-reset")?;
    for words in
        ["expected", "overdue since 2026-06-15", "Two connections in WAL mode", "https://sqlite.org/wal.html"]
    {
        page.expect_true(&format!(
            "document.getElementById('panel').innerText.includes({})",
            Value::from(words)
        ))?;
    }
    page.expect(&format!("{cell}.getAttribute('aria-current')"), "true")?;
    page.press("Escape")?;
    page.expect(SHOWN, "")?;
    page.expect("document.activeElement.hash", "#wal-reset/1")?;
    page.press("ArrowRight")?;
    page.expect("document.activeElement.hash", "#wal-reset/2")?;
    page.press("Enter")?;
    page.expect(SHOWN, "advisory/wal-reset")?;
    page.click("document.querySelector('.copy.ended a')")?;
    page.expect(SHOWN, "copy/1")?;
    page.expect_true(
        "document.querySelector('#panel').innerText.includes('was to be shipped until 2026-01-31 only')",
    )?;
    page.press("/")?;
    page.type_text("checkpoint races")?;
    page.expect("document.querySelectorAll('tbody tr:not(.missed)').length", "1")?;
    page.quiet()
}

pub(crate) fn plain(page: &Browsing) -> Result<(), Failed> {
    let folder = audited()?;
    let file = folder.path().join("audit.html");
    // Without its script the page shows the same.
    let text = std::fs::read_to_string(&file)?;
    assert_eq!(text.matches("<script>").count(), 1);
    std::fs::write(&file, &text[..text.find("<script>").unwrap()])?;
    page.open(&file, "#wal-reset/1")?;
    page.expect(SHOWN, "advisory/wal-reset")?;
    page.expect(&signs("wal-reset"), "✗ ?✗ ✓")?;
    page.theme(Theme::Dark)?;
    page.expect("getComputedStyle(document.body).backgroundColor", "rgb(22, 24, 28)")?;
    page.size(375, 700)?;
    page.expect_true("document.documentElement.scrollWidth <= 375")?;
    page.expect("document.getElementById('panel').getBoundingClientRect().width", "375")?;
    page.click("[...document.querySelectorAll('.close')].find(close => close.getClientRects().length)")?;
    page.expect(SHOWN, "")?;
    page.quiet()
}
