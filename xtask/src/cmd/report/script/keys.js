// The table by keyboard and mouse.

// Moves the keyboard to a cell, and brings it into sight.
function focusCell() {
  if (table.at.row !== HEAD && !rowAt(table.at.row)) return;
  reveal(table.at);
  drawRows();
  grid.querySelectorAll('[tabindex="0"]').forEach((cell) => cell.setAttribute("tabindex", -1));
  focusDrawn();
}

// Scrolls no further than it takes to see a cell. What an address leads to then has some of its neighbours beside it.
function reveal({ row, column }, { around = 0 } = {}) {
  const height = rowHeight();
  const [top, bottom] = [row * height, (row + 1) * height + head.offsetHeight];
  if (row !== HEAD && top < grid.scrollTop) grid.scrollTop = top - around * height;
  else if (row !== HEAD && bottom > grid.scrollTop + grid.clientHeight) grid.scrollTop = bottom + around * height - grid.clientHeight;
  const name = head.querySelector(`[data-column="${column}"]`);
  if (!name) return;
  const [left, right] = [name.offsetLeft - head.firstElementChild.offsetWidth, name.offsetLeft + name.offsetWidth];
  if (left < grid.scrollLeft) grid.scrollLeft = left - around * name.offsetWidth;
  else if (right > grid.scrollLeft + grid.clientWidth) grid.scrollLeft = right + around * name.offsetWidth - grid.clientWidth;
}

// How many neighbours on each side.
const AROUND = { around: 3 };

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

// Where a move leads. Over the first row are the names of the builds, where the corner says nothing.
function moved({ row, column }, [down, right]) {
  const within = (at, least, most) => Math.min(Math.max(at, least), most);
  const to = { row: within(row + down, HEAD, table.rows.length - 1), column: within(column + right, -1, table.columns.length - 1) };
  if (to.row !== HEAD) return to;
  if (down < -1 || (column < 0 && right <= 0)) return { ...to, row: Math.min(0, table.rows.length - 1) };
  return { ...to, column: Math.max(to.column, 0) };
}

grid.addEventListener("keydown", (event) => {
  const move = MOVES[event.key];
  if (move && !event.altKey && !event.metaKey) {
    table.at = moved(table.at, move(event));
    focusCell();
    event.preventDefault();
  } else if (event.key === "Enter" || event.key === " ") {
    enter(table.at);
    event.preventDefault();
  } else if (event.key === "i" && ["contract", "case"].includes(rowAt(table.at.row)?.kind)) {
    change({ open: rowAt(table.at.row).item.id });
    event.preventDefault();
  }
});

grid.addEventListener("click", (event) => {
  const more = event.target.closest("[data-contract]");
  if (more) return void change({ open: more.dataset.contract });
  const cell = event.target.closest("[data-column]");
  if (!cell) return;
  const row = cell.closest("[data-row]");
  table.at = { row: row ? Number(row.dataset.row) : HEAD, column: Number(cell.dataset.column) };
  focusCell();
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
  const build = column >= 0 ? builds[table.columns[column]].name : null;
  if (at === HEAD) return change({ open: `@${build}` });
  const row = rowAt(at);
  if (!row || (row.kind === "area total" && !build)) return;
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

// The panel takes room from the table, and so may a window.
new ResizeObserver(() => {
  if (!table.view || grid.hidden) return;
  layOut();
  drawWhole(table.whole);
  if (table.view.open) reveal(table.at, AROUND);
}).observe(grid);

// Paper does not scroll: there all rows stand one after the other.
function drawWhole(whole) {
  table.whole = whole;
  const focused = body.contains(document.activeElement);
  table.across = { from: 0, to: -1 };
  drawRows();
  if (focused) focusDrawn();
}
addEventListener("beforeprint", () => drawWhole(true));
addEventListener("afterprint", () => drawWhole(false));
