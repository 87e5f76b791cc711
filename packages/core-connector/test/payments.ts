import { makeWorld } from '@payment-manager/mojaloop-connector/test-world';
import { createMetrics, createSealer, recordedLog, seededRandom } from '@payment-manager/runtime';
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

/** The real payee's side on a connector, and a core that keeps a ledger. Both processes are one: they die together, and start again. */
export async function payments(seed: number) {
  const random = seededRandom(seed);
  const core = new World({ more: [QUOTE] });
  const { time, journal } = core;
  const payee = await makeWorld({ core: capabilitiesOf(core.running.connector) }, { time, journal, seed });
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
  payee.core.quote = (request, deadline) => door().quote(request, deadline);
  payee.core.transfer = (request, _nth, deadline) => door().transfer(request, 'key', deadline);
  payee.core.notify = (notification, _nth, deadline) => door().notify(notification, 'key', deadline);
  payee.core.ask = (transferId) => door().ask(transferId, time.now() + 10_000);
  return { random, core, payee, time, door };
}
