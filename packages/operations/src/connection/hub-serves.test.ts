import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret, type TlsProbe, type TlsProbeOrder } from '@payment-manager/runtime';
import { hubServes } from './hub-serves.ts';

const own = { certificate: 'ours', privateKey: new Secret('key'), trustedCas: 'all that we trust' };
const well: TlsProbe = { kind: 'served', certificate: 'x' };

function asked(answers: readonly TlsProbe[], credentials: typeof own | undefined = own) {
  const orders: TlsProbeOrder[] = [];
  const origins = answers.map((_, n) => new URL(n === 0 ? 'https://hub.example' : `https://[2001:db8::${n}]:84${n}0`));
  const probe = async (order: TlsProbeOrder) => answers[orders.push(order) - 1] ?? well;
  return { orders, answer: hubServes(origins, () => credentials, 'a public CA', probe)('the new CA\n') };
}

test('whether the hub’s servers are believed by some CAs: each is asked, as ourselves, with these, those that are trusted anyway, and no others', async () => {
  const { orders, answer } = asked([well, well]);
  assert.equal(await answer, true);
  assert.deepEqual(
    orders.map(({ host, port, credentials }) => [host, port, credentials?.certificate, credentials?.trustedCas]),
    [
      ['hub.example', 443, 'ours', 'the new CA\na public CA'],
      ['2001:db8::1', 8410, 'ours', 'the new CA\na public CA'],
    ],
  );
});

test('one that is not believed, not reached, or cannot be asked counts as no; no server at all needs nothing', async () => {
  assert.equal(await asked([well, { ...well, distrust: 'SELF_SIGNED_CERT_IN_CHAIN' }]).answer, false);
  assert.equal(await asked([{ kind: 'failed', phase: 'connect', code: 'ECONNREFUSED' }]).answer, false);
  const unasked = async (): Promise<TlsProbe> => assert.fail('as nobody it is not asked');
  assert.equal(await hubServes([new URL('https://hub.example')], () => undefined, '', unasked)('the new CA'), false);
  assert.equal(await asked([]).answer, true);
});
