//! The types of verbs, from their table.

/// Writes the enumerations [`Call`](super::Call), [`Block`](super::Block) and [`Check`](super::Check), and what is
/// known of their variants.
macro_rules! define {
    (calls { $(
        $(#[doc = $prose:literal])* $section:ident $heading:literal { $(
            $(#[doc = $call_doc:literal])*
            $call_name:ident: $call:ident($call_arguments:ty) -> $call_kind:ident
            $(on $($handle:ident),+)? $(makes $made:ident)? $(ends $ended:ident)? $(with $($call_fact:ident),+)?
            : $($(#[$cfg:meta])? $driver:ident),+;
        )+ }
    )+ }
    blocks { $(
        $(#[doc = $block_doc:literal])*
        $block_name:ident: $block:ident($block_arguments:ty) -> $block_kind:ident
        of $($list:ident),+ $(with $($block_fact:ident),+)?;
    )+ }
    checks { $($(#[doc = $check_doc:literal])* $check_name:ident: $check:ident($check_arguments:ty);)+ }) => {
        define!(@enum "A call of a driver, or of what concerns the whole process."
            Call { $($($(#[doc = $call_doc])* $call_name: $call($call_arguments),)+)+ });
        define!(@enum "Steps that are run in another way than one after the other."
            Block { $($(#[doc = $block_doc])* $block_name: $block($block_arguments),)+ });
        define!(@enum "What must hold of the outcomes that other steps saved."
            Check { $($(#[doc = $check_doc])* $check_name: $check($check_arguments),)+ });

        impl Verb {
            /// The words of all verbs, in the order of their table.
            pub const NAMES: &[&str] = &[
                $($(stringify!($call_name),)+)+ $(stringify!($block_name),)+ $(stringify!($check_name),)+
            ];

            /// What the table says of each verb.
            fn rows() -> Vec<Section> {
                vec![
                    $(Section {
                        heading: $heading,
                        prose: concat!($($prose, "\n"),*),
                        rows: vec![$(Row {
                            kind: Some(Kind::$call_kind),
                            facts: &[$($(Fact::$call_fact),+)?],
                            drivers: Some(define!(@drivers $($(#[$cfg])? $driver),+)),
                            ..Row::of::<$call_arguments>(stringify!($call_name), concat!($($call_doc, "\n"),+))
                        }),+],
                    },)+
                    Section {
                        heading: "Blocks",
                        prose: "Steps that are run in another way than one after the other.",
                        rows: vec![$(Row {
                            kind: Some(Kind::$block_kind),
                            facts: &[$($(Fact::$block_fact),+)?],
                            ..Row::of::<$block_arguments>(stringify!($block_name), concat!($($block_doc, "\n"),+))
                        }),+],
                    },
                    Section {
                        heading: "Checks",
                        prose: "What must hold of the outcomes that other steps saved.",
                        rows: vec![$(
                            Row::of::<$check_arguments>(stringify!($check_name), concat!($($check_doc, "\n"),+))
                        ),+],
                    },
                ]
            }
        }

        impl Call {
            /// The kind of its outcome.
            pub fn kind(&self) -> Kind {
                match self { $($(Self::$call(_) => Kind::$call_kind,)+)+ }
            }

            /// What else the table says of it.
            pub fn facts(&self) -> &'static [Fact] {
                match self { $($(Self::$call(_) => &[$($(Fact::$call_fact),+)?],)+)+ }
            }

            /// The things that must be there before it, by their names.
            pub fn uses(&self) -> BTreeSet<(Thing, &str)> {
                match self { $($(Self::$call(_it) => things!(_it $($($handle)+)? $($ended)?),)+)+ }
            }

            /// What is there after it.
            pub fn makes(&self) -> BTreeSet<(Thing, &str)> {
                match self { $($(Self::$call(_it) => things!(_it $($made)?),)+)+ }
            }

            /// What is there no more after it.
            pub fn ends(&self) -> BTreeSet<(Thing, &str)> {
                match self { $($(Self::$call(_it) => things!(_it $($ended)?),)+)+ }
            }

            /// The words of the calls that a driver has.
            pub fn names_of(driver: Driver) -> Vec<&'static str> {
                let all: Vec<(&str, &[Driver])> =
                    vec![$($((stringify!($call_name), define!(@drivers $($(#[$cfg])? $driver),+))),+),+];
                all.into_iter().filter(|(_, drivers)| drivers.contains(&driver)).map(|(name, _)| name).collect()
            }

            /// The drivers that have it: `rusqlite` has what its safe interface offers, and each has what concerns the
            /// whole process.
            pub fn drivers(&self) -> &'static [Driver] {
                match self { $($(Self::$call(_) => define!(@drivers $($(#[$cfg])? $driver),+),)+)+ }
            }
        }

        impl Block {
            /// The kind of its outcome.
            pub fn kind(&self) -> Kind {
                match self { $(Self::$block(_) => Kind::$block_kind,)+ }
            }

            /// What else the table says of it.
            pub fn facts(&self) -> &'static [Fact] {
                match self { $(Self::$block(_) => &[$($(Fact::$block_fact),+)?],)+ }
            }

            /// The lists of steps inside it by their names, in the order in which they are first run.
            pub fn lists(&self) -> Vec<(&'static str, &[Step])> {
                match self { $(Self::$block(it) => vec![$((stringify!($list), it.$list.as_slice())),+],)+ }
            }
        }
    };
    (@drivers process) => { Driver::OF_THE_WORKER };
    (@drivers any) => { Driver::ALL };
    (@drivers $($(#[$cfg:meta])? $driver:ident),+) => { &[$($(#[$cfg])? Driver::$driver),+] };
    (@enum $what:literal $enum:ident { $($(#[doc = $doc:literal])* $name:ident: $variant:ident($arguments:ty),)+ }) => {
        #[doc = $what]
        #[derive(Debug, Clone, PartialEq)]
        pub enum $enum { $($(#[doc = $doc])* $variant($arguments)),+ }

        impl $enum {
            /// Its word in YAML.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => stringify!($name),)+ }
            }

            /// The word and the arguments on one line, defaults left out.
            pub fn describe(&self) -> String {
                match self { $(Self::$variant(it) => describe(self.name(), it),)+ }
            }

            /// Writes the arguments under their word.
            fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
                match self { $(Self::$variant(it) => map.serialize_entry(self.name(), it),)+ }
            }

            /// Reads the arguments that stand under a word; `None` where the word is not one of these.
            fn read<'de, M: MapAccess<'de>>(name: &str, map: &mut M) -> Option<Result<Verb, M::Error>> {
                $(if name == stringify!($name) {
                    return Some(value(map, |it| Self::$variant(it).into()));
                })+
                None
            }

            /// The words with what they do and the schema of their arguments.
            fn schemas(generator: &mut SchemaGenerator) -> Vec<(&'static str, String, Schema)> {
                vec![$((
                    stringify!($name),
                    prose(concat!($($doc, "\n"),+)),
                    generator.subschema_for::<$arguments>(),
                )),+]
            }
        }

        impl From<$enum> for Verb {
            fn from(it: $enum) -> Self {
                Self::$enum(it)
            }
        }
    };
}
pub(super) use define;

/// The things that arguments name.
macro_rules! things {
    ($it:ident $($handle:ident)*) => {
        Vec::<Option<(Thing, &str)>>::from([$(things!(@ $it $handle)),*]).into_iter().flatten().collect()
    };
    (@ $it:ident db) => { Some((Thing::Connection, $it.db.as_str())) };
    (@ $it:ident from) => { Some((Thing::Connection, $it.from.as_str())) };
    (@ $it:ident to) => { Some((Thing::Connection, $it.to.as_str())) };
    (@ $it:ident schema_of) => { $it.db.as_deref().map(|name| (Thing::Connection, name)) };
    (@ $it:ident stmt) => { Some((Thing::Statement, $it.stmt.as_str())) };
    (@ $it:ident after) => { $it.after.as_deref().map(|name| (Thing::Statement, name)) };
    (@ $it:ident value) => { Some((Thing::Value, $it.as_str())) };
    (@ $it:ident name) => { Some((Thing::Value, $it.name.as_str())) };
    (@ $it:ident keep) => { $it.keep.as_deref().map(|name| (Thing::Value, name)) };
    (@ $it:ident image) => { Some((Thing::Value, $it.image.as_str())) };
    (@ $it:ident given) => { $it.given().map(|name| (Thing::Value, name)) };
    (@ $it:ident blob) => { Some((Thing::Blob, $it.blob.as_str())) };
    (@ $it:ident backup) => { Some((Thing::Backup, $it.backup.as_str())) };
    (@ $it:ident pointer) => { Some((Thing::Pointer, $it.name.as_str())) };
    (@ $it:ident meanwhile) => { $it.meanwhile.as_ref().map(|it| (Thing::Connection, it.db.as_str())) };
    (@ $it:ident within) => { $it.within.as_deref().map(|name| (Thing::Transaction, name)) };
    (@ $it:ident pool) => { Some((Thing::Pool, $it.pool.as_str())) };
    (@ $it:ident session) => { Some((Thing::Session, $it.session.as_str())) };
    (@ $it:ident tx) => { Some((Thing::Transaction, $it.tx.as_str())) };
}
pub(super) use things;
