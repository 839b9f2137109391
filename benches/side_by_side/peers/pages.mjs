// What the pages show of an assessment, and the plan: scales, bars, rules, the waterfall, what to do, remarks. The same as pages.py.
import path from "node:path";
import { fileURLToPath } from "node:url";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const MONTHS = ["jan.", "feb.", "mar.", "apr.", "maj", "jun.", "jul.", "aug.", "sep.", "okt.", "nov.", "dec."];
const ADDS = { fill: "#b45309", says: "lægger til" }, TAKES = { fill: "#3f8f86", says: "tager af" };
const TOTAL = { fill: "#1b2530", says: "det, der er tilbage", total: true };
const FILLS = ["#e4f0f1", "#fbefc9", "#f8d9b4", "#f0bdb0"];
const SHOWN = 8; // lines that stand alone in the waterfall
const KINDS = ["blank", "dont-know", "refused", "unreadable", "na-unfounded"];
const WHEN = ["Først", "Dernæst", "Senere"];
const AGAIN = "Spørg leverandøren igen om de åbne svar. På porteføljesiden ligger en påmindelse klar til afsendelse.";
const LOOK = "Lad en anden end leverandøren se papirerne eller stedet for disse afgørende forholdsregler.";
export const PLAN_HEAD = "id,supplier_id,supplier,urgency,number,about,what,why,evidence,potential,status,owner,due,note\r\n";

const fixed = (value) => (value === 0 ? 0 : value).toFixed(2);
const comma = (value) => fixed(value).replace(".", ",");
const whole = (value) => String(Math.floor(value + 0.5));
const between = (low, high, form, to = "–") => (form(low) === form(high) ? form(low) : `${form(low)}${to}${form(high)}`);
const rounded = (value) => Math.round(value * 1e9) / 1e9;
const sum = (list, of) => list.reduce((total, x) => total + of(x), 0);
const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

// Where a score stands on an axis of 400 units that begins at 10.
const scale = (value, low, high) => ({ value: whole(value), low: whole(low), high: whole(high), x: fixed(10 + 4 * value), from: fixed(10 + 4 * low),
  width: high > low ? fixed(4 * (high - low)) : "" });
const bar = (track, low, high) => ({ track: fixed(100 * track), solid: fixed(100 * low), open: high > low ? fixed(100 * (high - low)) : "" });
const step = (kind, place, number, name, points, begin, length, end) => ({ ...kind, place, number, name, points: comma(points),
  x: fixed((100 * begin) / end), width: fixed((100 * length) / end) });
const line = (i) => ({ place: `line-${i.q.id}`, text: i.q.number });

// Questions answered, and questions that apply.
export const counts = (a) => ({ answered: a.items.filter((i) => i.answered).length, applicable: a.items.filter((i) => i.lo !== null).length });

function byQuestion(items) {
  const out = new Map();
  for (const i of items) {
    if (!out.has(i.q.question)) out.set(i.q.question, []);
    out.get(i.q.question).push(i);
  }
  return out;
}

export class Pages {
  constructor(model, nunjucks) {
    this.model = model;
    const env = new nunjucks.Environment(new nunjucks.FileSystemLoader(HERE), { autoescape: true });
    const html = (text) => nunjucks.runtime.markSafe(text), today = new Date();
    for (const q of [...model.items, ...model.exposure]) q.asked = html(q.asked);
    env.addGlobal("texts", Object.fromEntries(Object.entries(model.texts).map(([name, text]) => [name, html(text)])));
    env.addGlobal("questionnaire", model.questionnaire);
    env.addGlobal("zones", this.zones());
    env.addGlobal("date", `${today.getDate()}. ${MONTHS[today.getMonth()]} ${today.getFullYear()}`);
    [this.report, this.feedback, this.index] = ["report", "feedback", "index"].map((name) => env.getTemplate(`${name}.html`, true));
  }

  zones() {
    const cuts = [0, ...["moderate", "high", "severe"].map((b) => Number(this.model.constants[`cut-${b}`])), 100];
    return this.model.bands.map((b, n) => ({ name: b.name, fill: FILLS[n], from: cuts[n], to: cuts[n + 1], x: fixed(10 + 4 * cuts[n]),
      width: fixed(4 * (cuts[n + 1] - cuts[n])), middle: fixed(10 + 2 * (cuts[n] + cuts[n + 1])) }));
  }

  // Both pages, the rows of the plan, and what the index says of a supplier.
  of(a) {
    for (const i of a.items)
      if (i.lo !== null) {
        i.credit = i.answered ? comma(i.lo / this.model.unit) : "0,00–1,00";
        i.plain = fixed(-i.part);
        i.points = i.plain.replace(".", ",");
      }
    for (const i of a.exposure) i.risk = { yes: "1,00", no: "0,00" }[i.answer] ?? "0,00–1,00";
    const floors = this.floors(a), tasks = this.plan(a), remarks = this.remarks(a), { bands } = this.model;
    const [low, high, headline, best, ...controls] = [a.low, a.high, a.headline, a.best, ...a.controls].map((x) => x.number);
    const shared = { id: a.id, name: a.name, file: a.file, profile: a.profile, remarks };
    const said = { country: a.country, trades: a.trades.join(", "), band: bands[a.priority], best_band: bands[a.at_best], counts: counts(a) };
    const share = `${whole(100 * a.answered.number)} %`;
    const report = this.report.render({
      ...shared, ...said, by_score: a.by_score === a.priority, because: floors.filter((f) => f.priority === a.priority), floors,
      exposed: scale(high, low, high), precautions: scale(100 * controls[0], 100 * controls[0], 100 * controls[1]), score: scale(headline, best, headline),
      shown: { answered: share, stated: whole(a.stated), headline: fixed(headline), total: comma(headline) }, factors: this.factors(a), ...this.open(a),
      tasks, first_tasks: tasks.slice(0, 3), waterfall: this.waterfall(a), sections: this.sections(a), exposure: a.exposure,
      complete: said.counts.answered === said.counts.applicable && !a.unanswered });
    return { report, feedback: this.feedback.render({ ...shared, ...this.answers(a) }), tasks, plan: this.csv(a, tasks), index: {
      id: a.id, name: a.name, file: a.file, remarks, ...said, answered: share, exposure: whole(high), precautions: whole(100 * controls[0]),
      score: whole(headline), best: whole(best), stated: whole(a.stated), gap: whole(high - a.stated), ranks: [headline, high - a.stated] } };
  }

  overview(suppliers) {
    const rank = (s) => this.model.bands.findIndex((b) => b.code === s.band.code), enough = suppliers.filter((s) => s.band);
    return this.index.render({
      suppliers: suppliers.toSorted((a, b) => order(a.name, b.name)), files: suppliers, few: suppliers.filter((s) => !s.band),
      follow: enough.toSorted((a, b) => rank(b) - rank(a) || b.ranks[0] - a.ranks[0] || order(a.id, b.id)),
      verify: enough.toSorted((a, b) => b.ranks[1] - a.ranks[1] || order(a.id, b.id)) });
  }

  // What exposes the supplier, the most first.
  factors(a) {
    const { factors, factor_names, sector_reasons } = this.model, most = Math.max(...Object.values(factors));
    return Object.entries(a.known).map(([id, ends]) => {
      const weight = factors[id], [lo, hi] = ends.map((e) => e.number);
      return { id, name: factor_names[id], what: this.known(a, id, lo, hi), weight, bar: bar(weight / most, (lo * weight) / most, (hi * weight) / most),
        adds: `${whole(weight * hi)} af højst ${weight}`, value: between(lo, hi, comma), plain: fixed(weight * hi), points: comma(weight * hi), by: weight * hi,
        reasons: id === "sector" ? a.trades.map((t) => sector_reasons[t.toLowerCase()]).filter(Boolean) : [] };
    }).sort((x, y) => y.by - x.by);
  }

  known(a, id, lo, hi) {
    if (id === "workforce") return `Af ${a.exposure.length} spørgsmål i selvtesten er ${a.yes} besvaret med en risiko; ${a.unanswered} åbne`;
    if (id === "chain") return `Underleverandører: ${{ yes: "Ja", no: "Nej" }[a.facts.subcontracting] ?? "ikke kendt"}; led under leverandøren: ${a.levels || "ikke oplyst"}`;
    const names = id === "country" ? a.country : a.trades.join(", ");
    return lo === hi ? `${names}: trin ${whole(4 * hi)} af 4` : `${names}: mellem trin ${whole(4 * lo)} og trin ${whole(4 * hi)} af 4`;
  }

  // Rules that hold whatever the score is, and what they rest on.
  floors(a) {
    const restOn = { X1: a.over.map((f) => ({ place: `factor-${f}`, text: this.model.factor_names[f] })), C1: a.gaps.map(line), V1: a.critical.map(line) };
    return Object.entries(this.model.floors).filter(([id]) => restOn[id].length)
      .map(([id, f]) => ({ id, ...f, when: this.model.bands[f.priority].when, refs: restOn[id] }));
  }

  open(a) {
    const open = a.items.filter((i) => i.lo !== null && !i.answered), says = this.model.scales.risk.says;
    return { critical_open: open.filter((i) => i.q.critical),
      open_kinds: KINDS.map((kind) => ({ name: says[kind], count: open.filter((i) => i.answer === kind).length })).filter((k) => k.count) };
  }

  // From nothing to the score: factors, the lines that take off most, the others together, so that the steps add up in print too.
  waterfall(a) {
    const { factors, factor_names } = this.model;
    const steps = Object.entries(a.known).map(([f, [, hi]]) => [ADDS, `factor-${f}`, "", factor_names[f], Number(fixed(factors[f] * hi.number))]);
    const end = Math.max(sum(steps, (s) => s[4]), 1);
    const takes = a.items.filter((i) => i.plain !== "0.00").sort((x, y) => rounded(y.part) - rounded(x.part) || order(x.q.id, y.q.id));
    for (const i of takes.slice(0, SHOWN)) steps.push([TAKES, `line-${i.q.id}`, i.q.number, i.q.text, Number(i.plain)]);
    const others = takes.length - SHOWN;
    if (others > 0) steps.push([TAKES, "", "", `De andre linjer, der tager noget af: ${others}`, Number(fixed(a.headline.number)) - sum(steps, (s) => s[4])]);
    let level = 0;
    const out = steps.map(([kind, place, number, name, points]) => {
      level += points;
      return step(kind, place, number, name, points, Math.min(level, level - points), Math.abs(points), end);
    });
    return [...out, step(TOTAL, "", "", "Score", level, 0, level, end)];
  }

  sections(a) {
    for (const s of a.sections) {
      s.points = comma(sum(s.lines, (i) => Number(i.plain)));
      if (!s.sum) continue;
      const [lo, hi] = [s.lo.number, s.hi.number];
      s.bar = bar(1, lo, hi);
      s.value = between(lo, hi, comma);
      s.of_100 = between(100 * lo, 100 * hi, whole, " til ");
    }
    return a.sections;
  }

  // A row for each question with a weak or open answer, the most urgent first.
  plan(a) {
    const { model } = this, rows = [];
    for (const [id, items] of byQuestion(a.items.filter((i) => i.lo !== null && (!i.answered || i.units < model.full)))) {
      const q = model.questions[id], potential = sum(items, (i) => i.potential);
      const urgency = items.some((i) => i.q.critical && !i.units) ? 0 : q.soon ? 1 : 2;
      rows.push({ urgency, potential: rounded(potential), id, task: {
        id: `${a.id}/${id}`, numbers: q.number, refs: [{ place: `line-${q.place}`, text: q.number }], about: q.text, what: q.measure, why: q.why,
        evidence: q.all_evidence, when: WHEN[urgency], plain: fixed(potential), points: comma(potential) } });
    }
    rows.sort((x, y) => x.urgency - y.urgency || y.potential - x.potential || order(x.id, y.id));
    const tasks = rows.map((r) => r.task), stated = a.critical.filter((i) => i.answered);
    const task = (id, what, urgency, why, refs) => ({ id: `${a.id}/${id}`, numbers: refs.map((r) => r.text).join(", "), refs, about: "", what, why,
      evidence: [], when: WHEN[urgency], plain: "", points: "" });
    if (stated.length) tasks.splice(rows.filter((r) => r.urgency < 2).length, 0, task("_verify", LOOK, 1, model.floors.V1.reason, stated.map(line)));
    if (a.priority === null) tasks.unshift(task("_again", AGAIN, 0, "", []));
    return tasks;
  }

  csv(a, tasks) {
    const field = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    return tasks.map((t) => [t.id, a.id, a.name, t.when, t.numbers, t.about, t.what, t.why, t.evidence.join(" · "), t.plain].map(field).join(",") + ",,,,\r\n").join("");
  }

  // Answers that were not taken as they stood.
  remarks(a) {
    const out = [];
    for (const i of a.items) {
      if (!i.raw || i.answered) continue;
      let kind = "Advarsel", message;
      if (!i.asked) [kind, message] = ["Bemærkning", `spørgsmål ${i.q.number} gælder ikke efter profilen; svaret tæller ikke.`];
      else if (i.answer === "na-unfounded") message = `spørgsmål ${i.q.number}: »ikke relevant« kræver en grund i kommentaren; det tæller som ubesvaret.`;
      else if (i.answer === "unreadable") message = `spørgsmål ${i.q.number}: svaret er ikke blandt mulighederne eller mangler en grund; det tæller som ubesvaret.`;
      else continue;
      out.push({ kind, place: `${i.sheet}!${i.at}`, message, raw: i.raw });
    }
    return out;
  }

  // What goes back to the supplier: what is open, what it could put in order, and how each answer was read.
  answers(a) {
    const { model } = this;
    const parts = [{ title: model.titles.exposure, lines: a.exposure }, ...a.sections];
    const understood = (i) => i.asked && (i.units !== null || ["na", "yes", "no"].includes(i.answer));
    return {
      open: parts.flatMap((p) => p.lines.filter((i) => i.asked && !understood(i))),
      answers: parts.map((p) => ({ title: p.title, lines: p.lines.filter(understood) })).filter((p) => p.lines.length),
      not_asked: a.items.filter((i) => !i.asked).map((i) => i.q.number).join(", "),
      weak: [...byQuestion(a.items.filter((i) => i.answered && i.units < model.full))].map(([id, items]) => ({
        of: model.questions[id], numbers: items.map((i) => i.q.number).join(", "),
        evidence: [...new Set([model.questions[id].evidence, ...items.map((i) => i.q.evidence).filter(Boolean)])].sort() })),
    };
  }
}
