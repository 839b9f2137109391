// Peer: SheetJS reads, nunjucks renders, exceljs streams the portfolio. The same steps as common.py, in JavaScript.
// node sheetjs_peer.mjs CORPUS OUT --model MODEL [--jobs N], with NODE_MODULES naming the folder of node_modules.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

const require = createRequire(path.join(process.env.NODE_MODULES, "package.json"));
const HERE = path.dirname(fileURLToPath(import.meta.url));
const BANDS = ["low", "moderate", "high", "severe"];
const FACTS = ["subcontracting", "hires-directly", "agency-workers", "housing", "eu-citizens", "third-country-citizens"];
const HEADS = {
  Suppliers: ["Id", "Supplier", "Country", "Sector", "Priority", "Score", "Best", "Exposure", "Precautions", "Share answered", "At best",
    "Exposure, low", "Precautions, high", "Answered", "Applicable", "Form", "Edition", "Revision"],
  Sections: ["Id", "Supplier", "Section", "Weight", "Credit, low", "Credit, high"],
  Actions: ["Action", "Supplier", "Number", "About", "What to do", "What would show it", "Points", "Status", "Owner", "Due", "Note"],
  Lines: ["Id", "Supplier", "Section", "Number", "Question", "Answer", "What stood there", "Credit", "Points", "Cell", "Line", "Document", "Comment"],
  Ledger: ["File", "Role", "Status", "Id"],
};

// An exact fraction; few are needed, integers do the rest.
const gcd = (a, b) => { while (b) [a, b] = [b, a % b]; return a < 0n ? -a : a; };
class F {
  constructor(n, d = 1n) { const g = gcd(n, d) || 1n; this.n = n / g; this.d = d / g; }
  static of(x) { if (x instanceof F) return x; const [n, d] = String(x).split("/"); return new F(BigInt(n), BigInt(d ?? 1)); }
  add(o) { o = F.of(o); return new F(this.n * o.d + o.n * this.d, this.d * o.d); }
  sub(o) { o = F.of(o); return new F(this.n * o.d - o.n * this.d, this.d * o.d); }
  mul(o) { o = F.of(o); return new F(this.n * o.n, this.d * o.d); }
  least(o) { o = F.of(o); return this.n * o.d >= o.n * this.d; }
  get number() { return Number(this.n) / Number(this.d); }
  toString() { return this.d === 1n ? `${this.n}` : `${this.n}/${this.d}`; }
}

const text = (v) => (v === null || v === undefined ? "" : String(v).trim());
const fold = (t) => t.split(/\s+/).filter(Boolean).join(" ").toLowerCase();
const share = (f) => `${(f.number * 100).toFixed(0)} %`;
const applies = (when, facts) => Object.entries(when).every(([f, v]) => facts[f] === null || facts[f] === v);

function read(file) {
  const XLSX = require("xlsx");
  const bytes = fs.readFileSync(file);
  const names = XLSX.read(bytes, { bookSheets: true }).SheetNames;
  const wanted = [...names.slice(1, 6), "_meta"];
  const book = XLSX.read(bytes, { sheets: wanted, cellFormula: false, cellHTML: false, cellText: false });
  const grid = (sheet) => {
    // Rows count from the top of the sheet, as cells are named.
    const range = XLSX.utils.decode_range(sheet["!ref"]);
    range.s = { r: 0, c: 0 };
    return XLSX.utils.sheet_to_json(sheet, { header: 1, raw: true, defval: null, range, blankrows: true });
  };
  return Object.fromEntries(wanted.map((name) => [name, grid(book.Sheets[name])]));
}

function rowsOf(sheets, names) {
  const out = new Map();
  for (const name of names)
    sheets[name].forEach((row, n) => {
      if (n >= 6 && row[0]) {
        const c = [0, 1, 2, 4, 5, 6].map((i) => text(row[i]));
        out.set(c[0], { sheet: name, n: n + 1, number: c[1], text: c[2], value: c[3], document: c[4], comment: c[5] });
      }
    });
  return out;
}

function answer(scale, value, comment, mayBeNa) {
  if (!value) return ["blank", null];
  const found = Object.hasOwn(scale.labels, fold(value)) ? scale.labels[fold(value)] : null;
  if (!found) {
    const number = scale.below.length ? Number(value.replace(/%$/, "").trim().replace(",", ".")) : NaN;
    if (Number.isNaN(number) || number < Number(scale.least) || number > Number(scale.most) || (number > 0 && number < 1)) return ["unreadable", null];
    const [, option, credit] = scale.below.find(([below]) => below === null || number < Number(below));
    return [option, credit];
  }
  const [option, credit, needsReason] = found;
  if (option === "na") return [mayBeNa && comment ? "na" : "na-unfounded", null];
  if (needsReason && !comment) return ["unreadable", null];
  return [option, credit];
}

function assess(model, sheets, file) {
  const names = Object.keys(sheets);
  const meta = Object.fromEntries(sheets._meta.map((r) => [text(r[0]), text(r[1])]));
  const rows = rowsOf(sheets, names.slice(0, -1));
  const none = { sheet: names[0], n: 0, number: "", text: "", value: "", document: "", comment: "" };
  const cell = (id) => rows.get(id)?.value ?? "";
  const facts = {};
  for (const fact of FACTS) {
    const [option] = answer(model.scales.risk, cell(fact), "", false);
    facts[fact] = option === "yes" || option === "no" ? option : null;
  }
  const known = {};
  for (const [factor, table, value] of [["country", model.countries, cell("country")], ["sector", model.sectors, cell("sectors")]]) {
    const steps = value.split(";").map((p) => table[fold(p)]);
    const lo = steps.filter((s) => s !== undefined).map(F.of).reduce((a, b) => (b.least(a) ? b : a), F.of(0));
    known[factor] = [lo, steps.includes(undefined) ? F.of(1) : lo];
  }
  const exposure = [];
  let yes = 0, unanswered = 0;
  for (const q of model.exposure) {
    if (!applies(q.when, facts)) continue;
    const row = rows.get(q.id) ?? none;
    const [option] = answer(model.scales[q.scale], row.value, "", false);
    if (option === "yes") yes++; else if (option !== "no") unanswered++;
    exposure.push({ id: q.id, number: row.number, text: row.text, answer: option, raw: row.value, cell: `${row.sheet}!E${row.n}` });
  }
  known.workforce = [yes, yes + unanswered].map((n) => new F(BigInt(n), BigInt(exposure.length)));
  const levels = cell("levels");
  known.chain = levels ? Array(2).fill(F.of({ 1: "1/4", 2: "1/2" }[Number(levels)] ?? "1"))
    : { yes: ["1/4", "1"], no: ["0", "0"] }[facts.subcontracting]?.map(F.of) ?? [F.of(0), F.of(1)];
  const [low, high] = [0, 1].map((end) => Object.entries(known).reduce((sum, [f, v]) => sum.add(v[end].mul(model.factors[f])), F.of(0)));
  const sections = Object.entries(model.sections).map(([id, w]) => ({ id, weight: Number(w), items: [], sum: 0, lo: 0, hi: 0, answered: 0 }));
  const by = Object.fromEntries(sections.map((s) => [s.id, s]));
  let critical = false, criticalNo = false;
  for (const q of model.items) {
    const row = rows.get(q.id) ?? none;
    let [option, credit] = answer(model.scales[q.scale], row.value, row.comment, q.na);
    if (!applies(q.when, facts)) [option, credit] = ["na", null];
    const item = { id: q.id, number: row.number, text: row.text, answer: option, raw: row.value, document: row.document, comment: row.comment,
      cell: `${row.sheet}!E${row.n}`, lo: null, hi: null, q };
    const section = by[q.section];
    section.items.push(item);
    if (option === "na") continue;
    [item.lo, item.hi] = credit === null ? [0, model.unit] : [credit, credit];
    section.sum += q.weight; section.lo += q.weight * item.lo; section.hi += q.weight * item.hi;
    if (credit !== null) section.answered += q.weight;
    if (q.critical) { critical = true; criticalNo ||= credit === 0; }
  }
  const live = sections.filter((s) => s.sum);
  const total = live.reduce((sum, s) => sum + s.weight, 0);
  for (const s of live) {
    s.share = new F(BigInt(s.weight), BigInt(total));
    for (const end of ["lo", "hi"]) s[end] = new F(BigInt(s[end]), BigInt(s.sum * model.unit));
    s.answered = new F(BigInt(s.answered), BigInt(s.sum));
  }
  const mean = (key) => live.reduce((sum, s) => sum.add(s.share.mul(s[key])), F.of(0));
  const [mLo, mHi, answered] = ["lo", "hi", "answered"].map(mean);
  const c = model.constants, one = F.of(1), k = F.of(c.k);
  const headline = high.mul(one.sub(k.mul(mLo))), best = low.mul(one.sub(k.mul(mHi)));
  const band = (v) => ["cut-moderate", "cut-high", "cut-severe"].filter((cut) => v.least(c[cut])).length;
  const exposed = (end) => Object.values(known).filter((v) => v[end].least(c["x1-threshold"])).length >= Number(c["x1-count"]);
  const enough = answered.least(c.sufficient);
  const priority = Math.max(band(headline), exposed(1) || critical ? 1 : 0), atBest = Math.max(band(best), exposed(0) || criticalNo ? 1 : 0);
  const weak = [], factor = k.mul(high).number;
  for (const s of live)
    for (const item of s.items) {
      if (item.lo === null) { item.credit = ""; item.points = "0.00"; continue; }
      const part = (factor * s.share.number * item.q.weight) / s.sum, lo = item.lo / model.unit;
      item.credit = item.lo === item.hi ? lo.toFixed(2) : "0–1";
      item.points = (-part * lo).toFixed(2);
      if (item.lo < model.unit) weak.push([part * (1 - lo), item]);
    }
  weak.sort((a, b) => b[0] - a[0] || (a[1].id < b[1].id ? -1 : 1));
  const items = sections.flatMap((s) => s.items), open = items.filter((i) => i.lo !== null);
  return {
    id: meta.supplier_id, name: cell("name"), country: cell("country"), sectors: cell("sectors"), file: path.basename(file), meta,
    profile: [...rows.values()].filter((r) => r.sheet === names[0]).map((r) => ({ number: r.number, text: r.text, answer: r.value, cell: `${r.sheet}!E${r.n}` })),
    factors: Object.entries(known).map(([id, [lo, hi]]) => ({ id, weight: model.factors[id], lo: share(lo), hi: share(hi) })),
    exposure, sections, items,
    weak: weak.map(([p, item]) => ({ points: p.toFixed(2), item, measure: item.q.measure, evidence: item.q.evidence })),
    exact: { exposure: [low, high], controls: [mLo, mHi], headline, best },
    shown: { headline: headline.number.toFixed(2), best: best.number.toFixed(2), exposure: high.number.toFixed(2), exposure_low: low.number.toFixed(2),
      precautions: share(mLo), precautions_high: share(mHi), answered: share(answered) },
    counts: { answered: open.filter((i) => i.lo === i.hi).length, applicable: open.length },
    priority: enough ? BANDS[priority] : null, best_priority: enough ? BANDS[atBest] : null,
  };
}

function result(model, a) {
  const units = (n) => (n === null ? null : new F(BigInt(n), BigInt(model.unit)).toString());
  const ends = ([lo, hi]) => ({ lo: lo.toString(), hi: hi.toString() });
  return {
    id: a.id, name: a.name, files: [a.file], exposure: { ...ends(a.exact.exposure), questions: a.exposure },
    controls: { ...ends(a.exact.controls), sections: a.sections.map((s) => ({
      id: s.id, lo: s.sum ? s.lo.toString() : null, hi: s.sum ? s.hi.toString() : null,
      items: s.items.map((i) => ({ id: i.id, number: i.number, answer: i.answer, raw: i.raw, cell: i.cell, lo: units(i.lo), hi: units(i.hi) })) })) },
    score: { headline: { exact: a.exact.headline.toString() }, best: { exact: a.exact.best.toString() } },
    priority: a.priority, best_priority: a.best_priority,
  };
}

function portfolioRows(a) {
  const who = [a.id, a.name], s = a.shown, n = (t) => (t ? Number(t) : null);
  return {
    Suppliers: [[...who, a.country, a.sectors, a.priority ?? "not enough answers", n(s.headline), n(s.best), n(s.exposure), s.precautions, s.answered,
      a.best_priority ?? "", n(s.exposure_low), s.precautions_high, a.counts.answered, a.counts.applicable, a.meta.form, a.meta.edition, a.meta.revision]],
    Sections: a.sections.map((x) => [...who, x.id, x.weight, ...["lo", "hi"].map((e) => (x.sum ? Math.round(x[e].number * 1e4) / 100 : null))]),
    Actions: a.weak.map((w) => [`${a.id}/${w.item.id}`, a.name, w.item.number, w.item.text, w.measure, w.evidence, n(w.points), "open", null, null, null]),
    Lines: a.items.map((i) => [...who, i.q.section, i.number, i.text, i.answer, i.raw, i.credit ?? "", n(i.points ?? "0"), i.cell, i.id, i.document, i.comment]),
    Ledger: [[a.file, a.meta.role, "scored", a.id]],
  };
}

function* work(files, model, out) {
  const nunjucks = require("nunjucks");
  const template = new nunjucks.Environment(new nunjucks.FileSystemLoader(HERE), { autoescape: true }).getTemplate("report.html", true);
  for (const file of files) {
    const a = assess(model, read(file), file);
    fs.writeFileSync(path.join(out, "suppliers", `${a.id}.html`), template.render(a));
    yield { score: a.exact.headline.number, line: JSON.stringify(result(model, a)), rows: portfolioRows(a) };
  }
}

// Two workers send what they have one file at a time; rows are written in the order of files.
async function* apart(files, jobs, modelFile, out) {
  const waiting = new Map();
  let wake = () => {}, fault = null;
  for (let k = 0; k < jobs; k++) {
    const mine = files.map((file, n) => [n, file]).filter(([n]) => n % jobs === k);
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { mine, modelFile, out } });
    worker.on("message", ([n, made]) => { waiting.set(n, made); wake(); });
    worker.on("error", (error) => { fault = error; wake(); });
  }
  for (let n = 0; n < files.length; n++) {
    while (!waiting.has(n)) { if (fault) throw fault; await new Promise((resolve) => { wake = resolve; }); }
    yield waiting.get(n);
    waiting.delete(n);
  }
}

async function finish(out, results) {
  const ExcelJS = require("exceljs");
  const book = new ExcelJS.stream.xlsx.WorkbookWriter({ filename: path.join(out, "portfolio.xlsx") });
  const sheets = Object.fromEntries(Object.entries(HEADS).map(([name, head]) => {
    const sheet = book.addWorksheet(name);
    sheet.addRow(head).commit();
    return [name, sheet];
  }));
  const ranked = [], json = fs.openSync(path.join(out, "results.json"), "w");
  let comma = '{"suppliers": [\n';
  for await (const { score, line, rows } of results) {
    fs.writeSync(json, comma + line);
    comma = ",\n";
    ranked.push([score, rows.Suppliers[0]]);
    for (const [name, ofSheet] of Object.entries(rows)) if (name !== "Suppliers") for (const row of ofSheet) sheets[name].addRow(row).commit();
  }
  fs.writeSync(json, "\n]}\n");
  fs.closeSync(json);
  ranked.sort((a, b) => b[0] - a[0] || (a[1][0] < b[1][0] ? -1 : 1));
  for (const [, row] of ranked) sheets.Suppliers.addRow(row).commit();
  for (const sheet of Object.values(sheets)) sheet.commit();
  await book.commit();
}

const load = (file) => {
  const model = JSON.parse(fs.readFileSync(file, "utf8"));
  for (const table of [model.factors]) for (const key of Object.keys(table)) table[key] = Number(table[key]);
  return model;
};

if (isMainThread) {
  const [corpus, out, ...rest] = process.argv.slice(2);
  const option = (name) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : null);
  const jobs = Number(option("--jobs") ?? 1), modelFile = option("--model");
  fs.mkdirSync(path.join(out, "suppliers"), { recursive: true });
  const files = fs.readdirSync(corpus).filter((f) => f.endsWith(".xlsx")).sort().map((f) => path.join(corpus, f));
  await finish(out, jobs > 1 ? apart(files, jobs, modelFile, out) : work(files, load(modelFile), out));
} else {
  const { mine, modelFile, out } = workerData;
  const made = work(mine.map(([, file]) => file), load(modelFile), out);
  for (const [n] of mine) parentPort.postMessage([n, made.next().value]);
}
