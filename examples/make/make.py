#!/usr/bin/env python3
"""Makes examples/suppliers, examples/suppliers.csv and the table of examples/README.md from stories.yml.

Each form is made by `lygte new`, filled, and saved by the program that its story names.
"""

import argparse
import csv
import datetime
import io
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import tempfile

import openpyxl
import openpyxl.writer.excel as openpyxl_excel
import yaml

HERE = pathlib.Path(__file__).resolve().parent
COLUMNS = {  # where the parts of an entry go, by role
    "supplier": "EGF",  # answer, comment, document
    "assessor": "HIJ",  # finding, evidence, reference
    "observer": "EGH",  # state, note, closure
}
SIGNED = "K"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lygte", required=True, help="the command")
    parser.add_argument("--sheetjs", default=".", help="folder in which `npm install xlsx` was run")
    parser.add_argument("--writer", help="program that fills a workbook with the library itself: WRITER ANSWERS.json OUT.xlsx")
    parser.add_argument("--answers", help="write the answers meant for --writer to this file, too")
    parser.add_argument("--out", default=HERE.parent, type=pathlib.Path, help="folder for suppliers/ and suppliers.csv")
    args = parser.parse_args()

    stories = yaml.load((HERE / "stories.yml").read_text(encoding="utf-8"), Loader=MergingLoader)
    folder = args.out / "suppliers"
    folder.mkdir(parents=True, exist_ok=True)
    rows, invited, for_writer = [], [], {}
    with tempfile.TemporaryDirectory() as temp:
        make = Maker(args, stories["labels"], pathlib.Path(temp), folder)
        for story in stories["suppliers"]:
            make.supplier(story, rows, for_writer)
            invited.append(make.row(story, make.id))
        for story in stories["invited"]:
            invited.append(make.row(story, make.id_of(story)))
    if args.answers:
        pathlib.Path(args.answers).write_text(json.dumps(for_writer, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    write_csv(args.out / "suppliers.csv", invited)
    if (args.out / "README.md").exists():
        write_table(args.out / "README.md", rows)


class MergingLoader(yaml.BaseLoader):
    """All scalars are text, `<<` merges."""

    def flatten_mapping(self, node):
        return yaml.constructor.SafeConstructor.flatten_mapping(self, node)

    def construct_mapping(self, node, deep=False):
        for key, _ in node.value:
            if key.value == "<<":
                key.tag = "tag:yaml.org,2002:merge"
        self.flatten_mapping(node)
        return super().construct_mapping(node, deep=deep)


class Maker:
    def __init__(self, args, labels, temp, folder):
        self.args, self.all_labels, self.temp, self.folder = args, labels, temp, folder

    def supplier(self, story, rows, for_writer):
        self.labels = self.all_labels[story["lang"]]
        blank = self.new(story, "supplier")
        self.id = read(blank)[1]["supplier_id"]
        supplier = story["supplier"]
        self.chain = supplier["profile"].get("subcontracting") == "yes"
        entries = self.expand(blank, "supplier", supplier["answers"]) | self.expand(blank, "exposure", supplier["self_test"])
        entries |= {id: [value] for id, value in supplier["profile"].items()}
        filled = self.fill(story, supplier, "supplier", blank, entries, f"{self.id}-supplier")
        if supplier["saved_by"] == "lygte":
            for_writer[filled.name] = self.answers(story, entries)
            if self.args.writer:
                given = self.temp / "answers.json"
                given.write_text(json.dumps(for_writer[filled.name], ensure_ascii=False), encoding="utf-8")
                filled.unlink()
                run(self.args.writer, given, filled)
        rows.append((filled, "supplier", story, story["story"], self.saved_by(supplier)))

        if assessor := story.get("assessor"):
            blank = self.blank("--for", "assessor", "--answers", filled)
            entries = self.expand(blank, "assessor", assessor["findings"])
            made = self.fill(story, assessor, "assessor", blank, entries, f"{self.id}-assessor")
            rows.append((made, "assessor", story, "", self.saved_by(assessor)))

        for number, observer in enumerate(story.get("observers", []), 1):
            blank = self.new(story, "observer")
            entries = self.expand(blank, "observer", observer["signs"])
            entries |= {id: [value] for id, value in observer["visit"].items()}
            made = self.fill(story, observer, "observer", blank, entries, f"{self.id}-observer-{number}")
            rows.append((made, "observer", story, "", self.saved_by(observer)))

    def new(self, story, role):
        """A blank form. Observers get all signs, whatever the supplier's form is."""
        form = story.get("form", "full") if role == "supplier" else "full"
        return self.blank("--sector", "cleaning", "--country", "DK", "--lang", story["lang"], "--form", form,
                          "--for", role, "--supplier", story["name"])

    def blank(self, *options):
        path = self.temp / "blank.xlsx"
        path.unlink(missing_ok=True)  # lygte overwrites nothing
        run(self.args.lygte, "--quiet", "new", *options, "-o", path)
        return path

    def id_of(self, story):
        return read(self.new(story, "supplier"))[1]["supplier_id"]

    def row(self, story, id):
        return [story["name"], id, "DK", "cleaning", story["lang"], story["email"]]

    def saved_by(self, file):
        if file["saved_by"] != "lygte":
            return file["saved_by"]
        return "lygte itself (rust_xlsxwriter)" if self.args.writer else "openpyxl"

    def expand(self, path, kind, given):
        """Entries by id: keys that name several questions are taken apart, `rest` is given to all others of that kind."""
        entries = {}
        if "rest" in given:
            sheets = [s for s in openpyxl.load_workbook(path) if s.sheet_state == "visible"]
            # Start, profile, self-test, A, B, C; or start, visit, signs. Without subcontractors C stays empty.
            controls = sheets[3:] if self.chain else sheets[3:-1]
            wanted = {"supplier": controls, "assessor": controls, "exposure": sheets[2:3], "observer": sheets[2:]}[kind]
            ids = [id for s in wanted for (id,) in s.iter_rows(min_row=7, max_col=1, values_only=True) if id]
            entries = dict.fromkeys(ids, given["rest"])
        for key, entry in given.items():
            if key != "rest":
                entries |= dict.fromkeys(key.split(), entry)
        entries = {id: entry if isinstance(entry, list) else [entry, "", ""] for id, entry in entries.items()}
        return {id: entry for id, entry in entries.items() if entry[0]}

    def value(self, word):
        """A word of the stories as it stands in a cell."""
        if word.startswith("="):
            return word[1:]
        return int(word) if word.isdigit() else self.labels.get(word, word)

    def fill(self, story, file, role, blank, entries, name):
        """Writes entries into a blank form, by way of the program that the story names."""
        places, _ = read(blank)
        cells = []
        for id, entry in entries.items():
            sheet, row = places[id]
            visit = role == "observer" and len(entry) == 1
            cells += [(sheet, f"{column}{row}", self.value(word)) for column, word in zip(COLUMNS[role], entry) if word]
            closed = role == "observer" and len(entry) > 2 and entry[2]
            if "signed" in file and not visit and (role == "assessor" or closed):
                cells.append((sheet, f"{SIGNED}{row}", file["signed"]))
        modified = datetime.datetime.fromisoformat(file["modified"] + "T09:00:00")
        target = self.folder / f"{name}.xlsx"
        if file["saved_by"] == "SheetJS":
            listed = self.temp / "cells.json"
            listed.write_text(json.dumps({"modified": modified.isoformat() + "Z", "cells": cells}), encoding="utf-8")
            run("node", HERE / "fill.mjs", blank, listed, target, env={"SHEETJS": str(pathlib.Path(self.args.sheetjs).resolve())})
        else:
            fill_with_openpyxl(blank, cells, modified, target)
        if file["saved_by"] == "LibreOffice":
            shutil.move(target, self.temp / target.name)
            run("soffice", "--headless", f"-env:UserInstallation=file://{self.temp}/office", "--convert-to", "xlsx",
                "--outdir", self.folder, self.temp / target.name)
        stamp_entries(target, modified)
        return target

    def answers(self, story, entries):
        """What a program that uses the library needs to write the same file."""
        texts = {id: [self.value(word) for word in entry] for id, entry in entries.items()}
        facts = list(story["supplier"]["profile"])
        keys = ("answer", "comment", "document")
        return {
            "name": story["name"], "id": self.id, "country": "DK", "sector": "cleaning", "lang": story["lang"],
            "form": story["form"], "modified": story["supplier"]["modified"],
            "profile": {id: texts[id][0] for id in facts},
            "answers": {id: {key: text for key, text in zip(keys, entry) if text != ""} for id, entry in texts.items() if id not in facts},
        }


def read(path):
    """Where each question stands, and what `_meta` says."""
    places, meta = {}, {}
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows(max_col=2):
            if row[0].value is None:
                continue
            if sheet.title == "_meta":
                meta[row[0].value] = row[1].value
            elif sheet.sheet_state == "visible":
                places[row[0].value] = (sheet.title, row[0].row)
    return places, meta


def fill_with_openpyxl(blank, cells, modified, target):
    book = openpyxl.load_workbook(blank)
    for sheet, cell, value in cells:
        book[sheet][cell] = value

    class Then(datetime.datetime):
        """openpyxl puts the time of saving into the file: let it be the story's."""

        @classmethod
        def now(cls, tz=None):
            return modified.replace(tzinfo=tz)

    real = openpyxl_excel.datetime.datetime
    openpyxl_excel.datetime.datetime = Then
    try:
        book.save(target)
    finally:
        openpyxl_excel.datetime.datetime = real


def stamp_entries(path, when):
    """Gives every zip entry the same time, in place; nothing else of what the program wrote is touched."""
    data = bytearray(path.read_bytes())
    stamp = struct.pack("<HH", when.hour << 11, (when.year - 1980) << 9 | when.month << 5 | when.day)
    start = data.rindex(b"PK\5\6")
    count, = struct.unpack_from("<H", data, start + 10)
    at, = struct.unpack_from("<I", data, start + 16)
    for _ in range(count):
        lengths = struct.unpack_from("<HHH", data, at + 28)
        local, = struct.unpack_from("<I", data, at + 42)
        data[at + 12:at + 16] = data[local + 10:local + 14] = stamp
        at += 46 + sum(lengths)
    path.write_bytes(data)


def write_csv(path, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["name", "id", "country", "sector", "lang", "email"])
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")


def write_table(path, rows):
    """Replaces the table between the two marks."""
    lines = ["| file | role | form | story | saved by |", "|---|---|---|---|---|"]
    for file, role, story, text, saved_by in rows:
        form = f"{story['form'] if role != 'observer' else 'full'}, {story['lang']}"
        lines.append(f"| [{file.name}](suppliers/{file.name}) | {role} | {form} | {text or '″'} | {saved_by} |")
    old = path.read_text(encoding="utf-8")
    table = "\n".join(lines)
    path.write_text(re.sub(r"(<!-- table -->\n).*?(<!-- end -->)", lambda m: m[1] + table + "\n" + m[2], old, flags=re.S), encoding="utf-8")


def run(*command, env=None):
    subprocess.run([str(c) for c in command], check=True, env={**os.environ, **(env or {})}, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
