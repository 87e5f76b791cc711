import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Pair, parseAllDocuments, type Scalar } from 'yaml';
import type { Place, Problems } from './problem.ts';

/** A value of a connector's file with its place. Every scalar is a text: `1.10` stays `1.10`, and `0012` is four characters. */
export type Tree = TextTree | ListTree | MapTree;

export interface TextTree {
  readonly kind: 'text';
  readonly place: Place;
  readonly text: string;
  /** The place of a character of the text, where the text stands as it is written. */
  readonly placeAt: (index: number) => Place;
  /** Why the text must not hold an expression: YAML could have cut it. */
  readonly cut?: string;
}

export interface ListTree {
  readonly kind: 'list';
  readonly place: Place;
  readonly items: readonly Tree[];
}

export interface MapTree {
  readonly kind: 'map';
  readonly place: Place;
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
  readonly key: string;
  readonly keyPlace: Place;
  readonly value: Tree;
}

/** More than any connector needs; a file that is larger is not read. */
const FILE_MAX_CHARACTERS = 262_144;
const DEPTH_MAX = 32;

/**
 * Reads the documents of a file strictly: no aliases, tags or merge keys, no key twice, no type but text. What is wrong goes into
 * `problems`; a document that cannot be read at all is left out.
 */
export function readYaml(file: string, text: string, problems: Problems): readonly Tree[] {
  const lines = new LineCounter();
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (text.length > FILE_MAX_CHARACTERS) {
    problems.add('YAML_INVALID', { file, line: 1, column: 1 }, `the file is longer than ${FILE_MAX_CHARACTERS} characters`);
    return [];
  }
  const documents = parseAllDocuments(text, { schema: 'failsafe', lineCounter: lines, merge: false, keepSourceTokens: false });
  if (!Array.isArray(documents)) return [];
  const reader = new Reader(text, at, problems);
  return documents.flatMap((document: Document.Parsed) => {
    for (const { message, pos } of [...document.errors, ...document.warnings])
      problems.add('YAML_INVALID', at(pos[0]), (message.split(' at line ')[0] ?? message).split('\n')[0] ?? message);
    const tree = document.errors.length > 0 || document.contents === null ? undefined : reader.tree(document.contents, 0, false);
    return tree === undefined ? [] : [tree];
  });
}

class Reader {
  readonly #source: string;
  readonly #at: (offset: number) => Place;
  readonly #problems: Problems;

  constructor(source: string, at: (offset: number) => Place, problems: Problems) {
    this.#source = source;
    this.#at = at;
    this.#problems = problems;
  }

  /** @returns undefined for what may not stand in a connector; then the problem was told. */
  tree(node: unknown, depth: number, inFlow: boolean): Tree | undefined {
    const place = this.#at(startOf(node));
    if (depth > DEPTH_MAX) return this.#refuse(place, `values are nested at most ${DEPTH_MAX} deep`);
    if (isAlias(node)) return this.#refuse(place, `*${(node as Alias).source} is an alias: write the value again, or define a route`);
    if (isScalar(node) || isMap(node) || isSeq(node)) {
      if (node.anchor !== undefined) return this.#refuse(place, `&${node.anchor} is an anchor: a connector has none`);
      if (node.tag?.startsWith('!') === true) return this.#refuse(place, `${node.tag} is a tag: a connector has none`);
    }
    if (isScalar(node)) return this.#text(node, place, inFlow);
    if (isSeq(node)) {
      const items = node.items.flatMap((item) => this.tree(item, depth + 1, inFlow || node.flow === true) ?? []);
      return { kind: 'list', place, items };
    }
    if (isMap(node)) return this.#map(node.items, place, depth, inFlow || node.flow === true);
    return this.#refuse(place, 'a value is missing');
  }

  #map(items: readonly Pair[], place: Place, depth: number, inFlow: boolean): Tree {
    const entries = new Map<string, Entry>();
    for (const { key, value } of items) {
      const keyPlace = this.#at(startOf(key));
      if (!isScalar(key) || typeof key.value !== 'string' || key.value === '<<') {
        this.#problems.add('YAML_INVALID', keyPlace, 'a key is a text');
        continue;
      }
      const tree = value === null ? this.#refuse(keyPlace, `${key.value} has no value`) : this.tree(value, depth + 1, inFlow);
      if (tree !== undefined) entries.set(key.value, { key: key.value, keyPlace, value: tree });
    }
    return { kind: 'map', place, entries };
  }

  #text(node: Scalar, place: Place, inFlow: boolean): Tree | undefined {
    const text = String(node.value ?? '');
    const [start = 0, end = start] = node.range ?? [];
    const written = this.#source.slice(start, end);
    const cut = whyCut(node, written, inFlow);
    return {
      kind: 'text',
      place,
      text,
      placeAt: (index) => this.#at(offsetOf(node, written, start, index, this.#source)),
      ...(cut !== undefined && { cut }),
    };
  }

  #refuse(place: Place, message: string): undefined {
    this.#problems.add('YAML_INVALID', place, message);
    return undefined;
  }
}

function startOf(node: unknown): number {
  return (node as { readonly range?: readonly [number, number, number] } | null)?.range?.[0] ?? 0;
}

/** The traps of YAML for an expression: each was seen to cut one in silence. */
function whyCut(node: Scalar, written: string, inFlow: boolean): string | undefined {
  const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
  if (node.type === 'BLOCK_FOLDED') return 'a folded block (>) joins its lines: use |';
  if (node.type === 'BLOCK_LITERAL') return undefined;
  if (written.includes('\n')) return 'it goes over several lines: use |';
  if (!quoted && inFlow) return 'within { } and [ ] a comma or bracket ends it: put it in quotes';
  // a comment may stand behind quotes; behind a plain text it may be the rest of the expression
  if (!quoted && node.comment !== null && node.comment !== undefined) return 'what follows # on its line is a comment: put it in quotes';
  return undefined;
}

/** Where a character of the value stands in the file. Escapes in double quotes are not counted: the place is then a little early. */
function offsetOf(node: Scalar, written: string, start: number, index: number, source: string): number {
  if (node.type !== 'BLOCK_LITERAL') return start + (written.startsWith('"') || written.startsWith("'") ? 1 : 0) + index;
  const before = String(node.value ?? '')
    .slice(0, index)
    .split('\n');
  let line = source.indexOf('\n', start) + 1;
  for (let skipped = 1; skipped < before.length; skipped++) line = source.indexOf('\n', line) + 1;
  const indent = /^ */.exec(source.slice(source.indexOf('\n', start) + 1))?.[0].length ?? 0;
  return line + indent + (before.at(-1)?.length ?? 0);
}
