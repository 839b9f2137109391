// Peer: SheetJS reads, nunjucks renders, exceljs streams the portfolio. The same steps as common.py, in JavaScript.
// node sheetjs_peer.mjs CORPUS OUT --model MODEL [--jobs N], with NODE_MODULES naming the folder of node_modules.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { PLAN_HEAD, Pages, counts } from "./pages.mjs";

const require = createRequire(path.join(process.env.NODE_MODULES, "package.json"));
const XLSX = require("xlsx");
const BANDS = ["low", "moderate", "high", "severe"];
const FACTS = ["subcontracting", "hires-directly", "agency-workers", "housing", "eu-citizens", "third-country-citizens"];
const HEADS = {
  Suppliers: ["Id", "Supplier", "Country", "Sector", "Priority", "Score", "Best", "Exposure", "Precautions", "Share answered", "At best",
    "Exposure, low", "Precautions, high", "Answered", "Applicable", "Form", "Edition", "Revision"],
  Sections: ["Id", "Supplier", "Section", "Weight", "Credit, low", "Credit, high"],
  Actions: ["Action", "Supplier", "When", "Number", "About", "What to do", "Why", "What would show it", "Points", "Status", "Owner", "Due", "Note"],
  Lines: ["Id", "Supplier", "Section", "Number", "Question", "Answer", "What stood there", "Credit", "Points", "Cell", "Line", "Document", "Comment"],
  Ledger: ["File", "Role", "Status", "Id", "Kind", "Remark", "Cell", "What stood there", "SHA-256"],
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
const squeezed = (t) => t.split(/\s+/).filter(Boolean).join(" ");
const fold = (t) => squeezed(t).toLowerCase();
const applies = (when, facts) => Object.entries(when).every(([f, v]) => facts[f] === null || facts[f] === v);

function read(bytes) {
  const book = XLSX.read(bytes, { sheets: [1, 2, 3, 4, 5, "_meta"], cellFormula: false, cellHTML: false, cellText: false });
  const wanted = [...book.SheetNames.slice(1, 6), "_meta"];
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

// How the answer to a question was read; scored or not, it stands in every page.
function ask(model, q, row, facts, mayBeNa = false) {
  const scale = model.scales[q.scale], asked = applies(q.when, facts);
  const [option, units] = asked ? answer(scale, row.value, row.comment, mayBeNa) : ["na", null];
  const label = scale.says[option];
  return { q, scale, answer: option, units, label, raw: row.value, other: row.value && row.value !== label, asked, document: row.document, comment: row.comment,
    sheet: `'${row.sheet}'`, at: `E${row.n}`, lo: null, hi: null, answered: false, credit: "–", points: "0,00", plain: "0.00", part: 0, potential: 0, risk: "" };
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
  const trades = cell("sectors").split(";").map(squeezed), known = {};
  for (const [factor, table, values] of [["country", model.countries, cell("country").split(";")], ["sector", model.sectors, trades]]) {
    const steps = values.map((p) => table[fold(p)]);
    const lo = steps.filter((s) => s !== undefined).map(F.of).reduce((a, b) => (b.least(a) ? b : a), F.of(0));
    known[factor] = [lo, steps.includes(undefined) ? F.of(1) : lo];
  }
  const exposure = model.exposure.map((q) => ask(model, q, rows.get(q.id) ?? none, facts)).filter((i) => i.asked);
  const yes = exposure.filter((i) => i.answer === "yes").length;
  const unanswered = exposure.filter((i) => i.answer !== "yes" && i.answer !== "no").length;
  known.workforce = [yes, yes + unanswered].map((n) => new F(BigInt(n), BigInt(exposure.length)));
  const levels = cell("levels");
  known.chain = levels ? Array(2).fill(F.of({ 1: "1/4", 2: "1/2" }[Number(levels)] ?? "1"))
    : { yes: ["1/4", "1"], no: ["0", "0"] }[facts.subcontracting]?.map(F.of) ?? [F.of(0), F.of(1)];
  const [low, high] = [0, 1].map((end) => Object.entries(known).reduce((sum, [f, v]) => sum.add(v[end].mul(model.factors[f])), F.of(0)));
  // Precautions: integers in each section, fractions only where sections meet.
  const sections = Object.entries(model.sections).map(([id, w]) => ({ id, weight: Number(w), title: model.titles[id], lines: [], sum: 0, lo: 0, hi: 0, answered: 0 }));
  const by = Object.fromEntries(sections.map((s) => [s.id, s])), critical = [], gaps = [];
  for (const q of model.items) {
    const item = ask(model, q, rows.get(q.id) ?? none, facts, q.na), section = by[q.section], credit = item.units;
    section.lines.push(item);
    if (item.answer === "na") continue;
    item.answered = credit !== null;
    [item.lo, item.hi] = item.answered ? [credit, credit] : [0, model.unit];
    section.sum += q.weight; section.lo += q.weight * item.lo; section.hi += q.weight * item.hi;
    if (item.answered) section.answered += q.weight;
    if (q.critical) { critical.push(item); if (!credit) gaps.push(item); }
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
  // Priority: the band, and the floors that a supplier's own form can set.
  const band = (v) => ["cut-moderate", "cut-high", "cut-severe"].filter((cut) => v.least(c[cut])).length;
  const exposed = (end) => {
    const found = Object.keys(known).filter((f) => known[f][end].least(c["x1-threshold"]));
    return found.length >= Number(c["x1-count"]) ? found : [];
  };
  const over = exposed(1), byScore = band(headline), enough = answered.least(c.sufficient);
  const priority = Math.max(byScore, over.length || critical.length ? 1 : 0);
  const atBest = Math.max(band(best), exposed(0).length || gaps.some((i) => i.answered) ? 1 : 0);
  // Points of each line, as numbers for people.
  const factor = k.mul(high).number;
  for (const s of live) {
    const unit = (factor * s.share.number) / (s.sum * model.unit);
    for (const item of s.lines)
      if (item.lo !== null) {
        item.part = unit * item.q.weight * item.lo;
        item.potential = unit * item.q.weight * (model.unit - item.lo);
      }
  }
  return {
    id: meta.supplier_id, name: cell("name"), country: cell("country"), trades, file: path.basename(file), meta, facts, levels,
    profile: [...rows.values()].filter((r) => r.sheet === names[0]).map((r) => ({ number: r.number, text: r.text, answer: r.value || "ikke oplyst" })),
    known, yes, unanswered, exposure, sections, items: sections.flatMap((s) => s.lines), critical, gaps, over, low, high, controls: [mLo, mHi], headline, best, answered,
    stated: high.number * (1 - (k.number * mLo.number) / F.of(model.own_word).number), by_score: byScore,
    priority: enough ? priority : null, at_best: enough ? atBest : null,
  };
}

// The supplier as it stands in results.json.
function result(model, a, tasks) {
  const ends = ([lo, hi]) => ({ lo: lo.toString(), hi: hi.toString() }), name = (n) => (n === null ? null : BANDS[n]);
  const asked = (i) => ({ id: i.q.id, number: i.q.number, answer: i.answer, raw: i.raw, document: i.document, comment: i.comment, cell: `${a.file}!${i.sheet}!${i.at}` });
  const credit = (units) => (units === null ? null : model.credits[units]);
  return {
    id: a.id, name: a.name, country: a.country, sectors: a.trades, files: [a.file],
    exposure: { ...ends([a.low, a.high]), factors: Object.entries(a.known).map(([id, v]) => ({ id, weight: model.factors[id], ...ends(v) })), questions: a.exposure.map(asked) },
    controls: { ...ends(a.controls), sections: a.sections.map((s) => ({
      id: s.id, weight: s.weight, lo: s.sum ? s.lo.toString() : null, hi: s.sum ? s.hi.toString() : null,
      items: s.lines.map((i) => ({ ...asked(i), critical: i.q.critical, lo: credit(i.lo), hi: credit(i.hi) })) })) },
    score: { headline: { exact: a.headline.toString() }, best: { exact: a.best.toString() } },
    priority: name(a.priority), best_priority: name(a.at_best),
    lines: [...Object.entries(a.known).map(([id, [, hi]]) => ({ id, shown: (model.factors[id] * hi.number).toFixed(2) })), ...a.items.map((i) => ({ id: i.q.id, shown: i.plain }))],
    potentials: a.items.filter((i) => i.potential).map((i) => ({ id: i.q.id, shown: i.potential.toFixed(2) })),
    actions: tasks.map((t) => ({ id: t.id, what: t.what, evidence: t.evidence, potential: t.plain, urgency: t.when })),
  };
}

function portfolioRows(model, a, tasks, remarks, sha256) {
  const who = [a.id, a.name], n = (x) => Math.round(x.number * 100) / 100, when = (p) => (p === null ? null : BANDS[p]), { answered, applicable } = counts(a);
  return {
    Suppliers: [[...who, a.country, a.trades.join(", "), when(a.priority) ?? "not enough answers", n(a.headline), n(a.best), n(a.high), n(a.controls[0]), n(a.answered),
      when(a.at_best), n(a.low), n(a.controls[1]), answered, applicable, a.meta.form, a.meta.edition, a.meta.revision]],
    Sections: a.sections.map((x) => [...who, x.id, x.weight, ...[x.lo, x.hi].map((e) => (x.sum ? n(e) : null))]),
    Actions: tasks.map((t) => [t.id, a.name, t.when, t.numbers || null, t.about || null, t.what, t.why || null, t.evidence.join(" · ") || null, t.plain ? Number(t.plain) : null]),
    Lines: [...Object.entries(a.known).map(([f, [, hi]]) => [...who, "Exposure", null, model.factor_names[f], null, null, null, n(hi.mul(model.factors[f])), null, f]),
      ...a.items.map((i) => [...who, i.q.section, i.q.number, i.q.text, i.label, i.other ? i.raw : null, i.credit, Number(i.plain), `${a.file}!${i.sheet}!${i.at}`,
        i.q.id, i.document || null, i.comment || null])],
    Ledger: (remarks.length ? remarks : [{}]).map((r) => [a.file, a.meta.role, "scored", a.id, r.kind, r.message, r.place, r.raw, sha256]),
  };
}

const digest = (data) => createHash("sha256").update(data).digest("hex");

// Writes a file beside its target and renames it; returns its name and digest.
function put(folder, name, text) {
  const target = path.join(folder, name), data = Buffer.from(text);
  fs.writeFileSync(`${target}.part`, data);
  fs.renameSync(`${target}.part`, target);
  return { file: name, sha256: digest(data) };
}

// The same for a file that grows.
class Output {
  constructor(folder, name) {
    this.name = name;
    this.target = path.join(folder, name);
    this.file = fs.openSync(`${this.target}.part`, "w");
    this.hash = createHash("sha256");
  }
  write(text) {
    const data = Buffer.from(text);
    this.hash.update(data);
    fs.writeSync(this.file, data);
  }
  finish() {
    fs.closeSync(this.file);
    fs.renameSync(`${this.target}.part`, this.target);
    return { file: this.name, sha256: this.hash.digest("hex") };
  }
}

// Assesses each file and writes its pages; yields what goes into the files of all suppliers.
function* work(files, model, pages, out) {
  for (const file of files) {
    const bytes = fs.readFileSync(file), sha256 = digest(bytes), a = assess(model, read(bytes), file);
    const made = pages.of(a);
    yield {
      read: { file: a.file, sha256 }, score: a.headline.number, index: made.index, plan: made.plan,
      written: [put(out, `suppliers/${a.id}.html`, made.report), put(out, `feedback/${a.id}.html`, made.feedback)],
      result: JSON.stringify(result(model, a, made.tasks)), rows: portfolioRows(model, a, made.tasks, made.index.remarks, sha256),
    };
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

// Writes rows as they come; only what is ranked or listed waits.
async function finish(out, pages, results) {
  const ExcelJS = require("exceljs");
  const part = path.join(out, "portfolio.xlsx.part");
  const book = new ExcelJS.stream.xlsx.WorkbookWriter({ filename: part, useSharedStrings: true });
  const sheets = Object.fromEntries(Object.entries(HEADS).map(([name, head]) => {
    const sheet = book.addWorksheet(name);
    sheet.addRow(head).commit();
    return [name, sheet];
  }));
  const plan = new Output(out, "actions.csv"), all = new Output(out, "results.json");
  const ranked = [], listed = [], inputs = [], outputs = [];
  plan.write(PLAN_HEAD);
  let comma = '{"suppliers": [\n';
  for await (const of of results) {
    all.write(comma + of.result);
    comma = ",\n";
    plan.write(of.plan);
    ranked.push([of.score, of.rows.Suppliers[0]]);
    for (const [name, rows] of Object.entries(of.rows)) if (name !== "Suppliers") for (const row of rows) sheets[name].addRow(row).commit();
    listed.push(of.index);
    inputs.push(of.read);
    outputs.push(...of.written);
  }
  all.write("\n]}\n");
  ranked.sort((a, b) => b[0] - a[0] || (a[1][0] < b[1][0] ? -1 : 1));
  for (const [, row] of ranked) sheets.Suppliers.addRow(row).commit();
  for (const sheet of Object.values(sheets)) sheet.commit();
  await book.commit();
  outputs.push({ file: "portfolio.xlsx", sha256: digest(fs.readFileSync(part)) });
  fs.renameSync(part, path.join(out, "portfolio.xlsx"));
  outputs.push(plan.finish(), all.finish(), put(out, "index.html", pages.overview(listed)));
  outputs.sort((a, b) => (a.file < b.file ? -1 : 1));
  put(out, "run.json", JSON.stringify({ inputs, outputs }, null, 1) + "\n");
}

const load = (file) => {
  const model = JSON.parse(fs.readFileSync(file, "utf8"));
  for (const key of Object.keys(model.factors)) model.factors[key] = Number(model.factors[key]);
  model.full = F.of(model.own_word).mul(model.unit).number;
  model.credits = Array.from({ length: model.unit + 1 }, (_, n) => new F(BigInt(n), BigInt(model.unit)).toString());
  return [model, new Pages(model, require("nunjucks"))];
};

if (isMainThread) {
  const [corpus, out, ...rest] = process.argv.slice(2);
  const option = (name) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : null);
  const jobs = Number(option("--jobs") ?? 1), modelFile = option("--model");
  for (const folder of ["suppliers", "feedback"]) fs.mkdirSync(path.join(out, folder), { recursive: true });
  const files = fs.readdirSync(corpus).filter((f) => f.endsWith(".xlsx")).sort().map((f) => path.join(corpus, f));
  const [model, pages] = load(modelFile);
  await finish(out, pages, jobs > 1 ? apart(files, jobs, modelFile, out) : work(files, model, pages, out));
} else {
  const { mine, modelFile, out } = workerData;
  const made = work(mine.map(([, file]) => file), ...load(modelFile), out);
  for (const [n] of mine) parentPort.postMessage([n, made.next().value]);
}
