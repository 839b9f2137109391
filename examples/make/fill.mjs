// Fills a workbook with SheetJS and saves it: node fill.mjs IN.xlsx CELLS.json OUT.xlsx
// CELLS.json: {"modified": "2026-10-12T09:00:00Z", "cells": [[sheet, cell, value], …]}
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [from, list, to] = process.argv.slice(2);
// The package is looked for where make.py was told to, for it is no part of this project.
const XLSX = createRequire(join(process.env.SHEETJS ?? process.cwd(), "/"))("xlsx");
const { modified, cells } = JSON.parse(readFileSync(list, "utf8"));
const book = XLSX.readFile(from, { cellStyles: true });
for (const [sheet, cell, value] of cells) {
  book.Sheets[sheet][cell] = typeof value === "number" ? { t: "n", v: value } : { t: "s", v: value };
}
book.Props = { ...book.Props, ModifiedDate: new Date(modified) };
XLSX.writeFile(book, to, { bookSST: true, compression: true });
