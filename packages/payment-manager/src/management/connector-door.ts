import type { Journal } from '@payment-manager/journal';
import type { ConnectorDoor } from '@payment-manager/management-api';
import type { Messages } from '@payment-manager/messages';
import type { Sealer } from '@payment-manager/runtime';
import type { ConnectorInUse } from '../open-core.ts';
import type { PaymentsElsewhere } from '../roles/management-side.ts';

const EVER_MS = Date.UTC(9999, 11, 31);

export interface ConnectorDoorParts {
  readonly byConnector: Pick<ConnectorInUse, 'live' | 'conditions'>;
  readonly journal: Journal;
  readonly sealer: Sealer;
  /** Undefined: none are kept. */
  readonly messages: Pick<Messages, 'find'> | undefined;
  /** The processes that take payments, where this one does not; undefined: it does. */
  readonly elsewhere: Pick<PaymentsElsewhere, 'connectors'> | undefined;
}

/** The core connector as the management API shows it; what that needs is loaded when somebody looks. */
export function connectorDoor({
  byConnector: { live, conditions },
  journal,
  sealer,
  messages,
  elsewhere,
}: ConnectorDoorParts): ConnectorDoor {
  const times = { fromMs: 0, toMs: EVER_MS, partiesFromMs: 0, partiesUntilMs: 0 };
  const said = messages && (async (transferId: string) => (await messages.find({ ids: [transferId], parties: [], ...times })).messages);
  const desk = async () => {
    const { ConnectorDesk } = await import('@payment-manager/core-connector/showing');
    return new ConnectorDesk({ live, conditions, journal, sealer, messages: said });
  };
  return {
    async shown() {
      const shown = await (await desk()).shown();
      // this process has the files, and calls no core: how a back end is, those know that do
      return elsewhere === undefined ? shown : { ...shown, backEnds: [], elsewhere: elsewhere.connectors() };
    },
    candidate: async () => (await desk()).candidate(),
    compare: async (version) => (await desk()).compare(version),
    tryFixture: async (file, which) => (await desk()).tryFixture(file, which),
    replay: async (transferId, which, personal) => (await desk()).replay(transferId, which, personal),
  };
}
