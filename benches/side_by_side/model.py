"""What a peer must know to score a questionnaire and to write about it, in one JSON file.

    model.py CHECKLISTS PAGE OUT.json SECTOR…

Needs PyYAML. Everything that decides a number comes from the YAML files, and no number from lygte. Weights are whole numbers
on one denominator, credits in units of 1/`unit`: so peers add up integers, which is the fastest way to be exact.

PAGE is a supplier's page that lygte made: from it, and from the feedback and index beside it, come, as finished HTML, the
style sheet of each kind of page and those sections that are the same for each supplier of a country and trade (SECTIONS).
Words of the YAML files that stand in every page are prepared as HTML too, once.
"""

import json
import sys
from fractions import Fraction
from html import escape
from math import lcm
from pathlib import Path

import yaml

LANG = "da"
COUNTRY = "DK"
FACTORS = ["country", "sector", "workforce", "chain"]
BANDS = ["low", "moderate", "high", "severe"]
FLOORS = ["X1", "C1", "V1"]
SECTIONS = ["calls", "looks", "signs", "verify", "law", "duties", "method", "sources"]


class Data:
    def __init__(self, folder):
        self.folder = Path(folder)

    def load(self, name):
        return yaml.safe_load((self.folder / name).read_text(encoding="utf-8"))

    def words(self, name):
        return {t["id"]: t["text"] for t in self.load(f"lang/{LANG}/{name}")["texts"]}


def fold(text):
    return " ".join(text.split()).casefold()


def model(folder, page, sectors):
    data = Data(folder)
    method, said = data.load("methods/fls-1.yml"), data.words("words/report.yml")
    values = lambda key: {x["id"]: x["value"] for x in method[key]}
    credit = Fraction(values("evidence")["E1"])  # a supplier's own word
    lists = {name: (data.load(f"guide/{name}.yml"), data.words(f"guide/{name}.yml")) for name in
             ["exposure", "a-general", "b-recruitment", "c-subcontractors"]}
    trades = [(data.load(f"sectors/{s}.yml"), data.words(f"sectors/{s}.yml")) for s in sorted(sectors)]
    items, questions = [], {}
    for checklist, words in list(lists.values())[1:]:
        own = [(q, words) for q in checklist["questions"]]
        added = [(q, w) for sector, w in trades for q in sector["questions"] if q["section"] == checklist["section"]]
        for question, texts in own + added:
            items += lines(question, texts, checklist["section"])
            questions[question["id"]] = whole_question(question, texts)
    whole = lcm(*(i["weight"].denominator for i in items))
    for item in items:
        item["weight"] = int(item["weight"] * whole)
    exposure = [(q, lists["exposure"][1]) for q in lists["exposure"][0]["questions"]]
    exposure += [(q, words) for sector, words in trades for q in sector["exposure_questions"]]
    scales = data.load("scales.yml")
    grades = [Fraction(o["grade"]) * credit for s in scales["scales"] for o in s["options"] if "grade" in o]
    unit = lcm(*(g.denominator for g in grades))
    countries = {c["code"]: c for c in data.load("exposure/countries.yml")["countries"]}
    floors, floor_words = {f["id"]: f for f in method["floors"]}, data.words("methods/fls-1.yml")
    page = Path(page)
    text = page.read_text(encoding="utf-8")
    out = page.parent.parent
    sheets = {"report": page, "feedback": out / "feedback" / page.name, "index": out / "index.html"}
    return {
        "factors": {f: values("factors")[f] for f in FACTORS}, "sections": values("sections"), "constants": values("constants"), "unit": unit,
        "own_word": str(credit), "weight_unit": whole,
        "countries": {fold(data.words("exposure/countries.yml")[f"{COUNTRY}.name"]): countries[COUNTRY]["step"]},
        "sectors": {fold(words["name"]): sector["exposure"]["step"] for sector, words in trades},
        "exposure": [{"id": q["id"], "number": q["number"], "text": words[f"{q['id']}.text"], "scale": q["scale"], "when": q.get("applies_when", {}),
                      "asked": asked(q["number"], words[f"{q['id']}.text"])} for q, words in exposure],
        "items": items, "questions": questions, "scales": options(data, scales, credit * unit, said),
        "bands": [{"code": b, "when": said[f"follow-{b}.text"], "name": said[f"band-{b}.text"]} for b in BANDS],
        "floors": {f: {"priority": BANDS.index(floors[f]["priority"]), "text": floor_words[f"{f}.text"],
                       "reason": floor_words[f"{f}.reason"]} for f in FLOORS},
        "factor_names": {f: said[f"factor-{f}.text"] for f in FACTORS},
        "sector_reasons": {fold(words["name"]): words["exposure.reason"] for _, words in trades},
        "titles": {"exposure": lists["exposure"][1]["title"], **{checklist["section"]: words["title"] for checklist, words in list(lists.values())[1:]}},
        "questionnaire": data.words("guide/guide.yml")["title"],
        "texts": {"strip": cut(text, '<p class="strip">', "</p>"), "fine": cut(text, '<div class="fine">', "</div>"),
                  **{f"{name}_style": cut(sheet.read_text(encoding="utf-8"), "<style>", "</style>") for name, sheet in sheets.items()},
                  **{s: cut(text, f'<section aria-labelledby="{s}">', "</section>") for s in SECTIONS}},
    }


def cut(page, first, last):
    """From `first` to `last`, both included."""
    begin = page.index(first)
    return page[begin:page.index(last, begin) + len(last)]


def asked(number, text):
    """A question as it stands at the head of a row."""
    return f'{escape(number)} <span class="asked">{escape(text)}</span>'


def lines(question, words, section):
    """The answered lines of a question: itself, or its parts."""
    parts = question.get("parts")
    for part in parts or [{}]:
        of, id, text = {**question, **part}, question["id"], words[f"{question['id']}.text"]
        if part:
            id = f"{id}.{part['id']}"
            text = f"{text} – {words[f'{id}.text']}"
        yield {
            "id": id, "question": question["id"], "section": section, "number": of["number"], "text": text, "asked": asked(of["number"], text),
            "weight": Fraction(question["weight"], len(parts or [1])), "scale": of["scale"], "na": bool(of.get("not_applicable")),
            "critical": bool(question.get("critical")), "evidence": words.get(f"{id}.evidence", "") if part else "",
            "when": {**question.get("applies_when", {}), **part.get("applies_when", {})},
        }


def whole_question(question, words):
    """What is said of a question and its parts together: one row of the plan."""
    id, parts = question["id"], [p["id"] for p in question.get("parts", [])]
    evidence = {words[f"{id}.evidence"], *(words.get(f"{id}.{part}.evidence", "") for part in parts)}
    return {
        "number": question["number"], "text": words[f"{id}.text"], "place": f"{id}.{parts[0]}" if parts else id, "why": words[f"{id}.why"],
        "measure": words[f"{id}.measure"], "evidence": words[f"{id}.evidence"], "all_evidence": sorted(evidence - {""}),
        "soon": bool(question.get("critical")) or question["weight"] == 3,
    }


def options(data, scales, credit, said):
    """{scale: {labels: {text: [option, credit or null, needs a reason]}, below: [[limit or null, option, credit]], says: {option: label},
    choose: what can be answered}}"""
    words = data.words("scales.yml")
    texts = lambda o, key: [o["label"], *o.get("synonyms", []), words[f"{key}.label"], *words.get(f"{key}.synonyms", "").split(";")]
    common = {fold(t): [o["id"], None, False] for o in scales["common"] for t in texts(o, o["id"]) if t.strip()}
    open_says = {**{o["id"]: words[f"{o['id']}.label"] for o in scales["common"]},
                 **{kind: said[f"open-{kind}.text"] for kind in ("blank", "unreadable", "na-unfounded")}}
    number = lambda value: f"{int(value):,}".replace(",", ".")
    out = {}
    for scale in scales["scales"]:
        labels, below, says = dict(common), [], dict(open_says)
        own = {o["id"]: words[f"{scale['id']}.{o['id']}.label"] for o in scale["options"]}
        for o in scale["options"]:
            points = int(Fraction(o["grade"]) * credit) if "grade" in o else None
            if "unit" in scale:
                below.append([o.get("below"), o["id"], points])
            else:
                labels.update({fold(t): [o["id"], points, bool(o.get("needs_reason"))] for t in texts(o, f"{scale['id']}.{o['id']}") if t.strip()})
        if "unit" in scale:
            choose = f"Et tal fra {number(scale['min'])} til {number(scale['max'])} (procent)"
        else:
            choose = ", ".join(f"»{label}«" for label in own.values())
        out[scale["id"]] = {"labels": labels, "below": below, "least": scale.get("min"), "most": scale.get("max"), "says": {**says, **own}, "choose": choose}
    return out


if __name__ == "__main__":
    Path(sys.argv[3]).write_text(json.dumps(model(sys.argv[1], sys.argv[2], sys.argv[4:]), ensure_ascii=False), encoding="utf-8")
