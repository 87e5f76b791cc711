import { type TSchema, Type } from 'typebox';
import { EFFECT_KINDS } from '../language/operation-schema.ts';
import { duration, expression, keys, name, named, oneOf, optional, template, text, yesOrNo } from '../language/schema-parts.ts';

const answer = keys(
  {
    when: optional(expression('Of `answers`: when this is the answer; without it, where none before it was', '=$exists(posting)')),
    status: optional(text('The HTTP status (default: 200)', ['201'])),
    body: optional(template('The body as JSON; of a message the fields that differ from those of the request')),
    xml: optional(text('The body as XML; {name} has its value under `with`')),
    with: optional(named(text('The value'), 'Values of the XML')),
  },
  'An answer of the core',
);

const party = keys(
  {
    idType: text('The type of identifier', ['MSISDN']),
    idValue: text('The identifier', ['254711']),
    idSubValue: optional(text('The sub-identifier')),
    displayName: optional(text('The name')),
    account: optional(text('Of the payee: the id of the account that is meant', ['0070001'])),
  },
  'A person or business',
);

const call = keys(
  {
    call: text(
      'Method and path; {name} is any one part of the path. Of ISO 8583 the message type, e.g. 0220: its fields are the body, its repeats (0221) are repeats',
      ['POST /holds/{hold}/capture'],
    ),
    matches: optional(expression('Of calls with one path: is it this one?', '=query.command = "deposit"')),
    effect: optional(oneOf(EFFECT_KINDS, 'What it does to the ledger; without it, it only reads')),
    account: optional(expression('The id of the account', '=body.accountId')),
    amount: optional(expression('How much, as a number', '=$number(body.amount)')),
    reference: optional(expression('The reference under which the core keeps it', '=body.reference')),
    renews: optional(expression('The id or reference of the hold that is kept for `holdsKept` from now on', '=path.hold')),
    of: optional(expression('The id or reference of the posting that is captured, released or reversed', '=path.hold')),
    key: optional(expression('The idempotency key, where the core honours one', '=headers.`idempotency-key`')),
    done: optional(Type.Unsafe<unknown>({ ...answer, description: 'The answer when it was executed' })),
    refused: optional(Type.Unsafe<unknown>({ ...answer, description: 'The answer when it was refused; `reason` says why' })),
    taken: optional(Type.Unsafe<unknown>({ ...answer, description: 'The answer when the core has taken it and decides later' })),
    busy: optional(Type.Unsafe<unknown>({ ...answer, description: 'The answer to a repeat while the first is still executed' })),
    answers: optional(Type.Array(answer, { minItems: 1, maxItems: 20, description: 'Of a read: what it answers; the first that holds' })),
  },
  'A call of the core: how a message of the connector reaches the ledger, and how the answer looks',
);

const posting = (what: string): ReturnType<typeof expression> => expression(`Of a row: ${what}`, '=row.account_id');

const database = keys(
  {
    schema: text('The file with its tables, beside certify.yaml', ['schema.sql']),
    fill: Type.Array(text('A statement'), { minItems: 1, maxItems: 100, description: 'Statements that fill the tables' }),
    transactions: Type.Array(
      keys(
        {
          matches: expression(
            'Is it this one? `statements` has of each its title, text and values',
            '=$contains(statements[0].text, "HOLD")',
          ),
          effect: oneOf(EFFECT_KINDS, 'What it does to the ledger'),
          reference: expression('The reference that its first statement inserts', '=statements[0].values.reference'),
        },
        'A transaction of the connector',
      ),
      { minItems: 1, maxItems: 20, description: 'What moves money' },
    ),
    postings: keys(
      {
        sql: text('The statement that reads them, in the order in which they were made'),
        kind: posting('what it does to the ledger'),
        account: posting('the account'),
        amount: posting('how much, as a number'),
        payment: posting('the transferId'),
        ended: posting('is a hold over?'),
      },
      'The postings in the tables',
    ),
    sums: keys(
      {
        sql: text('The statement that reads them: one row'),
        booked: expression('What all accounts have', '=$number(row.booked) / 100'),
        held: expression('What all accounts expect', '=$number(row.held) / 100'),
      },
      'What the accounts have: it must be what was posted',
    ),
  },
  'The core is a database: its tables are the ledger',
);

/** `certify.yaml`: the core that a connector is certified against. */
export const PLAN: TSchema = keys(
  {
    certify: name('The connector'),
    settings: named(text('The value'), 'What a bank would fill in'),
    payee: party,
    payer: optional(party),
    currency: text('The currency of the payments', ['KES']),
    amounts: Type.Array(text('An amount'), { minItems: 2, maxItems: 20, description: 'Amounts that are paid; each is tried' }),
    refused: optional(
      Type.Array(keys({ payee: party, code: text('The FSPIOP error code', ['3204']) }, 'A customer to whom nothing can be paid'), {
        maxItems: 20,
        description: 'Customers to whom nothing can be paid, and what the other side is told',
      }),
    ),
    core: keys(
      {
        keysKept: optional(duration('How long the core keeps an idempotency key; without it, it honours none', '72h')),
        refusalsKept: optional(yesOrNo('Does a repeat get the refusal of the first? (default: true)')),
        holdsKept: optional(duration('How long the core keeps a hold by itself; without it, for ever', '7d')),
        late: optional(duration('How long after its connection has ended the core may still execute a call (default: 40s)', '40s')),
        decides: optional(duration('How long the core takes to decide what it has taken (default: 60s)', '60s')),
        token: optional(template('The answer to a log-in of the core’s own; `token` is the token')),
      },
      'How the core behaves, as its documentation says: not as the connector hopes',
    ),
    accounts: optional(
      Type.Array(named(text('The value'), 'An account: id, state (OPEN takes money), and whatever answers need'), {
        minItems: 1,
        maxItems: 50,
        description: 'The accounts of the core',
      }),
    ),
    calls: optional(Type.Array(call, { minItems: 1, maxItems: 60, description: 'What the core can be asked' })),
    database: optional(Type.Unsafe<unknown>({ ...database })),
  },
  'How a connector is certified: a core with a ledger that it is certified against',
);

/** The JSON Schema of `certify.yaml`, for editors. */
export function certifySchema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'connector-certify.schema.json',
    ...PLAN,
    $defs: {
      template: {
        anyOf: [
          { type: 'string' },
          { type: 'array', items: { $ref: '#/$defs/template' } },
          { type: 'object', additionalProperties: { $ref: '#/$defs/template' } },
        ],
      },
    },
  };
}
