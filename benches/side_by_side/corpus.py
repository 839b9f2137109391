"""Questionnaires as suppliers hand them in: made by `lygte new`, answered here, the same for the same number.

Answers go where Excel puts them when it saves: into the table of shared strings. Only the standard library is needed.
"""

import csv
import hashlib
import random
import re
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

SECTORS = ["cleaning", "agencies", "hospitality"]
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FIRST_ROW = 7  # below the heads of a question sheet
QUESTION_SHEETS = [f"xl/worksheets/sheet{n}.xml" for n in range(2, 7)]  # profile, self-test, A, B, C
STRINGS = "xl/sharedStrings.xml"
DOCUMENTS = ["Personalehåndbog 2026", "Kontraktskabelon", "Lønsedler, maj", "Aftale med bureauet", "Referat, side 4"]
COMMENTS = ["Vi er for små til det.", "Se vores side om indkøb & kontrakter.", "Gælder kun nattevagterne.",
            "Begyndt i foråret; de sidste to steder mangler endnu."]


class Form:
    """The empty answer cells of a form, read from one workbook; all of one language and trade are laid out alike."""

    def __init__(self, path):
        with zipfile.ZipFile(path) as book:
            strings = ["".join(t.text or "" for t in si.iter(f"{MAIN}t")) for si in tree(book, STRINGS).iter(f"{MAIN}si")]
            lists = self.lists(book, strings)
            self.cells = {part: list(self.empty(tree(book, part), strings, lists)) for part in QUESTION_SHEETS}

    @staticmethod
    def lists(book, strings):
        """What each named list offers, from the hidden sheet of lists."""
        workbook = tree(book, "xl/workbook.xml")
        names = [s.get("name") for s in workbook.iter(f"{MAIN}sheet")]
        sheet = tree(book, f"xl/worksheets/sheet{names.index('_lists') + 1}.xml")
        values = {c.get("r"): strings[int(c.find(f"{MAIN}v").text)] for c in sheet.iter(f"{MAIN}c") if c.find(f"{MAIN}v") is not None}
        out = {}
        for name in workbook.iter(f"{MAIN}definedName"):
            found = re.fullmatch(r"_lists!\$([A-Z]+)\$(\d+):\$[A-Z]+\$(\d+)", name.text or "")
            if found:
                column, first, last = found[1], int(found[2]), int(found[3])
                out[name.get("name")] = [values[f"{column}{n}"] for n in range(first, last + 1)]
        return out

    @staticmethod
    def empty(sheet, strings, lists):
        """(place, style, question, options): options is None for a free text and [] for a number."""
        offered = {}
        for rule in sheet.iter(f"{MAIN}dataValidation"):
            options = lists[rule.findtext(f"{MAIN}formula1").lstrip("=")] if rule.get("type") == "list" else []
            for area in rule.get("sqref").split():
                first, _, last = area.partition(":")
                column, top = re.fullmatch(r"([A-Z]+)(\d+)", first).groups()
                bottom = int(re.sub(r"\D", "", last or first))
                offered.update({f"{column}{n}": options for n in range(int(top), bottom + 1)})
        question = None
        for cell in sheet.iter(f"{MAIN}c"):
            place, value = cell.get("r"), cell.find(f"{MAIN}v")
            if int(re.sub(r"\D", "", place)) < FIRST_ROW:
                continue
            if place.startswith("A"):
                question = strings[int(value.text)] if value is not None else None
            elif value is None and place[0] in "EFG":
                yield place, cell.get("s"), question, offered.get(place)


def tree(book, part):
    return ElementTree.fromstring(book.read(part))


def answers(form, number):
    """{part: {place: (style, answer)}} of one supplier."""
    choose = random.Random(number)
    good = choose.choice([0.2, 0.5, 0.8, 0.95])
    gaps = choose.choice([0, 0.02, 0.02, 0.1])
    out = {}
    for part, cells in form.cells.items():
        filled, reasoned = out.setdefault(part, {}), set()
        for place, style, question, options in cells:
            row = place[1:]
            if question is None:
                continue
            if place.startswith("E"):
                value = answer(choose, question, options, good, gaps)
                if isinstance(value, str) and (options or []).index(value) > 1:
                    reasoned.add(row)
            elif place.startswith("F"):
                value = choose.choice(DOCUMENTS) if choose.random() < 0.3 else None
            else:
                value = choose.choice(COMMENTS) if choose.random() < (0.7 if row in reasoned else 0.1) else None
            if value is not None:
                filled[place] = (style, value)
    return out


def answer(choose, question, options, good, gaps):
    if choose.random() < gaps:
        return None
    if question == "levels":
        return choose.randint(1, 3)
    if question == "subcontracting":
        return options[0]  # and so "levels" above contradicts nothing
    if options is None:  # a free text; no score uses it
        return None
    if not options:
        return choose.randint(0, 100)
    return choose.choices(options, [good] + [(1 - good) / (len(options) - 1)] * (len(options) - 1))[0]


def fill(source, target, form, number, blank_rows=0):
    """Writes the workbook `source` with the answers of supplier `number`, and `blank_rows` formatted rows per sheet."""
    given = answers(form, number)
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as after:
        strings = before.read(STRINGS).decode()
        uses, unique = (int(n) for n in re.search(r'count="(\d+)" uniqueCount="(\d+)"', strings).groups())
        fresh = {}

        def cell(found):
            place = found[1]
            style, value = filled.get(place, (None, None))
            if value is None:
                return found[0]
            if isinstance(value, int):
                return f'<c r="{place}" s="{style}"><v>{value}</v></c>'
            index = fresh.setdefault(value, unique + len(fresh))
            return f'<c r="{place}" s="{style}" t="s"><v>{index}</v></c>'

        for part in before.infolist():
            data = before.read(part)
            if part.filename in given:
                filled = given[part.filename]
                text = re.sub(r'<c r="([A-Z]+\d+)" s="\d+"/>', cell, data.decode())
                if blank_rows and part.filename != QUESTION_SHEETS[0]:
                    text = text.replace("</sheetData>", f"{blanks(blank_rows)}</sheetData>")
                data = text.encode()
            if part.filename != STRINGS:
                after.writestr(part, data)
        used = sum(isinstance(value, str) for cells in given.values() for _, value in cells.values())
        strings = strings.replace(f'count="{uses}" uniqueCount="{unique}"', f'count="{uses + used}" uniqueCount="{unique + len(fresh)}"')
        added = "".join(f"<si><t>{escape(text)}</t></si>" for text in fresh)
        after.writestr(before.getinfo(STRINGS), strings.replace("</sst>", f"{added}</sst>"))


def blanks(rows, first=500):
    cells = lambda n: "".join(f'<c r="{column}{n}" s="9"/>' for column in "ABCDEFG")
    return "".join(f'<row r="{n}">{cells(n)}</row>' for n in range(first, first + rows))


def blank_forms(lygte, work, count):
    """`count` questionnaires that nobody has answered yet."""
    listing = work / "suppliers.csv"
    with open(listing, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["name", "id", "country", "sector", "lang"])
        rows.writerows([f"Firma {n:05} & Søn ApS", f"firma-{n:05}", "DK", ";".join(SECTORS), "da"] for n in range(count))
    subprocess.run([lygte, "new", "--suppliers", listing, "--form", "full", "-o", work / "blank", "--quiet"], check=True)
    return sorted((work / "blank").glob("*.xlsx"))


def edition(lygte):
    """Stands for what `lygte new` writes and for how it is answered here; with either, the corpus changes."""
    with tempfile.TemporaryDirectory() as work:
        (path,) = blank_forms(lygte, Path(work), 1)
        return hashlib.sha256(path.read_bytes() + Path(__file__).read_bytes()).hexdigest()[:12]


def make(lygte, folder, count, blank_rows=0):
    """`count` answered workbooks in `folder`. A folder that is there already was made by an earlier call and stays."""
    folder = Path(folder)
    if folder.is_dir():
        return folder
    work = folder.with_name(folder.name + ".making")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    made = blank_forms(lygte, work, count)
    form = Form(made[0])
    (work / "filled").mkdir()
    for number, path in enumerate(made):
        fill(path, work / "filled" / path.name, form, number, blank_rows)
    (work / "filled").rename(folder)
    shutil.rmtree(work)
    return folder
