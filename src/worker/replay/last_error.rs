//! Whose doing the last error of each connection is: a call that came to something else has a group of its own, and what
//! `sqlite3_errmsg` and its like say of it needs none.

use std::collections::{HashMap, HashSet};

use super::call::{Call, Class};
use crate::trace::Item;

/// A handle of a process.
type Handle = (u32, u64);

/// Functions that put what they come to where `sqlite3_errcode` finds it, by what their names begin with. The others, as
/// `sqlite3_busy_timeout`, return a code and leave the last error as it is.
const SET_IT: [&str; 16] = [
    "sqlite3_open",
    "sqlite3_close",
    "sqlite3_bind_",
    "sqlite3_blob_",
    "sqlite3_backup_init",
    "sqlite3_backup_finish",
    "sqlite3_create_",
    "sqlite3_overload_function",
    "sqlite3_wal_checkpoint",
    "sqlite3_table_column_metadata",
    "sqlite3_load_extension",
    "sqlite3_serialize",
    "sqlite3_deserialize",
    "sqlite3_set_errmsg",
    "sqlite3_unlock_notify",
    "sqlite3_declare_vtab",
];

#[derive(Default)]
pub(super) struct LastErrors {
    /// The connection of each statement, blob and backup of the trace, also of those that a replay did not make.
    connections: HashMap<Handle, u64>,
    /// The connections whose last error stems from a call that came to something else, or was not made.
    otherwise: HashSet<Handle>,
}

impl LastErrors {
    /// A call came to what it came to in the trace; or, otherwise, to something else, or could not be made.
    pub(super) fn after(&mut self, call: &Call<'_>, is_otherwise: bool) {
        if !sets_it(call) {
            return;
        }
        // A call about no handle, as `sqlite3_finalize(NULL)`, changes no last error.
        let Some(connection) = self.connection(call) else { return };
        match is_otherwise {
            true => drop(self.otherwise.insert(connection)),
            false if self.otherwise.is_empty() => {}
            false => drop(self.otherwise.remove(&connection)),
        }
        self.follow(call, connection);
    }

    /// Whether what the last error of the call's connection is has been said.
    pub(super) fn is_otherwise(&self, call: &Call<'_>) -> bool {
        self.connection(call).is_some_and(|connection| self.otherwise.contains(&connection))
    }

    /// Forgets a process that has ended.
    pub(super) fn leave(&mut self, process: u32) {
        self.connections.retain(|handle, _| handle.0 != process);
        self.otherwise.retain(|handle| handle.0 != process);
    }

    /// The connection that a call is about; of one that opens it, what it returned.
    fn connection(&self, call: &Call<'_>) -> Option<Handle> {
        let opens = call.function.name.starts_with("sqlite3_open");
        let items = if opens { call.results } else { call.arguments.get(..1)? };
        let number = items.iter().find_map(Item::handle)?;
        let connection = self.connections.get(&(call.process, number)).copied();
        Some((call.process, connection.unwrap_or(number)))
    }

    /// Remembers what a call makes for a connection, and forgets what it ends.
    fn follow(&mut self, call: &Call<'_>, (process, connection): Handle) {
        let name = call.function.name.as_str();
        let makes = ["sqlite3_blob_open", "sqlite3_backup_init"].contains(&name);
        let ends = ["sqlite3_blob_close", "sqlite3_backup_finish"].contains(&name);
        if makes || call.function.class == Class::Prepare {
            let made = call.results.iter().filter_map(Item::handle);
            self.connections.extend(made.map(|number| ((process, number), connection)));
        } else if ends || call.function.class == Class::Finalize {
            let ended = call.arguments.first().and_then(Item::handle);
            ended.and_then(|number| self.connections.remove(&(process, number)));
        }
    }
}

/// Whether what a call comes to becomes the last error of its connection.
fn sets_it(call: &Call<'_>) -> bool {
    match call.function.class {
        Class::Prepare | Class::Step | Class::Reset | Class::Finalize | Class::Exec => true,
        Class::Column | Class::Failure => false,
        Class::Other => SET_IT.iter().any(|name| call.function.name.starts_with(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::replay::call::Known;

    const NONE: Item<'static> = Item::Null;
    const fn handle(number: u64) -> Item<'static> {
        Item::Handle(number)
    }

    /// The calls of a process, and of what each came to whether it is something else.
    struct Played(LastErrors);

    impl Played {
        fn call(&mut self, name: &str, argument: Item<'_>, results: &[Item<'_>], is_otherwise: bool) {
            let function = Known::new(name.to_owned());
            let arguments = [argument];
            let call = Call {
                function: &function,
                process: 0,
                place: 0,
                arguments: &arguments,
                results,
                body: None,
            };
            self.0.after(&call, is_otherwise);
        }

        fn is_said(&self, connection: u64) -> bool {
            let function = Known::new("sqlite3_errmsg".to_owned());
            let arguments = [handle(connection)];
            self.0.is_otherwise(&Call {
                function: &function,
                process: 0,
                place: 0,
                arguments: &arguments,
                results: &[],
                body: None,
            })
        }
    }

    #[test]
    fn the_last_error_is_that_of_the_last_call_that_sets_it() {
        let mut played = Played(LastErrors::default());
        let ok = [Item::Integer(0)];
        played.call("sqlite3_prepare_v2", handle(1), &[Item::Integer(1), NONE], true);
        assert!(played.is_said(1));
        // Neither a call about nothing, nor one that leaves the last error as it is, nor another connection's.
        played.call("sqlite3_finalize", NONE, &ok, false);
        played.call("sqlite3_reset", NONE, &ok, false);
        played.call("sqlite3_busy_timeout", handle(1), &ok, false);
        played.call("sqlite3_exec", handle(2), &ok, false);
        assert!(played.is_said(1));
        assert!(!played.is_said(2));
        played.call("sqlite3_exec", handle(1), &ok, false);
        assert!(!played.is_said(1));
    }

    #[test]
    fn a_statement_speaks_for_its_connection() {
        let mut played = Played(LastErrors::default());
        let prepared = [Item::Integer(0), handle(7)];
        played.call("sqlite3_prepare_v3", handle(1), &prepared, false);
        played.call("sqlite3_step", handle(7), &[Item::Integer(100)], true);
        assert!(played.is_said(1));
        played.call("sqlite3_prepare_v2", handle(2), &[Item::Integer(0), handle(8)], false);
        played.call("sqlite3_step", handle(8), &[Item::Integer(100)], false);
        assert!(played.is_said(1));
        played.call("sqlite3_finalize", handle(7), &[Item::Integer(0)], false);
        assert!(!played.is_said(1));
        assert_eq!(played.0.connections.len(), 1);
        played.0.leave(0);
        assert!(played.0.connections.is_empty());
    }

    #[test]
    fn what_opens_a_connection_sets_its_last_error() {
        let mut played = Played(LastErrors::default());
        let opened = [Item::Integer(14), handle(3)];
        played.call("sqlite3_open_v2", Item::Text("a.db"), &opened, true);
        assert!(played.is_said(3));
        played.call("sqlite3_close", handle(3), &[Item::Integer(0)], false);
        assert!(!played.is_said(3));
    }
}
