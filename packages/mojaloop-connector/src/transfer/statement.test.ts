import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readStatement, StatementInvalid } from './statement.ts';

const head = 'transferId,direction,amount,currency,state';

test('statement: columns in any order, further ones ignored, amounts as banks write them', () => {
  const text =
    '\uFEFFbookedAt,state,currency,amount,direction,transferId\r\n"2026-11-24, 10:00",COMMITTED,USD,25.00,in,T-1\r\n\r\n,RESERVED,XOF,"1000",out,T-2';
  assert.deepEqual(readStatement(text), [
    { transferId: 'T-1', direction: 'in', amount: 250_000n, currency: 'USD', state: 'COMMITTED' },
    { transferId: 'T-2', direction: 'out', amount: 10_000_000n, currency: 'XOF', state: 'RESERVED' },
  ]);
  assert.deepEqual(readStatement(head), []);
  assert.equal(readStatement(`${head}\nT-1,in,0.5,USD,ABORTED\n`)[0]?.amount, 5_000n);
});

test('statement: what cannot be right is refused with its line', () => {
  const wrong = {
    'T 1,in,25,USD,COMMITTED': /line 3: transferId/,
    'T-1,sideways,25,USD,COMMITTED': /line 3: direction/,
    'T-1,in,25.123456,USD,COMMITTED': /amount/,
    'T-1,in,-5,USD,COMMITTED': /amount/,
    'T-1,in,0.00,USD,COMMITTED': /amount/,
    'T-1,in,"1,000",USD,COMMITTED': /amount/,
    'T-1,in,1e3,USD,COMMITTED': /amount/,
    'T-1,in,25,usd,COMMITTED': /currency/,
    'T-1,in,25,USD,DONE': /state/,
    'T-1,in,25,USD': /state/,
    '"T-1,in,25,USD,COMMITTED': /line 3: a quotation mark/,
    'T-1,in,25,"U"SD,COMMITTED': /line 3: a quotation mark/,
  };
  for (const [row, message] of Object.entries(wrong)) {
    const told = (error: unknown): boolean => error instanceof StatementInvalid && message.test(error.message);
    assert.throws(() => readStatement(`${head}\nT-0,in,1,USD,COMMITTED\n${row}`), told, row);
  }
  assert.throws(() => readStatement(''), /empty/);
  assert.throws(() => readStatement('transferId,amount\n'), /no column direction/);
  assert.throws(() => readStatement(`${head},note\nT-0,in,1,USD,COMMITTED,"two\nlines"\nT-1,in,x,USD,COMMITTED`), /line 4: amount/);
});

test('statement: any cell text that is quoted comes back, wherever the columns stand', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r\n', 'a', 'é', ' ') }), { maxLength: 5 }), (notes) => {
      const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
      const lines = notes.map((note, place) => `${quoted(note)},T-${place},in,1.50,USD,COMMITTED,${quoted(note)}`);
      const rows = readStatement([`note,${head},more`, ...lines].join('\n'));
      assert.deepEqual(
        rows.map(({ transferId }) => transferId),
        notes.map((_, place) => `T-${place}`),
      );
    }),
  );
});
