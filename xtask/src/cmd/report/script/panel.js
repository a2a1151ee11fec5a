// The panel beside the table, about what the address says: a case on a build, a case, a contract, or a build.

const panel = document.getElementById("panel");

const h = element;
const link = (open, words) => h("button", { type: "button", class: "link", onclick: () => goTo(open) }, words);
const button = (words, onclick, attributes = {}) => h("button", { type: "button", onclick, ...attributes }, words);
const section = (title, ...children) => h("section", {}, h("h3", {}, title), ...children.filter(Boolean));
const dim = (...words) => h("p", { class: "dim" }, ...words);

// Opens the panel, and shows the row in the table.
function goTo(open) {
  const row = caseAt.get(open.split("@")[0]);
  const view = readView();
  const away = tableOf(view);
  if (!row || isUnfolded(view, row.contract)) return change({ ...away, open });
  change({ ...away, open, unfold: toggled(listed(view.unfold), row.contract.id) });
}

// What is opened is in a table.
const tableOf = ({ view }) => (["releases", "charts"].includes(view) ? { view: "matrix", a: "", b: "" } : {});

// The panel for an address such as `precision/round/half@3.46.0-rusqlite`.
function drawPanel(view) {
  const [name, buildName] = view.open.split("@");
  const build = buildAt.get(buildName);
  const content = view.open && (contentOf(view, name, build, buildName) ?? ofNothing(view.open));
  const opens = panel.hidden && content;
  panel.hidden = !content;
  document.body.classList.toggle("opened", Boolean(content));
  if (!content) return;
  panel.replaceChildren(tools(), ...content.filter(Boolean));
  panel.scrollTop = 0;
  showOpened();
  if (opens || !grid.contains(document.activeElement)) panel.focus({ preventScroll: true });
}

function tools() {
  return h(
    "div",
    { class: "tools" },
    button("Copy link", (event) => copy(location.href, event.currentTarget)),
    button("×", closePanel, { class: "close", "aria-label": "Close", title: "Close (Escape)" }),
  );
}

function closePanel() {
  change({ open: "" });
  focusCell();
}

function contentOf(view, name, build, buildName) {
  const [row, contract] = [caseAt.get(name), contractAt.get(name)];
  if (advisoryAt.has(name)) return ofAdvisory(advisoryAt.get(name), build);
  if (buildName !== undefined && build === undefined) return null;
  if (row) return [hidden(view, row), ...(build === undefined ? ofCase(row) : ofCell(view, row, build))];
  if (contract) return build === undefined ? ofContract(contract) : ofContractOn(contract, build);
  if (!name && build !== undefined) return ofBuild(build);
  return null;
}

// An address that leads nowhere.
function ofNothing(open) {
  const [name, buildName] = open.split("@");
  const knows = caseAt.has(name) || contractAt.has(name);
  const what = buildName !== undefined && !buildAt.has(buildName) ? `no build ${buildName}` : `no contract or case ${name}`;
  const known = knows && link(name, name);
  const word = name.split("/").at(-1);
  return [
    h("h2", {}, "Not on this page"),
    h("p", {}, `There is ${what} here. It may have another name by now, or the page was made of a part of all builds and contracts.`),
    known ? h("p", {}, "There is ", known, ".") : word && h("p", {}, button(`Search for ${word}`, () => change({ ...tableOf(readView()), open: "", q: word, area: "", drift: "" }))),
  ];
}

// That the row of what is shown is not in the table.
function hidden(view, row) {
  if (table.rows.some(({ item }) => item === row) || ["releases", "charts"].includes(view.view)) return null;
  const unfold = isUnfolded(view, row.contract) ? view.unfold : toggled(listed(view.unfold), row.contract.id);
  const showIt = () => change({ q: "", area: "", drift: "", unfold });
  return h("p", { class: "notice" }, "The filters leave its row out. ", button("Show it", showIt));
}

function badge(rank) {
  const { sign, standing, meaning } = signs[rank];
  return h("span", { class: `badge is-${standing}` }, h("b", {}, sign), ` ${meaning}`);
}

function key(rank) {
  const { sign, standing, meaning } = signs[rank];
  return h("b", { class: `key is-${standing}`, title: meaning, role: "img", "aria-label": meaning }, sign);
}

// The contract's causes of a difference between two builds, a paragraph each.
const because = (row, a, b) => causesBetween(row, a, b).map((cause) => h("p", {}, cause));

function differenceOf(row, before, after) {
  const lines = nearChanges(difference(linesOf(row, before), linesOf(row, after)));
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

function transcript(row, text) {
  return h("pre", { class: "transcript" }, linesOf(row, text).map(({ text: line }) => line).join("\n"));
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

function about(contract, place) {
  return section(
    "About",
    h("p", {}, link(contract.id, contract.id), ": ", h("b", {}, contract.title)),
    h("p", {}, contract.why),
    h("p", {}, h("code", {}, place)),
  );
}

const when = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ") + " UTC";
