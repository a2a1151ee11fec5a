// The panel on a case on a build: what it did, and how that differs.

function ofCell(view, row, build) {
  const said = row.said[build];
  const [a, b] = view.pair ?? [];
  const other = build === a ? b : build === b ? a : undefined;
  const runs = said !== NOTHING;
  return [
    h("p", { class: "above" }, link(row.contract.id, row.contract.id)),
    h("h2", {}, link(row.id, row.name), " on ", link(`@${builds[build].name}`, builds[build].name)),
    h("p", {}, badge(row.signs[build])),
    dim(origin(row, build)),
    neighbours(row, build),
    note(row, build),
    other === undefined ? null : sideBySide(row, other, build),
    other !== undefined && before(row, build)?.build === other ? null : fromParent(row, build),
    between(row, build),
    fromRecord(row, build),
    runs && section("Transcript", transcript(row, said)),
    runs && section("The same on", h("p", {}, spans(row, said))),
    about(row.contract, row.place),
  ];
}

function origin(row, build) {
  if (row.ran[build]) return `Run of ${when(sheet.ran)}.`;
  return sheet.ran ? "From the record; the last run did not run it." : "From the record.";
}

// The builds before and after this one at which the case changed.
function neighbours(row, build) {
  const columns = table.columns.includes(build) ? table.columns : allBuilds;
  const at = columns.indexOf(build);
  const changes = columns.filter((column) => standsOut(row.signs[column]));
  const previous = changes.filter((column) => columns.indexOf(column) < at).at(-1);
  const next = changes.find((column) => columns.indexOf(column) > at);
  const step = (to, words) => (to === undefined ? null : link(`${row.id}@${builds[to].name}`, words(builds[to].name)));
  if (previous === undefined && next === undefined) return null;
  return h("p", { class: "steps" }, step(previous, (name) => `← ${name}`), step(next, (name) => `${name} →`));
}

function note(row, build) {
  if (row.reasons[build] === NOTHING) return null;
  const title = { unsupported: "Why it did not run", broken: "What is broken", failed: "Why it could not run" };
  return section(title[signs[row.signs[build]].standing] ?? "How it ended", h("pre", {}, reasonOf(row, build)));
}

function fromParent(row, build) {
  const said = row.said[build];
  if (said === NOTHING) return null;
  const above = before(row, build);
  if (!above) return section("Difference", dim("There is no build before it that did anything."));
  const name = link(`${row.id}@${builds[above.build].name}`, builds[above.build].name);
  if (above.text === said) return section("Difference", dim("The same as on ", name, "."));
  return section("Difference", dim("from ", name), differenceOf(row, above.text, said), ...because(row, above.build, build));
}

// What lies between the columns of the table.
function between(row, build) {
  const at = changedBetween(row, build);
  if (at === null) return null;
  const name = builds[at].name;
  return h("p", { class: "notice" }, "It changed and changed back between the columns: see ", link(`${row.id}@${name}`, name), ".");
}

function fromRecord(row, build) {
  if (!(build in row.record) || row.said[build] === NOTHING) return null;
  const record = recordOf(row, build);
  if (record === NOTHING) return section("On record", dim("Nothing is on record for this build."));
  return section("Difference from what is on record", differenceOf(row, record, row.said[build]));
}

function sideBySide(row, a, b) {
  const title = `Difference from ${builds[a].name}`;
  const [one, other] = [row.said[a], row.said[b]];
  if (one === NOTHING || other === NOTHING) return section(title, dim("Only one of them did anything."));
  if (one === other) return section(title, dim("None: both did the same."));
  return section(title, differenceOf(row, one, other), ...because(row, a, b));
}
