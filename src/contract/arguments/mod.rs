//! The arguments of the verbs, in map form and in their brief forms.

mod allocation;
mod callback;
mod connection;
mod doubles;
mod module;
mod names;
mod objects;
mod process;
mod repeat;
mod rust;
mod statement;

use serde::{Deserialize, Deserializer};

pub use self::allocation::*;
pub use self::callback::*;
pub use self::connection::*;
pub use self::doubles::*;
pub use self::module::*;
pub use self::names::*;
pub use self::objects::*;
pub use self::process::*;
pub use self::repeat::*;
pub use self::rust::*;
pub use self::statement::*;
use super::literal::Literal;

/// Arguments: a struct in map form, and the brief forms that stand for it. What stands under `optional` has the
/// default of its type where it is left out, and is then left out again in the protocol and in transcripts.
macro_rules! arguments {
    ($(#[$doc:meta])* $name:ident { $($(#[$given_doc:meta])* $given:ident: $given_type:ty),* $(,)? }
     $(optional { $($(#[$left_doc:meta])* $left:ident: $left_type:ty),* $(,)? })?
     $(brief $($form:literal $pattern:pat => $build:expr),+)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
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

        $(impl crate::contract::brief::FromBrief for $name {
            const FORMS: &'static [&'static str] = &[$($form),+];

            fn from_brief(written: crate::contract::brief::Written) -> Option<Self> {
                use crate::contract::brief::Written;
                match written { $($pattern => $build,)+ _ => None }
            }
        })?
    };
}
use arguments;

/// Whether it is what stands for nothing written.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Some value, also when it is null.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Literal>, D::Error> {
    Literal::deserialize(deserializer).map(Some)
}
