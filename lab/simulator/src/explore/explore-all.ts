import type { SendFlow } from '@payment-manager/core-connector/send-flow';
import type { CoreCapabilities, flows } from '@payment-manager/mojaloop-connector';
import { type Exploration, explore } from './explore.ts';
import { payeeModel } from './payee-model.ts';
import { payerModel } from './payer-model.ts';
import type { SeesMark } from './restored.ts';
import { sendModel } from './send-model.ts';

/** Which models are explored. */
export interface Selection {
  /** `all`: every combination of what a core can be, and a person who does all that is allowed; `main`: one of each kind,
   * and a person who only settles, for a test that is to be quick; `restored`: the journal is put back to an older copy. */
  readonly models: 'all' | 'main' | 'restored';
  /** Look whether states that count as one behave alike. */
  readonly checkMerging?: boolean;
}

/** Far above what any of the models has: reaching it means that a state grows without bound. */
const STATES_MAX = 1_000_000;
const SKEW_MS = 2_000;
const YES_NO = [true, false] as const;

/** One exploration to be made. Each is made when it is asked for: they need memory, one after the other. */
export interface Planned {
  readonly flow: 'payer' | 'payee' | 'send';
  run(): Exploration;
}

/** Ways to break the flows on purpose, for tests. */
export interface Broken {
  readonly payer?: (flow: flows.PayerFlow) => flows.PayerFlow;
  readonly payee?: (flow: flows.PayeeFlow) => flows.PayeeFlow;
  readonly send?: (flow: SendFlow) => SendFlow;
  /** What is seen of the mark of a restored journal. */
  readonly seesMark?: SeesMark;
}

type Person = 'settles' | 'acts';

/** All explorations of a selection, in order. */
export function explorations({ models, checkMerging = false }: Selection, broken: Broken = {}): readonly Planned[] {
  const limits = { statesMax: STATES_MAX, checkMerging };
  const person: Person = models === 'all' ? 'acts' : 'settles';
  const { seesMark } = broken;
  const payer = (hubAheadMs = 0, restores = false): Planned => ({
    flow: 'payer',
    run: () => {
      const changed = { ...(broken.payer && { flow: broken.payer }), ...(seesMark && { seesMark }) };
      return explore(payerModel({ hubAheadMs, person: restores ? 'settles' : person, restores, ...changed }), limits);
    },
  });
  const payee = (version: string, core: Partial<CoreCapabilities>, hubAheadMs = 0, restores = false): Planned => ({
    flow: 'payee',
    run: () => {
      const changed = { ...(broken.payee && { flow: broken.payee }), ...(seesMark && { seesMark }) };
      return explore(payeeModel({ version, core, hubAheadMs, person: restores ? 'settles' : person, restores, ...changed }), limits);
    },
  });
  const send = (aheadMs: number, acceptsItself = false): Planned => ({
    flow: 'send',
    run: () => explore(sendModel({ aheadMs, acceptsItself, ...(broken.send && { flow: broken.send }) }), limits),
  });
  const creditsOnce = { atPrepare: 'credit', notificationReadsState: false } as const;
  if (models === 'main') return [payer(), payee('1.1', {}), payee('1.1', creditsOnce), payee('1.0', {}), send(0, true)];
  const restored = [
    payer(0, true),
    payee('1.1', {}, 0, true),
    payee('1.1', { notificationRepeatable: false }, 0, true),
    payee('1.1', { transferAskable: true, notificationRepeatable: false }, 0, true),
    payee('1.1', creditsOnce, 0, true),
    payee('1.0', {}, 0, true),
  ];
  if (models === 'restored') return restored;
  return [
    ...[0, SKEW_MS, -SKEW_MS].flatMap((ahead) => [payer(ahead), send(ahead), send(ahead, true)]),
    ...[SKEW_MS, -SKEW_MS].map((ahead) => payee('1.1', {}, ahead)),
    ...cores('reserve').map((core) => payee('1.1', core)),
    ...cores('credit').map((core) => payee('1.1', core)),
    ...cores('reserve').map((core) => payee('1.0', core)),
    ...restored,
  ];
}

/** Every combination of what a core can be declared to be able to do (docs/money-rules.md, 1). */
function cores(atPrepare: 'reserve' | 'credit'): readonly Partial<CoreCapabilities>[] {
  return YES_NO.flatMap((transferRepeatable) =>
    YES_NO.flatMap((transferAskable) =>
      YES_NO.flatMap((notificationRepeatable) =>
        YES_NO.map((notificationReadsState) => ({
          atPrepare,
          transferRepeatable,
          transferAskable,
          notificationRepeatable,
          notificationReadsState,
        })),
      ),
    ),
  );
}
