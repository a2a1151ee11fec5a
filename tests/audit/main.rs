//! Audits: advisories, releases and flags against the builds whose answers are known, and copies in all kinds of files.
#![cfg(target_os = "linux")]

mod advisories;
mod backports;
mod bench;
mod copies;
mod flags;
mod hostile;
#[path = "../support/messages.rs"]
mod messages;
mod releases;
mod schema;
mod support;
