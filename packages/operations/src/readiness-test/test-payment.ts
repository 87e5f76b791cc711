import { type Finding, findingsOf } from '../doctor/finding.ts';
import type { PartyName } from './look-up.ts';
import type { OutboundClient } from './outbound-client.ts';

/** A payment for the sake of trying. It moves money. */
export interface TestPayment {
  readonly amount: string;
  readonly currency: string;
  readonly from: PartyName;
  readonly to: PartyName;
  /** Unique; kept with the payment. */
  readonly homeTransactionId: string;
}

const findings = findingsOf('payment');
/** Party and price are accepted, one after the other. */
const MOST_STEPS = 4;

/** Pays, accepting the payee and the price. */
export async function testPayment(
  outbound: OutboundClient,
  { from, to, amount, currency, homeTransactionId }: TestPayment,
): Promise<readonly Finding[]> {
  const body = { homeTransactionId, from, to, amountType: 'SEND', currency, amount, transactionType: 'TRANSFER', note: 'readiness test' };
  let answer = await outbound.call('POST', '/transfers', body);
  for (let step = 0; step < MOST_STEPS; step++) {
    if ('failed' in answer) return [findings.failed('payment', answer.failed, answer.advice)];
    const { currentState, transferId } = stateOf(answer.json);
    if (currentState === 'COMPLETED') return [findings.passed('payment', `${amount} ${currency} paid (${transferId})`)];
    const accept =
      currentState === 'WAITING_FOR_PARTY_ACCEPTANCE'
        ? { acceptParty: true }
        : currentState === 'WAITING_FOR_QUOTE_ACCEPTANCE'
          ? { acceptQuote: true }
          : undefined;
    if (accept === undefined || transferId === undefined) {
      const said =
        typeof answer.json['message'] === 'string' ? answer.json['message'] : `HTTP ${answer.status}, ${currentState ?? 'no state'}`;
      return [
        findings.failed(
          'payment',
          said,
          `See how it ended: ./pm exceptions${transferId === undefined ? '' : ` show ${transferId}`}, and the scheme’s rules for the code.`,
        ),
      ];
    }
    answer = await outbound.call('PUT', `/transfers/${encodeURIComponent(transferId)}`, accept);
  }
  return [findings.failed('payment', 'the payment keeps waiting for acceptance', 'See the log of the running product.')];
}

function stateOf(json: Readonly<Record<string, unknown>>): { readonly currentState?: string; readonly transferId?: string } {
  const { transferState } = json as { transferState?: object };
  return (transferState ?? json) as { currentState?: string; transferId?: string };
}
