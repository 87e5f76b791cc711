import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { Config } from '@payment-manager/configuration';
import { createMetrics, recordedLog, systemClock, systemRandom, systemTimers, type World } from '@payment-manager/runtime';
import { nothingAround } from '../test/portal.ts';
import { administratorLinkOf, proveAudit } from './for-commands.ts';
import { managementSocket } from './management-socket.ts';
import { startManagement } from './start-management.ts';

const folder = await mkdtemp(join(tmpdir(), 'pm-portal-'));
after(() => rm(folder, { recursive: true }));
const log = recordedLog();
const world = { clock: systemClock, timers: systemTimers, random: systemRandom, log, metrics: createMetrics() } as unknown as World;
const key = new Uint8Array(32).fill(5);

function configOf(sandbox: boolean, brand: object = {}): Config {
  const management = {
    enabled: true,
    host: '127.0.0.1',
    port: 0,
    tls: { enabled: false },
    approvals: [],
    portals: [],
    singleSignOn: {},
    brand: { accent: {}, sandbox: {}, test: {}, production: {}, ...brand },
  };
  const proxied = { publicUrl: 'https://portal.example.org', tlsEndedBy: 'a proxy' };
  return {
    fspId: 'greenbank',
    sandbox,
    dataFolder: folder,
    journal: { store: 'sqlite' },
    management: { ...management, ...(sandbox ? {} : proxied) },
  } as unknown as Config;
}

interface Told {
  readonly status: number;
  readonly text: string;
  readonly cookie: string;
}

function ask(
  to: { readonly socketPath: string } | { readonly port: number },
  line: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Told> {
  const [method, path] = line.split(' ');
  return new Promise((resolve, reject) => {
    const asking = request(
      { ...to, host: '127.0.0.1', method, path, headers: { 'content-type': 'application/json', ...headers } },
      (answer) => {
        let text = '';
        answer.on('data', (part) => {
          text += String(part);
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text, cookie: String(answer.headers['set-cookie'] ?? '') }));
      },
    );
    asking.on('error', reject);
    asking.end(method === 'GET' ? undefined : JSON.stringify(body));
  });
}

describe('the running management API', () => {
  test('gives users of the machine a socket that is theirs alone, and in a sandbox a link that signs in over http', async () => {
    const running = await startManagement({ config: configOf(true), world, key, around: { ...nothingAround, sandbox: true } });
    const socketPath = managementSocket({ dataFolder: folder });
    assert.equal((await stat(socketPath)).mode & 0o777, 0o600);
    const made = await ask({ socketPath }, 'POST /api/local/sandbox-link', { role: 'operator' }, { 'x-pm-user': 'ops' });
    assert.equal(made.status, 200, made.text);
    const { link } = JSON.parse(made.text) as { link: string };
    assert.ok(link.startsWith(`${running.url}/welcome#`));
    const port = Number(new URL(running.url).port);
    const own = { host: `localhost:${port}`, origin: running.url, 'sec-fetch-site': 'same-origin' };
    const entered = await ask({ port }, 'POST /api/sign-in/link', { token: link.split('#')[1] }, own);
    assert.deepEqual([entered.status, JSON.parse(entered.text)], [200, { user: 'sandbox-operator' }]);
    const cookie = /pm-session-\d+=[^;]+/.exec(entered.cookie)?.[0] ?? '';
    assert.equal((await ask({ port }, 'GET /api/me', {}, { host: own.host, cookie })).status, 200);
    const audit = await ask({ socketPath }, 'GET /api/audit?action=link.made', {}, { 'x-pm-user': 'ops' });
    assert.match(audit.text, /"actor":"local:ops"/);
    await assert.rejects(administratorLinkOf(configOf(true), world, key, 'local:ops'), { code: 'DATABASE_IN_USE' });
    assert.ok(((await proveAudit(configOf(true), world))?.entries ?? 0) >= 2, 'the log is proven while the product runs');
    await running.close();
    await assert.rejects(stat(socketPath), { code: 'ENOENT' });
  });

  test('starts without the logo where that cannot be used any more, and says so in the log: payments do not wait for a picture', async () => {
    const logoFile = join(folder, 'gone.svg');
    const running = await startManagement({
      config: configOf(true, { logoFile }),
      world,
      key,
      around: { ...nothingAround, sandbox: true },
    });
    await running.close();
    const told = log.lines.find(({ fields }) => fields?.['code'] === 'PORTAL_LOGO_UNUSABLE');
    assert.equal(told?.level, 'error');
    assert.match(String(told?.fields?.['reason']), /management\.brand\.logoFile.*cannot be read \(ENOENT\)/s);
  });

  test('leaves a link for the first administrator in a file, and says nothing of it in the log; on the machine another is made while it is stopped', async () => {
    const running = await startManagement({ config: configOf(false), world, key, around: nothingAround });
    const file = join(folder, 'first-administrator.link');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const link = (await readFile(file, 'utf8')).trim();
    assert.match(link, /^https:\/\/portal\.example\.org\/welcome#[A-Za-z0-9_-]{43}$/);
    assert.ok(!JSON.stringify(log.lines).includes(link.split('#')[1] ?? ''));
    await running.close();
    const other = await administratorLinkOf(configOf(false), world, key, 'local:ops');
    assert.match(other, /^https:\/\/portal\.example\.org\/welcome#/);
    assert.equal((await proveAudit(configOf(false), world))?.broken, undefined);
  });
});
