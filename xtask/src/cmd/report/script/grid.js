// The table. Only the rows in sight are elements, so that ten thousand rows scroll as quickly as ten.

const grid = document.getElementById("grid");
const head = document.getElementById("head");
const body = document.getElementById("rows");
// Rows above and below those in sight, and columns beside them.
const SPARE = 8;
// The row of the names of builds, and the column of the names of rows.
const HEAD = -1;

const table = { view: null, rows: [], columns: [], drawn: new Map(), at: { row: 0, column: -1 }, across: { from: 0, to: -1 }, whole: false };

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === undefined || value === null) continue;
    if (name === "onclick") made.addEventListener("click", value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

function drawGrid(view) {
  const columns = columnsOf(view);
  compare(columns);
  const rows = rowsOf(view, columns);
  const focused = grid.contains(document.activeElement);
  const same = rowAt(table.at.row);
  const isOther = String(table.columns) !== String(columns);
  const isOtherView = table.view?.view !== view.view;
  Object.assign(table, { view, columns, rows, drawn: new Map(), across: { from: 0, to: -1 } });
  // The place is kept by what stands there: rows above may have come or gone.
  const kept = same ? rows.findIndex(({ item }) => item === same.item) : table.at.row;
  table.at = { row: Math.max(kept, table.at.row === HEAD ? HEAD : 0), column: Math.min(table.at.column, columns.length - 1) };
  grid.className = [view.view, view.pair ? "pair" : ""].join(" ").trim();
  grid.setAttribute("aria-rowcount", rows.length + 1);
  layOut();
  head.setAttribute("aria-rowindex", 1);
  body.replaceChildren();
  drawRows();
  // The newest builds are what most people came for; a history begins at its oldest.
  if (isOther || isOtherView) grid.scrollLeft = view.view === "since" ? 0 : grid.scrollWidth;
  if (focused) focusCell();
}

// Few columns are wide, and what a contract is about stands beside them where there is room.
function layOut() {
  const { view, columns } = table;
  const style = getComputedStyle(document.documentElement);
  const rem = parseFloat(style.fontSize);
  const least = parseFloat(style.getPropertyValue("--cell"));
  const ABOUT = 18 * rem;
  const room = grid.clientWidth - (view.view === "advisories" ? 30 : 20) * rem;
  table.about = view.view === "matrix" && !view.pair && room - columns.length * least > ABOUT;
  const wide = Math.min(48, Math.floor((room - (table.about ? ABOUT : 0)) / columns.length));
  table.wide = view.view === "since" ? least : Math.max(least, wide);
  grid.classList.toggle("roomy", table.about);
  grid.style.setProperty("--columns", columns.length);
  grid.style.setProperty("--wide", `${table.wide}px`);
  grid.setAttribute("aria-colcount", columns.length + (view.pair || view.view === "since" || table.about ? 2 : 1));
  head.replaceChildren(...heading(view, columns));
}

// Brings what the panel shows into sight; it is marked in the table.
function showOpened() {
  const [name, build] = table.view.open.split("@");
  const row = name ? table.rows.findIndex(({ item }) => item.id === name) : HEAD;
  const column = table.columns.indexOf(buildAt.get(build));
  if (row < 0 && name) return;
  table.at = { row, column };
  reveal(table.at, AROUND);
  drawRows();
}

const isOpened = (view, row, build) => view.open === `${row.item.id}@${builds[build].name}`;
const isOpenedRow = (view, row) => row.item.id !== "" && row.kind !== "area" && view.open.split("@")[0] === row.item.id;
const isOpenedBuild = (view, build) => view.open.split("@")[1] === builds[build].name;

function heading(view, columns) {
  const corner = element("div", { class: "corner", role: "columnheader" }, cornerText(view));
  const names = columns.map((build, at) => headingOf(view, columns, at));
  const last = (words, kind) => element("div", { class: kind, role: "columnheader" }, words);
  if (view.pair) return [corner, ...names, last("differ", "last")];
  if (view.view === "since") return [corner, last("since when, until when", "words"), ...names];
  return table.about ? [corner, ...names, last("what it is about; since when a case does what", "about")] : [corner, ...names];
}

function headingOf(view, columns, at) {
  const build = columns[at];
  const { name, version, profile, found } = builds[build];
  const fresh = at === 0 || builds[columns[at - 1]].version !== version;
  const gap = view.view === "since" && at === ladder.length;
  const marks = ["build", fresh && "fresh", gap && "gap", isOpenedBuild(view, build) && "opened"].filter(Boolean).join(" ");
  const label = element("span", {}, element("b", {}, version ?? name));
  if (version && profile !== usual) label.append(` ${profile}`);
  if (found) label.append(` ${found}`);
  const bar = view.view === "matrix" && !view.pair ? barOf(casesAt(build), Math.max(...columns.map(casesAt))) : null;
  const count = bar ? `: ${inCases(casesAt(build))} differ from the build before, or stand out` : "";
  const tabindex = table.at.row === HEAD && table.at.column === at ? 0 : -1;
  return element("div", { class: marks, role: "columnheader", tabindex, "data-column": at, title: `${name}${count}` }, bar, label);
}

function barOf(count, most) {
  const bar = element("i", { class: "bar", "aria-hidden": "true" });
  bar.style.height = `${most ? Math.ceil((count / most) * 30) : 0}px`;
  return bar;
}

function cornerText(view) {
  if (view.view === "advisories") return "published ranges of releases: nothing was run";
  if (view.view === "since") return `${usual}, version by version; then the other profiles of ${newest}`;
  return view.pair ? "contracts and cases" : "bars: how many cases differ from the build before";
}

const rowAt = (at) => table.rows[at];
const rowHeight = () => parseFloat(getComputedStyle(grid).getPropertyValue("--row"));

// The columns in sight. The one that has the keyboard stays.
function columnsInSight(held) {
  const last = table.columns.length - 1;
  const first = head.querySelector(".build");
  if (table.whole || !first || table.view.pair) return { from: 0, to: last };
  const [start, width] = [first.offsetLeft, first.offsetWidth];
  const kept = held && table.at.column >= 0 ? [table.at.column] : [];
  const from = Math.floor((grid.scrollLeft + head.firstElementChild.offsetWidth - start) / width);
  const to = Math.ceil((grid.scrollLeft + grid.clientWidth - start) / width);
  return { from: Math.max(0, Math.min(from, last, ...kept)), to: Math.min(last, Math.max(to, ...kept)) };
}

// Where other columns are in sight than are drawn, all rows are drawn anew.
function followColumns(held) {
  const { from, to } = columnsInSight(held);
  if (table.across.from <= from && to <= table.across.to) return;
  table.across = { from: Math.max(0, from - SPARE), to: Math.min(table.columns.length - 1, to + SPARE) };
  table.drawn.clear();
  body.replaceChildren();
}

function drawRows() {
  const height = rowHeight();
  // The row that has the keyboard stays, too.
  const held = body.contains(document.activeElement);
  followColumns(held);
  body.style.height = `${table.rows.length * height}px`;
  const first = table.whole ? 0 : Math.max(0, Math.floor(grid.scrollTop / height) - SPARE);
  const last = table.whole ? Infinity : Math.ceil((grid.scrollTop + grid.clientHeight) / height) + SPARE;
  const wanted = [];
  for (let at = first; at <= Math.min(last, table.rows.length - 1); at++) wanted.push(at);
  if (held && (table.at.row < first || table.at.row > last) && rowAt(table.at.row)) wanted.push(table.at.row);
  for (const [at, made] of table.drawn) {
    if (wanted.includes(at)) continue;
    made.remove();
    table.drawn.delete(at);
  }
  const fresh = document.createDocumentFragment();
  for (const at of wanted.filter((row) => !table.drawn.has(row))) {
    const made = drawRow(table.rows[at], at);
    made.style.top = `${at * height}px`;
    table.drawn.set(at, made);
    fresh.append(made);
  }
  body.append(fresh);
  if (held && !body.contains(document.activeElement)) focusDrawn();
}

// Gives the keyboard to the cell where it is, if that is drawn.
function focusDrawn() {
  const line = table.at.row === HEAD ? head : table.drawn.get(table.at.row);
  const cell = line?.querySelector(`[data-column="${table.at.column}"]`);
  cell?.setAttribute("tabindex", 0);
  cell?.focus({ preventScroll: true });
}

function drawRow(row, at) {
  const { view } = table;
  const opened = isOpenedRow(view, row) ? " opened" : "";
  const made = element("div", { class: `row ${row.kind}${opened}`, role: "row", "aria-rowindex": at + 2, "data-row": at });
  made.append(nameCell(row, at));
  if (view.view === "since") made.append(wordsCell(row, "words"));
  const { from, to } = table.across;
  for (let column = from; column <= to; column++) made.append(drawCell(row, at, column));
  // The columns before the first one that is drawn are left out.
  if (from > 0) made.querySelector(".cell").style.marginLeft = `${from * table.wide + (from > ladder.length && view.view === "since" ? 7 : 0)}px`;
  if (view.pair) made.append(pairSign(row, view.pair));
  if (table.about) made.append(wordsCell(row, "about"));
  return made;
}

const tabindexOf = (row, column) => (table.at.row === row && table.at.column === column ? 0 : -1);

function nameCell(row, at) {
  const expanded = row.open === undefined ? undefined : String(row.open);
  const title = row.item.title ?? row.name;
  const more = row.kind === "contract" && element("button", { type: "button", class: "more", tabindex: -1, "data-contract": row.item.id, "aria-label": `About ${row.item.id}`, title: "What it is about, and what every build does (press i)" });
  return element(
    "div",
    { class: "name", role: "rowheader", tabindex: tabindexOf(at, -1), title, "aria-expanded": expanded, "data-column": -1 },
    element("span", {}, row.name),
    more,
  );
}

function drawCell(row, at, column) {
  const { view, columns } = table;
  const build = columns[column];
  const cell = cellOf(view, row, columns, column);
  const fresh = column === 0 || builds[columns[column - 1]].version !== builds[build].version;
  const classes = ["cell", cell.class, fresh && "fresh", isOpened(view, row, build) && "opened"].filter(Boolean).join(" ");
  return element(
    "div",
    { class: classes, role: "gridcell", tabindex: tabindexOf(at, column), title: cell.words, "aria-label": cell.words, "aria-colindex": column + (view.view === "since" ? 3 : 2), "data-column": column },
    String(cell.text),
    cell.outcome && element("span", { class: "outcome" }, cell.outcome),
    cell.step && element("span", { class: "step" }, cell.step),
  );
}

function pairSign(row, pair) {
  const count = casesOf(row).filter((item) => differs(item, pair)).length;
  const text = row.kind === "case" ? (count ? "≠" : "=") : count ? `${count} ≠` : "=";
  return element("div", { class: `last ${count ? "differs" : ""}`, role: "gridcell" }, text);
}

// Since when a case does what; what a contract is about.
function wordsCell(row, kind) {
  const shown = kind === "about" ? aboutWords(row) : row.kind === "case" ? inWords(row.item).join(" · ") : "";
  return element("div", { class: kind, role: "gridcell", title: shown }, shown);
}

// That a case never changed goes without saying.
function aboutWords({ kind, item }) {
  if (kind !== "case") return item.title ?? "";
  return item.texts.length < 2 ? "" : inValues(item, 24).join(" · ");
}
