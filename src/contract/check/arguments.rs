//! What can be wrong with arguments that are each well formed.

use super::Checker;
use crate::contract::Driver;
use crate::contract::node::Node;
use crate::contract::verb::{Call, Connect, Function, Pool, PrepareVersion, Scalar, Tables, unable_to_fail};
use crate::outcome::sqlite_names::{code_names, code_number};

impl Checker<'_> {
    pub(super) fn arguments(&mut self, call: &Call, node: &Node) {
        match call {
            Call::Open(open) if is_in_memory(&open.path) => {}
            Call::Open(open) => self.path(&open.path, node),
            Call::Connect(connect) => self.connect(connect, node),
            Call::Pool(pool) => self.pool(pool, node),
            Call::FileSize(path) | Call::FileHash(path) => self.path(path, node),
            Call::FileBytes(read) => {
                self.path(&read.path, node);
                self.mistaken(node, read.mistake());
            }
            Call::WriteFile(write) => {
                self.path(&write.path, node);
                self.mistaken(node, write.mistake());
            }
            Call::SessionChangeset(it) | Call::SessionPatchset(it) => self.path(&it.to, node),
            Call::ChangesetRows(it) => self.path(&it.path, node),
            Call::ChangesetApply(it) => self.paths(it.rebase.iter().chain([&it.path]), node),
            Call::ChangesetInvert(it) => self.paths([&it.path, &it.to], node),
            Call::ChangesetConcat(it) => self.paths([&it.first, &it.second, &it.to], node),
            Call::ChangesetRebase(it) => self.paths([&it.path, &it.by, &it.to], node),
            Call::Changegroup(it) => self.paths(it.paths.iter().chain([&it.to]), node),
            Call::FailIo(fail) => self.mistaken(node, fail.operation.and_then(unable_to_fail)),
            Call::Module(module) => {
                if let Tables::Holds(holding) = &module.does
                    && let Some(code) = &holding.code
                {
                    self.code(code, node);
                }
            }
            Call::Sqllogictest(it) => self.mistaken(node, it.mistake()),
            Call::Errstr(of) => self.code(&of.code, node),
            Call::SetErrmsg(set) => self.code(&set.code, node),
            Call::ProgressHandler(handler) if handler.every.is_none() && !handler.off => {
                self.mistake(node, "progress_handler", "`every` is missing, or `off: true`");
            }
            Call::BusyHandler(handler) if handler.tries.is_none() && !handler.off => {
                self.mistake(node, "busy_handler", "`tries` is missing, or `off: true`");
            }
            Call::Doubles(doubles) => self.mistaken(node, doubles.mistake()),
            Call::BindBytes(bind) => self.mistaken(node, bind.mistake()),
            Call::Mprintf(mprintf) => self.mistaken(node, mprintf.mistake()),
            Call::Function(Function { does: Scalar::ErrorCode(name), .. }) => self.code(name, node),
            Call::Prepare(prepare) if !prepare.flags.is_empty() && prepare.version != PrepareVersion::V3 => {
                self.mistake(node, "flags", "only `version: v3` takes flags");
            }
            Call::Bind(bind) if bind.at.is_some() != bind.value.is_some() => {
                self.mistake(node, "bind", "`at` and `value` belong together");
            }
            Call::Bind(bind) if bind.written_as.is_some() && bind.at.is_none() => {
                self.mistake(node, "as", "`as` needs `at` and `value`");
            }
            Call::Bind(bind) if bind.at.is_some() != bind.values.is_empty() => {
                self.mistake(node, "bind", "either a list of values, or `at` and `value`");
            }
            Call::Serialize(serialize) if serialize.nocopy && serialize.keep.is_some() => {
                self.mistake(
                    node,
                    "keep",
                    "with `nocopy` the bytes are the connection's own: nothing is kept",
                );
            }
            Call::Deserialize(deserialize) if deserialize.resizes_what_it_may_not() => {
                let diagnostic = self.diagnostic(node, "resizeable", "SQLite resizes only what it may free");
                self.mistakes.push(diagnostic.help("add the flag `freeonclose`"));
            }
            Call::BlobWrite(write) if !write.value.has_bytes() => {
                self.mistake(node, "value", "a blob handle writes the bytes of a text or a blob");
            }
            Call::Execute(run) | Call::QueryRow(run) | Call::QueryOne(run)
                if !run.named.is_empty() && !run.values.is_empty() =>
            {
                self.mistake(node, "named", "either `values` or `named`");
            }
            _ => {}
        }
    }

    /// A setting that the driver does not know would be passed over, or refused only when the case runs.
    fn connect(&mut self, connect: &Connect, node: &Node) {
        self.path(&connect.path, node);
        let Some(driver) = self.facts.driver else { return };
        let known = settings(driver);
        let is_passed_on = |name: &&String| driver == Driver::Go && name.starts_with('_');
        let unknown = |name: &&String| !known.contains(&name.as_str()) && !is_passed_on(name);
        for name in connect.settings.keys().filter(unknown) {
            let message = format!("the driver `{}` has no setting `{name}`", driver.name());
            let diagnostic = self.diagnostic(node, name, message);
            self.mistakes.push(diagnostic.suggest(name, known.iter().copied()));
        }
    }

    /// r2d2 makes room for all connections at once, and panics where there are none.
    fn pool(&mut self, pool: &Pool, node: &Node) {
        if pool.size.is_some_and(|size| !(1..=1000).contains(&size)) {
            self.mistake(node, "size", "`size` is a number of connections from 1 to 1000");
        }
        if !is_in_memory(&pool.path) {
            self.path(&pool.path, node);
        }
    }

    pub(super) fn mistaken(&mut self, node: &Node, mistake: Option<(&str, String)>) {
        if let Some((word, message)) = mistake {
            self.mistake(node, word, message);
        }
    }

    fn code(&mut self, name: &str, node: &Node) {
        if code_number(name).is_none() {
            let diagnostic = self.diagnostic(node, name, format!("unknown result code `{name}`"));
            self.mistakes.push(diagnostic.suggest(name, code_names()));
        }
    }

    fn paths<'p>(&mut self, paths: impl IntoIterator<Item = &'p String>, node: &Node) {
        paths.into_iter().for_each(|path| self.path(path, node));
    }

    pub(super) fn path(&mut self, path: &str, node: &Node) {
        let file = path.strip_prefix("file:").unwrap_or(path);
        let file = file.split('?').next().unwrap_or(file);
        // A URI may spell `/` and `.` as hexadecimal digits.
        let hides = path.starts_with("file:") && file.contains('%');
        let leaves = file.starts_with(['/', '\\']) || file.contains(':') && !file.starts_with(':');
        if leaves || file.split(['/', '\\']).any(|part| part == "..") || hides {
            let diagnostic = self.diagnostic(node, path, format!("`{path}` leaves the case's directory"));
            self.mistakes.push(diagnostic.help("use a relative path without `..`"));
        }
    }
}

/// The settings of a connection; Go passes on those that begin with `_`.
fn settings(driver: Driver) -> &'static [&'static str] {
    match driver {
        Driver::Python => &[
            "timeout",
            "detect_types",
            "isolation_level",
            "check_same_thread",
            "cached_statements",
            "uri",
            "text_factory",
        ],
        Driver::Apsw => &["statementcachesize"],
        Driver::Go => &["max_open_conns", "max_idle_conns", "conn_max_lifetime", "patience", "cache", "mode"],
        Driver::Node => &["timeout", "readonly", "file_must_exist", "safe_integers"],
        _ => &[],
    }
}

/// Whether a URI names a database in memory, `file:/x?vfs=memdb`: that is no path. SQLite takes the last `vfs`, also
/// when its letters are written as hexadecimal digits, and nothing behind a `#`.
fn is_in_memory(path: &str) -> bool {
    let Some((_, query)) = path.strip_prefix("file:").and_then(|rest| rest.split_once('?')) else {
        return false;
    };
    let mut systems = query.split('&').filter_map(|parameter| parameter.strip_prefix("vfs="));
    systems.next() == Some("memdb") && systems.next().is_none() && !path.contains(['%', '#'])
}

#[cfg(test)]
mod tests {
    use super::is_in_memory;

    #[test]
    fn only_what_sqlite_keeps_in_memory_is_no_path() {
        assert!(is_in_memory("file:/x?vfs=memdb"));
        assert!(is_in_memory("file:/x?cache=shared&vfs=memdb"));
        for path in [
            "/x?vfs=memdb",
            "file:/x",
            "file:/x?vfs=unix",
            "file:/x?vfs=memdb&vfs=unix",
            "file:/x?vfs=memdb&%76fs=unix",
            "file:/x#?vfs=memdb",
        ] {
            assert!(!is_in_memory(path), "{path}");
        }
    }
}
