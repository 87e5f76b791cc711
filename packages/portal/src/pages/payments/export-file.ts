import type { ShownProblem } from '@payment-manager/management-api/types';
import { addressOf } from '../../api/ask.ts';
import { ProblemError } from '../../api/problem.ts';
import { callServer } from '../../browser/network.ts';
import type { FacetQuery } from './payment-filter.ts';

export type ExportFormat = 'csv' | 'jsonl';

/** A file that is being fetched: whole lines of it, as far as they came. */
export interface ExportFile {
  readonly format: ExportFormat;
  readonly parts: readonly string[];
  readonly rows: number;
  /** The last row that is in it whole; where it goes on. */
  readonly last: number | undefined;
}

export const EMPTY_EXPORT = (format: ExportFormat): ExportFile => ({ format, parts: [], rows: 0, last: undefined });

/** Adds whole lines of what came; returns what is left of a line. The first line of CSV is its head. */
export function withLines(file: ExportFile, text: string): { readonly file: ExportFile; readonly rest: string } {
  const end = text.lastIndexOf('\n') + 1;
  const lines = text.slice(0, end);
  const rowOf = file.format === 'csv' ? /^(\d+),/gm : /^\{.*?"id":(\d+)/gm;
  const ids = [...lines.matchAll(rowOf)].map(([, id]) => Number(id));
  return {
    file: {
      ...file,
      parts: lines === '' ? file.parts : [...file.parts, lines],
      rows: file.rows + ids.length,
      last: ids.at(-1) ?? file.last,
    },
    rest: text.slice(end),
  };
}

/** Fetches a file, or goes on where one ended; `came` is called with each piece. Rejects with ProblemError when it breaks: what came is kept. */
export async function fetchExport(
  file: ExportFile,
  query: FacetQuery,
  signal: AbortSignal,
  came: (file: ExportFile) => void,
): Promise<ExportFile> {
  const address = addressOf('GET /payments/export', { query: { ...query, format: file.format, after: file.last } });
  const broken = (): ProblemError => new ProblemError(0, { code: 'OFFLINE', message: 'The connection broke.' });
  const answer = await callServer(address, { signal }).catch(() => {
    throw broken();
  });
  if (!answer.ok || answer.body === null) throw new ProblemError(answer.status, (await answer.json()) as ShownProblem);
  let now = file;
  let rest = '';
  try {
    for await (const text of answer.body.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
      const added = withLines(now, rest + text);
      now = added.file;
      rest = added.rest;
      came(now);
    }
  } catch {
    throw broken();
  }
  return now;
}
