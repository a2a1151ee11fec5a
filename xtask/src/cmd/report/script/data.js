// The data of the page, and what follows from it.

const sheet = JSON.parse(document.getElementById("data").textContent);
const { builds, contracts, reasons } = sheet;

const UNKNOWN = { sign: " ", standing: "unknown", meaning: "neither run nor on record" };
const signs = [UNKNOWN, ...sheet.signs];
const ranks = new Map(signs.map(({ sign }, rank) => [sign, rank]));
const HOLDS = signs.findIndex(({ standing }) => standing === "holds");

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

// Areas with their contracts, contracts with their cases, each with its worst signs, one a build.
const areas = [];
for (const contract of contracts) {
  const name = contract.id.includes("/") ? contract.id.split("/")[0] : "";
  contract.area = name;
  contract.short = contract.id.slice(name ? name.length + 1 : 0);
  contract.signs = builds.map((_, at) => worst(contract.cases.map((row) => row.signs[at])));
  for (const row of contract.cases) {
    row.contract = contract;
    row.id = `${contract.id}/${row.name}`;
    row.ran = new Set(row.ran);
    row.texts = row.texts.map((lines) => lines.map(lineOf));
  }
  if (areas.at(-1)?.name !== name) areas.push({ name, contracts: [] });
  areas.at(-1).contracts.push(contract);
}
for (const area of areas) {
  area.signs = builds.map((_, at) => worst(area.contracts.map((contract) => contract.signs[at])));
}
const cases = contracts.flatMap((contract) => contract.cases);
const caseAt = new Map(cases.map((row) => [row.id, row]));
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

// What a case on a build is compared with: the nearest build above it that did anything. What was run is compared
// with what was run, what is on record with what is on record.
function before(row, build) {
  const text = (above) => (row.ran.has(build) ? row.said[above] : recordOf(row, above));
  for (let above = builds[build].parent; above !== null; above = builds[above].parent) {
    if (text(above) !== null) return { build: above, text: text(above) };
  }
  return null;
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
