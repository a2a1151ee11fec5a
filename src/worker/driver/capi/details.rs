//! The verbs of the driver `capi` that look at one detail, or set it.

use super::super::Outcome;
use super::Handles;
use crate::contract::verb::Verb;
use crate::outcome::value::Value;
use crate::worker::ffi::{Call, Library};

/// Executes the verb, or returns `None` when it is none of these.
pub(super) fn execute(library: &Library, handles: &mut Handles, verb: &Verb) -> Option<Call<Outcome>> {
    if let Verb::Hold(hold) = verb {
        let pointer = handles.statement(&hold.stmt).and_then(|stmt| stmt.hold(library, hold.at));
        return Some(pointer.map(|pointer| {
            handles.pointers.keep(&hold.name, pointer);
            Outcome::Code(0)
        }));
    }
    let db = |name: &str| handles.connection(name);
    let stmt = |name: &str| handles.statement(name);
    let value = |value: Call<Value>| value.map(Outcome::Value);
    Some(match verb {
        Verb::SamePointer(hold) => value(stmt(&hold.stmt).and_then(|stmt| {
            let held = handles.pointers.get(&hold.name)?;
            Ok(Value::Integer((stmt.hold(library, hold.at)? == *held).into()))
        })),
        Verb::BindBytes(bind) => stmt(&bind.stmt).and_then(|stmt| {
            let at = stmt.position(library, &bind.at)?;
            stmt.bind_bytes(library, at, bind)
        }),
        Verb::BindZeroblob64(bind) => stmt(&bind.stmt).and_then(|stmt| {
            let at = stmt.position(library, &bind.at)?;
            stmt.bind_zeroblob64(library, at, bind.size)
        }),
        Verb::BindParameterName(parameter) => {
            value(stmt(&parameter.stmt).and_then(|stmt| stmt.parameter_name(library, parameter.at)))
        }
        Verb::SetLastInsertRowid(set) => {
            db(&set.db).and_then(|db| db.set_last_insert_rowid(library, set.rowid))
        }
        Verb::TxnState(on) => value(db(&on.db).and_then(|db| db.txn_state(library, &on.schema))),
        Verb::DbReadonly(on) => value(db(&on.db).and_then(|db| db.readonly(library, &on.schema))),
        Verb::DbFilename(on) => value(db(&on.db).and_then(|db| db.filename(library, &on.schema))),
        Verb::IsInterrupted(on) => value(db(&on.db).and_then(|db| db.is_interrupted(library))),
        Verb::TableColumnMetadata(about) => db(&about.db).and_then(|db| db.table_column(library, about)),
        Verb::DbLookaside(memory) => {
            db(&memory.db).and_then(|db| db.lookaside(library, memory.slot, memory.slots))
        }
        Verb::DbCacheflush(on) => db(&on.db).and_then(|db| db.cacheflush(library)),
        Verb::WalCheckpointV2(checkpoint) => db(&checkpoint.db)
            .and_then(|db| db.wal_checkpoint(library, checkpoint.mode, checkpoint.schema.as_deref())),
        Verb::WalAutocheckpoint(auto) => {
            db(&auto.db).and_then(|db| db.wal_autocheckpoint(library, auto.pages))
        }
        _ => return None,
    })
}
