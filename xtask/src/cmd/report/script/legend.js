// What the signs below the table mean.

const entryOf = (sign, kind, ...words) =>
  element("span", { class: "entry" }, element("b", { class: `key ${kind}` }, sign), " ", ...words);
const remark = (words) => element("span", { class: "entry dim" }, words);
const usualRemark = () => (usual ? [remark(`a column without a name: the flags of ${usual}`)] : []);

// Every sign that the builds shown have, with how many cases have it.
function legend(columns) {
  const { counts, mostlyRan } = current;
  const entry = ({ sign, standing, meaning }, rank) =>
    entryOf(sign, `is-${standing}`, `${meaning} `, element("span", { class: "dim" }, counts[rank].toLocaleString("en")));
  const shown = signs.map((sign, rank) => (counts[rank] ? entry(sign, rank) : null)).filter(Boolean);
  const between = columns.length < builds.length ? [entryOf(".", "is-holds between", "changed between two columns, and back")] : [];
  const origin = sheet.ran ? [mostlyRan ? entryOf("", "recorded", ORIGINS.recorded) : entryOf("", "was-run", ORIGINS["was-run"])] : [];
  return [...shown, ...between, ...origin, ...usualRemark()];
}

function publishedLegend() {
  return ["1", "0", " "].map((has) => entryOf(PUBLISHED[has][0], `is-${PUBLISHED[has][1]}`, PUBLISHED[has][2]));
}

function sinceLegend() {
  return [
    entryOf("A", "behaviour b0", "what a case did first"),
    entryOf("B", "behaviour b1", "what it did next; a letter comes back where the behaviour does"),
    entryOf("3", "count", "how many cases of a contract or area changed there"),
    ...usualRemark(),
  ];
}
