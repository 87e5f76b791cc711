import { machineSpeed } from '@payment-manager/runtime/test-machine';
import { type Order, THANDI } from '../scheme/payments.ts';
import { PAYEE, PAYER } from '../scheme/running-scheme.ts';
import type { ReplicaGroup } from './replica-group.ts';

/** How one replica answered a question of the DFSP that is no payment. */
export interface Answered {
  readonly status: number;
  /** By the machine's own speed. */
  readonly afterMs: number;
}

async function asked(url: string, body?: object): Promise<Answered> {
  const from = machineSpeed.now();
  const response = await fetch(
    url,
    body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  );
  await response.arrayBuffer();
  return { status: response.status, afterMs: machineSpeed.now() - from };
}

/** The API for the DFSP of each replica, past the load balancer. */
const doors = (group: ReplicaGroup): readonly string[] => group.replicas.flatMap(({ process }) => process?.urls.outbound ?? []);

/** Has each replica look the party up. */
export function lookUpAtEach(group: ReplicaGroup, { idType, idValue }: NonNullable<Order['to']> = THANDI): Promise<readonly Answered[]> {
  return Promise.all(doors(group).map((url) => asked(`${url}/parties/${idType}/${idValue}`)));
}

/** Has each replica ask the payee for a price. */
export function quoteAtEach(group: ReplicaGroup): Promise<readonly Answered[]> {
  const party = (fspId: string, partyIdentifier: string) => ({ partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier, fspId } });
  const quote = () => ({
    quoteId: crypto.randomUUID(),
    transactionId: crypto.randomUUID(),
    payer: party(PAYER, '27713803911'),
    payee: party(PAYEE, THANDI.idValue),
    amountType: 'SEND',
    amount: { currency: 'USD', amount: '5' },
    transactionType: { scenario: 'TRANSFER', initiator: 'PAYER', initiatorType: 'CONSUMER' },
  });
  return Promise.all(doors(group).map((url) => asked(`${url}/quotes`, { fspId: PAYEE, quotesPostRequest: quote() })));
}
