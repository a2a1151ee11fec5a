//! rusqlite's conversions between values and Rust's types.

use rusqlite::Row;
use rusqlite::types::{FromSql, ToSql, Value as SqlValue};

use super::{outcome, sql_value};
use crate::contract::literal::Literal;
use crate::contract::verb::{ColumnRef, RustType};
use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// A Rust value, as a contract shows it.
trait Shown {
    fn shown(self) -> Value;
}

/// Integers that do not fit in 64 bits are shown as texts of their digits.
macro_rules! shown_integers {
    ($($type:ty),+) => { $(impl Shown for $type {
        fn shown(self) -> Value {
            i64::try_from(self).map_or_else(|_| Value::text(&self.to_string()), Value::Integer)
        }
    })+ };
}
shown_integers!(i8, i16, i32, i64, i128, u8, u16, u32, u64);

impl Shown for bool {
    fn shown(self) -> Value {
        Value::Integer(self.into())
    }
}

impl Shown for f32 {
    fn shown(self) -> Value {
        Value::Real(self.into())
    }
}

impl Shown for f64 {
    fn shown(self) -> Value {
        Value::Real(self)
    }
}

impl Shown for String {
    fn shown(self) -> Value {
        Value::text(&self)
    }
}

impl Shown for Vec<u8> {
    fn shown(self) -> Value {
        Value::Blob(self)
    }
}

impl Shown for SqlValue {
    fn shown(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Integer(n) => Value::Integer(n),
            Self::Real(x) => Value::Real(x),
            Self::Text(text) => Value::Text(text.into_bytes()),
            Self::Blob(blob) => Value::Blob(blob),
        }
    }
}

impl<T: Shown> Shown for Option<T> {
    fn shown(self) -> Value {
        self.map_or(Value::Null, Shown::shown)
    }
}

/// `Row::get` as a Rust type, or as an `Option` of it.
pub(super) fn get(
    row: &Row<'_>,
    at: &ColumnRef,
    read_as: RustType,
    optional: bool,
) -> Result<Value, Outcome> {
    fn one<T: FromSql + Shown>(row: &Row<'_>, at: &ColumnRef, optional: bool) -> Result<Value, Outcome> {
        fn typed<T: FromSql + Shown>(row: &Row<'_>, at: &ColumnRef) -> rusqlite::Result<Value> {
            match at {
                ColumnRef::Index(at) => row.get::<_, T>(*at).map(Shown::shown),
                ColumnRef::Name(name) => row.get::<_, T>(name.as_str()).map(Shown::shown),
            }
        }
        if optional { typed::<Option<T>>(row, at) } else { typed::<T>(row, at) }.map_err(outcome)
    }
    match read_as {
        RustType::I8 => one::<i8>(row, at, optional),
        RustType::I16 => one::<i16>(row, at, optional),
        RustType::I32 => one::<i32>(row, at, optional),
        RustType::I64 => one::<i64>(row, at, optional),
        RustType::I128 => one::<i128>(row, at, optional),
        RustType::U8 => one::<u8>(row, at, optional),
        RustType::U16 => one::<u16>(row, at, optional),
        RustType::U32 => one::<u32>(row, at, optional),
        RustType::U64 => one::<u64>(row, at, optional),
        RustType::F32 => one::<f32>(row, at, optional),
        RustType::F64 => one::<f64>(row, at, optional),
        RustType::Bool => one::<bool>(row, at, optional),
        RustType::String => one::<String>(row, at, optional),
        RustType::Bytes => one::<Vec<u8>>(row, at, optional),
        RustType::Value => one::<SqlValue>(row, at, optional),
    }
}

/// A contract's value as a Rust value of this type. A NULL is the type's `None`.
pub(super) fn typed(literal: &Literal, written_as: RustType) -> Result<Box<dyn ToSql>, Outcome> {
    let no = || Outcome::Refused(format!("{literal} is no {}", written_as.name()));
    let value = literal.to_value();
    macro_rules! integer {
        ($type:ty) => {
            match &value {
                Value::Integer(n) => Box::new(<$type>::try_from(*n).map_err(|_| no())?),
                Value::Text(digits) => {
                    Box::new(String::from_utf8_lossy(digits).parse::<$type>().map_err(|_| no())?)
                }
                _ => return Err(no()),
            }
        };
    }
    Ok(match (written_as, &value) {
        (RustType::Value, _) => Box::new(sql_value(literal)),
        (_, Value::Null) => Box::new(Option::<i64>::None),
        (RustType::I8, _) => integer!(i8),
        (RustType::I16, _) => integer!(i16),
        (RustType::I32, _) => integer!(i32),
        (RustType::I64, _) => integer!(i64),
        (RustType::I128, _) => integer!(i128),
        (RustType::U8, _) => integer!(u8),
        (RustType::U16, _) => integer!(u16),
        (RustType::U32, _) => integer!(u32),
        (RustType::U64, _) => integer!(u64),
        (RustType::F32, Value::Real(x)) => Box::new(*x as f32),
        (RustType::F64, Value::Real(x)) => Box::new(*x),
        (RustType::Bool, Value::Integer(n @ (0 | 1))) => Box::new(*n == 1),
        (RustType::String, Value::Text(text)) => Box::new(String::from_utf8_lossy(text).into_owned()),
        (RustType::Bytes, Value::Blob(blob)) => Box::new(blob.clone()),
        _ => return Err(no()),
    })
}
