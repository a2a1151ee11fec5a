//! The page: one file with all of its data, script and style, which may not load anything else.

use std::path::Path;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use minijinja::{Environment, UndefinedBehavior, Value, context};

use super::sheet::Sheet;
use crate::ui::page::policy;

const STYLE: &str = concat!(include_str!("../../ui/page/base.css"), include_str!("page.css"));

/// The parts of the script, each after those that it uses.
const SCRIPT: &str = concat!(
    "\"use strict\";\n(() => {\n",
    include_str!("script/data.js"),
    include_str!("script/diff.js"),
    include_str!("script/view.js"),
    include_str!("script/rows.js"),
    include_str!("script/grid.js"),
    include_str!("script/panel.js"),
    include_str!("../../ui/page/theme.js"),
    include_str!("script/page.js"),
    "})();\n",
);

/// A picture that another report drew.
pub(super) struct Chart {
    pub title: &'static str,
    /// The SVG as a `data:` address. As a picture it can neither run a script nor load anything.
    address: String,
}

impl Chart {
    /// Reads an SVG file.
    pub(super) fn read(title: &'static str, file: &Path) -> Result<Self> {
        let svg = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        Ok(Self { title, address: format!("data:image/svg+xml;base64,{}", BASE64.encode(svg)) })
    }

    /// As the template sees it.
    fn value(&self) -> Value {
        context! { title => self.title, address => self.address.as_str() }
    }
}

/// The page as text.
pub(super) fn render(sheet: &Sheet, charts: &[Chart]) -> Result<String> {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    let page = context! {
        policy => policy(SCRIPT, STYLE),
        style => STYLE,
        script => SCRIPT,
        data => data(sheet)?,
        charts => charts.iter().map(Chart::value).collect::<Vec<_>>(),
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
        let chart = Chart { title: "Leaks", address: "data:image/svg+xml;base64,".to_owned() };
        let page = render(&Sheet::default(), &[chart]).unwrap();
        for address in ["http:", "https:", "src=\"/", "href=\"/", "@import", "url("] {
            let places: Vec<_> = page.match_indices(address).map(|(at, _)| &page[at..at + 40]).collect();
            assert!(places.iter().all(|place| place.starts_with("http://www.w3.org")), "{places:?}");
        }
        // Quotes are entities in the attribute.
        assert!(page.replace("&#x27;", "'").contains("default-src 'none'"));
    }
}
