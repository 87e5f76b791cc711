import { parseAmount } from '@payment-manager/fspiop';
import type { Append } from '@payment-manager/journal';
import type { ConnectorSettings } from '@payment-manager/mojaloop-connector';
import type { DurableRecord } from './records.ts';
import type { Violations } from './violation.ts';

/** What is accepted without asking the customer's DFSP costs no more than it allows (docs/money-rules.md, 4). */
export function checkAcceptance(settings: ConnectorSettings, append: Append, after: DurableRecord, violations: Violations): void {
  const accepted = append.events.some((event) => event.type === 'quote-accepted' && (event as { by?: unknown }).by === 'automatic');
  if (!accepted || after.kind !== 'payer') return;
  const { quoteRequest, quoteResponse, transferId } = after.state;
  const wrong = (what: string): void => violations.report('acceptance', `the quote of ${transferId} was accepted automatically, ${what}`);
  const received = quoteResponse?.payeeReceiveAmount;
  if (quoteRequest === undefined || quoteResponse === undefined || received === undefined) {
    wrong('and what it costs was not said');
    return;
  }
  const limit = settings.maxAutoAcceptFee[quoteRequest.amount.currency];
  if (limit === undefined) {
    wrong('and there is no limit for its currency');
    return;
  }
  const asked = parseAmount(quoteRequest.amount.amount);
  const cost =
    quoteRequest.amountType === 'SEND' ? asked - parseAmount(received.amount) : parseAmount(quoteResponse.transferAmount.amount) - asked;
  if (limit.absolute !== undefined && cost > parseAmount(limit.absolute)) wrong(`and costs ${cost} of ${limit.absolute}`);
  if (limit.percent !== undefined && Number(cost) > (Number(asked) * Number(limit.percent)) / 100)
    wrong(`and costs more than ${limit.percent} %`);
}
