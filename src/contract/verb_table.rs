//! What the table of verbs says of each verb beside its arguments.

/// What kind of outcome a verb has when it succeeds: how an expectation is read, and what is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A result code.
    Code,
    /// A result code, or a row.
    Row,
    /// Rows.
    Rows,
    /// One value.
    Value,
    /// A size or counter that differs from build to build for no reason that matters.
    Quantity,
}

/// The type [`Verb`](super::verb::Verb) from its table. A line is
/// `Verb(Arguments) -> Kind on handle: drivers;`, where the handle is `db` or `stmt`, the field of the
/// arguments that names it.
macro_rules! verbs {
    ($($(#[$doc:meta])* $verb:ident($arguments:ty) -> $kind:ident $(on $handle:ident)?: $($driver:ident),+;)+) => {
        /// What a step does.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Verb { $($(#[$doc])* $verb($arguments)),+ }

        impl Verb {
            /// The kind of this verb's outcome.
            pub fn kind(&self) -> Kind {
                match self { $(Self::$verb(_) => Kind::$kind),+ }
            }

            /// The connection that must be open before this verb.
            pub fn connection(&self) -> Option<&str> {
                match self { $(Self::$verb(_arguments) => verbs!(@db _arguments $($handle)?)),+ }
            }

            /// The statement that must be prepared before this verb.
            pub fn statement(&self) -> Option<&str> {
                if let Self::NextStmt(next) = self {
                    return next.after.as_deref();
                }
                match self { $(Self::$verb(_arguments) => verbs!(@stmt _arguments $($handle)?)),+ }
            }

            /// Whether the driver `capi` has this verb.
            pub fn is_of_capi(&self) -> bool {
                match self { $(Self::$verb(_) => [$(stringify!($driver)),+].contains(&"capi")),+ }
            }

            /// Whether the driver `rusqlite` has this verb: what its safe interface offers, and what concerns
            /// the whole process.
            pub fn is_of_rusqlite(&self) -> bool {
                match self { $(Self::$verb(_) => [$(stringify!($driver)),+].contains(&"rusqlite")),+ }
            }
        }
    };
    (@db $arguments:ident db) => { Some(&$arguments.db) };
    (@stmt $arguments:ident stmt) => { Some(&$arguments.stmt) };
    (@$wanted:ident $arguments:ident $($other:ident)?) => { None };
}
pub(super) use verbs;
