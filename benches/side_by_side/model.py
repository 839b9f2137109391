"""What a peer must know to score a questionnaire, taken from the YAML files and from nothing that lygte computes.

    model.py CHECKLISTS OUT.json SECTOR…

Needs PyYAML. Weights are whole numbers on one denominator, credits in units of 1/`unit`: so peers add up integers, which is
the fastest way to be exact.
"""

import json
import sys
from fractions import Fraction
from math import lcm
from pathlib import Path

import yaml

LANG = "da"
COUNTRY = "DK"


class Data:
    def __init__(self, folder):
        self.folder = Path(folder)

    def load(self, name):
        return yaml.safe_load((self.folder / name).read_text(encoding="utf-8"))

    def words(self, name):
        return {t["id"]: t["text"] for t in self.load(f"lang/{LANG}/{name}")["texts"]}


def fold(text):
    return " ".join(text.split()).casefold()


def model(folder, sectors):
    data = Data(folder)
    method = data.load("methods/fls-1.yml")
    values = lambda key: {x["id"]: x["value"] for x in method[key]}
    credit = Fraction(values("evidence")["E1"])  # a supplier's own word
    lists = {name: (data.load(f"guide/{name}.yml"), data.words(f"guide/{name}.yml")) for name in
             ["exposure", "a-general", "b-recruitment", "c-subcontractors"]}
    trades = [(data.load(f"sectors/{s}.yml"), data.words(f"sectors/{s}.yml")) for s in sectors]
    items = []
    for checklist, words in list(lists.values())[1:]:
        own = [(q, words) for q in checklist["questions"]]
        added = [(q, w) for sector, w in trades for q in sector["questions"] if q["section"] == checklist["section"]]
        for question, said in own + added:
            items += lines(question, said, checklist["section"])
    whole = lcm(*(i["weight"].denominator for i in items))
    for item in items:
        item["weight"] = int(item["weight"] * whole)
    exposure = [q for q in lists["exposure"][0]["questions"]] + [q for s, _ in trades for q in s["exposure_questions"]]
    scales = data.load("scales.yml")
    grades = [Fraction(o["grade"]) * credit for s in scales["scales"] for o in s["options"] if "grade" in o]
    unit = lcm(*(g.denominator for g in grades))
    countries = {c["code"]: c for c in data.load("exposure/countries.yml")["countries"]}
    return {
        "factors": values("factors"), "sections": values("sections"), "constants": values("constants"), "unit": unit,
        "weight_unit": whole, "countries": {fold(data.words("exposure/countries.yml")[f"{COUNTRY}.name"]): countries[COUNTRY]["step"]},
        "sectors": {fold(words["name"]): sector["exposure"]["step"] for sector, words in trades},
        "exposure": [{"id": q["id"], "scale": q["scale"], "when": q.get("applies_when", {})} for q in exposure],
        "items": items, "scales": options(data, scales, credit * unit),
    }


def lines(question, words, section):
    """The answered lines of a question: itself, or its parts."""
    parts = question.get("parts")
    for part in parts or [{}]:
        of = {**question, **part}
        yield {
            "id": f"{question['id']}.{part['id']}" if part else question["id"], "section": section, "number": of["number"],
            "weight": Fraction(question["weight"], len(parts or [1])), "scale": of["scale"], "na": bool(of.get("not_applicable")),
            "critical": bool(question.get("critical")),
            "when": {**question.get("applies_when", {}), **part.get("applies_when", {})},
            "measure": words[f"{question['id']}.measure"], "evidence": words[f"{question['id']}.evidence"],
        }


def options(data, scales, credit):
    """{scale: {labels: {text: [option, credit or null, needs a reason]}, below: [[limit or null, option, credit]]}}"""
    words = data.words("scales.yml")
    texts = lambda o, key: [o["label"], *o.get("synonyms", []), words[f"{key}.label"], *words.get(f"{key}.synonyms", "").split(";")]
    common = {fold(t): [o["id"], None, False] for o in scales["common"] for t in texts(o, o["id"]) if t.strip()}
    out = {}
    for scale in scales["scales"]:
        labels, below = dict(common), []
        for o in scale["options"]:
            points = int(Fraction(o["grade"]) * credit) if "grade" in o else None
            if "unit" in scale:
                below.append([o.get("below"), o["id"], points])
            else:
                labels.update({fold(t): [o["id"], points, bool(o.get("needs_reason"))] for t in texts(o, f"{scale['id']}.{o['id']}") if t.strip()})
        out[scale["id"]] = {"labels": labels, "below": below, "least": scale.get("min"), "most": scale.get("max")}
    return out


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(model(sys.argv[1], sys.argv[3:]), ensure_ascii=False), encoding="utf-8")
