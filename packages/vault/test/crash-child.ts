/**
 * The process that dies in `crash.test.ts`: opens a vault in the folder that is its argument, takes in and activates two JWS keys,
 * and says after each step that it is done.
 */
import { readFileSync } from 'node:fs';
import { failpointsFrom, Secret, systemClock, systemRandom, threadPoolSignatures } from '@payment-manager/runtime';
import { openFileStore } from '../src/store/file-store.ts';
import { fetchMasterKey } from '../src/store/master-key.ts';
import { openSealedStore } from '../src/store/sealed-store.ts';
import { openVault } from '../src/vault.ts';

const [folder = '', ...keyFiles] = process.argv.slice(2);
const failpoints = failpointsFrom(process.env['PM_FAILPOINT']);
const files = await openFileStore({ folder, clock: systemClock, random: systemRandom, failpoints });
const store = await openSealedStore(files, { current: await fetchMasterKey({ variable: 'KEY' }, process.env) }, systemRandom);
const vault = await openVault({ store, clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
const { keys } = vault.environment('sandbox');
const doing = { by: 'the child', why: 'to die' };
for (const file of keyFiles) {
  const { id } = await keys.import('jws-signing', doing, new Secret(readFileSync(file, 'utf8')));
  process.stdout.write('imported\n');
  await keys.activate('jws-signing', id, doing);
  process.stdout.write('activated\n');
}
