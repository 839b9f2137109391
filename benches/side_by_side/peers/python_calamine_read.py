"""python-calamine merely reading, and nothing made of it. python_calamine_read.py CORPUS all|needed: every sheet, or those that a peer needs."""

import os
import sys

from python_calamine import CalamineWorkbook

folder, which = sys.argv[1:]
cells = 0
for name in sorted(os.listdir(folder)):
    book = CalamineWorkbook.from_path(os.path.join(folder, name))
    for sheet in book.sheet_names if which == "all" else book.sheet_names[1:6] + ["_meta"]:
        cells += sum(map(len, book.get_sheet_by_name(sheet).to_python()))
print(cells, file=sys.stderr)
