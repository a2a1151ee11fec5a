//! Calls of a trace, as they are made again.

use std::rc::Rc;

use crate::trace::{Event, Item, first_event};
use crate::worker::ffi::replay::{Run, find};

/// A function of the trace.
pub(crate) struct Known {
    /// Its name; one of the program's ends with `()`.
    pub(crate) name: String,
    /// How it is called here.
    pub(crate) run: Option<Run>,
    /// What it is to a statement.
    pub(crate) class: Class,
    /// Whether what it returns says how SQLite behaves.
    pub(crate) is_compared: bool,
}

/// What a call is to a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// It makes one.
    Prepare,
    Step,
    /// It reads a column of a row.
    Column,
    /// It ends the rows.
    Reset,
    Finalize,
    /// It runs SQL to its end.
    Exec,
    /// It says what the last call of a connection came to.
    Failure,
    /// Anything else.
    Other,
}

/// What a build is, and how much it uses: never the same on two builds.
const NOT_COMPARED: [&str; 18] = [
    "sqlite3_libversion",
    "sqlite3_libversion_number",
    "sqlite3_sourceid",
    "sqlite3_threadsafe",
    "sqlite3_compileoption_used",
    "sqlite3_compileoption_get",
    "sqlite3_keyword_count",
    "sqlite3_memory_used",
    "sqlite3_memory_highwater",
    "sqlite3_release_memory",
    "sqlite3_status",
    "sqlite3_status64",
    "sqlite3_db_status",
    "sqlite3_db_status64",
    "sqlite3_stmt_status",
    "sqlite3_system_errno",
    "sqlite3_db_release_memory",
    "sqlite3_normalized_sql",
];

impl Known {
    pub(crate) fn new(name: String) -> Self {
        let class = match name.as_str() {
            "sqlite3_step" => Class::Step,
            "sqlite3_reset" => Class::Reset,
            "sqlite3_finalize" => Class::Finalize,
            "sqlite3_exec" | "sqlite3_get_table" => Class::Exec,
            name if name.starts_with("sqlite3_prepare") => Class::Prepare,
            "sqlite3_column_blob"
            | "sqlite3_column_bytes"
            | "sqlite3_column_bytes16"
            | "sqlite3_column_double"
            | "sqlite3_column_int"
            | "sqlite3_column_int64"
            | "sqlite3_column_text"
            | "sqlite3_column_text16"
            | "sqlite3_column_type"
            | "sqlite3_column_value" => Class::Column,
            "sqlite3_errcode"
            | "sqlite3_extended_errcode"
            | "sqlite3_errmsg"
            | "sqlite3_errmsg16"
            | "sqlite3_error_offset" => Class::Failure,
            _ => Class::Other,
        };
        let is_compared = !NOT_COMPARED.contains(&name.as_str());
        Self { run: find(&name), class, is_compared, name }
    }

    /// Whether a row ends with it.
    pub(crate) fn ends_row(&self) -> bool {
        matches!(self.class, Class::Step | Class::Reset | Class::Finalize)
    }

    /// Whether what it returns is the type of a value.
    pub(crate) fn is_type(&self) -> bool {
        matches!(self.name.as_str(), "sqlite3_column_type" | "sqlite3_value_type")
    }

    /// Whether SQLite calls it.
    pub(crate) fn is_callback(&self) -> bool {
        self.name.ends_with("()")
    }
}

/// What happened inside a call, in its order.
pub(crate) type Body = Vec<Happening>;

/// Something that happened inside a call.
pub(crate) enum Happening {
    Call(Node),
    File(Opened),
}

/// A file was opened as a database.
pub(crate) struct Opened {
    pub(crate) path: Vec<u8>,
    /// Under which name the trace has it.
    pub(crate) copy: Option<String>,
    pub(crate) is_new: bool,
}

/// A call with its arguments and results.
pub(crate) struct Call<'a> {
    pub(crate) function: &'a Known,
    pub(crate) process: u32,
    /// Its number among the calls of its process.
    pub(crate) place: u64,
    pub(crate) arguments: &'a [Item<'a>],
    pub(crate) results: &'a [Item<'a>],
    pub(crate) body: Option<&'a Rc<Body>>,
}

/// A call inside another one, as it stands in the trace.
pub(crate) struct Node {
    pub(crate) function: Rc<Known>,
    pub(crate) body: Rc<Body>,
    /// The first argument, where it is a handle: the function or collation that is called.
    pub(crate) object: Option<u64>,
    begin: Box<[u8]>,
    end: Option<Box<[u8]>>,
    pub(crate) place: u64,
}

impl Node {
    pub(crate) fn new(
        function: Rc<Known>,
        begin: Box<[u8]>,
        end: Option<Box<[u8]>>,
        body: Body,
        place: u64,
    ) -> Self {
        let object = match first_event(&begin) {
            Ok((Event::Call { arguments, .. } | Event::Begin { arguments, .. }, _)) => {
                arguments.first().and_then(Item::handle)
            }
            _ => None,
        };
        Self { function, body: Rc::new(body), object, begin, end, place }
    }

    pub(crate) fn is_callback(&self) -> bool {
        self.function.is_callback()
    }

    /// The call as one of a process.
    pub(crate) fn with<T>(&self, process: u32, visit: impl FnOnce(&Call<'_>) -> T) -> Option<T> {
        let (arguments, mut results) = match first_event(&self.begin).ok()?.0 {
            Event::Call { arguments, results, .. } => (arguments, results),
            Event::Begin { arguments, .. } => (arguments, Vec::new()),
            _ => return None,
        };
        if let Some(end) = &self.end
            && let Event::End { results: ended } = first_event(end).ok()?.0
        {
            results = ended;
        }
        let call = Call {
            function: &self.function,
            process,
            place: self.place,
            arguments: &arguments,
            results: &results,
            body: Some(&self.body),
        };
        Some(visit(&call))
    }
}
