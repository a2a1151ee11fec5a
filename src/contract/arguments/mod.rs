//! The arguments of the verbs, in map form and in their brief forms.

mod allocation;
mod callback;
mod connection;
mod damage;
mod doubles;
mod files;
mod io;
mod languages;
mod module;
mod names;
mod objects;
mod on;
mod process;
mod records;
mod repeat;
mod rust;
mod session;
mod statement;
mod threads;

use ciborium::Value as Tree;
use serde::{Deserialize, Deserializer, Serialize};

pub use self::allocation::*;
pub use self::callback::*;
pub use self::connection::*;
pub use self::damage::*;
pub use self::doubles::*;
pub use self::files::*;
pub use self::io::*;
pub use self::languages::*;
pub use self::module::*;
pub use self::names::*;
pub use self::objects::*;
pub use self::on::*;
pub use self::process::*;
pub use self::records::*;
pub use self::repeat::*;
pub use self::rust::*;
pub use self::session::*;
pub use self::statement::*;
pub use self::threads::*;
use super::literal::Literal;
use crate::outcome::sqlite_names::AllocationCounter;

/// What the arguments of a verb say of themselves.
pub trait Arguments {
    /// The fields that are not shown as fields are, see [`Show`].
    const SHOWN: &'static [(&'static str, Show)] = &[];

    /// The fields that may be left out, and what they are then.
    fn defaults() -> Vec<(&'static str, Tree)> {
        Vec::new()
    }

    /// The brief forms as a page shows them.
    fn brief() -> Vec<String> {
        Vec::new()
    }

    /// The verb and its arguments on one line, where its fields do not say it well.
    fn words(&self) -> Option<String> {
        None
    }
}

impl Arguments for String {}
impl Arguments for u64 {}
impl Arguments for Config {}
impl Arguments for Misbehaviour {}
impl Arguments for AllocationCounter {}

/// How a field is shown that is not shown by its value where it comes first, and by name and value elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// By name and value also where it comes first: bare it would read as the handle that the verb is about.
    Named,
    /// As values are shown everywhere, a text in quotes: it is another value than the number it looks like.
    Literal,
    /// Not at all: a list of steps.
    Hidden,
}

/// Arguments: a struct in map form. Fields under `optional` have the default of their type where they are left out,
/// and are then left out again in the protocol and in transcripts. `= 1` is the default of a field whose type has
/// another one (its serde attribute says it too); `[Named]` is how it is [shown](Show).
///
/// `brief sql` lets the field be written alone, `brief or nothing` lets all be left out; `, in words` names a
/// method that shows them.
macro_rules! arguments {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$given_doc:meta])* $given:ident: $given_type:ty $([$given_show:ident])? $(= $usual:literal)?),* $(,)?
     }
     $(optional { $($(#[$left_doc:meta])* $left:ident: $left_type:ty $([$left_show:ident])?),* $(,)? })?
     $(brief $($brief:ident)+)? $(, in $words:ident)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields, remote = "Self")]
        #[schemars(transform = crate::contract::brief::add_forms::<$name>)]
        pub struct $name {
            $($(#[$given_doc])* pub $given: $given_type,)*
            $($(
                $(#[$left_doc])*
                #[serde(default, skip_serializing_if = "crate::contract::arguments::is_default")]
                pub $left: $left_type,
            )*)?
        }

        impl $name {
            /// These arguments, and the default of every other one.
            pub fn of($($given: $given_type),*) -> Self {
                Self { $($given,)* $($($left: Default::default(),)*)? }
            }
        }

        impl crate::contract::arguments::Arguments for $name {
            const SHOWN: &'static [(&'static str, crate::contract::arguments::Show)] = &[
                $($((stringify!($given), crate::contract::arguments::Show::$given_show),)?)*
                $($($((stringify!($left), crate::contract::arguments::Show::$left_show),)?)*)?
            ];

            fn defaults() -> Vec<(&'static str, ciborium::Value)> {
                vec![
                    $($((stringify!($given), ciborium::Value::from($usual)),)?)*
                    $($((stringify!($left), crate::contract::arguments::tree(&<$left_type>::default())),)*)?
                ]
            }

            fn brief() -> Vec<String> {
                crate::contract::brief::shown::<Self>()
            }

            $(fn words(&self) -> Option<String> {
                self.$words()
            })?
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Self::serialize(self, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::contract::brief::read(deserializer)
            }
        }

        impl crate::contract::brief::FromBrief for $name {
            arguments!(@brief [$(arguments!(@usual $given_type $(= $usual)?)),*] $($($brief)+)?);

            fn from_map<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::deserialize(deserializer)
            }
        }
    };
    (@usual $type:ty) => { <$type>::default() };
    (@usual $type:ty = $usual:literal) => { $usual };
    (@brief [$($usual:expr),*]) => {};
    (@brief [$($usual:expr),*] or nothing) => {
        const OR_NOTHING: bool = true;

        fn nothing() -> Option<Self> {
            Some(Self::of($($usual),*))
        }
    };
    (@brief [$($usual:expr),*] $field:ident) => {
        const FIELD: Option<(&'static str, crate::contract::brief::Form)> =
            Some((stringify!($field), crate::contract::brief::form(|arguments: &Self| &arguments.$field)));

        fn from_brief(written: crate::contract::brief::Written) -> Option<Self> {
            let mut arguments = Self::of($($usual),*);
            arguments.$field = crate::contract::brief::BriefField::read(written)?;
            Some(arguments)
        }
    };
    (@brief [$($usual:expr),*] $field:ident or nothing) => {
        arguments!(@brief [$($usual),*] $field);
        arguments!(@brief [$($usual),*] or nothing);
    };
}
use arguments;

/// What a number is where it is left out.
fn usual<T: From<u16>, const N: u16>() -> T {
    N.into()
}

/// Whether it is the number that stands for nothing written.
fn is_usual<T: From<u16> + PartialEq, const N: u16>(number: &T) -> bool {
    *number == N.into()
}

/// A value as plain data.
pub(super) fn tree<T: Serialize>(value: &T) -> Tree {
    Tree::serialized(value).expect("arguments are plain data")
}

/// Whether it is what stands for nothing written.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Some value, also when it is null.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Literal>, D::Error> {
    Literal::deserialize(deserializer).map(Some)
}
