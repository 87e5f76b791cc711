import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Finding } from '@payment-manager/operations/doctor';
import { type HttpServer, recordedLog, startHttpServer, systemClock, systemRandom } from '@payment-manager/runtime';
import { type Authority, openAuthority } from '@payment-manager/sandbox';
import { pmIn } from '../../../test/command-line.ts';

let folder: string;
let scheme: Authority;
let hub: HttpServer;
let core: HttpServer;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-doctor-'));
  scheme = await openAuthority({ folder: join(folder, 'ca'), clock: systemClock, random: systemRandom });
  await scheme.issue({ name: 'greenbank' });
  const serve = (tls?: Awaited<ReturnType<Authority['issue']>>) =>
    startHttpServer(
      {
        host: '127.0.0.1',
        port: 0,
        maxBodyBytes: 100,
        handler: async () => ({ status: 404, headers: { date: new Date().toUTCString() } }),
        refuse: () => ({ status: 500 }),
        ...(tls && { tls: { credentials: tls, requireClientCertificate: true } }),
      },
      recordedLog(),
    );
  hub = await serve(await scheme.issue({ name: 'hub' }));
  core = await serve();
});
after(async () => {
  await Promise.all([hub.close(0), core.close(0)]);
  await rm(folder, { recursive: true });
});

async function doctor(coreUrl: string, environment: Record<string, string> = {}, ...args: string[]) {
  const { certificate, privateKey, ca } = scheme.files('greenbank');
  const tls = `{ enabled: true, certificateFile: ${certificate}, keyFile: ${privateKey}, caFile: ${ca} }`;
  await writeFile(
    join(folder, 'payment-manager.yaml'),
    `fspId: greenbank\ndataFolder: ${folder}\nsandbox: true\njws: { sign: false, verify: false }\noperations: { port: 0 }\ninbound: { port: 0 }
hub: { baseUrl: '${hub.url}', tls: ${tls} }\ncore: { baseUrl: '${coreUrl}' }\n`,
  );
  return pmIn(folder, ['doctor', ...args], environment);
}

describe('./pm doctor', () => {
  test('tells each part, and ends with 0 when no check failed', async () => {
    const { exitCode, text } = await doctor(core.url);
    assert.equal(exitCode, 0, text);
    for (const line of [
      /^passed +files +rights/m,
      /^passed +files +hub\.tls/m,
      /^passed +disk +space/m,
      /^skipped +journal +file/m,
      /^passed +hub +certificate +CN=hub/m,
      /^passed +hub +clock/m,
      /^passed +core +answer/m,
    ])
      assert.match(text, line);
    assert.match(text, /checks passed/);
  });

  test('as somebody who may not read the token of the operations API it says so, and looks at the rest', async () => {
    const { exitCode, text } = await doctor(core.url, { PM_OPERATIONS_TOKEN_FILE: folder });
    assert.equal(exitCode, 0, text);
    assert.match(text, /^warning +product +token +The token of the operations API, .* cannot be read \(EISDIR\)/m);
    assert.match(text, /^passed +hub +answer/m);
  });

  test('ends with 1 and the remedy when a check failed, as text and as JSON', async () => {
    const nowhere = 'http://nowhere.invalid';
    const { exitCode, text } = await doctor(nowhere);
    assert.equal(exitCode, 1);
    assert.match(text, /^failed +core +dns .*\n +do: Check the host name/m);
    assert.match(text, /^passed +hub +answer/m);
    const json = JSON.parse((await doctor(nowhere, {}, '--json')).text) as { failed: number; findings: Finding[] };
    assert.equal(json.failed, 1);
    assert.equal(json.findings.find(({ state }) => state === 'failed')?.part, 'core');
  });

  test('a journal without its key, and a PostgreSQL that is not there, are told', async () => {
    await writeFile(join(folder, 'journal.db'), '');
    assert.match((await doctor(core.url)).text, /^failed +journal +key .*\n +do: Restore journal\.key/m);
    await rm(join(folder, 'journal.db'));
    const { text } = await doctor(core.url, {
      PM_JOURNAL_STORE: 'postgres',
      PM_JOURNAL_POSTGRES_URL: 'postgres://pm:hunter2@127.0.0.1:1/pm',
    });
    assert.match(text, /^failed +journal +database/m);
    assert.doesNotMatch(text, /hunter2/);
  });
});
