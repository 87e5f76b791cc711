import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { coreClaimsTaken } from '@payment-manager/core-connector/in-journal';
import type { ExportedRecord, JournalEvent } from '@payment-manager/journal';
import { claimsTaken } from '@payment-manager/mojaloop-connector';

const FORMAT = 'payment-manager-export/1';

/** The first line of an export. */
export interface ExportHeader {
  readonly format: typeof FORMAT;
  readonly fspId: string;
  /** Nothing of what is in it happened from then on; ISO 8601. */
  readonly before: string;
  readonly madeAt: string;
}

/** The last line: an export without it was cut off. */
export interface ExportCounts {
  readonly records: number;
  readonly events: number;
}

/** A file is not a whole export: of something else, cut off, or damaged. */
export class ExportUnreadable extends Error {
  constructor(file: string, why: string) {
    super(`${file} is not a whole export: ${why}.`);
    this.name = 'ExportUnreadable';
  }
}

/** Where an export is until it is whole. */
function partialExport(file: string): string {
  return `${file}.part`;
}

/**
 * Writes records as compressed NDJSON: a header, a line for each record, and the counts. The file has its name when all of it is
 * durable. Rejects with the system's error.
 */
export async function writeExport(
  file: string,
  header: Omit<ExportHeader, 'format'>,
  pages: AsyncIterable<readonly ExportedRecord[]>,
): Promise<ExportCounts> {
  const counts = { records: 0, events: 0 };
  async function* lines(): AsyncIterable<string> {
    yield `${JSON.stringify({ format: FORMAT, ...header } satisfies ExportHeader)}\n`;
    for await (const page of pages) {
      yield page.map(exportLine).join('');
      counts.records += page.length;
      counts.events += page.reduce((sum, { events }) => sum + events.length, 0);
    }
    yield `${JSON.stringify(counts)}\n`;
  }
  const partial = partialExport(file);
  // What an interrupted run left, or somebody put there: a link would lead what is written to where it points.
  await rm(partial, { force: true });
  await pipeline(Readable.from(lines()), createGzip(), createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true }));
  await rename(partial, file);
  const folder = await open(dirname(file), 'r');
  await folder.sync().finally(() => folder.close());
  return counts;
}

/** A record with its events as they were stored, to the byte. */
function exportLine({ ordinal, recordId, kind, label, updatedAt, version, events }: ExportedRecord): string {
  const parsed = events.map((event) => JSON.parse(event) as JournalEvent);
  const about = { recordId, number: ordinal, kind, payment: label, updatedAt: new Date(updatedAt).toISOString(), version };
  const taken = { kind, events: parsed };
  const claims = [...claimsTaken(taken), ...coreClaimsTaken(taken)];
  return `${JSON.stringify({ ...about, claims, attention: [] }).slice(0, -1)},"events":[${events.join()}]}\n`;
}

interface ExportLine extends Omit<ExportedRecord, 'ordinal' | 'label' | 'updatedAt' | 'events'> {
  readonly number: number;
  readonly payment: string;
  readonly updatedAt: string;
  readonly events: readonly JournalEvent[];
}

/** @throws ExportUnreadable */
export async function readExportHeader(file: string): Promise<ExportHeader> {
  for await (const line of jsonLines(file)) {
    const header = line as Partial<ExportHeader>;
    if (header.format === FORMAT) return header as ExportHeader;
    break;
  }
  throw new ExportUnreadable(file, 'its first line is not that of an export');
}

/** The records of an export, in its order. Ends with ExportUnreadable when it is not whole. */
export async function* readExport(file: string): AsyncIterable<ExportedRecord> {
  let [line, records, whole] = [0, 0, false];
  for await (const value of jsonLines(file)) {
    if (line++ === 0) continue;
    if (whole) throw new ExportUnreadable(file, 'there is more behind its end');
    if ('recordId' in value) {
      records += 1;
      yield fromLine(value as ExportLine);
    } else {
      const counts = value as Partial<ExportCounts>;
      if (counts.records !== records) throw new ExportUnreadable(file, `it has ${records} records and says ${counts.records}`);
      whole = true;
    }
  }
  if (!whole) throw new ExportUnreadable(file, `it ends after ${records} records without its last line`);
}

function fromLine({ number, payment, updatedAt, recordId, kind, version, events }: ExportLine): ExportedRecord {
  // what JSON.stringify once made of an event it makes again
  const texts = events.map((event) => JSON.stringify(event));
  return { ordinal: number, recordId, kind, label: payment, updatedAt: Date.parse(updatedAt), version, events: texts };
}

async function* jsonLines(file: string): AsyncIterable<object> {
  const gunzip = createGunzip();
  const source = createReadStream(file);
  source.on('error', (error) => gunzip.destroy(error));
  let number = 0;
  try {
    for await (const line of textLines(source.pipe(gunzip))) {
      number += 1;
      const value: unknown = JSON.parse(line);
      if (typeof value !== 'object' || value === null) throw new SyntaxError('it is not an object');
      yield value;
    }
  } catch (error) {
    if (error instanceof ExportUnreadable) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ExportUnreadable(file, `line ${number + 1} cannot be read (${code ?? message})`);
  } finally {
    source.destroy();
  }
}

/** A record with more text than this is none of ours. */
const LINE_MAX = 64 * 1_024 * 1_024;

/** Unlike those of `node:readline`, these end with the error of what they are read from. */
async function* textLines(bytes: AsyncIterable<Buffer>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_MAX) throw new RangeError('it is too long');
    yield* lines;
  }
  if (rest !== '') yield rest;
}
