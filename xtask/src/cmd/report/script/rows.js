// Which rows and columns a view has.

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
  const found = advisories.filter(isMeant).map(row);
  return found.length ? [total, ...found] : [];
}

function contractRows(view, contract, words, columns) {
  const has = (text) => (word) => text.toLowerCase().includes(word);
  const isNamed = words.every(has(`${contract.id} ${contract.title}`));
  const isMeant = (row) => isNamed || words.every((word) => mentions(row, word));
  const kept = contract.cases.filter(isMeant).filter((row) => !view.drift || isOfInterest(view, row, columns));
  if (!kept.length) return [];
  const open = isUnfolded(view, contract) || !isNamed;
  const row = { kind: "contract", name: contract.short, item: contract, open };
  if (!open) return [row];
  return [row, ...kept.map((item) => ({ kind: "case", name: item.name, item }))];
}

// Whether a word is in the name of a case, its contract's, or anything that it said anywhere.
function mentions(row, word) {
  row.words ??= [row.id, row.contract.title, ...row.lines.map((_, at) => lineAt(row, at).text)].join("\n").toLowerCase();
  return row.words.includes(word);
}

function isOfInterest(view, row, columns) {
  if (view.pair) return differs(row, view.pair);
  if (view.view === "since") return behaviours(row, columns).length > 1;
  return columns.some((build) => standsOut(row.signs[build]));
}

// Whether two builds did not do the same. Where nothing is known there is nothing to tell.
function differs(row, [a, b]) {
  return row.known[a] > 0 && row.known[b] > 0 && row.said[a] !== row.said[b];
}

// The builds across. In the second view the versions of the ladder, then the profiles of the newest version.
function columnsOf(view) {
  if (view.pair) return view.pair;
  if (view.view === "since") return [...ladder, ...ofNewest];
  const chosen = choices.find(({ value }) => value === view.builds)?.builds() ?? allBuilds;
  const opened = buildAt.get(view.open.split("@")[1]);
  // What the panel shows has a cell in the table.
  if (opened === undefined || chosen.includes(opened)) return chosen;
  return [...chosen, opened].sort((a, b) => a - b);
}

// What may be chosen to stand across.
const choices = [
  { value: "all", label: `all ${builds.length} builds`, builds: () => allBuilds },
  { value: "core", label: "core builds", builds: () => indices(({ tier }) => tier === "core") },
  { value: "ladder", label: `versions of ${usual}`, builds: () => ladder },
  { value: "newest", label: `profiles of ${newest}`, builds: () => indices(({ version }) => version === newest) },
  { value: "differ", label: "builds that differ", builds: () => differing() },
  ...(sheet.ran ? [{ value: "ran", label: "builds of the last run", builds: () => ranBuilds() }] : []),
];

// Those that differ where all builds are shown.
const differing = once(() => allBuilds.filter((build) => changesAt(build).length || cases.some((row) => standsOut(row.known[build]))));
const ranBuilds = once(() => allBuilds.filter((build) => cases.some((row) => row.ran[build])));

function once(make) {
  let made;
  return () => (made ??= make());
}

const casesOf = ({ kind, item }) =>
  kind === "case" ? [item] : kind === "contract" ? item.cases : item.contracts.flatMap((contract) => contract.cases);
