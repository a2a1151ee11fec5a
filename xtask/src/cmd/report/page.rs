//! The page: one file with all of its data, script and style, which may not load anything else.

use anyhow::{Context, Result};
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, context};

use super::charts::Chart;
use super::sheet::Sheet;
use crate::ui::page::policy;

const STYLE: &str = concat!(
    include_str!("../../ui/page/base.css"),
    include_str!("style/frame.css"),
    include_str!("style/grid.css"),
    include_str!("style/signs.css"),
    include_str!("style/panel.css"),
    include_str!("style/views.css"),
    include_str!("style/media.css"),
);

/// The parts of the script, each after those that it uses when it is read.
const SCRIPT: &str = concat!(
    "\"use strict\";\n(() => {\n",
    include_str!("script/data.js"),
    include_str!("script/diff.js"),
    include_str!("script/compare.js"),
    include_str!("script/behaviours.js"),
    include_str!("script/view.js"),
    include_str!("script/rows.js"),
    include_str!("script/cells.js"),
    include_str!("script/grid.js"),
    include_str!("script/keys.js"),
    include_str!("script/panel.js"),
    include_str!("script/on-cell.js"),
    include_str!("script/on-case.js"),
    include_str!("script/on-build.js"),
    include_str!("script/releases.js"),
    include_str!("script/legend.js"),
    include_str!("script/empty.js"),
    include_str!("script/share.js"),
    include_str!("script/filters.js"),
    include_str!("../../ui/page/theme.js"),
    include_str!("script/page.js"),
    "})();\n",
);

/// The page as text.
pub(super) fn render(sheet: &Sheet, charts: &[Chart]) -> Result<String> {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    let page = context! {
        policy => policy(SCRIPT, STYLE),
        style => STYLE,
        script => SCRIPT,
        data => data(sheet)?,
        charts => Serde(charts),
    };
    // The name says how values are escaped.
    templates.render_named_str("page.html", include_str!("page.html"), page).context("cannot write the page")
}

/// JSON that may be embedded in a `script` element: no text in it can end the element.
/// <https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements>
fn data(sheet: &Sheet) -> Result<String> {
    Ok(serde_json::to_string(sheet).context("cannot write the page's data")?.replace('<', "\\u003c"))
}

#[cfg(test)]
mod tests {
    use super::super::charts::charts;
    use super::*;

    #[test]
    fn no_transcript_can_end_the_data() {
        let text = "query SELECT '</script><script>alert(1)</script><!--' → 1";
        let mut sheet = Sheet::default();
        sheet.reasons.push(text.to_owned());
        let json = data(&sheet).unwrap();
        assert!(!json.contains('<'), "{json}");
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["reasons"][0], text);
    }

    #[test]
    fn the_page_loads_nothing() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("leaks.svg"), "<svg/>").unwrap();
        let page = render(&Sheet::default(), &charts(folder.path(), None).unwrap()).unwrap();
        for address in ["http:", "https:", "src=\"/", "href=\"/", "@import", "url("] {
            let places: Vec<_> = page.match_indices(address).map(|(at, _)| &page[at..at + 40]).collect();
            assert!(places.iter().all(|place| place.starts_with("http://www.w3.org")), "{places:?}");
        }
        // Quotes are entities in the attribute.
        assert!(page.replace("&#x27;", "'").contains("default-src 'none'"));
    }
}
