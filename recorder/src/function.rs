//! What a function of the recorder is: SQLite's own, called between two events, or before one.

use crate::kinds::Answer;
use crate::real::Function;
use crate::short::Short;
use crate::trace::{self, Trace, event};

/// A call begins; what happens until its end happens in it.
#[inline]
pub(crate) fn begin(function: &Function, arguments: impl FnOnce(&mut Trace)) {
    trace::ordered(|trace| {
        trace.call(function, 1);
        trace.items.tuple(function.arguments.len());
        arguments(trace);
    });
}

/// The last call of this thread that began ends.
#[inline]
pub(crate) fn end<A: Answer>(function: &Function, seen: A::Seen, results: impl FnOnce(&mut Trace)) {
    trace::ordered(|trace| {
        trace.event(event::END, 1);
        trace.items.tuple(function.results.len());
        A::write(&seen, trace);
        results(trace);
    });
}

/// A call in which nothing else happens.
#[inline]
pub(crate) fn whole<A: Answer>(
    function: &Function,
    arguments: impl FnOnce(&mut Trace),
    seen: A::Seen,
    results: impl FnOnce(&mut Trace),
) {
    trace::local(|trace| write::<A>(function, arguments, &seen, results, trace));
}

#[inline]
fn write<A: Answer>(
    function: &Function,
    arguments: impl FnOnce(&mut Trace),
    seen: &A::Seen,
    results: impl FnOnce(&mut Trace),
    trace: &mut Trace,
) {
    trace.call(function, 2);
    trace.items.tuple(function.arguments.len());
    arguments(trace);
    trace.items.tuple(function.results.len());
    A::write(seen, trace);
    results(trace);
}

/// How the arguments of a call are written where they are short, and how many results it has, and how they are.
pub(crate) struct Shortly<I, O> {
    pub(crate) arguments: I,
    pub(crate) results: (usize, O),
}

/// A call in which nothing else happens, and most parts of which are short.
#[inline]
pub(crate) fn whole_or_short<A: Answer>(
    function: &Function,
    shortly: Shortly<
        impl FnOnce(Short, &Trace) -> Option<Short>,
        impl FnOnce(Short, &Trace) -> Option<Short>,
    >,
    arguments: impl FnOnce(&mut Trace),
    seen: A::Seen,
    results: impl FnOnce(&mut Trace),
) {
    let short = |trace: &Trace| {
        if !(trace.is_of_this_thread() && trace.knows(function)) {
            return None;
        }
        let at = (shortly.arguments)(trace.items.short().packed(function.head()), trace)?;
        let at = A::short(&seen, at.tuple(shortly.results.0), trace)?;
        (shortly.results.1)(at, trace)
    };
    trace::short_or_long(short, |trace| marked::<A>(function, arguments, &seen, results, trace));
}

/// The same of any length, with whose it is.
fn marked<A: Answer>(
    function: &Function,
    arguments: impl FnOnce(&mut Trace),
    seen: &A::Seen,
    results: impl FnOnce(&mut Trace),
    trace: &mut Trace,
) {
    trace.mark(false);
    write::<A>(function, arguments, seen, results, trace);
}

/// The connection of a call's first argument.
macro_rules! connection {
    () => {
        None
    };
    ($first:ident $(, $rest:ident)*) => {
        $crate::kinds::Kind::connection($first)
    };
}

/// A function of the table: how it is paced, its C signature, what is written of it before and after.
///
/// `long` functions may call the program back, wait, or be seen by other threads and processes: their beginning and
/// their end are events. `short` ones are one event, when they are done.
macro_rules! function {
    ($pace:ident $name:ident($($arg:ident: $kind:ty),*) -> $answer:ty
        [$($in_name:ident = $in:expr),*] [$($out_name:ident = $out:expr),*]) => {
        #[unsafe(no_mangle)]
        #[allow(clippy::too_many_arguments)] // C's
        pub(crate) unsafe extern "C" fn $name($($arg: $kind),*) -> $answer {
            static FUNCTION: $crate::real::Function = $crate::real::Function::new(
                stringify!($name),
                &[$(stringify!($in_name)),*],
                &["result" $(, stringify!($out_name))*],
            );
            type Real = unsafe extern "C" fn($($kind),*) -> $answer;
            /// The first call.
            #[cold]
            #[inline(never)]
            #[allow(clippy::too_many_arguments)] // C's
            unsafe extern "C" fn looked_up($($arg: $kind),*) -> $answer {
                FUNCTION.address();
                // SAFETY: the same arguments.
                unsafe { $name($($arg),*) }
            }
            let address = FUNCTION.known_address();
            if address.is_null() {
                // SAFETY: the same arguments.
                return unsafe { looked_up($($arg),*) };
            }
            // SAFETY: SQLite's own function of this name has this type; a test compares the table with its bindings.
            let real = unsafe { std::mem::transmute::<*mut std::ffi::c_void, Real>(address) };
            if $crate::thread::is_inside() {
                // SAFETY: the arguments of SQLite, which calls itself: this goes there at once.
                return unsafe { real($($arg),*) };
            }
            /// What else is to be done takes registers and room on the stack.
            #[inline(never)]
            #[allow(clippy::too_many_arguments)] // C's
            unsafe extern "C" fn recorded($($arg: $kind,)* real: Real) -> $answer {
                // SAFETY: the program's own arguments.
                let call = || unsafe { real($($arg),*) };
                let _inside = $crate::thread::Inside::begin();
                $crate::function::paced!($pace false $(|| $crate::kinds::Kind::may_free($arg))*, FUNCTION, call, $answer, connection!($($arg),*),
                    $crate::function::Shortly {
                        arguments: |_at: $crate::short::Short, _trace: &$crate::trace::Trace| {
                            $(let _at = $crate::kinds::Kind::short($in, _at, _trace)?;)*
                            Some(_at)
                        },
                        results: (const { ["result" $(, stringify!($out_name))*].len() }, |_at: $crate::short::Short, _trace: &$crate::trace::Trace| {
                            $(let _at = $crate::kinds::Kind::short($out, _at, _trace)?;)*
                            Some(_at)
                        }),
                    },
                    move |_trace| { $($crate::kinds::Kind::write($in, _trace);)* },
                    move |_trace| { $($crate::kinds::Kind::write($out, _trace);)* })
            }
            // SAFETY: the program's own arguments, and SQLite's own function.
            unsafe { recorded($($arg,)* real) }
        }
    };
}

macro_rules! paced {
    (long $may_free:expr, $function:ident, $call:ident, $answer:ty, $connection:expr, $shortly:expr, $in:expr, $out:expr) => {{
        $crate::function::begin(&$function, $in);
        let answer = $call();
        let seen = $crate::kinds::Answer::look(answer, || $connection);
        $crate::function::end::<$answer>(&$function, seen, $out);
        answer
    }};
    (short $may_free:expr, $function:ident, $call:ident, $answer:ty, $connection:expr, $shortly:expr, $in:expr, $out:expr) => {{
        if $may_free {
            return $crate::function::paced!(long true, $function, $call, $answer, $connection, $shortly, $in, $out);
        }
        let answer = $call();
        let seen = $crate::kinds::Answer::look(answer, || $connection);
        $crate::function::whole_or_short::<$answer>(&$function, $shortly, $in, seen, $out);
        answer
    }};
}

/// Functions of which all arguments are written, and nothing but what they return.
macro_rules! plain {
    ($pace:ident: $($name:ident($($arg:ident: $kind:ty),* $(,)?) -> $answer:ty;)*) => {$(
        $crate::function::function! { $pace $name($($arg: $kind),*) -> $answer [$($arg = $arg),*] [] }
    )*};
}

/// Functions of which it is said what is written, before and after.
macro_rules! detailed {
    ($pace:ident: $(
        $name:ident($($arg:ident: $kind:ty),* $(,)?) -> $answer:ty
            [$($in_name:ident $(= $in:expr)?),* $(,)?] -> [$($out_name:ident = $out:expr),* $(,)?];
    )*) => {$(
        $crate::function::function! { $pace $name($($arg: $kind),*) -> $answer
            [$($in_name = $crate::function::or_itself!($in_name $(, $in)?)),*] [$($out_name = $out),*] }
    )*};
}

macro_rules! or_itself {
    ($name:ident) => {
        $name
    };
    ($name:ident, $value:expr) => {
        $value
    };
}

/// Functions that are passed on: a trace notes their names at their first call.
macro_rules! noted {
    ($pace:ident: $($name:ident($($arg:ident: $kind:ty),* $(,)?) -> $answer:ty;)*) => {$(
        #[unsafe(no_mangle)]
        #[allow(clippy::too_many_arguments)] // C's
        pub(crate) unsafe extern "C" fn $name($($arg: $kind),*) -> $answer {
            static FUNCTION: $crate::real::Function = $crate::real::Function::new(stringify!($name), &[], &[]);
            static ONCE: std::sync::Once = std::sync::Once::new();
            type Real = unsafe extern "C" fn($($kind),*) -> $answer;
            // SAFETY: SQLite's own function of this name has this type; a test compares the table with its bindings.
            let real = unsafe { std::mem::transmute::<*mut std::ffi::c_void, Real>(FUNCTION.address()) };
            // SAFETY: the program's own arguments.
            let call = || unsafe { real($($arg),*) };
            let Some(_inside) = $crate::thread::Inside::enter() else { return call() };
            ONCE.call_once(|| $crate::trace::note(concat!("not recorded: ", stringify!($name))));
            call()
        }
    )*};
}

/// A function for each row of the table.
macro_rules! functions {
    ($($form:ident $pace:ident { $($rows:tt)* })*) => { $($form! { $pace: $($rows)* })* };
}

pub(crate) use {connection, detailed, function, functions, noted, or_itself, paced, plain};
