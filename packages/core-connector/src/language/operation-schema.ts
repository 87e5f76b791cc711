import { type TSchema, Type } from 'typebox';
import { CALL_KEYS } from './kind/grammars.ts';
import { duration, expression, keys, name, named, oneOf, optional, template, text, variableName, yesOrNo } from './schema-parts.ts';

/** What the DFSP's side of a payment asks of a connector. `route` is none of these: a part that several operations use. */
export const OPERATIONS = [
  'party.get',
  'quote.create',
  'transfer.prepare',
  'transfer.finalise',
  'send.check',
  'send.hold',
  'send.capture',
  'send.release',
] as const;
export type OperationName = (typeof OPERATIONS)[number];

/** What a call that moves money does to the ledger of the core. */
export const EFFECT_KINDS = ['hold', 'capture', 'release', 'credit', 'debit', 'reverse', 'suspense'] as const;
export type EffectKind = (typeof EFFECT_KINDS)[number];

const call = {
  to: optional(name('The back end that is called; may be left out where there is only one')),
  ...CALL_KEYS,
};

const moneyCall = keys(call, 'The call');

const ask = keys(
  {
    call: moneyCall,
    found: expression('Did the core execute it? Gives what was found, or false', '=$first(body.transactions[reference = key])'),
    account: optional(
      expression('The account of what was found; must be the one that the call was for', '=found.accountId = quote.facts.accountId'),
    ),
    kind: expression(
      'Is what was found of this kind? A reference may stand on a hold, its release and its booking',
      '=found.type = "CREDIT"',
    ),
    amount: optional(expression('The amount of what was found, as a number; must be the call’s', '=$number(found.amount)')),
    refused: optional(expression('Did the core refuse it for good?', '=body.status = "FAILED"')),
    pending: optional(expression('Is it still undecided?', '=body.status = "PENDING"')),
    absent: optional(expression('Is the answer complete, and without it?', '=status = 200 and body.id = quote.facts.accountId')),
    facts: optional(named(expression('The fact', '=found.id'), 'What is kept of what was found')),
    quiet: duration('How long after the call’s deadline the core may still execute it; before that “absent” proves nothing', '60s'),
  },
  'Settles an unknown outcome by asking the core',
);

const settle = keys(
  {
    key: optional(
      keys(
        {
          keepsRefusals: yesOrNo(
            'Does a repeat under the same key get the refusal of the first? Without it a refused repeat proves nothing',
          ),
          keptFor: duration('How long the core keeps a key; near its end nothing is repeated', '24h'),
        },
        'Settles an unknown outcome by repeating the call under its key',
      ),
    ),
    ask: optional(ask),
    reverse: optional(
      keys(
        {
          call: moneyCall,
          ok: expression('Was it reversed, or is it certain that it was never there?', '=status = 200 or body.code = "NOT_FOUND"'),
          quiet: duration('How long after the call’s deadline the core may still execute it: a reversal must not overtake it', '60s'),
          every: duration('How often it is repeated', '5m'),
          for: duration('After this a person is asked', '7d'),
        },
        'Settles an unknown outcome by a reversal that is valid for what the core never saw',
      ),
    ),
  },
  'How an unknown outcome is settled; at least one way',
);

const money = keys(
  {
    money: name('The effect; one of this name for each payment'),
    kind: oneOf(EFFECT_KINDS, 'What it does to the ledger'),
    of: optional(name('The effect that a capture, release or reverse belongs to')),
    as: optional(variableName('The name under which its facts are known to later steps')),
    amount: optional(expression('How much, as a number', '=$number(quote.payeeReceiveAmount)')),
    key: optional(expression('The idempotency key (default: made of transferId and effect)', '=key')),
    call: moneyCall,
    ok: expression('Was it executed? All that no predicate matches is unknown', '=status = 201 and $exists(body.id)'),
    refused: optional(expression('Did the core refuse it for good?', '=status = 422')),
    pending: optional(expression('Did the core take it without having decided?', '=status = 202')),
    settle,
    await: optional(
      keys(
        {
          callback: name('The callback of connector.yaml'),
          patience: optional(duration('While it is pending, the core is not asked before this time, unless it has called back', '5m')),
        },
        'The core calls back when it has decided what is pending: then it is asked at once',
      ),
    ),
    facts: optional(named(expression('The fact', '=body.id'), 'What is kept of the answer')),
    undo: optional(name('The effect that takes it back')),
    instead: optional(name('The effect in place of a credit or capture that the core refuses after the hub has committed')),
    expires: optional(duration('How long the core keeps a hold', '7d')),
    renew: optional(
      keys(
        {
          call: moneyCall,
          ok: expression('Does the core keep the hold for the whole of `expires` again?', '=status = 200'),
          for: duration('How long after the hold was made the core may be asked to keep it: then a person is told', '60d'),
        },
        'Half of its time before it ends, a hold of which nobody knows the outcome is renewed. Knows `of` (the hold), `until` and `renewal` (from 1)',
      ),
    ),
    deadline: optional(duration('How long the call may take', '8s')),
  },
  'A call that moves money: the only place where one may stand',
);

const check = keys(
  {
    check: Type.Array(
      keys(
        {
          unless: expression('What must hold', '=account.body.status = "ACTIVE"'),
          fail: text('The FSPIOP error code where it does not', ['5400']),
          message: optional(text('Words for the error')),
        },
        'A condition',
      ),
      { minItems: 1, maxItems: 50, description: 'Conditions, in order' },
    ),
  },
  'Ends the operation with an error where a condition does not hold',
);

const read = keys(
  {
    call: variableName('The name under which the answer is known'),
    ...call,
    effect: optional(oneOf(['none'], 'Says that a call with another method than GET only reads')),
    ok: optional(expression('Is the answer one? (default: a status of 200 to 299)', '=status = 200')),
    notFound: optional(expression('Does the core say that what was asked for is not there?', '=status = 404')),
    deadline: optional(duration('How long the call may take', '8s')),
  },
  'A call that only reads',
);

const steps = Type.Unsafe<unknown>({ $ref: '#/$defs/steps', description: 'The steps, in order' });

const choose = keys(
  {
    choose: Type.Array(
      keys(
        {
          when: optional(expression('The condition; without one the branch is taken where none before it was', '=req.idType = "MSISDN"')),
          steps,
        },
        'A branch',
      ),
      { minItems: 1, maxItems: 20, description: 'Branches; the first whose condition holds is taken' },
    ),
  },
  'Takes the first branch whose condition holds. No branch moves money',
);

/** The steps of the language by the key that names each. The set is closed. */
export const STEPS: Readonly<Record<'check' | 'let' | 'call' | 'money' | 'choose' | 'use' | 'fail' | 'reply', TSchema>> = {
  check,
  let: keys({ let: named(expression('The value', '=$first(found.body)'), 'Names and their values') }, 'Gives names to values'),
  call: read,
  money,
  choose,
  use: keys(
    {
      use: name('The route'),
      with: optional(named(text('The value'), 'Its arguments')),
      as: optional(variableName('The name of what it replies')),
    },
    'Runs a route',
  ),
  fail: keys(
    { fail: text('The FSPIOP error code', ['5105']), message: optional(text('Words for the error')) },
    'Ends the operation with an error',
  ),
  reply: keys(
    { reply: template('The answer'), facts: optional(named(expression('The fact', '=account.id'), 'What is kept for later operations')) },
    'Ends the operation with its answer',
  ),
};

/** A document of a file under `operations/`: an operation, or a route. */
export const DOCUMENT: TSchema = keys(
  {
    operation: optional(oneOf(OPERATIONS, 'The operation')),
    route: optional(name('The route, a part that operations use')),
    takes: optional(Type.Array(variableName('An argument'), { maxItems: 20, description: 'The arguments of a route' })),
    on: optional(oneOf(['COMMITTED', 'ABORTED'], 'Of transfer.finalise: the outcome that these steps are for')),
    steps,
  },
  'An operation or route of a core connector',
);

/** The JSON Schema of the files under `operations/`, for editors. */
export function operationSchema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'connector-operation.schema.json',
    ...DOCUMENT,
    $defs: {
      template: {
        anyOf: [
          { type: 'string' },
          { type: 'array', items: { $ref: '#/$defs/template' } },
          { type: 'object', additionalProperties: { $ref: '#/$defs/template' } },
        ],
      },
      steps: { type: 'array', minItems: 1, maxItems: 60, items: { anyOf: Object.values(STEPS) } },
    },
  };
}
