import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import type { Config } from '@payment-manager/configuration';
import { systemClock, systemRandom, threadPoolSignatures } from '@payment-manager/runtime';
import { memoryStore, openVault } from '@payment-manager/vault';
import { signatureFindings } from './signatures.ts';

const doing = { by: 'a test', why: 'to see' };
const freshKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }) as string;

test('doctor: no key of ours, none of peers, and none of the hub beside those of peers, are told apart', async () => {
  const vault = await openVault({ store: memoryStore(), clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
  const environment = vault.environment('live');
  const { keys, trust } = environment;
  const look = async (hubMayBeUnsigned = false): Promise<string[]> => {
    const config = { jws: { sign: true, verify: true, hubMayBeUnsigned }, hub: { id: 'switch' } } as unknown as Pick<Config, 'jws' | 'hub'>;
    return (await signatureFindings(config, environment)).map(({ check, state }) => `${check} ${state}`);
  };
  assert.deepEqual(await look(), ['own key failed', 'peers’ keys failed']);
  await keys.activate('jws-signing', (await keys.generate('jws-signing', doing)).id, doing);
  await trust.present('peer-jws', 'bluebank', [freshKey()], 'manual', doing);
  assert.deepEqual(await look(), ['own key passed', 'hub’s key warning', 'peers’ keys passed']);
  assert.deepEqual(await look(true), ['own key passed', 'peers’ keys passed']);
  await trust.present('peer-jws', 'switch', [freshKey()], 'manual', doing);
  assert.deepEqual(await look(), ['own key passed', 'peers’ keys passed']);
});
