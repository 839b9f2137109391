"""Recomputes results.json from what was typed and from the YAML data, with fractions, and compares.

Works from the specification of the score and the data files; takes no number from lygte.
"""

import hashlib
import json
import re
from fractions import Fraction as F
from pathlib import Path

import yaml

ORDER = ["low", "moderate", "high", "severe"]
FACTS = ["subcontracting", "hires-directly", "agency-workers", "housing", "eu-citizens", "third-country-citizens"]
DIMENSIONS = ["DR", "CR", "RV", "EX", "CD", "VD"]
CONDUCT = ["DR", "CR", "EX", "CD"]
OPEN = ["dont-know", "refused", "blank", "unreadable", "na-unfounded"]


def frac(x):
    x = F(x)
    return str(x.numerator) if x.denominator == 1 else f"{x.numerator}/{x.denominator}"


def cents(x):
    """Rounded half up to hundredths."""
    return int((F(x) * 100 + F(1, 2)) // 1)


def shown(c):
    sign = "-" if c < 0 else ""
    return f"{sign}{abs(c) // 100}.{abs(c) % 100:02}"


def worst(*priorities):
    return max(priorities, key=ORDER.index)


def fold(text):
    return " ".join(str(text).split()).casefold()


# ---- data -------------------------------------------------------------------------------------------------------------


class Data:
    def __init__(self, folder, method="fls-1"):
        self.folder = Path(folder)
        load = self.load
        self.method = load(f"methods/{method}.yml")
        self.factor_weight = {f["id"]: F(f["value"]) for f in self.method["factors"]}
        self.section_weight = {s["id"]: F(s["value"]) for s in self.method["sections"]}
        self.credit = {e["id"]: F(e["value"]) for e in self.method["evidence"]}
        self.const = {c["id"]: F(c["value"]) for c in self.method["constants"]}
        self.floor = {f["id"]: f["priority"] for f in self.method["floors"]}
        scales = load("scales.yml")
        words = self.words("scales.yml")
        self.common = [self.option(o, o["id"], words) for o in scales["common"]]
        self.scales = {}
        for s in scales["scales"]:
            self.scales[s["id"]] = dict(s, options=[self.option(o, f"{s['id']}.{o['id']}", words) for o in s["options"]])
        profile = load("profile.yml")
        words = self.words("profile.yml")
        self.named = {key: [self.option(o, o["id"], words) for o in profile[f"{key}_options"]] for key in ["seen", "evidence", "closure"]}
        self.fields = [f["id"] for f in profile["fields"]]
        self.visit = [f["id"] for f in profile["visit"]]
        indicators = load("indicators.yml")
        self.indicators = {i["id"]: i for i in indicators["indicators"]}
        self.sector = load("sectors/cleaning.yml")
        self.sector_names = {}
        for tag in ["en", "da"]:
            name = self.sector["name"] if tag == "en" else self.words("sectors/cleaning.yml").get("name", self.sector["name"])
            self.sector_names[fold(name)] = "cleaning"
        self.sector_names["cleaning"] = "cleaning"
        self.countries, self.country_names = {}, {}
        words = self.words("exposure/countries.yml")
        for c in load("exposure/countries.yml")["countries"]:
            self.countries[c["code"]] = c
            for name in [c["name"], words.get(f"{c['code']}.name")] + [t for k, t in words.items() if k.lower() == f"{c['code'].lower()}.name"]:
                if name:
                    self.country_names[fold(name)] = c["code"]
        guide = load("guide/guide.yml")
        self.lists = {name: load(f"guide/{name}.yml") for name in guide["checklists"]}

    def load(self, name):
        return yaml.safe_load((self.folder / name).read_text(encoding="utf-8"))

    def words(self, name):
        path = self.folder / "lang/da" / name
        if not path.exists():
            return {}
        return {t["id"]: t["text"] for t in yaml.safe_load(path.read_text(encoding="utf-8"))["texts"]}

    @staticmethod
    def option(o, key, words):
        labels = [o["label"]] + ([words[f"{key}.label"]] if f"{key}.label" in words else [])
        synonyms = list(o.get("synonyms", []))
        if f"{key}.synonyms" in words:
            synonyms += [w.strip() for w in words[f"{key}.synonyms"].split(";")]
        return dict(o, labels=labels, all_synonyms=synonyms)

    def step(self, code):
        c = self.countries[code]
        if "as" in c:
            return self.step(c["as"])
        if "step" in c:
            return F(c["step"]), F(c["step"])
        return F(c["lo"]), F(c["hi"])

    def exposure_questions(self, form):
        own = self.lists["exposure"]["questions"] + self.sector["exposure_questions"]
        return [q for q in own if form == "full" or q.get("short")]

    def items(self, form):
        """Every answered line of controls, section by section, guide first and then the sector."""
        lines = []
        for name in ["a-general", "b-recruitment", "c-subcontractors"]:
            checklist = self.lists[name]
            section = checklist["section"]
            questions = checklist["questions"] + [q for q in self.sector["questions"] if q["section"] == section]
            for q in questions:
                if form == "short" and not q.get("short"):
                    continue
                if q.get("kind") == "text":
                    continue
                base = {"section": section, "question": q["id"], "critical": bool(q.get("critical", False))}
                parts = q.get("parts")
                for p in parts or [None]:
                    source = q if p is None else {**{k: q[k] for k in ("scale", "not_applicable") if k in q}, **p}
                    when = dict(q.get("applies_when") or {})
                    if p:
                        when.update(p.get("applies_when") or {})
                    lines.append({**base, "id": q["id"] if p is None else f"{q['id']}.{p['id']}", "number": source["number"],
                                  "weight": F(q["weight"], len(parts) if parts else 1), "scale": self.scales[source["scale"]],
                                  "not_applicable": bool(source.get("not_applicable")), "applies_when": when})
        return lines

    def signs(self, form):
        return [s for s in self.lists["signs"]["signs"] + self.sector["signs"] if form == "full" or s.get("short")]


# ---- what a typed value means -----------------------------------------------------------------------------------------


def raw_of(value):
    """What stands in the cell, as text."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return str(int(value)) if float(value).is_integer() else repr(float(value))
    return value


def blank(value):
    return value is None or isinstance(value, str) and not value.strip()


def match(value, options):
    if not isinstance(value, str):
        return None
    for test in (lambda o: value in o["labels"], lambda o: fold(value) in map(fold, o["labels"]),
                 lambda o: fold(value) in map(fold, o["all_synonyms"])):
        found = [o for o in options if test(o)]
        if found:
            return found[0]["id"]
    return None


def number(value):
    """A number, from a number cell or text such as `93 %` or `98,5`; None if it is none."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return F(str(value))
    text = str(value).strip().removesuffix("%").strip().replace(",", ".")
    return F(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None


def read_answer(data, value, scale, not_applicable, comment):
    if blank(value):
        return "blank"
    if "unit" in scale:
        found = match(value, data.common)
        if found is None:
            n = number(value)
            if n is None or n < F(scale["min"]) or n > F(scale["max"]) or scale["unit"] == "percent" and 0 < n < 1:
                return "unreadable"
            for o in scale["options"]:
                if "below" not in o or n < F(o["below"]):
                    return o["id"]
    else:
        found = match(value, scale["options"] + data.common)
    if found is None:
        return "unreadable"
    if found == "na":
        return "na" if not_applicable and not blank(comment) else "na-unfounded"
    option = next((o for o in scale["options"] if o["id"] == found), None)
    if option and option.get("needs_reason") and blank(comment):
        return "unreadable"
    return found


# ---- the score --------------------------------------------------------------------------------------------------------


def band(data, u):
    c = data.const
    return "severe" if u >= c["cut-severe"] else "high" if u >= c["cut-high"] else "moderate" if u >= c["cut-moderate"] else "low"


def positive(s, m, w):
    """The five minimal sets: 2S, S+M, S+W, 3M, 2M+W."""
    return s >= 2 or s >= 1 and m + w >= 1 or m >= 3 or m >= 2 and w >= 1


def score_core(data, factors, items):
    """factors: id -> (lo, hi); items: dicts with section, weight, applicable, lo, hi. Returns the numbers."""
    k = data.const["k"]
    out = {"I_lo": sum(data.factor_weight[f] * lo for f, (lo, hi) in factors.items()),
           "I_hi": sum(data.factor_weight[f] * hi for f, (lo, hi) in factors.items())}
    live = [i for i in items if i["applicable"]]
    sections = {s: [i for i in live if i["section"] == s] for s in data.section_weight}
    total_v = sum(data.section_weight[s] for s, its in sections.items() if its)
    out["sections"] = {}
    share = {}
    for s, its in sections.items():
        w = sum(i["weight"] for i in its)
        if its:
            out["sections"][s] = (sum(i["weight"] * i["lo"] for i in its) / w, sum(i["weight"] * i["hi"] for i in its) / w)
            for i in its:
                share[i["id"]] = data.section_weight[s] / total_v * i["weight"] / w
        else:
            out["sections"][s] = None
    out["share"] = share
    out["M_lo"] = sum((share[i["id"]] * i["lo"] for i in live), F(0))
    out["M_hi"] = sum((share[i["id"]] * i["hi"] for i in live), F(0))
    out["U"] = out["I_hi"] * (1 - k * out["M_lo"])
    out["L"] = out["I_lo"] * (1 - k * out["M_hi"])
    return out


class Supplier:
    """One supplier: what was typed, brought together."""

    def __init__(self, data, truth, sid):
        self.data, self.id, self.made = data, sid, truth["suppliers"][sid]
        self.form = self.made["form"]
        self.files = {n: f for n, f in truth["files"].items() if f["supplier"] == sid}
        by_role = lambda role: [(n, f) for n, f in sorted(self.files.items()) if f["role"] == role]
        (self.supplier_file, self.supplier_truth), = by_role("supplier")
        assessors = by_role("assessor")
        self.assessor_file, self.assessor_truth = assessors[0] if assessors else (None, None)
        self.observers = by_role("observer")

    @staticmethod
    def cell(truth, item, column):
        for sheet, row, i in truth["rows"]:
            if i == item:
                return f"{sheet}!{column}{row}", truth["typed"].get(f"{sheet}!{column}{row}")
        return None, None

    def read(self):
        self.read_profile()
        self.read_exposure()
        self.read_items()
        self.read_signs()

    def read_profile(self):
        data, made = self.data, self.made
        typed = self.supplier_truth["typed"]

        def field(name):
            return self.cell(self.supplier_truth, name, "E")[1]

        def was_typed(name):
            return self.cell(self.supplier_truth, name, "E")[0] in typed
        fact_options = data.scales["risk"]["options"] + data.common
        facts = {}
        for f in FACTS:
            found = match(field(f), fact_options)
            facts[f] = found if found in ("yes", "no") else None
        levels = None if blank(field("levels")) else number(field("levels"))
        self.levels, self.said = levels, facts["subcontracting"]
        if facts["subcontracting"] == "no" and levels is not None and levels >= 1:
            facts["subcontracting"] = None
        self.facts = facts

        def several(name, fallback, names, steps):
            value = field(name) if was_typed(name) else None
            parts = [fallback] if blank(value) else [p.strip() for p in value.split(";") if p.strip()]
            known = [names.get(fold(p), None if p != fallback else p) for p in parts]
            codes = list(dict.fromkeys(c for c in known if c))
            if not codes:
                return codes, (F(0), F(1))
            lo, hi = max(steps(c)[0] for c in codes), max(steps(c)[1] for c in codes)
            return codes, (lo, F(1) if None in known else hi)
        step = F(data.sector["exposure"]["step"])
        self.countries, self.country = several("country", "DK", data.country_names, data.step)
        self.sectors, self.sector = several("sectors", "cleaning", data.sector_names, lambda c: (step, step))
        n = field("employees")
        n = None if blank(n) else number(n)
        self.size = None if n is None else "micro" if n < 10 else "small" if n < 50 else "medium" if n < 250 else "large"
        self.chain = self.chain_of(self.said, levels)

    @staticmethod
    def chain_of(said, levels):
        step = lambda n: F(int(n), 4) if n < 3 else F(1)
        if said == "yes":
            # "yes" with no level below says nothing about the levels
            return (F(1, 4), F(1)) if levels is None or levels < 1 else (step(levels),) * 2
        if said == "no":
            return (F(0), F(0)) if levels is None else (step(levels),) * 2
        return (F(0), F(1)) if levels is None else (step(levels),) * 2

    def read_exposure(self):
        self.risks = []
        for q in self.data.exposure_questions(self.form):
            cell, value = self.cell(self.supplier_truth, q["id"], "E")
            answer = read_answer(self.data, value, self.data.scales[q["scale"]], q.get("not_applicable"), None)
            self.risks.append({"id": q["id"], "answer": answer, "cell": cell, "raw": raw_of(value), "value": value,
                               "options": [o["id"] for o in self.data.scales[q["scale"]]["options"]]})

    def read_items(self):
        data = self.data
        self.items = []
        for line in data.items(self.form):
            cell, value = self.cell(self.supplier_truth, line["id"], "E")
            comment = self.cell(self.supplier_truth, line["id"], "G")[1]
            stated = {"answer": read_answer(data, value, line["scale"], line["not_applicable"], comment),
                      "file": self.supplier_file, "cell": cell, "raw": raw_of(value), "comment": comment}
            item = dict(line, stated=stated, by="supplier", evidence="E1",
                        document=self.cell(self.supplier_truth, line["id"], "F")[1], reference=None, **{k: stated[k] for k in ("answer", "file", "cell", "raw")})
            if self.assessor_truth:
                at, finding = self.cell(self.assessor_truth, line["id"], "H")
                level = self.cell(self.assessor_truth, line["id"], "I")[1]
                reference = self.cell(self.assessor_truth, line["id"], "J")[1]
                item["signed"] = self.cell(self.assessor_truth, line["id"], "K")[1]
                if not blank(finding):
                    # the reason for "not applicable" and "declined" stands in the comment of the same row
                    reason = self.cell(self.assessor_truth, line["id"], "G")[1]
                    if self.cell(self.assessor_truth, line["id"], "G")[0] not in self.assessor_truth["typed"]:
                        reason = comment            # copied into the form when it was made
                    item.update(by="assessor", answer=read_answer(data, finding, line["scale"], line["not_applicable"], reason),
                                file=self.assessor_file, cell=at, raw=raw_of(finding), reference=reference,
                                evidence="E1" if blank(level) else match(level, data.named["evidence"]) or "E1")
            self.items.append(item)

    def read_signs(self):
        data = self.data
        self.looked, self.sign_forms, self.under_18 = [], [], False
        for name, form in self.observers:
            signs = data.signs(form["meta"]["form"])
            if all(blank(self.cell(form, s["id"], "E")[1]) for s in signs):
                continue
            entry = {"file": name}
            for key in ["date", "observer-role", "seen", "under-18"]:
                entry[key] = self.cell(form, key, "E")[1]
            self.looked.append(entry)
            if match(entry["under-18"], data.scales["risk"]["options"] + data.common) == "yes":
                self.under_18 = True
            for s in signs:
                cell, value = self.cell(form, s["id"], "E")
                state = match(value, data.scales["sign"]["options"]) or "unknown"
                closure = match(self.cell(form, s["id"], "H")[1], data.named["closure"])
                signed = self.cell(form, s["id"], "K")[1]
                dated = re.search(r"\d{4}-\d{2}-\d{2}", signed or "")
                dated = dated if dated and re.search(r"[^\W\d_]", signed) else None
                seen_on = re.search(r"\d{4}-\d{2}-\d{2}", entry["date"] or "")
                self.sign_forms.append({"sign": s, "file": name, "cell": cell, "raw": raw_of(value), "state": state,
                                        "seen_on": seen_on and seen_on[0], "closed": None,
                                        "closure": (dated[0], closure) if closure and dated else None})
        # a dated entry closes the sign on its own form, and on every form that is not dated after it
        for entry in self.sign_forms:
            if entry["state"] != "present":
                continue
            for other in self.sign_forms:
                if other["closure"] and other["sign"]["id"] == entry["sign"]["id"]:
                    on, status = other["closure"]
                    if other is entry or entry["seen_on"] and entry["seen_on"] <= on:
                        entry["closed"] = status
            if entry["closed"]:
                entry["state"] = "absent"
        self.signs = {}
        for entry in self.sign_forms:
            s = entry["sign"]
            before = self.signs.get(s["id"])
            rank = {"absent": 0, "unknown": 1, "present": 2}
            if before is None or rank[entry["state"]] > rank[before["state"]]:
                self.signs[s["id"]] = dict(entry)
        for entry in self.signs.values():
            indicator = data.indicators[entry["sign"]["indicator"]]
            entry["indicator"], entry["dimension"] = indicator["id"], indicator["dimension"]
            # an indicator that the child list does not have keeps its class of the adult list (README, choices)
            child = indicator["child"] if indicator["child"] != "-" else indicator["adult"]
            entry["strength"] = child if self.under_18 else indicator["adult"]

    # ---- everything that follows -------------------------------------------------------------------------------------

    def evaluate(self, facts=None, chain=None, answers=None):
        """The result; `facts`, `chain`, and `answers` (item or risk id -> answer) replace what was read."""
        data, const = self.data, self.data.const
        facts = facts or self.facts
        chain = chain or self.chain
        answers = answers or {}
        r = {}
        # workforce
        states = [answers.get(q["id"], q["answer"]) for q in self.risks]
        n = len(states)
        yes, unanswered = states.count("yes"), sum(s in OPEN for s in states)
        r["workforce"] = (F(yes, n), F(yes + unanswered, n))
        factors = {"country": self.country, "sector": self.sector, "workforce": r["workforce"], "chain": chain}
        r["factors"] = factors
        # signs
        present = {s for s, e in self.signs.items() if e["state"] == "present"}
        by_question = {}
        for s in sorted(present):
            for target in self.signs[s]["sign"].get("contradicts") or []:
                by_question.setdefault(target, []).append(s)
        # controls
        items = []
        for i in self.items:
            x = dict(i)
            if i["id"] in answers:
                x["answer"] = answers[i["id"]]
            applies = not any(facts[f] is not None and facts[f] != v for f, v in i["applies_when"].items())
            if not applies:
                x["answer"] = "na"
            x["applicable"] = x["answer"] != "na"
            x["by_hand"] = applies and x["answer"] == "na"
            x["open"] = x["answer"] in OPEN
            x["against"] = (by_question.get(i["id"], []) + (by_question.get(i["question"], []) if i["question"] != i["id"] else []))
            x["contradicted"] = x["answer"] in ("yes", "partly") and bool(x["against"])
            grade = next((F(o["grade"]) for o in i["scale"]["options"] if o["id"] == x["answer"]), None)
            x["grade"] = grade
            if grade is None:
                x["evidence"] = None
            if not x["applicable"]:
                x["lo"] = x["hi"] = None
            elif x["contradicted"] or grade is None:
                x["lo"], x["hi"] = F(0), F(1)
            else:
                x["lo"] = x["hi"] = grade * data.credit[x["evidence"]]
            items.append(x)
        r["items"] = items
        live = [i for i in items if i["applicable"]]
        core = score_core(data, factors, items)
        r.update(core)
        U, L, k, share = core["U"], core["L"], const["k"], core["share"]
        # runs
        full = lambda i: F(0) if i["grade"] is None or i["contradicted"] else i["grade"]
        r["stated"] = core["I_hi"] * (1 - k * sum((share[i["id"]] * full(i) for i in live), F(0)))
        r["verified"] = core["I_hi"] * (1 - k * sum((share[i["id"]] * full(i) for i in live if i["evidence"] == "E3"), F(0)))
        # coverage and verification
        answered = [i for i in live if not i["open"]]
        r["answered"], r["applicable"] = len(answered), len(live)
        whole = sum((share[i["id"]] for i in answered), F(0))
        r["coverage"] = whole
        r["sufficient"] = whole >= const["sufficient"]
        r["open"] = {kind: sum(i["answer"] == kind for i in live) for kind in OPEN}
        part = lambda level: sum((share[i["id"]] for i in answered if i["evidence"] == level), F(0)) / whole if whole else F(0)
        r["verification"] = {"stated": part("E1"), "documents": part("E2"), "on_site": part("E3")}
        # signs: distinct indicators
        per = {}
        for e in self.signs.values():
            state = per.setdefault(e["indicator"], [e["dimension"], e["strength"], "absent"])
            rank = ["absent", "unknown", "present"]
            state[2] = max(state[2], e["state"], key=rank.index)
        r["dimensions"] = {}
        for d in DIMENSIONS:
            count = lambda state: [sum(v == [d, s, state] for v in per.values()) for s in "SMW"]
            p, u = count("present"), count("unknown")
            both = [a + b for a, b in zip(p, u)]
            r["dimensions"][d] = (p, u, "positive" if positive(*p) else "undetermined" if positive(*both) else "negative")
        pos = {d: v[2] == "positive" for d, v in r["dimensions"].items()}
        recruit, ex, cd = pos["DR"] or pos["CR"], pos["EX"], pos["CD"]
        r["label"] = ("trafficking-pattern" if recruit and ex and cd else "forced-labour-pattern" if ex and cd else
                      "coercion-only" if cd else "deception-and-exploitation" if recruit and ex else
                      "exploitation" if ex else "recruitment-only" if recruit else "none")
        # floors
        floors = {}
        because = lambda rule, ids: floors.__setitem__(rule, sorted(ids)) if ids else None
        because("F1", [s for s in present if self.signs[s]["dimension"] in CONDUCT])
        because("F2", [s for s in present if self.signs[s]["strength"] == "S"])
        because("F3", [d for d in CONDUCT if pos[d]])
        because("F4", ["EX"] if ex and (cd or self.under_18) else [])
        because("F5", {e["sign"]["id"] for e in self.sign_forms
                       if e["state"] == "unknown" and self.signs[e["sign"]["id"]]["strength"] == "S"})
        x1 = lambda end: [f for f, v in factors.items() if v[end] >= const["x1-threshold"]]
        if len(x1(1)) >= const["x1-count"]:
            because("X1", x1(1))
        critical = [i for i in live if i["critical"]]
        because("C1", [i["id"] for i in critical if not i["contradicted"] and (i["open"] or i["grade"] == 0)])
        because("V1", [i["id"] for i in critical if i["evidence"] not in ("E2", "E3")])
        r["floors"] = floors
        best = [f for f in floors if f in ("F1", "F2", "F3", "F4")]
        if len(x1(0)) >= const["x1-count"]:
            best.append("X1")
        if any(i["grade"] == 0 for i in critical):
            best.append("C1")
        r["band"] = band(data, U)
        full_priority = worst(band(data, U), *[data.floor[f] for f in floors])
        r["priority"] = full_priority if r["sufficient"] else None
        r["best_priority"] = worst(band(data, L), *[data.floor[f] for f in best]) if r["sufficient"] else None
        r["complete"] = L == U and not any(e["state"] == "unknown" for e in self.signs.values())
        # lines
        lines = {f: data.factor_weight[f] * v[1] for f, v in factors.items()}
        for i in items:
            lines[i["id"]] = -k * core["I_hi"] * share[i["id"]] * i["lo"] if i["applicable"] else F(0)
        assert sum(lines.values()) == U
        r["lines"] = lines
        floor_cents = {i: (v * 100) // 1 for i, v in lines.items()}
        missing = cents(U) - sum(floor_cents.values())
        by_rest = sorted(lines, key=lambda i: (-(lines[i] * 100 - floor_cents[i]), i.encode()))
        assert 0 <= missing <= len(lines)
        for i in by_rest[:missing]:
            floor_cents[i] += 1
        r["shown"] = floor_cents
        r["potentials"] = {i["id"]: k * core["I_hi"] * share[i["id"]] * (1 - i["lo"]) for i in live}
        # flags
        flags = []
        for q in dict.fromkeys(i["question"] for i in live):
            group = [i for i in live if i["question"] == q and i["contradicted"]]
            for i in group:
                flags.append(("contradiction", frozenset([i["id"], *i["against"]])))
        papers = {}
        for i in live:
            # a document offered for an answer, or the reference of a finding
            if not blank(i["document"]) and not i["open"]:
                papers.setdefault(fold(i["document"]), set()).add(i["id"])
        r["papers"] = papers
        for ids in papers.values():
            if len(ids) > const["reuse-over"]:
                flags.append(("reused", frozenset(ids)))
        if live and all(i["grade"] == 1 for i in live) and all(i["evidence"] == "E1" for i in live):
            flags.append(("too-good", frozenset()))
        by_hand = sum(i["weight"] for i in items if i["by_hand"])
        if live and by_hand / (by_hand + sum(i["weight"] for i in live)) > const["na-share"]:
            flags.append(("na-share", frozenset(i["id"] for i in items if i["by_hand"])))
        r["flags"] = flags
        # 0.8: near a cut, and robust against other item weights
        close = [c for c in ("cut-moderate", "cut-high", "cut-severe") if abs(U - const[c]) <= const["near-cut"]]
        r["near_cut"] = const[close[0]] if close else None
        r["robust"] = self.robust(r, items, full_priority) if r["sufficient"] else None
        return r

    def robust(self, r, items, priority):
        """Priority under every weight of items within the swing: extremes of a weighted mean lie at cuts of the sorted values."""
        data = self.data
        swing = data.const["weight-swing"]
        ends = []
        for high in (True, False):
            total_v = sum(data.section_weight[s] for s, v in r["sections"].items() if v)
            m = F(0)
            for s, v in r["sections"].items():
                if not v:
                    continue
                values = sorted(((i["lo"], i["weight"]) for i in items if i["applicable"] and i["section"] == s), reverse=high)
                means = []
                for cut in range(len(values) + 1):
                    w = [wt * (1 + swing if n < cut else 1 - swing) for n, (_, wt) in enumerate(values)]
                    means.append(sum(a * c for a, (c, _) in zip(w, values)) / sum(w))
                m += data.section_weight[s] / total_v * (max(means) if high else min(means))
            ends.append(r["I_hi"] * (1 - data.const["k"] * m))
        floors = [data.floor[f] for f in r["floors"]]
        return all(worst(band(data, u), *floors) == priority for u in ends)

    def what_if(self, now):
        """(id, to) -> priority, for every single other answer and every flipped fact that changes the priority."""
        if now["priority"] is None:
            return {}
        found = {}

        def note(key, to, result):
            if result["priority"] is not None and result["priority"] != now["priority"]:
                found[key, to] = result["priority"]
        for i in now["items"]:
            if i["applicable"]:
                for o in i["scale"]["options"]:
                    if o["id"] != i["answer"]:
                        note(i["id"], o["id"], self.evaluate(answers={i["id"]: o["id"]}))
        for q in self.risks:
            for o in q["options"]:
                if o != q["answer"]:
                    note(q["id"], o, self.evaluate(answers={q["id"]: o}))
        for f in FACTS:
            # profile facts that switched questions off
            if self.facts[f] == "no" and any(i["applies_when"].get(f) == "yes" for i in now["items"]):
                chain = self.chain_of("yes", self.levels) if f == "subcontracting" else self.chain
                note(f, "yes", self.evaluate(facts=dict(self.facts, **{f: "yes"}), chain=chain))
        return found


# ---- comparison -------------------------------------------------------------------------------------------------------


class Report:
    def __init__(self):
        self.values, self.mismatches = 0, []

    def same(self, who, field, got, want):
        self.values += 1
        if got != want:
            self.mismatches.append((who, field, got, want))
            print(f"MISMATCH {who} {field}: lygte {got!r}, oracle {want!r}")


def compare_supplier(data, truth, sid, got, rep, what_if=True):
    s = Supplier(data, truth, sid)
    s.read()
    r = s.evaluate()
    same = lambda field, a, b: rep.same(sid, field, a, b)
    opt = lambda v: None if v is None else frac(v)
    # the rows of the workbooks are those of the composed lists
    want_rows = [q["id"] for q in data.exposure_questions(s.form)] + [i["id"] for i in data.items(s.form)]
    for name, f in s.files.items():
        ids = [i for _, _, i in f["rows"]]
        if f["role"] == "observer":
            same(f"rows of {name}", sorted(ids), sorted(data.visit + [x["id"] for x in data.signs(f["meta"]["form"])]))
        else:
            same(f"rows of {name}", ids, data.fields + want_rows)
    typed = lambda name: s.cell(s.supplier_truth, name, "E")
    same("name", got["name"], s.made["name"])
    same("country", [c.strip() for c in (got.get("country") or "").split(";")], s.countries or [""])
    same("sectors", got["sectors"], s.sectors)
    same("size", got.get("size"), s.size)
    same("files", got["files"], sorted(s.files))
    q = got["questionnaire"]
    for key, want in [("id", "guide"), ("form", s.form), ("edition", "1.0"), ("lang", s.made["lang"]), ("sectors", ["cleaning"]),
                      ("country", "DK"), ("revision", s.supplier_truth["meta"]["revision"])]:
        same(f"questionnaire.{key}", q.get(key), want)
    c = got["coverage"]
    same("coverage.answered", c["answered"], r["answered"])
    same("coverage.applicable", c["applicable"], r["applicable"])
    same("coverage.share", c["share"], frac(r["coverage"]))
    same("coverage.sufficient", c["sufficient"], r["sufficient"])
    same("coverage.open", {o["kind"]: o["count"] for o in c["open"]}, {k: v for k, v in r["open"].items() if v})
    # exposure
    same("exposure.lo", got["exposure"]["lo"], frac(r["I_lo"]))
    same("exposure.hi", got["exposure"]["hi"], frac(r["I_hi"]))
    same("factors", [f["id"] for f in got["exposure"]["factors"]], list(r["factors"]))
    for f in got["exposure"]["factors"]:
        lo, hi = r["factors"][f["id"]]
        same(f"factor {f['id']}", (frac(f["weight"]), f["lo"], f["hi"]), (frac(data.factor_weight[f["id"]]), frac(lo), frac(hi)))
        if f["id"] == "workforce":
            same("workforce ids", [x["id"] for x in f["questions"]], [x["id"] for x in s.risks])
            for x, w in zip(f["questions"], s.risks):
                for key in ["answer", "cell", "raw"]:
                    same(f"self-test {w['id']}.{key}", x.get(key), w[key])
                same(f"self-test {w['id']}.file", x.get("file"), s.supplier_file)
                same(f"self-test {w['id']}.weight", x["weight"], "1")
                ends = {"yes": ("1", "1"), "no": ("0", "0")}.get(w["answer"], ("0", "1"))
                same(f"self-test {w['id']}.lo-hi", (x.get("lo"), x.get("hi")), ends)
    # controls
    same("M", (got["controls"]["lo"], got["controls"]["hi"]), (frac(r["M_lo"]), frac(r["M_hi"])))
    same("sections", [x["id"] for x in got["controls"]["sections"]], list(r["sections"]))
    for sec in got["controls"]["sections"]:
        ends = r["sections"][sec["id"]]
        same(f"section {sec['id']}", (frac(sec["weight"]), sec.get("lo"), sec.get("hi")),
             (frac(data.section_weight[sec["id"]]), *( (frac(ends[0]), frac(ends[1])) if ends else (None, None))))
        want = [i for i in r["items"] if i["section"] == sec["id"]]
        same(f"section {sec['id']} ids", [i["id"] for i in sec["items"]], [i["id"] for i in want])
        for x, w in zip(sec["items"], want):
            for key in ["number", "answer", "contradicted", "critical", "by", "file", "cell", "raw", "evidence"]:
                same(f"{w['id']}.{key}", x.get(key), w[key])
            for key in ["weight", "grade", "lo", "hi"]:
                same(f"{w['id']}.{key}", x.get(key), opt(w[key]))
            if w["by"] == "assessor":
                st = x.get("stated") or {}
                for key in ["answer", "file", "cell", "raw"]:
                    want_st = w["stated"][key]
                    if key == "answer" and not w["applicable"] and not w["by_hand"]:
                        continue
                    same(f"{w['id']}.stated.{key}", st.get(key), want_st)
            else:
                same(f"{w['id']}.stated", x.get("stated"), None)
    # signs
    g = got["signs"]
    same("signs.looked", sorted((l["file"], l.get("date"), l.get("role"), l.get("seen")) for l in g["looked"]),
         sorted((l["file"], l["date"], l["observer-role"], {"seen": True, "told": False}.get(match(l["seen"], data.named["seen"]))) for l in s.looked))
    same("signs.label", g["label"], r["label"])
    same("signs.under_18", g["under_18"], s.under_18)
    for d in g["dimensions"]:
        same(f"dimension {d['id']}", (d["present"], d["unknown"], d["state"]), r["dimensions"][d["id"]])
    same("dimensions", [d["id"] for d in g["dimensions"]], DIMENSIONS)
    # one entry for each row of each form
    rows = {(e["file"], e["cell"]): e for e in s.sign_forms}
    same("signs rows", sorted((x["file"], x["cell"], x["id"]) for x in g["items"]), sorted((*k, e["sign"]["id"]) for k, e in rows.items()))
    for x in g["items"]:
        e = rows.get((x["file"], x["cell"]))
        if e is None:
            continue
        pooled = s.signs[x["id"]]
        for key in ["indicator", "dimension", "strength"]:
            same(f"sign {x['id']}.{key}", x[key], pooled[key])
        same(f"sign {x['id']}.state", x["state"], e["state"])
        same(f"sign {x['id']}.raw", x.get("raw"), e["raw"])
        same(f"sign {x['id']}.closed", (x.get("closed") or {}).get("status"), e["closed"])
    # score
    for key, value in [("headline", r["U"]), ("best", r["L"])]:
        same(f"score.{key}", (got["score"][key]["exact"], got["score"][key]["shown"]), (frac(value), shown(cents(value))))
    same("runs", (got["runs"]["stated"], got["runs"]["verified"]), (frac(r["stated"]), frac(r["verified"])))
    for key, value in r["verification"].items():
        same(f"verification.{key}", got["verification"][key], frac(value))
    same("complete", got["complete"], r["complete"])
    same("band", got["band"], r["band"])
    same("floors", {f["id"]: f["priority"] for f in got["floors"]}, {f: data.floor[f] for f in r["floors"]})
    for f in got["floors"]:
        if f["id"] in r["floors"] and f["id"] not in ("F3", "F4"):
            same(f"floor {f['id']}.because", sorted(f["because"]), r["floors"][f["id"]])
    same("priority", got.get("priority"), r["priority"])
    same("best_priority", got.get("best_priority"), r["best_priority"])
    same("near_cut", got.get("near_cut"), opt(r["near_cut"]))
    if r["robust"] is not None:
        same("robust", got["robust"], r["robust"])
    # lines
    lines = {l["id"]: l for l in got["lines"]}
    same("lines ids", sorted(lines), sorted(r["lines"]))
    for i, value in r["lines"].items():
        if i in lines:
            same(f"line {i}", (lines[i]["exact"], lines[i]["shown"]), (frac(value), shown(int(r["shown"][i]))))
    same("sum of exact lines", frac(sum(F(l["exact"]) for l in got["lines"])), got["score"]["headline"]["exact"])
    same("sum of shown lines", sum(F(l["shown"]) for l in got["lines"]), F(got["score"]["headline"]["shown"]))
    potentials = [(p["id"], F(p["exact"])) for p in got["potentials"]]
    same("potentials", dict(potentials), {i: v for i, v in r["potentials"].items() if v})
    same("potentials sorted", [v for _, v in potentials], sorted((v for _, v in potentials), reverse=True))
    for p in got["potentials"]:
        same(f"potential {p['id']}.shown", p["shown"], shown(cents(F(p["exact"]))))
    if any(r["sections"].values()):
        same("sum of potentials", sum(v for _, v in potentials), r["U"] - (1 - data.const["k"]) * r["I_hi"])
    # flags
    same("flags", sorted((f["id"], sorted(f["questions"])) for f in got["flags"]), sorted((i, sorted(q)) for i, q in r["flags"]))
    for f in got["flags"]:
        same(f"flag {f['id']}.effect", f["effect"], "credit-void" if f["id"] == "contradiction" else "shown")
    # what-if
    if what_if:
        want = s.what_if(r)
        for w in got["what_if"]:
            same(f"what_if {w['id']} to {w['to']}", w["priority"], want.get((w["id"], w["to"]), r["priority"]))
        same("what_if: ids that alone change the priority", sorted({w["id"] for w in got["what_if"]}), sorted({i for i, _ in want}))
    return s, r


def compare(folder, truth, data, inputs, rep, what_if=True):
    results = json.loads((Path(folder) / "results.json").read_text(encoding="utf-8"))
    rep.same("run", "schema", results["schema"], "lygte/results/1")
    rep.same("run", "method", (results["method"]["id"], results["method"]["version"]), (data.method["id"], data.method["version"]))
    names = sorted(truth["files"], key=str.encode)
    rep.same("run", "files", [f["file"] for f in results["files"]], names)
    rep.same("run", "ledger", {k: results["ledger"][k] for k in ["inputs", "scored", "partly", "unreadable", "skipped"]},
             {"inputs": len(names), "scored": len(names), "partly": 0, "unreadable": 0, "skipped": 0})
    places = {}
    for f in results["files"]:
        t = truth["files"][f["file"]]
        digest = hashlib.sha256((Path(inputs) / f["file"]).read_bytes()).hexdigest()
        rep.same(f["file"], "file", (f["role"], f["status"], f["supplier"], f["sha256"]), (t["role"], "scored", t["supplier"], digest))
        for d in f["diagnostics"]:
            places.setdefault(d["place"].replace("'", ""), []).append(d)
    rep.same("run", "suppliers", [s["id"] for s in results["suppliers"]], sorted(truth["suppliers"]))
    out = {}
    for got in results["suppliers"]:
        s, r = compare_supplier(data, truth, got["id"], got, rep, what_if)
        out[got["id"]] = (got, s, r)
        # whatever was not taken as it stood is in the ledger, with what stood there
        # (an unfounded "not applicable" to a line that does not apply agrees with the profile)
        idle = {i["id"] for i in r["items"] if not i["applicable"]}
        stated = [i["stated"] for i in s.items if not (i["id"] in idle and i["stated"]["answer"] == "na-unfounded")]
        for entry in [*r["items"], *s.risks, *stated]:
            if entry["answer"] in ("unreadable", "na-unfounded") and entry["raw"]:
                at = f"{entry.get('file', s.supplier_file)}!{entry['cell']}"
                there = [d.get("raw") for d in places.get(at, [])]
                rep.same(got["id"], f"diagnostic at {at}", entry["raw"] in there, True)
    return out, results
