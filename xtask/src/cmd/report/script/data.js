// The data of the page. What rows say of builds comes in runs, these and lines of transcripts by number.

const sheet = JSON.parse(document.getElementById("data").textContent);
const { builds, contracts, reasons, advisories, profiles } = sheet;

const UNKNOWN = { sign: " ", standing: "unknown", meaning: "neither run nor on record" };
// Worse ones last: a sign is known by its rank.
const signs = [UNKNOWN, ...sheet.signs];
const ranks = new Map(signs.map(({ sign }, rank) => [sign, rank]));
const rankOf = (wanted) => signs.findIndex(({ standing }) => standing === wanted);
const [HOLDS, ON_RECORD, NEW, BROKEN] = ["holds", "on-record", "new", "broken"].map(rankOf);

// Whether a cell shows more than that nothing happened.
const standsOut = (rank) => rank > HOLDS;
// What is new is compared with nothing.
const isDifference = (rank) => standsOut(rank) && rank !== NEW;

const buildAt = new Map(builds.map(({ name }, at) => [name, at]));
const allBuilds = builds.map((_, at) => at);

// The profile that most builds have goes without saying; its builds are the ladder.
const usual = mostFrequent(builds.map(({ profile }) => profile));
const versions = [...new Set(builds.map(({ version }) => version).filter(Boolean))];
const newest = versions.at(-1);
const ladder = indices(({ profile, version }) => profile === usual && version);
const ofNewest = indices(({ profile, version }) => version === newest && profile !== usual);

// The number of a text where there is none.
const NOTHING = -1;

// What rows say of each build. Many say the same, so they share it, and none changes it.
const patterns = {
  said: sheet.patterns.said.map((runs) => spread(runs, new Int16Array(builds.length), numberOrNothing)),
  reasons: sheet.patterns.reasons.map((runs) => spread(runs, new Int32Array(builds.length), numberOrNothing)),
  signs: sheet.patterns.signs.map((runs) => spread(runs, new Uint8Array(builds.length), (sign) => ranks.get(sign))),
  ran: sheet.patterns.ran.map((runs) => spread(runs, new Uint8Array(builds.length), Number)),
};

// Areas with their contracts, contracts with their cases.
const areas = [];
for (const contract of contracts) {
  const name = contract.id.includes("/") ? contract.id.split("/")[0] : "";
  contract.area = name;
  contract.short = contract.id.slice(name ? name.length + 1 : 0);
  for (const row of contract.cases) {
    row.contract = contract;
    row.id = `${contract.id}/${row.name}`;
    row.said = patterns.said[row.said];
    row.reasons = patterns.reasons[row.reasons];
    row.known = patterns.signs[row.signs];
    row.ran = patterns.ran[row.ran];
  }
  if (areas.at(-1)?.name !== name) areas.push({ name, id: name, contracts: [] });
  areas.at(-1).contracts.push(contract);
}
const cases = contracts.flatMap((contract) => contract.cases);
const caseAt = new Map(cases.map((row) => [row.id, row]));
const contractAt = new Map(contracts.map((contract) => [contract.id, contract]));
for (const advisory of advisories) advisory.id = `advisory:${advisory.id}`;
const advisoryAt = new Map(advisories.map((advisory) => [advisory.id, advisory]));
const defectsOf = (build) => advisories.filter(({ has }) => has[build] === "1");

function spread(runs, values, decoded) {
  let at = 0;
  for (const [value, count] of runs) values.fill(decoded(value), at, (at += count));
  return values;
}

function numberOrNothing(value) {
  return value ?? NOTHING;
}

function indices(condition) {
  return builds.flatMap((build, at) => (condition(build) ? [at] : []));
}

function mostFrequent(words) {
  const counts = new Map();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

// A build's name as it stands over a column: what goes without saying is left out.
function shortName(build) {
  const { name, version, profile } = builds[build];
  return !version ? name : profile === usual ? version : `${version} ${profile}`;
}

// The number of the text that is on record for a case on a build.
const recordOf = (row, build) => (build in row.record ? (row.record[build] ?? NOTHING) : row.said[build]);

const reasonOf = (row, build) => reasons[row.reasons[build]];

// The lines of a text of a case, or none.
function linesOf(row, text) {
  return text === NOTHING ? [] : row.texts[text].map((at) => lineAt(row, at));
}

// A line is made of its three parts when it is first needed: the step, what is between, and the outcome.
function lineAt(row, at) {
  const line = row.lines[at];
  if (Array.isArray(line)) row.lines[at] = lineOf(line);
  return row.lines[at];
}

const ROWS_FOLLOW = " →";

function lineOf([step, between, outcome]) {
  const text = step + between + outcome;
  // A query of several rows, and each of the rows.
  if (!between && outcome.endsWith(ROWS_FOLLOW)) return { text, step: outcome.slice(0, -ROWS_FOLLOW.length), outcome: "", opens: true };
  return { text, step, outcome, isRow: !step && between !== "" };
}

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
