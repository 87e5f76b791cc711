import { nearest } from '../expression/shape.ts';
import { fillIn, type Place, type ProblemCode, type Problems } from './problem.ts';
import type { MapTree, TextTree, Tree } from './yaml.ts';

/** The part of JSON Schema that the grammar is written in. Every scalar of a connector's file is a text. */
export interface Rule {
  readonly type?: 'string' | 'array' | 'object';
  readonly description?: string;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly examples?: readonly string[];
  readonly items?: Rule;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Rule>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Rule;
  /** Of `Type.Record`: what each value is. */
  readonly patternProperties?: Readonly<Record<string, Rule>>;
  readonly anyOf?: readonly Rule[];
  readonly $ref?: string;
}

/** Values of these are checked by whoever knows them, e.g. steps by their kind. */
export type Refs = Readonly<Record<string, (tree: Tree) => void>>;

/** Checks a value of a file against the grammar; each problem has the place of the key or value that it is about. */
export function checkTree(tree: Tree, rule: Rule, problems: Problems, refs: Refs): void {
  if (rule.$ref !== undefined) refs[rule.$ref]?.(tree);
  else if (rule.type === 'object') checkMap(tree, rule, problems, refs);
  else if (rule.type === 'array') checkList(tree, rule, problems, refs);
  else if (tree.kind === 'text') checkText(tree, rule, problems);
  else problems.add('VALUE_WRONG', tree.place, `a text is expected here, not a ${tree.kind}`);
}

function checkText(tree: TextTree, rule: Rule, problems: Problems): void {
  if (fillIn(tree.text) !== undefined) return;
  if (rule.enum !== undefined && !rule.enum.includes(tree.text)) {
    const like = nearest(tree.text, rule.enum);
    const hint = like === undefined ? '' : `; did you mean ${like}?`;
    problems.add('VALUE_WRONG', tree.place, `${quoted(tree.text)} is not one of ${rule.enum.join(', ')}${hint}`);
  } else if (rule.pattern !== undefined && !new RegExp(rule.pattern).test(tree.text))
    problems.add('VALUE_WRONG', tree.place, wrongText(tree.text, rule));
}

function wrongText(text: string, rule: Rule): string {
  const example = rule.examples?.[0];
  const wanted = rule.pattern === '^=' ? 'an expression, which begins with =' : (rule.description ?? 'another form');
  return `${quoted(text)} is not as it must be: ${wanted}${example === undefined ? '' : `, e.g. ${example}`}`;
}

function checkList(tree: Tree, rule: Rule, problems: Problems, refs: Refs): void {
  if (tree.kind !== 'list') {
    problems.add('VALUE_WRONG', tree.place, 'a list is expected here, each item after a hyphen');
    return;
  }
  const { minItems = 0, maxItems = 1_000, items } = rule;
  if (tree.items.length < minItems || tree.items.length > maxItems)
    problems.add(
      'VALUE_WRONG',
      tree.place,
      `a list of ${minItems} to ${maxItems} items is expected here, and there are ${tree.items.length}`,
    );
  if (items !== undefined) for (const item of tree.items) checkTree(item, items, problems, refs);
}

function checkMap(tree: Tree, rule: Rule, problems: Problems, refs: Refs): void {
  if (tree.kind !== 'map') {
    problems.add('VALUE_WRONG', tree.place, `keys with values are expected here: ${Object.keys(rule.properties ?? {}).join(', ')}`);
    return;
  }
  const properties = rule.properties ?? {};
  const open = rule.patternProperties === undefined ? undefined : Object.values(rule.patternProperties)[0];
  for (const { key, keyPlace, value } of tree.entries.values()) {
    const own = Object.hasOwn(properties, key) ? properties[key] : open;
    if (own !== undefined) checkTree(value, own, problems, refs);
    else if (rule.additionalProperties === false) unknownKey(key, keyPlace, Object.keys(properties), problems);
  }
  for (const key of rule.required ?? [])
    if (!tree.entries.has(key))
      problems.add('KEY_MISSING', tree.place, `${key} is missing: ${properties[key]?.description ?? 'it must be there'}`);
}

/** Tells of a key that is not in the language, with the one that was probably meant. */
export function unknownKey(
  key: string,
  place: Place,
  known: readonly string[],
  problems: Problems,
  code: ProblemCode = 'KEY_UNKNOWN',
): void {
  const like = nearest(key, known);
  problems.add(code, place, `unknown key ${quoted(key)}${like === undefined ? '' : `; did you mean ${like}?`} known: ${known.join(', ')}`);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

// ---- reading a value that was checked

/** The value of a key, if it is there. */
export function childOf(tree: Tree | undefined, key: string): Tree | undefined {
  return tree?.kind === 'map' ? tree.entries.get(key)?.value : undefined;
}

/** The text under a key, if there is one. */
export function textOf(tree: Tree | undefined, key: string): TextTree | undefined {
  const value = childOf(tree, key);
  return value?.kind === 'text' ? value : undefined;
}

/** The keys and values under a key, if there are any. */
export function mapOf(tree: Tree | undefined, key: string): MapTree | undefined {
  const value = childOf(tree, key);
  return value?.kind === 'map' ? value : undefined;
}

/** The items of the list under a key; none where there is no list. */
export function itemsOf(tree: Tree | undefined, key: string): readonly Tree[] {
  const value = childOf(tree, key);
  return value?.kind === 'list' ? value.items : [];
}
