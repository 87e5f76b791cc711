/** How spreadsheets see a formula: what begins so is given a quote before it. */
const FORMULA = /^[=+\-@\t\r|%]/;

/** One cell: never a formula, whatever a peer wrote in a name; quoted by RFC 4180. A plain decimal stays a number. */
export function csvCell(text: string): string {
  const safe = FORMULA.test(text.trimStart()) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A line with its end. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}
