import { PLAN } from '../certify/plan-schema.ts';
import { FUNCTIONS } from '../expression/functions/index.ts';
import type { RegisteredFunction } from '../expression/functions/registered.ts';
import type { Shape } from '../expression/shape.ts';
import type { Rule } from '../language/check-tree.ts';
import { CONNECTOR } from '../language/connector-schema.ts';
import { BACKENDS, CALL_KEYS, KINDS } from '../language/kind/grammars.ts';
import { DOCUMENT, OPERATIONS, STEPS } from '../language/operation-schema.ts';
import { effectRoot, REPLIES, rootOf } from '../language/shapes.ts';

const HEAD = `# Connectors: every key, name and function

<!-- Written by \`./pm config --reference\` from packages/core-connector; a test compares. Do not edit by hand. -->

How they are used: docs/connectors/tutorial.md. Every scalar is a text; a text that begins with \`=\` is an expression, and \`==\` begins a text with one \`=\`.
An expression stands alone on its line, in quotes, or in a block after \`|\`: never plain within \`{ }\` or \`[ ]\`. *Must* marks a key that must be there.
`;

/** The reference of the language as Markdown: made of the grammar that reads connectors, so that it cannot say anything else. */
export function connectorReference(): string {
  const rule = (schema: unknown): Rule => schema as Rule;
  return [
    HEAD,
    '## `connector.yaml`\n',
    keyTable(rule(CONNECTOR), ''),
    ...KINDS.map((kind) => `### A back end of the kind \`${kind}\`\n\n${keyTable(rule(BACKENDS[kind]), '')}`),
    '## `operations/*.yaml`\n',
    'A file has one document or several, with `---` between them.\n',
    keyTable(rule(DOCUMENT), ''),
    '## Steps\n',
    ...Object.entries(STEPS).map(
      ([name, step]) => `### \`${name}\`\n\n${rule(step).description}.\n\n${keyTable(withoutCalls(rule(step), name), '')}`,
    ),
    '## Keys of a call\n',
    keyTable({ type: 'object', properties: CALL_KEYS as unknown as Readonly<Record<string, Rule>> }, ''),
    '## Names\n',
    'With these an expression begins, beside `cfg` (the settings), `tables`, and what the steps before have named.\n',
    names(),
    '## Functions\n',
    'Operators are those of JSONata: `+ - * /` on exact numbers (`/` only where the quotient is exact: `$div` rounds), `&` for texts, `= != < <= > >= in and or`, `? :`, paths with filters, `{ }` and `[ ]`. An operator on a value of another kind is an error, and a predicate that fails is no answer.\n',
    functionTable(),
    '## `functions.ts`\n',
    'Functions of the connector’s own, for what expressions cannot say, e.g. a check digit; called as `$name(…)`. They are written in TypeScript, each on a line of its own that says what it takes and gives: `export function name(one: string, other?: string): string {` (or `boolean`). Only texts go in; what gives nothing is missing, and its type says so after a `|`. They import nothing, keep nothing between calls, and have neither clock nor randomness; a call has 50 ms. The file is a part of the version of the connector. It is code of the bank, as much trusted as whoever wrote it: its limits keep mistakes small, and stop no attacker.\n',
    '## `certify.yaml`\n',
    keyTable(rule(PLAN), ''),
  ]
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n');
}

/** Keys of calls stand in a table of their own. */
function withoutCalls(rule: Rule, name: string): Rule {
  if (name === 'money') {
    const { call, settle, ...properties } = rule.properties ?? {};
    return {
      ...rule,
      properties: {
        ...properties,
        ...(call !== undefined && { call: bare(call) }),
        ...(settle !== undefined && { settle: settleWithout(settle) }),
      },
    };
  }
  const own = Object.entries(rule.properties ?? {}).filter(([key]) => name !== 'call' || !Object.hasOwn(CALL_KEYS, key));
  return { ...rule, properties: Object.fromEntries(own) };
}

function settleWithout(settle: Rule): Rule {
  const properties = Object.entries(settle.properties ?? {}).map(([key, way]): readonly [string, Rule] => [
    key,
    {
      ...way,
      properties: Object.fromEntries(Object.entries(way.properties ?? {}).map(([name, one]) => [name, name === 'call' ? bare(one) : one])),
    },
  ]);
  return { ...settle, properties: Object.fromEntries(properties) };
}

function bare({ description = 'The call' }: Rule): Rule {
  return { type: 'string', description: `${description}: see the keys of a call` };
}

function keyTable(rule: Rule, before: string): string {
  return ['| key | | what it is |', '|---|---|---|', ...rows(rule, before), ''].join('\n');
}

function rows(rule: Rule, before: string): readonly string[] {
  return Object.entries(rule.properties ?? {}).flatMap(([key, value]) => {
    const path = before === '' ? key : `${before}.${key}`;
    const must = rule.required?.includes(key) === true ? 'must' : '';
    return [`| \`${path}\` | ${must} | ${cell(sentence(value))} |`, ...below(value, path)];
  });
}

/** What stands under a key: keys of its own, of each item, or of each name. */
function below(rule: Rule, path: string): readonly string[] {
  if (rule.properties !== undefined) return rows(rule, path);
  const { items } = rule;
  if (items !== undefined) return items.properties === undefined ? [] : rows(items, `${path}[]`);
  const [named] = Object.values(rule.patternProperties ?? {});
  return named === undefined ? [] : below({ ...named, description: '' }, `${path}.NAME`);
}

function sentence({ description = '', enum: values, examples }: Rule): string {
  const one = values === undefined ? '' : ` One of ${values.map((value) => `\`${value}\``).join(', ')}.`;
  const [example] = examples ?? [];
  const words = /[.?!]$/.test(description) ? description : `${description}.`;
  return `${words}${one}${example === undefined ? '' : ` E.g. \`${example}\``}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function names(): string {
  const nothing: Shape = { kind: 'object', members: {}, open: true };
  const of = (shapes: Readonly<Record<string, Shape>>): string =>
    Object.entries(shapes)
      .map(([name, shape]) => `\`${name}\`${members(shape)}`)
      .join('; ');
  const operations = OPERATIONS.map((name) => {
    const replies = (REPLIES[name] ?? []).map((each) => `\`${each}\``).join(', ');
    return `| \`${name}\` | ${of(rootOf(name, { quote: nothing, send: nothing }))} | ${replies} |`;
  });
  return [
    '| operation | its names | what it may reply |',
    '|---|---|---|',
    ...operations,
    '',
    `A money step has besides: ${of(effectRoot('capture', nothing))}. Its predicates see the answer: \`status\`, \`headers\`, \`body\` of HTTP, \`state\`, \`rows\` and \`row\` of a database, \`mti\` and \`DE2\` to \`DE128\` of ISO 8583; those of \`ask\` after \`found\` see \`found\`, too.`,
    '',
  ].join('\n');
}

function members(shape: Shape): string {
  if (shape.kind !== 'object' || Object.keys(shape.members).length === 0) return '';
  return ` (${Object.keys(shape.members)
    .map((name) => `\`${name}\``)
    .join(', ')})`;
}

function functionTable(): string {
  const written = ({ name, parameters }: RegisteredFunction): string =>
    `$${name}(${parameters.map((parameter) => `${parameter.name}${parameter.optional === true ? '?' : ''}`).join(', ')})`;
  return [
    '| function | what it gives | example |',
    '|---|---|---|',
    ...[...FUNCTIONS.values()].map((one) => `| \`${written(one)}\` | ${cell(one.summary)} | \`${cell(one.example)}\` |`),
    '',
  ].join('\n');
}
