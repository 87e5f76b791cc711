import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { FspiopError } from './errors.ts';

/** Deepest nesting that is read: FSPIOP bodies have 6 levels. */
const JSON_DEPTH_MAX = 64;

/**
 * JSON as it is sent and signed (docs/protocol.md, 12.4): compact, members sorted recursively by UTF-16 code unit, arrays in
 * order, non-ASCII text as it is. Members that are undefined are left out; nothing else is added or removed. Numbers are as
 * in `JSON.stringify`: `1e400`, which JSON.parse reads as Infinity, is null. Throws a TypeError for what no JSON text can
 * have become (bigint, function): that is a defect of the caller.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? canonicalArray(value) : canonicalObject(value);
  if (value === null) return 'null';
  if (typeof value === 'boolean' || typeof value === 'number') return JSON.stringify(value);
  throw new TypeError(`canonical JSON of a ${typeof value}`);
}

function canonicalArray(items: readonly unknown[]): string {
  let text = '[';
  for (let index = 0; index < items.length; index++) {
    if (index > 0) text += ',';
    const item = items[index];
    text += item === undefined ? 'null' : canonicalJson(item);
  }
  return `${text}]`;
}

function canonicalObject(object: object): string {
  const members = object as Readonly<Record<string, unknown>>;
  let text = '{';
  for (const name of sorted(Object.keys(members))) {
    const value = members[name];
    if (value === undefined) continue;
    if (text.length > 1) text += ',';
    text += quotedName(name);
    text += canonicalJson(value);
  }
  return `${text}}`;
}

/** Names that came before, quoted, with their colon. Messages have some hundred different ones. */
const QUOTED_NAMES = new Map<string, string>();
const QUOTED_NAMES_MAX = 512;
const QUOTED_LENGTH_MAX = 64;

function quotedName(name: string): string {
  const known = QUOTED_NAMES.get(name);
  if (known !== undefined) return known;
  const quoted = `${JSON.stringify(name)}:`;
  if (QUOTED_NAMES.size < QUOTED_NAMES_MAX && name.length <= QUOTED_LENGTH_MAX) QUOTED_NAMES.set(name, quoted);
  return quoted;
}

/** Objects of FSPIOP have a dozen members: up to here, sorting in place by insertion is quicker than `sort` and takes no memory. */
const FEW_NAMES = 24;

function sorted(names: string[]): string[] {
  if (names.length > FEW_NAMES) return names.sort();
  for (let index = 1; index < names.length; index++) {
    const name = names[index] as string;
    let before = index - 1;
    while (before >= 0 && (names[before] as string) > name) {
      names[before + 1] = names[before] as string;
      before--;
    }
    names[before + 1] = name;
  }
  return names;
}

/** SHA-256, base64url, of the canonical JSON: equal content has an equal hash whatever its order (docs/protocol.md, 10). */
export function contentHash(value: unknown): string {
  return hash('sha256', canonicalJson(value), 'base64url');
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** A view, no copy. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Index of the quote that ends the string which begins at `start`; -1 when none does. */
function endOfString(bytes: Buffer, start: number): number {
  let end = bytes.indexOf(QUOTE, start + 1);
  while (end !== -1) {
    let backslashes = 0;
    while (bytes[end - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
    end = bytes.indexOf(QUOTE, end + 1);
  }
  return -1;
}

function isDeeperThan(bytes: Buffer, maxDepth: number): boolean {
  let depth = 0;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (byte === QUOTE) {
      index = endOfString(bytes, index);
      if (index === -1) return false;
    } else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > maxDepth) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return false;
}

/**
 * Reads a JSON body. The depth is checked on the bytes, before anything recursive runs. Throws 3101 for an empty body,
 * for what is not UTF-8 or not JSON, and for nesting over the limit. Of duplicate members the last one counts.
 */
export function parseJson(bytes: Uint8Array, options: { maxDepth?: number } = {}): unknown {
  if (bytes.length === 0) throw new FspiopError('3101', 'body is missing');
  const buffer = asBuffer(bytes);
  if (isDeeperThan(buffer, options.maxDepth ?? JSON_DEPTH_MAX)) throw new FspiopError('3101', 'body is nested too deeply');
  if (!isUtf8(buffer)) throw new FspiopError('3101', 'body is not UTF-8');
  try {
    return JSON.parse(buffer.toString('utf8'));
  } catch {
    throw new FspiopError('3101', 'body is not JSON');
  }
}

/**
 * Whether any object of a JSON text names a member twice (however it is escaped). The text must have been parsed before;
 * of other text the answer means nothing. Then a re-serialisation is not the same content for everybody (docs/money-rules.md, 5).
 */
export function hasDuplicateMembers(bytes: Uint8Array): boolean {
  const buffer = asBuffer(bytes);
  const open: (Set<string> | undefined)[] = [];
  for (let index = 0; index < buffer.length; index++) {
    const byte = buffer[index];
    if (byte === 0x7b) open.push(new Set());
    else if (byte === 0x5b) open.push(undefined);
    else if (byte === 0x7d || byte === 0x5d) open.pop();
    else if (byte === QUOTE) {
      const end = endOfString(buffer, index);
      if (end === -1) return false;
      if (isFollowedByColon(buffer, end + 1)) {
        const name: string = JSON.parse(buffer.toString('utf8', index, end + 1));
        const names = open.at(-1);
        if (names?.has(name)) return true;
        names?.add(name);
      }
      index = end;
    }
  }
  return false;
}

function isFollowedByColon(bytes: Buffer, start: number): boolean {
  let index = start;
  while (bytes[index] === 0x20 || bytes[index] === 0x09 || bytes[index] === 0x0a || bytes[index] === 0x0d) index++;
  return bytes[index] === COLON;
}
