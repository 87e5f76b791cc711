import type { Clock, HttpHandler, HttpOutcome, HttpResponse, Timers } from '@payment-manager/runtime';
import { JsonInvalid, parseExactJson } from '../codec/json.ts';
import { isObject, type Value, type ValueObject } from '../expression/value.ts';
import type { HttpBackend } from '../language/backend.ts';
import { type Fault, LOSSES, READ_FAULTS } from './fault.ts';
import { answered } from './outcomes.ts';
import type { Candidate } from './rig.ts';
import { ScriptedCore } from './scripted-core.ts';
import { Tokens } from './tokens.ts';

/** The core of a connector's certify.yaml, in real time: to be played with, never for money. */
export interface MockCore {
  /** The core’s API, and below `/mock` its ledger and its faults. */
  readonly handler: HttpHandler;
  /** What a Payment Manager fills in for the connector. */
  readonly settings: Readonly<Record<string, string>>;
}

/** A connector that has no core to be played with. */
export class NoMockCore extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NoMockCore';
  }
}

/** Every secret of a mock core: it is nobody's. */
const SECRET = 'mock-secret';
/** Below this path the core is looked at and broken. */
const ADMIN = '/mock/';
/** A ledger in memory is not made for more. */
const CALLS_MAX = 100_000;
/** How long a call waits that is never answered. */
const SILENT_MS = 30_000;
const FAULTS: readonly Fault[] = [...new Set<Fault>([...LOSSES, ...READ_FAULTS, 'refuse', 'refuse-lost'])];

/** Makes the core that a plan describes. `address`: where it is reached, without a path. @throws NoMockCore */
export function mockCore({ connector, plan }: Candidate, address: string, { clock, timers }: { clock: Clock; timers: Timers }): MockCore {
  const backend = [...connector.backends.values()].find((each): each is HttpBackend => each.kind === 'http');
  if (backend === undefined || plan.calls.length === 0)
    throw new NoMockCore('Only a core that is reached over HTTP can be played: this connector has none in its certify.yaml.');
  const settings = settingsAt(connector.settings, plan.settings, address);
  const cfg: ValueObject = Object.assign(Object.create(null), settings);
  const core = new ScriptedCore({
    plan,
    cfg,
    namespaces: backend.namespaces,
    base: '',
    time: { now: clock.now, after: timers.after, soon: timers.soon },
    tokens: new Tokens(backend.auth, cfg, address, plan.core.token, 'mock'),
  });
  const wanted: { fault: Fault; call: string | undefined; times: number }[] = [];
  core.fault = ({ name }) => {
    const found = wanted.find(({ call, times }) => times > 0 && (call === undefined || call === name));
    if (found !== undefined) found.times--;
    return found?.fault;
  };
  return {
    settings,
    async handler({ method, target, headers, body }) {
      if (target.startsWith(ADMIN)) return responseOf(administer(core, wanted, `${method} ${target}`, body));
      if (core.calls.length >= CALLS_MAX) return responseOf(answered(503, object({ reason: 'the mock core is full: start it again' })));
      return responseOf(
        await core.request({
          method: method as Parameters<ScriptedCore['request']>[0]['method'],
          url: `${address}${target}`,
          headers,
          timeoutMs: SILENT_MS,
          ...(body.length > 0 && { body: Buffer.from(body).toString('utf8') }),
        }),
      );
    },
  };
}

/** URLs lead to the core; secrets are the mock's; all else is as the plan says. */
function settingsAt(
  settings: Candidate['connector']['settings'],
  given: Readonly<Record<string, string>>,
  address: string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    settings.flatMap(({ name, type, defaultValue }) => {
      const url = name === 'baseUrl' ? address : `${address}/${name}`;
      const value = type === 'secret' ? SECRET : type === 'url' ? url : (given[name] ?? defaultValue);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function administer(
  core: ScriptedCore,
  wanted: { fault: Fault; call: string | undefined; times: number }[],
  what: string,
  body: Uint8Array,
): HttpOutcome {
  if (what === `GET ${ADMIN}ledger`) {
    const { held, booked, suspense } = core.ledger.totals();
    const totals = object({ held: held.toString(), booked: booked.toString(), suspense: suspense.toString() });
    const accounts = core.ledger.accounts.map(({ id }) => core.ledger.account(String(id)));
    return answered(200, object({ totals, accounts, postings: core.ledger.seen.map(({ said: _said, ...posting }) => object(posting)) }));
  }
  if (what === `DELETE ${ADMIN}faults`) {
    wanted.length = 0;
    return answered(200, object({}));
  }
  if (what !== `POST ${ADMIN}faults`)
    return answered(404, object({ reason: `there are GET ${ADMIN}ledger, POST and DELETE ${ADMIN}faults` }));
  const asked = read(body);
  const fault = FAULTS.find((one) => one === asked?.['fault']);
  if (asked === undefined || fault === undefined) return answered(400, object({ reason: `fault is one of ${FAULTS.join(', ')}` }));
  const { call, times } = asked;
  wanted.push({
    fault,
    call: typeof call === 'string' ? call : undefined,
    times: Math.min(1_000, Math.max(1, Number(times?.toString() ?? 1) || 1)),
  });
  return answered(200, object({}));
}

function read(body: Uint8Array): ValueObject | undefined {
  try {
    const value = parseExactJson(Buffer.from(body).toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof JsonInvalid) return undefined;
    throw error;
  }
}

function responseOf(outcome: HttpOutcome): HttpResponse {
  if (outcome.kind === 'failed') return { status: 0, reset: true };
  return { status: outcome.status, headers: outcome.headers, body: outcome.body };
}

function object(members: Readonly<Record<string, Value>>): ValueObject {
  return Object.assign(Object.create(null), members);
}
