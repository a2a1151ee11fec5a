// What a case on a build is compared with, and the signs that follow from it.

// The builds whose behaviour a build may inherit, nearest first: its ancestors, then the older builds of its profile.
const forebears = memory((build) => {
  const found = [];
  for (let above = builds[build].parent; above !== null; above = builds[above].parent) found.push(above);
  return [...found, ...builds[build].older];
});

function memory(make) {
  const made = new Map();
  return (key) => {
    if (!made.has(key)) made.set(key, make(key));
    return made.get(key);
  };
}

// A way to compare: `compared` are the builds that the table shows.
function comparison(compared) {
  const shown = new Set(compared);
  return { shown, above: memory((build) => forebears(build).filter((above) => shown.has(above))) };
}

// Every build beside the nearest one before it.
const everywhere = comparison(allBuilds);
let current = everywhere;
let isCompared = false;

// The nearest build before one that is shown and did anything. What was run is compared with what was run, what is on
// record with what is on record.
function before(row, build, { shown, above } = current) {
  const found = nearestOf(row, build, above(build));
  if (found) return found;
  // Without such a build a difference on record is one from the parent.
  return row.drifts.includes(build) && shown.size < builds.length ? nearestOf(row, build, forebears(build)) : null;
}

function nearestOf(row, build, above) {
  for (const other of above) {
    const text = comparable(row, build, other);
    if (text !== NOTHING) return { build: other, text };
  }
  return null;
}

function comparable(row, build, above) {
  if (!row.ran[build] || !row.ran[above]) return recordOf(row, above);
  return row.known[above] === BROKEN ? NOTHING : row.said[above];
}

function differsFromBefore(row, build, how = current) {
  const above = before(row, build, how);
  return above ? above.text !== row.said[build] : row.drifts.includes(build);
}

// The build from which a case that does the same as the nearest shown build differs, though it lies between the two:
// the case changed there, and changed back.
function changedBetween(row, build) {
  if (row.texts.length < 2 || row.signs[build] !== HOLDS) return null;
  const above = before(row, build);
  if (!above) return null;
  const between = forebears(build).slice(0, forebears(build).indexOf(above.build));
  const differs = (other) => ![NOTHING, row.said[build]].includes(comparable(row, build, other));
  return between.find(differs) ?? null;
}

function signsOf(row, how) {
  // Most cases do the same everywhere.
  if (row.texts.length < 2 && !row.drifts.length) return row.known;
  const found = row.known.slice();
  for (let build = 0; build < found.length; build++) {
    if (found[build] === HOLDS && differsFromBefore(row, build, how)) found[build] = ON_RECORD;
  }
  return found;
}

// The signs of every row where these builds are shown: of cases each its own, of others the worst and how many of their
// cases stand out.
function compare(columns) {
  const isSame = current.shown.size === columns.length && columns.every((build) => current.shown.has(build));
  if (isSame && isCompared) return;
  isCompared = true;
  current = columns.length === builds.length ? everywhere : comparison(columns);
  for (const row of cases) row.signs = signsOf(row, current);
  for (const contract of contracts) sumUp(contract, contract.cases);
  for (const area of areas) sumUp(area, area.contracts);
  current.counts = new Uint32Array(signs.length);
  current.differences = new Uint32Array(builds.length);
  let ran = 0;
  for (const row of cases) {
    for (const build of columns) {
      current.counts[row.signs[build]]++;
      current.differences[build] += Number(isDifference(row.signs[build]));
      ran += row.ran[build];
    }
  }
  current.mostlyRan = ran * 2 > cases.length * columns.length;
}

function sumUp(whole, parts) {
  whole.signs = new Uint8Array(builds.length);
  whole.counts = new Uint16Array(builds.length);
  for (const part of parts) {
    for (let build = 0; build < whole.signs.length; build++) {
      const rank = part.signs[build];
      if (rank > whole.signs[build]) whole.signs[build] = rank;
      whole.counts[build] += part.counts ? part.counts[build] : Number(standsOut(rank));
    }
  }
}

const casesAt = (build) => current.differences[build];

// The cases that changed at each build, beside the nearest build before it, whatever the table shows.
const changesAt = memory((build) => {
  const isChange = (row) => row.said[build] !== NOTHING && differsFromBefore(row, build, everywhere);
  return cases.filter((row) => (row.texts.length > 1 || row.drifts.length) && isChange(row));
});

// The cases that a build can run and the one before it could not.
function newlyRun(build) {
  const parent = builds[build].parent;
  if (parent === null) return [];
  const isUnsupported = (row, at) => signs[row.known[at]].standing === "unsupported";
  return cases.filter((row) => isUnsupported(row, parent) && row.said[build] !== NOTHING);
}
