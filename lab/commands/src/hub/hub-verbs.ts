import { CommandFailed, type CommandOptions, EXIT_CODES } from '@payment-manager/payment-manager';
import type { DfspOverview } from '@payment-manager/sandbox';

/** One request to the operator's API. */
export interface OperatorRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
}

/** What is to be done, and what to say about it. */
export interface Order {
  readonly requests: readonly OperatorRequest[];
  /** Lines out of an answer. */
  readonly tell?: (answer: Readonly<Record<string, unknown>>) => readonly string[];
  readonly done: string;
}

/** A verb of `./pm hub`. Arguments in brackets may be left out. */
export interface Verb {
  readonly name: string;
  readonly arguments: readonly string[];
  readonly summary: string;
  readonly order: (args: readonly string[], options: CommandOptions, dfsps: readonly DfspOverview[]) => Order;
}

const post = (path: string, done: string, body?: object): Order => ({ requests: [{ method: 'POST', path, ...(body && { body }) }], done });
const dfsp = (fspId: string): string => `/dfsps/${encodeURIComponent(fspId)}`;

/** Every verb, in the order in which they are told. */
export const verbs: readonly Verb[] = [
  {
    name: 'register',
    arguments: ['fspId'],
    summary: 'a new DFSP; prints its client id and secret, also of one that is there',
    order: ([fspId = '']) => ({
      ...post('/dfsps', `${fspId} is registered.`, { fspId }),
      tell: ({ clientId, clientSecret }) => [`client id      ${clientId}`, `client secret  ${clientSecret}`],
    }),
  },
  {
    name: 'add-peer',
    arguments: ['fspId'],
    summary: 'a DFSP with a JWS key that nobody can sign with',
    order: ([fspId = '']) => ({
      requests: [
        { method: 'POST', path: '/dfsps', body: { fspId } },
        { method: 'PUT', path: `${dfsp(fspId)}/jws` },
      ],
      done: `${fspId} is a peer.`,
    }),
  },
  {
    name: 'remove-peer',
    arguments: ['fspId'],
    summary: 'a DFSP with all that is its own',
    order: ([fspId = '']) => remove(dfsp(fspId), fspId),
  },
  {
    name: 'rotate-peer-jws',
    arguments: ['fspId'],
    summary: 'another JWS key for it, that nobody can sign with either',
    order: ([fspId = '']) => ({ requests: [{ method: 'PUT', path: `${dfsp(fspId)}/jws` }], done: `${fspId} has a new JWS key.` }),
  },
  {
    name: 'remove-jws',
    arguments: ['fspId'],
    summary: 'its JWS key',
    order: ([fspId = '']) => remove(`${dfsp(fspId)}/jws`, `The JWS key of ${fspId}`),
  },
  {
    name: 'sign',
    arguments: ['enrolment'],
    summary: 'a request for a client certificate, also again; at will with a --flaw',
    order([id = ''], { flaw }, dfsps) {
      const body = typeof flaw === 'string' ? { flaw } : undefined;
      return post(`${enrolment(id, dfsps)}/sign`, `Enrolment ${id} is signed.`, body);
    },
  },
  {
    name: 'reject',
    arguments: ['enrolment'],
    summary: 'a request, with a --reason',
    order: ([id = ''], { reason = 'no reason given' }, dfsps) =>
      post(`${enrolment(id, dfsps)}/reject`, `Enrolment ${id} is rejected.`, { reason }),
  },
  {
    name: 'lose',
    arguments: ['enrolment'],
    summary: 'a request, as a restored backup would',
    order: ([id = ''], _options, dfsps) => remove(enrolment(id, dfsps), `Enrolment ${id}`),
  },
  {
    name: 'auto-sign',
    arguments: ['on|off'],
    summary: 'whether valid requests are signed without anybody',
    order([text = '']) {
      if (text !== 'on' && text !== 'off') throw new CommandFailed(EXIT_CODES.usage, 'Usage: ./pm hub auto-sign on, or off.');
      const done = text === 'on' ? 'Valid requests are signed automatically.' : 'Requests wait for: ./pm hub sign ENROLMENT';
      return { requests: [{ method: 'PUT', path: '/settings', body: { autoSign: text === 'on' } }], done };
    },
  },
  {
    name: 'request',
    arguments: ['fspId'],
    summary: 'a new request of the hub for a client certificate towards it',
    order: ([fspId = '']) => post(`${dfsp(fspId)}/hub-request`, `The hub asks ${fspId} for a certificate.`),
  },
  {
    name: 'onboard',
    arguments: ['fspId'],
    summary: 'lets the hub know it',
    order: ([fspId = '']) => post(`${dfsp(fspId)}/onboard`, `${fspId} is onboarded.`),
  },
  {
    name: 'serve',
    arguments: [],
    summary: 'a new server certificate for the hub, of its newest CA',
    order: () => post('/hub/server-certificate', 'The hub serves with a new certificate.'),
  },
  {
    name: 'revoke-tokens',
    arguments: [],
    summary: 'all tokens count no more',
    order: () => post('/tokens/revoke', 'Every client has to sign in again.'),
  },
  {
    name: 'set',
    arguments: ['setting=value'],
    summary: 'autoSign, signDelayMs, autoOnboard, certificateSeconds, serverCertificateSeconds, tokenSeconds',
    order: ([text = '']) => ({
      requests: [{ method: 'PUT', path: '/settings', body: settingOf(text) }],
      done: `${text} applies until the sandbox stops.`,
    }),
  },
  {
    name: 'break',
    arguments: ['fault'],
    summary: 'plants a fault: an HTTP status, or one of the names below',
    order: ([fault = ''], options) => ({
      ...post('/faults', `Fault planted: ${fault}. Remove it: ./pm hub mend`, faultOf(fault, options)),
    }),
  },
  {
    name: 'mend',
    arguments: ['[fault]'],
    summary: 'removes all faults, or one by its id',
    order: ([id]) => remove(`/faults${id ? `/${id}` : ''}`, 'What was broken'),
  },
];

function remove(path: string, what: string): Order {
  return { requests: [{ method: 'DELETE', path }], done: `${what} is gone.` };
}

/** Where an enrolment is; its number is enough. @throws CommandFailed when there is none */
function enrolment(id: string, dfsps: readonly DfspOverview[]): string {
  const owner = dfsps.find(({ enrolments, hubEnrolments }) => [...enrolments, ...hubEnrolments].some((one) => String(one.id) === id));
  if (owner !== undefined) return `${dfsp(owner.fspId)}/enrolments/${id}`;
  throw new CommandFailed(EXIT_CODES.failed, `There is no enrolment ${id}. List them: ./pm hub enrolments`);
}

/** Makes the order of a verb, when it is known which DFSPs there are. @throws CommandFailed when arguments are missing or too many */
export function orderOf(verb: Verb, args: readonly string[], options: CommandOptions): (dfsps: readonly DfspOverview[]) => Order {
  const needed = verb.arguments.filter((argument) => !argument.startsWith('['));
  if (args.length >= needed.length && args.length <= verb.arguments.length) return (dfsps) => verb.order(args, options, dfsps);
  const usage = [verb.name, ...verb.arguments.map((argument) => (argument.startsWith('[') ? argument : `<${argument}>`))].join(' ');
  throw new CommandFailed(EXIT_CODES.usage, `Usage: ./pm hub ${usage}`);
}

function settingOf(text: string): object {
  const [, name, value = ''] = /^(\w+)=(true|false|\d{1,12})$/.exec(text) ?? [];
  if (name === undefined)
    throw new CommandFailed(EXIT_CODES.usage, `A setting is like autoSign=false or signDelayMs=5000; it is '${text}'.`);
  return { [name]: value === 'true' || value === 'false' ? value === 'true' : Number(value) };
}

const PLAIN = ['garbage', 'empty', 'silence', 'reset', 'execute-then-reset', 'not-a-list'];
const FLAWS = ['wrong-key', 'wrong-ca', 'expired', 'not-yet-valid', 'server-only', 'invalid'];

/** Names of faults, besides HTTP statuses. */
export const FAULT_NAMES: readonly string[] = [...PLAIN, 'slow', 'no-hub-ca', 'holes', 'database-down', ...FLAWS];

/** A fault for the operator's API out of a name and the options. @throws CommandFailed */
function faultOf(name: string, options: CommandOptions): object {
  const { operation, fsp, count } = options;
  if (count !== undefined && !/^[1-9]\d{0,5}$/.test(String(count)))
    throw new CommandFailed(EXIT_CODES.usage, '--count must be a whole number from 1.');
  return {
    ...actionOf(name),
    ...(operation !== undefined && { operation }),
    ...(fsp !== undefined && { fspId: fsp }),
    ...(count !== undefined && { count: Number(count) }),
  };
}

function actionOf(name: string): { readonly operation?: string; readonly action: object } {
  if (/^[45]\d\d$/.test(name)) return { action: { kind: 'refuse', status: Number(name) } };
  if (PLAIN.includes(name)) return { action: { kind: name } };
  if (FLAWS.includes(name)) return { action: { kind: 'flaw', flaw: name } };
  if (name === 'slow') return { action: { kind: 'delay', ms: 5_000 } };
  if (name === 'no-hub-ca') return { operation: 'GET /hub/ca', action: { kind: 'without', member: 'rootCertificate' } };
  if (name === 'holes') return { operation: 'GET /dfsps/jwscerts', action: { kind: 'holes' } };
  if (name === 'database-down') return { action: { kind: 'refuse', status: 401, message: 'connect ECONNREFUSED 127.0.0.1:3306' } };
  throw new CommandFailed(EXIT_CODES.usage, `Unknown fault '${name}'. Faults are a status such as 401 or 503, ${FAULT_NAMES.join(', ')}.`);
}
