"""Whether two runs came to the same: answers, credits, sections, exposure, scores, priorities, the lines of each page, the plan;
and whether every file is there that a run says it wrote, with the digest that it says.
"""

import csv
import hashlib
import json
import re


def suppliers(folder):
    with open(folder / "results.json", encoding="utf-8") as file:
        return {s["id"]: {**essence(s), **pages(folder, s["id"])} for s in json.load(file)["suppliers"]}


def essence(s):
    sections = s["controls"]["sections"]
    return {
        "exposure": (s["exposure"]["lo"], s["exposure"]["hi"]), "controls": (s["controls"]["lo"], s["controls"]["hi"]),
        "sections": {x["id"]: (x["lo"], x["hi"]) for x in sections},
        "headline": s["score"]["headline"]["exact"], "best": s["score"]["best"]["exact"],
        "priority": s["priority"], "best_priority": s["best_priority"],
        **{i["id"]: (i["answer"], i["lo"], i["hi"]) for x in sections for i in x["items"]},
    }


def pages(folder, id):
    """What each page has a row for, and the bars that it draws."""
    files = [folder / kind / f"{id}.html" for kind in ("suppliers", "feedback")]
    report, feedback = (file.read_text(encoding="utf-8") if file.is_file() else "" for file in files)
    return {
        "lines of the page": sorted(re.findall(r'<tr id="((?:line|factor)-[^"]+)"', report)),
        "plan of the page": sorted(re.findall(r"<code>([^<]+)</code></span></th>", report)),
        "steps of the waterfall": len(re.findall(r'fill="#(?:b45309|3f8f86|1b2530)"/></svg>', report)),
        "rows of the feedback page": feedback.count("<tr>"),
    }


def plan(folder):
    with open(folder / "actions.csv", encoding="utf-8", newline="") as file:
        return {row["id"]: row["urgency"] for row in csv.DictReader(file)}


def digests(folder, corpus):
    """One line for each file that is not what the run says, or that it says nothing of."""
    with open(folder / "run.json", encoding="utf-8") as file:
        run = json.load(file)
    out = []
    for place, listed in ((corpus, run["inputs"]), (folder, run["outputs"])):
        said = {x["file"]: x["sha256"] for x in listed}
        found = {str(f.relative_to(place)): hashlib.sha256(f.read_bytes()).hexdigest() for f in place.rglob("*") if f.is_file()}
        found = {name: digest for name, digest in found.items() if name not in ("run.json", ".lock")}
        out += [f"{folder.name}: {name}: digest is wrong or missing" for name in sorted(said.keys() | found.keys()) if said.get(name) != found.get(name)]
    return out


def differences(ours, theirs, corpus):
    """One line for each value that differs."""
    out = digests(theirs, corpus)
    a, b = suppliers(ours), suppliers(theirs)
    a["plan"], b["plan"] = plan(ours), plan(theirs)
    out += [f"{id}: in one run only" for id in sorted(a.keys() ^ b.keys())]
    for id in sorted(a.keys() & b.keys()):
        for key in a[id].keys() | b[id].keys():
            if a[id].get(key) != b[id].get(key):
                out.append(f"{id}: {key}: {a[id].get(key)} and {b[id].get(key)}")
    return out
