#!/usr/bin/env python3
"""What people and programs do to a workbook, by real programs: the answers must stay those of the undisturbed one.

Fills a questionnaire, changes it as people do, has LibreOffice, openpyxl, SheetJS and exceljs save each again, and
compares what `lygte assess` makes of them. Promise 7: who saved a form makes no difference.
"""

import argparse
import copy
import json
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl

HERE = Path(__file__).resolve().parent
FIRST = 7


def run(*args, **more):
    done = subprocess.run([str(a) for a in args], capture_output=True, text=True, **more)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, args))}: exit {done.returncode}\n{done.stdout}{done.stderr}")


def questions(book):
    for sheet in book:
        if sheet.title.startswith("_") or sheet.max_column < 5:
            continue
        for row in range(FIRST, sheet.max_row + 1):
            if sheet.cell(row, 1).value:
                yield sheet, row


def fill(path, seed=7):
    """Picks an answer for every drop-down, and writes a comment here and there."""
    choose = random.Random(seed)
    book = openpyxl.load_workbook(path)
    names = {n: d.attr_text for n, d in book.defined_names.items()}
    lists = {}
    for sheet in book:
        for rule in sheet.data_validations.dataValidation:
            for area in str(rule.sqref).split():
                for cells in sheet[area] if ":" in area else ((sheet[area],),):
                    for cell in cells:
                        lists[sheet.title, cell.coordinate] = rule.formula1 if rule.type == "list" else None
    for sheet, row in questions(book):
        cell = sheet.cell(row, 5)
        source = lists.get((sheet.title, cell.coordinate))
        if source:
            name, area = names[source.lstrip("=")].split("!")
            options = [c.value for line in book[name.strip("'")][area.replace("$", "")] for c in line if c.value]
            cell.value = choose.choice(options)
        elif sheet.title != "Profile":
            cell.value = choose.choice([5, 40, 99.5])
        if sheet.max_column >= 7 and choose.random() < 0.5:
            sheet.cell(row, 7).value = "Fordi – “derfor”"
    book.save(path)


def unmerged(sheet):
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))


def sheets(book):
    return [s for s in book if not s.title.startswith("_") and s.title != "Start"]


def two_columns_and_renamed(book):
    for n, sheet in enumerate(sheets(book)):
        unmerged(sheet)
        sheet.insert_cols(3, 2)
        sheet.title = f"Ark{n}"


def without_ids(book):
    for sheet in sheets(book):
        unmerged(sheet)
        sheet.delete_cols(1)


def sorted_by_question(book):
    for sheet in sheets(book):
        unmerged(sheet)
        rows = [[copy.copy(c.value) for c in line] for line in sheet.iter_rows(min_row=FIRST)]
        rows.sort(key=lambda r: str(r[2]))
        for r, line in enumerate(rows, FIRST):
            for c, value in enumerate(line, 1):
                sheet.cell(r, c).value = value


def rows_inserted_and_hidden(book):
    for sheet in sheets(book):
        unmerged(sheet)
        sheet.insert_rows(9, 2)
        sheet.insert_rows(1, 3)
        sheet.row_dimensions[14].hidden = True


def other_writing(book):
    for sheet, row in questions(book):
        value = sheet.cell(row, 5).value
        if isinstance(value, str) and row % 3 == 0:
            sheet.cell(row, 5).value = f" {value.upper()}\u00a0"
        elif isinstance(value, (int, float)):
            sheet.cell(row, 5).value = str(value)


CHANGES = {
    "as it is": lambda book: None,
    "two columns inserted, sheets renamed": two_columns_and_renamed,
    "id column deleted": without_ids,
    "rows sorted by question": sorted_by_question,
    "rows inserted and hidden": rows_inserted_and_hidden,
    "capitals, blanks, numbers as text": other_writing,
}
PROGRAMS = ["openpyxl", "libreoffice", "sheetjs", "exceljs", "xls", "ods"]


def save(program, source, target):
    if program == "openpyxl":
        shutil.copyfile(source, target)
    elif program in ("libreoffice", "xls", "ods"):
        to = {"libreoffice": "xlsx:Calc MS Excel 2007 XML", "xls": "xls:MS Excel 97", "ods": "ods"}[program]
        with tempfile.TemporaryDirectory() as folder:
            run("soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", to,
                "--outdir", folder, source)
            made = [p for p in Path(folder).iterdir() if p.is_file()]
            shutil.copyfile(made[0], target)
    else:
        run("node", HERE / "resave.mjs", program, source, target)


def read(lygte, path, out):
    subprocess.run([lygte, "assess", path, "-o", out, "--format", "json", "-q", "--date", "2026-11-24",
                    "--legacy-formats"], capture_output=True)
    result = json.loads((out / "results.json").read_text())
    supplier = result["suppliers"][0] if result["suppliers"] else {}
    return supplier, result["files"][0]


def strip(supplier):
    """What the answers decide; not the places, nor how a number was written."""
    def walk(value):
        if isinstance(value, dict):
            return {k: walk(v) for k, v in value.items() if k not in ("cell", "files", "sha256", "file", "raw", "notes")}
        return [walk(v) for v in value] if isinstance(value, list) else value
    return walk(supplier)


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--lygte", required=True)
    lygte = Path(args.parse_args().lygte).resolve()
    failed, count = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for lang in ("en", "da"):
            original = folder / f"q-{lang}.xlsx"
            run(lygte, "new", "--sector", "cleaning", "--country", "DK", "--lang", lang, "--supplier", "Prøve ApS", "-o", original)
            fill(original)
            want, _ = read(lygte, original, folder / f"out-{lang}")
            assert want, "the undisturbed workbook is read"
            for change, make in CHANGES.items():
                changed = folder / "changed.xlsx"
                book = openpyxl.load_workbook(original)
                make(book)
                book.save(changed)
                for program in PROGRAMS:
                    target = folder / "saved.xlsx"
                    save(program, changed, target)
                    out = folder / "out"
                    shutil.rmtree(out, ignore_errors=True)
                    got, record = read(lygte, target, out)
                    count += 1
                    if strip(got) != strip(want):
                        failed += 1
                        codes = sorted({d["code"] for d in record["diagnostics"]})
                        print(f"FAILED {lang}: {change}, {program}: {record['status']} {codes[:12]}")
    print(f"{count} workbooks, {failed} read differently")
    sys.exit(1 if failed else 0)


main()
