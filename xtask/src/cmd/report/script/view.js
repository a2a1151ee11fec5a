// What the page shows, kept in the address: every view has its own, which can be sent to others.

const DEFAULTS = {
  view: "matrix", // matrix, since, releases, advisories, charts
  q: "",
  area: "",
  drift: "", // 1: only rows in which something differs
  builds: sheet.opens_with_run ? "ran" : fewBuilds() ? "all" : "core",
  a: "", // two builds side by side
  b: "",
  unfold: "", // contracts whose cases are shown, with commas; * for all
  fold: "", // areas whose contracts are not shown
  open: "", // what the panel shows: case@build, case, contract@build, contract or @build
  release: "", // the build whose changes are listed
};

// Whether all builds can be taken in at once.
function fewBuilds() {
  return builds.length <= 40 || builds.every(({ tier }) => tier !== "core");
}

const VIEWS = ["matrix", "since", "releases", "advisories", "charts"];

// What a part of an address may say, where not everything has a meaning. The panel says itself what it does not find, and
// so does the list of releases.
const KNOWN = {
  view: (value) => VIEWS.includes(value),
  area: (value) => !value || areas.some(({ name }) => name === value),
  builds: (value) => choices.some((choice) => choice.value === value),
  a: (value) => !value || buildAt.has(value),
  b: (value) => !value || buildAt.has(value),
  unfold: (value) => value === "*" || listed(value).every((id) => contractAt.has(id)),
};

const isKnown = (key, value) => key in DEFAULTS && (KNOWN[key]?.(value) ?? true);

// The parts of the address that mean nothing here: `view=rubbish`.
function badParts() {
  const parts = [...new URLSearchParams(location.hash.slice(1))].filter(([key, value]) => !isKnown(key, value));
  return parts.map(([key, value]) => (value ? `${key}=${value}` : key));
}

// A part that means nothing is as if it were not there.
function readView() {
  const words = new URLSearchParams(location.hash.slice(1));
  // A release alone is the list of what it changed.
  if (words.get("release") && !words.has("view")) words.set("view", "releases");
  const said = (key) => (isKnown(key, words.get(key) ?? DEFAULTS[key]) ? words.get(key) : null);
  const view = Object.fromEntries(Object.entries(DEFAULTS).map(([key, value]) => [key, said(key) ?? value]));
  view.pair = [view.a, view.b].map((name) => buildAt.get(name));
  if (view.pair.includes(undefined) || view.view !== "matrix") view.pair = null;
  return view;
}

function addressOf(view) {
  const isOfView = (key) => key !== "release" || view.view === "releases";
  const words = Object.keys(DEFAULTS).filter((key) => view[key] !== DEFAULTS[key] && isOfView(key));
  // Slashes, commas and such need no escape behind a #, and the address stays readable.
  const plain = (text) => encodeURIComponent(text).replace(/%(2F|40|2C|3A)/g, decodeURIComponent);
  return `#${words.map((key) => `${key}=${plain(view[key])}`).join("&")}`;
}

// What an address leads to is not folded away.
function unfoldOpened() {
  const view = readView();
  const [name] = view.open.split("@");
  const contract = contractAt.get(name) ?? caseAt.get(name)?.contract;
  if (!contract) return;
  const unfold = isUnfolded(view, contract) || !caseAt.has(name) ? view.unfold : toggled(listed(view.unfold), contract.id);
  const fold = listed(view.fold).filter((area) => area !== contract.area).join(",");
  history.replaceState(null, "", addressOf({ ...view, unfold, fold }));
}

// Changes the view. What is typed replaces the address, everything else can be gone back from.
function change(parts, { replace = false } = {}) {
  const address = addressOf({ ...readView(), ...parts });
  complain([]);
  if (address === (location.hash || "#")) return;
  history[replace ? "replaceState" : "pushState"](null, "", address);
  show();
}

const listed = (words) => words.split(",").filter(Boolean);

function isUnfolded(view, contract) {
  return view.unfold === "*" || listed(view.unfold).includes(contract.id);
}

function toggleContract(contract) {
  const view = readView();
  const all = view.unfold === "*" ? contracts.map(({ id }) => id) : listed(view.unfold);
  change({ unfold: toggled(all, contract.id) }, { replace: true });
}

function toggleArea(area) {
  change({ fold: toggled(listed(readView().fold), area.name) }, { replace: true });
}

function toggled(words, word) {
  const rest = words.filter((known) => known !== word);
  return (rest.length < words.length ? rest : [...words, word]).join(",");
}
