//! What a contract leaves allocated, as a flame graph:
//! <https://www.brendangregg.com/FlameGraphs/memoryflamegraphs.html>.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use inferno::flamegraph::{Options, color::BasicPalette, color::Palette, from_lines};
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::engine::{Engine, Leftovers};

/// Runs the cases again, each in a process of its own, and writes the picture.
pub(crate) fn write(engine: &Engine, contract: &Contract, builds: &[&Build], file: &Path) -> Result<()> {
    let mut stacks = Vec::new();
    for build in builds {
        let leftovers = engine.leftovers(contract, build)?;
        for (case, reason) in &leftovers.unknown {
            anstream::eprintln!("{case} on {} is not in the flame graph: {reason}", build.name());
        }
        stacks.extend(folded(build.name(), &leftovers));
    }
    if stacks.is_empty() {
        anstream::eprintln!("nothing is left allocated, so there is no flame graph");
        return Ok(());
    }
    let picture = File::create(file).with_context(|| format!("cannot make {}", file.display()))?;
    let mut options = options(contract);
    from_lines(&mut options, stacks.iter().map(String::as_str), BufWriter::new(picture))
        .map_err(|error| anyhow!("cannot draw the flame graph: {error}"))?;
    anstream::eprintln!("the flame graph is {}", file.display());
    Ok(())
}

/// A line for each place: its path between semicolons, and the bytes.
fn folded(build: &str, leftovers: &Leftovers) -> Vec<String> {
    let word = |word: &str| word.replace(';', ",").replace('\n', " ");
    let line = |place: &sqlite_contracts::engine::Outstanding| {
        let path: Vec<String> = place.path.iter().map(|part| word(part)).collect();
        format!("{build};{} {}", path.join(";"), place.bytes)
    };
    leftovers.outstanding.iter().map(line).collect()
}

fn options(contract: &Contract) -> Options<'static> {
    let mut options = Options::default();
    options.title = format!("{}: allocated and not freed after the last step", contract.id);
    options.subtitle = Some("from below: build, case, step, functions of SQLite".to_owned());
    options.count_name = "bytes".to_owned();
    options.name_type = "".to_owned();
    options.colors = Palette::Basic(BasicPalette::Mem);
    options.hash = true;
    options
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlite_contracts::engine::Outstanding;

    #[test]
    fn a_place_is_one_line_whatever_its_sql_holds() {
        let path = ["leak", "2 exec A; B", "sqlite3_exec"].map(str::to_owned).to_vec();
        let leftovers = Leftovers { outstanding: vec![Outstanding { path, bytes: 64 }], unknown: Vec::new() };
        assert_eq!(folded("3.46.0-x", &leftovers), ["3.46.0-x;leak;2 exec A, B;sqlite3_exec 64"]);
    }
}
