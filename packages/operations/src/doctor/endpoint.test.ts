import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Clock, type Credentials, recordedLog, startHttpServer, systemClock, systemRandom } from '@payment-manager/runtime';
import { type Authority, openAuthority } from '@payment-manager/sandbox';
import { type EndpointOrder, lookAtEndpoint } from './endpoint.ts';

let folder: string;
let scheme: Authority;
let stranger: Authority;
let hub: Credentials;
let bank: Credentials;
const dayMs = 86_400_000;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-doctor-'));
  const open = (name: string, clock: Clock = systemClock) =>
    openAuthority({ folder: join(folder, name), clock, random: systemRandom, name });
  scheme = await open('scheme');
  stranger = await open('stranger');
  hub = await scheme.issue({ name: 'hub' });
  bank = await scheme.issue({ name: 'greenbank' });
});
after(() => rm(folder, { recursive: true }));

async function look(url: string, more: Partial<EndpointOrder> = {}, clock: Clock = systemClock): Promise<string[]> {
  const findings = await lookAtEndpoint({ part: 'hub', url, credentials: bank, maxSkewMs: 2000, timeoutMs: 2000, ...more }, clock);
  for (const { state, remedy } of findings) assert.equal(remedy !== undefined, state === 'failed' || state === 'warning');
  return findings.map(({ check, state, message }) => `${check} ${state}: ${message}`);
}

async function served(credentials: Credentials, work: (url: string) => Promise<void>): Promise<void> {
  const tls = { credentials, requireClientCertificate: true };
  const handler = async () => ({ status: 404, headers: { date: new Date().toUTCString() } });
  const server = await startHttpServer(
    { host: '127.0.0.1', port: 0, maxBodyBytes: 100, handler, refuse: () => ({ status: 500 }), tls },
    recordedLog(),
  );
  await work(server.url).finally(() => server.close(0));
}

function matches(found: readonly string[], expected: readonly RegExp[]): void {
  assert.equal(found.length, expected.length, found.join('\n'));
  expected.forEach((words, index) => {
    assert.match(found[index] ?? '', words);
  });
}

describe('doctor: a server', () => {
  test('that is well is well in every step; any answer is one', () =>
    served(hub, async (url) => {
      matches(await look(url), [
        /^dns passed/,
        /^connect passed/,
        /^tls passed/,
        /^answer passed: .*HTTP 404/,
        /^certificate passed: CN=hub from CN=scheme.* \d+ days/,
        /^clock passed/,
      ]);
    }));

  test('whose name is not known, or that does not listen: DNS and connection are told apart', async () => {
    matches(await look('https://nowhere.invalid/'), [/^dns failed: .*cannot be resolved/]);
    const idle = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => idle.once('listening', resolve));
    const { port } = idle.address() as AddressInfo;
    await new Promise((resolve) => idle.close(resolve));
    matches(await look(`https://127.0.0.1:${port}/`), [/^dns passed/, /^connect failed: .*nothing listens/]);
  });

  test('of another CA, or under another name, is shown with its certificate', async () => {
    await served({ ...(await stranger.issue({ name: 'hub' })), trustedCas: scheme.certificate }, async (url) => {
      matches(await look(url), [
        /^dns passed/,
        /^connect passed/,
        /^tls failed: .*not trusted/,
        /^certificate failed: CN=hub from CN=stranger.*not trusted/,
      ]);
    });
  });

  test('whose certificate expired says since when', async () => {
    const past: Clock = { now: () => Date.now() - 800 * dayMs, monotonic: () => 0 };
    const old = await openAuthority({ folder: join(folder, 'past'), clock: past, random: systemRandom, name: 'past' });
    await served({ ...(await old.issue({ name: 'hub' })), trustedCas: scheme.certificate }, async (url) => {
      const found = await look(url, { credentials: { ...bank, trustedCas: old.certificate } });
      assert.match(found.at(-1) ?? '', /^certificate failed: CN=hub from CN=past.*expired on \d{4}-\d\d-\d\d/);
    });
  });

  test('that refuses our certificate is told apart from one that we do not trust', () =>
    served(hub, async (url) => {
      const found = await look(url, { credentials: { ...(await stranger.issue({ name: 'greenbank' })), trustedCas: scheme.certificate } });
      assert.match(found.join('\n'), /^(?:tls|answer) failed: .*(?:our client certificate|before the answer)/m);
      assert.match(found.at(-1) ?? '', /^certificate passed/);
    }));

  test('that speaks plain http where TLS is expected fails in TLS', async () => {
    const plain = createServer((_request, response) => void response.end()).listen(0, '127.0.0.1');
    await new Promise((resolve) => plain.once('listening', resolve));
    const { port } = plain.address() as AddressInfo;
    matches(await look(`https://127.0.0.1:${port}/`), [
      /^dns passed/,
      /^connect passed/,
      /^tls failed/,
      /^certificate failed: .*presents no certificate/,
    ]);
    matches(await look(`http://127.0.0.1:${port}/`), [/^dns passed/, /^connect passed/, /^answer passed/, /^clock passed/]);
    plain.close();
  });

  test('whose clock is another than ours says by how much', () =>
    served(hub, async (url) => {
      const off = (ms: number): Clock => ({ now: () => Date.now() + ms, monotonic: () => performance.now() });
      assert.match((await look(url, {}, off(60_000))).at(-1) ?? '', /^clock failed: our clock is (?:59|60) s ahead of/);
      assert.match((await look(url, {}, off(-60_000))).at(-1) ?? '', /^clock failed: our clock is (?:59|60) s behind/);
      assert.match((await look(url, {}, off(1_500))).at(-1) ?? '', /^clock passed/);
    }));
});
