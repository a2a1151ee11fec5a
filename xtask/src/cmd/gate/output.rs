//! Where a gate's report goes, and in which forms.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::ValueEnum;
use sqlite_contracts::analysis::gate::{Format, Look, Report};
use sqlite_contracts::system::files::write_atomically;

use super::excerpts::DRAFTS;
use crate::support::writable;
use crate::ui::output::{color, print, width};
use crate::ui::settings::is_verbose;

/// Where the report goes.
#[derive(clap::Args)]
pub(super) struct Output {
    /// How to print
    #[arg(long, value_parser = Form::parser(), default_value = "text")]
    pub(super) format: Form,
    /// Show every line that differs, and what breaks for whom, rather than the first difference of each case; of a trace every
    /// group of calls, with whole statements
    #[arg(long)]
    details: bool,
    /// Print into a file
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Write the report in another format too; `drafts=DIR` writes a contract for each difference of a trace, which shows it
    /// in a few steps; may be repeated
    #[arg(long, value_name = "FORMAT=FILE", value_parser = written)]
    write: Vec<Written>,
}

/// What is written beside the report.
#[derive(Clone)]
enum Written {
    /// The report in another format.
    Report(Form, PathBuf),
    /// A contract for each difference of a trace.
    Drafts(PathBuf),
}

/// A format as an argument.
#[derive(Clone, Copy)]
pub(super) struct Form(pub(super) Format);

impl Form {
    fn parser() -> clap::builder::ValueParser {
        clap::builder::EnumValueParser::<Self>::new().into()
    }
}

impl ValueEnum for Form {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [Form; 6] = {
            let mut all = [Form(Format::Text); 6];
            let mut at = 0;
            while at < all.len() {
                all[at] = Form(Format::ALL[at]);
                at += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.0.as_str()))
    }
}

fn written(argument: &str) -> Result<Written, String> {
    let (format, file) = argument.split_once('=').ok_or("write it as `sarif=gate.sarif`")?;
    match format {
        DRAFTS => Ok(Written::Drafts(file.into())),
        _ => Ok(Written::Report(Form::from_str(format, false)?, file.into())),
    }
}

impl Output {
    /// Finds out whether every file can be written.
    pub(super) fn check(&self) -> Result<()> {
        writable::check(self.reports().map(|(_, file)| file).chain(self.output.as_deref()))
    }

    /// The files of other forms.
    pub(super) fn reports(&self) -> impl Iterator<Item = (Form, &Path)> {
        self.write.iter().filter_map(|written| match written {
            Written::Report(form, file) => Some((*form, file.as_path())),
            Written::Drafts(_) => None,
        })
    }

    /// The folders of contracts that show differences of a trace.
    pub(super) fn drafts(&self) -> impl Iterator<Item = &Path> {
        self.write.iter().filter_map(|written| match written {
            Written::Drafts(folder) => Some(folder.as_path()),
            Written::Report(..) => None,
        })
    }

    /// Writes every form that was asked for.
    pub(super) fn write(&self, report: &Report) -> Result<()> {
        let in_file = Look { details: self.details || is_verbose(), ..Look::default() };
        for (form, file) in self.reports() {
            write_atomically(file, form.0.render(report, in_file))?;
        }
        match &self.output {
            Some(file) => write_atomically(file, self.format.0.render(report, in_file)),
            None => {
                let look = Look { color: color(), width: width(), details: self.details || is_verbose() };
                print(self.format.0.render(report, look).trim_end_matches('\n'));
                Ok(())
            }
        }
    }
}
