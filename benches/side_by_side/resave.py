"""Has openpyxl open each workbook and save it again: resave.py FROM TO."""

import sys
from pathlib import Path

import openpyxl

source, target = map(Path, sys.argv[1:])
target.mkdir()
for path in sorted(source.glob("*.xlsx")):
    openpyxl.load_workbook(path).save(target / path.name)
