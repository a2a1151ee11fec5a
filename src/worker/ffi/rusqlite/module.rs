//! Modules as a Rust program makes them: types whose values rusqlite keeps in boxes and frees.

use std::borrow::Cow;
use std::cell::Cell;
use std::ffi::{CStr, c_int};

use rusqlite::vtab::{
    Context, CreateVTab, Filters, IndexInfo, Module, VTab, VTabConnection, VTabCursor, VTabKind,
    sqlite3_vtab, sqlite3_vtab_cursor,
};
use rusqlite::{Error, Result, ffi};

use super::super::Call;
use super::super::callbacks::{DECLARATION, Does, Method, VirtualTable};
use super::RusqliteConnection;
use super::functions::{Data, done};
use crate::contract::verb::{self, Destructor};
use crate::outcome::Outcome;

impl RusqliteConnection {
    /// `Connection::create_module`
    pub(crate) fn create_module(&self, module: &verb::Module) -> Call<Outcome> {
        if matches!(module.does, verb::Tables::Holds(_)) {
            return Err(Outcome::Refused("only the driver `capi` has tables that hold rows".to_owned()));
        }
        let (name, does) = (module.name.as_str(), Does::Tables(module.does.clone()));
        let data = Some(Data::new(name, does, Destructor::Module));
        done(match module.eponymous {
            true => {
                self.get().create_module(name, const { &Module::<Table<true>>::read_only_module() }, data)
            }
            false => {
                self.get().create_module(name, const { &Module::<Table<false>>::read_only_module() }, data)
            }
        })
    }
}

#[repr(C)]
struct Table<const EPONYMOUS: bool> {
    /// rusqlite wants it first.
    base: sqlite3_vtab,
    table: VirtualTable,
    is_destroyed: Cell<bool>,
}

impl<const EPONYMOUS: bool> Table<EPONYMOUS> {
    fn begin(
        data: Option<&Data>,
        method: Method,
        names: [&[u8]; 2],
        arguments: &[&[u8]],
    ) -> Result<(Cow<'static, CStr>, Self)> {
        let module = data.ok_or_else(|| Error::ModuleError("no user data".to_owned()))?.callback()?;
        let table = VirtualTable::begin(module, method, names, arguments).map_err(Error::ModuleError)?;
        let base = sqlite3_vtab::default();
        Ok((Cow::Borrowed(DECLARATION), Self { base, table, is_destroyed: Cell::new(false) }))
    }
}

// SAFETY: its layout is C's, and `sqlite3_vtab` stands first.
unsafe impl<'vtab, const EPONYMOUS: bool> VTab<'vtab> for Table<EPONYMOUS> {
    type Aux = Data;
    type Cursor = Cursor<'vtab>;

    fn connect(
        _: &mut VTabConnection,
        data: Option<&Data>,
        _: &[u8],
        schema: &[u8],
        table: &[u8],
        arguments: &[&[u8]],
    ) -> Result<(Cow<'static, CStr>, Self)> {
        Self::begin(data, Method::Connect, [schema, table], arguments)
    }

    /// There is one way to read: from the first row to the last.
    fn best_index(&self, _: &mut IndexInfo) -> Result<bool> {
        Ok(true)
    }

    fn open(&'vtab mut self) -> Result<Cursor<'vtab>> {
        Ok(Cursor { base: sqlite3_vtab_cursor::default(), table: &self.table, row: 1 })
    }
}

impl<const EPONYMOUS: bool> CreateVTab<'_> for Table<EPONYMOUS> {
    const KIND: VTabKind = if EPONYMOUS { VTabKind::Eponymous } else { VTabKind::Default };

    fn create(
        _: &mut VTabConnection,
        data: Option<&Data>,
        _: &[u8],
        schema: &[u8],
        table: &[u8],
        arguments: &[&[u8]],
    ) -> Result<(Cow<'static, CStr>, Self)> {
        Self::begin(data, Method::Create, [schema, table], arguments)
    }

    fn destroy(&self) -> Result<()> {
        self.table.called(Method::Destroy);
        if self.table.error_in(Method::Destroy).is_some() {
            return Err(Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_ERROR), None));
        }
        self.is_destroyed.set(true);
        Ok(())
    }
}

impl<const EPONYMOUS: bool> Drop for Table<EPONYMOUS> {
    /// rusqlite disconnects a table by dropping it, and drops it too when it is destroyed.
    fn drop(&mut self) {
        if !self.is_destroyed.get() {
            self.table.called(Method::Disconnect);
        }
    }
}

#[repr(C)]
struct Cursor<'vtab> {
    /// rusqlite wants it first.
    base: sqlite3_vtab_cursor,
    table: &'vtab VirtualTable,
    /// The row where it stands, from 1.
    row: i64,
}

// SAFETY: its layout is C's, and `sqlite3_vtab_cursor` stands first.
unsafe impl VTabCursor for Cursor<'_> {
    fn filter(&mut self, _: c_int, _: Option<&str>, _: &Filters<'_>) -> Result<()> {
        self.row = 1;
        self.table.error_in(Method::Filter).map_or(Ok(()), |words| Err(Error::ModuleError(words.to_owned())))
    }

    fn next(&mut self) -> Result<()> {
        self.row += 1;
        Ok(())
    }

    fn eof(&self) -> bool {
        self.row > self.table.rows()
    }

    fn column(&self, context: &mut Context, _: c_int) -> Result<()> {
        context.set_result(self.row)
    }

    fn rowid(&self) -> Result<i64> {
        Ok(self.row)
    }
}
