// The data of the page, and what follows from it.

const sheet = JSON.parse(document.getElementById("data").textContent);
const { builds, contracts, reasons, advisories } = sheet;

const UNKNOWN = { sign: " ", standing: "unknown", meaning: "neither run nor on record" };
const signs = [UNKNOWN, ...sheet.signs];
const ranks = new Map(signs.map(({ sign }, rank) => [sign, rank]));
const HOLDS = signs.findIndex(({ standing }) => standing === "holds");
const signOf = (wanted) => signs.find(({ standing }) => standing === wanted)?.sign;
const [holds, onRecord, broken] = ["holds", "on-record", "broken"].map(signOf);

// What a sign says: its standing and meaning.
const meaningOf = (sign) => signs[ranks.get(sign)];
// Whether a cell shows more than that nothing happened.
const standsOut = (sign) => ranks.get(sign) > HOLDS;
const worst = (list) => list.reduce((a, b) => (ranks.get(b) > ranks.get(a) ? b : a), " ");

const buildAt = new Map(builds.map(({ name }, at) => [name, at]));

// The profile that most builds have goes without saying; its builds are the ladder.
const usual = mostFrequent(builds.map(({ profile }) => profile));
const versions = [...new Set(builds.map(({ version }) => version).filter(Boolean))];
const newest = versions.at(-1);
const ladder = indices(({ profile, version }) => profile === usual && version);
const ofNewest = indices(({ profile, version }) => version === newest && profile !== usual);

// Areas with their contracts, contracts with their cases.
const areas = [];
for (const contract of contracts) {
  const name = contract.id.includes("/") ? contract.id.split("/")[0] : "";
  contract.area = name;
  contract.short = contract.id.slice(name ? name.length + 1 : 0);
  for (const row of contract.cases) {
    row.contract = contract;
    row.id = `${contract.id}/${row.name}`;
    row.ran = new Set(row.ran);
    row.known = [...row.signs];
    row.texts = row.texts.map((lines) => lines.map(lineOf));
  }
  if (areas.at(-1)?.name !== name) areas.push({ name, contracts: [] });
  areas.at(-1).contracts.push(contract);
}
const cases = contracts.flatMap((contract) => contract.cases);
const caseAt = new Map(cases.map((row) => [row.id, row]));
for (const advisory of advisories) advisory.id = `advisory:${advisory.id}`;
const advisoryAt = new Map(advisories.map((advisory) => [advisory.id, advisory]));
const defectsOf = (build) => advisories.filter(({ has }) => has[build] === "1");
const contractAt = new Map(contracts.map((contract) => [contract.id, contract]));

// A line of a transcript, of its three parts: the step, what is between, and the outcome.
function lineOf([step, between, outcome]) {
  return { text: step + between + outcome, step, outcome };
}

function indices(condition) {
  return builds.flatMap((build, at) => (condition(build) ? [at] : []));
}

function mostFrequent(words) {
  const counts = new Map();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

// The number of the text that is on record for a case on a build, or null.
const recordOf = (row, build) => (build in row.record ? row.record[build] : row.said[build]);

// The builds that are compared: those that the table shows.
let compared = new Set();

// What a case on a build is compared with: the nearest build above it that is shown and did anything. What was run is
// compared with what was run, what is on record with what is on record.
function before(row, build) {
  const ran = row.ran.has(build);
  const text = (above) => {
    if (ran && row.ran.has(above)) return row.known[above] === broken ? null : row.said[above];
    return recordOf(row, above);
  };
  const nearest = (isMeant) => {
    for (let above = builds[build].parent; above !== null; above = builds[above].parent) {
      if (isMeant(above) && text(above) !== null) return { build: above, text: text(above) };
    }
    return null;
  };
  // Without such a build a difference on record is one from the parent.
  return nearest((above) => compared.has(above)) ?? (row.drifts.includes(build) ? nearest(() => true) : null);
}

function differsFromBefore(row, build) {
  const above = before(row, build);
  return above ? above.text !== row.said[build] : row.drifts.includes(build);
}

// The signs of every row where these builds are shown: each its worst, one a build.
function compare(columns) {
  if (compared.size === columns.length && columns.every((build) => compared.has(build))) return;
  compared = new Set(columns);
  const sign = (row, known, build) => (known === holds && differsFromBefore(row, build) ? onRecord : known);
  for (const row of cases) row.signs = row.known.map((known, build) => sign(row, known, build));
  for (const contract of contracts) contract.signs = worstOf(contract.cases);
  for (const area of areas) area.signs = worstOf(area.contracts);
}

const worstOf = (rows) => builds.map((_, at) => worst(rows.map(({ signs }) => signs[at])));

// The contract's causes of a difference between two builds, a text each with its keys. Those that no drift on record of
// the case needs are of other cases, unless none is left.
function causesBetween(row, a, b) {
  const covered = row.causes.filter(([key]) => liesBetween(key, a, b));
  const needed = covered.filter(([, , isNeeded]) => isNeeded);
  const keys = new Map();
  for (const [key, text] of needed.length ? needed : covered) {
    keys.set(text, [...(keys.get(text) ?? []), sheet.keys[key]]);
  }
  return [...keys].map(([text, of]) => `because (${of.join(", ")}): ${reasons[text]}`);
}

function liesBetween(key, a, b) {
  const [low, high] = [sheet.reached[a], sheet.reached[b]].sort((one, other) => one - other);
  if (low !== null && high !== null && low <= key && key < high) return true;
  return a !== b && sheet.named[Math.max(a, b)][Math.min(a, b)].includes(key);
}

// The behaviours of a case on some builds, in the order in which they appear: the number of each one's text.
function behaviours(row, columns) {
  return [...new Set(columns.map((build) => row.said[build]))].filter((text) => text !== null);
}

// The stretches of a case along the ladder: builds next to each other that did the same.
function stretches(row, columns) {
  const found = [];
  for (const build of columns) {
    const text = row.said[build];
    if (found.length && found.at(-1).text === text) found.at(-1).builds.push(build);
    else found.push({ text, builds: [build] });
  }
  return found;
}

const letter = (at) => (at < 26 ? String.fromCharCode(65 + at) : `A${at - 25}`);
