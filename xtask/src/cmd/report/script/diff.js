// Differences between transcripts, line by line.

const CONTEXT = 3;
// Beyond so many pairs of lines a difference is shown as all out, all in.
const TOO_MANY = 4e6;

// The lines of both transcripts in order, each `{ sign, line }`: " " in both, "-" only in the first, "+" in the second.
function difference(a, b) {
  const same = (one, other) => one.text === other.text;
  let start = 0;
  while (start < a.length && start < b.length && same(a[start], b[start])) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && same(a.at(-1 - end), b.at(-1 - end))) end++;
  const both = (lines) => lines.map((line) => ({ sign: " ", line }));
  const middle = changes(a.slice(start, a.length - end), b.slice(start, b.length - end));
  return [...both(a.slice(0, start)), ...middle, ...both(a.slice(a.length - end))];
}

function changes(a, b) {
  const out = a.map((line) => ({ sign: "-", line }));
  const into = b.map((line) => ({ sign: "+", line }));
  if (a.length * b.length > TOO_MANY) return [...out, ...into];
  // The length of the longest common part of what follows each pair of places.
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] =
        a[i].text === b[j].text
          ? longest[(i + 1) * width + j + 1] + 1
          : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  const lines = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i].text === b[j].text) {
      lines.push({ sign: " ", line: a[i++] });
      j++;
    } else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1]) lines.push(out[i++]);
    else lines.push(into[j++]);
  }
  return [...lines, ...out.slice(i), ...into.slice(j)];
}

// Only the lines near a change; `null` where lines are left out.
function nearChanges(lines) {
  const near = new Set();
  lines.forEach(({ sign }, at) => {
    if (sign === " ") return;
    for (let i = at - CONTEXT; i <= at + CONTEXT; i++) near.add(i);
  });
  const shown = [];
  lines.forEach((line, at) => {
    if (near.has(at)) shown.push(line);
    else if (shown.at(-1) !== null) shown.push(null);
  });
  return shown;
}
