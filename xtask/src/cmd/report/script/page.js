// The controls around the table, and what keeps all of it together: an address makes a view.

const control = (id) => document.getElementById(id);
const views = [...document.querySelectorAll("[data-view]")];
const TABLES = ["matrix", "since", "advisories"];

function show() {
  const view = readView();
  const isTable = TABLES.includes(view.view);
  for (const button of views) button.setAttribute("aria-current", button.dataset.view === view.view ? "page" : "false");
  grid.hidden = !isTable;
  control("charts").hidden = view.view !== "charts";
  control("releases").hidden = view.view !== "releases";
  control("legend").hidden = !isTable;
  showControls(view, isTable);
  if (isTable) drawGrid(view);
  else if (view.view === "releases") drawReleases(view);
  if (isTable) describe(view);
  drawEmpty(view, isTable && !table.rows.length);
  drawPanel(isTable ? view : { ...view, open: "" });
  document.title = titleOf(view, isTable);
}

// The window's name, by which its history and bookmarks are known.
function titleOf(view, isTable) {
  const of = isTable ? view.open.replace("@", " on ").trim() : view.view === "releases" ? view.release : "";
  return of ? `${of} – SQLite contracts` : "SQLite contracts";
}

function showControls(view, isTable) {
  const defects = view.view === "advisories";
  if (control("q").value !== view.q) control("q").value = view.q;
  for (const id of ["area", "builds", "a", "b"]) control(id).value = view[id];
  control("drift").checked = Boolean(view.drift);
  control("drift").nextSibling.textContent =
    view.view === "since" ? " only what changed" : view.pair ? " only differences" : " only drift";
  control("filters").hidden = view.view === "charts";
  control("q").hidden = !isTable;
  for (const id of ["area", "fold"]) control(id).hidden = defects || !isTable;
  control("drift").parentElement.hidden = defects || !isTable;
  control("builds").hidden = view.view === "since" || view.pair !== null || !isTable;
  control("compared").hidden = view.view !== "matrix";
  control("alone").hidden = !view.a && !view.b;
  control("fold").textContent = view.unfold === "*" ? "Fold all" : "Unfold all";
  control("count").textContent = "";
  foldFilters(view, isTable);
}

// A link from another page, or one that was cut: what it shows instead is said, not guessed at.
function complain(parts) {
  const bad = control("bad");
  bad.hidden = !parts.length;
  if (bad.hidden) return;
  const words = parts.map((part) => `“${part}”`).join(", ");
  const mend = () => {
    history.replaceState(null, "", addressOf(readView()));
    complain([]);
  };
  bad.replaceChildren(
    `This is a bad link: ${words} ${parts.length > 1 ? "mean" : "means"} nothing on this page, and the rest is shown. `,
    button("Dismiss", mend, { class: "link" }),
  );
}

// How many rows there are, and what the signs mean.
function describe(view) {
  const defects = view.view === "advisories";
  const [kind, of] = defects ? ["advisory", `${advisories.length} advisories`] : ["contract", `${contracts.length} contracts`];
  control("count").textContent = `${table.rows.filter((row) => row.kind === kind).length} of ${of}`;
  control("legend").replaceChildren(...(defects ? publishedLegend() : view.view === "since" ? sinceLegend() : legend(table.columns)));
}

function fillControls() {
  control("area").append(...areas.map(({ name }) => element("option", { value: name }, name)));
  control("builds").append(...choices.map(({ value, label }) => element("option", { value }, label)));
  for (const id of ["a", "b"]) {
    control(id).append(...builds.map(({ name }) => element("option", { value: name }, name)));
  }
  const ran = cases.reduce((sum, row) => sum + row.ran.reduce((a, b) => a + b, 0), 0);
  const all = cases.length * builds.length;
  const number = (n) => n.toLocaleString("en");
  const part = ran === all ? "All" : `${number(ran)} of ${number(all)}`;
  control("origin").textContent = sheet.ran
    ? `${part} case results from the run of ${when(sheet.ran)}${ran === all ? "" : ", the others from the record"}`
    : `From the record, ${when(sheet.made)}: nothing was run`;
}

for (const button of views) button.addEventListener("click", () => change({ view: button.dataset.view, open: "" }));
control("filters").addEventListener("submit", (event) => event.preventDefault());
control("q").addEventListener("input", () => change({ q: control("q").value }, { replace: true }));
for (const id of ["area", "builds", "b"]) {
  control(id).addEventListener("change", () => change({ [id]: control(id).value }));
}
// One build alone is compared with the newest.
control("a").addEventListener("change", () => {
  const a = control("a").value;
  const other = ladder.map((build) => builds[build].name).findLast((name) => name !== a) ?? "";
  change({ a, b: a ? readView().b || other : "" });
});
control("alone").addEventListener("click", () => change({ a: "", b: "" }));
control("drift").addEventListener("change", () => change({ drift: control("drift").checked ? "1" : "" }));
control("fold").addEventListener("click", () => change({ unfold: readView().unfold === "*" ? "" : "*", fold: "" }));
control("help").addEventListener("click", () => control("helper").showModal());

addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) return;
  const typing = event.target.closest?.("input[type=search], select");
  if (event.key === "/" && !typing && !control("q").hidden) {
    control("q").focus();
    control("q").select();
    event.preventDefault();
  } else if (event.key === "?" && !typing) {
    control("helper").showModal();
  } else if (event.key === "Escape") {
    if (!panel.hidden) closePanel();
    else if (typing) focusCell();
  }
});

fillControls();
addEventListener("popstate", show);
function arrive() {
  complain(badParts());
  unfoldOpened();
  show();
}

addEventListener("hashchange", arrive);
arrive();
