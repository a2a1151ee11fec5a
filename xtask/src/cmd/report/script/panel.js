// The panel beside the table: a case on a build, a case everywhere, a contract on a build, or a build.

const panel = document.getElementById("panel");

const h = element;
const link = (open, words) => h("button", { type: "button", class: "link", onclick: () => goTo(open) }, words);
const section = (title, ...children) => h("section", {}, h("h3", {}, title), ...children.filter(Boolean));

// Opens the panel, and shows the row in the table.
function goTo(open) {
  const row = caseAt.get(open.split("@")[0]);
  const view = readView();
  if (!row || isUnfolded(view, row.contract)) return change({ open });
  change({ open, unfold: toggled(listed(view.unfold), row.contract.id) });
}

// The panel for an address such as `precision/round/half@3.46.0-rusqlite`, or nothing where there is no such thing.
function drawPanel(view) {
  const [name, buildName] = view.open.split("@");
  const build = buildAt.get(buildName);
  const content = contentOf(view, name, build, buildName);
  const opens = panel.hidden && content;
  panel.hidden = !content;
  document.body.classList.toggle("opened", Boolean(content));
  if (!content) return;
  panel.replaceChildren(
    h("button", { type: "button", class: "close", "aria-label": "Close", title: "Close (Escape)", onclick: closePanel }, "×"),
    ...content.filter(Boolean),
  );
  panel.scrollTop = 0;
  showOpened();
  if (opens || !grid.contains(document.activeElement)) panel.focus({ preventScroll: true });
}

function closePanel() {
  change({ open: "" });
  focusCell(false);
}

function contentOf(view, name, build, buildName) {
  const [row, contract] = [caseAt.get(name), contractAt.get(name)];
  if (advisoryAt.has(name)) return ofAdvisory(advisoryAt.get(name), build);
  if (buildName !== undefined && build === undefined) return null;
  if (row) return build === undefined ? ofCase(row) : ofCell(view, row, build);
  if (contract && build !== undefined) return ofContract(contract, build);
  if (!name && build !== undefined) return ofBuild(build);
  return null;
}

function badge(sign) {
  const { standing, meaning } = meaningOf(sign);
  return h("span", { class: `badge is-${standing}` }, h("b", {}, sign), ` ${meaning}`);
}

function key(sign) {
  const { standing, meaning } = meaningOf(sign);
  return h("b", { class: `key is-${standing}`, title: meaning, role: "img", "aria-label": meaning }, sign);
}

// A case on a build: what it did, and how that differs.
function ofCell(view, row, build) {
  const said = row.said[build];
  const [a, b] = view.pair ?? [];
  const other = build === a ? b : build === b ? a : undefined;
  return [
    h("p", { class: "above" }, link(`${row.contract.id}@${builds[build].name}`, row.contract.id)),
    h("h2", {}, link(row.id, row.name), " on ", link(`@${builds[build].name}`, builds[build].name)),
    h("p", {}, badge(row.signs[build])),
    h("p", { class: "dim" }, origin(row, build)),
    neighbours(row, build),
    note(row, build),
    other === undefined ? null : sideBySide(row, other, build),
    other !== undefined && before(row, build)?.build === other ? null : fromParent(row, build),
    fromRecord(row, build),
    said === null ? null : section("Transcript", transcript(row.texts[said])),
    said === null ? null : section("The same on", h("p", {}, spans(row, said))),
    about(row.contract, row.place),
  ];
}

function origin(row, build) {
  if (row.ran.has(build)) return `Run of ${when(sheet.ran)}.`;
  return sheet.ran ? "From the record; the last run did not run it." : "From the record.";
}

// The builds before and after this one at which the case changed.
function neighbours(row, build) {
  const columns = table.columns.includes(build) ? table.columns : builds.map((_, at) => at);
  const at = columns.indexOf(build);
  const changes = columns.filter((column) => standsOut(row.signs[column]));
  const previous = changes.filter((column) => columns.indexOf(column) < at).at(-1);
  const next = changes.find((column) => columns.indexOf(column) > at);
  const step = (to, words) => (to === undefined ? null : link(`${row.id}@${builds[to].name}`, words(builds[to].name)));
  if (previous === undefined && next === undefined) return null;
  return h("p", { class: "steps" }, step(previous, (name) => `← ${name}`), step(next, (name) => `${name} →`));
}

function note(row, build) {
  if (!(build in row.reasons)) return null;
  const text = reasons[row.reasons[build]];
  const title = { unsupported: "Why it did not run", broken: "What is broken", failed: "Why it could not run" };
  return section(title[meaningOf(row.signs[build]).standing] ?? "How it ended", h("pre", {}, text));
}

function fromParent(row, build) {
  const said = row.said[build];
  if (said === null) return null;
  const above = before(row, build);
  if (!above) return section("Difference", h("p", { class: "dim" }, "There is no build before it that did anything."));
  const name = link(`${row.id}@${builds[above.build].name}`, builds[above.build].name);
  if (above.text === said) return section("Difference", h("p", { class: "dim" }, "The same as on ", name, "."));
  const lines = differenceOf(row, above.text, said);
  return section("Difference", h("p", { class: "dim" }, "from ", name), lines, ...because(row, above.build, build));
}

// The contract's causes of a difference between two builds, a paragraph each.
const because = (row, a, b) => causesBetween(row, a, b).map((cause) => h("p", {}, cause));

function fromRecord(row, build) {
  if (!(build in row.record) || row.said[build] === null) return null;
  const record = row.record[build];
  if (record === null) return section("On record", h("p", { class: "dim" }, "Nothing is on record for this build."));
  return section("Difference from what is on record", differenceOf(row, record, row.said[build]));
}

function sideBySide(row, a, b) {
  const title = `Difference from ${builds[a].name}`;
  const [before, after] = [row.said[a], row.said[b]];
  if (before === null || after === null) return section(title, h("p", { class: "dim" }, "Only one of them did anything."));
  if (before === after) return section(title, h("p", { class: "dim" }, "None: both did the same."));
  return section(title, differenceOf(row, before, after), ...because(row, a, b));
}

function differenceOf(row, before, after) {
  const lines = nearChanges(difference(row.texts[before], row.texts[after]));
  const kinds = { "+": "in", "-": "out", " ": "both" };
  return h(
    "pre",
    { class: "diff" },
    ...lines.map((line) =>
      line === null
        ? h("span", { class: "left-out" }, "…\n")
        : h("span", { class: kinds[line.sign] }, `${line.sign} ${line.line.text}\n`),
    ),
  );
}

function transcript(lines) {
  return h("pre", { class: "transcript" }, lines.map(({ text }) => text).join("\n"));
}

// The builds that said a text: those next to each other on the ladder as one span.
function spans(row, text) {
  const parts = stretches(row, ladder).filter((stretch) => stretch.text === text);
  const words = parts.map(({ builds: of }) => {
    const [first, last] = [builds[of[0]].name, builds[of.at(-1)].name];
    return first === last ? first : `${first} … ${last} (${of.length})`;
  });
  const others = builds.filter((_, at) => !ladder.includes(at) && row.said[at] === text).map(({ name }) => name);
  return [...words, ...others].join(", ");
}

// A case everywhere: each of its behaviours, and how it differs from the one before.
function ofCase(row) {
  // Letters as in the second view, then those of other builds.
  const everywhere = [...new Set([...ladder, ...ofNewest, ...builds.keys()])];
  const order = behaviours(row, everywhere);
  const parts = order.map((text, at) => {
    const whole = h("details", { open: order.length === 1 }, h("summary", {}, "transcript"), transcript(row.texts[text]));
    const from = at > 0 && h("p", { class: "dim" }, `difference from ${letter(at - 1)}`);
    const lines = at > 0 && differenceOf(row, order[at - 1], text);
    const chip = h("span", { class: `chip behaviour b${at % 8}` }, letter(at));
    return section(chip, h("p", {}, spans(row, text)), from, lines, ...(at > 0 ? becauseOf(row, text) : []), whole);
  });
  const lacking = everywhere.filter((at) => row.said[at] === null);
  return [
    h("p", { class: "above" }, row.contract.id),
    h("h2", {}, row.name),
    order.length ? h("p", { class: "dim" }, `${inWords(row).join(" · ")}`) : null,
    ...parts,
    lacking.length ? section("Nothing on", ...lackingBy(row, lacking)) : null,
    about(row.contract, row.place),
  ];
}

// The causes where a text first comes, along the ladder or else from the build above.
function becauseOf(row, text) {
  const build = [...ladder, ...builds.keys()].find((at) => row.said[at] === text);
  const place = ladder.slice(0, Math.max(ladder.indexOf(build), 0)).filter((at) => row.said[at] !== null);
  const from = place.at(-1) ?? builds[build].parent;
  return from === null ? [] : because(row, from, build);
}

function lackingBy(row, lacking) {
  const why = (at) => reasons[row.reasons[at]] ?? meaningOf(row.signs[at]).meaning;
  const groups = new Map();
  for (const at of lacking) groups.set(why(at), [...(groups.get(why(at)) ?? []), builds[at].name]);
  return [...groups].map(([reason, names]) => h("p", {}, h("span", { class: "dim" }, `${reason}: `), names.join(", ")));
}

// A contract on a build: its cases.
function ofContract(contract, build) {
  return [
    h("p", { class: "above" }, contract.id),
    h("h2", {}, "on ", link(`@${builds[build].name}`, builds[build].name)),
    section("Cases", listOf(contract.cases, build)),
    about(contract, contract.cases[0]?.place.replace(/:\d+$/, "")),
  ];
}

// A known defect, and whether the release of a build has it.
function ofAdvisory({ title, effect, harm, links, cve, releases, has }, build) {
  const on = build !== undefined && [link(`@${builds[build].name}`, builds[build].name), `: ${PUBLISHED[has[build]][2]}`];
  // An address of a project's own file may be anything.
  const address = (to) => (/^https?:/.test(to) ? h("a", { href: to, rel: "noreferrer" }, to) : to);
  return [
    h("p", { class: "above" }, [effect, ...cve].join(" · ")),
    h("h2", {}, title),
    on && h("p", {}, ...on),
    h("p", {}, harm),
    h("p", {}, `In releases ${releases}, as published: nothing was run. `, h("code", {}, "cargo xtask audit"), " runs the proof."),
    section("Links", ...links.map((to) => h("p", {}, address(to)))),
  ];
}

function listOf(rows, build, name = (row) => row.name) {
  const entry = (row) => h("li", {}, key(row.signs[build]), link(`${row.id}@${builds[build].name}`, name(row)));
  return h("ul", { class: "cases" }, ...rows.map(entry));
}

// The nearest build above one that is shown.
function nearestShown(build) {
  let above = builds[build].parent;
  while (above !== null && !compared.has(above)) above = builds[above].parent;
  return above;
}

// A build: what it is, and everything that changed in it.
function ofBuild(build) {
  const { name, about, released, flags, version, found } = builds[build];
  const parent = nearestShown(build);
  const changed = cases.filter((row) => standsOut(row.signs[build]));
  const facts = [
    `SQLite ${version ?? found ?? "of this machine"}${released ? `, released ${released}` : ""}`,
    about,
    parent === null ? "No build before it is shown." : null,
  ];
  return [
    h("h2", {}, name),
    ...facts.filter(Boolean).map((fact) => h("p", {}, fact)),
    parent === null ? null : h("p", {}, "Compared with ", link(`@${builds[parent].name}`, builds[parent].name), "."),
    section(
      `What is different (${changed.length})`,
      changed.length ? listOf(changed, build, (row) => row.id) : h("p", { class: "dim" }, "Nothing."),
    ),
    section(
      `Known defects of its release, as published (${defectsOf(build).length})`,
      ...defectsOf(build).map(({ id, title: words }) => h("p", {}, link(`${id}@${name}`, words))),
    ),
    flags.length ? section("Flags", h("pre", {}, flags.join("\n"))) : null,
  ];
}

function about(contract, place) {
  return section("About", h("p", {}, h("b", {}, contract.title)), h("p", {}, contract.why), h("p", {}, h("code", {}, place)));
}

const when = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ") + " UTC";
