import type { Expression } from '../expression/compile.ts';
import { ANY, TEXT } from '../expression/shape.ts';
import { checkTree, itemsOf, mapOf, type Rule, textOf } from '../language/check-tree.ts';
import { durationMs, type Names, ValueCompiler } from '../language/compile-values.ts';
import { compileXml } from '../language/http/compile-http-call.ts';
import type { Compiler } from '../language/kind/back-end-kind.ts';
import type { Template, TextOrExpression, XmlBody } from '../language/operation.ts';
import type { EffectKind } from '../language/operation-schema.ts';
import { type Problem, Problems } from '../language/problem.ts';
import { readYaml, type Tree } from '../language/yaml.ts';
import { databaseOf, type PlanDatabase } from './plan-database.ts';
import { PLAN } from './plan-schema.ts';

/** What a connector is certified against: `certify.yaml`, compiled. Times in milliseconds. */
export interface Plan {
  readonly settings: Readonly<Record<string, string>>;
  readonly payee: PlanParty;
  readonly payer: PlanParty;
  readonly currency: string;
  readonly amounts: readonly string[];
  readonly refused: readonly { readonly payee: PlanParty; readonly code: string }[];
  readonly core: {
    /** 0: it honours no key. */
    readonly keysKeptMs: number;
    readonly refusalsKept: boolean;
    /** Undefined: for ever. */
    readonly holdsKeptMs: number | undefined;
    readonly lateMs: number;
    readonly decidesMs: number;
    readonly token: Template | undefined;
  };
  readonly accounts: readonly Readonly<Record<string, string>>[];
  readonly calls: readonly PlanCall[];
  /** Where the core is a database. */
  readonly database: PlanDatabase | undefined;
}

export interface PlanParty {
  readonly idType: string;
  readonly idValue: string;
  readonly idSubValue?: string;
  readonly displayName?: string;
  /** Of the payee: the id of the account that is meant. */
  readonly account?: string;
}

/** A call that the core knows. */
export interface PlanCall {
  readonly name: string;
  readonly method: string;
  /** Parts of the path; undefined under a name matches any. */
  readonly path: readonly (string | { readonly parameter: string })[];
  readonly matches: Expression | undefined;
  readonly effect: EffectKind | undefined;
  readonly account: Expression | undefined;
  readonly amount: Expression | undefined;
  readonly reference: Expression | undefined;
  /** Which hold it has the core keep for longer. */
  readonly renews: Expression | undefined;
  readonly of: Expression | undefined;
  readonly key: Expression | undefined;
  readonly done: PlanAnswer | undefined;
  readonly refused: PlanAnswer | undefined;
  readonly taken: PlanAnswer | undefined;
  readonly busy: PlanAnswer | undefined;
  readonly answers: readonly PlanAnswer[];
}

export interface PlanAnswer {
  readonly when: Expression | undefined;
  readonly status: TextOrExpression;
  readonly body: Template | undefined;
  readonly xml: XmlBody | undefined;
}

/** Of a message of ISO 8583, which has a response code in place of a status. */
const OK: TextOrExpression = { kind: 'text', text: '200' };
const PAYER: PlanParty = { idType: 'MSISDN', idValue: '15550001', displayName: 'Ben Payer' };
const LATE_MS = 40_000;
const DECIDES_MS = 60_000;

/** The names that the expressions of a plan may begin with. */
const NAMES: Names = {
  ...Object.fromEntries(['path', 'query', 'headers', 'body', 'posting', 'postings', 'account', 'accounts', 'cfg'].map((one) => [one, ANY])),
  ...Object.fromEntries(['reason', 'now', 'token'].map((one) => [one, TEXT])),
};

/** Compiles `certify.yaml`; every problem is told with its place. */
export function compilePlan(text: string): { readonly plan: Plan | undefined; readonly problems: readonly Problem[] } {
  const problems = new Problems();
  const [root] = readYaml('certify.yaml', text, problems);
  if (root === undefined) problems.add('YAML_INVALID', { file: 'certify.yaml', line: 1, column: 1 }, 'the file is empty or cannot be read');
  else checkTree(root, PLAN as unknown as Rule, problems, { '#/$defs/template': () => {} });
  if (root === undefined || problems.count > 0) return { plan: undefined, problems: problems.all };
  const values = new ValueCompiler(problems);
  const core = mapOf(root, 'core');
  const plan: Plan = {
    settings: textsOf(mapOf(root, 'settings')),
    payee: partyOf(mapOf(root, 'payee')),
    payer: mapOf(root, 'payer') === undefined ? PAYER : partyOf(mapOf(root, 'payer')),
    currency: textOf(root, 'currency')?.text ?? '',
    amounts: itemsOf(root, 'amounts').flatMap((item) => (item.kind === 'text' ? [item.text] : [])),
    refused: itemsOf(root, 'refused').map((item) => ({ payee: partyOf(mapOf(item, 'payee')), code: textOf(item, 'code')?.text ?? '' })),
    core: {
      keysKeptMs: durationMs(textOf(core, 'keysKept')?.text) ?? 0,
      refusalsKept: textOf(core, 'refusalsKept')?.text !== 'false',
      holdsKeptMs: durationMs(textOf(core, 'holdsKept')?.text),
      lateMs: durationMs(textOf(core, 'late')?.text) ?? LATE_MS,
      decidesMs: durationMs(textOf(core, 'decides')?.text) ?? DECIDES_MS,
      token: values.templateAt(core, 'token', NAMES),
    },
    accounts: itemsOf(root, 'accounts').map((item) => textsOf(item)),
    calls: itemsOf(root, 'calls').map((item) => callOf(item, { values, problems })),
    database: databaseOf(mapOf(root, 'database'), { values, problems }),
  };
  if (plan.calls.length === 0 && plan.database === undefined)
    problems.add('KEY_MISSING', root.place, 'a core has `calls`, or it is a `database`');
  return { plan: problems.count > 0 ? undefined : plan, problems: problems.all };
}

function textsOf(tree: Tree | undefined): Readonly<Record<string, string>> {
  const entries = tree?.kind === 'map' ? [...tree.entries.values()] : [];
  return Object.fromEntries(entries.flatMap(({ key, value }) => (value.kind === 'text' ? [[key, value.text]] : [])));
}

function partyOf(tree: Tree | undefined): PlanParty {
  return textsOf(tree) as unknown as PlanParty;
}

function callOf(tree: Tree, compiler: Compiler): PlanCall {
  const { values, problems } = compiler;
  const call = textOf(tree, 'call');
  // a message of ISO 8583 comes to the core as a POST
  const said = (call?.text ?? '').replace(/^(\d{3}0)$/, 'POST /$1');
  const [, method = '', path = ''] = /^(GET|POST|PUT|PATCH|DELETE) (\/\S*)$/.exec(said) ?? [];
  if (method === '')
    problems.add(
      'VALUE_WRONG',
      call?.place ?? tree.place,
      'a call is a method and a path, e.g. POST /holds/{hold}/capture, or a message type, e.g. 0220',
    );
  const of = (key: string): Expression | undefined => values.expressionAt(tree, key, NAMES);
  const effect = textOf(tree, 'effect')?.text as EffectKind | undefined;
  const answers = itemsOf(tree, 'answers').flatMap((item) => answerOf(item, compiler) ?? []);
  const done = answerOf(mapOf(tree, 'done'), compiler);
  const renews = of('renews');
  const does = effect !== undefined || renews !== undefined;
  if (does && done === undefined)
    problems.add('KEY_MISSING', tree.place, 'a call with an effect, or that renews, says with `done` how the answer looks');
  if (!does && answers.length === 0) problems.add('KEY_MISSING', tree.place, 'a call that only reads says with `answers` what it answers');
  return {
    name: call?.text ?? '',
    method,
    path: path.split('/').map((part) => {
      const parameter = /^\{([A-Za-z][A-Za-z0-9]*)\}$/.exec(part)?.[1];
      return parameter === undefined ? part : { parameter };
    }),
    matches: of('matches'),
    effect,
    account: of('account'),
    amount: of('amount'),
    reference: of('reference'),
    renews,
    of: of('of'),
    key: of('key'),
    done,
    refused: answerOf(mapOf(tree, 'refused'), compiler),
    taken: answerOf(mapOf(tree, 'taken'), compiler),
    busy: answerOf(mapOf(tree, 'busy'), compiler),
    answers,
  };
}

function answerOf(tree: Tree | undefined, compiler: Compiler): PlanAnswer | undefined {
  const { values } = compiler;
  if (tree === undefined) return undefined;
  const status = values.textAt(tree, 'status', NAMES) ?? OK;
  return {
    when: values.expressionAt(tree, 'when', NAMES),
    status,
    body: values.templateAt(tree, 'body', NAMES),
    xml: compileXml(tree, NAMES, compiler),
  };
}
