"""Peer: openpyxl reads in its read-only mode and writes the portfolio in its write-only mode, Jinja2 renders."""

import gc

import openpyxl

import common

gc.set_threshold(50_000)  # a workbook read leaves cycles; looking for them more often costs time and frees little


def read(file):
    book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    names = book.sheetnames[1:6] + ["_meta"]
    out = {name: list(book[name].iter_rows(max_col=7, values_only=True)) for name in names}
    book.close()
    return out


class Book:
    def __init__(self, path, heads):
        self.path, self.book = path, openpyxl.Workbook(write_only=True)
        self.sheets = {name: self.book.create_sheet(name) for name in heads}
        for name, head in heads.items():
            self.add(name, [head])

    def add(self, name, rows):
        for row in rows:
            self.sheets[name].append(row)

    def save(self):
        self.book.save(self.path)


if __name__ == "__main__":
    common.main(read, Book, __doc__)
