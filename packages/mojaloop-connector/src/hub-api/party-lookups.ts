import { continueTrace, errorBody, onlyKnownMembers, type Party, partyPath, type Received } from '@payment-manager/fspiop';
import type { World } from '@payment-manager/runtime';
import type { CoreDoor } from '../core-client/core-door.ts';
import type { ConnectorSettings } from '../transfer/connector-settings.ts';
import type { Message } from '../transfer/message.ts';

export interface PartyLookups {
  /** Looks the party up and sends exactly one callback. False: too many are under way. */
  answer(received: Received): boolean;
  readonly underWay: number;
}

export interface PartyLookupDeps extends Pick<World, 'clock' | 'log' | 'random'> {
  readonly settings: ConnectorSettings;
  readonly core: CoreDoor;
  /** Sends a message that nothing waits for, best effort. */
  readonly tell: (message: Message) => void;
}

/**
 * `GET /parties` and `GET /participants` of other FSPs. They move no money and are not journalled: a crash loses the answer,
 * and the other side asks again.
 */
export function partyLookups(deps: PartyLookupDeps): PartyLookups {
  let underWay = 0;
  return {
    answer(received) {
      if (underWay >= deps.settings.limits.inFlight) return false;
      underWay++;
      void lookUp(deps, received).finally(() => {
        underWay--;
      });
      return true;
    },
    get underWay() {
      return underWay;
    },
  };
}

async function lookUp(deps: PartyLookupDeps, received: Received): Promise<void> {
  const { party } = received.route;
  if (party === undefined) return;
  const resource = received.route.resource === 'participants' ? 'participants' : 'parties';
  const path = partyPath(resource, party);
  const callback = { destination: received.source, version: received.answerVersion, trace: received.trace };
  const error = (code: string, description: string): Message => ({
    ...callback,
    operation: `PUT /${resource}/error`,
    path: `${path}/error`,
    body: errorBody(code, description),
  });
  try {
    const outcome = await deps.core.findParty(
      party,
      deps.clock.now() + Math.min(deps.settings.timeouts.backendMs, deps.settings.timeouts.callbackMs),
      continueTrace(received.trace, { spanId: Buffer.from(deps.random.bytes(8)).toString('hex'), ownKey: deps.settings.fspId })
        ?.traceparent,
    );
    if (outcome.kind !== 'ok') {
      deps.tell(error(outcome.refusal.code, outcome.refusal.description));
      return;
    }
    const body = resource === 'parties' ? { party: ours(deps, outcome.value) } : { fspId: deps.settings.fspId };
    deps.tell({
      ...callback,
      operation: `PUT /${resource}`,
      path,
      body: onlyKnownMembers(`PUT /${resource}`, received.answerVersion, body) as object,
    });
  } catch (failure) {
    deps.log.error('a party look-up failed', { error: failure instanceof Error ? failure.message : String(failure) });
    deps.tell(error('2001', 'the party could not be looked up'));
  }
}

/** The payer addresses its quote to the FSP that the party names: that is us (docs/protocol.md, 5). */
function ours(deps: PartyLookupDeps, party: Party): Party {
  return { ...party, partyIdInfo: { ...party.partyIdInfo, fspId: deps.settings.fspId } };
}
