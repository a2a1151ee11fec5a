//! Why a case behaves differently on two builds: because of the version, the flags, or both.
//!
//! Two builds differ by version and by flags. The two builds that combine the version of one with the flags of the
//! other ([`Corners`]) separate the two; where the flags matter, [`ddmin`] finds a minimal set of them.

mod ddmin;
mod flags;

pub use ddmin::ddmin;
pub use flags::{Flag, apply, flags};

use schemars::JsonSchema;
use serde::Serialize;

/// What a case did on two builds, and on the two that combine them. `None` where a build cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Corners<T> {
    /// The first build.
    pub from: T,
    /// The version of `to` with the flags of `from`.
    pub version: Option<T>,
    /// The version of `from` with the flags of `to`.
    pub flags: Option<T>,
    /// The second build.
    pub to: T,
}

/// What makes two builds differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// They do not differ.
    Nothing,
    /// The version: the new one shows the new behaviour with either set of flags.
    Version,
    /// The flags: the new ones show the new behaviour on either version.
    Flags,
    /// Each of the two alone.
    Either,
    /// Neither alone, only both together.
    Together,
    /// Each accounts for a part of the difference.
    Both,
    /// The builds that combine them cannot be made.
    Unknown,
}

impl<T: PartialEq> Corners<T> {
    /// What makes `to` differ from `from`.
    pub fn cause(&self) -> Cause {
        let Self { from, version, flags, to } = self;
        if from == to {
            return Cause::Nothing;
        }
        let version = version.as_ref().map(|did| (did == from, did == to));
        let flags = flags.as_ref().map(|did| (did == from, did == to));
        match (version, flags) {
            (Some((_, true)), Some((_, true))) => Cause::Either,
            (Some((_, true)), _) => Cause::Version,
            (_, Some((_, true))) => Cause::Flags,
            (Some((true, _)), Some((true, _))) => Cause::Together,
            (Some(_), Some(_)) => Cause::Both,
            _ => Cause::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(from: u8, version: Option<u8>, flags: Option<u8>, to: u8) -> Cause {
        Corners { from, version, flags, to }.cause()
    }

    #[test]
    fn what_one_of_them_does_alone_is_attributed_to_it() {
        assert_eq!(cause(0, Some(1), Some(0), 1), Cause::Version);
        assert_eq!(cause(0, Some(0), Some(1), 1), Cause::Flags);
        assert_eq!(cause(0, Some(1), Some(1), 1), Cause::Either);
        // The old version did a third thing with the new flags, which do not matter on the new version.
        assert_eq!(cause(0, Some(1), Some(2), 1), Cause::Version);
    }

    #[test]
    fn what_none_does_alone_takes_both() {
        assert_eq!(cause(0, Some(0), Some(0), 1), Cause::Together);
        assert_eq!(cause(0, Some(2), Some(3), 1), Cause::Both);
        assert_eq!(cause(0, Some(2), Some(0), 1), Cause::Both);
    }

    #[test]
    fn nothing_is_said_without_the_builds_between() {
        assert_eq!(cause(0, None, None, 1), Cause::Unknown);
        assert_eq!(cause(0, Some(0), None, 1), Cause::Unknown);
        assert_eq!(cause(0, None, Some(1), 1), Cause::Flags);
        assert_eq!(cause(0, Some(0), Some(1), 0), Cause::Nothing);
    }
}
