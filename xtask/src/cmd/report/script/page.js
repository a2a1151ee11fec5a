// The controls around the table, and what keeps all of it together: an address makes a view.

const control = (id) => document.getElementById(id);
const views = [...document.querySelectorAll("[data-view]")];

function show() {
  const view = readView();
  for (const button of views) button.setAttribute("aria-current", button.dataset.view === view.view ? "page" : "false");
  const charts = view.view === "charts";
  grid.hidden = charts;
  control("charts").hidden = !charts;
  control("filters").hidden = charts;
  control("legend").hidden = charts;
  if (control("q").value !== view.q) control("q").value = view.q;
  for (const id of ["area", "builds", "a", "b"]) control(id).value = view[id];
  control("drift").checked = Boolean(view.drift);
  control("drift").nextSibling.textContent =
    view.view === "since" ? " only what changed" : view.pair ? " only differences" : " only drift";
  const defects = view.view === "advisories";
  for (const id of ["area", "fold"]) control(id).hidden = defects;
  control("drift").parentElement.hidden = defects;
  control("builds").hidden = view.view === "since" || view.pair !== null;
  control("compared").hidden = view.view !== "matrix";
  control("fold").textContent = view.unfold === "*" ? "Fold all" : "Unfold all";
  if (!charts) {
    drawGrid(view);
    const [kind, of] = defects ? ["advisory", `${advisories.length} advisories`] : ["contract", `${contracts.length} contracts`];
    control("count").textContent = `${table.rows.filter((row) => row.kind === kind).length} of ${of}`;
    control("legend").replaceChildren(...(defects ? publishedLegend() : legend(table.columns)));
  }
  drawPanel(charts ? { ...view, open: "" } : view);
}

function fillControls() {
  control("area").append(...areas.map(({ name }) => element("option", { value: name }, name)));
  control("builds").append(...choices.map(({ value, label }) => element("option", { value }, label)));
  for (const id of ["a", "b"]) {
    control(id).append(...builds.map(({ name }) => element("option", { value: name }, name)));
  }
  const ran = cases.reduce((sum, row) => sum + row.ran.size, 0);
  const all = cases.length * builds.length;
  const number = (n) => n.toLocaleString("en");
  const part = ran === all ? "All" : `${number(ran)} of ${number(all)}`;
  control("origin").textContent = sheet.ran
    ? `${part} case results from the run of ${when(sheet.ran)}${ran === all ? "" : ", the others from the record"}`
    : `From the record, ${when(sheet.made)}: nothing was run`;
}

// Every sign that the builds shown have, with how many cases have it.
function legend(columns) {
  const counts = new Map();
  for (const row of cases) {
    for (const sign of columns.map((build) => row.signs[build])) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  }
  const entry = ({ sign, standing, meaning }) =>
    element(
      "span",
      { class: "entry" },
      element("b", { class: `key is-${standing}` }, sign),
      ` ${meaning} `,
      element("span", { class: "dim" }, counts.get(sign).toLocaleString("en")),
    );
  const usualOnes = element("span", { class: "entry dim" }, `a build without a profile: ${usual}`);
  return [...signs.filter(({ sign }) => counts.has(sign)).map(entry), usual ? usualOnes : ""];
}

function publishedLegend() {
  const entry = ([sign, kind, words]) => element("span", { class: "entry" }, element("b", { class: `key is-${kind}` }, sign), ` ${words}`);
  return ["1", "0", " "].map((has) => entry(PUBLISHED[has]));
}

for (const button of views) button.addEventListener("click", () => change({ view: button.dataset.view, open: "" }));
control("filters").addEventListener("submit", (event) => event.preventDefault());
control("q").addEventListener("input", () => change({ q: control("q").value }, { replace: true }));
for (const id of ["area", "builds", "a", "b"]) {
  control(id).addEventListener("change", () => change({ [id]: control(id).value }));
}
control("drift").addEventListener("change", () => change({ drift: control("drift").checked ? "1" : "" }));
control("fold").addEventListener("click", () => change({ unfold: readView().unfold === "*" ? "" : "*", fold: "" }));

addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input[type=search], select");
  if (event.key === "/" && !typing) {
    control("q").focus();
    control("q").select();
    event.preventDefault();
  } else if (event.key === "Escape") {
    if (!panel.hidden) closePanel();
    else if (typing) focusCell(false);
  }
});

fillControls();
addEventListener("popstate", show);
addEventListener("hashchange", show);
show();
