//! The charts of memory, which other commands measured: their pictures, or their figures, drawn here.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Serialize;

use super::Args;
use crate::cmd::{leaks, memory};

/// What a chart may be of.
pub(super) struct Kind {
    title: &'static str,
    /// The command that measures it, and the name of its file.
    command: &'static str,
    about: &'static str,
    /// Draws the figures that the command prints as JSON.
    draw: fn(&str) -> Result<String>,
    /// The file that was named.
    named: fn(&Args) -> Option<&PathBuf>,
}

const KINDS: [Kind; 2] = [
    Kind {
        title: "Leaks",
        command: "leaks",
        about: "How fast memory grows under small workloads, and which remedy holds it flat.",
        draw: leaks::drawn,
        named: |arguments| arguments.leaks.as_ref(),
    },
    Kind {
        title: "Memory",
        command: "memory",
        about: "The least memory under which workloads work, and their peak.",
        draw: memory::drawn,
        named: |arguments| arguments.memory.as_ref(),
    },
];

/// A chart, or how to get it.
#[derive(Debug, Serialize)]
pub(super) struct Chart {
    title: &'static str,
    about: &'static str,
    /// The SVG as a `data:` address. As a picture it can neither run a script nor load anything.
    address: Option<String>,
    commands: String,
}

/// The charts of a page in a folder: of the files that are named, else of those beside it.
pub(super) fn charts(folder: &Path, arguments: Option<&Args>) -> Result<Vec<Chart>> {
    KINDS.iter().map(|kind| kind.chart(folder, arguments)).collect()
}

impl Kind {
    fn chart(&self, folder: &Path, arguments: Option<&Args>) -> Result<Chart> {
        let beside = || {
            let files = ["svg", "json"].map(|ending| folder.join(self.command).with_extension(ending));
            files.into_iter().find(|file| file.is_file())
        };
        let file = arguments.and_then(self.named).cloned().or_else(beside);
        let Self { title, command, about, .. } = *self;
        Ok(Chart {
            title,
            about,
            address: file.map(|file| self.address(&file)).transpose()?,
            commands: format!(
                "cargo xtask {command} --all --output {command}.svg\ncargo xtask report --{command} {command}.svg"
            ),
        })
    }

    fn address(&self, file: &Path) -> Result<String> {
        let text =
            std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let svg = match text.trim_start().starts_with('[') {
            true => (self.draw)(&text).with_context(|| format!("cannot read {}", file.display()))?,
            false => text,
        };
        Ok(format!("data:image/svg+xml;base64,{}", BASE64.encode(svg)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_drawn_and_pictures_are_taken_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("leaks.json"), include_str!("../leaks/made-up.json")).unwrap();
        std::fs::write(folder.path().join("memory.svg"), "<svg/>").unwrap();
        let charts = charts(folder.path(), None).unwrap();
        let svg = |at: usize| {
            let address: &String = charts[at].address.as_ref().unwrap();
            let (_, data) = address.split_once("base64,").unwrap();
            String::from_utf8(BASE64.decode(data).unwrap()).unwrap()
        };
        assert!(svg(0).contains("never-finalized"), "{}", svg(0));
        assert_eq!(svg(1), "<svg/>");
    }

    #[test]
    fn what_was_not_measured_says_how_to() {
        let folder = tempfile::tempdir().unwrap();
        let charts = charts(folder.path(), None).unwrap();
        assert!(charts.iter().all(|chart| chart.address.is_none()));
        assert!(charts[1].commands.contains("cargo xtask memory --all"));
    }
}
