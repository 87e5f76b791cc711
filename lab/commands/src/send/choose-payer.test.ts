import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { choosePayer, suggestedSend } from './choose-payer.ts';

const customer = (idValue: string) => ({ id: idValue, displayName: `Customer ${idValue}`, identifiers: [{ idType: 'MSISDN', idValue }] });
const dfsp = (fspId: string, numbers: readonly string[], own = false) => ({
  fspId,
  coreUrl: '',
  outboundUrl: '',
  operationsUrl: '',
  customers: numbers.map(customer),
  ...(own && { ownCore: true as const }),
});
const scheme = (...own: string[]) => ({
  dfsps: [dfsp('greenbank', ['11'], own.includes('greenbank')), dfsp('bluewallet', ['12', '13'], own.includes('bluewallet'))],
});
const to = (idValue: string, from?: string) => ({ from, idType: 'MSISDN', idValue });

describe('who pays in the sandbox', () => {
  test('the first customer of the other DFSP; or whom --from names', () => {
    assert.equal(choosePayer(to('12'), scheme()).customer.id, '11');
    assert.equal(choosePayer(to('11'), scheme()).customer.id, '12');
    assert.equal(choosePayer(to('11', '13'), scheme()).customer.id, '13');
    assert.throws(() => choosePayer(to('12', '99'), scheme()), /No customer has the MSISDN 99\. Known: 11 /);
  });

  test('where the only other core is somebody’s own, the message says so, and which command pays', () => {
    assert.throws(
      () => choosePayer(to('12'), scheme('greenbank')),
      (error: Error) => {
        assert.match(error.message, /starts there .*To be paid instead: \.\/pm send 25\.00 USD to MSISDN 11$/);
        assert.doesNotMatch(error.message, /undefined/);
        return true;
      },
    );
  });

  test('what ./pm start suggests can be done, with the folder that was given', () => {
    for (const own of [[], ['greenbank'], ['bluewallet']]) {
      const suggested = suggestedSend(scheme(...own)) ?? '';
      const [, idValue = ''] = /MSISDN (\d+)$/.exec(suggested) ?? [];
      choosePayer(to(idValue), scheme(...own));
    }
    assert.equal(suggestedSend(scheme(), { folder: '/tmp/x' }), './pm send 25.00 USD to MSISDN 12 --folder /tmp/x');
    assert.equal(suggestedSend(scheme('greenbank', 'bluewallet')), undefined);
  });
});
