// The table. Only the rows in sight are elements, so that a thousand rows scroll as quickly as ten.

const grid = document.getElementById("grid");
const head = document.getElementById("head");
const body = document.getElementById("rows");
// Rows above and below those in sight.
const SPARE = 8;

const table = { view: null, rows: [], columns: [], drawn: new Map(), at: { row: 0, column: -1 }, whole: false };

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === undefined) continue;
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
  Object.assign(table, { view, columns, rows, drawn: new Map() });
  // The place is kept by what stands there: rows above may have come or gone.
  const kept = same ? rows.findIndex(({ item }) => item === same.item) : -1;
  table.at = { row: Math.max(kept, 0), column: Math.min(table.at.column, columns.length - 1) };
  grid.className = [view.view, view.pair ? "pair" : ""].join(" ").trim();
  grid.style.setProperty("--columns", columns.length);
  grid.setAttribute("aria-rowcount", rows.length + 1);
  grid.setAttribute("aria-colcount", columns.length + 1);
  head.replaceChildren(...heading(view, columns));
  head.setAttribute("aria-rowindex", 1);
  body.replaceChildren();
  drawRows();
  if (focused) focusCell(false);
}

// Brings what the panel shows into sight; it is marked in the table.
function showOpened() {
  const [name, build] = table.view.open.split("@");
  const row = table.rows.findIndex(({ item }) => item.id === name);
  const column = table.columns.indexOf(buildAt.get(build));
  if (row < 0) return;
  table.at = { row, column };
  reveal(table.at);
}

const isOpened = (view, row, build) => view.open === `${row.item.id}@${builds[build].name}`;

function heading(view, columns) {
  const corner = element("div", { class: "corner", role: "columnheader" }, cornerText(view));
  const names = columns.map((build, at) => {
    const { name, version, profile, found } = builds[build];
    const fresh = at === 0 || builds[columns[at - 1]].version !== version;
    const gap = view.view === "since" && at === ladder.length;
    const marks = ["build", fresh && "fresh", gap && "gap"].filter(Boolean).join(" ");
    const label = element("span", {}, element("b", {}, version ?? name));
    if (version && profile !== usual) label.append(` ${profile}`);
    if (found) label.append(` ${found}`);
    return element("div", { class: marks, role: "columnheader", "data-column": at, title: name }, label);
  });
  if (view.pair) return [corner, ...names, element("div", { class: "last", role: "columnheader" }, "differ")];
  if (view.view !== "since") return [corner, ...names];
  return [corner, element("div", { class: "words", role: "columnheader" }, "since when, until when"), ...names];
}

function cornerText(view) {
  if (view.view === "advisories") return "published ranges of releases: nothing was run";
  if (view.view !== "since") return "";
  return `${usual}, version by version; then the other profiles of ${newest}`;
}

const rowAt = (at) => table.rows[at];
const rowHeight = () => parseFloat(getComputedStyle(grid).getPropertyValue("--row"));

function drawRows() {
  const height = rowHeight();
  body.style.height = `${table.rows.length * height}px`;
  const first = table.whole ? 0 : Math.floor(grid.scrollTop / height) - SPARE;
  const last = table.whole ? Infinity : Math.ceil((grid.scrollTop + grid.clientHeight) / height) + SPARE;
  for (const [at, made] of table.drawn) {
    if (at >= first && at <= last) continue;
    // The row that has the keyboard stays.
    if (made.contains(document.activeElement)) continue;
    made.remove();
    table.drawn.delete(at);
  }
  const fresh = document.createDocumentFragment();
  for (let at = Math.max(0, first); at <= Math.min(last, table.rows.length - 1); at++) {
    if (table.drawn.has(at)) continue;
    const made = drawRow(table.rows[at], at);
    made.style.top = `${at * height}px`;
    table.drawn.set(at, made);
    fresh.append(made);
  }
  body.append(fresh);
}

function drawRow(row, at) {
  const { view, columns } = table;
  const made = element("div", { class: `row ${row.kind}`, role: "row", "aria-rowindex": at + 2, "data-row": at });
  const expanded = row.open === undefined ? undefined : String(row.open);
  const title = row.item.title ?? row.name;
  const here = (column) => (table.at.row === at && table.at.column === column ? 0 : -1);
  const name = element("span", {}, row.name);
  made.append(
    element("div", { class: "name", role: "rowheader", tabindex: here(-1), title, "aria-expanded": expanded, "data-column": -1 }, name),
  );
  if (view.view === "since") made.append(wordsCell(row));
  columns.forEach((build, column) => {
    const cell = cellOf(view, row, columns, column);
    const fresh = column === 0 || builds[columns[column - 1]].version !== builds[build].version;
    made.append(
      element(
        "div",
        { class: `cell ${cell.class}${fresh ? " fresh" : ""}${isOpened(view, row, build) ? " opened" : ""}`, role: "gridcell", tabindex: here(column), "aria-label": cell.words, "data-column": column },
        String(cell.text),
        cell.line && element("span", { class: "outcome" }, cell.line.outcome),
        cell.line && element("span", { class: "step" }, cell.line.step),
      ),
    );
  });
  if (view.pair) made.append(pairCell(row, view.pair));
  return made;
}

function pairCell(row, pair) {
  const count = casesOf(row).filter((item) => differs(item, pair)).length;
  const text = row.kind === "case" ? (count ? "≠" : "=") : count ? `${count} ≠` : "=";
  return element("div", { class: `last ${count ? "differs" : ""}`, role: "gridcell" }, text);
}

function wordsCell(row) {
  const words = row.kind === "case" ? inWords(row.item).join(" · ") : "";
  return element("div", { class: "words", role: "gridcell", title: words }, words);
}

// Moves the keyboard to a cell, and brings it into sight.
function focusCell(scroll = true) {
  const { row, column } = table.at;
  if (!rowAt(row)) return;
  if (scroll) reveal(table.at);
  drawRows();
  grid.querySelectorAll('[tabindex="0"]').forEach((cell) => cell.setAttribute("tabindex", -1));
  const cell = table.drawn.get(row)?.querySelector(`[data-column="${column}"]`);
  cell?.setAttribute("tabindex", 0);
  cell?.focus({ preventScroll: true });
}

// Scrolls no further than it takes to see a cell.
function reveal({ row, column }) {
  const height = rowHeight();
  const [top, bottom] = [row * height, (row + 1) * height + head.offsetHeight];
  if (top < grid.scrollTop) grid.scrollTop = top;
  else if (bottom > grid.scrollTop + grid.clientHeight) grid.scrollTop = bottom - grid.clientHeight;
  const name = head.querySelector(`[data-column="${column}"]`);
  if (!name) return;
  const [left, right] = [name.offsetLeft - head.firstElementChild.offsetWidth, name.offsetLeft + name.offsetWidth];
  if (left < grid.scrollLeft) grid.scrollLeft = left;
  else if (right > grid.scrollLeft + grid.clientWidth) grid.scrollLeft = right - grid.clientWidth;
}

const MOVES = {
  ArrowUp: () => [-1, 0],
  ArrowDown: () => [1, 0],
  ArrowLeft: () => [0, -1],
  ArrowRight: () => [0, 1],
  PageUp: () => [-pageOfRows(), 0],
  PageDown: () => [pageOfRows(), 0],
  Home: (event) => [event.ctrlKey ? -Infinity : 0, -Infinity],
  End: (event) => [event.ctrlKey ? Infinity : 0, Infinity],
};

const pageOfRows = () => Math.max(1, Math.floor((grid.clientHeight - head.offsetHeight) / rowHeight()) - 1);

grid.addEventListener("keydown", (event) => {
  const move = MOVES[event.key];
  if (move && !event.altKey && !event.metaKey) {
    const [down, right] = move(event);
    const within = (at, least, most) => Math.min(Math.max(at, least), most);
    table.at.row = within(table.at.row + down, 0, table.rows.length - 1);
    table.at.column = within(table.at.column + right, -1, table.columns.length - 1);
    focusCell();
    event.preventDefault();
  } else if (event.key === "Enter" || event.key === " ") {
    enter(table.at);
    event.preventDefault();
  }
});

grid.addEventListener("click", (event) => {
  const cell = event.target.closest("[data-column]");
  if (!cell) return;
  const column = Number(cell.dataset.column);
  const row = cell.closest("[data-row]");
  if (!row) return void change({ open: `@${builds[table.columns[column]].name}` });
  table.at = { row: Number(row.dataset.row), column };
  focusCell(false);
  enter(table.at);
});

// The build under the pointer, marked at its name.
grid.addEventListener("mouseover", (event) => {
  const column = event.target.closest?.(".cell")?.dataset.column;
  head.querySelector(".hot")?.classList.remove("hot");
  if (column !== undefined) head.querySelector(`[data-column="${column}"]`)?.classList.add("hot");
});

// Folds a row, or opens the panel.
function enter({ row: at, column }) {
  const row = rowAt(at);
  if (!row) return;
  const build = column >= 0 ? builds[table.columns[column]].name : null;
  if (row.kind === "area total" && !build) return;
  if (row.kind === "area") return toggleArea(row.item);
  if (row.kind === "contract" && !build) return toggleContract(row.item);
  change({ open: build ? `${row.item.id}@${build}` : row.item.id });
}

let waiting = false;
grid.addEventListener("scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    drawRows();
  });
});
addEventListener("resize", drawRows);

// Paper does not scroll: there all rows stand one after the other.
function drawWhole(whole) {
  table.whole = whole;
  table.drawn.clear();
  body.replaceChildren();
  drawRows();
}
addEventListener("beforeprint", () => drawWhole(true));
addEventListener("afterprint", () => drawWhole(false));
