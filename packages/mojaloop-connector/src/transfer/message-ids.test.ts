import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idsOfMessage } from './message-ids.ts';

const party = (id: string, subId?: string) => ({
  partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: id, ...(subId !== undefined && { partySubIdOrType: subId }) },
});

test('what a message is about', () => {
  const cases: readonly (readonly [string, unknown, readonly string[]])[] = [
    ['/parties/MSISDN/123', undefined, ['MSISDN/123']],
    ['/parties/MSISDN/123/error', { errorInformation: {} }, ['MSISDN/123']],
    ['/parties/ALIAS/a%40b/sub/error?x=1', undefined, ['ALIAS/a@b/sub']],
    ['/parties/MSISDN/%zz', undefined, ['MSISDN/%zz']],
    ['/participants/MSISDN/123', undefined, ['MSISDN/123']],
    ['/quotes', { quoteId: 'q', transactionId: 't', payer: party('1'), payee: party('2', 's') }, ['q', 't', 'MSISDN/1', 'MSISDN/2/s']],
    ['/quotes/q', { condition: 'c' }, ['q', 'c']],
    ['/quotes/q/error', undefined, ['q']],
    ['/transfers', { transferId: 'x', condition: 'c' }, ['x', 'c']],
    ['/transfers/x', { transferId: 'x' }, ['x']],
    ['/quoterequests', { quoteId: 'q', from: { idType: 'MSISDN', idValue: '1' }, to: { idType: 'IBAN' } }, ['q', 'MSISDN/1']],
    ['/sendmoney/x', undefined, ['x']],
    ['/transfers', { from: { idType: 'MSISDN', idValue: 1, idSubValue: 2 } }, ['MSISDN/1/2']],
    ['/', [], []],
    ['/ping', { requestId: 'r' }, []],
  ];
  for (const [path, body, ids] of cases) assert.deepEqual(idsOfMessage(path, body), ids, path);
});
