// Looks at the pages of a folder as a browser does: `node check.mjs FOLDER`, a report, a training pack or a room.
// No accessibility violation (axe-core), nothing loaded from elsewhere, on paper nothing wider than the page, and no slide
// higher than the projector. Lists of the portfolio are narrowed down with scripts off, and sorted with scripts on.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const root = resolve(process.argv[2]);
const pages = readdirSync(root, { recursive: true }).filter((n) => n.endsWith(".html")).sort();

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
// What is wrong with choosing and sorting on the page of the portfolio.
async function lists(url) {
  const shown = () => [...document.querySelectorAll("[data-found]")].filter((e) => getComputedStyle(e).display !== "none").length;
  const trouble = [];
  const off = await browser.newContext({ javaScriptEnabled: false });
  const still = await off.newPage();
  await still.goto(url);
  const all = await still.evaluate(shown);
  const choices = await still.locator(".filters input[id]").count();
  if (choices > 0) {
    await still.locator(".filters summary").click();
    let most = 0;
    for (const id of await still.locator(".filters input[id^=f-p-]").evaluateAll((inputs) => inputs.map((i) => i.id))) {
      await still.locator(`#${id}`).check();
      const some = await still.evaluate(shown);
      const of = await still.evaluate((found) => document.querySelectorAll(`[data-found].${found}`).length, id.slice(2));
      if (some !== of) trouble.push(`${id}: shows ${some} of ${of}`);
      most += some;
    }
    if (most !== all) trouble.push(`choices by priority show ${most} of ${all}`);
  }
  await off.close();
  const on = await browser.newContext();
  const page = await on.newPage();
  await page.goto(url);
  const order = () => [...document.querySelectorAll("#by-name ~ .wide tbody tr")].map((r) => r.cells[0].textContent.trim());
  const before = await page.evaluate(order);
  for (const direction of ["ascending", "descending"]) {
    if (before.length === 0) break;
    await page.locator("#by-name ~ .wide thead button").first().click();
    const sort = await page.locator("#by-name ~ .wide thead th").first().getAttribute("aria-sort");
    if (sort !== direction) trouble.push(`sorts ${sort}, not ${direction}`);
  }
  const after = await page.evaluate(order);
  if (before.length > 1 && after[0] === before[0]) trouble.push("sorting the other way round changes nothing");
  await on.close();
  return trouble;
}

let passed = 0;
let failed = 0;
for (const name of pages) {
  const trouble = [];
  const url = "file://" + join(root, name);
  // The page forbids scripts; axe is put in from outside of it.
  const context = await browser.newContext({ bypassCSP: true, viewport: { width: 1000, height: 1400 } });
  const page = await context.newPage();
  page.on("request", (request) => {
    if (request.url() !== url) trouble.push(`loads ${request.url()}`);
  });
  page.on("pageerror", (error) => trouble.push(`script: ${error.message}`));
  await page.goto(url);
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run());
  for (const violation of result.violations) {
    trouble.push(`axe ${violation.impact} ${violation.id}: ${violation.nodes.map((n) => n.target.join(" ")).slice(0, 3).join("; ")}`);
  }
  await page.setViewportSize({ width: 1280, height: 720 });
  const slides = await page.evaluate(() => [...document.querySelectorAll(".slide")].map((s) => [s.offsetHeight, s.textContent.trim().slice(0, 40)]));
  trouble.push(...slides.filter(([height]) => height > 721).map(([height, text]) => `a slide is ${height} high: ${text}`));
  // A4 less its margins, at 96 dots an inch; slides keep their own size.
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize(slides.length ? { width: 1280, height: 720 } : { width: 680, height: 1000 });
  const wide = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    return [...document.querySelectorAll("table, svg, td, th, p, li")]
      .filter((e) => e.getBoundingClientRect().right > width + 1)
      .map((e) => `${e.tagName} ${e.textContent.trim().slice(0, 40)}`)
      .slice(0, 3);
  });
  trouble.push(...wide.map((w) => `cut off on paper: ${w}`));
  // The head of a table stands on every page, and Chromium repeats no buttons.
  const buttons = await page.evaluate(() => [...document.querySelectorAll("thead button")].filter((b) => getComputedStyle(b).display !== "contents").length);
  if (buttons) trouble.push(`${buttons} heads of columns are not repeated on paper`);
  if (name === "index.html") trouble.push(...(await lists(url)));
  const pdf = await page.pdf({ format: "A4" });
  if (pdf.length < 1000) trouble.push("prints nothing");
  await context.close();
  if (trouble.length) {
    failed += 1;
    console.log(`${name}\n  ${trouble.join("\n  ")}`);
  } else {
    passed += 1;
  }
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
