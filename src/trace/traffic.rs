//! Whose calls a trace has: the program's, or those that SQLite makes of itself.

use std::collections::HashMap;

use super::{Event, Item};

/// What of a function says whose calls these are.
struct Role {
    opens: bool,
    /// The argument that is a connection or a statement.
    handle: Option<usize>,
}

/// The calls of one process, as far as they say whose they are.
///
/// Many libraries call their own functions through the loader. Where a program finds the functions of its SQLite by `dlsym`, the
/// recorder sees nothing of the program's calls, but these: they are about connections that nobody was seen to open.
#[derive(Default)]
pub(super) struct Traffic {
    roles: HashMap<u64, Role>,
    has_calls: bool,
    /// A database was opened, or the process may have one of the process that it was forked from.
    may_have: bool,
    /// A call was about a connection or a statement.
    takes: bool,
}

impl Traffic {
    pub(super) fn read(&mut self, event: &Event<'_>) {
        match event {
            Event::Process(process) => self.may_have |= process.parent.is_some(),
            Event::Function { number, function } => {
                let handle = ["db", "stmt"].iter().find_map(|name| function.argument(name));
                let role = Role { opens: function.name.starts_with("sqlite3_open"), handle };
                self.roles.insert(*number, role);
            }
            Event::Call { function, arguments, .. } | Event::Begin { function, arguments } => {
                self.call(*function, arguments);
            }
            _ => {}
        }
    }

    fn call(&mut self, function: u64, arguments: &[Item<'_>]) {
        self.has_calls = true;
        let Some(role) = self.roles.get(&function) else { return };
        self.may_have |= role.opens;
        self.takes |= role.handle.and_then(|at| arguments.get(at)).is_some_and(|it| it.handle().is_some());
    }

    /// Whether the process calls anything.
    pub(super) fn has_calls(&self) -> bool {
        self.has_calls
    }

    /// Whether nothing that follows can make these SQLite's calls of itself.
    pub(super) fn is_of_program(&self) -> bool {
        self.may_have
    }

    /// Whether these are SQLite's calls of itself.
    pub(super) fn is_of_library(&self) -> bool {
        self.takes && !self.may_have
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Function;

    fn is_of_library(parent: bool, calls: &[(&str, &[&str])]) -> bool {
        let mut traffic = Traffic { may_have: parent, ..Traffic::default() };
        for (number, (name, arguments)) in (0..).zip(calls) {
            let names = arguments.iter().map(|name| (*name).to_owned()).collect();
            let function = Function { name: (*name).to_owned(), arguments: names, results: Vec::new() };
            traffic.read(&Event::Function { number, function });
            let arguments = arguments.iter().map(|_| Item::Handle(1)).collect();
            traffic.read(&Event::Begin { function: number, arguments });
        }
        traffic.is_of_library()
    }

    #[test]
    fn calls_about_a_connection_that_nobody_opened_are_those_of_sqlite_itself() {
        let (open, prepare, step) = (
            ("sqlite3_open_v2", &[][..]),
            ("sqlite3_prepare_v2", &["db"][..]),
            ("sqlite3_step", &["stmt"][..]),
        );
        assert!(is_of_library(false, &[("sqlite3_initialize", &[]), prepare, step]));
        assert!(!is_of_library(false, &[open, prepare, step]));
        assert!(!is_of_library(true, &[step]), "a fork has what its parent opened");
        assert!(!is_of_library(false, &[("sqlite3_libversion", &[])]));
    }
}
