"""The driver `python`: the verbs of the table through the standard module sqlite3.

A request is a line of JSON, `{"verb": "query", "arguments": {…}}`, and so is its reply: see ../README.md.
"""

import datetime
import gc
import json
import sqlite3
import struct
import sys

connections = {}
cursors = {}
last_rowids = {}
converters = dict(sqlite3.converters)


class Missing(Exception):
    """A name that stands for no handle."""


def named(handles, name):
    if name not in handles:
        raise Missing(name)
    return handles[name]


# Values: [type, content], because JSON has neither 64-bit integers in every language nor bytes, NaN and infinities.

def decode(value):
    if value is None:
        return None
    kind, content = value
    return {
        "i": int,
        "r": lambda bits: struct.unpack(">d", bytes.fromhex(bits))[0],
        "t": str,
        "b": bytes.fromhex,
    }[kind](content)


def encode(value):
    if value is None:
        return None
    kind = type(value)
    if kind is int:
        return ["i", str(value)]
    if kind is float:
        return ["r", struct.pack(">d", value).hex()]
    if kind is str:
        return ["t", value]
    if kind is bytes:
        return ["b", value.hex()]
    return ["t", f"{type_name(kind)} {value}"]


def type_name(kind):
    module = "" if kind.__module__ == "builtins" else kind.__module__ + "."
    return module + kind.__qualname__


def bound(arguments):
    if "named" in arguments:
        return {name.lstrip(":@$"): decode(value) for name, value in arguments["named"].items()}
    return [decode(value) for value in arguments.get("values", [])]


def row_reply(row):
    return {"done": 1} if row is None else {"row": [encode(value) for value in row]}


def rows_reply(rows):
    return {"rows": [[encode(value) for value in row] for row in rows]}


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


# Values of the language, and functions

def language_value(kind, value):
    if kind == "decimal":
        import decimal  # it takes a while, and one case needs it

        return decimal.Decimal(value)
    return {
        "date": lambda: datetime.date.fromisoformat(value),
        "datetime": lambda: datetime.datetime.fromisoformat(value),
        "bool": lambda: bool(value),
        "big": lambda: int(value),
        "number": lambda: float(value),
        "bytearray": lambda: bytearray(value),
        "list": lambda: [value],
        "surrogate": lambda: "\ud800",
    }[kind]()


def carry(value, kind=None, db="db"):
    value = decode(value) if kind is None else language_value(kind, decode(value))
    cursor = named(connections, db).execute("SELECT typeof(v), v FROM (SELECT ? AS v)", [value])
    stored, back = cursor.fetchone()
    return {"row": [encode(stored), encode(type_name(type(back))), encode(back)]}


def raising(*values):
    raise ValueError("raised by the function")


def user_function(name, does, db="db"):
    body = {
        "echo": lambda value: value,
        "type": lambda value: type_name(type(value)),
        "raise": raising,
        "wrong_type": lambda value: object(),
        "nan": lambda value: float("nan"),
    }[does]
    named(connections, db).create_function(name, 1, body)


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


def reply_to(request):
    try:
        return VERBS[request["verb"]](**request["arguments"]) or {"code": 0}
    except Missing as missing:
        return {"no_handle": str(missing)}
    except MemoryError:
        return {"error": "NOMEM"}
    except Exception as error:  # whatever the module raises is an outcome
        code = getattr(error, "sqlite_errorcode", None)
        if code is not None:
            return {"error": code, "message": str(error)}
        return {"refused": f"{type_name(type(error)).removeprefix('sqlite3.')}: {error}"}


def main():
    output, sys.stdout = sys.stdout, sys.stderr
    sys.unraisablehook = lambda _: None
    source_id = sqlite3.connect(":memory:").execute("SELECT sqlite_source_id()").fetchone()[0]
    ready = {"ready": "python %d.%d.%d" % sys.version_info[:3], "source_id": source_id}
    gc.collect()
    print(json.dumps(ready), file=output, flush=True)
    for line in sys.stdin:
        reply = json.dumps(reply_to(json.loads(line)))
        output.write(reply + "\n")
        output.flush()


main()
