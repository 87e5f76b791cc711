import { memoryJournal } from '@payment-manager/journal';
import { type CoreDoor, httpCore } from '@payment-manager/mojaloop-connector';
import { testSettings } from '@payment-manager/mojaloop-connector/test-settings';
import { makeWorld } from '@payment-manager/mojaloop-connector/test-world';
import { createMetrics, createSealer, type HttpClient, type HttpOutcome, recordedLog, seededRandom } from '@payment-manager/runtime';
import { backendApi } from '../src/backend-api/backend-api.ts';
import { transferTerms } from '../src/backend-api/transfer-terms.ts';
import { capabilitiesOf } from '../src/door/capabilities.ts';
import { connectorCore } from '../src/door/connector-core.ts';
import { oneVersion } from '../src/record/versions.ts';
import { World } from './world.ts';

const QUOTE = `operation: quote.create
steps:
  - reply:
      transferAmount: =$number(req.amount) + $number("0.5")
      payeeReceiveAmount: =req.amount
      payeeFspFeeAmount: "0.5"
`;

/**
 * The real payee's side on a connector, and a core that keeps a ledger. Both processes are one: they die together, and start again. `apart`: the
 * connector has a process and a journal of its own, and is called over the backend API by the client that calls cores over HTTP; `network` decides what
 * becomes of a call of it.
 */
export async function payments(seed: number, apart?: { network: () => 'arrives' | 'lost' | 'answer-lost' | 'no-connection' }) {
  const random = seededRandom(seed);
  const core = new World({ more: [QUOTE] });
  const { time } = core;
  const capabilities = capabilitiesOf(core.running.connector);
  const journal = apart === undefined ? core.journal : memoryJournal();
  const quietMs = apart === undefined ? 0 : CALL_MS;
  const payee = await makeWorld({ core: { ...capabilities, quietMs } }, { time, journal, seed });
  /** The door of the present process. */
  const door = () =>
    connectorCore({
      versions: oneVersion(core.running, core.core),
      sealer: createSealer(new Uint8Array(32), random),
      clock: time,
      records: core.records,
      fspId: 'us',
      log: recordedLog(),
      metrics: createMetrics(),
    });
  const called = apart === undefined ? door : () => overHttp(door(), core, apart.network);
  payee.core.quote = (request, deadline) => called().quote(request, deadline);
  payee.core.transfer = (request, _nth, deadline) => called().transfer(request, 'key', deadline);
  payee.core.notify = (notification, _nth, deadline) => called().notify(notification, 'key', deadline);
  payee.core.ask = (transferId) => called().ask(transferId, time.now() + 10_000);
  return { random, core, payee, time, door };
}

const CALL_MS = 8_000;
type Network = 'arrives' | 'lost' | 'answer-lost' | 'no-connection';

/** The door of a core over HTTP, to the backend API of the connector's process. */
function overHttp(door: CoreDoor, { time, records }: World, network: () => Network): CoreDoor {
  const deps = { clock: time, log: recordedLog(), metrics: createMetrics() };
  const handler = backendApi({ ...deps, core: door, termsOf: (id) => transferTerms(records, id), callMs: CALL_MS });
  const gone = (sent: boolean): HttpOutcome => ({
    kind: 'failed',
    phase: sent ? 'answer' : 'connect',
    sent,
    code: sent ? 'CONNECTION_LOST' : 'CONNECT_REFUSED',
    message: 'gone',
    advice: '',
  });
  const client: HttpClient = {
    async request({ method, url, headers, body = '', timeoutMs }) {
      const fate = network();
      if (fate === 'no-connection') return gone(false);
      if (fate === 'lost') return gone(true);
      const { pathname, search } = new URL(url);
      const request = { method, target: pathname + search, headers, body: Buffer.from(body), clientAuthenticated: false };
      const late = new Promise<undefined>((resolve) => time.after(timeoutMs, () => resolve(undefined)));
      const response = await Promise.race([handler(request), late]);
      if (response === undefined || fate === 'answer-lost') return gone(true);
      return { kind: 'answer', status: response.status, headers: response.headers ?? {}, body: Buffer.from(response.body ?? '') };
    },
    setCredentials: () => {},
    close: async () => {},
  };
  return httpCore(testSettings(), client, time, deps.metrics, deps.log);
}
