"""The driver `apsw`: the verbs of the table through the package apsw. Where that is, is the program's argument.

A request is a line of JSON, `{"verb": "query", "arguments": {…}}`, and so is its reply: see ../README.md.
"""

import gc
import sys

from values import BODIES, bound, decode, encode, language_value, named, row_reply, rows_reply, serve, type_name

sys.path.append(sys.argv[1])

import apsw  # noqa: E402

connections = {}
cursors = {}


# Connections

def connect(path, db="db", settings=None):
    settings = {name: decode(value) for name, value in (settings or {}).items()}
    connections[db] = apsw.Connection(path, **settings)


def close(db="db"):
    named(connections, db).close()


def drop_connection(db="db"):
    named(connections, db)
    del connections[db]


def busy_timeout(ms, db="db"):
    named(connections, db).setbusytimeout(ms)


def interrupt(db="db"):
    named(connections, db).interrupt()


def ran(sql, db, rest):
    """A cursor that has run SQL up to its first row."""
    return named(connections, db).cursor().execute(sql, bound(rest) or None)


def exec_(sql, db="db"):
    for _ in ran(sql, db, {}):
        pass


def query(sql, db="db", **rest):
    return rows_reply(ran(sql, db, rest).fetchall())


def types(sql, db="db", **rest):
    return rows_reply([[type_name(type(value)) for value in row] for row in ran(sql, db, rest).fetchall()])


def query_row(sql, db="db", **rest):
    return row_reply(ran(sql, db, rest).fetchone())


def execute(sql, db="db", **rest):
    for _ in ran(sql, db, rest):
        pass
    # `Connection.changes` calls a function that SQLite has since 3.37.0 only.
    return {"value": encode(ran("SELECT changes()", db, {}).fetchone()[0])}


def last_insert_rowid(db="db"):
    return {"value": encode(named(connections, db).last_insert_rowid())}


def total_changes(db="db"):
    return {"value": encode(named(connections, db).totalchanges())}


def autocommit(db="db"):
    return {"value": encode(int(named(connections, db).getautocommit()))}


def scope(statements, raises=False, db="db"):
    connection = named(connections, db)
    with connection:
        for statement in statements:
            connection.cursor().execute(statement)
        if raises:
            raise RuntimeError("raised inside the scope")


def start(sql, stmt="stmt", db="db", **rest):
    cursors[stmt] = ran(sql, db, rest)


def step(stmt="stmt"):
    return row_reply(named(cursors, stmt).fetchone())


def finalize(stmt="stmt"):
    named(cursors, stmt).close()
    del cursors[stmt]


def drop_statement(stmt="stmt"):
    named(cursors, stmt)
    del cursors[stmt]


def collect_garbage():
    gc.collect()


# Values and functions

def carry(value, kind=None, db="db"):
    value = decode(value) if kind is None else language_value(kind, decode(value))
    cursor = named(connections, db).cursor().execute("SELECT typeof(v), v FROM (SELECT ? AS v)", [value])
    stored, back = cursor.fetchone()
    return {"row": [encode(stored), encode(type_name(type(back))), encode(back)]}


def user_function(name, does, db="db"):
    named(connections, db).createscalarfunction(name, BODIES[does], 1)


def end():
    """Ends a run: nothing of it is left for the next."""
    cursors.clear()
    for connection in connections.values():
        connection.close(True)
    connections.clear()


VERBS = {
    verb.__name__.rstrip("_"): verb
    for verb in (
        connect, close, drop_connection, busy_timeout, interrupt, exec_, query, types, query_row, execute,
        last_insert_rowid, total_changes, autocommit, scope, start, step, finalize, drop_statement, collect_garbage,
        carry, user_function, end,
    )
}


def error_of(error):
    code = getattr(error, "extendedresult", None)
    if code is not None:
        # Older versions of apsw put the name of the exception in front of what SQLite says.
        name, message = type(error).__name__ + ": ", str(error)
        return {"error": code, "message": message[len(name):] if message.startswith(name) else message}
    return {"refused": f"{type_name(type(error))}: {error}"}


serve(VERBS, {"ready": f"apsw {apsw.apswversion()}", "source_id": apsw.sqlite3_sourceid()}, error_of)
