"""What the Python peers share: find the answers, score them, render the report, write portfolio and results.

A peer brings read(path), which returns {sheet: rows}, and a Book to write rows to. So they differ in their libraries only.
"""

import argparse
import json
import multiprocessing
import os
from fractions import Fraction

from jinja2 import Environment, FileSystemLoader

HERE = os.path.dirname(os.path.abspath(__file__))
HEADS = {
    "Suppliers": ["Id", "Supplier", "Country", "Sector", "Priority", "Score", "Best", "Exposure", "Precautions", "Share answered", "At best",
                  "Exposure, low", "Precautions, high", "Answered", "Applicable", "Form", "Edition", "Revision"],
    "Sections": ["Id", "Supplier", "Section", "Weight", "Credit, low", "Credit, high"],
    "Actions": ["Action", "Supplier", "Number", "About", "What to do", "What would show it", "Points", "Status", "Owner", "Due", "Note"],
    "Lines": ["Id", "Supplier", "Section", "Number", "Question", "Answer", "What stood there", "Credit", "Points", "Cell", "Line", "Document", "Comment"],
    "Ledger": ["File", "Role", "Status", "Id"],
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


def share(value):
    return f"{float(value) * 100:.0f} %"


def assess(model, sheets, file):
    names = list(sheets)
    meta = {text(r[0]): text(r[1]) for r in sheets["_meta"] if len(r) > 1}
    rows = rows_of(sheets, names[:-1])
    cell = lambda id: rows[id][4] if id in rows else ""
    blank = (names[0], 0, "", "", "", "", "")
    # Facts and exposure: each factor from lo to hi.
    facts = {}
    for fact in ["subcontracting", "hires-directly", "agency-workers", "housing", "eu-citizens", "third-country-citizens"]:
        option = answer(model.scales["risk"], cell(fact), "", False)[0]
        facts[fact] = option if option in ("yes", "no") else None
    steps = lambda known, value: [known.get(" ".join(p.split()).casefold()) for p in value.split(";")]
    known = {}
    for factor, table, value in [("country", model.countries, cell("country")), ("sector", model.sectors, cell("sectors"))]:
        found = steps(table, value)
        lo = max((Fraction(s) for s in found if s is not None), default=Fraction(0))
        known[factor] = (lo, Fraction(1) if None in found else lo)
    exposure, yes, unanswered, asked = [], 0, 0, 0
    for q in model.exposure:
        if not applies(q["when"], facts):
            continue
        sheet, n, number, said, value, _, _ = rows.get(q["id"], blank)
        option = answer(model.scales[q["scale"]], value, "", False)[0]
        asked += 1
        yes += option == "yes"
        unanswered += option not in ("yes", "no")
        exposure.append({"id": q["id"], "number": number, "text": said, "answer": option, "raw": value, "cell": f"{sheet}!E{n}"})
    known["workforce"] = (Fraction(yes, asked), Fraction(yes + unanswered, asked))
    levels = cell("levels")
    if levels:
        known["chain"] = ({1: Fraction(1, 4), 2: Fraction(1, 2)}.get(int(levels), Fraction(1)),) * 2
    else:
        known["chain"] = {"yes": (Fraction(1, 4), Fraction(1)), "no": (Fraction(0), Fraction(0)), None: (Fraction(0), Fraction(1))}[facts["subcontracting"]]
    low = sum(model.factors[f] * lo for f, (lo, _) in known.items())
    high = sum(model.factors[f] * hi for f, (_, hi) in known.items())
    # Precautions: integers in each section, fractions only where sections meet.
    sections = {s: {"id": s, "weight": w, "items": [], "sum": 0, "lo": 0, "hi": 0, "answered": 0} for s, w in model.sections.items()}
    critical_no = critical_open = critical = False
    for q in model.items:
        sheet, n, number, said, value, document, comment = rows.get(q["id"], blank)
        option, credit = answer(model.scales[q["scale"]], value, comment, q["na"])
        if not applies(q["when"], facts):
            option, credit = "na", None
        section = sections[q["section"]]
        item = {"id": q["id"], "number": number, "text": said, "answer": option, "raw": value, "document": document, "comment": comment,
                "cell": f"{sheet}!E{n}", "lo": None, "hi": None, "q": q}
        section["items"].append(item)
        if option == "na":
            continue
        lo, hi = (0, model.unit) if credit is None else (credit, credit)
        item["lo"], item["hi"] = lo, hi
        section["sum"] += q["weight"]
        section["lo"] += q["weight"] * lo
        section["hi"] += q["weight"] * hi
        section["answered"] += q["weight"] * (credit is not None)
        if q["critical"]:
            critical = True
            critical_no |= credit == 0
            critical_open |= credit is None
    live = [s for s in sections.values() if s["sum"]]
    total = sum(s["weight"] for s in live)
    for s in live:
        s["share"] = Fraction(s["weight"], total)
        s["lo"], s["hi"] = Fraction(s["lo"], s["sum"] * model.unit), Fraction(s["hi"], s["sum"] * model.unit)
        s["answered"] = Fraction(s["answered"], s["sum"])
    mean = lambda key: sum(s["share"] * s[key] for s in live)
    m_lo, m_hi, answered = mean("lo"), mean("hi"), mean("answered")
    k = model.constants["k"]
    headline, best = high * (1 - k * m_lo), low * (1 - k * m_hi)
    # Priority: the band, and the floors that a supplier's own form can set.
    exposed = lambda end: sum(v[end] >= model.constants["x1-threshold"] for v in known.values()) >= model.constants["x1-count"]
    priority = max(band(model, headline), int(exposed(1) or critical))
    at_best = max(band(model, best), int(exposed(0) or critical_no))
    enough = answered >= model.constants["sufficient"]
    # Lines and weak points, as numbers for people.
    weak = []
    factor = float(k * high)
    for s in live:
        for item in s["items"]:
            if item["lo"] is None:
                item.update(credit="", points="0.00")
                continue
            part = factor * float(s["share"]) * item["q"]["weight"] / s["sum"]
            lo = item["lo"] / model.unit
            item.update(credit=f"{lo:.2f}" if item["lo"] == item["hi"] else "0–1", points=f"{-part * lo:.2f}")
            if item["lo"] < model.unit:
                weak.append((part * (1 - lo), item))
    weak.sort(key=lambda w: (-w[0], w[1]["id"]))
    items = [i for s in sections.values() for i in s["items"]]
    return {
        "id": meta["supplier_id"], "name": cell("name"), "country": cell("country"), "sectors": cell("sectors"), "file": os.path.basename(file), "meta": meta,
        "profile": [{"number": r[2], "text": r[3], "answer": r[4], "cell": f"{r[0]}!E{r[1]}"} for r in rows.values() if r[0] == names[0]],
        "factors": [{"id": f, "weight": model.factors[f], "lo": share(lo), "hi": share(hi)} for f, (lo, hi) in known.items()],
        "exposure": exposure, "sections": list(sections.values()), "items": items,
        "weak": [{"points": f"{p:.2f}", "item": i, "measure": i["q"]["measure"], "evidence": i["q"]["evidence"]} for p, i in weak],
        "exact": {"exposure": [low, high], "controls": [m_lo, m_hi], "headline": headline, "best": best},
        "shown": {"headline": f"{float(headline):.2f}", "best": f"{float(best):.2f}", "exposure": f"{float(high):.2f}", "exposure_low": f"{float(low):.2f}",
                  "precautions": share(m_lo), "precautions_high": share(m_hi), "answered": share(answered)},
        "counts": {"answered": sum(i["lo"] is not None and i["lo"] == i["hi"] for i in items),
                   "applicable": sum(i["lo"] is not None for i in items)},
        "priority": BANDS[priority] if enough else None, "best_priority": BANDS[at_best] if enough else None,
    }


def fraction(value, unit=None):
    return None if value is None else str(Fraction(value, unit) if unit else Fraction(value))


def result(model, a):
    """The supplier as it stands in results.json."""
    e = a["exact"]
    ends = lambda pair: {"lo": fraction(pair[0]), "hi": fraction(pair[1])}
    return {
        "id": a["id"], "name": a["name"], "files": [a["file"]], "exposure": {**ends(e["exposure"]), "questions": a["exposure"]},
        "controls": {**ends(e["controls"]), "sections": [
            {"id": s["id"], "lo": fraction(s["lo"] if s["sum"] else None), "hi": fraction(s["hi"] if s["sum"] else None), "items": [
                {**{k: i[k] for k in ("id", "number", "answer", "raw", "cell")}, "lo": fraction(i["lo"], model.unit), "hi": fraction(i["hi"], model.unit)}
                for i in s["items"]]} for s in a["sections"]]},
        "score": {"headline": {"exact": fraction(e["headline"])}, "best": {"exact": fraction(e["best"])}},
        "priority": a["priority"], "best_priority": a["best_priority"],
    }


def portfolio_rows(model, a):
    """{sheet: rows} of one supplier."""
    who, s = [a["id"], a["name"]], a["shown"]
    number = lambda t: float(t) if t else None
    return {
        "Suppliers": [[*who, a["country"], a["sectors"], a["priority"] or "not enough answers", number(s["headline"]), number(s["best"]), number(s["exposure"]),
                       s["precautions"], s["answered"], a["best_priority"] or "", number(s["exposure_low"]), s["precautions_high"], a["counts"]["answered"],
                       a["counts"]["applicable"], a["meta"]["form"], a["meta"]["edition"], a["meta"]["revision"]]],
        "Sections": [[*who, x["id"], x["weight"], *(round(float(x[e]) * 100, 2) if x["sum"] else None for e in ("lo", "hi"))] for x in a["sections"]],
        "Actions": [[f"{a['id']}/{w['item']['id']}", a["name"], w["item"]["number"], w["item"]["text"], w["measure"], w["evidence"], number(w["points"]),
                     "open", None, None, None] for w in a["weak"]],
        "Lines": [[*who, i["q"]["section"], i["number"], i["text"], i["answer"], i["raw"], i.get("credit", ""), number(i.get("points", "0")), i["cell"],
                   i["id"], i["document"], i["comment"]] for i in a["items"]],
        "Ledger": [[a["file"], a["meta"]["role"], "scored", a["id"]]],
    }


work = {}


def start(read, model, out):
    env = Environment(loader=FileSystemLoader(HERE), autoescape=True)
    work.update(read=read, model=Model(model), template=env.get_template("report.html"), out=out)


def one(path):
    model = work["model"]
    a = assess(model, work["read"](path), path)
    with open(os.path.join(work["out"], "suppliers", f"{a['id']}.html"), "w", encoding="utf-8") as page:
        page.write(work["template"].render(a))
    return float(a["exact"]["headline"]), json.dumps(result(model, a), ensure_ascii=False), portfolio_rows(model, a)


def main(read, book, doc):
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("corpus")
    parser.add_argument("out")
    parser.add_argument("--model", required=True)
    parser.add_argument("--jobs", type=int, default=1)
    args = parser.parse_args()
    os.makedirs(os.path.join(args.out, "suppliers"))
    paths = sorted(os.path.join(args.corpus, f) for f in os.listdir(args.corpus) if f.endswith(".xlsx"))
    if args.jobs > 1:
        with multiprocessing.Pool(args.jobs, start, (read, args.model, args.out)) as pool:
            finish(args.out, book, pool.imap(one, paths, chunksize=4))
            pool.close()
            pool.join()
    else:
        start(read, args.model, args.out)
        finish(args.out, book, map(one, paths))


def finish(out, book, results):
    """Writes rows as they come; only the suppliers' own rows wait, to be ranked."""
    portfolio, ranked = book(os.path.join(out, "portfolio.xlsx"), HEADS), []
    with open(os.path.join(out, "results.json"), "w", encoding="utf-8") as file:
        file.write('{"suppliers": [')
        for n, (score, line, rows) in enumerate(results):
            file.write(("," if n else "") + "\n" + line)
            ranked.append((-score, rows.pop("Suppliers")[0]))
            for sheet, of_sheet in rows.items():
                portfolio.add(sheet, of_sheet)
        file.write("\n]}\n")
    portfolio.add("Suppliers", [row for _, row in sorted(ranked)])
    portfolio.save()
