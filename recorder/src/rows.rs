//! A function of the recorder's for each row of the table.

use std::ffi::{c_char, c_int, c_uchar, c_uint, c_void};

use crate::bytes::{Bytes, Said, Text};
use crate::code::Code;
use crate::function::{begin, connection, detailed, end, functions, noted, plain};
use crate::hooks::{Hook, Previous, call_program, hooks};
use crate::kinds::{Backup, Birth, Blob, Context, Db, Free, Kind, Out, Pointer, Stmt, Value};
use crate::parts::{cells, encoded, message_of, offset};
use crate::real::Function;
use crate::thread::Inside;

type Handles = *mut *mut c_void;

crate::table::table!(functions);
