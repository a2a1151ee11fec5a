//! The arguments of what runs in threads, or waits for another thread.

use super::{DbName, Open, Turn, arguments, is_usual, usual};
use crate::contract::step::Step;

arguments! {
    /// Actors that run at the same time.
    Threads {
        /// What the first thread does.
        a: Vec<Step> [Hidden],
        /// What the second does.
        b: Vec<Step> [Hidden],
        /// How often all of it is done, from the files that were there before.
        #[serde(default = "usual::<u64, 10>", skip_serializing_if = "is_usual::<_, 10>")]
        times: u64 = 10,
    } optional {
        /// What a third does.
        c: Vec<Step> [Hidden],
        /// What runs each time when the threads have ended and closed what they opened.
        after: Vec<Step> [Hidden],
        /// How many steps each runs before all go on at once: `[a: 2, b: 3]`.
        begin: Vec<Turn>,
        /// The one connection of all threads, which has to be serialized. They can only `exec` and `query` then.
        shared: Option<Open>,
    }
}

arguments! {
    /// One statement.
    ExecBlocking {
        /// The statement.
        sql: String,
    } optional {
        /// The connection.
        db: DbName,
    }
    brief sql
}
