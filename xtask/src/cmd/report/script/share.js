// What leaves the page: a link to it, and a view as CSV or Markdown.

// Pages from disk may not be trusted with the clipboard; then the text is selected as a person would.
async function copy(text, from) {
  const told = from.textContent;
  from.textContent = (await copied(text)) ? "Copied" : "Could not copy";
  setTimeout(() => (from.textContent = told), 1500);
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = element("textarea", { class: "unseen" });
    field.value = text;
    (document.querySelector("dialog[open]") ?? document.body).append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

// A view as a table of words: what its rows show, without the areas.
function tableOfView(view, format) {
  if (view.view === "releases") return releaseTable(releaseNamed(view.release) ?? ladder.at(-1));
  if (view.view === "advisories") return advisoryTable();
  const rows = table.rows.filter(({ kind, open }) => kind === "case" || (kind === "contract" && !open));
  const named = ({ kind, item }) => (kind === "case" ? [item.contract.id, item.name] : [item.id, ""]);
  if (view.pair) return pairTable(rows.filter(({ kind }) => kind === "case"), view.pair);
  if (view.view === "since") {
    const words = ({ kind, item }) => (kind === "case" ? inValues(item).join("; ") : item.title);
    return [["contract", "case", "since when"], ...rows.map((row) => [...named(row), words(row)])];
  }
  const cell = (rank) => (format === "csv" ? signs[rank].standing : signs[rank].sign);
  const names = table.columns.map((build) => builds[build].name);
  return [["contract", "case", ...names], ...rows.map((row) => [...named(row), ...table.columns.map((build) => cell(row.item.signs[build]))])];
}

function pairTable(rows, [a, b]) {
  const line = ({ item: row }) => {
    const change = row.said[a] === NOTHING || row.said[b] === NOTHING ? null : pairChange(row, [a, b]);
    const state = (build) => (row.said[build] === NOTHING ? whyNothing(row, build) : "");
    const causes = differs(row, [a, b]) ? causesBetween(row, a, b).join(" ") : "";
    return [row.contract.id, row.name, change?.step ?? "", change ? change.before ?? "" : state(a), change ? change.after ?? "" : state(b), causes];
  };
  return [["contract", "case", "step", builds[a].name, builds[b].name, "because"], ...rows.map(line)];
}

function releaseTable(build) {
  const line = (row) => {
    const { change, causes } = releaseChange(row, build);
    return [row.contract.id, row.name, change.step, change.before ?? "", change.after ?? "", causes.join(" ")];
  };
  return [["contract", "case", "step", "before", builds[build].name, "because"], ...changesAt(build).map(line)];
}

function advisoryTable() {
  const rows = table.rows.filter(({ kind }) => kind === "advisory");
  const has = (item) => table.columns.map((build) => PUBLISHED[item.has[build]][1]);
  const names = table.columns.map((build) => builds[build].name);
  return [["advisory", "title", "releases", ...names], ...rows.map(({ item }) => [item.id.split(":")[1], item.title, item.releases, ...has(item)])];
}

const FORMATS = {
  markdown: { ending: "md", type: "text/markdown", of: markdown },
  csv: { ending: "csv", type: "text/csv", of: csv },
};

// A spreadsheet must not take what SQLite printed for a formula.
function csv(rows) {
  const safe = (word) => (/^[=+@\t\r-]/.test(word) ? `'${word}` : word);
  const field = (word) => `"${safe(word).replaceAll('"', '""')}"`;
  return rows.map((row) => row.map(field).join(",")).join("\r\n") + "\r\n";
}

function markdown([titles, ...rows]) {
  const safe = (word) => word.replace(/[\\|`*_<>[\]]/g, "\\$&").replace(/\s+/g, " ");
  const line = (row) => `| ${row.map(safe).join(" | ")} |`;
  return [line(titles), `|${titles.map(() => " --- |").join("")}`, ...rows.map(line)].join("\n") + "\n";
}

const exporter = document.getElementById("exporter");
const exported = document.getElementById("exported");
const formatIn = () => exporter.querySelector("[name=format]:checked").value;

function fillExport() {
  const rows = tableOfView(readView(), formatIn());
  exported.value = FORMATS[formatIn()].of(rows);
  document.getElementById("exported-count").textContent = `${rows.length - 1} rows of what the view shows now`;
}

function download() {
  const { ending, type } = FORMATS[formatIn()];
  const address = URL.createObjectURL(new Blob([exported.value], { type }));
  element("a", { href: address, download: `sqlite-contracts-${readView().view}.${ending}` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

document.getElementById("export").addEventListener("click", () => {
  exporter.showModal();
  fillExport();
});
for (const format of exporter.querySelectorAll("[name=format]")) format.addEventListener("change", fillExport);
document.getElementById("copy-export").addEventListener("click", (event) => copy(exported.value, event.currentTarget));
document.getElementById("save-export").addEventListener("click", download);
