import { zipPieces } from './zip.ts';

/** Rows of a sheet below its head; spreadsheets take 1,048,576 in all. */
export const SHEET_ROWS_MAX = 1_000_000;

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const SHEET_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

const FRAME = [
  {
    name: '[Content_Types].xml',
    text: `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${SHEET_TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${SHEET_TYPE}.worksheet+xml"/></Types>`,
  },
  {
    name: '_rels/.rels',
    text: `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  },
  {
    name: 'xl/workbook.xml',
    text: `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="payments" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  },
  {
    name: 'xl/_rels/workbook.xml.rels',
    text: `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
  },
];

/** A cell: text, or a decimal that is a number where a spreadsheet keeps all of its digits. */
export type Cell = string | { readonly decimal: string };

/**
 * A workbook (Office Open XML) with one sheet, as its rows come, in batches. Each text is a text for the spreadsheet, too, so that what a peer wrote is
 * never a formula. A number has at most 15 digits there: a longer decimal stays text, exact.
 */
export function xlsxPieces(rows: AsyncIterable<readonly (readonly Cell[])[]>): AsyncGenerator<Buffer> {
  return zipPieces([
    ...FRAME.map(({ name, text }) => ({ name, pieces: [XML + text] })),
    { name: 'xl/worksheets/sheet1.xml', pieces: sheet(rows) },
  ]);
}

async function* sheet(rows: AsyncIterable<readonly (readonly Cell[])[]>): AsyncGenerator<string> {
  // the head stays in sight
  const view =
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>';
  yield `${XML}<worksheet xmlns="${MAIN}">${view}<sheetData>`;
  for await (const batch of rows) yield batch.map((cells) => `<row>${cells.map(cell).join('')}</row>`).join('');
  yield '</sheetData></worksheet>';
}

function cell(value: Cell): string {
  if (typeof value !== 'string') {
    const { decimal } = value;
    if (/^-?\d+(\.\d+)?$/.test(decimal) && decimal.replace(/\D/g, '').length <= 15) return `<c><v>${decimal}</v></c>`;
    return cell(decimal);
  }
  return value === '' ? '<c/>' : `<c t="inlineStr"><is><t xml:space="preserve">${escaped(value)}</t></is></c>`;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Text of XML 1.0; characters that it does not have are shown as one that could not be shown. */
function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a document may not have
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/[&<>]/g, (one) => ESCAPES[one] ?? one)
  );
}
