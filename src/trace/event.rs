//! What happened, one event after the other.

use minicbor::data::Type;
use minicbor::decode::{Decoder, Error};

use super::item::{Item, list};

/// Something that happened in a process, in the thread that [`Event::Thread`] named last.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<'a> {
    /// A call in which nothing else happened.
    Call {
        /// Its number, see [`Event::Function`].
        function: u64,
        /// What was passed.
        arguments: Vec<Item<'a>>,
        /// What came out: the result first.
        results: Vec<Item<'a>>,
    },
    /// A call begins. What happens in this thread until its end happens inside it.
    Begin {
        /// Its number, see [`Event::Function`].
        function: u64,
        /// What was passed.
        arguments: Vec<Item<'a>>,
    },
    /// The innermost call of this thread ends.
    End {
        /// What came out: the result first.
        results: Vec<Item<'a>>,
    },
    /// From now on this number means this function.
    Function {
        /// Its number in this process.
        number: u64,
        /// What it is.
        function: Function,
    },
    /// The following is another thread's.
    Thread(u64),
    /// The next begin or end has this number among all processes; without this event it has the one behind the last.
    Order(u64),
    /// What this process is: the first event, and after a fork the child's first.
    Process(Process<'a>),
    /// A file is opened as a database.
    File {
        /// Where.
        path: Item<'a>,
        /// Under which name the trace has it; `None` where there was no file.
        copy: Option<&'a str>,
        /// Whether it was kept now: otherwise it was before, or the recorded program made it.
        is_new: bool,
    },
    /// Words of the recorder.
    Note(&'a str),
    /// The process ends by `exit`, or a return from `main`. Without this event `_exit`, `exec` or a signal ended it.
    Exit,
}

/// A function of SQLite's interface, or one of the program's that SQLite calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// `sqlite3_step`; of the program's: `authorizer()`.
    pub name: String,
    /// What its arguments are called.
    pub arguments: Vec<String>,
    /// What its results are called.
    pub results: Vec<String>,
}

/// A process.
#[derive(Debug, Clone, PartialEq)]
pub struct Process<'a> {
    /// Its name in this recording.
    pub name: &'a str,
    /// The system's number of it.
    pub number: u64,
    /// The process that it was forked from, if that was recorded.
    pub parent: Option<&'a str>,
    /// Milliseconds since 1970.
    pub started: u64,
    /// Its words.
    pub command: Vec<Item<'a>>,
    /// The file of its SQLite.
    pub library: Item<'a>,
    /// `sqlite3_sourceid()`
    pub source_id: Item<'a>,
    /// `sqlite3_libversion_number()`
    pub version: i64,
    /// `sqlite3_threadsafe()`
    pub threadsafe: i64,
    /// What it was compiled with.
    pub options: Vec<Item<'a>>,
    /// Whether the machine puts the low byte first.
    pub is_little_endian: bool,
}

/// What an event begins with that is no call.
mod kind {
    pub(super) const END: i64 = -1;
    pub(super) const FUNCTION: i64 = -2;
    pub(super) const THREAD: i64 = -3;
    pub(super) const ORDER: i64 = -4;
    pub(super) const PROCESS: i64 = -5;
    pub(super) const FILE: i64 = -6;
    pub(super) const NOTE: i64 = -7;
    pub(super) const EXIT: i64 = -8;
}

impl<'a> Event<'a> {
    /// The next event.
    pub(super) fn read(from: &mut Decoder<'a>) -> Result<Self, Error> {
        let parts = from.array()?.ok_or_else(|| Error::message("an event without a length"))?;
        match from.datatype()? {
            Type::I8 | Type::I16 | Type::I32 | Type::I64 => Self::other(from, from_kind(parts)),
            _ => Self::call(from, parts),
        }
    }

    fn call(from: &mut Decoder<'a>, parts: u64) -> Result<Self, Error> {
        let function = from.u64()?;
        let arguments = list(from, Item::read)?;
        match parts {
            2 => Ok(Self::Begin { function, arguments }),
            3 => Ok(Self::Call { function, arguments, results: list(from, Item::read)? }),
            _ => Err(Error::message("a call has two or three parts")),
        }
    }

    fn other(from: &mut Decoder<'a>, parts: u64) -> Result<Self, Error> {
        let kind = from.i64()?;
        let expected = match kind {
            kind::EXIT => 0,
            kind::END | kind::THREAD | kind::ORDER | kind::NOTE => 1,
            kind::FILE => 3,
            kind::FUNCTION => 4,
            kind::PROCESS => 11,
            _ => return Err(Error::message(format!("an event of unknown kind, {kind}"))),
        };
        if parts != expected {
            return Err(Error::message(format!(
                "an event of kind {kind} has {expected} parts, and not {parts}"
            )));
        }
        Ok(match kind {
            kind::END => Self::End { results: list(from, Item::read)? },
            kind::FUNCTION => Self::Function { number: from.u64()?, function: Function::read(from)? },
            kind::THREAD => Self::Thread(from.u64()?),
            kind::ORDER => Self::Order(from.u64()?),
            kind::PROCESS => Self::Process(Process::read(from)?),
            kind::FILE => Self::File { path: Item::read(from)?, copy: optional(from)?, is_new: from.bool()? },
            kind::NOTE => Self::Note(from.str()?),
            _ => Self::Exit,
        })
    }
}

/// How many parts follow the kind.
fn from_kind(parts: u64) -> u64 {
    parts.saturating_sub(1)
}

fn optional<'a>(from: &mut Decoder<'a>) -> Result<Option<&'a str>, Error> {
    match from.datatype()? {
        Type::Null => from.null().map(|()| None),
        _ => from.str().map(Some),
    }
}

impl Function {
    fn read(from: &mut Decoder<'_>) -> Result<Self, Error> {
        let text = |from: &mut Decoder<'_>| from.str().map(str::to_owned);
        Ok(Self {
            name: text(from)?,
            arguments: list(from, |from| from.str().map(str::to_owned))?,
            results: list(from, |from| from.str().map(str::to_owned))?,
        })
    }

    /// Where an argument of this name stands.
    pub fn argument(&self, name: &str) -> Option<usize> {
        self.arguments.iter().position(|argument| argument == name)
    }

    /// Where a result of this name stands.
    pub fn result(&self, name: &str) -> Option<usize> {
        self.results.iter().position(|result| result == name)
    }
}

impl<'a> Process<'a> {
    fn read(from: &mut Decoder<'a>) -> Result<Self, Error> {
        Ok(Self {
            name: from.str()?,
            number: from.u64()?,
            parent: optional(from)?,
            started: from.u64()?,
            command: list(from, Item::read)?,
            library: Item::read(from)?,
            source_id: Item::read(from)?,
            version: from.i64()?,
            threadsafe: from.i64()?,
            options: list(from, Item::read)?,
            is_little_endian: from.bool()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Event<'_>, Error> {
        Event::read(&mut Decoder::new(bytes))
    }

    #[test]
    fn events_are_arrays() {
        assert_eq!(read(&[0x82, 0x22, 0x07]).unwrap(), Event::Thread(7));
        let call = read(&[0x83, 0x05, 0x81, 0xd8, 39, 0x01, 0x81, 0x18, 100]).unwrap();
        let (arguments, results) = (vec![Item::Handle(1)], vec![Item::Integer(100)]);
        assert_eq!(call, Event::Call { function: 5, arguments, results });
    }

    #[test]
    fn hostile_events_are_refused_without_room_for_them() {
        let lists = [0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        let deep = [&[0x82, 0x00][..], &[0x81; 100_000]].concat();
        for bytes in [
            &[][..],
            &[0x80],
            &[0x9f],
            &[0x82, 0x38, 99, 0],
            &[0x85, 0x00, 0x80, 0x80, 0x80, 0x80],
            &[&[0x82, 0x00][..], &lists].concat(),
            &[&[0x82, 0x00, 0x81][..], &[0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]].concat(),
            &[0x82, 0x00, 0x81, 0xd9, 0xff, 0xff, 0x00],
            &[0x82, 0x26, 0x62, 0xff, 0xff],
            &deep,
        ] {
            assert!(read(bytes).is_err(), "{bytes:?}");
        }
    }
}
