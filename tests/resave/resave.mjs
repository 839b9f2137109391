// Opens a workbook and saves it again: node resave.mjs exceljs|sheetjs IN OUT [bookType]
import fs from 'node:fs';
import ExcelJS from 'exceljs';
import XLSX from 'xlsx';

const [, , program, from, to, type] = process.argv;
if (program === 'exceljs') {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(from);
  await book.xlsx.writeFile(to);
} else {
  const book = XLSX.read(fs.readFileSync(from));
  fs.writeFileSync(to, XLSX.write(book, { type: 'buffer', bookType: type ?? 'xlsx' }));
}
