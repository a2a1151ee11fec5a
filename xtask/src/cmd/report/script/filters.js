// Where a window is narrow the filters stand behind a button, which says how many of them are set.

const filters = document.getElementById("filters");
const more = document.getElementById("more");
let areShown = false;

function foldFilters(view, isTable) {
  const set = ["area", "drift", "builds", "a", "b"].filter((key) => view[key] !== DEFAULTS[key]).length;
  more.hidden = !isTable;
  more.textContent = set ? `Filters: ${set}` : "Filters";
  more.setAttribute("aria-expanded", areShown);
  filters.classList.toggle("folded", isTable && !areShown);
}

more.addEventListener("click", () => {
  areShown = !areShown;
  show();
});
