import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type HttpClient, Secret, systemClock, systemRandom, threadPoolSignatures } from '@payment-manager/runtime';
import { toldWordsIn } from '@payment-manager/runtime/words';
import { type Environment, memoryStore, openVault, VaultError } from '@payment-manager/vault';
import { testNotice } from './alert-notice.ts';
import { ALERT_SECRET_IDS, alertSecretOf } from './alert-secrets.ts';
import { signatureOf, webhookChannel } from './webhook-channel.ts';

const DOING = { by: 'amara', why: 'test' };
const [FIRST, SECOND] = ['1'.repeat(32), '2'.repeat(32)];
const NOWHERE = { key: 'alerts.webhook.secret', value: undefined, file: undefined, id: ALERT_SECRET_IDS.webhook, atLeast: 32 };

let folder: string;
let notice: ReturnType<typeof testNotice>;
let environment: Environment;
before(async () => {
  notice = testNotice(0, { fspId: 'greenbank', environment: 'production', portalUrl: undefined }, await toldWordsIn('en'));
  folder = await mkdtemp(join(tmpdir(), 'pm-alert-secrets-'));
  const vault = await openVault({ store: memoryStore(), clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
  environment = vault.environment('production');
});
after(() => rm(folder, { recursive: true }));

/** A webhook that signs with what is there at each delivery; answers by which key the last one was signed, or why it was not sent. */
function signing(secret: () => Promise<Secret<string>>) {
  const sent: { readonly header: string; readonly body: string }[] = [];
  const client = {
    async request({ headers, body }: { headers: Record<string, string>; body: string }) {
      sent.push({ header: headers['x-payment-manager-signature'] ?? '', body });
      return { kind: 'answer', status: 204 };
    },
    close: () => {},
  } as unknown as HttpClient & { close(): void };
  const channel = webhookChannel({ url: 'https://alerts.example.org/x', secret, client, clock: { now: () => 1_000 } });
  return {
    sent,
    async by(): Promise<string | undefined> {
      const attempted = await channel.send(notice);
      if (attempted.kind !== 'sent') return attempted.problem;
      const { header, body } = sent.at(-1) ?? { header: '', body: '' };
      return [FIRST, SECOND].find((key) => signatureOf(body, new Secret(key), 1) === header);
    },
  };
}

describe('secrets of alerts', () => {
  test('come from the configuration, where the environment may give them', async () => {
    assert.equal(await signing(alertSecretOf({ ...NOWHERE, value: FIRST }, environment)).by(), FIRST);
  });

  test('come from a mounted file, read at each delivery: one that was replaced counts at the next', async () => {
    const file = join(folder, 'webhook');
    const { by } = signing(alertSecretOf({ ...NOWHERE, file }, environment));
    assert.equal(await by(), `the secret secret (alerts.webhook.secretFile) cannot be read: ${file} (ENOENT)`);
    await writeFile(file, `${FIRST}\n`);
    assert.equal(await by(), FIRST);
    await writeFile(file, `${SECOND}\n`);
    assert.equal(await by(), SECOND);
  });

  test('come from the vault, where the configuration gives neither; until it is there nothing leaves, and what was owed waits', async () => {
    const { by, sent } = signing(alertSecretOf(NOWHERE, environment));
    assert.equal(
      await by(),
      'there is no secret: give `alerts.webhook.secret` or `alerts.webhook.secretFile`, or keep it in the vault as `alert-webhook`',
    );
    assert.equal(sent.length, 0);
    await environment.secrets.put('alert-webhook', new Secret(FIRST), DOING);
    assert.equal(await by(), FIRST);
    await environment.secrets.put('alert-webhook', new Secret(SECOND), DOING);
    assert.equal(await by(), SECOND);
  });

  test('that somebody could guess sign nothing, wherever they come from, and are told to nobody', async () => {
    await environment.secrets.put('alert-webhook', new Secret('short-canary'), DOING);
    const file = join(folder, 'short');
    await writeFile(file, 'short-canary');
    for (const given of [NOWHERE, { ...NOWHERE, file }, { ...NOWHERE, value: 'short-canary' }]) {
      const { by, sent } = signing(alertSecretOf(given, environment));
      assert.equal(await by(), 'the secret `alerts.webhook.secret` has fewer than 32 characters');
      assert.equal(sent.length, 0);
    }
  });

  test('of a vault that does not answer are tried again, and what it says is told by its code alone', async () => {
    const secrets = { get: () => Promise.reject(new VaultError('VAULT_UNAVAILABLE', 'words with hosts.internal')) };
    const { by } = signing(alertSecretOf(NOWHERE, { secrets } as unknown as Environment));
    assert.equal(await by(), 'the secret `alerts.webhook.secret` cannot be had from the vault (VAULT_UNAVAILABLE)');
  });
});
