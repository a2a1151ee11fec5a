// What the cells of the table say.

// What a cell shows: its text, its class, and words for those who do not see it.
function cellOf(view, row, columns, at) {
  const build = columns[at];
  if (view.view === "since") return sinceCell(row, columns, at);
  if (view.view === "advisories") return advisoryCell(row, build);
  if (view.pair && row.kind === "case") return pairCell(row.item, view.pair, at);
  const isFolded = view.pair && row.kind === "contract" && !row.open;
  const first = isFolded && row.item.cases.find((item) => differs(item, view.pair));
  if (first) return firstOfPair(first, view.pair, at);
  // Beside them stands how many of their cases differ.
  if (view.pair) return { text: "", class: "", words: `${builds[build].name}: see the cases` };
  const rank = row.item.signs[build];
  const { sign, standing, meaning } = signs[rank];
  const count = row.kind === "area" && standsOut(rank) ? row.item.counts[build] : null;
  const between = rank === HOLDS && casesIn(row).find((item) => changedBetween(item, build) !== null);
  const origin = originOf(row, build);
  const said = [
    count === null ? meaning : `${inCases(count)}, the worst: ${meaning}`,
    between && `changed between the columns, and back, at ${builds[changedBetween(between, build)].name}`,
    origin && ORIGINS[origin],
  ];
  return {
    text: count ?? sign,
    class: [`is-${standing}`, origin, between && "between"].filter(Boolean).join(" "),
    words: `${builds[build].name}: ${said.filter(Boolean).join("; ")}`,
  };
}

const inCases = (count) => `${count} ${count === 1 ? "case" : "cases"}`;

// The cases of a row that is no area.
const casesIn = ({ kind, item }) => (kind === "case" ? [item] : kind === "contract" ? item.cases : []);

const ORIGINS = { recorded: "from the record, not run", "was-run": "run" };

// Where both are shown, those cells are marked of which there are fewer: run, or only on record.
function originOf(row, build) {
  if (!sheet.ran) return null;
  const ran = casesOf(row).some((item) => item.ran[build]);
  if (current.mostlyRan) return ran ? null : "recorded";
  return ran ? "was-run" : null;
}

// A case on one of two builds: what came of the first line in which they differ.
function pairCell(row, pair, at) {
  const [build, other] = [pair[at], pair[1 - at]];
  const { sign, standing, meaning } = signs[row.signs[build]];
  const name = builds[build].name;
  const same = !differs(row, pair);
  if (row.said[build] === NOTHING) {
    const why = whyNothing(row, build);
    return { text: sign, outcome: why, class: `is-${standing}`, words: `${name}: ${meaning}: ${why}` };
  }
  if (same || row.said[other] === NOTHING) {
    return { text: sign, class: `is-${standing}`, words: `${name}: ${same ? "does the same" : meaning}` };
  }
  const change = pairChange(row, pair);
  const outcome = [change.before, change.after][at] ?? "(no such line)";
  return { text: sign, outcome, step: change.step, class: `is-${standing} differs`, words: `${name}: ${sign} ${outcome} ${change.step}` };
}

// A contract whose cases are folded away: what its first case that differs does, and which one that is.
function firstOfPair(item, pair, at) {
  const cell = pairCell(item, pair, at);
  return { ...cell, step: at ? "" : item.name, words: `${cell.words}: the first case that differs is ${item.name}` };
}

const pairChange = (row, [a, b]) => changeBetween(row, row.said[a], row.said[b]);

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
  const { name } = builds[build];
  if (row.kind !== "case") {
    const count = previous === undefined ? 0 : casesOf(row).filter((item) => changed(item, previous, build)).length;
    const words = `${name}: ${count} of its cases differ from ${builds[previous ?? build].name}`;
    return { text: count || "", class: `count${start}`, words };
  }
  const said = row.item.said[build];
  if (said === NOTHING) {
    const { standing, meaning, sign } = signs[row.item.signs[build]];
    return { text: sign, class: `is-${standing}${start}`, words: `${name}: ${meaning}` };
  }
  const order = lettersOf(row.item).indexOf(said);
  const follows = !isProfile && at > 0 && row.item.said[previous] === said;
  const label = labelOf(row.item, said);
  return {
    text: follows ? "" : letter(order),
    class: `behaviour b${order % 8}${follows ? " follows-on" : ""}${start}`,
    words: `${name}: behaviour ${letter(order)}${label ? `: ${label}` : ""}`,
  };
}

const changed = (row, a, b) => row.said[a] !== NOTHING && row.said[b] !== NOTHING && row.said[a] !== row.said[b];
