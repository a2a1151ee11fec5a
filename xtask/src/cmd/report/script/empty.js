// What stands where no row is left: which filter left nothing, and how to take it back.

const empty = document.getElementById("empty");

function drawEmpty(view, isEmpty) {
  empty.hidden = !isEmpty;
  if (!isEmpty) return;
  const filters = [
    view.q && { words: `the search for “${view.q}”`, clear: "Clear the search", parts: { q: "" } },
    view.area && { words: `the area “${view.area}”`, clear: "All areas", parts: { area: "" } },
    view.drift && { words: "showing only what differs", clear: "Show all", parts: { drift: "" } },
  ].filter(Boolean);
  const all = Object.assign({}, ...filters.map(({ parts }) => parts));
  const clears = filters.map(({ clear, parts }) => button(clear, () => change(parts)));
  const words = filters.map((filter) => filter.words).join(" and ");
  empty.replaceChildren(
    h("h2", {}, "Nothing found"),
    h("p", {}, filters.length ? `No row is left by ${words}.` : "This page has no contracts."),
    view.q ? dim("A search looks for every word in the names of contracts and cases, in titles, and in all transcripts.") : "",
    h("p", { class: "choices" }, ...clears, filters.length > 1 ? button("Clear all filters", () => change(all)) : ""),
  );
}
