//! Every parser of the project reads each input: it may refuse it, but not panic or hang.
#![no_main]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

#[path = "../../xtask/tests/torture/readers.rs"]
mod readers;

/// A folder of this process, for parsers that read files.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = ours.join("target/inputs").join(std::process::id().to_string());
    readers::prepare(&ours.join(".."), &folder);
    folder
});

fuzz_target!(|input: &[u8]| {
    readers::KINDS.iter().for_each(|(_, read)| _ = read(&FOLDER, input));
});
