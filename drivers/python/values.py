"""What the programs `python` and `apsw` share: values, replies and the loop that answers requests.

A request is a line of JSON, `{"verb": "query", "arguments": {…}}`, and so is its reply: see ../README.md.
"""

import datetime
import gc
import json
import struct
import sys


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


# Functions

def raising(*values):
    raise ValueError("raised by the function")


BODIES = {
    "echo": lambda value: value,
    "type": lambda value: type_name(type(value)),
    "raise": raising,
    "wrong_type": lambda value: object(),
    "nan": lambda value: float("nan"),
}


# Requests

FAILURES = {"error", "refused", "no_handle"}


def reply_to(verbs, request, error_of):
    try:
        return verbs[request["verb"]](**request["arguments"]) or {"code": 0}
    except Missing as missing:
        return {"no_handle": str(missing)}
    except MemoryError:
        return {"error": "NOMEM"}
    except Exception as error:  # whatever the module raises is an outcome
        return error_of(error)


def serve(verbs, ready, error_of):
    """Answers requests by these verbs until there are no more."""
    output, sys.stdout = sys.stdout, sys.stderr
    sys.unraisablehook = lambda _: None
    gc.collect()
    print(json.dumps(ready), file=output, flush=True)
    failed = False
    for line in sys.stdin:
        request = json.loads(line)
        if failed and request.get("after_success"):
            reply = {"refused": "after a failure"}
        else:
            reply = reply_to(verbs, request, error_of)
        failed = not FAILURES.isdisjoint(reply)
        output.write(json.dumps(reply) + "\n")
        output.flush()
