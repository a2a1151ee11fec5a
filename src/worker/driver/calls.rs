//! What the table of verbs makes of a driver.

use super::process::Process;
use crate::contract::verb;
use crate::outcome::Outcome;
use crate::worker::ffi::Call;

/// Executing any call.
pub(super) trait Calls: Process {
    /// Executes a call; one that this driver does not have is refused.
    fn call(&mut self, call: &verb::Call) -> Call<Outcome>;
}

/// Writes what the table says of a driver: `table!(calls! ($) Capi);` for the type of this name, in whose module it
/// stands. Each section of the table becomes a trait with one method for each call that names the driver, so that a
/// driver has a file for each section and a call without code does not compile. [`Calls`] is one match over them all.
macro_rules! calls {
    (($d:tt) $driver:ident
     calls { $(
        $(#[doc = $prose:literal])* $section:ident $heading:literal { $(
            $(#[doc = $doc:literal])*
            $name:ident: $call:ident($arguments:ty) -> $kind:ident
            $(on $($handle:ident),+)? $(makes $made:ident)? $(ends $ended:ident)? $(with $($fact:ident),+)?
            : $($(#[$cfg:meta])? $by:ident),+;
        )+ }
     )+ }
     blocks { $($blocks:tt)+ }
     checks { $($checks:tt)+ }) => {
        /// Items for this driver alone.
        macro_rules! ours {
            ([$driver $d($d by:ident)*] $d($d item:tt)*) => { $d($d item)* };
            ([$d other:ident $d($d by:ident)*] $d($d item:tt)*) => { ours! { [$d($d by)*] $d($d item)* } };
            ([] $d($d item:tt)*) => {};
        }

        /// The calls of this driver, by the sections of their table.
        #[allow(dead_code, reason = "a driver need not have a call in every section")]
        #[allow(clippy::ptr_arg, reason = "a method takes what its row says, also where that is a String")]
        mod sections {
            use $crate::contract::verb::*;
            use $crate::outcome::Outcome;
            use $crate::worker::ffi;

            $(
                #[doc = $heading]
                pub(in $crate::worker::driver) trait $section {
                    $(ours! {
                        [$($by)+]
                        $(#[doc = $doc])*
                        fn $name(&mut self, arguments: &$arguments) -> ffi::Call<Outcome>;
                    })+
                }
            )+
        }

        /// Executes a call as its drivers say.
        macro_rules! run {
            ($d driver:ident $d name:ident $d section:ident $d it:ident process) => {
                $crate::worker::driver::process::Process::$d name($d driver, $d it)
            };
            ($d driver:ident $d name:ident $d section:ident $d it:ident any) => {
                $crate::worker::driver::process::Process::$d name($d driver, $d it)
            };
            ($d driver:ident $d name:ident $d section:ident $d it:ident $driver $d($d by:ident)*) => {
                sections::$d section::$d name($d driver, $d it)
            };
            ($d driver:ident $d name:ident $d section:ident $d it:ident $d other:ident $d($d by:ident)*) => {
                run!($d driver $d name $d section $d it $d($d by)*)
            };
            ($d driver:ident $d name:ident $d section:ident $d it:ident) => {
                Err($crate::worker::driver::calls::lacking(stringify!($driver), stringify!($d name)))
            };
        }

        impl $crate::worker::driver::calls::Calls for $driver {
            fn call(
                &mut self,
                call: &$crate::contract::verb::Call,
            ) -> $crate::worker::ffi::Call<$crate::outcome::Outcome> {
                match call { $($(
                    $crate::contract::verb::Call::$call(_it) => run!(self $name $section _it $($by)+),
                )+)+ }
            }
        }
    };
}
pub(super) use calls;

/// What a call is refused with that the driver does not have.
pub(super) fn lacking(driver: &str, name: &str) -> Outcome {
    Outcome::Refused(format!("the driver `{}` has no verb `{name}`", driver.to_lowercase()))
}
