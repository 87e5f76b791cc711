import assert from 'node:assert/strict';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type Credentials, recordedLog, revocationMark, systemClock, systemTimers } from '@payment-manager/runtime';
import { type RevokingAuthority, revokingAuthority } from '../test/revoking-authority.ts';
import { readRevocations } from './revocations.ts';
import { watchRevocations } from './watched-revocations.ts';

let folder: string;
let [hub, other]: RevokingAuthority[] = [];
let [good, bad]: Credentials[] = [];
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-crl-'));
  [hub, other] = [await revokingAuthority('hub CA'), await revokingAuthority('other CA')];
  [good, bad] = [await (hub as RevokingAuthority).issue('hub'), await (hub as RevokingAuthority).issue('hub')];
});
after(() => rm(folder, { recursive: true }));

const file = (): string => join(folder, 'revoked.pem');
const markOf = (credentials: Credentials | undefined, ca: RevokingAuthority | undefined): string =>
  revocationMark(createPublicKey(ca?.certificate ?? ''), new X509Certificate(credentials?.certificate ?? '').serialNumber);
const bothCas = (): string => `${hub?.certificate}${other?.certificate}`;
const read = () => readRevocations(file(), bothCas(), Date.now());

describe('revocation lists', () => {
  test('say what their CA has revoked, and nothing of what another has', async () => {
    await writeFile(file(), `${await hub?.list([bad as Credentials])}${await other?.list([])}`);
    assert.deepEqual(await read(), { revoked: new Set([markOf(bad, hub)]), flaws: [] });
    assert.notEqual(markOf(good, hub), markOf(bad, hub));
  });

  test('count after their time too, and say so', async () => {
    await writeFile(file(), (await hub?.list([bad as Credentials], true)) ?? '');
    const { revoked, flaws } = await read();
    assert.deepEqual([...revoked], [markOf(bad, hub)]);
    assert.match(flaws.join(), /hub CA should have been replaced/);
  });

  test('that no trusted CA has signed do not count, and say so', async () => {
    await writeFile(file(), (await hub?.list([bad as Credentials])) ?? '');
    const { revoked, flaws } = await readRevocations(file(), other?.certificate ?? '', Date.now());
    assert.deepEqual([revoked.size, flaws.length], [0, 1]);
  });

  test('that cannot be read are no lists', async () => {
    for (const text of ['', 'x', '-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n', hub?.certificate ?? '']) {
      await writeFile(file(), text);
      await assert.rejects(read(), { code: 'CREDENTIALS_INVALID' });
    }
    await assert.rejects(readRevocations(join(folder, 'none.pem'), bothCas(), Date.now()), /ENOENT/);
  });
});

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let n = 0; !holds(); n++) {
    assert.ok(n < 500, what);
    await new Promise((resolve) => void systemTimers.after(10, () => resolve(undefined)));
  }
}

describe('revocation lists of a side are watched', () => {
  let cas = '';
  const world = { clock: systemClock, timers: systemTimers, log: recordedLog() };
  beforeEach(async () => {
    cas = bothCas();
    await writeFile(file(), (await hub?.list([])) ?? '');
  });

  test('what is revoked later is told; a list that is half there changes nothing, and is an alarm', async (t) => {
    let told = 0;
    const watched = await watchRevocations(
      'inbound',
      { crlFile: file(), pollMs: 50 },
      () => cas,
      () => void told++,
      world,
    );
    t.after(() => watched.stop());
    assert.equal(watched.current().revoked.size, 0);
    const list = (await hub?.list([bad as Credentials])) ?? '';
    await writeFile(file(), list);
    await until('the list is seen', () => watched.current().revoked.has(markOf(bad, hub)));
    assert.equal(told, 1);
    await writeFile(file(), list.slice(0, 100));
    await until('an alarm', () => watched.alarms().length > 0);
    assert.match(watched.alarms()[0]?.reason ?? '', /revoked\.pem must hold/);
    assert.equal(watched.current().revoked.size, 1);
    cas = hub?.certificate ?? '';
    await watched.readAgain();
    assert.equal(watched.current().revoked.size, 1, 'still what was read before');
    await writeFile(file(), list);
    await until('no alarm', () => watched.alarms().length === 0);
    assert.equal(told, 1);
  });
});
