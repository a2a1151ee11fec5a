// How much every release changed, and what changed in one of them.

const bars = document.getElementById("bars");
const releasePage = document.getElementById("release");

function drawReleases(view) {
  const named = releaseNamed(view.release);
  const build = named ?? ladder.at(-1) ?? builds.length - 1;
  drawBars(build);
  const unknown = view.release && named === undefined;
  const problem = unknown && h("p", { class: "notice" }, `There is no build or version ${view.release} on this page; this is the newest.`);
  releasePage.replaceChildren(...[problem, ...releaseOf(build)].filter(Boolean));
}

// A build by its name; by a version it is the one on the ladder, or else another of that version.
function releaseNamed(name) {
  const isOfVersion = (build) => builds[build].version === name;
  return buildAt.get(name) ?? ladder.find(isOfVersion) ?? allBuilds.find(isOfVersion);
}

function drawBars(selected) {
  const focused = bars.contains(document.activeElement);
  const most = Math.max(1, ...ladder.map((build) => changesAt(build).length));
  // A build that is not on the ladder stands beside one that is.
  const beside = () => ladder.findLast((build) => builds[build].version === builds[selected].version) ?? ladder.at(-1);
  const at = ladder.includes(selected) ? selected : beside();
  const bar = (build) => {
    const count = changesAt(build).length;
    const height = h("i", {});
    height.style.height = `${Math.ceil((count / most) * 72)}px`;
    const words = `${shortName(build)}: ${inCases(count)} changed`;
    return h(
      "button",
      { type: "button", role: "tab", "aria-selected": String(build === selected), "aria-controls": "release", tabindex: build === at ? 0 : -1, title: words, "aria-label": words, "data-build": build },
      height,
      h("span", {}, shortName(build)),
    );
  };
  bars.replaceChildren(...ladder.map(bar));
  const chosen = bars.querySelector('[tabindex="0"]');
  if (focused) chosen.focus();
  chosen?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

const showRelease = (build, how) => change({ view: "releases", release: builds[build].name, open: "" }, how);

bars.addEventListener("click", (event) => {
  const bar = event.target.closest("[data-build]");
  if (bar) showRelease(Number(bar.dataset.build));
});

bars.addEventListener("keydown", (event) => {
  const at = ladder.indexOf(Number(document.activeElement.dataset.build));
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: ladder.length - 1 }[event.key];
  if (ladder[to] === undefined) return;
  showRelease(ladder[to], { replace: true });
  event.preventDefault();
});

// What changed in a build, by contract, with old and new value and cause.
function releaseOf(build) {
  const changes = changesAt(build);
  const groups = Map.groupBy ? Map.groupBy(changes, (row) => row.contract) : groupBy(changes, (row) => row.contract);
  const parent = builds[build].parent;
  const fresh = newlyRun(build);
  const list = (rows) => h("ul", { class: "cases" }, ...rows.map((row) => h("li", {}, link(`${row.id}@${builds[build].name}`, row.id))));
  return [
    h("div", { class: "steps" }, ...besides(build)),
    h("h2", {}, `What changed in ${shortName(build)}`),
    dim(versionWords(build), parent === null ? null : `; beside ${builds[parent].name}`),
    h("p", {}, changes.length ? `${inCases(changes.length)} of ${groups.size} ${groups.size === 1 ? "contract" : "contracts"} changed.` : "No case on record changed."),
    ...defectsChanged(build, parent),
    ...[...groups].map(([contract, rows]) => changesOf(contract, rows, build)),
    fresh.length ? h("details", {}, h("summary", {}, `${inCases(fresh.length)} can run for the first time`), list(fresh)) : null,
  ];
}

function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

// The releases before and after one, and every other build.
function besides(build) {
  const at = ladder.indexOf(build);
  const step = (to, words) => (ladder[to] === undefined || at < 0 ? h("span") : button(words(shortName(ladder[to])), () => showRelease(ladder[to])));
  const select = h("select", { "aria-label": "Build" }, ...builds.map(({ name }, to) => h("option", { value: to, selected: to === build }, name)));
  select.addEventListener("change", () => showRelease(Number(select.value)));
  return [step(at - 1, (name) => `← ${name}`), select, step(at + 1, (name) => `${name} →`)];
}

function defectsChanged(build, parent) {
  if (parent === null) return [];
  const turned = (from, to) => advisories.filter(({ has }) => has[parent] === from && has[build] === to);
  const entry = ({ id, title }) => h("li", {}, link(`${id}@${builds[build].name}`, title));
  const part = (title, found) => found.length && section(`${title} (${found.length})`, h("ul", { class: "cases" }, ...found.map(entry)));
  return [part("Known defects that are gone, as published", turned("1", "0")), part("Known defects that came, as published", turned("0", "1"))];
}

// The cases of a contract that changed in a build. Those with the same cause stand together.
function changesOf(contract, rows, build) {
  const found = rows.map((row) => releaseChange(row, build));
  const byCause = groupBy(found, ({ causes }) => causes.join("\n"));
  const part = ([cause, of]) => [cause && h("p", { class: "cause" }, cause), changeTable(of, build)];
  return h("section", {}, h("h3", {}, link(contract.id, contract.id)), dim(contract.title), ...[...byCause].flatMap(part));
}

function releaseChange(row, build) {
  const above = before(row, build, everywhere);
  const change = above && changeBetween(row, above.text, row.said[build]);
  return { row, causes: above ? causesBetween(row, above.build, build) : [], change: change ?? { step: "", before: null, after: null, more: 0 } };
}

function changeTable(found, build) {
  const value = (text) => h("code", {}, text ?? "–");
  const entry = ({ row, change }) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, link(`${row.id}@${builds[build].name}`, row.name)),
      h("td", { class: "out" }, value(change.before)),
      h("td", { class: "in" }, value(change.after)),
      h("td", { class: "step" }, h("code", {}, change.step), change.more ? ` and ${change.more} more ${change.more === 1 ? "line" : "lines"}` : null),
    );
  const titles = ["Case", "Before", "Now", "Of the step"].map((title) => h("th", { scope: "col" }, title));
  return h("table", { class: "changes" }, h("thead", {}, h("tr", {}, ...titles)), h("tbody", {}, ...found.map(entry)));
}
