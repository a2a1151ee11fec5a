// The checks of scripts/check-page: check.mjs PAGE DIR.
import fs from "node:fs";
import { createRequire } from "node:module";
import puppeteer from "puppeteer-core";

const [page, out] = process.argv.slice(2);
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
// Every window in light and dark, at 100 % and at 200 %, which halves the page's own pixels. A phone has 390 of them.
const WINDOWS = {
  desk: { width: 1280, height: 800 },
  phone: { width: 390, height: 800, isMobile: true, hasTouch: true },
};
const look = (window, scheme, zoom) => {
  const { width, height, ...kind } = WINDOWS[window];
  return { ...kind, width: width / zoom, height: height / zoom, deviceScaleFactor: zoom, scheme };
};
const LOOKS = Object.fromEntries(
  Object.keys(WINDOWS).flatMap((window) =>
    ["light", "dark"].flatMap((scheme) => [1, 2].map((zoom) => [`${window}-${scheme}-${zoom}00`, look(window, scheme, zoom)])),
  ),
);

const PATTERN = /(<script type="application\/json" id="data">)([\s\S]*?)(<\/script>)/;
const text = fs.readFileSync(page, "utf8");
const data = JSON.parse(PATTERN.exec(text)[2]);
const [first, second] = data.builds.filter(({ tier }) => tier === "core").slice(-3).map(({ name }) => name);
const contract = data.contracts.find(({ cases }) => cases.some(({ texts }) => texts.length > 2)) ?? data.contracts[0];
const opened = `${contract.id}/${contract.cases.find(({ texts }) => texts.length > 2)?.name ?? contract.cases[0].name}`;
const VIEWS = {
  matrix: "",
  cell: `#open=${opened}@${second}`,
  contract: `#open=${contract.id}`,
  build: `#open=@${second}`,
  bad: "#open=no/such/case@1.0.0-none",
  "bad-view": "#view=rubbish&nonsense",
  pair: `#a=${first}&b=${second}&drift=1&unfold=*`,
  empty: "#q=no-such-word&drift=1",
  since: `#view=since&open=${opened}`,
  releases: `#view=releases&release=${second}`,
  advisories: "#view=advisories",
  memory: "#view=charts",
};

const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"], protocolTimeout: 600_000 });
let complaints = 0;
function complain(words) {
  complaints++;
  console.log(words);
}
const only = process.env.LOOKS?.split(",") ?? Object.keys(LOOKS);
for (const look of only) {
  const { scheme, ...viewport } = LOOKS[look];
  const views = Object.entries(VIEWS).filter(([view]) => !process.env.VIEWS || process.env.VIEWS.split(",").includes(view));
  for (const [view, hash] of views) await see(`${view}-${look}`, viewport, scheme, hash);
}
await speed(page, 1);
const large = `${out}/five-times.html`;
fs.writeFileSync(large, text.replace(PATTERN, (_, begin, json, end) => begin + fiveTimes(json) + end));
await speed(large, 5);
fs.rmSync(large);
await browser.close();
console.log(complaints ? `${complaints} complaints` : "nothing to complain of");
process.exit(complaints ? 1 : 0);

// A picture, and what axe-core finds.
async function see(name, viewport, scheme, hash) {
  const tab = await browser.newPage();
  tab.on("pageerror", (error) => complain(`${name}: ${error.message}`));
  tab.on("console", (message) => complain(`${name}: ${message.text()}`));
  await tab.setViewport(viewport);
  await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await tab.goto(`file://${page}${hash}`);
  await settled(tab);
  await tab.screenshot({ path: `${out}/${name}.png` });
  if (await tab.evaluate(() => document.documentElement.scrollWidth > innerWidth)) complain(`${name}: wider than the window`);
  for (const part of ["nav", "#filters", "#legend"]) {
    const isCut = (part) => document.querySelector(part).scrollWidth > document.querySelector(part).clientWidth;
    if (await tab.evaluate(isCut, part)) complain(`${name}: ${part} is cut`);
  }
  // The page's policy is about what is in the page.
  await tab.evaluate(fs.readFileSync(axe, "utf8"));
  const { violations } = await tab.evaluate(() => axe.run({ resultTypes: ["violations"] }));
  for (const { id, help, nodes } of violations) {
    complain(`${name}: ${id}: ${help}: ${nodes.length} times, as ${nodes[0].html.slice(0, 160)} ${nodes[0].any[0]?.message ?? ""}`);
  }
  await tab.close();
}

// Time of the page's own thread, so that other work on the machine does not count.
async function speed(file, times) {
  const tab = await browser.newPage();
  await tab.setViewport(WINDOWS.desk);
  const session = await tab.createCDPSession();
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const spent = async () => (await session.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration").value * 1000;
  await tab.goto(`file://${file}`);
  await settled(tab);
  const opening = await spent();
  await tab.evaluate(() => document.getElementById("fold").click());
  const before = await spent();
  await tab.evaluate(async () => {
    for (let step = 0; step < 30; step++) {
      document.getElementById("grid").scrollTop += 60;
      await new Promise((done) => setTimeout(done, 16));
    }
  });
  const step = ((await spent()) - before) / 30;
  console.log(`${times} times the contracts: opens in ${Math.round(opening)} ms, scrolls 60 pixels in ${step.toFixed(1)} ms`);
  if (opening > 1000) complain(`${times} times the contracts: opening takes ${Math.round(opening)} ms`);
  if (step > 16) complain(`${times} times the contracts: scrolling takes ${step.toFixed(1)} ms a frame`);
  await tab.close();
}

async function settled(tab) {
  await tab.waitForFunction(() => document.querySelector(".row, #release h2, #charts:not([hidden]), #empty h2"));
  await new Promise((done) => setTimeout(done, 200));
}

function fiveTimes(json) {
  const sheet = JSON.parse(json);
  const copy = (time) => sheet.contracts.map((one) => ({ ...one, id: time ? `copy${time}-${one.id}` : one.id }));
  return JSON.stringify({ ...sheet, contracts: [0, 1, 2, 3, 4].flatMap(copy) }).replaceAll("<", "\\u003c");
}
