import { checkTree, mapOf, type Rule, textOf } from '../language/check-tree.ts';
import { type Problem, Problems } from '../language/problem.ts';
import { keys, name, named, optional, text } from '../language/schema-parts.ts';
import { readYaml, type Tree } from '../language/yaml.ts';

/** With what a bank's own test core is probed: `probe.yaml`. Amounts are decimal text. */
export interface ProbePlan {
  readonly connector: string;
  /** The bank's name for the environment of the core. */
  readonly environment: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly secretFiles: Readonly<Record<string, string>>;
  readonly payee: { readonly idType: string; readonly idValue: string; readonly idSubValue?: string };
  readonly currency: string;
  /** Is paid several times; some of it stays booked. */
  readonly amount: string;
  /** An amount that the core refuses for this payee, to see what it keeps of a refusal. */
  readonly refusedAmount: string | undefined;
}

const AMOUNT = /^(0|[1-9]\d{0,17})(\.\d{0,3}[1-9])?$/;

const PLAN = keys(
  {
    probe: name('The connector'),
    environment: text('The environment that the core belongs to, in the bank’s words', ['umoja-test']),
    settings: optional(named(text('The value'), 'What a bank fills in')),
    secretFiles: optional(named(text('A file'), 'Files with the secret settings')),
    payee: keys(
      {
        idType: text('The type of identifier', ['MSISDN']),
        idValue: text('The identifier', ['254711000111']),
        idSubValue: optional(text('The sub-identifier')),
      },
      'A customer of the test core to whom it may be paid',
    ),
    currency: text('The currency', ['KES']),
    amount: text('An amount that is paid several times; some of it stays booked', ['1']),
    refusedAmount: optional(text('An amount that the core refuses for this payee, e.g. more than its limit', ['999999999'])),
  },
  'How a test core is probed',
);

/** Reads `probe.yaml`; every problem is told with its place. */
export function readProbePlan(content: string): { readonly plan: ProbePlan | undefined; readonly problems: readonly Problem[] } {
  const problems = new Problems();
  const [root] = readYaml('probe.yaml', content, problems);
  if (root === undefined) problems.add('YAML_INVALID', { file: 'probe.yaml', line: 1, column: 1 }, 'the file is empty or cannot be read');
  else checkTree(root, PLAN as unknown as Rule, problems, {});
  for (const key of ['amount', 'refusedAmount']) {
    const amount = textOf(root, key);
    if (amount !== undefined && !AMOUNT.test(amount.text))
      problems.add('VALUE_WRONG', amount.place, 'an amount is decimal text without zeros at its end, e.g. 99.5');
  }
  if (root === undefined || problems.count > 0) return { plan: undefined, problems: problems.all };
  const of = (key: string): string => textOf(root, key)?.text ?? '';
  const plan: ProbePlan = {
    connector: of('probe'),
    environment: of('environment'),
    settings: textsOf(mapOf(root, 'settings')),
    secretFiles: textsOf(mapOf(root, 'secretFiles')),
    payee: textsOf(mapOf(root, 'payee')) as unknown as ProbePlan['payee'],
    currency: of('currency'),
    amount: of('amount'),
    refusedAmount: textOf(root, 'refusedAmount')?.text,
  };
  return { plan, problems: [] };
}

function textsOf(tree: Tree | undefined): Readonly<Record<string, string>> {
  const entries = tree?.kind === 'map' ? [...tree.entries.values()] : [];
  return Object.fromEntries(entries.flatMap(({ key, value }) => (value.kind === 'text' ? [[key, value.text]] : [])));
}

/** Is it by its name one with real money? */
export function looksLikeProduction(environment: string): boolean {
  return /prod|live|real/i.test(environment);
}
