import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import {
  type Credentials,
  recordedLog,
  Secret,
  systemClock,
  systemRandom,
  systemTimers,
  threadPoolSignatures,
} from '@payment-manager/runtime';
import { type Environment, memoryStore, openVault } from '@payment-manager/vault';
import { WebSocket } from 'ws';
import { startControlServer } from './control-server.ts';

const token = 'canary-token-canary-token-canary-token';
const doing = { by: 'a test', why: 'to see' };

async function withAuthority(at: Environment): Promise<Environment> {
  const { id } = await at.authority.create({ commonName: `CA of ${at.name}` }, 100, doing, 'EC-P256');
  await at.keys.activate('dfsp-ca', id, doing);
  return at;
}

async function issued(at: Environment, usage: 'client' | 'server'): Promise<Credentials> {
  const purpose = `tls-${usage}` as const;
  const { id } = await at.keys.generate(purpose, doing, 'EC-P256');
  const request = await at.keys.request(purpose, id, {
    usage,
    subject: { commonName: usage },
    names: { dns: ['localhost'], ip: ['127.0.0.1'] },
  });
  await at.keys.storeChain(purpose, id, (await at.authority.sign(request, { usage, days: 9 })).join('\n'));
  await at.keys.activate(purpose, id, doing);
  return at.credentials(purpose, [{ purpose: 'dfsp-ca' }]);
}

test('beyond this machine: client certificates and the token, and the server certificate changes under those that are there', async () => {
  const vault = await openVault({ store: memoryStore(), clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
  const [ours, strangers] = [await withAuthority(vault.environment('sandbox')), await withAuthority(vault.environment('other'))];
  const [server, client, stranger] = [await issued(ours, 'server'), await issued(ours, 'client'), await issued(strangers, 'client')];
  const control = await startControlServer({
    ...{ host: '0.0.0.0', port: 0, token: new Secret(token), tls: server, credentials: async () => ({ peers: [] }) },
    ...{ timers: systemTimers, random: systemRandom, log: recordedLog() },
  });
  const connect = async (as: Credentials | undefined, given = token): Promise<WebSocket | string> => {
    const own = as && { cert: as.certificate, key: as.privateKey.reveal() };
    const socket = new WebSocket(`wss://sdk:${given}@127.0.0.1:${control.port}`, { ca: server.trustedCas, ...own });
    const failed = once(socket, 'error').then(([error]) => (error as Error).message);
    return Promise.race([once(socket, 'open').then(() => socket), failed]);
  };
  const serialOf = (socket: WebSocket): string => (Reflect.get(socket, '_socket') as TLSSocket).getPeerCertificate().serialNumber;

  assert.match(String(await connect(undefined)), /socket hang up|alert|ECONNRESET/);
  assert.match(String(await connect(stranger)), /socket hang up|alert|ECONNRESET/);
  assert.match(String(await connect(client, `${token}x`)), /401/);
  const before = await connect(client);
  assert.ok(before instanceof WebSocket);
  control.setCredentials(await issued(ours, 'server'));
  const after = await connect(client);
  assert.ok(after instanceof WebSocket);
  assert.notEqual(serialOf(before), serialOf(after));
  for (const socket of [before, after]) {
    socket.send('{"msg":"CONFIGURATION","verb":"READ","data":{},"id":"x"}');
    const [data] = await once(socket, 'message');
    assert.deepEqual((JSON.parse(String(data)) as { data: unknown }).data, { peerJWSKeys: {} });
  }
  await control.stop();
  await vault.close();
});
