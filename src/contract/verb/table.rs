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
    /// How a quantity developed over many iterations.
    Growth,
    /// Rows of such counters, which stand in the last column.
    Counts,
    /// The codes that came, and how often something failed: a number where one is asked for.
    Sweep,
}

/// The type [`Verb`](super::Verb) from its table. A line is
/// `Verb(Arguments) -> Kind on handles makes handle ends handle: drivers;`. A handle is the field of the
/// arguments that names it; what a verb ends need not be said to be used.
macro_rules! verbs {
    ($($(#[$doc:meta])* $verb:ident($arguments:ty) -> $kind:ident
        $(on $($handle:ident),+)? $(makes $made:ident)? $(ends $ended:ident)?: $($driver:ident),+;)+) => {
        /// What a step does.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Verb { $($(#[$doc])* $verb($arguments)),+ }

        impl Verb {
            /// The kind of this verb's outcome.
            pub fn kind(&self) -> Kind {
                match self { $(Self::$verb(_) => Kind::$kind),+ }
            }

            /// The things that must be there before this verb, by their names.
            pub fn uses(&self) -> BTreeSet<(Thing, &str)> {
                match self {
                    $(Self::$verb(_arguments) => verbs!(@things _arguments $($($handle)+)? $($ended)?)),+
                }
            }

            /// What is there after this verb.
            pub fn makes(&self) -> BTreeSet<(Thing, &str)> {
                match self { $(Self::$verb(_arguments) => verbs!(@things _arguments $($made)?)),+ }
            }

            /// What is there no more after this verb.
            pub fn ends(&self) -> BTreeSet<(Thing, &str)> {
                match self { $(Self::$verb(_arguments) => verbs!(@things _arguments $($ended)?)),+ }
            }

            /// Whether a driver has this verb. `rusqlite` has what its safe interface offers, and what concerns the
            /// whole process.
            pub fn is_of(&self, driver: Driver) -> bool {
                match self { $(Self::$verb(_) => [$(verbs!(@driver $driver)),+].contains(&driver)),+ }
            }
        }
    };
    (@driver capi) => { Driver::Capi };
    (@driver rusqlite) => { Driver::Rusqlite };
    (@things $arguments:ident $($handle:ident)*) => {
        Vec::<Option<(Thing, &str)>>::from([$(verbs!(@thing $arguments $handle)),*]).into_iter().flatten().collect()
    };
    (@thing $arguments:ident db) => { Some((Thing::Connection, $arguments.db.as_str())) };
    (@thing $arguments:ident from) => { Some((Thing::Connection, $arguments.from.as_str())) };
    (@thing $arguments:ident to) => { Some((Thing::Connection, $arguments.to.as_str())) };
    (@thing $arguments:ident stmt) => { Some((Thing::Statement, $arguments.stmt.as_str())) };
    (@thing $arguments:ident after) => { $arguments.after.as_deref().map(|name| (Thing::Statement, name)) };
    (@thing $arguments:ident value) => { Some((Thing::Value, $arguments.as_str())) };
    (@thing $arguments:ident name) => { Some((Thing::Value, $arguments.name.as_str())) };
    (@thing $arguments:ident keep) => { $arguments.keep.as_deref().map(|name| (Thing::Value, name)) };
    (@thing $arguments:ident image) => { Some((Thing::Value, $arguments.image.as_str())) };
    (@thing $arguments:ident given) => { $arguments.given().map(|name| (Thing::Value, name)) };
    (@thing $arguments:ident blob) => { Some((Thing::Blob, $arguments.blob.as_str())) };
    (@thing $arguments:ident backup) => { Some((Thing::Backup, $arguments.backup.as_str())) };
    (@thing $arguments:ident pointer) => { Some((Thing::Pointer, $arguments.name.as_str())) };
    (@thing $arguments:ident meanwhile) => {
        $arguments.meanwhile.as_ref().map(|meanwhile| (Thing::Connection, meanwhile.db.as_str()))
    };
    (@thing $arguments:ident within) => { $arguments.within.as_deref().map(|name| (Thing::Transaction, name)) };
    (@thing $arguments:ident tx) => { Some((Thing::Transaction, $arguments.tx.as_str())) };
}
pub(super) use verbs;
