import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONNECTOR, FINALISE, OPEN, PARTY, PREPARE, QUOTE, smallConnector } from '../../test/small-connector.ts';
import { compileConnector } from './compile-connector.ts';
import { problemLine } from './problem.ts';

const linesOf = (changed: Parameters<typeof smallConnector>[0]): readonly string[] =>
  compileConnector(smallConnector(changed)).problems.map((problem) => `${problem.code} ${problemLine(problem)}`);
const replaced = (text: string, from: string, to: string): string => {
  assert.ok(text.includes(from), from);
  return text.replace(from, () => to);
};

test('a connector without a fault compiles, and nothing is told', () => {
  assert.deepEqual(linesOf({}), []);
  const { connector } = compileConnector(smallConnector());
  assert.deepEqual(
    connector.operations.map(({ name, on, steps }) => [name, on, steps.map(({ kind }) => kind).join(' ')]),
    [
      ['party.get', undefined, 'check call use reply'],
      ['quote.create', undefined, 'call reply'],
      ['transfer.prepare', undefined, 'reply'],
      ['transfer.finalise', 'COMMITTED', 'money money'],
      ['transfer.finalise', 'ABORTED', 'reply'],
    ],
  );
  assert.deepEqual(
    [...connector.effects].map(([name, { kind }]) => `${name} ${kind}`),
    ['payee-credit credit', 'payee-suspense suspense'],
  );
});

/** What is broken, and the beginning of what is told of it. */
const FAULTS: readonly (readonly [string, Parameters<typeof smallConnector>[0], RegExp])[] = [
  [
    'a misspelt key',
    { party: replaced(PARTY, 'unless:', 'unles:') },
    /^KEY_UNKNOWN operations\/party\.get\.yaml:4:9 unknown key "unles"; did you mean unless\?/,
  ],
  [
    'a misspelt step',
    { party: replaced(PARTY, '- use: open', '- uses: open') },
    /^KEY_UNKNOWN operations\/party\.get\.yaml:10:5 unknown key "uses"; did you mean use\?/,
  ],
  [
    'a misspelt member',
    { quote: replaced(QUOTE, 'transferAmount: =req.amount', 'transferAmount: =req.amuont') },
    /^EXPRESSION_INVALID operations\/quote\.create\.yaml:7:28 there is no member amuont; did you mean amount\?/,
  ],
  [
    'a member of a reply that is none',
    { party: replaced(PARTY, 'displayName:', 'dispalyName:') },
    /^KEY_UNKNOWN .*unknown key "dispalyName"; did you mean displayName\?/,
  ],
  [
    'a fact that nobody keeps',
    { finalise: replaced(FINALISE, '"=quote.facts.accountId" }\n      headers', '"=quote.facts.acountId" }\n      headers') },
    /^EXPRESSION_INVALID operations\/transfer\.finalise\.yaml:9:27 there is no member acountId|^EXPRESSION_INVALID .*there is no member acountId/,
  ],
  [
    'a setting that is not there',
    { connector: replaced(CONNECTOR, 'base: =cfg.baseUrl', 'base: =cfg.baseURL') },
    /^EXPRESSION_INVALID connector\.yaml:8:16 there is no member baseURL; did you mean baseUrl\?/,
  ],
  [
    'a path parameter without a value',
    { party: replaced(PARTY, 'path: { number:', 'path: { nr:') },
    /^PATH_UNBOUND .*\{number\} has no value/,
  ],
  [
    'a route that is not there',
    { party: replaced(PARTY, 'use: open', 'use: opened') },
    /^NAME_UNKNOWN .*unknown key "opened"; did you mean open\?/,
  ],
  [
    'an argument that is missing',
    { party: replaced(PARTY, 'with: { status:', 'with: { state:') },
    /^KEY_MISSING .*the route open takes status/,
  ],
  [
    'a name twice',
    { party: replaced(PARTY, '- use: open', '- let: { account: =req.idValue }\n  - use: open') },
    /^(NAME_TWICE|EXPRESSION_CUT) /,
  ],
  ['steps that nothing leads to', { prepare: `${PREPARE}  - reply: {}\n` }, /^UNREACHABLE operations\/transfer\.prepare\.yaml:4:5/],
  [
    'no reply at the end',
    { prepare: replaced(PREPARE, '- reply: { transferState: RESERVED }', '- let: {}') },
    /^KEY_MISSING .*does not end with a reply/,
  ],
  ['an alias', { open: replaced(OPEN, 'takes: [status]', 'takes: &a [status]') }, /^YAML_INVALID .*&a is an anchor/],
  ['a key twice', { open: replaced(OPEN, 'takes: [status]', 'takes: [status]\ntakes: [x]') }, /^YAML_INVALID .*unique/],
  [
    'an expression that a comma would cut',
    { party: replaced(PARTY, '{ number: "=req.idValue" }', '{ number: =$first(req.idValue, x) }') },
    /^(EXPRESSION_CUT|YAML_INVALID) /,
  ],
  [
    'an expression with a comment behind it',
    { party: replaced(PARTY, 'notFound: =status = 404', 'notFound: =status = 404 # or 410') },
    /^EXPRESSION_CUT operations\/party\.get\.yaml:9:15/,
  ],
  [
    'an expression in a folded block',
    { party: replaced(PARTY, 'notFound: =status = 404', 'notFound: >\n      =status = 404') },
    /^EXPRESSION_CUT /,
  ],
  [
    'a POST that is not said to only read',
    { party: replaced(PARTY, 'get: /accounts', 'post: /accounts') },
    /^MONEY_RULE .*a POST may move money/,
  ],
  [
    'money in a branch',
    {
      finalise: replaced(
        FINALISE,
        '  - money: payee-suspense',
        '  - choose:\n      - when: =quote.amount = "1"\n        steps:\n          - money: other\n            kind: credit\n            amount: =$number(quote.payeeReceiveAmount)\n            call: { post: /x }\n            ok: =status = 201\n            settle: { key: { keepsRefusals: "true", keptFor: 1h } }\n  - money: payee-suspense',
      ),
    },
    /^MONEY_RULE .*a branch of `choose` moves no money/,
  ],
  [
    'money in a look-up',
    {
      party: replaced(
        PARTY,
        '  - reply:',
        '  - money: early\n    kind: credit\n    amount: =1\n    call: { post: /x }\n    ok: =status = 201\n    settle: { key: { keepsRefusals: "true", keptFor: 1h } }\n  - reply:',
      ),
    },
    /^MONEY_RULE .*party\.get moves no money/,
  ],
  [
    'no way to settle',
    { finalise: replaced(FINALISE, 'settle: { key: { keepsRefusals: "true", keptFor: 24h } }\n---', 'settle: {}\n---') },
    /^MONEY_RULE .*an unknown outcome could never be settled/,
  ],
  [
    'a key that keeps no refusals, alone',
    {
      finalise: replaced(
        FINALISE,
        'settle: { key: { keepsRefusals: "true", keptFor: 24h } }\n---',
        'settle: { key: { keepsRefusals: "false", keptFor: 24h } }\n---',
      ),
    },
    /^MONEY_RULE .*a refused repeat proves nothing/,
  ],
  [
    'an enquiry that does not look at the account',
    { finalise: replaced(FINALISE, '        account: =body.accountId = quote.facts.accountId\n', '') },
    /^MONEY_RULE .*`ask` says with `account`/,
  ],
  [
    'an enquiry that does not look at the amount',
    { finalise: replaced(FINALISE, '        amount: =body.amount\n', '') },
    /^MONEY_RULE .*`ask` says with `amount`/,
  ],
  [
    'an amount that is another term',
    {
      finalise: replaced(
        FINALISE,
        '    kind: credit\n    amount: =$number(quote.payeeReceiveAmount)',
        '    kind: credit\n    amount: =$number(quote.transferAmount)',
      ),
    },
    /^MONEY_RULE .*made of quote\.payeeReceiveAmount/,
  ],
  [
    'a body that differs at each repeat',
    { finalise: replaced(FINALISE, 'at: =effect.startedAt', 'at: =op.now') },
    /^MONEY_RULE .*effect\.startedAt/,
  ],
  [
    'pending without an enquiry',
    { finalise: replaced(FINALISE, '    ok: =status = 201\n    settle', '    ok: =status = 201\n    pending: =status = 202\n    settle') },
    /^MONEY_RULE .*`pending` needs `ask`/,
  ],
  [
    'a fallback that is not a suspense posting',
    { finalise: replaced(FINALISE, 'instead: payee-suspense', 'instead: payee-credit') },
    /^MONEY_RULE .*not a suspense posting/,
  ],
  ['no steps for an abort', { finalise: FINALISE.split('---')[0] ?? '' }, /^MONEY_RULE .*no steps on ABORTED/],
  [
    'a branch of finalise without its outcome',
    { finalise: replaced(FINALISE, 'on: COMMITTED\n', '') },
    /^KEY_MISSING .*COMMITTED or for ABORTED/,
  ],
  [
    'an enquiry that does not look at the kind of effect',
    { finalise: replaced(FINALISE, '        kind: =body.type = "CREDIT"\n', '') },
    /^MONEY_RULE .*`ask` says with `kind`/,
  ],
  [
    'a check after the hub has decided',
    {
      finalise: replaced(
        FINALISE,
        'steps:\n  - money',
        'steps:\n  - check: [{ unless: "=quote.amount != \'0\'", fail: "5400" }]\n  - money',
      ),
    },
    /^MONEY_RULE operations\/transfer\.finalise\.yaml:4:5 transfer\.finalise cannot refuse/,
  ],
  [
    'a suspense posting that nothing leads to',
    { finalise: replaced(FINALISE, '    instead: payee-suspense\n', '') },
    /^MONEY_RULE .*nothing leads to the suspense posting payee-suspense/,
  ],
  [
    'an undo that does not take back',
    { finalise: replaced(FINALISE, '    instead: payee-suspense\n', '    instead: payee-suspense\n    undo: payee-suspense\n') },
    /^MONEY_RULE .*`undo` names payee-suspense, which does not take it back/,
  ],
  [
    'two ways of authentication',
    { connector: replaced(CONNECTOR, '    timeouts:', '      basic: { user: x, password: "=cfg.apiKey" }\n    timeouts:') },
    /^VALUE_WRONG .*one way of authentication/,
  ],
  [
    'an API key that goes nowhere',
    { connector: replaced(CONNECTOR, 'header: X-Api-Key, ', '') },
    /^KEY_MISSING .*either `header` or `query`/,
  ],
  [
    'an error code that is none',
    { connector: replaced(CONNECTOR, 'code: "3204"', 'code: "404"') },
    /^VALUE_WRONG connector\.yaml:\d+:\d+ "404" is no FSPIOP error code/,
  ],
  [
    'a hold without release, capture and end',
    {
      prepare: replaced(
        PREPARE,
        '- reply',
        '- money: hold\n    kind: hold\n    amount: =$number(quote.payeeReceiveAmount)\n    call: { post: /holds }\n    ok: =status = 201\n    settle: { key: { keepsRefusals: "true", keptFor: 1h } }\n  - reply',
      ),
    },
    /^MONEY_RULE .*has no release/,
  ],
  [
    'a transfer that is taken and whose outcome nobody is told',
    { finalise: '' },
    /^MONEY_RULE .*transfer\.prepare and no transfer\.finalise: the core would never hear/,
  ],
  ['a price of what is never taken', { prepare: '', finalise: '' }, /^MONEY_RULE .*there is quote\.create and no transfer\.prepare/],
  [
    'a commit that books nothing',
    {
      finalise:
        'operation: transfer.finalise\non: COMMITTED\nsteps:\n  - reply: {}\n---\noperation: transfer.finalise\non: ABORTED\nsteps:\n  - reply: {}\n',
    },
    /^MONEY_RULE .*nothing is booked for the payee/,
  ],
];

for (const [what, changed, told] of FAULTS)
  test(`lint tells of ${what}`, () => {
    const lines = linesOf(changed);
    assert.ok(
      lines.some((line) => told.test(line)),
      `expected ${told} in\n${lines.join('\n') || '(nothing)'}`,
    );
  });

test('a file with several faults tells them all, in order', () => {
  const lines = linesOf({ party: replaced(replaced(PARTY, 'unless:', 'unles:'), 'use: open', 'use: opened') });
  assert.deepEqual(
    lines.map((line) => line.split(' ')[0]),
    ['KEY_UNKNOWN', 'KEY_MISSING', 'NAME_UNKNOWN'],
  );
});

test('any text is either compiled or told of, and never a crash', () => {
  for (const text of [
    '',
    ':',
    '- - -',
    '{',
    'a: *b',
    '\u0000',
    'operation: party.get',
    'steps: []',
    'operation: x\nsteps: y',
    `steps:\n${'  - check: []\n'.repeat(100)}`,
    '[['.repeat(500),
  ])
    assert.ok(
      compileConnector({ connector: text, operations: new Map([['operations/x.yaml', text]]) }).problems.length > 0,
      JSON.stringify(text.slice(0, 20)),
    );
});

test('what a route replies is known: its members are checked, of every branch', () => {
  const route = `route: named
takes: [id]
steps:
  - choose:
      - when: =id = "1"
        steps:
          - reply: { name: "=id", only: here }
      - steps:
          - reply: { name: =cfg.baseUrl }
`;
  const party = (member: string): string => `operation: party.get
steps:
  - use: named
    with: { id: "=req.idValue" }
    as: customer
  - reply: { idType: "=req.idType", idValue: "=req.idValue", displayName: "=customer.${member}" }
`;
  const told = (member: string): readonly string[] => {
    const { operations, connector } = smallConnector({ party: party(member), open: OPEN });
    const { problems } = compileConnector({
      connector,
      operations: new Map([...operations, ['operations/named.yaml', route.replace('=cfg.baseUrl', '"=cfg.baseUrl"')]]),
    });
    return problems.map(({ message }) => message);
  };
  assert.deepEqual(told('name'), []);
  assert.deepEqual(told('only'), []);
  assert.deepEqual(told('nmae'), ['there is no member nmae; did you mean name?']);
});
