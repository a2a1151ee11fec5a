// The driver `node`: the verbs of the table through better-sqlite3. Its addon is the second argument of this program,
// its JavaScript the first.
//
// A request is a line of JSON, `{"verb": "query", "arguments": {…}}`, and so is its reply: see ../README.md.
'use strict';

const fs = require('fs');
const Database = require(process.argv[2]);
const nativeBinding = process.argv[3];

const connections = new Map();
const statements = new Map();
const rowids = new Map();
const done = { code: 0 };

class Missing extends Error {}

function named(handles, name) {
  if (!handles.has(name)) throw new Missing(name);
  return handles.get(name);
}

// Values: [type, content], because JSON has neither 64-bit integers in every language nor bytes, NaN and infinities.

function decode(value) {
  if (value === null || value === undefined) return null;
  const [kind, content] = value;
  if (kind === 'i') {
    const number = Number(content);
    return Number.isSafeInteger(number) ? number : BigInt(content);
  }
  if (kind === 'r') return Buffer.from(content, 'hex').readDoubleBE();
  if (kind === 'b') return Buffer.from(content, 'hex');
  return content;
}

// A number that is a whole one is shown as an integer: the language has one type for both.
function encode(value) {
  if (value === null) return null;
  if (typeof value === 'bigint') return ['i', String(value)];
  if (typeof value === 'number') {
    if (Number.isInteger(value) && Math.abs(value) < 2 ** 63 && !Object.is(value, -0)) {
      return ['i', String(BigInt(value))];
    }
    const bits = Buffer.alloc(8);
    bits.writeDoubleBE(value);
    return ['r', bits.toString('hex')];
  }
  if (typeof value === 'string') return ['t', value];
  if (Buffer.isBuffer(value)) return ['b', value.toString('hex')];
  return ['t', `${typeName(value)} ${value}`];
}

function typeName(value) {
  if (value === null) return 'null';
  return typeof value === 'object' ? value.constructor.name : typeof value;
}

function bound(args) {
  if (!args.named) return (args.values || []).map(decode);
  const entries = Object.entries(args.named).map(([name, value]) => [name.replace(/^[:@$]/, ''), decode(value)]);
  return [Object.fromEntries(entries)];
}

const db = (args) => named(connections, args.db || 'db');
const stmt = (args) => named(statements, args.stmt || 'stmt');
const row = (values) => (values === undefined ? { done: 1 } : { row: values.map(encode) });

function prepared(args) {
  return db(args).prepare(args.sql);
}

function languageValue(kind, value) {
  const made = {
    date: () => new Date(value),
    datetime: () => new Date(value),
    bool: () => Boolean(value),
    big: () => BigInt(value),
    number: () => Number(value),
    undefined: () => undefined,
    list: () => [value],
    bytearray: () => new Uint8Array([Number(value)]),
    surrogate: () => '\ud800',
  };
  return made[kind]();
}

const bodies = {
  echo: (value) => value,
  type: (value) => typeName(value),
  raise: (value) => {
    throw new Error('raised by the function');
  },
  wrong_type: (value) => ({ value }),
  nan: (value) => value * NaN,
};

const verbs = {
  connect(args) {
    const settings = Object.fromEntries(Object.entries(args.settings || {}).map(([name, it]) => [name, decode(it)]));
    const { safe_integers: safe, readonly, file_must_exist: must, ...rest } = settings;
    const options = { ...rest, readonly: Boolean(readonly), fileMustExist: Boolean(must), nativeBinding };
    const connection = new Database(args.path, options);
    if (safe) connection.defaultSafeIntegers(true);
    connections.set(args.db || 'db', connection);
    return done;
  },
  close(args) {
    db(args).close();
    return done;
  },
  drop_connection(args) {
    db(args);
    connections.delete(args.db || 'db');
    return done;
  },
  exec(args) {
    db(args).exec(args.sql);
    return done;
  },
  query(args) {
    const rows = prepared(args).raw().all(...bound(args));
    return { rows: rows.map((it) => it.map(encode)) };
  },
  types(args) {
    const rows = prepared(args).raw().all(...bound(args));
    return { rows: rows.map((it) => it.map((value) => encode(typeName(value)))) };
  },
  query_row(args) {
    return row(prepared(args).raw().get(...bound(args)));
  },
  execute(args) {
    const { changes, lastInsertRowid } = prepared(args).run(...bound(args));
    rowids.set(args.db || 'db', lastInsertRowid);
    return { value: encode(changes) };
  },
  last_insert_rowid(args) {
    db(args);
    return { value: encode(rowids.get(args.db || 'db') ?? null) };
  },
  autocommit(args) {
    return { value: encode(Number(!db(args).inTransaction)) };
  },
  scope(args) {
    const connection = db(args);
    connection.transaction(() => {
      args.statements.forEach((sql) => connection.prepare(sql).run());
      if (args.raises) throw new Error('raised inside the scope');
    })();
    return done;
  },
  prepare(args) {
    statements.set(args.stmt || 'stmt', prepared(args));
    return done;
  },
  run(args) {
    return { value: encode(stmt(args).run(...bound(args)).changes) };
  },
  start(args) {
    statements.set(args.stmt || 'stmt', prepared(args).raw().iterate(...bound(args)));
    return done;
  },
  step(args) {
    return row(stmt(args).next().value);
  },
  finalize(args) {
    const it = stmt(args);
    if (!it.return) throw new TypeError('a statement of better-sqlite3 has no method that closes it');
    it.return();
    statements.delete(args.stmt || 'stmt');
    return done;
  },
  drop_statement(args) {
    stmt(args);
    statements.delete(args.stmt || 'stmt');
    return done;
  },
  async collect_garbage() {
    for (let turn = 0; turn < 2; turn += 1) {
      global.gc();
      await new Promise(setImmediate);
    }
    return done;
  },
  carry(args) {
    const value = args.kind ? languageValue(args.kind, decode(args.value)) : decode(args.value);
    const [stored, back] = db(args).prepare('SELECT typeof(v), v FROM (SELECT ? AS v)').raw().get(value);
    return { row: [encode(stored), encode(typeName(back)), encode(back)] };
  },
  user_function(args) {
    db(args).function(args.name, bodies[args.does]);
    return done;
  },
  // Ends a run: nothing of it is left for the next.
  async end() {
    statements.forEach((it) => it.return && it.return());
    statements.clear();
    connections.forEach((it) => it.close());
    connections.clear();
    rowids.clear();
    return done;
  },
};

async function replyTo(request) {
  try {
    return await verbs[request.verb](request.arguments);
  } catch (error) {
    if (error instanceof Missing) return { no_handle: error.message };
    if (/^SQLITE_/.test(error.code)) return { error: error.code.replace(/^SQLITE_/, ''), message: error.message };
    return { refused: `${error.name}: ${error.message}` };
  }
}

// Lines of standard input, waited for without the event loop: nothing else happens meanwhile.
function* lines() {
  const chunk = Buffer.alloc(1 << 16);
  let begun = '';
  for (;;) {
    const length = fs.readSync(0, chunk);
    if (length === 0) return;
    begun += chunk.toString('latin1', 0, length);
    const whole = begun.split('\n');
    begun = whole.pop();
    yield* whole.map((line) => Buffer.from(line, 'latin1').toString());
  }
}

function say(reply) {
  const bytes = Buffer.from(`${JSON.stringify(reply)}\n`);
  for (let written = 0; written < bytes.length;) written += fs.writeSync(1, bytes, written);
}

async function main() {
  const first = new Database(':memory:', { nativeBinding });
  const sourceId = first.prepare('SELECT sqlite_source_id()').pluck().get();
  first.close();
  say({ ready: `node ${process.versions.node}`, source_id: sourceId });
  let failed = false;
  for (const line of lines()) {
    const request = JSON.parse(line);
    const stays = failed && request.after_success;
    const reply = stays ? { refused: 'after a failure' } : await replyTo(request);
    failed = 'error' in reply || 'refused' in reply || 'no_handle' in reply;
    say(reply);
  }
}

main();
