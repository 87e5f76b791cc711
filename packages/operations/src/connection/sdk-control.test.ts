import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { recordedLog, systemClock, systemRandom, systemTimers, threadPoolSignatures } from '@payment-manager/runtime';
import { memoryStore, openVault } from '@payment-manager/vault';
import { WebSocket } from 'ws';
import { startSdkControl } from './sdk-control.ts';

const token = 'canary-token-canary-token-canary-token';
const doing = { by: 'a test', why: 'to see' };
const environment = 'sandbox';
const world = { timers: systemTimers, random: systemRandom, log: recordedLog() };
const open = () => openVault({ store: memoryStore(), clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
const peerKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }) as string;

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-sdk-control-'));
});
after(() => rm(folder, { recursive: true }));

const withToken = async (text: string) => {
  const tokenFile = join(folder, 'token');
  await writeFile(tokenFile, text);
  return { sdkControl: { port: 0, tokenFile }, environment };
};

test('nothing listens unless a port is given', async () => {
  const opened = await open();
  assert.equal(await startSdkControl({ sdkControl: {}, environment }, opened, world), undefined);
  await opened.close();
});

test('a Mojaloop SDK gets what the vault has for its environment, and is told what changes there', async () => {
  const opened = await open();
  const control = (await startSdkControl(await withToken(`${token}\n`), opened, world)) ?? assert.fail('it is off');
  const socket = new WebSocket(`ws://sdk:${token}@127.0.0.1:${control.port}`);
  await once(socket, 'open');
  const next = async (): Promise<unknown> => {
    const [data] = await once(socket, 'message');
    return (JSON.parse(String(data)) as { data: { peerJWSKeys: unknown } }).data.peerJWSKeys;
  };
  socket.send('{"verb":"READ","msg":"CONFIGURATION","data":{},"id":"x"}');
  assert.deepEqual(await next(), {});
  const [ours, others] = [peerKey(), peerKey()];
  await opened.environment('production').trust.present('peer-jws', 'bank-c', [others], 'cm', doing);
  await opened.environment('sandbox').trust.present('peer-jws', 'bank-b', [ours], 'cm', doing);
  assert.deepEqual(await next(), { 'bank-b': ours });
  const closed = once(socket, 'close');
  await control.stop();
  await closed;
  await opened.close();
});

test('a token that is missing or weak stops the start, and is not told', async () => {
  const opened = await open();
  await assert.rejects(startSdkControl(await withToken('canary'), opened, world), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'CREDENTIALS_INVALID');
    assert.doesNotMatch(error.message, /canary/);
    return true;
  });
  const missing = { sdkControl: { port: 0, tokenFile: join(folder, 'nowhere') }, environment };
  await assert.rejects(startSdkControl(missing, opened, world), { code: 'CREDENTIALS_INVALID' });
  await opened.close();
});
