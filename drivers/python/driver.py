"""The driver `python`: the verbs of the table through the standard module sqlite3.

A request is a line of JSON, `{"verb": "query", "arguments": {…}}`, and so is its reply: see ../README.md.
"""

import gc
import sqlite3
import sys

from values import BODIES, bound, decode, encode, language_value, named, raising, row_reply, rows_reply, serve, type_name

connections = {}
cursors = {}
last_rowids = {}
converters = dict(sqlite3.converters)


# Connections

def connect(path, db="db", settings=None):
    settings = {name: decode(value) for name, value in (settings or {}).items()}
    for name in ("uri", "check_same_thread"):
        if name in settings:
            settings[name] = bool(settings[name])
    if isinstance(settings.get("detect_types"), str):
        names = {"decltypes": sqlite3.PARSE_DECLTYPES, "colnames": sqlite3.PARSE_COLNAMES}
        settings["detect_types"] = sum(names[name] for name in settings["detect_types"].split("+"))
    factory = {"bytes": bytes, "str": str}[settings.pop("text_factory", "str")]
    connections[db] = sqlite3.connect(path, **settings)
    connections[db].text_factory = factory


def close(db="db"):
    named(connections, db).close()


def drop_connection(db="db"):
    named(connections, db)
    del connections[db]


def busy_timeout(ms, db="db"):
    named(connections, db).execute(f"PRAGMA busy_timeout = {ms}").close()


def interrupt(db="db"):
    named(connections, db).interrupt()


def exec_(sql, db="db"):
    named(connections, db).executescript(sql).close()


def query(sql, db="db", **rest):
    return rows_reply(named(connections, db).execute(sql, bound(rest)).fetchall())


def types(sql, db="db", **rest):
    rows = named(connections, db).execute(sql, bound(rest)).fetchall()
    return rows_reply([[type_name(type(value)) for value in row] for row in rows])


def query_row(sql, db="db", **rest):
    return row_reply(named(connections, db).execute(sql, bound(rest)).fetchone())


def execute(sql, db="db", **rest):
    cursor = named(connections, db).execute(sql, bound(rest))
    last_rowids[db] = cursor.lastrowid
    return {"value": encode(cursor.rowcount)}


def execute_many(sql, rows, db="db"):
    cursor = named(connections, db).executemany(sql, [[decode(value) for value in row] for row in rows])
    return {"value": encode(cursor.rowcount)}


def last_insert_rowid(db="db"):
    named(connections, db)
    return {"value": encode(last_rowids.get(db))}


def total_changes(db="db"):
    return {"value": encode(named(connections, db).total_changes)}


def autocommit(db="db"):
    return {"value": encode(int(not named(connections, db).in_transaction))}


def commit_connection(db="db"):
    named(connections, db).commit()


def rollback_connection(db="db"):
    named(connections, db).rollback()


def isolation_level(level, db="db"):
    connection = named(connections, db)
    connection.isolation_level = decode(level)
    return {"value": encode(connection.isolation_level)}


def scope(statements, raises=False, db="db"):
    with named(connections, db) as connection:
        for statement in statements:
            connection.execute(statement)
        if raises:
            raise RuntimeError("raised inside the scope")


def start(sql, stmt="stmt", db="db", **rest):
    cursors[stmt] = named(connections, db).execute(sql, bound(rest))


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
    cursor = named(connections, db).execute("SELECT typeof(v), v FROM (SELECT ? AS v)", [value])
    stored, back = cursor.fetchone()
    return {"row": [encode(stored), encode(type_name(type(back))), encode(back)]}


def user_function(name, does, db="db"):
    named(connections, db).create_function(name, 1, BODIES[does])


def raising_callback(hook, db="db"):
    connection = named(connections, db)
    if hook == "progress":
        connection.set_progress_handler(raising, 1)
    elif hook == "authorizer":
        connection.set_authorizer(raising)
    else:
        connection.set_trace_callback(raising)


def converter(name, does):
    body = {"upper": lambda value: value.decode().upper(), "raise": raising}[does]
    sqlite3.register_converter(name, body)


def end():
    """Ends a run: nothing of it is left for the next."""
    cursors.clear()
    for connection in connections.values():
        connection.close()
    connections.clear()
    last_rowids.clear()
    sqlite3.converters.clear()
    sqlite3.converters.update(converters)


VERBS = {
    verb.__name__.rstrip("_"): verb
    for verb in (
        connect, close, drop_connection, busy_timeout, interrupt, exec_, query, types, query_row, execute,
        execute_many, last_insert_rowid, total_changes, autocommit, commit_connection, rollback_connection,
        isolation_level, scope, start, step, finalize, drop_statement, collect_garbage, carry, user_function,
        raising_callback, converter, end,
    )
}


def error_of(error):
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return {"error": code, "message": str(error)}
    name = type_name(type(error))
    return {"refused": f"{name[8:] if name.startswith('sqlite3.') else name}: {error}"}


def ready():
    source_id = sqlite3.connect(":memory:").execute("SELECT sqlite_source_id()").fetchone()[0]
    return {"ready": "python %d.%d.%d" % sys.version_info[:3], "source_id": source_id}


serve(VERBS, ready(), error_of)
