#!/usr/bin/env python3
"""A room of thirty, simulated: workbooks of a pack filled in with openpyxl, graded by lygte, counted again here.

    python tests/training/run.py --lygte target/release/lygte [--keep DIR]

Needs openpyxl, PyYAML and statsmodels. Spread and scores of agreement in room.json must be those counted here; Fleiss' kappa
and the kappas of pairs are those of statsmodels.
"""

import argparse
import csv
import itertools
import json
import math
import random
import shutil
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import openpyxl
import yaml
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa

ROOT = Path(__file__).resolve().parents[2]
SECTOR, COUNTRY, PEOPLE, SEED = "hospitality", "SE", 30, 2026


def load(name):
    return yaml.safe_load((ROOT / "checklists" / name).read_text(encoding="utf-8"))


def scales():
    return {s["id"]: s for s in load("scales.yml")["scales"]}


def scale_of_items():
    """The scale of every item, by id."""
    out = {}
    for path in [*(ROOT / "checklists/guide").glob("*.yml"), *(ROOT / "checklists/sectors").glob("*.yml")]:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        stack = [data]
        while stack:
            node = stack.pop()
            if isinstance(node, dict):
                if "id" in node and "scale" in node and "text" in node:
                    out[node["id"]] = node["scale"]
                if "id" in node and "parts" in node:
                    for part in node["parts"]:
                        out[f"{node['id']}.{part['id']}"] = part.get("scale", node.get("scale"))
                stack.extend(node.values())
            elif isinstance(node, list):
                stack.extend(node)
    return out


def number_within(scale, option):
    """A number that falls under an option of a number scale."""
    low = Fraction(scale["min"])
    for o in scale["options"]:
        high = Fraction(o["below"]) if "below" in o else Fraction(scale["max"])
        if o["id"] == option:
            return int(math.ceil(low))
        low = high
    raise KeyError(option)


def step(grade):
    grade = Fraction(grade)
    return 0 if grade == 0 else 2 if grade == 1 else 1


def fill(path, case, choose, known, of):
    """Fills one workbook; returns what was answered, by id of the line."""
    book = openpyxl.load_workbook(path)
    said = {}
    for sheet in book.worksheets:
        if sheet.title.startswith("_"):
            continue
        for row in sheet.iter_rows(min_row=6):
            line = row[0].value
            if line not in case["signs"] and line not in case["key"]:
                continue
            if line in case["signs"]:
                option = choose(line, ["present", "absent", "unknown"], case["signs"][line])
                label = {"present": "Yes", "absent": "No", "unknown": "Don't know"}[option] if option else None
            else:
                scale = known[of[line]]
                option = choose(line, [o["id"] for o in scale["options"]], case["key"][line])
                label = None
                if option and "min" in scale:
                    label = number_within(scale, option)
                elif option:
                    label = next(o["label"] for o in scale["options"] if o["id"] == option)
            row[4].value = label
            if option:
                said[line] = option
    book.save(path)
    return said


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lygte", default="target/release/lygte")
    parser.add_argument("--keep", help="a folder for pack and results, for a look at them")
    args = parser.parse_args()
    lygte = str(Path(args.lygte).resolve())
    work = Path(args.keep or tempfile.mkdtemp(prefix="lygte-training-"))
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    run = lambda *a, code=0: _run(lygte, a, code)
    run("train", "pack", "--sector", SECTOR, "--country", COUNTRY, "--participants", str(PEOPLE), "--date", "2026-11-25", "-o", str(work / "pack"))

    data = load(f"training/{SECTOR}.yml")
    case = {"key": {e["question"]: e["answer"] for e in data["key"]}, "signs": {s["sign"]: s["state"] for s in data["signs"]}}
    tempting = {e["question"]: e["wrong"]["answer"] for e in data["key"]}
    known, of = scales(), scale_of_items()
    dice = random.Random(SEED)

    def choose(line, options, key):
        """Most follow the key, many are tempted, some leave it open."""
        x = dice.random()
        if x < 0.05:
            return None
        if x < 0.58:
            return key
        if x < 0.85:
            return tempting.get(line, "absent")
        return dice.choice(options)

    room = work / "room"
    room.mkdir()
    answers = {}
    for path in sorted((work / "pack/workbooks").glob("*.xlsx")):
        target = room / f"{path.stem}.xlsx"
        shutil.copy(path, target)
        answers[path.stem] = fill(target, case, choose, known, of)
    run("train", "grade", str(room), "-o", str(work / "result"), "--date", "2026-11-25")
    found = json.loads((work / "result/room.json").read_text(encoding="utf-8"))

    failed = []

    def check(what, ok, detail=""):
        if not ok:
            failed.append(f"{what} {detail}")

    people = {p["code"]: p for p in found["participants"]}
    check("codes", sorted(people) == sorted(answers))
    for code, said in answers.items():
        got = {**people[code]["answers"], **people[code]["signs"]}
        check(f"answers of {code}", {k: v for k, v in got.items() if v in said.values()} == said, f"{got} {said}")
    for line in found["lines"]:
        counts = {}
        for said in answers.values():
            if line["id"] in said:
                counts[said[line["id"]]] = counts.get(said[line["id"]], 0) + 1
        check(f"spread of {line['id']}", counts == line["counts"] and sum(counts.values()) + line["open"] == PEOPLE, f"{counts} {line}")

    exposure = {q["id"] for q in load("guide/exposure.yml")["questions"]} | {q["id"] for q in load(f"sectors/{SECTOR}.yml").get("exposure", {}).get("questions", [])}
    part_of = lambda i: "signs" if i in case["signs"] else "self-test" if i in exposure else "precautions"
    steps = {"present": 2, "unknown": 1, "absent": 0}
    to_step = lambda i, o: steps[o] if i in case["signs"] else step(next(x["grade"] for x in known[of[i]]["options"] if x["id"] == o))
    for part in found["agreement"]:
        lines = [l["id"] for l in found["lines"] if part_of(l["id"]) == part["part"]]
        check(f"lines of {part['part']}", len(lines) == part["lines"], f"{lines}")
        table = np.zeros((len(lines), 4), dtype=int)
        for n, line in enumerate(lines):
            for said in answers.values():
                table[n, to_step(line, said[line]) if line in said else 3] += 1
        near = lambda a, b: abs(float(Fraction(a)) - b) < 1e-9
        check(f"Fleiss of {part['part']}", near(part["fleiss"], fleiss_kappa(table)), f"{part['fleiss']} {fleiss_kappa(table)}")
        for name, wt in [("unweighted", None), ("linear", "linear"), ("quadratic", "quadratic")]:
            values, undefined = [], 0
            for a, b in itertools.combinations(answers.values(), 2):
                pair = np.zeros((3, 3), dtype=int)
                for line in lines:
                    if line in a and line in b:
                        pair[to_step(line, a[line]), to_step(line, b[line])] += 1
                with np.errstate(all="ignore"):
                    kappa = cohens_kappa(pair, wt=wt, return_results=False) if pair.sum() else math.nan
                if math.isnan(kappa) or math.isinf(kappa):
                    undefined += 1
                else:
                    values.append(kappa)
            got = part[name]
            check(f"{name} of {part['part']}", got["pairs"] == len(values) and got["undefined"] == undefined and near(got["exact"], sum(values) / len(values)), f"{got} {len(values)} {undefined}")

    # Typed from paper, the same answers make the same room.
    paper = work / "paper"
    paper.mkdir()
    with open(work / "pack/typed.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    order = [l["id"] for l in found["lines"]]
    for row in rows[1:]:
        for n, line in enumerate(order):
            option = answers[row[0]].get(line)
            if option is None:
                continue
            if line in case["signs"]:
                row[2 + n] = str(["present", "absent", "unknown"].index(option) + 1)
            elif "min" in known[of[line]]:
                row[2 + n] = str(number_within(known[of[line]], option))
            else:
                row[2 + n] = str([o["id"] for o in known[of[line]]["options"]].index(option) + 1)
    with open(paper / "typed.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    run("train", "grade", str(paper), "-o", str(work / "result-paper"), "--date", "2026-11-25")
    typed = json.loads((work / "result-paper/room.json").read_text(encoding="utf-8"))
    check("paper and workbooks", typed["lines"] == found["lines"] and typed["agreement"] == found["agreement"])

    if not args.keep:
        for folder in ["room", "result", "paper", "result-paper", "pack"]:
            run("train", "wipe", str(work / folder))
            check(f"wipe {folder}", not any(p.is_file() for p in (work / folder).rglob("*")))
        shutil.rmtree(work)
    print("\n".join(f"FAILED {f}" for f in failed) or f"{PEOPLE} participants, {len(found['lines'])} lines: all as counted here")
    return 1 if failed else 0


def _run(lygte, args, code):
    done = subprocess.run([lygte, *args], capture_output=True, text=True)
    if done.returncode != code:
        sys.exit(f"lygte {' '.join(args)}: exit {done.returncode}\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    sys.exit(main())
