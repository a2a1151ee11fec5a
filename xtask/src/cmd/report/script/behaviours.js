// The behaviours of a case: since when it does what.

// The behaviours of a case on some builds, in the order in which they appear: the number of each one's text.
function behaviours(row, columns) {
  return [...new Set(columns.map((build) => row.said[build]))].filter((text) => text !== NOTHING);
}

// The stretches of a case along the ladder: builds next to each other that did the same.
function stretches(row, columns) {
  const found = [];
  for (const build of columns) {
    const text = row.said[build];
    if (found.length && found.at(-1).text === text) found.at(-1).builds.push(build);
    else found.push({ text, builds: [build] });
  }
  return withoutGaps(row, found);
}

// A build of which nothing is known does not part those beside it that did the same.
function withoutGaps(row, found) {
  const isGap = ({ text, builds: of }) => text === NOTHING && of.every((build) => row.known[build] === 0);
  const whole = [];
  found.forEach((stretch, at) => {
    const last = whole.at(-1);
    if (isGap(stretch) && last && last.text === found[at + 1]?.text) return;
    if (last && last.text === stretch.text) last.builds.push(...stretch.builds);
    else whole.push(stretch);
  });
  return whole;
}

const letter = (at) => (at < 26 ? String.fromCharCode(65 + at) : `A${at - 25}`);

// Letters as in the view "Since when", then those of other builds.
const inLetterOrder = [...new Set([...ladder, ...ofNewest, ...allBuilds])];
const lettersOf = (row) => (row.letters ??= behaviours(row, inLetterOrder));

// Since when and until when a case does what: the letter and the text of each behaviour, and the releases in words.
function ranges(row) {
  const order = lettersOf(row);
  const parts = stretches(row, ladder).filter(({ text }) => text !== NOTHING);
  return parts.map(({ text, builds: of }) => ({ at: order.indexOf(text), text, span: spanWords(of) }));
}

const inWords = (row) => ranges(row).map(({ at, span }) => `${letter(at)} ${span}`);

// The same with what tells the behaviours apart, as far as that is short.
function inValues(row, most = Infinity) {
  const cut = (label) => (label.length > most ? `${label.slice(0, most)}…` : label);
  return ranges(row).map(({ at, text, span }) => `${span}: ${cut(labelOf(row, text)) || letter(at)}`);
}

function spanWords(of) {
  const version = (build) => builds[build].version;
  const [first, last] = [of[0], of.at(-1)];
  const [isFirst, isLast] = [first === ladder[0], last === ladder.at(-1)];
  if (isFirst && isLast) return "always";
  if (isFirst) return `to ${version(last)}`;
  if (isLast) return `from ${version(first)}`;
  return first === last ? version(first) : `${version(first)}–${version(last)}`;
}

// What tells a behaviour of a case from the others: the first outcome that not all of them have.
function labelOf(row, text) {
  row.labels ??= [];
  return (row.labels[text] ??= newLabel(row, text));
}

function newLabel(row, text) {
  row.common ??= row.texts.map((of) => new Set(of)).reduce((a, b) => new Set([...a].filter((at) => b.has(at))));
  const lines = linesOf(row, text);
  const at = row.texts[text].findIndex((line) => !row.common.has(line));
  return at < 0 ? "" : outcomeAt(lines, at).outcome;
}

// What a transcript says at a line: the step, and what came of it, with the rows of a query in one line.
function outcomeAt(lines, at) {
  let head = at;
  while (head > 0 && lines[head].isRow) head--;
  const end = lines.findIndex((line, place) => place > at && !line.isRow);
  const own = lines.slice(lines[at].opens ? at + 1 : at, end < 0 ? undefined : end);
  return { step: lines[head].step, outcome: own.map(({ outcome }) => outcome).join("  ") };
}

// How two builds differ in a case, at the first line in which they do: the step, the outcome of each, and how many more
// lines differ. Without an outcome a build has none there.
function changeBetween(row, one, other) {
  const [a, b] = [one, other].map((text) => linesOf(row, text));
  const lines = difference(a, b);
  const first = lines.findIndex(({ sign }) => sign !== " ");
  if (first < 0) return null;
  // Up to there both have the same lines.
  const next = lines.slice(first).findIndex(({ sign }) => sign === " ");
  const near = lines.slice(first, next < 0 ? undefined : first + next);
  const has = (sign) => near.some((line) => line.sign === sign);
  const [was, is] = [has("-") && outcomeAt(a, first), has("+") && outcomeAt(b, first)];
  const changed = (sign) => lines.filter((line) => line.sign === sign).length;
  const more = Math.max(changed("-"), changed("+")) - 1;
  return { step: (is || was).step, before: was ? was.outcome : null, after: is ? is.outcome : null, more };
}

// Why a build said nothing.
const whyNothing = (row, build) => reasonOf(row, build) ?? signs[row.signs[build]].meaning;
