import type { GuidePart } from '../api-pages/docs-text.ts';
import { commandBlock, jsonBlock, laidOut, sentence } from '../api-pages/docs-text.ts';
import { COMPLETED, TRANSFER_ID, TRANSFER_REQUEST, UNKNOWN, WAITING_FOR_PARTY, WAITING_FOR_QUOTE } from './examples.ts';

const shown = <T extends object>(state: T, ...names: (keyof T)[]) => Object.fromEntries(names.map((name) => [name, state[name]]));

const STATES: readonly (readonly [state: string, status: string, meaning: string, next: string])[] = [
  ['WAITING_FOR_PARTY_ACCEPTANCE', '200', 'The payee was found.', 'Show the name; `PUT {"acceptParty": true}` or `false`.'],
  ['WAITING_FOR_QUOTE_ACCEPTANCE', '200', 'There is a price.', 'Show the fees; `PUT {"acceptQuote": true}` or `false`.'],
  ['WAITING_FOR_ACTION', '200', 'The look-up is under way.', 'Ask again.'],
  ['COMPLETED', '200', 'The money moved, finally.', 'Book the payment.'],
  ['ABORTED', '200', 'It was refused or ended; no money moves.', 'Release the hold.'],
  ['ERROR_OCCURRED', '500 or 504', 'It failed; no money moves.', 'Release the hold; `transferState.lastError` says why.'],
  [
    'any, with outcome "unknown"',
    '504',
    'Nobody knows yet. The money may have moved or may still.',
    'Keep the hold, ask with GET until it is one of the three above.',
  ],
];

function threeCalls(): string {
  const request = laidOut(TRANSFER_REQUEST);
  return `
<p>One call is enough where this Payment Manager accepts the party and the price by itself. Else each of them waits for you.</p>
<ol class="steps">
<li><h3>Say what to pay</h3>${commandBlock(`curl -s localhost:4001/transfers \\\n  -H 'Content-Type: application/json' \\\n  -H 'Idempotency-Key: salary-2026-03-0042' \\\n  -d '${request}'`)}
<p>${sentence('The answer names the payee. Show it to the payer.')}</p>${jsonBlock(shown(WAITING_FOR_PARTY, 'transferId', 'currentState', 'outcome', 'to'))}</li>
<li><h3>Accept the payee</h3>${commandBlock(`curl -s -X PUT localhost:4001/transfers/${TRANSFER_ID} \\\n  -H 'Content-Type: application/json' -d '{"acceptParty": true}'`)}
<p>${sentence('The answer has the price. Show what reaches the payee, and the fees.')}</p>${jsonBlock(shown(WAITING_FOR_QUOTE, 'transferId', 'currentState', 'outcome', 'quoteResponse'))}</li>
<li><h3>Accept the price</h3>${commandBlock(`curl -s -X PUT localhost:4001/transfers/${TRANSFER_ID} \\\n  -H 'Content-Type: application/json' -d '{"acceptQuote": true}'`)}
<p>${sentence('`COMPLETED` is final: the money is with the payee.')}</p>${jsonBlock(shown(COMPLETED, 'transferId', 'currentState', 'outcome', 'fulfil'))}</li>
</ol>`;
}

function states(): string {
  const rows = STATES.map(
    ([state, status, meaning, next]) =>
      `<tr><td><code>${sentence(state)}</code></td><td>${status}</td><td>${sentence(meaning)}</td><td>${sentence(next)}</td></tr>`,
  );
  return `<div class="scroll"><table class="stack"><thead><tr><th>currentState</th><th>HTTP</th><th>What it means</th><th>What to do</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function unknownOutcome(): string {
  return `
<div class="note warn"><p><strong>A time-out is not a failure.</strong> ${sentence('After the transfer left, only the hub knows how it ended. As long as it has not said so, every answer is 504 with `outcome: "unknown"` and the transferId.')}</p></div>
<p>${sentence('Keep the hold on the payer’s account. Ask with `GET /transfers/{transferId}` now and then: the hub is asked each time, and this Payment Manager goes on asking by itself. Do not pay again under another homeTransactionId or key. If a person has to look, `transferState.exception` says why.')}</p>
${jsonBlock(shown(UNKNOWN, 'message', 'statusCode', 'outcome', 'transferId'))}`;
}

const REPEATING = `
<p>${sentence('Send an `Idempotency-Key` with every payment: a text of your own, 1 to 255 characters. If an answer is lost, send the very same request with the same key: it gets the stored answer, or joins the wait. It never pays twice.')}</p>
<p>${sentence('The same `homeTransactionId` with the same content is that same payment as well, unless this is switched off. The same key or id with other content is refused with 409. `PUT` can be repeated freely.')}</p>`;

const ERRORS = `
<p>${sentence('Every error body has `message` and `statusCode`. A request that was not accepted (400, 413) has nothing more, and nothing was begun. In all others `statusCode` is a text: the four-digit Mojaloop code of the error where there is one, such as 3204 for a party that is not found or 5105 for a transfer that the other DFSP refused, and the state stands beside it.')}</p>
<p>${sentence('Amounts are decimal text, `"25"` or `"25.5"`: no sign, no trailing zeros, at most four decimals. Whole numbers are taken as text, numbers with decimals are refused. Members that are not known are refused, too, so that a typing mistake cannot change a payment.')}</p>`;

/** The guide: how to pay, what the states mean, and what to do when nobody knows. */
export const GUIDE: readonly GuidePart[] = [
  { id: 'send', title: 'Send money in three calls', html: threeCalls() },
  { id: 'states', title: 'States', html: states() },
  { id: 'unknown', title: 'When the outcome is unknown', html: unknownOutcome() },
  { id: 'repeat', title: 'Repeating safely', html: REPEATING },
  { id: 'errors', title: 'Errors and amounts', html: ERRORS },
];
