// What the page can do beyond showing itself: search, arrow keys, Escape, and the mark of what the panel shows.

const board = document.getElementById("board");
const search = document.getElementById("q");
const rows = [...board.querySelectorAll("tbody tr")];
for (const control of [themeButton, search]) control.hidden = false;

// What a row and its evidence say, in lower case.
const wordsOf = new Map(
  rows.map((row) => {
    const { hash } = row.querySelector("th a");
    return [row, (row.textContent + document.getElementById(hash.slice(1)).textContent).toLowerCase()];
  }),
);

search.addEventListener("input", () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const row of rows) {
    const isFound = words.every((word) => wordsOf.get(row).includes(word));
    row.classList.toggle("missed", !isFound);
  }
});

// One stop of the tab key for the table: arrows lead from cell to cell.
const linksOf = (row) => [...row.querySelectorAll("a")];
const visible = () => [board.querySelector("thead tr"), ...rows.filter((row) => row.getClientRects().length)];
board.tabIndex = -1;
for (const link of board.querySelectorAll("table a")) link.tabIndex = -1;
const enter = (link) => {
  board.querySelector('a[tabindex="0"]')?.setAttribute("tabindex", -1);
  link.tabIndex = 0;
};
enter(board.querySelector("tbody tr:not(.clean) a") ?? board.querySelector("a"));

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

board.addEventListener("keydown", (event) => {
  const link = event.target.closest("table a");
  const move = MOVES[event.key];
  if (!link || !move || event.altKey || event.metaKey || event.ctrlKey) return;
  const shown = visible();
  const within = (at, least, most) => Math.min(Math.max(at, least), most);
  const row = link.closest("tr");
  // The heading has no link above the titles.
  const columnOf = (of, at) => at + (of === shown[0] ? 1 : 0);
  const next = shown[within(shown.indexOf(row) + move[0], 0, shown.length - 1)];
  const column = columnOf(row, linksOf(row).indexOf(link)) + move[1] - (next === shown[0] ? 1 : 0);
  const links = linksOf(next);
  const to = links[within(column, 0, links.length - 1)];
  enter(to);
  to.focus();
  event.preventDefault();
});
board.addEventListener("focusin", (event) => {
  const link = event.target.closest("table a");
  if (link) enter(link);
});

addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target !== search) {
    search.focus();
    search.select();
    event.preventDefault();
  } else if (event.key === "Escape" && location.hash.length > 2) {
    location.hash = "-";
  }
});

// Marks the sign that the panel is about; after closing it has the keyboard again.
let marked;
function mark() {
  const was = marked;
  marked = [...board.querySelectorAll("table a")].find((link) => link.hash === decodeURI(location.hash));
  was?.removeAttribute("aria-current");
  marked?.setAttribute("aria-current", "true");
  marked?.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (marked) document.querySelector("#panel article:has(:target), #panel article:target")?.focus({ preventScroll: true });
  else was?.focus();
}
addEventListener("hashchange", mark);
mark();
