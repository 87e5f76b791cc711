import assert from 'node:assert/strict';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type Credentials, createMetrics, recordedLog, revocationMark, systemClock, systemTimers } from '@payment-manager/runtime';
import { type RevokingAuthority, revokingAuthority } from '../test/revoking-authority.ts';
import { readRevocations } from './revocations.ts';
import type { WatchedTls } from './watch-tls.ts';
import { withRevocations } from './watched-revocations.ts';

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
  let tell: (credentials: Credentials) => void = () => {};
  const inner = (): WatchedTls => ({
    credentials: { ...(good as Credentials), trustedCas: bothCas() },
    status: () => undefined,
    snapshot: () => undefined,
    missing: () => undefined,
    issuers: () => undefined,
    readAgain: () => Promise.resolve(),
    onChange: (listener) => {
      tell = listener;
    },
    alarms: () => [],
    stop: () => {},
  });
  const deps = { clock: systemClock, timers: systemTimers, log: recordedLog(), metrics: createMetrics(), pollMs: 50 };
  beforeEach(async () => writeFile(file(), (await hub?.list([])) ?? ''));

  test('what is revoked later is told with the credentials; a list that is half there changes nothing, and is an alarm', async (t) => {
    const watched = await withRevocations('inbound', inner(), file(), deps);
    t.after(() => watched.stop());
    assert.equal(watched.credentials.revoked?.size, 0);
    let seen: Credentials | undefined;
    watched.onChange((credentials) => {
      seen = credentials;
    });
    const list = (await hub?.list([bad as Credentials])) ?? '';
    await writeFile(file(), list);
    await until('the list is seen', () => seen?.revoked?.has(markOf(bad, hub)) === true);
    await writeFile(file(), list.slice(0, 100));
    await until('an alarm', () => watched.alarms().length > 0);
    assert.equal(watched.credentials.revoked?.size, 1);
    tell({ ...(good as Credentials), trustedCas: hub?.certificate ?? '' });
    assert.equal(seen?.revoked?.size, 1);
    await writeFile(file(), list);
    await until('no alarm', () => watched.alarms().length === 0);
  });
});
