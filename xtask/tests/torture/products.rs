//! Damaged products: one is made again or refused, but never taken for the build whose name it has.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::project::{BUILDS, Project, children, copy, said};

/// Damages the product in the first folder; the second has another build's.
type Damage = fn(&Path, &Path);

const LIBRARY: &str = "libsqlite3.so";
const INFO: &str = "build.json";

const DAMAGES: [(&str, Damage); 24] = [
    ("another build's folder under its name", |product, other| {
        fs::remove_dir_all(product).unwrap();
        copy(other, product);
    }),
    ("another build's library", |product, other| copy(&other.join(LIBRARY), &product.join(LIBRARY))),
    ("another build's library, size and time kept", |product, other| {
        let bytes = fs::read(other.join(LIBRARY)).unwrap();
        keeping_time(&product.join(LIBRARY), |old| {
            let mut bytes = bytes.clone();
            bytes.resize(old.len(), 0);
            bytes
        });
    }),
    ("another build's description", |product, other| copy(&other.join(INFO), &product.join(INFO))),
    ("a byte changed, size and time kept", |product, _| {
        keeping_time(&product.join(LIBRARY), |mut bytes| {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            bytes
        });
    }),
    ("the last byte changed, size and time kept", |product, _| {
        keeping_time(&product.join(LIBRARY), |mut bytes| {
            *bytes.last_mut().unwrap() ^= 1;
            bytes
        });
    }),
    ("the library cut in half", |product, _| cut(&product.join(LIBRARY), 2)),
    ("an empty library", |product, _| fs::write(product.join(LIBRARY), "").unwrap()),
    ("a text as library", |product, _| fs::write(product.join(LIBRARY), "not a library").unwrap()),
    ("no library", |product, _| fs::remove_file(product.join(LIBRARY)).unwrap()),
    ("a directory as library", |product, _| directory(&product.join(LIBRARY))),
    ("a link to nothing as library", |product, _| link(&product.join(LIBRARY), "nothing")),
    ("a link to another build's library", |product, other| {
        link(&product.join(LIBRARY), other.join(LIBRARY).to_str().unwrap());
    }),
    ("no description", |product, _| fs::remove_file(product.join(INFO)).unwrap()),
    ("an empty description", |product, _| fs::write(product.join(INFO), "").unwrap()),
    ("half a description", |product, _| cut(&product.join(INFO), 2)),
    ("a description of other JSON", |product, _| fs::write(product.join(INFO), "[1, 2]").unwrap()),
    ("a directory as description", |product, _| directory(&product.join(INFO))),
    ("another name in the description", |product, _| edit(product, BUILDS[0], "9.9.9-other")),
    ("another version in the description", |product, _| edit(product, "3.42.0", "3.7.17")),
    ("another checksum in the description", |product, _| edit(product, "\"sha256\": \"", "\"sha256\": \"0")),
    ("an empty folder", |product, _| {
        children(product).iter().for_each(|path| fs::remove_file(path).unwrap())
    }),
    ("a file in the place of the folder", |product, _| {
        fs::remove_dir_all(product).unwrap();
        fs::write(product, "").unwrap();
    }),
    ("a link to another build's folder", |product, other| {
        fs::remove_dir_all(product).unwrap();
        symlink(other, product).unwrap();
    }),
];

/// Changes a file's bytes, as a failing disk does: its time stays.
fn keeping_time(file: &Path, change: impl Fn(Vec<u8>) -> Vec<u8>) {
    let modified = file.metadata().unwrap().modified().unwrap();
    fs::write(file, change(fs::read(file).unwrap())).unwrap();
    fs::File::options().append(true).open(file).unwrap().set_modified(modified).unwrap();
}

fn cut(file: &Path, parts: usize) {
    let bytes = fs::read(file).unwrap();
    fs::write(file, &bytes[..bytes.len() / parts]).unwrap();
}

fn directory(place: &Path) {
    fs::remove_file(place).unwrap();
    fs::create_dir(place).unwrap();
}

fn link(place: &Path, to: &str) {
    fs::remove_file(place).unwrap();
    symlink(to, place).unwrap();
}

fn edit(product: &Path, old: &str, new: &str) {
    let file = product.join(INFO);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(old), "{text}");
    fs::write(file, text.replace(old, new)).unwrap();
}

fn remove(path: &Path) {
    let is_folder = path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
    let _ = if is_folder { fs::remove_dir_all(path) } else { fs::remove_file(path) };
}

#[test]
#[ignore = "takes minutes"]
fn a_damaged_product_is_made_again_or_refused() {
    let project = Project::new();
    let record = project.record();
    let (product, other) = (project.product(BUILDS[0]), project.product(BUILDS[1]));
    let kept: PathBuf = project.root().join("kept");
    copy(&product, &kept);
    let (mut made_again, mut refused, mut faults) = (0, 0, Vec::new());
    for (name, damage) in DAMAGES {
        damage(&product, &other);
        for arguments in [&["matrix"][..], &["matrix", "--fresh"]] {
            let output = project.run(arguments);
            match output.status.code() {
                Some(0) => made_again += 1,
                Some(2 | 3) if said(&output).contains(BUILDS[0]) => refused += 1,
                _ => faults.push(format!("{name}, {arguments:?}: {}", said(&output))),
            }
            if project.record() != record {
                faults.push(format!("{name}: another record"));
            }
        }
        remove(&product);
        copy(&kept, &product);
    }
    println!(
        "damaged products\n  {} damages: {made_again} runs on a product that was made again or not needed, {refused} \
         refused, {} faults",
        DAMAGES.len(),
        faults.len()
    );
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
