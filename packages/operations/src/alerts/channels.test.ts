import assert from 'node:assert/strict';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  type Credentials,
  createHttpClient,
  type HttpRequest,
  recordedLog,
  Secret,
  startHttpServer,
  systemClock,
  systemRandom,
} from '@payment-manager/runtime';
import { toldWordsIn } from '@payment-manager/runtime/words';
import { openAuthority } from '@payment-manager/sandbox';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { noticeOf, testNotice } from './alert-notice.ts';
import { AlertSecretMissing } from './alert-secrets.ts';
import { type EmailOptions, emailChannel } from './email-channel.ts';
import { fileStore } from './file-store.ts';
import type { Incident } from './incident.ts';
import { webhookChannel } from './webhook-channel.ts';

const ENGLISH = await toldWordsIn('en');
const IDENTITY = { fspId: 'greenbank', environment: 'production', portalUrl: 'https://portal.example.org' };
const INCIDENT: Incident = {
  ...{ id: '2026-11-24T09-00-00-1', key: 'hub HUB_NOT_ANSWERING', rule: 'hub', severity: 'critical', code: 'HUB_NOT_ANSWERING', count: 1 },
  ...{
    reason: 'No answer from https://hub.internal.',
    state: 'open',
    since: Date.UTC(2026, 10, 24, 9),
    newest: 0,
    seenAt: 0,
    presentMs: 0,
  },
  ...{ gaps: 0, deliveries: [] },
};
const NOTICE = noticeOf(INCIDENT, { event: 'began', at: Date.UTC(2026, 10, 24, 9, 1) }, IDENTITY, ENGLISH);

let folder: string;
let server: Credentials;
let ca: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-alert-channels-'));
  const authority = await openAuthority({ folder: join(folder, 'ca'), clock: systemClock, random: systemRandom, name: 'mail' });
  server = await authority.issue({ name: 'mail' });
  ca = authority.certificate;
});
after(() => rm(folder, { recursive: true }));

/** What docs/operations/alert-delivery.md tells receivers to do. */
function isOurs(header: string, body: string, secret: string, nowSeconds: number): boolean {
  const { t = '', v1 = '' } = Object.fromEntries(header.split(',').map((part) => part.split('=', 2)));
  const expected = createHmac('sha256', secret).update(`${t}.${body}`).digest();
  const given = Buffer.from(v1, 'hex');
  return Math.abs(nowSeconds - Number(t)) <= 300 && given.length === expected.length && timingSafeEqual(given, expected);
}

describe('the webhook for alerts', () => {
  const SECRET = 'a'.repeat(32);
  async function posted(status: number, headers: Readonly<Record<string, string>> = {}) {
    const seen: HttpRequest[] = [];
    const handler = async (request: HttpRequest) => {
      seen.push(request);
      return { status, headers };
    };
    const http = await startHttpServer(
      { host: '127.0.0.1', port: 0, maxBodyBytes: 10_000, handler, refuse: () => ({ status: 500 }) },
      recordedLog(),
    );
    const channel = webhookChannel({
      url: `${http.url}/hooks/planted`,
      secret: async () => new Secret(SECRET),
      client: createHttpClient(),
      clock: systemClock,
    });
    const attempted = await channel.send(NOTICE);
    await channel.close();
    await http.close(0);
    return { seen, attempted };
  }

  test('is posted as JSON that the receiver can prove to be ours and new, with the page about it and no reason', async () => {
    const { seen, attempted } = await posted(204);
    assert.deepEqual(attempted, { kind: 'sent' });
    const body = Buffer.from(seen[0]?.body ?? []).toString('utf8');
    const header = seen[0]?.headers['x-payment-manager-signature'] ?? '';
    const now = Math.floor(Date.now() / 1_000);
    assert.equal(isOurs(header, body, SECRET, now), true);
    assert.equal(isOurs(header, `${body} `, SECRET, now), false);
    assert.equal(isOurs(header, body, 'b'.repeat(32), now), false);
    assert.equal(isOurs(header, body, SECRET, now + 600), false, 'one that was kept and is sent again later');
    assert.deepEqual(JSON.parse(body), {
      ...{
        id: '2026-11-24T09-00-00-1.began.1795510860000',
        incident: '2026-11-24T09-00-00-1',
        event: 'began',
        rule: 'hub',
        severity: 'critical',
      },
      ...{ code: 'HUB_NOT_ANSWERING', count: 1, fspId: 'greenbank', environment: 'production', title: 'The hub cannot be reached' },
      what: 'The hub does not answer',
      ...{ began: '2026-11-24T09:00:00.000Z', link: 'https://portal.example.org/alerts?incident=2026-11-24T09-00-00-1' },
    });
  });

  test('a server that fails is asked again, one that refuses is not, and a redirect is followed nowhere', async () => {
    assert.deepEqual((await posted(503)).attempted, { kind: 'failed', problem: 'it answers with status 503' });
    assert.deepEqual((await posted(422)).attempted, { kind: 'refused', problem: 'it answers with status 422' });
    const { seen, attempted } = await posted(307, { location: 'http://127.0.0.1:1/elsewhere' });
    assert.deepEqual([attempted, seen.length], [{ kind: 'failed', problem: 'it answers with status 307' }, 1]);
  });

  test('what fails tells nothing of the address, whose path may be a secret', async () => {
    const channel = webhookChannel({
      url: 'http://127.0.0.1:1/planted',
      secret: async () => new Secret(SECRET),
      client: createHttpClient(),
      clock: systemClock,
    });
    const attempted = await channel.send(NOTICE);
    await channel.close();
    assert.equal(attempted.kind, 'failed');
    assert.doesNotMatch(JSON.stringify(attempted), /planted|127\.0\.0\.1/);
  });
});

describe('mails of alerts', () => {
  /** A real mail server for the time of some mails. */
  async function served(
    options: SMTPServerOptions,
    channel: Partial<EmailOptions>,
    work: (send: (event?: 'test') => Promise<unknown>) => Promise<void>,
  ) {
    const mails: { readonly to: readonly string[]; readonly text: string; readonly secure: boolean; readonly user: unknown }[] = [];
    const smtp = new SMTPServer({
      ...{ cert: server.certificate, key: server.privateKey.reveal(), logger: false, authOptional: true },
      onAuth: ({ username, password }, _session, done) =>
        username === 'pm' && password === 'planted-password'
          ? done(null, { user: username })
          : done(new Error('planted words of the server')),
      onRcptTo: ({ address }, _session, done) =>
        address.startsWith('nobody') ? done(Object.assign(new Error('planted: no such user'), { responseCode: 550 })) : done(),
      onData(stream, session, done) {
        const pieces: Buffer[] = [];
        stream.on('data', (piece: Buffer) => pieces.push(piece));
        stream.on('end', () => {
          const to = session.envelope.rcptTo.map(({ address }) => address);
          mails.push({ to, text: Buffer.concat(pieces).toString('utf8'), secure: session.secure, user: session.user });
          done();
        });
      },
      ...options,
    });
    smtp.on('error', () => {});
    await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
    const email = await emailChannel({
      ...{ host: '127.0.0.1', port: (smtp.server.address() as AddressInfo).port, security: 'starttls', trustedCas: ca, words: ENGLISH },
      ...{
        user: 'pm',
        password: async () => new Secret('planted-password'),
        from: 'pm@greenbank.example.org',
        to: ['on-call@greenbank.example.org'],
      },
      ...channel,
    });
    const { words = ENGLISH } = channel;
    await work((event) =>
      email.send(event === 'test' ? testNotice(1, IDENTITY, words) : noticeOf(INCIDENT, { event: 'began', at: 1 }, IDENTITY, words)),
    );
    await email.close();
    await new Promise<void>((resolve) => smtp.close(resolve));
    return mails;
  }

  test('goes over STARTTLS to everybody who is named, with the page about it', async () => {
    const to = ['on-call@greenbank.example.org', 'operations@greenbank.example.org'];
    const mails = await served({}, { to }, async (send) => assert.deepEqual(await send(), { kind: 'sent' }));
    assert.deepEqual(
      mails.map(({ to: all, secure, user }) => [all, secure, user]),
      [[to, true, 'pm']],
    );
    const text = mails[0]?.text ?? '';
    assert.match(text, /^Subject: \[greenbank production\] Critical: The hub cannot be reached\r$/m);
    assert.match(text, /^Message-ID: <2026-11-24T09-00-00-1\.began\.1@greenbank\.example\.org>\r$/m);
    assert.match(text, /^Where to look: https:\/\/portal\.example\.org\/alerts\?incident=3D?2026|alerts\?incident=/m);
    assert.match(text, /^Auto-Submitted: auto-generated\r$/im);
    assert.match(text, /^Content-Language: en\r$/im);
    assert.match(text, /^Content-Type: multipart\/alternative;/im);
    for (const form of ['plain', 'html']) assert.match(text, new RegExp(`^Content-Type: text/${form}; charset=utf-8\r$`, 'im'));
    assert.doesNotMatch(text, /hub\.internal/);
  });

  test('over TLS from the beginning, and in French', async () => {
    const mails = await served({ secure: true }, { security: 'tls', words: await toldWordsIn('fr') }, async (send) =>
      assert.deepEqual(await send('test'), { kind: 'sent' }),
    );
    assert.match(
      decodeURIComponent(
        (mails[0]?.text ?? '')
          .replace(/=\r\n/g, '')
          .replace(/=([0-9A-F]{2})/g, '%$1')
          .replace(/%(?![0-9A-F]{2})/g, '%25'),
      ),
      /Un essai des alertes/,
    );
  });

  test('nothing is sent to a server that offers no TLS, or has a certificate of nobody whom we trust', async () => {
    const plain = await served({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'], allowInsecureAuth: true }, {}, async (send) =>
      assert.equal(((await send()) as { kind: string }).kind, 'failed'),
    );
    const stranger = await served({}, { trustedCas: undefined }, async (send) =>
      assert.equal(((await send()) as { kind: string }).kind, 'failed'),
    );
    assert.deepEqual([plain, stranger], [[], []]);
  });

  test('a wrong password is tried again, a recipient that nobody knows is not; what the server says is told to nobody', async () => {
    await served({}, { password: async () => new Secret('wrong') }, async (send) => {
      const attempted = (await send()) as { kind: string };
      assert.equal(attempted.kind, 'failed');
      assert.doesNotMatch(JSON.stringify(attempted), /planted|wrong/);
    });
    await served({}, { to: ['nobody@greenbank.example.org'] }, async (send) =>
      assert.deepEqual(await send(), { kind: 'refused', problem: 'the mail server refuses sender or recipients (550)' }),
    );
    const mails = await served({}, { to: ['nobody@greenbank.example.org', 'on-call@greenbank.example.org'] }, async (send) =>
      assert.deepEqual(await send(), { kind: 'sent', problem: '1 of 2 recipients are refused' }),
    );
    assert.equal(mails.length, 1);
  });

  test('the password is asked for at each mail: one that was replaced counts at the next, and where there is none nothing leaves', async () => {
    const kept = [undefined, 'wrong', 'planted-password'];
    const password = async (): Promise<Secret<string>> => {
      const next = kept.shift();
      if (next === undefined) throw new AlertSecretMissing('there is none');
      return new Secret(next);
    };
    const mails = await served({}, { password }, async (send) => {
      assert.deepEqual(await send(), { kind: 'failed', problem: 'there is none' });
      assert.equal(((await send()) as { kind: string }).kind, 'failed');
      assert.deepEqual(await send(), { kind: 'sent' });
    });
    assert.equal(mails.length, 1);
  });

  test('a server that is not there is tried again', async () => {
    await served({}, { port: 1 }, async (send) => assert.equal(((await send()) as { kind: string }).kind, 'failed'));
  });
});

describe('the file of incidents', () => {
  test('has them after a restart, readable by its user alone; one that is broken counts as none', async () => {
    const file = join(folder, 'alerts.json');
    const store = fileStore(file);
    assert.deepEqual(await store.read(), { incidents: [], version: 0 });
    assert.equal(await store.write([INCIDENT], 0), true);
    assert.equal(await store.write([], 0), false, 'another version is stored meanwhile');
    assert.deepEqual((await fileStore(file).read()).incidents, [INCIDENT]);
    assert.equal((await import('node:fs')).statSync(file).mode & 0o777, 0o600);
    await writeFile(file, '{"half');
    assert.deepEqual((await fileStore(file).read()).incidents, []);
    assert.equal((await readFile(file, 'utf8')).length, 6);
  });
});
