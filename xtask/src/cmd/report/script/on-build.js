// The panel on a build, and on a known defect.

// The nearest build above one that is shown.
function nearestShown(build) {
  let above = builds[build].parent;
  while (above !== null && !current.shown.has(above)) above = builds[above].parent;
  return above;
}

// A build: what it is, and everything that changed in it.
function ofBuild(build) {
  const { name, profile } = builds[build];
  const { about: words, flags } = profiles[profile];
  const parent = nearestShown(build);
  const changed = cases.filter((row) => standsOut(row.signs[build]));
  return [
    h("h2", {}, name),
    h("p", {}, versionWords(build)),
    words ? h("p", {}, words) : null,
    h("p", {}, parent === null ? "No build before it is shown." : "Compared with ", parent !== null && link(`@${builds[parent].name}`, builds[parent].name)),
    h("p", {}, button(`What changed in ${shortName(build)}, with causes`, () => change({ view: "releases", release: name, open: "" }))),
    section(`What is different (${changed.length})`, changed.length ? listOf(changed, build, (row) => row.id) : dim("Nothing.")),
    section(
      `Known defects of its release, as published (${defectsOf(build).length})`,
      ...defectsOf(build).map(({ id, title }) => h("p", {}, link(`${id}@${name}`, title))),
    ),
    flags.length ? section("Flags", h("pre", {}, flags.join("\n"))) : null,
  ];
}

function versionWords(build) {
  const { version, found, released } = builds[build];
  return `SQLite ${version ?? found ?? "of this machine"}${released ? `, released ${released}` : ""}`;
}

// A known defect, and whether the release of a build has it.
function ofAdvisory({ title, effect, harm, links, cve, releases, has }, build) {
  const on = build !== undefined && [link(`@${builds[build].name}`, builds[build].name), `: ${PUBLISHED[has[build]][2]}`];
  // An address of a project's own file may be anything.
  const address = (to) => (/^https?:/.test(to) ? h("a", { href: to, rel: "noreferrer" }, to) : to);
  return [
    h("p", { class: "above" }, [effect, ...cve].join(" · ")),
    h("h2", {}, title),
    on && h("p", {}, ...on),
    h("p", {}, harm),
    h("p", {}, `In releases ${releases}, as published: nothing was run. `, h("code", {}, "cargo xtask audit"), " runs the proof."),
    section("Links", ...links.map((to) => h("p", {}, address(to)))),
  ];
}
