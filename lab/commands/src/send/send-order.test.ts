import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOrder } from './send-order.ts';

const order = (text: string) => readOrder(text.split(' '), {});

test('./pm send: an order in the words of people becomes one of the protocol', () => {
  const { amount, currency, idType, idValue } = order('25.00 usd to msisdn 27713803912');
  assert.deepEqual([amount, currency, idType, idValue], ['25', 'USD', 'MSISDN', '27713803912']);
});

test('./pm send: what is wrong with an order is said, with an example, before any money is held', () => {
  for (const [text, complaint] of [
    ['five USD to MSISDN 27713803912', /^'five' is not an amount\. .*Example: \.\/pm send /],
    ['0 USD to MSISDN 27713803912', /^'0' is not an amount\./],
    ['5 dollars to MSISDN 27713803912', /^'dollars' is not a currency such as USD\./],
    ['5 USD for MSISDN 27713803912', /^the word "to" is missing before for\./],
    ['5 USD to PHONE 27713803912', /^'PHONE' is not a kind of identifier; these are: MSISDN, EMAIL, /],
  ] as const)
    assert.throws(() => order(text), { message: complaint, exitCode: 64 });
});
