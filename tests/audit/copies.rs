//! Copies in all kinds of files.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use sqlite_contracts::copies::{Found, Kind, Limits, process};
use tempfile::TempDir;

use crate::bench::{audit_copy, builds, find, find_within, library};

pub(crate) const ID: &str =
    "2024-05-23 13:25:27 96c92aba00c8375bc32fafcdf12429c58bd8aabfcadab6683e35bbb9cdebf19e";

/// Bytes that count as code with a SQLite in it.
pub(crate) fn code() -> Vec<u8> {
    let mut bytes = b"\x7fELF\x02\x01\x01".to_vec();
    bytes.resize(1000, 0);
    bytes.extend(b"SQLite format 3\0malformed database schema (%s)\0");
    bytes.extend(ID.as_bytes());
    bytes
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn tarred(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        archive.append_data(&mut header, name, *bytes).unwrap();
    }
    archive.into_inner().unwrap()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut stream = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    stream.write_all(bytes).unwrap();
    stream.finish().unwrap()
}

fn archived(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ar::Builder::new(Vec::new());
    for (name, bytes) in files {
        archive.append(&ar::Header::new(name.as_bytes().to_vec(), bytes.len() as u64), *bytes).unwrap();
    }
    archive.into_inner().unwrap()
}

fn in_cpio(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut entry = cpio::NewcBuilder::new(name).write(Vec::new(), bytes.len() as u32);
    entry.write_all(bytes).unwrap();
    cpio::newc::trailer(entry.finish().unwrap()).unwrap()
}

/// A package of the oldest form: a lead, two headers without entries, the payload.
fn rpm(payload: &[u8]) -> Vec<u8> {
    let header = b"\x8e\xad\xe8\x01\0\0\0\0\0\0\0\0\0\0\0\0";
    let mut bytes = b"\xed\xab\xee\xdb".to_vec();
    bytes.resize(96, 0);
    [bytes.as_slice(), header, header, payload].concat()
}

pub(crate) fn found_in(name: &str, bytes: &[u8]) -> (Found, TempDir) {
    let room = TempDir::new().unwrap();
    let file = room.path().join(name);
    fs::write(&file, bytes).unwrap();
    let unpacked = room.path().join("unpacked");
    fs::create_dir(&unpacked).unwrap();
    (find(&file, &unpacked), room)
}

/// The place of the only copy, below the folder of the test.
fn only_place(name: &str, bytes: &[u8]) -> String {
    let (found, room) = found_in(name, bytes);
    assert!(found.unread.is_empty(), "{name}: {found:?}");
    let [copy] = found.copies.as_slice() else { panic!("{name}: {found:?}") };
    assert_eq!(copy.code.source_ids, [ID], "{name}");
    assert!(copy.file.exists());
    Path::new(&copy.places[0]).strip_prefix(room.path()).unwrap().display().to_string()
}

#[test]
fn a_copy_is_found_in_every_kind_of_archive() {
    let code = code();
    let files: [(&str, &[u8]); 2] = [("readme.txt", b"nothing"), ("lib/_sqlite3.so", &code)];
    let tar = tarred(&files);
    assert_eq!(only_place("a.so", &code), "a.so");
    assert_eq!(only_place("a.whl", &zipped(&files)), "a.whl/lib/_sqlite3.so");
    assert_eq!(only_place("a.tar", &tar), "a.tar/lib/_sqlite3.so");
    assert_eq!(only_place("a.tgz", &gzipped(&tar)), "a.tgz/lib/_sqlite3.so");
    assert_eq!(only_place("a.rpm", &rpm(&gzipped(&in_cpio("./lib/a.so", &code)))), "a.rpm/lib/a.so");
    let deb = archived(&[("debian-binary", b"2.0\n"), ("data.tar.gz", &gzipped(&tar))]);
    assert_eq!(only_place("a.deb", &deb), "a.deb/data.tar.gz/lib/_sqlite3.so");
    assert_eq!(only_place("a.jar", &zipped(&[("b.zip", &zipped(&files))])), "a.jar/b.zip/lib/_sqlite3.so");
}

/// Bytes behind the end of a library change nothing of it.
#[test]
fn a_second_sqlite_in_one_file_is_a_copy_that_cannot_be_called() {
    let mut bytes = fs::read(library(builds(false)[0])).unwrap();
    bytes.extend(format!("\0{ID}\0").as_bytes());
    let (found, room) = found_in("two.so", &bytes);
    let copies = audit_copy(&found.copies[0], room.path());
    let releases: Vec<_> =
        copies.iter().map(|copy| copy.identity.release.as_ref().unwrap().to_string()).collect();
    assert_eq!(releases, [builds(false)[0].version().unwrap().to_string(), "3.46.0".to_owned()]);
    assert_eq!(copies[0].not_run, None);
    assert!(
        copies[1].not_run.as_ref().is_some_and(|reason| reason.starts_with("another SQLite")),
        "{copies:?}"
    );
    assert!(copies[1].by_source_id().count() > 0, "it counts by its source id");
}

#[test]
fn compressed_by_xz_and_zstandard() {
    // The text `hello`.
    let xz = b"\xfd7zXZ\0\0\x01\x69\x22\xde\x36\x02\0\x21\x01\x16\0\0\0\x74\x2f\xe5\xa3\x01\0\x04hello\0\0\0\0\x86\xa6\x10\x36\
        \0\x01\x19\x05\xbc\xe8\xec\xcb\x90\x42\x99\x0d\x01\0\0\0\0\x01YZ";
    let zstd = b"\x28\xb5\x2f\xfd\x24\x05\x29\0\0hello\xa3\x6d\x9f\x88";
    for (name, bytes) in [("a.xz", xz.as_slice()), ("a.zst", zstd.as_slice())] {
        let (found, _room) = found_in(name, bytes);
        assert!(found.copies.is_empty() && found.unread.is_empty(), "{found:?}");
        assert_eq!(found.files, 2, "{name}: what is compressed is a file of its own: {found:?}");
    }
}

#[test]
fn one_file_in_several_places_is_one_copy() {
    let code = code();
    let (found, _room) = found_in("a.zip", &zipped(&[("x.so", &code), ("y.so", &code)]));
    assert_eq!(found.copies.len(), 1);
    assert_eq!(found.copies[0].places.len(), 2);
}

#[test]
fn a_directory_is_searched_and_links_are_not_followed() {
    let room = TempDir::new().unwrap();
    let below = room.path().join("app/lib");
    fs::create_dir_all(&below).unwrap();
    fs::write(below.join("a.so"), code()).unwrap();
    std::os::unix::fs::symlink(room.path().join("app"), below.join("loop")).unwrap();
    std::os::unix::fs::symlink("/", below.join("everything")).unwrap();
    let found = find(&room.path().join("app"), room.path());
    assert_eq!((found.copies.len(), found.files), (1, 1), "{found:?}");
}

#[test]
fn a_program_that_only_names_sqlite_has_none() {
    let names_it = [b"\x7fELF".as_slice(), ID.as_bytes(), b"SQLite format 3\0"].concat();
    let (found, _room) = found_in("a", &names_it);
    assert!(found.copies.is_empty());
    // A database is no code.
    let (found, _room) = found_in("a.db", b"SQLite format 3\0 malformed database schema");
    assert!(found.copies.is_empty());
}

#[test]
fn the_amalgamation_is_a_copy_that_is_not_compiled_yet() {
    let text = format!("int x;\n#define SQLITE_SOURCE_ID      \"{ID}\"\n");
    let (found, _room) = found_in("a.crate", &gzipped(&tarred(&[("p/sqlite3.c", text.as_bytes())])));
    assert_eq!(found.copies[0].code.kind, Kind::Source);
    assert_eq!(found.copies[0].code.source_ids, [ID]);
}

#[test]
fn files_of_a_process_are_named_as_it_knows_them() {
    let files = process::files(std::process::id()).unwrap();
    let ours = std::env::current_exe().unwrap().canonicalize().unwrap();
    let (readable, _) =
        files.iter().find(|(_, name)| Path::new(name) == ours).expect("our own program is mapped");
    File::open(readable).unwrap();
    let missing = process::files(u32::MAX / 2).unwrap_err().to_string();
    assert!(missing.starts_with("there is no process "), "{missing}");
}

#[test]
fn what_is_damaged_is_told_with_its_place_and_costs_nothing_else() {
    let code = code();
    let mut damaged = gzipped(&tarred(&[("inner.so", &code)]));
    let half = damaged.len() / 2;
    damaged.truncate(half);
    let (found, room) = found_in("a.zip", &zipped(&[("broken.tgz", &damaged), ("good.so", &code)]));
    assert_eq!(found.copies.len(), 1, "{found:?}");
    let place = room.path().join("a.zip/broken.tgz").display().to_string();
    assert!(found.unread.contains_key(&place), "{found:?}");
}

/// What is skipped was decompressed all the same.
#[test]
fn what_is_skipped_in_a_compressed_archive_counts() {
    let zeros = vec![0; 8 << 20];
    let room = TempDir::new().unwrap();
    let file = room.path().join("bomb.tgz");
    fs::write(&file, gzipped(&tarred(&[("zeros", &zeros), ("good.so", &code())]))).unwrap();
    let small = Limits { all: 4 << 20, ..Limits::default() };
    let found = find_within(&file, room.path(), small).unwrap();
    assert!(found.copies.is_empty());
    assert!(found.unread.values().any(|reason| reason.contains("more than 4 MiB come out")), "{found:?}");
}

#[test]
fn an_archive_within_too_many_others_is_not_opened() {
    let mut bytes = code();
    for _ in 0..=Limits::default().depth {
        bytes = zipped(&[("x", &bytes)]);
    }
    let (found, _room) = found_in("a.zip", &bytes);
    assert!(found.copies.is_empty());
    assert!(found.unread.values().any(|reason| reason.contains("in 8 others")), "{found:?}");
}

#[test]
fn what_unpacks_to_more_than_the_limit_is_not_unpacked() {
    let room = TempDir::new().unwrap();
    let mut bomb = b"\x7fELF".to_vec();
    bomb.resize(10 << 20, 0);
    let file = room.path().join("bomb.zip");
    fs::write(&file, zipped(&[("one", &bomb), ("two", &bomb)])).unwrap();
    let small = Limits { file: 1 << 20, ..Limits::default() };
    let found = find_within(&file, room.path(), small).unwrap();
    assert_eq!(found.unread.len(), 2, "{found:?}");
    assert!(found.unread.values().all(|reason| reason == "it is larger than 1 MiB"), "{found:?}");
    let less_in_all = Limits { all: 15 << 20, ..Limits::default() };
    let error = find_within(&file, room.path(), less_in_all).unwrap_err().to_string();
    assert!(error.contains("what is in it is larger than"), "{error}");
}
