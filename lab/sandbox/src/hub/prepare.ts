import { currencyDecimals, parseAmount, parseDateTime, type Units } from '@payment-manager/fspiop';
import { isWithinCap, positionChanges } from './positions.ts';
import { type Decision, type HubTransfer, NOTHING, type PrepareMessage, type SchemeView } from './transfer.ts';
import { errorMessage, errorOf } from './transfer-messages.ts';

/**
 * Decides about `POST /transfers`. A known id: the same content gets the stored outcome again (none yet: nothing), another
 * content or another payer 3106 and the transfer stays as it is (docs/protocol.md, 10, docs/money-rules.md, 2). A new one is reserved and
 * forwarded, or refused by an error callback; both are remembered.
 */
export function decidePrepare(known: HubTransfer | undefined, message: PrepareMessage, scheme: SchemeView, now: number): Decision {
  if (known !== undefined) return decideRepeat(known, message);
  const { body } = message;
  const refusal = refusalOf(message, scheme, now);
  const transfer: HubTransfer = {
    transferId: body.transferId,
    payerFsp: message.source,
    payeeFsp: body.payeeFsp,
    currency: body.amount.currency,
    amount: body.amount.amount,
    condition: body.condition,
    expiration: parseDateTime(body.expiration),
    contentHash: message.contentHash,
    payerVersion: message.answerVersion,
    state: 'RESERVED',
  };
  if (refusal !== undefined) {
    const error = errorOf(...refusal);
    const payerCallback = errorMessage(body.transferId, message.answerVersion, error);
    return {
      transfer: { ...transfer, state: 'ABORTED', error, completedAt: now, payerCallback },
      owed: [{ to: message.source, message: payerCallback }],
    };
  }
  return {
    transfer,
    positions: positionChanges('reserve', transfer, parseAmount(transfer.amount)),
    owed: [{ to: transfer.payeeFsp, message: message.relay, until: transfer.expiration }],
  };
}

function decideRepeat(known: HubTransfer, message: PrepareMessage): Decision {
  if (known.payerFsp !== message.source || known.contentHash !== message.contentHash) {
    const error = errorOf('3106', 'this transferId was used for another transfer');
    return { owed: [{ to: message.source, message: errorMessage(known.transferId, message.answerVersion, error) }] };
  }
  return known.payerCallback === undefined ? NOTHING : { owed: [{ to: known.payerFsp, message: known.payerCallback }] };
}

/** The first reason against a prepare: FSPIOP code and text. */
function refusalOf(message: PrepareMessage, scheme: SchemeView, now: number): [string, string] | undefined {
  const { body, source, destination } = message;
  const { currency } = body.amount;
  const payee = scheme.participant(body.payeeFsp);
  if (body.payerFsp !== source) return ['3100', 'payerFsp is not the sender'];
  if (payee === undefined) return ['3203', 'payeeFsp is not a participant'];
  if (destination !== undefined && destination !== body.payeeFsp) return ['3100', 'payeeFsp is not the destination'];
  if (body.payeeFsp === source) return ['3100', 'payer and payee are the same FSP'];
  if (!payee.currencies.includes(currency)) return ['5106', 'the payee FSP has no account in this currency'];
  const position = scheme.position(source, currency);
  if (position === undefined) return ['4103', 'the payer FSP has no account in this currency'];
  const amount = parseAmount(body.amount.amount);
  if (amount <= 0n) return ['3100', 'amount must be above zero'];
  if (!fitsCurrency(amount, currency)) return ['3100', 'amount has more decimals than its currency'];
  if (parseDateTime(body.expiration) <= now) return ['3303', 'the transfer is expired'];
  if (!isWithinCap(position, amount)) return ['4001', 'the net debit cap of the payer FSP would be passed'];
  return undefined;
}

function fitsCurrency(amount: Units, currency: string): boolean {
  return amount % 10n ** BigInt(4 - (currencyDecimals(currency) ?? 4)) === 0n;
}
