// Which rows and columns a view has, and what their cells say.

// The rows of a view in order: areas, their contracts, and the cases of those that are unfolded.
function rowsOf(view, columns) {
  const words = view.q.toLowerCase().split(/\s+/).filter(Boolean);
  if (view.view === "advisories") return advisoryRows(words);
  const rows = [];
  for (const area of areas) {
    if (view.area && area.name !== view.area) continue;
    const below = area.contracts.flatMap((contract) => contractRows(view, contract, words, columns));
    if (!below.length) continue;
    const folded = listed(view.fold).includes(area.name);
    rows.push({ kind: "area", name: area.name || "contracts", item: area, open: !folded });
    if (!folded) rows.push(...below);
  }
  return rows;
}

// How many known defects each build has, then these.
function advisoryRows(words) {
  const isMeant = ({ id, title, effect, cve }) => {
    const text = [id, title, effect, ...cve].join("\n").toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const row = (item) => ({ kind: "advisory", name: item.title, item });
  const total = { kind: "area total", name: "known defects, as published", item: { id: "" } };
  return [total, ...advisories.filter(isMeant).map(row)];
}

function contractRows(view, contract, words, columns) {
  const has = (text) => (word) => text.toLowerCase().includes(word);
  const isNamed = words.every(has(`${contract.id} ${contract.title}`));
  const isMeant = (row) => isNamed || words.every((word) => mentions(row, word));
  const kept = contract.cases.filter(isMeant).filter((row) => !view.drift || isOfInterest(view, row, columns));
  if (!kept.length) return [];
  const open = isUnfolded(view, contract) || !isNamed;
  const row = { kind: "contract", name: contract.short, item: contract, open };
  const below = kept.map((item) => ({ kind: "case", name: item.name, item }));
  return open ? [row, ...below] : [row];
}

// Whether a word is in the name of a case, its contract's, or anything that it said anywhere.
function mentions(row, word) {
  row.words ??= [row.id, row.contract.title, ...row.texts.flat().map(({ text }) => text)].join("\n").toLowerCase();
  return row.words.includes(word);
}

function isOfInterest(view, row, columns) {
  if (view.pair) return differs(row, view.pair);
  if (view.view === "since") return behaviours(row, columns).length > 1;
  return columns.some((build) => standsOut(row.signs[build]));
}

// Whether two builds did not do the same. Where nothing is known there is nothing to tell.
function differs(row, [a, b]) {
  if (row.signs[a] === UNKNOWN.sign || row.signs[b] === UNKNOWN.sign) return false;
  return row.said[a] !== row.said[b];
}

// The first line in which two builds differ, as each of them has it: what came of it, then the step.
function firstDifference(row, pair) {
  const [before, after] = pair.map((build) => (row.said[build] === null ? [] : row.texts[row.said[build]]));
  const lines = difference(before, after);
  const first = lines.findIndex(({ sign }) => sign !== " ");
  if (first < 0) return [null, null];
  const next = lines.slice(first).findIndex(({ sign }) => sign === " ");
  const near = lines.slice(first, next < 0 ? undefined : first + next);
  return ["-", "+"].map((wanted) => near.find(({ sign }) => sign === wanted)?.line ?? null);
}

// The builds across. In the second view the versions of the ladder, then the profiles of the newest version.
function columnsOf(view) {
  if (view.pair) return view.pair;
  if (view.view === "since") return [...ladder, ...ofNewest];
  return choices.find(({ value }) => value === view.builds)?.builds() ?? builds.map((_, at) => at);
}

// What may be chosen to stand across.
const choices = [
  { value: "all", label: "all builds", builds: () => builds.map((_, at) => at) },
  { value: "core", label: "core builds", builds: () => indices(({ tier }) => tier === "core") },
  { value: "ladder", label: `versions of ${usual}`, builds: () => ladder },
  { value: "newest", label: `profiles of ${newest}`, builds: () => indices(({ version }) => version === newest) },
  { value: "differ", label: "builds that differ", builds: () => differing() },
  ...(sheet.ran ? [{ value: "ran", label: "builds of the last run", builds: () => ranBuilds() }] : []),
];

// Those that differ where all builds are shown.
let differ;
function differing() {
  if (!differ) {
    compare(builds.map((_, at) => at));
    differ = builds.flatMap((_, at) => (areas.some(({ signs }) => standsOut(signs[at])) ? [at] : []));
  }
  return differ;
}
const ranBuilds = () => builds.flatMap((_, at) => (cases.some((row) => row.ran.has(at)) ? [at] : []));

const casesOf = ({ kind, item }) =>
  kind === "case" ? [item] : kind === "contract" ? item.cases : item.contracts.flatMap((contract) => contract.cases);

// What a cell shows: its text, its class, and words for those who do not see it.
function cellOf(view, row, columns, at) {
  const build = columns[at];
  if (view.view === "since") return sinceCell(row, columns, at);
  if (view.view === "advisories") return advisoryCell(row, build);
  const { standing, meaning } = meaningOf(row.item.signs[build]);
  const line = view.pair && row.kind === "case" ? firstDifference(row.item, view.pair)[at] : null;
  const recorded = sheet.ran && !casesOf(row).some((item) => item.ran.has(build));
  return {
    text: row.item.signs[build],
    line,
    class: `is-${standing}${recorded ? " recorded" : ""}`,
    words: `${builds[build].name}: ${meaning}${recorded ? ", not run" : ""}`,
  };
}

// Whether the release of a build has a defect; above them how many it has.
function advisoryCell(row, build) {
  const { name } = builds[build];
  if (row.kind !== "advisory") {
    const count = defectsOf(build).length;
    return { text: count, class: "count", words: `${name}: ${count} known defects` };
  }
  const [text, kind, words] = PUBLISHED[row.item.has[build]];
  return { text, class: `is-${kind}`, words: `${name}: ${words}` };
}

const PUBLISHED = {
  1: ["✗", "defect", "its release has the defect"],
  0: ["·", "sound", "its release does not have the defect"],
  " ": ["?", "unknown", "its release is not known"],
};

// A case: which behaviour, by letter. A contract: how many of its cases changed there.
function sinceCell(row, columns, at) {
  const build = columns[at];
  const isProfile = at >= ladder.length;
  const previous = isProfile ? ladder.at(-1) : columns[at - 1];
  const start = at === ladder.length ? " gap" : "";
  if (row.kind !== "case") {
    const count = previous === undefined ? 0 : casesOf(row).filter((item) => changed(item, previous, build)).length;
    const words = `${builds[build].name}: ${count} of its cases differ from ${builds[previous ?? build].name}`;
    return { text: count || "", class: `count${start}`, words };
  }
  const said = row.item.said[build];
  if (said === null) {
    const { standing, meaning, sign } = meaningOf(row.item.signs[build]);
    return { text: sign, class: `is-${standing}${start}`, words: `${builds[build].name}: ${meaning}` };
  }
  const order = behaviours(row.item, columns).indexOf(said);
  const follows = !isProfile && at > 0 && row.item.said[previous] === said;
  return {
    text: follows ? "" : letter(order),
    class: `behaviour b${order % 8}${follows ? " follows-on" : ""}${start}`,
    words: `${builds[build].name}: behaviour ${letter(order)}`,
  };
}

const changed = (row, a, b) => row.said[a] !== null && row.said[b] !== null && row.said[a] !== row.said[b];

// Since when and until when a case does what, in words.
function inWords(row) {
  const order = behaviours(row, [...ladder, ...ofNewest]);
  const version = (build) => builds[build].version;
  const parts = stretches(row, ladder).filter(({ text }) => text !== null);
  return parts.map(({ text, builds: [...of] }) => {
    const name = letter(order.indexOf(text));
    const [first, last] = [of[0], of.at(-1)];
    const [isFirst, isLast] = [first === ladder[0], last === ladder.at(-1)];
    if (isFirst && isLast) return `${name} always`;
    if (isFirst) return `${name} to ${version(last)}`;
    if (isLast) return `${name} from ${version(first)}`;
    return first === last ? `${name} ${version(first)}` : `${name} ${version(first)}–${version(last)}`;
  });
}
