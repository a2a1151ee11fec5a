//! Result codes, <https://sqlite.org/rescode.html>.

/// `SQLITE_OK`
pub const OK: i32 = 0;
/// `SQLITE_ERROR`
pub const ERROR: i32 = 1;
/// `SQLITE_BUSY`
pub const BUSY: i32 = 5;
/// `SQLITE_NOMEM`
pub const NOMEM: i32 = 7;
/// `SQLITE_IOERR`
pub const IOERR: i32 = 10;
/// `SQLITE_FULL`
pub const FULL: i32 = 13;
/// `SQLITE_CANTOPEN`
pub const CANTOPEN: i32 = 14;
/// `SQLITE_ROW`
pub const ROW: i32 = 100;
/// `SQLITE_DONE`
pub const DONE: i32 = 101;
/// `SQLITE_IOERR_NOMEM`
pub const IOERR_NOMEM: i32 = 3082;

/// The primary result code of an extended one.
pub const fn primary(code: i32) -> i32 {
    code & 0xff
}

/// The name of a result code: the extended one where it has one (`BUSY_SNAPSHOT`), else the primary one with
/// the number.
pub fn code_name(code: i32) -> String {
    let named = |code: i32| RESULT_CODES.iter().find(|(_, number)| *number == code).map(|(name, _)| *name);
    match (named(code), named(primary(code))) {
        (Some(name), _) => name.to_owned(),
        (None, Some(primary)) => format!("{primary} (extended code {code})"),
        (None, None) => format!("{NAMELESS}{code}"),
    }
}

/// What a code that SQLite has no name for is shown with.
const NAMELESS: &str = "code ";

/// The code that a text begins with, as [`code_name`] writes it; the primary one where it is told with a number.
pub fn leading_code(text: &str) -> Option<i32> {
    let nameless = || text.strip_prefix(NAMELESS)?.split([' ', ':']).next()?.parse().ok();
    code_number(text.split([' ', ':']).next()?).or_else(nameless)
}

/// The number of a result code's name.
pub fn code_number(name: &str) -> Option<i32> {
    RESULT_CODES.iter().find(|(known, _)| *known == name).map(|(_, number)| *number)
}

/// Every name of a result code.
pub fn code_names() -> impl Iterator<Item = &'static str> {
    RESULT_CODES.iter().map(|(name, _)| *name)
}

/// <https://sqlite.org/rescode.html>
const RESULT_CODES: &[(&str, i32)] = &[
    ("OK", OK),
    ("ERROR", ERROR),
    ("INTERNAL", 2),
    ("PERM", 3),
    ("ABORT", 4),
    ("BUSY", BUSY),
    ("LOCKED", 6),
    ("NOMEM", NOMEM),
    ("READONLY", 8),
    ("INTERRUPT", 9),
    ("IOERR", IOERR),
    ("CORRUPT", 11),
    ("NOTFOUND", 12),
    ("FULL", FULL),
    ("CANTOPEN", CANTOPEN),
    ("PROTOCOL", 15),
    ("EMPTY", 16),
    ("SCHEMA", 17),
    ("TOOBIG", 18),
    ("CONSTRAINT", 19),
    ("MISMATCH", 20),
    ("MISUSE", 21),
    ("NOLFS", 22),
    ("AUTH", 23),
    ("FORMAT", 24),
    ("RANGE", 25),
    ("NOTADB", 26),
    ("NOTICE", 27),
    ("WARNING", 28),
    ("ROW", ROW),
    ("DONE", DONE),
    ("OK_LOAD_PERMANENTLY", 256),
    ("OK_SYMLINK", 512),
    ("ERROR_MISSING_COLLSEQ", 257),
    ("ERROR_RETRY", 513),
    ("ERROR_SNAPSHOT", 769),
    ("ERROR_RESERVESIZE", 1025),
    ("ERROR_KEY", 1281),
    ("ERROR_UNABLE", 1537),
    ("ABORT_ROLLBACK", 516),
    ("BUSY_RECOVERY", 261),
    ("BUSY_SNAPSHOT", 517),
    ("BUSY_TIMEOUT", 773),
    ("LOCKED_SHAREDCACHE", 262),
    ("LOCKED_VTAB", 518),
    ("READONLY_RECOVERY", 264),
    ("READONLY_CANTLOCK", 520),
    ("READONLY_ROLLBACK", 776),
    ("READONLY_DBMOVED", 1032),
    ("READONLY_CANTINIT", 1288),
    ("READONLY_DIRECTORY", 1544),
    ("IOERR_READ", 266),
    ("IOERR_SHORT_READ", 522),
    ("IOERR_WRITE", 778),
    ("IOERR_FSYNC", 1034),
    ("IOERR_DIR_FSYNC", 1290),
    ("IOERR_TRUNCATE", 1546),
    ("IOERR_FSTAT", 1802),
    ("IOERR_UNLOCK", 2058),
    ("IOERR_RDLOCK", 2314),
    ("IOERR_DELETE", 2570),
    ("IOERR_BLOCKED", 2826),
    ("IOERR_NOMEM", IOERR_NOMEM),
    ("IOERR_ACCESS", 3338),
    ("IOERR_CHECKRESERVEDLOCK", 3594),
    ("IOERR_LOCK", 3850),
    ("IOERR_CLOSE", 4106),
    ("IOERR_DIR_CLOSE", 4362),
    ("IOERR_SHMOPEN", 4618),
    ("IOERR_SHMSIZE", 4874),
    ("IOERR_SHMLOCK", 5130),
    ("IOERR_SHMMAP", 5386),
    ("IOERR_SEEK", 5642),
    ("IOERR_DELETE_NOENT", 5898),
    ("IOERR_MMAP", 6154),
    ("IOERR_GETTEMPPATH", 6410),
    ("IOERR_CONVPATH", 6666),
    ("IOERR_VNODE", 6922),
    ("IOERR_AUTH", 7178),
    ("IOERR_BEGIN_ATOMIC", 7434),
    ("IOERR_COMMIT_ATOMIC", 7690),
    ("IOERR_ROLLBACK_ATOMIC", 7946),
    ("IOERR_DATA", 8202),
    ("IOERR_CORRUPTFS", 8458),
    ("IOERR_IN_PAGE", 8714),
    ("IOERR_BADKEY", 8970),
    ("IOERR_CODEC", 9226),
    ("CORRUPT_VTAB", 267),
    ("CORRUPT_SEQUENCE", 523),
    ("CORRUPT_INDEX", 779),
    ("CANTOPEN_NOTEMPDIR", 270),
    ("CANTOPEN_ISDIR", 526),
    ("CANTOPEN_FULLPATH", 782),
    ("CANTOPEN_CONVPATH", 1038),
    ("CANTOPEN_DIRTYWAL", 1294),
    ("CANTOPEN_SYMLINK", 1550),
    ("CONSTRAINT_CHECK", 275),
    ("CONSTRAINT_COMMITHOOK", 531),
    ("CONSTRAINT_FOREIGNKEY", 787),
    ("CONSTRAINT_FUNCTION", 1043),
    ("CONSTRAINT_NOTNULL", 1299),
    ("CONSTRAINT_PRIMARYKEY", 1555),
    ("CONSTRAINT_TRIGGER", 1811),
    ("CONSTRAINT_UNIQUE", 2067),
    ("CONSTRAINT_VTAB", 2323),
    ("CONSTRAINT_ROWID", 2579),
    ("CONSTRAINT_PINNED", 2835),
    ("CONSTRAINT_DATATYPE", 3091),
    ("AUTH_USER", 279),
    ("WARNING_AUTOINDEX", 284),
    ("NOTICE_RECOVER_WAL", 283),
    ("NOTICE_RECOVER_ROLLBACK", 539),
    ("NOTICE_RBU", 795),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extended_codes_are_named_and_unknown_ones_keep_their_primary_name() {
        assert_eq!(code_name(2067), "CONSTRAINT_UNIQUE");
        assert_eq!(code_name(5 | (99 << 8)), "BUSY (extended code 25349)");
        assert_eq!(code_number("BUSY"), Some(5));
    }

    #[test]
    fn every_extended_code_of_sqlite_has_its_name() {
        assert_eq!(code_name(14 | (5 << 8)), "CANTOPEN_DIRTYWAL");
        assert_eq!(code_name(27 | (1 << 8)), "NOTICE_RECOVER_WAL");
        assert_eq!(code_name(10 | (36 << 8)), "IOERR_CODEC");
    }
}
