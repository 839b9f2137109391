"""What the pages show of an assessment, and the plan: scales, bars, rules, the waterfall, what to do, remarks."""

import csv
import datetime
import io
import os
from collections import Counter
from types import SimpleNamespace as View

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

HERE = os.path.dirname(os.path.abspath(__file__))
MONTHS = ["jan.", "feb.", "mar.", "apr.", "maj", "jun.", "jul.", "aug.", "sep.", "okt.", "nov.", "dec."]
ADDS, TAKES, TOTAL = "#b45309", "#3f8f86", "#1b2530"
FILLS = ["#e4f0f1", "#fbefc9", "#f8d9b4", "#f0bdb0"]
SHOWN = 8  # lines that stand alone in the waterfall
KINDS = ["blank", "dont-know", "refused", "unreadable", "na-unfounded"]
WHEN = ["Først", "Dernæst", "Senere"]
AGAIN = "Spørg leverandøren igen om de åbne svar. På porteføljesiden ligger en påmindelse klar til afsendelse."
LOOK = "Lad en anden end leverandøren se papirerne eller stedet for disse afgørende forholdsregler."
PLAN_HEAD = "id,supplier_id,supplier,urgency,number,about,what,why,evidence,potential,status,owner,due,note\r\n"


def comma(value):
    return f"{value:.2f}".replace(".", ",")


def between(low, high, form, to="–"):
    low, high = form(low), form(high)
    return low if low == high else f"{low}{to}{high}"


def whole(value):
    return str(int(value + 0.5))


def scale(value, low, high):
    """Where a score stands on an axis of 400 units that begins at 10."""
    return View(**{"value": whole(value), "low": whole(low), "high": whole(high), "x": f"{10 + 4 * value:.2f}", "from": f"{10 + 4 * low:.2f}",
                   "width": f"{4 * (high - low):.2f}" if high > low else ""})


def bar(track, low, high):
    return View(track=f"{100 * track:.2f}", solid=f"{100 * low:.2f}", open=f"{100 * (high - low):.2f}" if high > low else "")


def counts(a):
    """Questions answered, and questions that apply."""
    return sum(i.answered for i in a.items), sum(i.lo is not None for i in a.items)


class Pages:
    def __init__(self, model):
        self.model = model
        today = datetime.date.today()
        env = Environment(loader=FileSystemLoader(HERE), autoescape=True)
        env.globals.update(texts={name: Markup(html) for name, html in model.texts.items()}, questionnaire=model.questionnaire, zones=self.zones(),
                           date=f"{today.day}. {MONTHS[today.month - 1]} {today.year}")
        for q in (*model.items, *model.exposure):
            q.asked = Markup(q.asked)
        self.report, self.feedback, self.index = (env.get_template(f"{name}.html") for name in ("report", "feedback", "index"))

    def zones(self):
        cuts = [0, *map(int, self.model.cuts), 100]
        return [View(**{"name": b.name, "fill": fill, "from": low, "to": high, "x": f"{10 + 4 * low:.2f}", "width": f"{4 * (high - low):.2f}",
                        "middle": f"{10 + 2 * (low + high):.2f}"}) for b, fill, low, high in zip(self.model.bands, FILLS, cuts, cuts[1:])]

    def of(self, a):
        """Both pages, the rows of the plan, and what the index says of a supplier."""
        for i in a.items:
            if i.lo is not None:
                i.credit = comma(i.lo / self.model.unit) if i.answered else "0,00–1,00"
                i.plain = f"{0 - i.part:.2f}"
                i.points = i.plain.replace(".", ",")
        for i in a.exposure:
            i.risk = {"yes": "1,00", "no": "0,00"}.get(i.answer, "0,00–1,00")
        floors, tasks, remarks = self.floors(a), self.plan(a), self.remarks(a)
        bands = self.model.bands
        band, best_band = (None if p is None else bands[p] for p in (a.priority, a.at_best))
        answered, applicable = counts(a)
        low, high, headline, best, controls = float(a.low), float(a.high), float(a.headline), float(a.best), [float(c) for c in a.controls]
        shared = {"id": a.id, "name": a.name, "file": a.file, "profile": a.profile, "remarks": remarks}
        said = {"country": a.country, "trades": ", ".join(a.trades), "band": band, "best_band": best_band,
                "counts": View(answered=answered, applicable=applicable)}
        share = f"{whole(100 * float(a.answered))} %"
        report = self.report.render(
            shared, **said, by_score=a.by_score == a.priority, because=[f for f in floors if f.priority == a.priority], floors=floors,
            exposed=scale(high, low, high), precautions=scale(100 * controls[0], 100 * controls[0], 100 * controls[1]), score=scale(headline, best, headline),
            shown=View(answered=share, stated=whole(a.stated), headline=f"{headline:.2f}", total=comma(headline)),
            factors=self.factors(a), **self.open(a), tasks=tasks, first_tasks=tasks[:3], waterfall=self.waterfall(a), sections=self.sections(a), exposure=a.exposure,
            complete=answered == applicable and not a.unanswered)
        return View(report=report, feedback=self.feedback.render(shared, **self.answers(a)), tasks=tasks, plan=self.csv(a, tasks), index=View(
            id=a.id, name=a.name, file=a.file, remarks=remarks, **said, answered=share, exposure=whole(high), precautions=whole(100 * controls[0]),
            score=whole(headline), best=whole(best), stated=whole(a.stated), gap=whole(high - a.stated), ranks=(-headline, a.stated - high)))

    def overview(self, suppliers):
        enough = [s for s in suppliers if s.band]
        return self.index.render(
            suppliers=sorted(suppliers, key=lambda s: s.name), follow=sorted(enough, key=lambda s: (-self.model.bands.index(s.band), s.ranks[0], s.id)),
            verify=sorted(enough, key=lambda s: (s.ranks[1], s.id)), few=[s for s in suppliers if not s.band], files=suppliers)

    def factors(self, a):
        """What exposes the supplier, the most first."""
        out, most = [], max(self.model.factors.values())
        for id, (lo, hi) in a.known.items():
            weight = self.model.factors[id]
            lo, hi = float(lo), float(hi)
            out.append(View(
                id=id, name=self.model.factor_names[id], what=self.known(a, id, lo, hi), weight=weight, bar=bar(weight / most, lo * weight / most, hi * weight / most),
                adds=f"{whole(weight * hi)} af højst {weight}", value=between(lo, hi, comma), plain=f"{weight * hi:.2f}", points=comma(weight * hi), by=weight * hi,
                reasons=[self.model.sector_reasons[t.casefold()] for t in a.trades if t.casefold() in self.model.sector_reasons] if id == "sector" else []))
        return sorted(out, key=lambda f: -f.by)

    def known(self, a, id, lo, hi):
        if id == "workforce":
            return f"Af {len(a.exposure)} spørgsmål i selvtesten er {a.yes} besvaret med en risiko; {a.unanswered} åbne"
        if id == "chain":
            said = {"yes": "Ja", "no": "Nej", None: "ikke kendt"}[a.facts["subcontracting"]]
            return f"Underleverandører: {said}; led under leverandøren: {a.levels or 'ikke oplyst'}"
        names = a.country if id == "country" else ", ".join(a.trades)
        return f"{names}: trin {4 * hi:.0f} af 4" if lo == hi else f"{names}: mellem trin {4 * lo:.0f} og trin {4 * hi:.0f} af 4"

    def floors(self, a):
        """Rules that hold whatever the score is, and what they rest on."""
        lines = lambda items: [View(place=f"line-{i.q.id}", text=i.q.number) for i in items]
        rest_on = {"X1": [View(place=f"factor-{f}", text=self.model.factor_names[f]) for f in a.over], "C1": lines(a.gaps), "V1": lines(a.critical)}
        return [View(**vars(f), when=self.model.bands[f.priority].when, refs=rest_on[f.id]) for f in self.model.floors.values() if rest_on[f.id]]

    def open(self, a):
        open = [i for i in a.items if i.lo is not None and not i.answered]
        kinds, says = Counter(i.answer for i in open), self.model.scales["risk"]["says"]
        return {"open_kinds": [View(name=says[kind], count=kinds[kind]) for kind in KINDS if kind in kinds], "critical_open": [i for i in open if i.q.critical]}

    def waterfall(self, a):
        """From nothing to the score: factors, the lines that take off most, the others together, so that the steps add up in print too."""
        steps = [(ADDS, f"factor-{f}", "", self.model.factor_names[f], round(float(self.model.factors[f] * hi), 2)) for f, (_, hi) in a.known.items()]
        end = max(sum(s[4] for s in steps), 1)
        takes = sorted((i for i in a.items if i.plain != "0.00"), key=lambda i: (-round(i.part, 9), i.q.id))
        steps += [(TAKES, f"line-{i.q.id}", i.q.number, i.q.text, float(i.plain)) for i in takes[:SHOWN]]
        others = len(takes) - SHOWN
        if others > 0:
            steps.append((TAKES, "", "", f"De andre linjer, der tager noget af: {others}", round(float(a.headline), 2) - sum(s[4] for s in steps)))
        out, level = [], 0
        for fill, place, number, name, points in steps:
            out.append(self.step(fill, place, number, name, points, min(level, level + points), abs(points), end))
            level += points
        return [*out, self.step(TOTAL, "", "", "Score", level, 0, level, end)]

    @staticmethod
    def step(fill, place, number, name, points, begin, length, end):
        says = {ADDS: "lægger til", TAKES: "tager af", TOTAL: "det, der er tilbage"}[fill]
        return View(fill=fill, place=place, number=number, name=name, says=says, points=comma(points), x=f"{100 * begin / end:.2f}",
                    width=f"{100 * length / end:.2f}", total=fill == TOTAL)

    def sections(self, a):
        for s in a.sections:
            s.bar = None
            s.points = comma(sum(float(i.plain) for i in s.lines))
            if s.sum:
                lo, hi = float(s.lo), float(s.hi)
                s.bar, s.value = bar(1, lo, hi), between(lo, hi, comma)
                s.of_100 = between(100 * lo, 100 * hi, whole, " til ")
        return a.sections

    def plan(self, a):
        """A row for each question with a weak or open answer, the most urgent first."""
        weak = {}
        for i in a.items:
            if i.lo is not None and (not i.answered or i.units < self.model.full):
                weak.setdefault(i.q.question, []).append(i)
        rows = []
        for id, items in weak.items():
            q = self.model.questions[id]
            urgency = 0 if any(i.q.critical and not i.units for i in items) else 1 if q.soon else 2
            potential = sum(i.potential for i in items)
            rows.append((urgency, -round(potential, 9), id, View(
                id=f"{a.id}/{id}", numbers=q.number, refs=[View(place=f"line-{q.place}", text=q.number)], about=q.text, what=q.measure, why=q.why,
                evidence=q.all_evidence, when=WHEN[urgency], plain=f"{potential:.2f}", points=comma(potential))))
        rows.sort(key=lambda r: r[:3])
        tasks = [r[3] for r in rows]
        stated = [i for i in a.critical if i.answered]
        if stated:
            at = sum(r[0] < 2 for r in rows)
            refs = [View(place=f"line-{i.q.id}", text=i.q.number) for i in stated]
            tasks.insert(at, self.task(a, "_verify", LOOK, 1, self.model.floors["V1"].reason, refs))
        if a.priority is None:
            tasks.insert(0, self.task(a, "_again", AGAIN, 0, "", []))
        return tasks

    @staticmethod
    def task(a, id, what, urgency, why, refs):
        return View(id=f"{a.id}/{id}", numbers=", ".join(r.text for r in refs), refs=refs, about="", what=what, why=why, evidence=[], when=WHEN[urgency], plain="", points="")

    @staticmethod
    def csv(a, tasks):
        out = io.StringIO()
        csv.writer(out).writerows((t.id, a.id, a.name, t.when, t.numbers, t.about, t.what, t.why, " · ".join(t.evidence), t.plain, "", "", "", "") for t in tasks)
        return out.getvalue()

    @staticmethod
    def remarks(a):
        """Answers that were not taken as they stood."""
        out = []
        for i in a.items:
            if not i.raw or i.answered:
                continue
            if not i.asked:
                kind, message = "Bemærkning", f"spørgsmål {i.q.number} gælder ikke efter profilen; svaret tæller ikke."
            elif i.answer == "na-unfounded":
                kind, message = "Advarsel", f"spørgsmål {i.q.number}: »ikke relevant« kræver en grund i kommentaren; det tæller som ubesvaret."
            elif i.answer == "unreadable":
                kind, message = "Advarsel", f"spørgsmål {i.q.number}: svaret er ikke blandt mulighederne eller mangler en grund; det tæller som ubesvaret."
            else:
                continue
            out.append(View(kind=kind, place=f"{i.sheet}!{i.at}", message=message, raw=i.raw))
        return out

    def answers(self, a):
        """What goes back to the supplier: what is open, what it could put in order, and how each answer was read."""
        parts = [(self.model.titles["exposure"], a.exposure), *((s.title, s.lines) for s in a.sections)]
        understood = lambda i: i.asked and (i.units is not None or i.answer in ("na", "yes", "no"))
        weak = {}
        for i in a.items:
            if i.answered and i.units < self.model.full:
                weak.setdefault(i.q.question, []).append(i)
        return {
            "open": [i for _, lines in parts for i in lines if i.asked and not understood(i)],
            "answers": [View(title=title, lines=found) for title, lines in parts if (found := [i for i in lines if understood(i)])],
            "not_asked": ", ".join(i.q.number for i in a.items if not i.asked),
            "weak": [View(of=self.model.questions[id], numbers=", ".join(i.q.number for i in items),
                          evidence=sorted({self.model.questions[id].evidence, *(i.q.evidence for i in items if i.q.evidence)})) for id, items in weak.items()],
        }
