"""Whether two runs came to the same: answers, credits, sections, exposure, scores, priorities, supplier by supplier."""

import json


def suppliers(folder):
    with open(folder / "results.json", encoding="utf-8") as file:
        return {s["id"]: essence(s) for s in json.load(file)["suppliers"]}


def essence(s):
    sections = s["controls"]["sections"]
    return {
        "exposure": (s["exposure"]["lo"], s["exposure"]["hi"]), "controls": (s["controls"]["lo"], s["controls"]["hi"]),
        "sections": {x["id"]: (x["lo"], x["hi"]) for x in sections},
        "headline": s["score"]["headline"]["exact"], "best": s["score"]["best"]["exact"],
        "priority": s["priority"], "best_priority": s["best_priority"],
        **{i["id"]: (i["answer"], i["lo"], i["hi"]) for x in sections for i in x["items"]},
    }


def differences(ours, theirs):
    """One line for each value that differs."""
    a, b = suppliers(ours), suppliers(theirs)
    out = [f"{id}: in one run only" for id in sorted(a.keys() ^ b.keys())]
    for id in sorted(a.keys() & b.keys()):
        for key in a[id].keys() | b[id].keys():
            if a[id].get(key) != b[id].get(key):
                out.append(f"{id}: {key}: {a[id].get(key)} and {b[id].get(key)}")
    return out
