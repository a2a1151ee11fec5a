//! Hooks as a Rust program sets them: closures, for which rusqlite wants the connection alone.

use std::ffi::c_int;

use rusqlite::ffi;
use rusqlite::hooks::{Action, AuthContext, Authorization, Wal};
use rusqlite::trace::{TraceEvent, TraceEventCodes};

use super::super::callbacks::Does;
use super::super::{Call, NewHook};
use super::RusqliteConnection;
use super::functions::{Data, done};
use crate::contract::verb;
use crate::outcome::Outcome;
use crate::outcome::sqlite_names;

impl RusqliteConnection {
    /// `Connection::commit_hook`
    pub(crate) fn commit_hook(&mut self, hook: NewHook) -> Call<Outcome> {
        let hook = Data::of_hook(hook).map(|data| {
            move || {
                data.with(false, |callback| {
                    callback.called_plainly();
                    matches!(callback.does, Does::Commit { veto: true })
                })
            }
        });
        done(self.get_mut()?.commit_hook(hook))
    }

    /// `Connection::rollback_hook`
    pub(crate) fn rollback_hook(&mut self, hook: NewHook) -> Call<Outcome> {
        let hook = Data::of_hook(hook).map(|data| {
            move || {
                data.with(0, |callback| callback.called_plainly());
            }
        });
        done(self.get_mut()?.rollback_hook(hook))
    }

    /// `Connection::update_hook`
    pub(crate) fn update_hook(&mut self, hook: NewHook) -> Call<Outcome> {
        let hook = Data::of_hook(hook).map(|data| {
            move |action: Action, schema: &str, table: &str, rowid: i64| {
                let action = match action {
                    Action::SQLITE_DELETE => "delete",
                    Action::SQLITE_INSERT => "insert",
                    Action::SQLITE_UPDATE => "update",
                    _ => "unknown",
                };
                data.with(0, |callback| {
                    callback.called(format!("{} {action} {schema}.{table} rowid {rowid}", callback.name))
                });
            }
        });
        done(self.get_mut()?.update_hook(hook))
    }

    /// `Connection::wal_hook`
    pub(crate) fn wal_hook(&mut self, hook: NewHook) -> Call<Outcome> {
        let hook = Data::of_hook(hook).map(|data| {
            move |wal: &mut Wal, pages: c_int| {
                let schema = wal.name().to_string_lossy().into_owned();
                data.with(0, |callback| callback.called(format!("{} {schema} pages {pages}", callback.name)));
                Ok(())
            }
        });
        done(self.get_mut()?.wal_hook(hook))
    }

    /// `Connection::progress_handler`
    pub(crate) fn progress_handler(&mut self, every: c_int, hook: NewHook) -> Call<Outcome> {
        let hook = Data::of_hook(hook).map(|data| {
            move || {
                data.with(false, |callback| {
                    let call = callback.called_plainly();
                    matches!(callback.does, Does::Progress { interrupt_at: Some(at) } if call >= at)
                })
            }
        });
        done(self.get_mut()?.progress_handler(every, hook))
    }

    /// `Connection::authorizer`; the log has rusqlite's own words for what is asked.
    pub(crate) fn authorizer(&mut self, rules: &verb::Authorizer) -> Call<Outcome> {
        let new = (!rules.off).then(|| (Does::Authorize(rules.clone()), None, "authorizer".to_owned()));
        let hook = Data::of_hook(new).map(|data| {
            move |asked: AuthContext<'_>| {
                data.with(Authorization::Deny, |callback| {
                    let (action, names) = asked_about(&asked);
                    callback.called(
                        format!("{} {action} {}", callback.name, names.join(" ")).trim_end().to_owned(),
                    );
                    let name = |at: usize| names.get(at).map(String::as_str);
                    match callback.authorize(&action, name(0), name(1)) {
                        ffi::SQLITE_DENY => Authorization::Deny,
                        ffi::SQLITE_IGNORE => Authorization::Ignore,
                        _ => Authorization::Allow,
                    }
                })
            }
        });
        done(self.get_mut()?.authorizer(hook))
    }

    /// `Connection::trace_v2`
    pub(crate) fn trace(&mut self, events: &[sqlite_names::TraceEvent]) -> Call<Outcome> {
        let mask = events.iter().fold(0, |all, event| all | event.number().unsigned_abs());
        let new = (mask != 0).then(|| (Does::Watch, None, "trace".to_owned()));
        let hook = Data::of_hook(new).map(|data| {
            move |event: TraceEvent<'_>| {
                let line = match event {
                    TraceEvent::Stmt(_, sql) => format!("stmt {sql}"),
                    TraceEvent::Profile(statement, _) => format!("profile {}", statement.sql()),
                    TraceEvent::Row(statement) => format!("row {}", statement.sql()),
                    TraceEvent::Close(_) => "close".to_owned(),
                    _ => "an unknown event".to_owned(),
                };
                data.with(0, |callback| callback.called(format!("{} {line}", callback.name)));
            }
        });
        done(self.get_mut()?.trace_v2(TraceEventCodes::from_bits_retain(mask), hook))
    }

    /// `Connection::busy_handler`
    pub(crate) fn busy_handler(&mut self, hook: NewHook) -> Call<Outcome> {
        let hook = Data::of_hook(hook).map(|data| {
            move |before: i32| {
                data.with(false, |callback| {
                    let call = callback.called(format!("{} {before}", callback.name));
                    matches!(callback.does, Does::Busy { tries } if call <= tries)
                })
            }
        });
        done(self.get_mut()?.busy_handler(hook))
    }
}

/// What an authorizer is asked, in the words of [`names::Action`]: the action and the names it is about.
fn asked_about(asked: &AuthContext<'_>) -> (String, Vec<String>) {
    // `Read { table_name: "t", column_name: "a" }`: rusqlite gives no other way to its names.
    let shown = format!("{:?}", asked.action);
    let mut action = String::new();
    for c in shown.chars().take_while(|c| c.is_ascii_alphanumeric()) {
        if c.is_ascii_uppercase() && !action.is_empty() {
            action.push('_');
        }
        action.push(c.to_ascii_lowercase());
    }
    let quoted = shown.split('"').skip(1).step_by(2).map(str::to_owned);
    let around = [asked.database_name, asked.accessor].into_iter().flatten().map(str::to_owned);
    (action, quoted.chain(around).collect())
}
