"""Peer: python-calamine reads, Jinja2 renders, XlsxWriter writes the portfolio."""

import gc

import xlsxwriter
from python_calamine import CalamineWorkbook

import common

gc.disable()  # nothing here makes cycles, and looking for them takes a tenth of the time


def read(file):
    book = CalamineWorkbook.from_filelike(file)
    names = book.sheet_names[1:6] + ["_meta"]
    return {name: book.get_sheet_by_name(name).to_python() for name in names}


class Book:
    def __init__(self, path, heads):
        self.book = xlsxwriter.Workbook(path)
        self.sheets = {name: [self.book.add_worksheet(name), 0] for name in heads}
        for name, head in heads.items():
            self.add(name, [head])

    def add(self, name, rows):
        sheet, n = self.sheets[name]
        for row in rows:
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(n, column, value)
                elif value is not None:
                    sheet.write_number(n, column, value)
            n += 1
        self.sheets[name][1] = n

    def save(self):
        self.book.close()


if __name__ == "__main__":
    common.main(read, Book, __doc__)
