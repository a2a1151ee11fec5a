//! SQLite's own formatting, <https://sqlite.org/c3ref/mprintf.html>.

use std::ffi::{CString, c_char};

use super::kept::{Kept, Text};
use super::statement::c_string;
use super::{Call, Library};
use crate::contract::conversion::Conversion;
use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// `sqlite3_mprintf` with one argument, whose type must be the one that the format's conversion reads.
pub(crate) fn mprintf(library: &Library, format: &str, argument: &Value) -> Call<Kept> {
    self::format(library, format, argument).map(Kept::Text)
}

/// The same, for texts that SQLite gets.
pub(super) fn format(library: &Library, format: &str, argument: &Value) -> Call<Text> {
    type Function = unsafe extern "C" fn(*const c_char, ...) -> *mut c_char;
    // SAFETY: the signature is that of sqlite3.h, unchanged since 3.0.0.
    let function: Function = unsafe { library.function("sqlite3_mprintf")? };
    let conversion = Conversion::of(format).map_err(Outcome::Refused)?;
    let format = c_string(format)?;
    let format = format.as_ptr();
    let made = match (conversion, argument) {
        // SAFETY: `Conversion::of` found one conversion in the format, of this argument's type.
        (Conversion::Integer, Value::Integer(n)) => unsafe { function(format, *n) },
        // SAFETY: `Conversion::of` found one conversion in the format, of this argument's type.
        (Conversion::Real, Value::Real(x)) => unsafe { function(format, *x) },
        // SAFETY: the format has one conversion, of a text; SQLite documents what it does with a null pointer.
        (Conversion::Text, Value::Null) => unsafe { function(format, std::ptr::null::<c_char>()) },
        (Conversion::Text, Value::Text(text)) => {
            let text = CString::new(text.as_slice())
                .map_err(|_| Outcome::Refused("the text has a zero byte inside".to_owned()))?;
            // SAFETY: the format has one conversion, of a text; this one ends with a zero byte and outlives the call.
            unsafe { function(format, text.as_ptr()) }
        }
        (wanted, argument) => {
            let shows = wanted.words();
            return Err(Outcome::Refused(format!("the format shows {shows}, and {argument} is none")));
        }
    };
    // SAFETY: it returns a text that ends with a zero byte and is ours to free, or NULL.
    Ok(unsafe { Text::new(made) })
}
