//! The table of verbs: what the language has, and what is known of each verb. Its rows stand in the files of this folder, in
//! the order of `contracts/VERBS.md`.

mod blocks;
mod callbacks;
mod connections;
mod handles;
mod languages;
mod process;
mod state;
mod statements;

pub(crate) use blocks::blocks;
pub(crate) use callbacks::callbacks;
pub(crate) use connections::connections;
pub(crate) use handles::handles;
pub(crate) use languages::languages;
pub(crate) use process::process;
pub(crate) use state::state;
pub(crate) use statements::statements;

/// Calls another macro with some tokens and, after them, the table.
///
/// A row of `calls` is
/// `name: Variant(Arguments) -> Kind on handles makes handle ends handle with facts: drivers;`. A handle is the field
/// of the arguments that names it; what a verb ends need not be said to be used. `process` in the place of drivers
/// means that the call concerns the whole process and is the same with every driver. Rows stand in sections: for each
/// driver a section is a trait, and a heading in `contracts/VERBS.md`. `any` means the same and that the call is had by
/// the drivers of other languages, too.
///
/// A row of `blocks` names after `of` the lists of steps that it runs.
///
/// Each file adds its rows to those that it is given, and says `after` which file it did so; the last one calls the macro.
macro_rules! table {
    (after connections: $then:tt $calls:tt) => { $crate::contract::verb::table::statements! { $then $calls } };
    (after statements: $then:tt $calls:tt) => { $crate::contract::verb::table::handles! { $then $calls } };
    (after handles: $then:tt $calls:tt) => { $crate::contract::verb::table::state! { $then $calls } };
    (after state: $then:tt $calls:tt) => { $crate::contract::verb::table::callbacks! { $then $calls } };
    (after callbacks: $then:tt $calls:tt) => { $crate::contract::verb::table::process! { $then $calls } };
    (after process: $then:tt $calls:tt) => { $crate::contract::verb::table::languages! { $then $calls } };
    (after languages: $then:tt $calls:tt) => { $crate::contract::verb::table::blocks! { $then $calls } };
    ($then:ident! $($tokens:tt)*) => {
        $crate::contract::verb::table::connections! { { $then! $($tokens)* } {} }
    };
}
pub(crate) use table;
