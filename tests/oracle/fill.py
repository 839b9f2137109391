"""Makes questionnaires with `lygte new`, fills them at random (seeded) with openpyxl, and keeps what was typed where.

The truth is a dictionary: for every supplier what its workbooks were made for, for every file the rows it asks
(sheet, row, id in column A, before anything was filled) and, cell by cell, what was typed.
"""

import csv
import datetime
import os
import random
import shutil
import subprocess

import openpyxl

MARKER = "Xq7-marker-of-the-oracle"
GARBAGE = ["måske", "see attached", "yes and no", "1/2", "=", "ja/nej", "N.A. in 2025", "We will come back to this"]
VISIT_ROLES = ["Site manager", "Auditor", "Driver", "Driftsleder"]


def run(*args):
    done = subprocess.run([str(a) for a in args], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, args))}: exit {done.returncode}\n{done.stderr}")
    return done


class Book:
    """A workbook being filled; remembers every cell that was typed."""

    def __init__(self, path, role):
        self.path, self.role = path, role
        self.book = openpyxl.load_workbook(path)
        self.typed = {}
        names = {n: d.attr_text for n, d in self.book.defined_names.items()}
        self.lists, self.kind = {}, {}
        for sheet in self.book:
            for rule in sheet.data_validations.dataValidation:
                for area in str(rule.sqref).split():
                    for row in sheet[area] if ":" in area else ((sheet[area],),):
                        for cell in row:
                            at = f"{sheet.title}!{cell.coordinate}"
                            self.kind[at] = rule.type
                            if rule.type == "list":
                                target, area2 = names[rule.formula1.lstrip("=")].split("!")
                                self.lists[at] = [c[0].value for c in self.book[target.strip("'")][area2.replace("$", "")]]
        self.meta = {r[0]: r[1] for r in self.book["_meta"].iter_rows(max_col=2, values_only=True)}
        self.rows = []
        for sheet in self.book.worksheets[1:]:      # the first says how to fill the form in
            if sheet.title.startswith("_"):
                continue
            for (cell,) in sheet.iter_rows(min_col=1, max_col=1, min_row=7):
                if cell.value is not None:
                    self.rows.append((sheet.title, cell.row, cell.value))
        self.titles = list(dict.fromkeys(r[0] for r in self.rows))
        self.at = {i: (s, r) for s, r, i in self.rows}

    def options(self, item, column="E"):
        sheet, row = self.at[item]
        return self.lists.get(f"{sheet}!{column}{row}")

    def is_number(self, item, column="E"):
        sheet, row = self.at[item]
        return item in NUMBERS or self.kind.get(f"{sheet}!{column}{row}") in ("decimal", "whole")

    def type(self, item, column, value):
        sheet, row = self.at[item]
        self.book[sheet][f"{column}{row}"] = value
        if isinstance(value, str) and value.startswith("="):
            self.book[sheet][f"{column}{row}"].data_type = "s"
        if isinstance(value, datetime.date):
            value = value.strftime("%Y-%m-%d")
        self.typed[f"{sheet}!{column}{row}"] = value

    def there(self, item, column):
        sheet, row = self.at[item]
        return self.book[sheet][f"{column}{row}"].value

    def save(self):
        self.book.save(self.path)

    def truth(self, supplier, resaved=False):
        return {"supplier": supplier, "role": self.role, "meta": self.meta, "resaved": resaved,
                "rows": self.rows, "typed": self.typed}


def control_items(book):
    """Ids of answered lines on the sheets after profile and self-test."""
    return [i for s, _, i in book.rows if s in book.titles[2:]]


def self_test(book):
    return [i for s, _, i in book.rows if s == book.titles[1]]


NUMBERS = {
    "agency-share": [0, 5, 24.9, 25, 60, 100],
    "cl-hours-sold-paid": [70, 84.5, 85, 90, 97.9, 98, 100, 103],
    "cl-price-over-cost": [80, 99, 100, 105, 109.99, 110, 125, 999],
    "share-subcontracted": [0, 5, 9.5, 10, 33, 50, 90],
}


def number_value(rng, item):
    value = rng.choice(NUMBERS[item])
    form = rng.random()
    if form < 0.70:
        return value
    if form < 0.78:
        return str(value)
    if form < 0.84:
        return f"{value} %"
    if form < 0.88:
        return str(value).replace(".", ",")
    if form < 0.92:
        return rng.choice([0.5, 0.93, 0.25])        # two readings: a share or half a percent
    if form < 0.96:
        return rng.choice([-3, 5000])               # outside the scale
    return rng.choice(["about half", "ved ikke", "Don't know"])


def answer(rng, book, item, temper, column="E"):
    """What to type into an answer cell; None leaves it blank."""
    if rng.random() < temper["blank"]:
        return None
    if book.is_number(item, column):
        return number_value(rng, item)
    labels = book.options(item, column)
    roll = rng.random()
    if roll < 0.02:
        return rng.choice(GARBAGE)
    if roll < 0.03:
        return rng.choice(["Not applicable", "Ikke relevant", "n/a"])     # often not offered
    if roll < 0.04:
        return rng.choice(["Don't know", "ved ikke", "Prefer not to answer", "not sure"])
    good = temper["good"]
    weights = [good] + [(1 - good) / (len(labels) - 1) * 1.0] * (len(labels) - 1)
    label = rng.choices(labels, weights)[0]
    roll = rng.random()
    if roll < 0.03:
        return label.upper()
    if roll < 0.06:
        return label + " "
    if roll < 0.08:
        return "  " + label.lower()
    return label


def fill_profile(rng, book):
    def pick(weights):
        return rng.choices(book.options("housing") + [None], weights)[0]
    roll = rng.random()
    da = book.meta["language"] == "da"
    if roll < 0.10:
        book.type("country", "E", "Danmark; Sverige" if da else "Denmark;Sweden")
    elif roll < 0.20:
        book.type("country", "E", "Danmark; Polen" if da else "Denmark; Poland")
    elif roll < 0.25:
        book.type("country", "E", "Atlantis")
    elif roll < 0.30:
        book.type("country", "E", "Denmark; Atlantis")
    elif roll < 0.35:
        book.type("country", "E", "Iceland")
    elif roll < 0.40:
        book.type("country", "E", None)
    roll = rng.random()
    if roll < 0.05:
        book.type("sectors", "E", None)
    elif roll < 0.12:
        book.type("sectors", "E", str(book.there("sectors", "E")) + "; Fortune telling")
    elif roll < 0.16:
        book.type("sectors", "E", "Fortune telling")
    if rng.random() < 0.8:
        book.type("employees", "E", rng.choice([1, 9, 10, 49, 50, 249, 250, 1200, "30", "many"]))
    roll = rng.random()
    yes, no, unknown = book.options("subcontracting")
    if roll < 0.55:
        book.type("subcontracting", "E", yes)
        if rng.random() < 0.75:
            book.type("levels", "E", rng.choice([1, 2, 3, 4, "2"]))
    elif roll < 0.85:
        book.type("subcontracting", "E", no)
        if rng.random() < 0.2:
            book.type("levels", "E", rng.choice([0, 1, 2]))
    elif roll < 0.93:
        book.type("subcontracting", "E", unknown)
    for fact in ["hires-directly", "agency-workers", "housing", "eu-citizens", "third-country-citizens"]:
        value = pick([8, 1, 0.5, 0.5] if fact == "hires-directly" else [5, 4, 0.7, 0.7])
        if value is not None:
            book.type(fact, "E", value)


def fold_words(value):
    """Whether the answer asks for a reason."""
    folded = str(value).strip().casefold()
    return any(w in folded for w in ("declined", "fravalgt", "not applicable", "relevant", "n/a"))


def fill_supplier(rng, book):
    temper = {"good": rng.choice([0.2, 0.5, 0.8, 0.95, 1.0]), "blank": rng.choice([0, 0, 0, 0, 0.03, 0.03, 0.1, 0.6])}
    if temper["good"] == 1.0:
        temper["blank"] = 0
    risk = {"good": rng.choice([0.1, 0.3, 0.6]), "blank": temper["blank"]}
    fill_profile(rng, book)
    for item in self_test(book):
        value = answer(rng, book, item, risk)
        if value is not None:
            book.type(item, "E", value)
    documents = ["Handbook 2026", "Policy", "Lønsedler, maj", "Kontrakt", "Note", "Report p. 4", "Minutes"]
    if rng.random() < 0.3:
        documents = documents[:2]
    for item in control_items(book):
        value = answer(rng, book, item, temper)
        if value is not None:
            book.type(item, "E", value)
        if rng.random() < 0.3:
            book.type(item, "F", rng.choice(documents))
        if rng.random() < (0.6 if fold_words(value) else 0.1):
            book.type(item, "G", rng.choice(["Too small a company for it.", "Ikke brugt her.", "See our page <b>4</b> & more"]))


def fill_assessor(rng, book):
    share = rng.choice([0.3, 0.5, 0.9])
    level = rng.choice([[1, 1, 1, 1], [0, 0, 5, 5], [0, 0, 1, 9]])
    good = rng.choice([0.3, 0.8, 1.0])
    for item in control_items(book):
        if rng.random() < share:
            temper = {"good": good, "blank": 0}
            value = answer(rng, book, item, temper, "H")
            book.type(item, "H", value)
            if rng.random() < 0.93:
                book.type(item, "I", rng.choices(book.options(item, "I"), level)[0])
            book.type(item, "J", rng.choice(["Seen at the office", "Sag 12", "Visit 3"]))
            folded = fold_words(value)
            if rng.random() < (0.5 if folded else 0.03):
                book.type(item, "G", "A reason of the assessor's own")
            if rng.random() < 0.9:
                book.type(item, "K", rng.choice(["2026-11-02 EX", "2026-10-30 AB"]))
        elif rng.random() < 0.05:
            book.type(item, "I", rng.choice(book.options(item, "I")))     # evidence without a finding


def fill_observer(rng, book, marker, signs_blank=False):
    book.type("site", "E", "Kontorhus, Storegade")
    book.type("date", "E", rng.choice(["2026-10-02", "2026-11-17", datetime.date(2026, 9, 5)]))
    book.type("observer-role", "E", rng.choice(VISIT_ROLES))
    book.type("seen", "E", rng.choice(book.options("seen")))
    roll = rng.random()
    yes, no, unknown = book.options("under-18")
    book.type("under-18", "E", yes if roll < 0.35 else no if roll < 0.9 else unknown)
    if signs_blank:
        return
    present, absent, unknown = book.options(book.rows[-1][2])
    chance = rng.choice([0, 0.02, 0.05, 0.15, 0.3])
    blank = rng.choice([0, 0, 0, 0.03, 0.3])
    first = None
    for item in [i for s, _, i in book.rows if s == book.titles[1]]:
        roll = rng.random()
        if roll < blank:
            continue
        value = rng.choices([present, absent, unknown], [chance, 1 - chance, 0.02 if blank else 0])[0]
        if rng.random() < 0.01:
            value = "måske"
        book.type(item, "E", value)
        if value == present:
            first = first or item
            if rng.random() < 0.3:
                book.type(item, "H", rng.choice(book.options(item, "H")))
                if rng.random() < 0.7:
                    book.type(item, "K", "2026-11-20 AB")
                elif rng.random() < 0.5:
                    book.type(item, "K", "AB")
        if rng.random() < 0.05:
            book.type(item, "G", "Noted from the gate")
    if first:
        book.type(first, "G", marker)


def trivial(book, what):
    """A questionnaire answered throughout with the first, or the last real, option of every list."""
    if what == "blank":
        return
    yes, no, _ = book.options("subcontracting")
    for fact in ["subcontracting", "hires-directly", "agency-workers", "housing", "eu-citizens", "third-country-citizens"]:
        book.type(fact, "E", yes if what == "all-yes" else no)
    if what == "all-yes":
        book.type("levels", "E", 1)
    for item in self_test(book) + control_items(book):
        if book.is_number(item):
            value = {"agency-share": [50, 5], "cl-hours-sold-paid": [100, 50], "cl-price-over-cost": [120, 90],
                     "share-subcontracted": [5, 80]}[item][what != "all-yes"]
        else:
            labels = book.options(item)
            offered = [l for l in labels if l not in ("Don't know", "Prefer not to answer", "Not applicable",
                                                      "Ved ikke", "Ønsker ikke at svare", "Ikke relevant")]
            value = offered[0] if what == "all-yes" else offered[-1]
        book.type(item, "E", value)


def make_suppliers(lygte, folder, suppliers, form):
    folder.mkdir(parents=True, exist_ok=True)
    listing = folder / f"list-{form}.csv"
    with open(listing, "w", newline="", encoding="utf-8") as f:
        writer = csv.writer(f)
        writer.writerow(["name", "id", "country", "sector", "lang"])
        writer.writerows([[s["name"], s["id"], "DK", "cleaning", s["lang"]] for s in suppliers])
    out = {}
    for role in ["supplier", "observer"]:
        run(lygte, "new", "--suppliers", listing, "--form", form, "--for", role, "-o", folder / f"{role}-{form}")
        out[role] = folder / f"{role}-{form}"
    return out


def resave(paths, folder):
    """Lets LibreOffice open and save the files."""
    if not paths:
        return
    work = folder / "resaved"
    work.mkdir(exist_ok=True)
    run("soffice", f"-env:UserInstallation=file://{folder}/soffice", "--headless", "--convert-to", "xlsx",
        "--outdir", work, *paths)
    for path in paths:
        shutil.move(work / os.path.basename(path), path)


def fill_all(lygte, folder, seed=1, count=40, with_soffice=True):
    """Forty random suppliers and three trivial ones in folder/in; returns the truth."""
    rng = random.Random(seed)
    inputs = folder / "in"
    inputs.mkdir(parents=True)
    suppliers = [{"name": f"Firma {n:02} {'& Søn' if n % 7 == 0 else 'ApS'}", "id": f"firma-{n:02}", "lang": "da" if n % 2 else "en",
                  "form": "short" if n % 3 == 0 else "full", "kind": "random"} for n in range(count)]
    for kind in ["blank", "all-yes", "all-no"]:
        for form in ["full", "short"]:
            suppliers.append({"name": f"Trivial {kind} {form}", "id": f"trivial-{kind}-{form}", "lang": "en", "form": form, "kind": kind})
    made = {form: make_suppliers(lygte, folder / "made", [s for s in suppliers if s["form"] == form], form)
            for form in ["full", "short"]}
    # observers may use the other form than the supplier did
    every = {form: make_suppliers(lygte, folder / "made-all", suppliers, form) for form in ["full", "short"]}
    truth = {"suppliers": {}, "files": {}, "markers": {}}
    again = []
    for n, supplier in enumerate(suppliers):
        sid = supplier["id"]
        truth["suppliers"][sid] = supplier
        name = f"{sid}-supplier.xlsx"
        shutil.copy(made[supplier["form"]]["supplier"] / name, inputs / name)
        book = Book(inputs / name, "supplier")
        if supplier["kind"] == "random":
            fill_supplier(rng, book)
        else:
            trivial(book, supplier["kind"])
        book.save()
        resaved = with_soffice and n % 5 == 2
        truth["files"][name] = book.truth(sid, resaved)
        if resaved:
            again.append(inputs / name)
        if supplier["kind"] != "random":
            continue
        if n % 3 != 1:
            continue
        # every third supplier has an assessor
        form_name = f"{sid}-assessor.xlsx"
        run(lygte, "new", "--for", "assessor", "--answers", inputs / name, "-o", inputs / form_name)
        book = Book(inputs / form_name, "assessor")
        fill_assessor(rng, book)
        book.save()
        truth["files"][form_name] = book.truth(sid, with_soffice and n % 2 == 0)
        if with_soffice and n % 2 == 0:
            again.append(inputs / form_name)
    for n, supplier in enumerate(suppliers[:count]):
        if n % 3 != n // 3 % 3 and n != 4:
            continue
        sid = supplier["id"]
        for k in range(1 + n % 2):
            form = "full" if (n + k) % 4 else "short"
            name = f"{sid}-observer-{k + 1}.xlsx"
            shutil.copy(every[form]["observer"] / f"{sid}-observer.xlsx", inputs / name)
            book = Book(inputs / name, "observer")
            marker = f"{MARKER}-{n}-{k}"
            fill_observer(rng, book, marker, signs_blank=n == 4)
            if marker in book.typed.values():
                truth["markers"][marker] = sid
            book.save()
            resaved = with_soffice and n % 4 == 0
            truth["files"][name] = book.truth(sid, resaved)
            if resaved:
                again.append(inputs / name)
    resave(again, folder)
    return truth


# ---- the cases of 0.12 ------------------------------------------------------------------------------------------------

def best(book, item, column="E", worst=False):
    if book.is_number(item):
        return {"cl-hours-sold-paid": [100, 50], "cl-price-over-cost": [120, 90], "share-subcontracted": [5, 80]}[item][worst]
    labels = book.options(item, column)
    if not worst:
        return labels[0]
    plain = [l for l in labels if l not in ("Don't know", "Prefer not to answer", "Not applicable")]
    return plain[-1]


def subset(weights, target):
    """Ids whose weights (fractions) sum to the target exactly."""
    reach = {0: []}
    for item, weight in weights:
        for total, chosen in list(reach.items()):
            reach.setdefault(total + weight, chosen + [item])
        if target in reach:
            return reach[target]
    raise SystemExit(f"no subset of weights makes {target}")


def fill_cases(lygte, folder, item_weights):
    """P, H, T0 to T3 and N as real full cleaning workbooks. `item_weights(section)` gives (id, weight) of all its items."""
    inputs = folder / "in"
    inputs.mkdir(parents=True)
    cases = {"P": (2, 1), "H": (10, 0), "T0": (10, 2), "T1": (10, 2), "T2": (10, 2), "T3": (10, 2), "N": None}
    suppliers = [{"name": f"Case {c}", "id": f"case-{c.lower()}", "lang": "en", "form": "full", "kind": "case"} for c in cases]
    made = make_suppliers(lygte, folder / "made", suppliers, "full")
    truth = {"suppliers": {}, "files": {}, "markers": {}}
    for supplier, (case, what) in zip(suppliers, cases.items()):
        sid = supplier["id"]
        truth["suppliers"][sid] = supplier
        name = f"{sid}-supplier.xlsx"
        shutil.copy(made["supplier"] / name, inputs / name)
        book = Book(inputs / name, "supplier")
        if what:
            risks, levels = what
            yes, no, _ = book.options("subcontracting")
            for fact in ["hires-directly", "agency-workers", "housing", "eu-citizens", "third-country-citizens"]:
                book.type(fact, "E", yes)
            book.type("subcontracting", "E", yes if levels else no)
            if levels:
                book.type("levels", "E", levels)
            for n, item in enumerate(self_test(book)):
                book.type(item, "E", (50 if n < risks else 5) if book.is_number(item) else book.options(item)[0 if n < risks else 1])
            if case == "H":
                good = set()
                for section in "AB":
                    weights = item_weights(section)
                    good |= set(subset(weights, sum(w for _, w in weights) / 3))
            for item in control_items(book):
                worst = case == "T0" or case == "H" and item not in good
                book.type(item, "E", best(book, item, worst=worst))
        book.save()
        truth["files"][name] = book.truth(sid)
        if case in ("T2", "T3"):
            form_name = f"{sid}-assessor.xlsx"
            run(lygte, "new", "--for", "assessor", "--answers", inputs / name, "-o", inputs / form_name)
            book = Book(inputs / form_name, "assessor")
            for item in control_items(book):
                book.type(item, "H", best(book, item, "H"))
                book.type(item, "I", book.options(item, "I")[2 if case == "T2" else 3])
                book.type(item, "J", "Reference 1")
                book.type(item, "K", "2026-11-02 EX")
            book.save()
            truth["files"][form_name] = book.truth(sid)
    return truth
