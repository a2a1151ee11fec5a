//! A virtual table as both drivers have it: what its module is to do, and the log of its life.

use std::ffi::CStr;
use std::rc::Rc;

use super::super::{Callback, Does};
use crate::contract::verb::Tables;

/// What every table declares itself to be, <https://sqlite.org/c3ref/declare_vtab.html>.
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
        let table = Self { module, name: format!("{}.{}{arguments}", word(schema), word(table)) };
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

    /// How many rows it has.
    pub(crate) fn rows(&self) -> i64 {
        match self.module.does {
            Does::Tables(Tables::Rows(rows)) => rows.into(),
            _ => 0,
        }
    }
}
