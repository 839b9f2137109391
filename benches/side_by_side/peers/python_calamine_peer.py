"""Peer: python-calamine reads, Jinja2 renders, XlsxWriter writes the portfolio."""

import xlsxwriter
from python_calamine import CalamineWorkbook

import common


def read(file):
    book = CalamineWorkbook.from_filelike(file)
    names = book.sheet_names[1:6] + ["_meta"]
    return {name: book.get_sheet_by_name(name).to_python() for name in names}


class Book:
    def __init__(self, path, heads):
        self.book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        self.sheets = {name: [self.book.add_worksheet(name), 0] for name in heads}
        for name, head in heads.items():
            self.add(name, [head])

    def add(self, name, rows):
        sheet, n = self.sheets[name]
        for row in rows:
            sheet.write_row(n, 0, row)
            n += 1
        self.sheets[name][1] = n

    def save(self):
        self.book.close()


if __name__ == "__main__":
    common.main(read, Book, __doc__)
