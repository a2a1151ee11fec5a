//! Databases as bytes: what `sqlite3_serialize` returns, and `sqlite3_deserialize` takes.

use std::ffi::c_void;
use std::ops::Range;

use super::kinds::{Answer, Code, Db, Given, Text};
use super::machine::{Made, NotMade, Run, Taking};
use super::real::real;
use crate::trace::Item;
use crate::worker::replay::shown;

/// The call that returns or takes one.
pub(super) fn find(name: &str) -> Option<Run> {
    Some(match name {
        "sqlite3_serialize" => serialize,
        "sqlite3_deserialize" => deserialize,
        _ => return None,
    })
}

/// What the header of a database says of who wrote it last, as the recorder leaves it out: the counter of changes, the counter at
/// which the version was written, and that version. <https://sqlite.org/fileformat2.html#the_database_header>
const OF_WRITER: [Range<usize>; 2] = [24..28, 92..100];
const HEADER: usize = 100;

/// An image whose header does not say who wrote it.
fn without_writer(image: &[u8]) -> Vec<u8> {
    let mut image = image.to_vec();
    if image.len() >= HEADER {
        OF_WRITER.into_iter().for_each(|range| image[range].fill(0));
    }
    image
}

/// Another SQLite makes the same database of the same rows, and says in its header that it did. A trace of an earlier recorder has
/// the hash of the whole image.
fn compare(image: Option<&[u8]>, recorded: &Item<'_>, made: &mut Made) {
    match image {
        None => made.compare(recorded, &Item::Null),
        Some(image) if shown::is_same(recorded, &Item::Blob(image)) => {}
        Some(image) => made.compare(recorded, &Item::Blob(&without_writer(image))),
    }
}

fn serialize(taking: &Taking<'_>, made: &mut Made) -> Result<(), NotMade> {
    const NO_COPY: u32 = 1;
    let machine = taking.machine;
    let function = real!(machine.library, sqlite3_serialize: fn(Db, Text, *mut i64, u32) -> *mut c_void);
    let function = function.ok_or(NotMade::Missing)?;
    let db = Db::given(taking.argument(0)?, taking)?;
    let schema = Text::given(taking.argument(1)?, taking)?;
    let flags = u32::given(taking.argument(2)?, taking)?;
    let mut size = 0;
    // SAFETY: a connection that is open, and room for the size.
    let bytes = unsafe { function(db, schema, &raw mut size, flags) };
    let image: Option<&[u8]> = match (bytes.is_null(), usize::try_from(size)) {
        // SAFETY: SQLite says that there are so many.
        (false, Ok(size)) => Some(unsafe { std::slice::from_raw_parts(bytes.cast(), size) }),
        _ => None,
    };
    compare(image, taking.result(0), made);
    made.compare(taking.result(1), &Item::Integer(size));
    if flags & NO_COPY == 0 {
        machine.free(bytes);
    }
    Ok(())
}

/// SQLite gets memory of its own, which it frees with the connection.
fn deserialize(taking: &Taking<'_>, made: &mut Made) -> Result<(), NotMade> {
    const FREE_ON_CLOSE: u32 = 1;
    const MOST: i64 = 1 << 30;
    let library = taking.machine.library;
    let function = real!(library, sqlite3_deserialize: fn(Db, Text, *mut c_void, i64, i64, u32) -> Code);
    let malloc = real!(library, sqlite3_malloc64: fn(u64) -> *mut c_void);
    let (function, malloc) = (function.ok_or(NotMade::Missing)?, malloc.ok_or(NotMade::Missing)?);
    let db = Db::given(taking.argument(0)?, taking)?;
    let schema = Text::given(taking.argument(1)?, taking)?;
    let data: &[u8] = match taking.argument(2)? {
        Item::Blob(bytes) => bytes,
        Item::Null => &[],
        other => return Err(NotMade::unknown(other)),
    };
    let room = i64::given(taking.argument(3)?, taking)?.max(data.len() as i64).max(1);
    if room > MOST {
        return Err(NotMade::Unfit);
    }
    let flags = u32::given(taking.argument(4)?, taking)? | FREE_ON_CLOSE;
    // SAFETY: it only allocates.
    let memory = unsafe { malloc(room as u64) };
    if memory.is_null() {
        return Err(NotMade::Because("not enough memory"));
    }
    // SAFETY: there is room for the data, which lies elsewhere.
    unsafe { memory.cast::<u8>().copy_from_nonoverlapping(data.as_ptr(), data.len()) };
    // SAFETY: a connection that is open, and memory of SQLite's with so much room.
    let answer = unsafe { function(db, schema, memory, data.len() as i64, room, flags) };
    answer.judge(taking.result(0), taking, made);
    Ok(())
}

#[cfg(test)]
mod tests {
    use xxhash_rust::xxh3::xxh3_128;

    use super::*;
    use crate::trace::Digest;

    #[test]
    fn an_image_is_the_same_whoever_wrote_it() {
        let image = |writer: u8, row: u8| {
            let mut image = vec![row; 1024];
            [24..28, 92..100].into_iter().for_each(|range: Range<usize>| image[range].fill(writer));
            image
        };
        let differs = |recorded: &[u8], found: &[u8]| {
            let hash = xxh3_128(recorded).to_be_bytes();
            let recorded = Item::DigestOfBlob(Digest { length: recorded.len() as u64, hash: &hash });
            let mut made = Made::default();
            compare(Some(found), &recorded, &mut made);
            !made.differs.is_empty()
        };
        assert!(!differs(&image(0, 1), &image(7, 1)), "as the recorder writes it");
        assert!(!differs(&image(7, 1), &image(7, 1)), "as an earlier one wrote it");
        assert!(differs(&image(7, 1), &image(8, 1)));
        assert!(differs(&image(0, 1), &image(7, 2)));
        assert!(differs(&image(0, 1), &image(7, 1)[..512]));
    }
}
