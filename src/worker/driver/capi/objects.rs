//! The driver `capi` on the objects that SQLite hands out: blobs, backups, and memory that the caller frees.

use super::super::Outcome;
use super::Handles;
use crate::contract::verb::{BackupInit, DeserializeArguments, Exec, SerializeArguments, Verb};
use crate::outcome::value::Value;
use crate::worker::ffi::{self, Backup, Blob, Call, Kept, Library};

const OK: Outcome = Outcome::Code(0);

/// Executes a verb that makes, uses or frees such an object.
pub fn execute(library: &Library, handles: &mut Handles, verb: &Verb) -> Call<Outcome> {
    let value = |value: Call<Value>| value.map(Outcome::Value);
    match verb {
        Verb::ValueDup(dup) => {
            let kept = handles.statements.get(&dup.stmt)?.value_dup(library, dup.at)?;
            handles.kept.keep(&dup.name, kept);
            Ok(OK)
        }
        Verb::Value(name) => handles.kept.get(name)?.read(library),
        Verb::ValueFree(name) => free(library, handles, name),
        Verb::ExpandedSql(on) => {
            let kept = handles.statements.get(&on.stmt)?.expanded_sql(library)?;
            show(library, handles, kept, on.keep.as_deref())
        }
        Verb::GetTable(get) => {
            let kept = handles.connections.get(&get.db)?.get_table(library, &get.sql)?;
            show(library, handles, kept, get.keep.as_deref())
        }
        Verb::Mprintf(mprintf) => {
            let argument = mprintf.value.as_ref().map_or(Value::Null, |literal| literal.to_value());
            let kept = ffi::mprintf(library, &mprintf.format, &argument)?;
            show(library, handles, kept, mprintf.keep.as_deref())
        }
        Verb::Serialize(arguments) => serialize(library, handles, arguments),
        Verb::Deserialize(arguments) => deserialize(library, handles, arguments),
        Verb::BlobOpen(open) => {
            let blob = Blob::open(library, handles.connections.get(&open.db)?, open)?;
            handles.blobs.keep(&open.blob, blob);
            Ok(OK)
        }
        Verb::BlobRead(read) => handles.blobs.get(&read.blob)?.read(library, read.offset, read.length),
        Verb::BlobWrite(write) => {
            let bytes = match write.value.to_value() {
                Value::Text(bytes) | Value::Blob(bytes) => bytes,
                other => return Err(Outcome::Refused(format!("{other} has no bytes to write"))),
            };
            handles.blobs.get(&write.blob)?.write(library, write.offset, &bytes)
        }
        Verb::BlobBytes(on) => value(handles.blobs.get(&on.blob)?.size(library)),
        Verb::BlobReopen(reopen) => handles.blobs.get(&reopen.blob)?.reopen(library, reopen.row),
        Verb::BlobClose(on) => handles.blobs.take(&on.blob)?.close(library),
        Verb::BackupInit(init) => backup(library, handles, init),
        Verb::BackupStep(step) => handles.backups.get(&step.backup)?.step(library, step.pages),
        Verb::BackupRemaining(on) => value(handles.backups.get(&on.backup)?.remaining(library)),
        Verb::BackupPagecount(on) => value(handles.backups.get(&on.backup)?.pagecount(library)),
        Verb::BackupFinish(on) => handles.backups.take(&on.backup)?.finish(library),
        other => Err(Outcome::Refused(format!("the driver `capi` has no verb `{}`", other.name()))),
    }
}

/// Runs SQL. Its error message is kept where the step says so, though it is NULL when there was no error.
pub fn exec(library: &Library, handles: &mut Handles, exec: &Exec) -> Call<Outcome> {
    let (outcome, message) = handles.connections.get(&exec.db)?.exec(library, &exec.sql)?;
    keep_or_free(library, handles, message, exec.keep.as_deref())?;
    Ok(outcome)
}

/// What was handed out is the outcome.
fn show(library: &Library, handles: &mut Handles, kept: Kept, keep: Option<&str>) -> Call<Outcome> {
    let outcome = kept.read(library)?;
    keep_or_free(library, handles, kept, keep)?;
    Ok(outcome)
}

fn keep_or_free(library: &Library, handles: &mut Handles, kept: Kept, keep: Option<&str>) -> Call<()> {
    match keep {
        Some(name) => {
            handles.kept.keep(name, kept);
            Ok(())
        }
        None => kept.free(library),
    }
}

fn free(library: &Library, handles: &mut Handles, name: &str) -> Call<Outcome> {
    if handles.kept.get(name)?.is_lent() {
        return Err(Outcome::Refused(format!("a connection reads from `{name}`")));
    }
    handles.kept.take(name)?.free(library)?;
    Ok(OK)
}

/// The outcome is the size alone: the bytes have SQLite's version inside, so they differ from build to build.
fn serialize(library: &Library, handles: &mut Handles, arguments: &SerializeArguments) -> Call<Outcome> {
    let connection = handles.connections.get(&arguments.db)?;
    let size = if arguments.nocopy {
        connection.serialized_in_place(library, &arguments.database)?
    } else {
        let image = connection.serialize(library, &arguments.database)?;
        let size = image.as_ref().map(ffi::Image::size);
        if let Some(image) = image {
            keep_or_free(library, handles, Kept::Image(image), arguments.keep.as_deref())?;
        }
        size
    };
    let size = size.and_then(|size| i64::try_from(size).ok());
    Ok(Outcome::Value(size.map_or(Value::Null, Value::Integer)))
}

fn deserialize(library: &Library, handles: &mut Handles, arguments: &DeserializeArguments) -> Call<Outcome> {
    let DeserializeArguments { image: name, db, database, flags } = arguments;
    handles.connections.get(db)?;
    let image = match handles.kept.take(name)? {
        Kept::Image(image) => image,
        other => {
            handles.kept.keep(name, other);
            return Err(Outcome::Refused(format!("`{name}` is no serialized database")));
        }
    };
    let connection = handles.connections.get(db)?;
    let (outcome, back) = connection.deserialize(library, database, image, flags)?;
    if let Some(image) = back {
        handles.kept.keep(name, Kept::Image(image));
    }
    Ok(outcome)
}

fn backup(library: &Library, handles: &mut Handles, init: &BackupInit) -> Call<Outcome> {
    let to = (handles.connections.get(&init.to)?, init.to_database.as_str());
    let from = (handles.connections.get(&init.from)?, init.from_database.as_str());
    let backup = Backup::init(library, to, from)?;
    handles.backups.keep(&init.backup, backup);
    Ok(OK)
}
