"""What the Python peers share: find the answers, score them, write pages, plan, portfolio, results and digests.

A peer brings read(file), which returns {sheet: rows} of a file in memory, and a Book to write rows to. So they differ in
their libraries only.
"""

import argparse
import hashlib
import io
import json
import multiprocessing
import os
from fractions import Fraction
from types import SimpleNamespace

import pages

HEADS = {
    "Suppliers": ["Id", "Supplier", "Country", "Sector", "Priority", "Score", "Best", "Exposure", "Precautions", "Share answered", "At best",
                  "Exposure, low", "Precautions, high", "Answered", "Applicable", "Form", "Edition", "Revision"],
    "Sections": ["Id", "Supplier", "Section", "Weight", "Credit, low", "Credit, high"],
    "Actions": ["Action", "Supplier", "When", "Number", "About", "What to do", "Why", "What would show it", "Points", "Status", "Owner", "Due", "Note"],
    "Lines": ["Id", "Supplier", "Section", "Number", "Question", "Answer", "What stood there", "Credit", "Points", "Cell", "Line", "Document", "Comment"],
    "Ledger": ["File", "Role", "Status", "Id", "Kind", "Remark", "Cell", "What stood there", "SHA-256"],
}
BANDS = ["low", "moderate", "high", "severe"]


class Model:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.__dict__.update(json.load(file))
        self.constants = {k: Fraction(v) for k, v in self.constants.items()}
        self.factors = {k: int(v) for k, v in self.factors.items()}
        self.sections = {k: int(v) for k, v in self.sections.items()}
        self.cuts = [self.constants[f"cut-{b}"] for b in BANDS[1:]]
        self.full = int(Fraction(self.own_word) * self.unit)
        for name in ("items", "exposure", "bands"):
            setattr(self, name, [SimpleNamespace(**x) for x in getattr(self, name)])
        self.questions = {id: SimpleNamespace(**q) for id, q in self.questions.items()}
        self.floors = {id: SimpleNamespace(id=id, **f) for id, f in self.floors.items()}
        for scale in self.scales.values():
            scale["below"] = [(None if b is None else float(b), o, c) for b, o, c in scale["below"]]
            scale["least"], scale["most"] = (None if x is None else float(x) for x in (scale["least"], scale["most"]))


def text(value):
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def rows_of(sheets, names):
    """{question id: (sheet, row, number, text, answer, document, comment)} of the question sheets."""
    out = {}
    for name in names:
        for n, row in enumerate(sheets[name], 1):
            if n >= 7 and row and row[0]:
                cells = [text(c) for c in row[:7]] + [""] * (7 - len(row))
                out[cells[0]] = (name, n, *cells[1:3], *cells[4:])
    return out


def answer(scale, value, comment, may_be_na):
    """(option, credit in units, or None if it is not answered)"""
    if not value:
        return "blank", None
    found = scale["labels"].get(" ".join(value.split()).casefold())
    if found is None:
        if scale["below"]:
            try:
                number = float(value.removesuffix("%").replace(",", "."))
            except ValueError:
                return "unreadable", None
            if scale["least"] <= number <= scale["most"] and not 0 < number < 1:
                return next((o, c) for below, o, c in scale["below"] if below is None or number < below)
        return "unreadable", None
    option, credit, needs_reason = found
    if option == "na":
        return ("na" if may_be_na and comment else "na-unfounded"), None
    if needs_reason and not comment:
        return "unreadable", None
    return option, credit


def applies(when, facts):
    return all(facts.get(f) is None or facts[f] == v for f, v in when.items())


def band(model, value):
    return sum(value >= cut for cut in model.cuts)


def ask(model, q, row, sheets, facts, na=False):
    """How the answer to a question was read; scored or not, it stands in every page."""
    sheet, n, _, _, value, document, comment = row
    scale = model.scales[q.scale]
    option, credit = answer(scale, value, comment, na)
    asked = applies(q.when, facts)
    if not asked:
        option, credit = "na", None
    label = scale["says"][option]
    return SimpleNamespace(q=q, scale=scale, answer=option, units=credit, label=label, raw=value, other=value and value != label, asked=asked,
                           document=document, comment=comment, sheet=sheets.get(sheet, ""), at=f"E{n}", lo=None, hi=None, answered=False,
                           credit="–", points="0,00", plain="0.00", part=0.0, potential=0.0)


def assess(model, sheets, file):
    names = list(sheets)
    meta = {text(r[0]): text(r[1]) for r in sheets["_meta"] if len(r) > 1}
    rows = rows_of(sheets, names[:-1])
    cell = lambda id: rows[id][4] if id in rows else ""
    quoted = {name: f"'{name}'" for name in names}
    blank = (names[0], 0, "", "", "", "", "")
    # Facts and exposure: each factor from lo to hi.
    facts = {}
    for fact in ["subcontracting", "hires-directly", "agency-workers", "housing", "eu-citizens", "third-country-citizens"]:
        option = answer(model.scales["risk"], cell(fact), "", False)[0]
        facts[fact] = option if option in ("yes", "no") else None
    trades = [" ".join(p.split()) for p in cell("sectors").split(";")]
    steps = lambda known, values: [known.get(p.casefold()) for p in values]
    known = {}
    for factor, table, values in [("country", model.countries, [" ".join(p.split()) for p in cell("country").split(";")]), ("sector", model.sectors, trades)]:
        found = steps(table, values)
        lo = max((Fraction(s) for s in found if s is not None), default=Fraction(0))
        known[factor] = (lo, Fraction(1) if None in found else lo)
    exposure = [i for i in (ask(model, q, rows.get(q.id, blank), quoted, facts) for q in model.exposure) if i.asked]
    yes = sum(i.answer == "yes" for i in exposure)
    unanswered = sum(i.answer not in ("yes", "no") for i in exposure)
    known["workforce"] = (Fraction(yes, len(exposure)), Fraction(yes + unanswered, len(exposure)))
    levels = cell("levels")
    if levels:
        known["chain"] = ({1: Fraction(1, 4), 2: Fraction(1, 2)}.get(int(levels), Fraction(1)),) * 2
    else:
        known["chain"] = {"yes": (Fraction(1, 4), Fraction(1)), "no": (Fraction(0), Fraction(0)), None: (Fraction(0), Fraction(1))}[facts["subcontracting"]]
    low = sum(model.factors[f] * lo for f, (lo, _) in known.items())
    high = sum(model.factors[f] * hi for f, (_, hi) in known.items())
    # Precautions: integers in each section, fractions only where sections meet.
    sections = {s: SimpleNamespace(id=s, weight=w, title=model.titles[s], lines=[], sum=0, lo=0, hi=0, answered=0) for s, w in model.sections.items()}
    critical, gaps = [], []
    for q in model.items:
        item = ask(model, q, rows.get(q.id, blank), quoted, facts, q.na)
        section, credit = sections[q.section], item.units
        section.lines.append(item)
        if item.answer == "na":
            continue
        item.answered = credit is not None
        item.lo, item.hi = (credit, credit) if item.answered else (0, model.unit)
        section.sum += q.weight
        section.lo += q.weight * item.lo
        section.hi += q.weight * item.hi
        section.answered += q.weight * item.answered
        if q.critical:
            critical.append(item)
            if not credit:
                gaps.append(item)
    live = [s for s in sections.values() if s.sum]
    total = sum(s.weight for s in live)
    for s in live:
        s.share = Fraction(s.weight, total)
        s.lo, s.hi = Fraction(s.lo, s.sum * model.unit), Fraction(s.hi, s.sum * model.unit)
        s.answered = Fraction(s.answered, s.sum)
    mean = lambda key: sum(s.share * getattr(s, key) for s in live)
    m_lo, m_hi, answered = mean("lo"), mean("hi"), mean("answered")
    k = model.constants["k"]
    headline, best = high * (1 - k * m_lo), low * (1 - k * m_hi)
    # Priority: the band, and the floors that a supplier's own form can set.
    exposed = lambda end: [f for f, v in known.items() if v[end] >= model.constants["x1-threshold"]]
    over = exposed(1) if len(exposed(1)) >= model.constants["x1-count"] else []
    by_score = band(model, headline)
    priority = max(by_score, int(bool(over or critical)))
    at_best = max(band(model, best), int(len(exposed(0)) >= model.constants["x1-count"] or any(i.answered for i in gaps)))
    enough = answered >= model.constants["sufficient"]
    # Points of each line, as numbers for people.
    factor = float(k * high)
    for s in live:
        unit = factor * float(s.share) / (s.sum * model.unit)
        for item in s.lines:
            if item.lo is not None:
                item.part = unit * item.q.weight * item.lo
                item.potential = unit * item.q.weight * (model.unit - item.lo)
    return SimpleNamespace(
        id=meta["supplier_id"], name=cell("name"), country=cell("country"), trades=trades, file=os.path.basename(file), meta=meta, facts=facts, levels=levels,
        profile=[SimpleNamespace(number=r[2], text=r[3], answer=r[4] or "ikke oplyst") for r in rows.values() if r[0] == names[0]],
        known=known, yes=yes, unanswered=unanswered, exposure=exposure, sections=list(sections.values()), items=[i for s in sections.values() for i in s.lines],
        critical=critical, gaps=gaps, over=over, low=low, high=high, controls=(m_lo, m_hi), headline=headline, best=best, answered=answered,
        stated=float(high * (1 - k * m_lo / Fraction(model.own_word))), by_score=by_score, priority=priority if enough else None, at_best=at_best if enough else None)


def fraction(value, unit=None):
    return None if value is None else str(Fraction(value, unit) if unit else value)


def result(model, a, tasks):
    """The supplier as it stands in results.json."""
    ends = lambda lo, hi: {"lo": fraction(lo), "hi": fraction(hi)}
    name = lambda n: None if n is None else BANDS[n]
    asked = lambda i: {"id": i.q.id, "number": i.q.number, "answer": i.answer, "raw": i.raw, "document": i.document, "comment": i.comment,
                       "cell": f"{a.file}!{i.sheet}!{i.at}"}
    credits = {units: fraction(units, model.unit) for units in (None, *range(model.unit + 1))}
    return {
        "id": a.id, "name": a.name, "country": a.country, "sectors": a.trades, "files": [a.file],
        "exposure": {**ends(a.low, a.high), "factors": [{"id": f, "weight": model.factors[f], **ends(*v)} for f, v in a.known.items()],
                     "questions": [asked(i) for i in a.exposure]},
        "controls": {**ends(*a.controls), "sections": [
            {"id": s.id, "weight": s.weight, **ends(*((s.lo, s.hi) if s.sum else (None, None))),
             "items": [{**asked(i), "critical": i.q.critical, "lo": credits[i.lo], "hi": credits[i.hi]} for i in s.lines]} for s in a.sections]},
        "score": {"headline": {"exact": fraction(a.headline)}, "best": {"exact": fraction(a.best)}},
        "priority": name(a.priority), "best_priority": name(a.at_best),
        "lines": [{"id": f, "shown": f"{float(model.factors[f] * hi):.2f}"} for f, (_, hi) in a.known.items()]
        + [{"id": i.q.id, "shown": i.plain} for i in a.items],
        "potentials": [{"id": i.q.id, "shown": f"{i.potential:.2f}"} for i in a.items if i.potential],
        "actions": [{"id": t.id, "what": t.what, "evidence": t.evidence, "potential": t.plain, "urgency": t.when} for t in tasks],
    }


def portfolio_rows(model, a, tasks, remarks, digest):
    """{sheet: rows} of one supplier."""
    who, number = [a.id, a.name], lambda value: round(float(value), 2)
    when = lambda n: None if n is None else BANDS[n]
    answered, applicable = pages.counts(a)
    return {
        "Suppliers": [[*who, a.country, ", ".join(a.trades), when(a.priority) or "not enough answers", number(a.headline), number(a.best), number(a.high),
                       number(a.controls[0]), number(a.answered), when(a.at_best), number(a.low), number(a.controls[1]), answered, applicable,
                       a.meta["form"], a.meta["edition"], a.meta["revision"]]],
        "Sections": [[*who, x.id, x.weight, *(number(e) if x.sum else None for e in (x.lo, x.hi))] for x in a.sections],
        "Actions": [[t.id, a.name, t.when, t.numbers or None, t.about or None, t.what, t.why or None, " · ".join(t.evidence) or None,
                     float(t.plain) if t.plain else None] for t in tasks],
        "Lines": [[*who, "Exposure", None, model.factor_names[f], None, None, None, number(model.factors[f] * hi), None, f] for f, (_, hi) in a.known.items()]
        + [[*who, i.q.section, i.q.number, i.q.text, i.label, i.raw if i.other else None, i.credit, float(i.plain), f"{a.file}!{i.sheet}!{i.at}",
                   i.q.id, i.document or None, i.comment or None] for i in a.items],
        "Ledger": [[a.file, a.meta["role"], "scored", a.id, r.kind, r.message, r.place, r.raw, digest] for r in remarks]
        or [[a.file, a.meta["role"], "scored", a.id, None, None, None, None, digest]],
    }


class Output:
    """A file that is written beside its target and renamed when it is whole; its digest is reckoned on the way."""

    def __init__(self, folder, name):
        self.name, self.target = name, os.path.join(folder, name)
        self.file, self.hash = open(f"{self.target}.part", "wb"), hashlib.sha256()

    def write(self, data):
        data = data.encode()
        self.hash.update(data)
        self.file.write(data)

    def finish(self):
        self.file.close()
        os.replace(f"{self.target}.part", self.target)
        return {"file": self.name, "sha256": self.hash.hexdigest()}


def put(folder, name, data):
    """A whole file at once."""
    output = Output(folder, name)
    output.write(data)
    return output.finish()


work = {}


def start(read, model, out):
    model = Model(model)
    work.update(read=read, model=model, pages=pages.Pages(model), out=out)


def one(path):
    """Assesses a file and writes its pages. What goes into the files of all suppliers is returned."""
    model, out = work["model"], work["out"]
    with open(path, "rb") as file:
        data = file.read()
    a = assess(model, work["read"](io.BytesIO(data)), path)
    made, digest = work["pages"].of(a), hashlib.sha256(data).hexdigest()
    written = [put(out, f"suppliers/{a.id}.html", made.report), put(out, f"feedback/{a.id}.html", made.feedback)]
    return SimpleNamespace(
        read={"file": a.file, "sha256": digest}, written=written, score=float(a.headline), index=made.index, plan=made.plan,
        result=json.dumps(result(model, a, made.tasks), ensure_ascii=False, separators=(",", ":")), rows=portfolio_rows(model, a, made.tasks, made.index.remarks, digest))


def main(read, book, doc):
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("corpus")
    parser.add_argument("out")
    parser.add_argument("--model", required=True)
    parser.add_argument("--jobs", type=int, default=1)
    args = parser.parse_args()
    for folder in ("suppliers", "feedback"):
        os.makedirs(os.path.join(args.out, folder))
    paths = sorted(os.path.join(args.corpus, f) for f in os.listdir(args.corpus) if f.endswith(".xlsx"))
    start(read, args.model, args.out)
    if args.jobs > 1:
        with multiprocessing.Pool(args.jobs, start, (read, args.model, args.out)) as pool:
            finish(args.out, book, pool.imap(one, paths, chunksize=4))
            pool.close()
            pool.join()
    else:
        finish(args.out, book, map(one, paths))


def finish(out, book, results):
    """Writes rows as they come; only what is ranked or listed waits."""
    part = os.path.join(out, "portfolio.xlsx.part")
    portfolio, plan, all_results = book(part, HEADS), Output(out, "actions.csv"), Output(out, "results.json")
    plan.write(pages.PLAN_HEAD)
    all_results.write('{"suppliers": [')
    ranked, listed, read, written = [], [], [], []
    for n, of in enumerate(results):
        all_results.write(("," if n else "") + "\n" + of.result)
        plan.write(of.plan)
        ranked.append((-of.score, of.rows.pop("Suppliers")[0]))
        for sheet, of_sheet in of.rows.items():
            portfolio.add(sheet, of_sheet)
        listed.append(of.index)
        read.append(of.read)
        written += of.written
    all_results.write("\n]}\n")
    portfolio.add("Suppliers", [row for _, row in sorted(ranked)])
    portfolio.save()
    with open(part, "rb") as file:
        written.append({"file": "portfolio.xlsx", "sha256": hashlib.file_digest(file, "sha256").hexdigest()})
    os.replace(part, os.path.join(out, "portfolio.xlsx"))
    written += [plan.finish(), all_results.finish(), put(out, "index.html", work["pages"].overview(listed))]
    put(out, "run.json", json.dumps({"inputs": read, "outputs": sorted(written, key=lambda w: w["file"])}, indent=1) + "\n")
