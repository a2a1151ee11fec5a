//! What a program had executed before one of its calls, as far as SQL tells it.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;

use super::executed::Executed;
use crate::contract::statements::statements;
use crate::outcome::value::Value;
use crate::trace::{Item, Trace, normalized};
use crate::worker::replay::call::{Call, Class, Happening};
use crate::worker::replay::{Visit, code, read, sql};

const OK: i32 = 0;
const ROW: i32 = 100;
/// A longer past is not gone through: a program of so many statements takes minutes to make smaller.
const MOST_STATEMENTS: usize = 50_000;
/// A zeroblob of more bytes is not written out.
const MOST_ZEROS: i64 = 1 << 20;

/// The statements before a call, and its own.
pub(super) struct Past {
    /// Those on its database, whichever connection executed them. Its own are the last `own`.
    pub executed: Vec<Executed>,
    /// A call may execute several.
    pub own: usize,
    /// The connection of the call.
    pub connection: Handle,
    /// Under which name the trace has the database as it was when it was opened.
    pub copy: Option<String>,
}

/// A handle: its process, and its number there.
pub(super) type Handle = (u32, u64);

/// Whose past is asked for.
pub(super) enum Wanted {
    /// That of a call: its process, and its number there.
    Call((u32, u64)),
    /// That of the first execution of a statement in this normal form.
    Statement(String),
}

/// What was executed up to there; the reason where SQL does not tell what happens there.
///
/// # Errors
/// Where the trace is damaged.
pub(super) fn before(trace: &Trace, wanted: Wanted) -> Result<Result<Past, String>> {
    let mut reader = Reader::new(wanted);
    read(trace, &mut reader)?;
    Ok(reader.past())
}

/// A connection.
#[derive(Default)]
struct Connection {
    path: Option<Vec<u8>>,
}

/// A statement that was prepared.
struct Prepared {
    connection: Handle,
    sql: String,
    /// What is bound; `None` where the trace does not have it.
    values: BTreeMap<i64, Option<Value>>,
    /// Its execution: the number of it, and whether it has come to its end.
    running: Option<(usize, bool)>,
}

/// A file that was opened as a database.
struct Opened {
    copy: Option<String>,
    /// How much had been executed then.
    from: usize,
}

struct Reader {
    wanted: Wanted,
    connections: HashMap<Handle, Connection>,
    statements: HashMap<Handle, Prepared>,
    files: HashMap<Vec<u8>, Opened>,
    executed: Vec<Executed>,
    /// The first and the last of what the call executed, or why that is not known.
    found: Option<Result<(usize, usize), String>>,
}

impl Reader {
    fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            connections: HashMap::new(),
            statements: HashMap::new(),
            files: HashMap::new(),
            executed: Vec::new(),
            found: None,
        }
    }

    /// Whether a call is the one whose past is asked for.
    fn is_wanted(&self, call: &Call<'_>) -> bool {
        match &self.wanted {
            Wanted::Call(place) => *place == (call.process, call.place),
            Wanted::Statement(normal) if call.function.class == Class::Step => {
                let number = call.arguments.first().and_then(Item::handle);
                let prepared = number.and_then(|number| self.statements.get(&(call.process, number)));
                prepared.is_some_and(|prepared| normalized(&prepared.sql) == *normal)
            }
            Wanted::Statement(_) => false,
        }
    }

    fn past(self) -> Result<Past, String> {
        let missing = || "it happened inside another call".to_owned();
        let (first, last) = self.found.unwrap_or_else(|| Err(missing()))?;
        let connection = self.executed[last].connection;
        let path = |handle: &Handle| self.connections.get(handle)?.path.as_ref();
        let file = path(&connection).and_then(|path| self.files.get(path));
        let is_there = |executed: &Executed| {
            executed.connection == connection
                || path(&connection).is_some() && path(&executed.connection) == path(&connection)
        };
        let from = file.map_or(0, |file| file.from);
        let mut own: Vec<Executed> = self.executed[first..=last].to_vec();
        let before = self.executed[..first].iter().enumerate();
        let before = before.filter(|(at, it)| *at >= from && is_there(it) && !it.only_reads());
        let mut executed: Vec<Executed> = before.map(|(_, it)| it.clone()).collect();
        if executed.len() > MOST_STATEMENTS {
            return Err(format!("{} statements came before it", executed.len()));
        }
        let count = own.len();
        executed.append(&mut own);
        Ok(Past { executed, own: count, connection, copy: file.and_then(|file| file.copy.clone()) })
    }

    fn execute(&mut self, connection: Handle, sql: &str, values: Option<Vec<Value>>) -> usize {
        self.executed.push(Executed { connection, sql: sql.trim().to_owned(), values });
        self.executed.len() - 1
    }

    /// Executes a statement, unless it is running.
    fn step(&mut self, handle: Handle, call: &Call<'_>) {
        let Some(prepared) = self.statements.get(&handle) else { return };
        let running = prepared.running.filter(|(_, is_over)| !is_over);
        let (connection, sql, values) = (prepared.connection, prepared.sql.clone(), prepared.bound());
        let at = running.map_or_else(|| self.execute(connection, &sql, values), |(at, _)| at);
        if let Some(prepared) = self.statements.get_mut(&handle) {
            prepared.running = Some((at, code(call) != ROW));
        }
    }

    /// The call whose past is asked for: what it executed.
    fn find(&mut self, call: &Call<'_>) {
        let handle = call.arguments.first().and_then(Item::handle).map(|number| (call.process, number));
        let running = handle.and_then(|handle| self.statements.get(&handle)?.running);
        let of_statement = running.filter(|_| {
            matches!(call.function.class, Class::Step | Class::Column | Class::Reset | Class::Finalize)
        });
        self.found = Some(match (of_statement, call.function.class, handle) {
            (Some((at, _)), ..) => Ok((at, at)),
            (None, Class::Prepare, Some(handle)) => {
                let at = self.execute(handle, &sql(call), Some(Vec::new()));
                Ok((at, at))
            }
            (None, Class::Exec, Some(handle)) => match self.exec(handle, &sql(call)) {
                0 => Err("it executes nothing".to_owned()),
                count => Ok((self.executed.len() - count, self.executed.len() - 1)),
            },
            _ => Err(format!("it is what {} does, and not what a statement does", call.function.name)),
        });
    }

    /// Executes all statements of a text, and returns how many these are.
    fn exec(&mut self, connection: Handle, sql: &str) -> usize {
        let found = statements(sql);
        found.iter().for_each(|it| {
            self.execute(connection, it.sql, Some(Vec::new()));
        });
        found.len()
    }

    /// The files that were opened during a call.
    fn files(&mut self, call: &Call<'_>) {
        let body = call.body.map_or(&[][..], |body| body.as_slice());
        let opened = body.iter().filter_map(|happening| match happening {
            Happening::File(opened) => Some(opened),
            Happening::Call(_) => None,
        });
        let of = call.results.get(1).or(call.arguments.first()).and_then(Item::handle);
        let mut connection = of.map(|number| (call.process, number)).filter(|_| is_open(call));
        for file in opened {
            if file.is_new || !self.files.contains_key(&file.path) {
                let opened = Opened { copy: file.copy.clone(), from: self.executed.len() };
                self.files.insert(file.path.clone(), opened);
            }
            // The first one is the connection's own; others are attached.
            if let Some(handle) = connection.take() {
                self.connections.entry(handle).or_default().path = Some(file.path.clone());
            }
        }
    }
}

fn is_open(call: &Call<'_>) -> bool {
    matches!(call.function.name.as_str(), "sqlite3_open" | "sqlite3_open_v2" | "sqlite3_open16")
}

impl Prepared {
    /// The values of its parameters from the first on; nothing where one of them is not known.
    fn bound(&self) -> Option<Vec<Value>> {
        let last = self.values.keys().next_back().copied().unwrap_or(0);
        (1..=last).map(|at| self.values.get(&at).cloned().unwrap_or(Some(Value::Null))).collect()
    }

    /// A call that binds a value to a parameter.
    fn bind(&mut self, call: &Call<'_>) {
        let Some(at) = call.arguments.get(1).and_then(Item::integer) else { return };
        let value = match call.function.name.as_str() {
            "sqlite3_bind_null" => Some(Value::Null),
            "sqlite3_bind_zeroblob" | "sqlite3_bind_zeroblob64" => zeros(call.arguments.get(2)),
            "sqlite3_bind_value" | "sqlite3_bind_pointer" => None,
            "sqlite3_bind_parameter_name" | "sqlite3_bind_parameter_index" => return,
            _ => call.arguments.get(2).and_then(value_of),
        };
        self.values.insert(at, value);
    }
}

fn zeros(length: Option<&Item<'_>>) -> Option<Value> {
    let length = length.and_then(Item::integer).filter(|length| *length <= MOST_ZEROS)?;
    Some(Value::Blob(vec![0; usize::try_from(length).unwrap_or(0)]))
}

/// The value that an argument is; nothing where the trace has its hash alone.
fn value_of(item: &Item<'_>) -> Option<Value> {
    Some(match item {
        Item::Null => Value::Null,
        Item::Integer(number) => Value::Integer(*number),
        Item::Real(number) => Value::Real(*number),
        Item::Text(text) => Value::text(text),
        Item::BrokenText(bytes) => Value::Text(bytes.to_vec()),
        Item::Utf16(bytes) => {
            let units = bytes.chunks_exact(2).map(|unit| u16::from_ne_bytes([unit[0], unit[1]]));
            Value::text(&String::from_utf16(&units.collect::<Vec<_>>()).ok()?)
        }
        Item::Blob(bytes) => Value::Blob(bytes.to_vec()),
        _ => return None,
    })
}

impl Visit for Reader {
    fn begin(&mut self, _: u32, _: u64) {}

    fn call(&mut self, call: &Call<'_>) -> Result<bool> {
        let handle = call.arguments.first().and_then(Item::handle).map(|number| (call.process, number));
        let is_it = self.is_wanted(call);
        self.files(call);
        match (call.function.class, handle) {
            (Class::Step, Some(handle)) => self.step(handle, call),
            (Class::Other, Some(handle)) if call.function.name.starts_with("sqlite3_bind_") => {
                self.statements.get_mut(&handle).into_iter().for_each(|it| it.bind(call));
            }
            (Class::Other, Some(handle)) if call.function.name == "sqlite3_clear_bindings" => {
                self.statements.get_mut(&handle).into_iter().for_each(|it| it.values.clear());
            }
            _ => {}
        }
        if is_it {
            self.find(call);
            return Ok(false);
        }
        match (call.function.class, handle) {
            (Class::Prepare, Some(connection)) if code(call) == OK => {
                if let Some(number) = call.results.get(1).and_then(Item::handle) {
                    let prepared =
                        Prepared { connection, sql: sql(call), values: BTreeMap::new(), running: None };
                    self.statements.insert((call.process, number), prepared);
                }
            }
            (Class::Exec, Some(connection)) => {
                self.exec(connection, &sql(call));
            }
            (Class::Reset, Some(handle)) => {
                self.statements.get_mut(&handle).into_iter().for_each(|it| it.running = None);
            }
            (Class::Finalize, Some(handle)) => {
                self.statements.remove(&handle);
            }
            _ => {}
        }
        Ok(true)
    }

    fn end(&mut self, _: u32, _: Vec<String>) {}
}
