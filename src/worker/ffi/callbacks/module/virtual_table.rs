//! A virtual table as both drivers have it: what its module is to do, and the log of its life.

use std::ffi::CStr;
use std::ptr::NonNull;
use std::rc::Rc;

use libsqlite3_sys as sys;

use super::super::{Callback, Does};
use super::rows::Rows;
use crate::contract::verb::{Holding, TableMethod, Tables};

/// What a table declares itself to be that holds no rows, <https://sqlite.org/c3ref/declare_vtab.html>.
pub(crate) const DECLARATION: &CStr = c"CREATE TABLE x(value INTEGER)";

/// The methods of a module that can fail or that end a table, <https://sqlite.org/c3ref/module.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Create,
    Connect,
    Filter,
    Disconnect,
    Destroy,
}

impl Method {
    /// Its word in the log.
    pub(crate) fn word(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

/// A table of a module.
pub(crate) struct VirtualTable {
    module: Rc<Callback>,
    /// `main.t(a, b)`: its schema, its name, and the arguments that it was created with.
    name: String,
    /// What it holds, where it holds rows.
    pub(super) held: Rows,
    /// Its connection, with the driver `capi`.
    pub(super) db: Option<NonNull<sys::sqlite3>>,
}

impl VirtualTable {
    /// Creates or connects a table. The error is the words with which that fails.
    pub(crate) fn begin<Argument: AsRef<[u8]>>(
        module: Rc<Callback>,
        method: Method,
        [schema, table]: [&[u8]; 2],
        arguments: &[Argument],
    ) -> Result<Self, String> {
        let word = |word: &[u8]| String::from_utf8_lossy(word).into_owned();
        let arguments: Vec<String> = arguments.iter().map(|argument| word(argument.as_ref())).collect();
        let arguments =
            if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        let held = holding(&module).map(Rows::of).unwrap_or_default();
        let table =
            Self { module, name: format!("{}.{}{arguments}", word(schema), word(table)), held, db: None };
        table.called(method);
        match table.error_in(method) {
            Some(words) => Err(words.to_owned()),
            None => Ok(table),
        }
    }

    /// Logs a call.
    pub(crate) fn called(&self, method: Method) {
        self.module.called(format!("{} {} {}", self.module.name, method.word(), self.name));
    }

    /// Logs a call of a table that holds rows.
    pub(super) fn did(&self, what: &str) {
        self.module.called(format!("{} {what}", self.module.name));
    }

    /// The same, where the log does not say it yet.
    pub(super) fn did_once(&self, what: &str) {
        self.module.called_once(format!("{} {what}", self.module.name));
    }

    /// The words with which this method fails, if it does; none where SQLite asks for none.
    pub(crate) fn error_in(&self, method: Method) -> Option<&str> {
        match (&self.module.does, method) {
            (Does::Tables(Tables::ErrorInCreate(words)), Method::Create)
            | (Does::Tables(Tables::ErrorInConnect(words)), Method::Connect)
            | (Does::Tables(Tables::ErrorInFilter(words)), Method::Filter) => Some(words),
            (Does::Tables(Tables::ErrorInDestroy), Method::Destroy) => Some(""),
            _ => None,
        }
    }

    /// What it holds, and how.
    pub(super) fn holding(&self) -> Option<&Holding> {
        holding(&self.module)
    }

    /// Whether this method of a table that holds rows fails.
    pub(super) fn fails_in(&self, method: TableMethod) -> bool {
        self.holding().is_some_and(|holding| holding.fails_in.contains(&method))
    }

    /// How many rows it has that does not hold them.
    pub(crate) fn rows(&self) -> i64 {
        match self.module.does {
            Does::Tables(Tables::Rows(rows)) => rows.into(),
            _ => 0,
        }
    }
}

fn holding(module: &Callback) -> Option<&Holding> {
    match &module.does {
        Does::Tables(Tables::Holds(holding)) => Some(holding),
        _ => None,
    }
}
