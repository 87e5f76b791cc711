import type { GuidePart } from '../api-pages/docs-text.ts';
import { sentence } from '../api-pages/docs-text.ts';

/** A part of the guide as text: `backticks` mark code, each text is a paragraph or a list. */
interface TextPart {
  readonly id: string;
  readonly title: string;
  readonly paragraphs: readonly (string | readonly string[])[];
}

/** What somebody who writes a core connector must know before the operations. */
export const CORE_GUIDE: readonly TextPart[] = [
  {
    id: 'order',
    title: 'The order of things',
    paragraphs: [
      'To be paid, your core offers five operations at `core.baseUrl`. To pay, it calls the outbound API; that is the other page.',
      [
        '`GET /parties/{Type}/{ID}`: is this number a customer of yours? Name?',
        '`POST /quoterequests`: what would it cost?',
        '`POST /transfers`: hold the money for the customer, or credit it.',
        '`PUT /transfers/{transferId}`: this is how it ended; book or release what you hold.',
        '`GET /transfers/{transferId}`: what became of it? Only where you can tell; strongly advised.',
      ],
    ],
  },
  {
    id: 'outcomes',
    title: 'What an answer means for money',
    paragraphs: [
      'Each answer to `POST /transfers` is one of four things. Which one decides where the money is.',
      [
        'executed: you hold or booked it. The scheme is told, and the payer’s money is gone.',
        'refused: you did not and never will. The payer gets the money back. Never refuse what may be booked.',
        'unknown: nobody can tell. You are asked (`core.transferAskable`) or called again under the same key (`core.transferRepeatable`); where you can do neither, a person must look (`CORE_OUTCOME_UNKNOWN`).',
        'not sent: no byte left. The payment is refused.',
      ],
      'When in doubt answer HTTP 500 without an FSPIOP code, or not at all: then the outcome is unknown, and you are asked. A wrong refusal pays the customer twice or loses the money.',
    ],
  },
  {
    id: 'once',
    title: 'Once',
    paragraphs: [
      'Keep the transferId in the same database transaction as the booking. A second call with it gets the first answer and books nothing. Then declare `core.transferRepeatable: true`.',
      'Declare only what is true. Payment Manager relies on it when an answer is lost.',
    ],
  },
  {
    id: 'amounts',
    title: 'Amounts',
    paragraphs: [
      'Decimal text: `"25"`, `"24.75"`: no sign, no trailing zeros, at most four decimals (`"1.50"` is refused: write `"1.5"`). Whole JSON numbers are taken; numbers with decimals are refused, for no float may hold money.',
      'Credit `quote.payeeReceiveAmount`, not `amount`: the difference is your fee.',
    ],
  },
];

/** The same for the page. */
export function coreGuideHtml(): readonly GuidePart[] {
  return CORE_GUIDE.map(({ id, title, paragraphs }) => ({
    id,
    title,
    html: paragraphs
      .map((part) =>
        typeof part === 'string' ? `<p>${sentence(part)}</p>` : `<ul>${part.map((item) => `<li>${sentence(item)}</li>`).join('')}</ul>`,
      )
      .join(''),
  }));
}
