import { stringify } from 'yaml';
import type { ConnectorFiles } from '../language/compile-connector.ts';
import { bearsKey, bodyFor, TABLES, targetOf, words, type Yaml } from './map-values.ts';
import type { Api, ApiCall, Property } from './openapi.ts';
import { type Recognised, recognise } from './recognise.ts';

type Step = { readonly [key: string]: Yaml };

/** Proposes a connector for an API: what its names tell is mapped, and every decision that a document cannot make is a FILL-IN that lint shows. */
export function propose(name: string, api: Api): ConnectorFiles & { readonly recognised: Recognised } {
  const recognised = recognise(api);
  const files = {
    'operations/party.get.yaml': [party(recognised)],
    'operations/quote.create.yaml': [quote(recognised)],
    'operations/transfer.prepare.yaml': [prepare(recognised)],
    'operations/transfer.finalise.yaml': finalise(recognised),
  };
  const operations = new Map(Object.entries(files).map(([file, documents]) => [file, documents.map(yaml).join('---\n')]));
  return { connector: yaml(connector(name, api, recognised)), operations, recognised };
}

function yaml(value: Yaml): string {
  return stringify(value, { lineWidth: 0, defaultStringType: 'PLAIN', defaultKeyType: 'PLAIN', singleQuote: false });
}

function connector(name: string, { security }: Api, recognised: Recognised): Yaml {
  const secrets: Record<string, Yaml> = {};
  const secret: Yaml = { type: 'secret', required: 'true' };
  const auth: Record<string, Yaml> = {};
  if (security === 'basic') {
    Object.assign(secrets, { user: { type: 'text', required: 'true' }, password: secret });
    auth['basic'] = { user: '=cfg.user', password: '=cfg.password' };
  } else if (security === 'oauth2') {
    Object.assign(secrets, {
      tokenUrl: { type: 'url', required: 'true' },
      clientId: { type: 'text', required: 'true' },
      clientSecret: secret,
    });
    auth['oauth2'] = {
      tokenUrl: '=cfg.tokenUrl',
      grant: 'client_credentials',
      clientId: '=cfg.clientId',
      clientSecret: '=cfg.clientSecret',
    };
  } else if (security !== 'none') {
    secrets['apiKey'] = secret;
    auth['apiKey'] = { header: security.header, value: '=cfg.apiKey' };
  }
  const core = { base: '=cfg.baseUrl', ...(Object.keys(auth).length > 0 && { auth }), timeouts: { connect: '2s', total: '8s' } };
  return {
    connector: name,
    language: '1',
    settings: { baseUrl: { type: 'url', required: 'true', label: 'Address of the core' }, ...secrets },
    backends: { core },
    errors: errorTable(recognised),
    guesses: {
      recognised: { guess: 'The calls that were chosen do what their names say' },
      'keys-kept': { guess: 'A repeat under a key has no second effect, for as long as keptFor says', probe: 'key' },
      enquiry: { guess: 'The enquiry knows every effect as soon as it is executed', probe: 'enquiry-found' },
      late: { guess: 'No call is executed later than the quiet time after its connection has ended', probe: 'late' },
    },
  };
}

const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/clos|inactive/i, '5107'],
  [/block|frozen|barred|suspend/i, '5400'],
  [/limit|exceed/i, '5200'],
  [/currency/i, '5106'],
  [/unknown|not_?found|no_such|missing/i, '3204'],
];

function errorTable({ account, hold, credit }: Recognised): Yaml {
  const member = [hold, credit, account].flatMap((call) => call?.error ?? []).find(({ values }) => values.length > 0);
  const known = (member?.values ?? []).flatMap((value): Step[] => {
    const code = MEANINGS.find(([name]) => name.test(value))?.[1];
    return code === undefined || member === undefined ? [] : [{ when: `=body.${member.name} = "${words(value)}"`, code }];
  });
  return [...known, { when: '=status = 404', code: '3204' }];
}

const NO_CALL = 'no call of the API was recognised';

function lookup({ account }: Recognised, identifier: string): Step {
  if (account === undefined) return { call: 'account', get: '/FILL-IN', ok: `=FILL-IN ${NO_CALL} that finds an account` };
  const target = JSON.parse(JSON.stringify(targetOf(account, TABLES.lookup)).replaceAll('IDENTIFIER', identifier)) as Record<string, Yaml>;
  return { call: 'account', ...target, notFound: '=status = 404', ok: `=status = ${good(account, '200')}` };
}

/** The member of an answer that a name fits. */
function member(properties: readonly Property[] | undefined, name: RegExp): string | undefined {
  return properties?.find((each) => name.test(each.name))?.name;
}

const ID = /^(account(_?(id|no|number))?|id|wallet(_?id)?)$/i;
const OWN_ID = /^(id|.*id|.*reference)$/i;

function party(recognised: Recognised): Step {
  const { account } = recognised;
  const of = (name: RegExp): string | undefined => {
    const found = member(account?.answer, name);
    return found === undefined ? undefined : `=account.body.${found}`;
  };
  const names = {
    displayName: of(/^(display|full)?_?name$/i) ?? '=FILL-IN the name of the customer',
    firstName: of(/^first_?name$/i),
    lastName: of(/^(last_?name|surname)$/i),
  };
  return {
    operation: 'party.get',
    steps: [
      lookup(recognised, 'req'),
      open(),
      { reply: { idType: '=req.idType', idValue: '=req.idValue', idSubValue: '=req.idSubValue', ...given(names) } },
    ],
  };
}

/** Whether an account takes money says no schema. */
function open(): Step {
  return { check: [{ unless: '=FILL-IN does the account take credits, e.g. account.body.status = "OPEN"', fail: '5400' }] };
}

function given(members: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(members).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function quote(recognised: Recognised): Step {
  const { fee, account } = recognised;
  const id = member(account?.answer, ID);
  return {
    operation: 'quote.create',
    steps: [
      lookup(recognised, 'req.to'),
      open(),
      { check: [{ unless: '=FILL-IN is it an account in req.currency', fail: '5106' }] },
      ...(fee === undefined ? [] : [{ let: { fee: `=FILL-IN the fee, which ${words(`${fee.method} ${fee.path}`)} may tell` } }]),
      {
        reply: { transferAmount: '=req.amount', payeeReceiveAmount: '=req.amount' },
        facts: { accountId: id === undefined ? '=FILL-IN the id of the account' : `=account.body.${id}` },
      },
    ],
  };
}

function prepare({ hold, enquiry }: Recognised): Step {
  const reply = { reply: { homeTransactionId: '=op.transferId', transferState: 'RESERVED' } };
  if (hold === undefined) return { operation: 'transfer.prepare', steps: [reply] };
  const step = money('payee-hold', 'hold', hold, enquiry);
  return {
    operation: 'transfer.prepare',
    steps: [{ ...step, expires: 'FILL-IN how long the core keeps a hold, e.g. 7d', undo: 'payee-release' }, reply],
  };
}

function finalise({ hold, capture, release, credit, enquiry }: Recognised): readonly Step[] {
  const last =
    hold !== undefined && capture !== undefined ? { ...money('payee-capture', 'capture', capture, enquiry), of: 'payee-hold' } : undefined;
  const taking: Step =
    last ??
    (credit === undefined
      ? { check: [{ unless: `=FILL-IN ${NO_CALL} that credits an account`, fail: '2001' }] }
      : money('payee-credit', 'credit', credit, enquiry));
  const suspense = credit === undefined ? [] : [money('payee-suspense', 'suspense', credit, enquiry)];
  const committed: Step = {
    operation: 'transfer.finalise',
    on: 'COMMITTED',
    steps: [suspense.length > 0 ? { ...taking, instead: 'payee-suspense' } : taking, ...suspense],
  };
  const back =
    hold === undefined || release === undefined
      ? { reply: {} }
      : { ...money('payee-release', 'release', release, enquiry), of: 'payee-hold' };
  return [committed, { operation: 'transfer.finalise', on: 'ABORTED', steps: [back] }];
}

/** A step that moves money: how it is called is mapped, and what an answer means is asked. */
function money(name: string, kind: string, call: ApiCall, enquiry: ApiCall | undefined): Step {
  const body = bodyFor(call.body, TABLES.money);
  const id = member(call.answer, OWN_ID);
  const account = member(call.answer, /account|wallet/i);
  const refused = call.statuses.filter((status) => /^4\d\d$/.test(status) && !['401', '403', '404', '408', '425', '429'].includes(status));
  const amount = kind === 'release' ? {} : { amount: '=$number(quote.payeeReceiveAmount)' };
  const toSuspense = kind === 'suspense' ? 'FILL-IN the account of the call is suspense, and ' : '';
  return {
    money: name,
    kind,
    ...amount,
    call: { ...targetOf(call, TABLES.money), ...(body !== undefined && { body }) },
    ok: toSuspense === '' ? okOf(call, account) : `=${toSuspense}status = ${good(call, '200')}`,
    ...(call.statuses.includes('202') && { pending: '=status = 202' }),
    refused:
      refused.length > 0
        ? `=status in [${refused.join(', ')}]`
        : '=FILL-IN which answers say that nothing was executed, and nothing will be',
    settle: {
      ...(bearsKey(call) && {
        key: {
          keepsRefusals: 'FILL-IN does a repeat get the refusal of the first, true or false',
          keptFor: 'FILL-IN how long the core keeps a key, e.g. 72h',
        },
      }),
      ...(enquiry !== undefined && { ask: ask(enquiry) }),
    },
    ...(id !== undefined && { facts: { id: `=body.${id}` } }),
  };
}

function okOf(call: ApiCall, account: string | undefined): string {
  const status = `status = ${good(call, '200')}`;
  return account === undefined
    ? `=FILL-IN is it done, and for this account and amount, e.g. ${status}`
    : `=${status} and body.${account} = quote.facts.accountId`;
}

function ask(enquiry: ApiCall): Yaml {
  const [id, amount, account] = [
    member(enquiry.answer, OWN_ID),
    member(enquiry.answer, /amount/i),
    member(enquiry.answer, /account|wallet/i),
  ];
  return {
    call: targetOf(enquiry, TABLES.enquiry),
    found: `=FILL-IN is it executed, e.g. status = ${good(enquiry, '200')}`,
    ...(account !== undefined && { account: `=body.${account} = quote.facts.accountId` }),
    kind: '=FILL-IN is what was found of this kind, and not a hold or another posting under the reference',
    ...(amount !== undefined && { amount: `=$number(body.${amount})` }),
    absent: '=FILL-IN is the answer complete, and without it, e.g. status = 404 and body.code = "UNKNOWN"',
    ...(id !== undefined && { facts: { id: `=body.${id}` } }),
    quiet: 'FILL-IN how late the core may still execute a call whose connection has ended, e.g. 60s',
  };
}

function good({ statuses }: ApiCall, otherwise: string): string {
  return statuses.find((status) => /^2\d\d$/.test(status) && status !== '202') ?? otherwise;
}
