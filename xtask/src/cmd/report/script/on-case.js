// The panel on a case or a contract everywhere: which release does what.

// A case: each of its behaviours, and how it differs from the one before.
function ofCase(row) {
  const order = lettersOf(row);
  const parts = order.map((text, at) => {
    const whole = h("details", { open: order.length === 1 }, h("summary", {}, "transcript"), transcript(row, text));
    const from = at > 0 && dim(`difference from ${letter(at - 1)}`);
    const lines = at > 0 && differenceOf(row, order[at - 1], text);
    const chip = h("span", { class: `chip behaviour b${at % 8}` }, letter(at));
    return section(chip, h("p", {}, spans(row, text)), from, lines, ...(at > 0 ? becauseOf(row, text) : []), whole);
  });
  const lacking = inLetterOrder.filter((at) => row.said[at] === NOTHING);
  return [
    h("p", { class: "above" }, link(row.contract.id, row.contract.id)),
    h("h2", {}, row.name),
    order.length ? strip(row) : null,
    order.length ? rangesOf(row) : null,
    ...parts,
    lacking.length ? section("Nothing on", ...lackingBy(row, lacking)) : null,
    about(row.contract, row.place),
  ];
}

// The causes where a text first comes, along the ladder or else from the build above.
function becauseOf(row, text) {
  const build = [...ladder, ...allBuilds].find((at) => row.said[at] === text);
  const place = ladder.slice(0, Math.max(ladder.indexOf(build), 0)).filter((at) => row.said[at] !== NOTHING);
  const from = place.at(-1) ?? builds[build].parent;
  return from === null ? [] : because(row, from, build);
}

function lackingBy(row, lacking) {
  const groups = new Map();
  for (const at of lacking) {
    const why = whyNothing(row, at);
    groups.set(why, [...(groups.get(why) ?? []), builds[at].name]);
  }
  return [...groups].map(([reason, names]) => h("p", {}, h("span", { class: "dim" }, `${reason}: `), names.join(", ")));
}

// The releases from the oldest to the newest, a block for those next to each other that do the same.
function strip(row) {
  const order = lettersOf(row);
  const blocks = stretches(row, ladder).map(({ text, builds: of }) => {
    const at = order.indexOf(text);
    const label = text === NOTHING ? whyNothing(row, of[0]) : labelOf(row, text);
    const words = `${spanWords(of)}${label ? `: ${label}` : ""}`;
    const kind = text === NOTHING ? "block is-unknown" : `block behaviour b${at % 8}`;
    const open = () => goTo(`${row.id}@${builds[of[0]].name}`);
    const block = button(text === NOTHING ? "" : letter(at), open, { class: kind, title: words, "aria-label": words });
    block.style.flexGrow = of.length;
    return block;
  });
  return h("div", { class: "strip" }, ...blocks);
}

// The same in words, with what tells the behaviours apart.
function rangesOf(row) {
  const entry = ({ at, text, span }) => {
    const label = labelOf(row, text);
    return h("li", {}, h("span", { class: `chip behaviour b${at % 8}` }, letter(at)), h("span", {}, span), label && h("code", {}, label));
  };
  return h("ul", { class: "ranges" }, ...ranges(row).map(entry));
}

// A contract: the ranges of each of its cases that ever changed.
function ofContract(contract) {
  const changing = contract.cases.filter((row) => lettersOf(row).length > 1);
  const others = contract.cases.filter((row) => !changing.includes(row));
  const entry = (row) => h("article", {}, h("h4", {}, link(row.id, row.name)), strip(row), rangesOf(row));
  const first = builds[ladder[0]]?.version;
  return [
    h("p", { class: "above" }, contract.area),
    h("h2", {}, contract.id),
    h("p", {}, h("b", {}, contract.title)),
    h("p", {}, contract.why),
    changing.length
      ? section(`What changed between ${first} and ${newest} (${changing.length} of ${inCases(contract.cases.length)})`, ...changing.map(entry))
      : null,
    others.length ? section("The same wherever it runs", h("ul", { class: "cases" }, ...others.map((row) => h("li", {}, link(row.id, row.name))))) : null,
    section("Written in", h("p", {}, h("code", {}, fileOf(contract)))),
  ];
}

const fileOf = (contract) => contract.cases[0]?.place.replace(/:\d+$/, "") ?? "";

// A contract on a build: its cases.
function ofContractOn(contract, build) {
  return [
    h("p", { class: "above" }, link(contract.id, contract.id)),
    h("h2", {}, "on ", link(`@${builds[build].name}`, builds[build].name)),
    section("Cases", listOf(contract.cases, build)),
    about(contract, fileOf(contract)),
  ];
}

function listOf(rows, build, name = (row) => row.name) {
  const entry = (row) => h("li", {}, key(row.signs[build]), link(`${row.id}@${builds[build].name}`, name(row)));
  return h("ul", { class: "cases" }, ...rows.map(entry));
}
