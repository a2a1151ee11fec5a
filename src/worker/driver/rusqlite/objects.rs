//! The driver `rusqlite` on what it lends and makes: transactions, blobs, backups, whole databases.

use super::super::{Outcome, named};
use super::Handles;
use crate::contract::verb::{
    BackupInit, BlobWrite, DeserializeArguments, SavepointArguments, SerializeArguments,
    TransactionArguments, Verb,
};
use crate::outcome::sqlite_names::DeserializeFlag;
use crate::outcome::value::Value;
use crate::worker::ffi::{
    Asked, Call, Library, RusqliteBackup, RusqliteBlob, RusqliteConnection, RusqliteTransaction,
    rusqlite_outcome,
};

const OK: Outcome = Outcome::Code(0);

/// Executes a verb that makes, uses or drops such an object.
pub fn execute(library: &Library, handles: &mut Handles, verb: &Verb) -> Call<Outcome> {
    needs(verb).map_or(Ok(()), |function| library.need(function))?;
    let done = |()| OK;
    match verb {
        Verb::Execute(run) => handles.connection(&run.db)?.execute(run).map(Outcome::Value),
        Verb::QueryRow(run) => handles.connection(&run.db)?.row(run, Asked::First),
        Verb::QueryOne(run) => handles.connection(&run.db)?.row(run, Asked::Only),
        Verb::Get(get) => handles.statement(&get.stmt)?.column(get).map(Outcome::Value),
        Verb::Transaction(transaction) => begin(handles, transaction),
        Verb::Savepoint(savepoint) => self::savepoint(handles, savepoint),
        Verb::DropBehavior(on) => {
            let tx = named(handles.transactions.get_mut(on.tx.as_str()), &on.tx)?;
            tx.set_drop_behavior(on.behavior);
            Ok(OK)
        }
        Verb::Commit(on) => take(handles, &on.tx)?.commit().map(done),
        Verb::Finish(on) => take(handles, &on.tx)?.finish().map(done),
        Verb::DropTransaction(on) => {
            drop(take(handles, &on.tx)?);
            Ok(OK)
        }
        Verb::Rollback(on) => {
            let (rolled_back, savepoint) = take(handles, &on.tx)?.rollback();
            handles.transactions.extend(savepoint.map(|savepoint| (on.tx.to_string(), savepoint)));
            rolled_back.map(done)
        }
        Verb::Serialize(arguments) => serialize(handles, arguments),
        Verb::Deserialize(arguments) => deserialize(handles, arguments),
        Verb::Value(name) => {
            named(handles.images.get(name), name).map(|image| Outcome::Value(Value::Blob(image.clone())))
        }
        Verb::ValueFree(name) => named(handles.images.remove(name), name).map(|_| OK),
        Verb::BlobOpen(open) => {
            let blob = RusqliteBlob::open(handles.connection(&open.db)?, open)?;
            handles.blobs.insert(open.blob.to_string(), blob);
            Ok(OK)
        }
        Verb::BlobRead(read) => blob(handles, &read.blob)?.read(read.offset, read.length),
        Verb::BlobWrite(write) => blob_write(handles, write).map(done),
        Verb::BlobBytes(on) => Ok(Outcome::Value(blob(handles, &on.blob)?.size())),
        Verb::BlobReopen(reopen) => blob(handles, &reopen.blob)?.reopen(reopen.row).map(done),
        Verb::BlobClose(on) => named(handles.blobs.remove(on.blob.as_str()), &on.blob)?.close().map(done),
        Verb::BackupInit(init) => backup_init(handles, init).map(done),
        Verb::BackupStep(step) => backup(handles, &step.backup)?.step(step.pages),
        Verb::BackupRemaining(on) => Ok(Outcome::Value(backup(handles, &on.backup)?.remaining())),
        Verb::BackupPagecount(on) => Ok(Outcome::Value(backup(handles, &on.backup)?.pagecount())),
        Verb::BackupFinish(on) => named(handles.backups.remove(on.backup.as_str()), &on.backup).map(|_| OK),
        other => Err(Outcome::Refused(format!("the driver `rusqlite` has no verb `{}`", other.name()))),
    }
}

/// What rusqlite calls for a verb and older libraries do not have: it would panic halfway.
fn needs(verb: &Verb) -> Option<&'static str> {
    match verb {
        Verb::Execute(_) => Some("sqlite3_changes64"),
        Verb::Savepoint(_) => Some("sqlite3_keyword_check"),
        Verb::Serialize(_) => Some("sqlite3_serialize"),
        Verb::Deserialize(_) => Some("sqlite3_deserialize"),
        _ => None,
    }
}

/// A transaction out of the table, to be used up.
fn take(handles: &mut Handles, name: &str) -> Call<RusqliteTransaction> {
    named(handles.transactions.get(name), name)?.may_end()?;
    named(handles.transactions.remove(name), name)
}

/// Drops the transaction of this name, if there is one, as the end of its scope would.
fn release(handles: &mut Handles, name: &str) -> Call<()> {
    if handles.transactions.contains_key(name) { take(handles, name).map(drop) } else { Ok(()) }
}

fn begin(handles: &mut Handles, arguments: &TransactionArguments) -> Call<Outcome> {
    release(handles, &arguments.tx)?;
    let tx = RusqliteTransaction::begin(handles.connection(&arguments.db)?, arguments.behavior)?;
    handles.transactions.insert(arguments.tx.to_string(), tx);
    Ok(OK)
}

fn savepoint(handles: &mut Handles, arguments: &SavepointArguments) -> Call<Outcome> {
    let SavepointArguments { name, within, tx, db } = arguments;
    if within.as_deref() == Some(tx.as_str()) {
        return Err(Outcome::Refused(format!("`{}` is the name of the outer one", tx.as_str())));
    }
    release(handles, tx)?;
    let savepoint = match within {
        Some(outer) => named(handles.transactions.get_mut(outer), outer)?.savepoint_within(name)?,
        None => RusqliteTransaction::savepoint(named(handles.connections.get_mut(db.as_str()), db)?, name)?,
    };
    handles.transactions.insert(tx.to_string(), savepoint);
    Ok(OK)
}

fn blob<'a>(handles: &'a mut Handles, name: &str) -> Call<&'a mut RusqliteBlob> {
    named(handles.blobs.get_mut(name), name)
}

fn blob_write(handles: &mut Handles, write: &BlobWrite) -> Call<()> {
    match write.value.to_value() {
        Value::Text(bytes) | Value::Blob(bytes) => blob(handles, &write.blob)?.write(write.offset, &bytes),
        other => Err(Outcome::Refused(format!("{other} has no bytes to write"))),
    }
}

fn backup<'a>(handles: &'a Handles, name: &str) -> Call<&'a RusqliteBackup> {
    named(handles.backups.get(name), name)
}

/// The destination leaves the table for the call: Rust wants it mutable beside the source.
fn backup_init(handles: &mut Handles, init: &BackupInit) -> Call<()> {
    let mut to = named(handles.connections.remove(&init.to), &init.to)?;
    let backup = handles.connection(&init.from).and_then(|from| RusqliteBackup::new(from, &mut to, init));
    handles.connections.insert(init.to.clone(), to);
    handles.backups.insert(init.backup.to_string(), backup?);
    Ok(())
}

fn alone<'a>(handles: &'a mut Handles, name: &str) -> Call<&'a mut RusqliteConnection> {
    named(handles.connections.get_mut(name), name)
}

/// `Connection::serialize`, which itself looks first whether it need copy.
fn serialize(handles: &mut Handles, arguments: &SerializeArguments) -> Call<Outcome> {
    let connection = alone(handles, &arguments.db)?.get_mut()?;
    let data = connection.serialize(arguments.database.as_str()).map_err(rusqlite_outcome)?;
    let (size, image) = (i64::try_from(data.len()).unwrap_or(i64::MAX), data.to_vec());
    drop(data);
    if let Some(name) = &arguments.keep {
        handles.images.insert(name.clone(), image);
    }
    Ok(Outcome::Value(Value::Integer(size)))
}

/// `Connection::deserialize_read_exact`: the bytes are copied into memory of SQLite's.
fn deserialize(handles: &mut Handles, arguments: &DeserializeArguments) -> Call<Outcome> {
    let DeserializeArguments { image: name, db, database, flags } = arguments;
    let image = named(handles.images.get(name), name)?.clone();
    let read_only = flags.contains(&DeserializeFlag::Readonly);
    let connection = alone(handles, db)?.get_mut()?;
    connection
        .deserialize_read_exact(database.as_str(), image.as_slice(), image.len(), read_only)
        .map_err(rusqlite_outcome)?;
    Ok(OK)
}
