import { isAmount, parseAmount, type Units } from '@payment-manager/fspiop';

/** What the core's books say of one transfer. */
export interface StatementRow {
  readonly transferId: string;
  /** `in`: we received it, `out`: we sent it. */
  readonly direction: 'in' | 'out';
  /** 1/10000 of the currency's unit. */
  readonly amount: Units;
  readonly currency: string;
  /** `RESERVED`: money is held. `COMMITTED`: booked for good. `ABORTED`: nothing is held or booked. */
  readonly state: 'RESERVED' | 'COMMITTED' | 'ABORTED';
  /** The core's own id of a payment that we sent, where the statement has that column. */
  readonly homeTransactionId?: string;
}

/** A statement that cannot be read; the message names the line. */
export class StatementInvalid extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StatementInvalid';
  }
}

const COLUMNS = ['transferId', 'direction', 'amount', 'currency', 'state'] as const;
const ROWS_MAX = 1_000_000;
/** Longer ones than a DFSP may give are not looked for. */
const HOME_TRANSACTION_ID_MAX = 512;

/**
 * Reads a core's statement: CSV (RFC 4180) in UTF-8 with a line of column names. Needed are `transferId, direction, amount,
 * currency, state`, in any order; `homeTransactionId` is read where it is there, further columns are ignored.
 *
 * @throws StatementInvalid
 */
export function readStatement(text: string): readonly StatementRow[] {
  const [head, ...lines] = csvLines(text.replace(/^\uFEFF/, ''));
  if (head === undefined) throw new StatementInvalid('the statement is empty: its first line must name the columns');
  if (lines.length > ROWS_MAX) throw new StatementInvalid(`more than ${ROWS_MAX} rows`);
  const places = COLUMNS.map((column) => {
    const place = head.cells.indexOf(column);
    if (place < 0) throw new StatementInvalid(`line 1: there is no column ${column}; there must be ${COLUMNS.join(', ')}`);
    return place;
  });
  const ownId = head.cells.indexOf('homeTransactionId');
  return lines.map(({ cells, line }) => {
    const row = readRow(
      places.map((place) => cells[place]?.trim() ?? ''),
      line,
    );
    const homeTransactionId = ownId < 0 ? '' : (cells[ownId]?.trim() ?? '');
    return homeTransactionId === '' ? row : { ...row, homeTransactionId: homeTransactionId.slice(0, HOME_TRANSACTION_ID_MAX) };
  });
}

function readRow([transferId = '', direction, amount = '', currency = '', state]: readonly string[], line: number): StatementRow {
  const wrong = (what: string): StatementInvalid => new StatementInvalid(`line ${line}: ${what}`);
  if (!/^[0-9A-Za-z-]{1,64}$/.test(transferId)) throw wrong('transferId is not an id of letters, digits and dashes');
  if (direction !== 'in' && direction !== 'out') throw wrong('direction must be in or out');
  if (!/^[A-Z]{3}$/.test(currency)) throw wrong('currency must be three capital letters');
  if (state !== 'RESERVED' && state !== 'COMMITTED' && state !== 'ABORTED') throw wrong('state must be RESERVED, COMMITTED or ABORTED');
  const units = unitsOf(amount);
  if (units === undefined) throw wrong('amount must be a decimal number above zero with a point and at most four decimals');
  return { transferId, direction, amount: units, currency, state };
}

/** Banks write 25.00; the scheme writes 25. */
function unitsOf(text: string): Units | undefined {
  const plain = /^\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, '') : text;
  return isAmount(plain) && plain !== '0' ? parseAmount(plain) : undefined;
}

interface CsvLine {
  /** Number of the line on which it begins, the first is 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Lines with their cells; empty lines are left out. */
function csvLines(text: string): readonly CsvLine[] {
  const lines: CsvLine[] = [];
  let line = 1;
  let begin = 1;
  let cells: string[] = [];
  // one cell with what ends it: quoted (quotes inside are doubled), or plain
  const cell = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const [whole, quoted, plain = '', end] = cell.exec(text) ?? [];
    if (whole === undefined) throw new StatementInvalid(`line ${line}: a quotation mark is not closed, or stands in the middle of a cell`);
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    line += text.slice(at, at + whole.length).split('\n').length - 1;
    if (end === ',' && cell.lastIndex < text.length) continue;
    if (end === ',') cells.push('');
    if (cells.length > 1 || cells[0] !== '') lines.push({ line: begin, cells });
    cells = [];
    begin = line;
  }
  return lines;
}
