import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { type Credentials, createHttpClient, recordedLog, Secret, systemClock, systemRandom } from '@payment-manager/runtime';
import { refuseFspiop } from '../hub/switch-api.ts';
import { openListener } from '../listener.ts';
import { type Scheme, startScheme } from '../scheme.ts';
import { fulfilmentOf, prepareBody, type ScriptedDfsp, scriptedDfsp } from '../scripted-dfsp.ts';
import { issueServer, makeAuthority, signRequest } from './certificates/hub-authority.ts';
import type { ConnectionManagerServer } from './connection-manager-server.ts';
import type { AuthorityRecord, Enrolment } from './records.ts';
import { makeRequest, type ScriptedClient, scriptedClient, type Told } from './scripted-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'pm-hub-follows-'));
const http = createHttpClient({});
after(async () => {
  await http.close();
  rmSync(folder, { recursive: true, force: true });
});
const tools = { clock: systemClock, random: systemRandom, keyBits: 2048 };
const jwsKey = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicOf = (privateKey: string): string =>
  createPublicKey(createPrivateKey(privateKey)).export({ type: 'spki', format: 'pem' }).toString();
const of = <T>(told: Told): T => {
  assert.equal(told.status, 200, told.text);
  return told.json as T;
};

/** A DFSP that came into the scheme by the Connection Manager. */
interface Onboarded {
  readonly dfsp: ScriptedDfsp;
  readonly client: ScriptedClient;
  readonly ca: AuthorityRecord;
  readonly jws: string;
  /** Asks for a new client certificate of the current hub CA, and trusts that CA besides. */
  enrol(): Promise<Credentials>;
  use(credentials: Credentials): void;
  /** Serves with a certificate of this CA and trusts no other; open connections end. */
  serve(ca: AuthorityRecord): Promise<void>;
}

async function onboard(t: TestContext, scheme: Scheme, fspId: string): Promise<Onboarded> {
  const server = scheme.connectionManager as ConnectionManagerServer;
  const { oauth } = scheme.dfsp(fspId);
  const client = await scriptedClient(http, server, fspId, oauth?.clientSecret.reveal() ?? '');
  const path = `/dfsps/${fspId}`;
  const ca = await makeAuthority({ CN: `${fspId} CA`, O: fspId }, 365, tools);
  const jws = jwsKey();
  await client.call(`POST ${path}/ca`, { body: { rootCertificate: ca.certificate } });
  await client.call(`POST ${path}/jwscerts`, { body: { publicKey: publicOf(jws), createdAt: 1 } });
  const [hubs] = of<Enrolment[]>(await client.call(`GET ${path}/enrollments/outbound`));
  const certificate = await signRequest({ csr: hubs?.csr ?? '', commonName: 'localhost', ttlSeconds: 3_600 }, ca, tools);
  of(await client.call(`POST ${path}/enrollments/outbound/${hubs?.id}/certificate`, { body: { certificate } }));

  const enrol = async (): Promise<Credentials> => {
    const { csr, privateKey } = await makeRequest(`CN=${fspId}`);
    const { id } = of<Enrolment>(await client.call(`POST ${path}/enrollments/inbound`, { body: { clientCSR: csr } }));
    await signed(server, fspId, id);
    const enrolment = of<Enrolment>(await client.call(`GET ${path}/enrollments/inbound/${id}`));
    const { rootCertificate } = of<{ rootCertificate: string }>(await client.call('GET /hub/ca'));
    return { certificate: enrolment.certificate ?? '', privateKey: new Secret(privateKey), trustedCas: rootCertificate };
  };
  const outgoing = createHttpClient({ credentials: await enrol() });
  const keyOf = (name: string): string | undefined =>
    name === scheme.hubId ? scheme.hubSigningKey.publicKey : server.members().find((one) => one.fspId === name)?.jwsPublicKeys[0];
  const dfsp = scriptedDfsp({ fspId, client: outgoing, hubUrl: () => scheme.hubUrl, privateKey: jws, keyOf, clock: systemClock });
  const serving = async (authority: AuthorityRecord): Promise<Credentials> => {
    const own = await issueServer({ hosts: ['localhost', '127.0.0.1'], ttlSeconds: 3_600 }, authority, tools);
    return { certificate: own.certificate, privateKey: new Secret(own.privateKey), trustedCas: authority.certificate };
  };
  const credentials = await serving(ca);
  const listener = await openListener(
    { port: 0, maxBodyBytes: 1_000_000, handler: dfsp.handler, refuse: refuseFspiop, tls: { credentials, requireClientCertificate: true } },
    recordedLog(),
  );
  t.after(async () => {
    await listener.close(100);
    await outgoing.close();
  });
  await client.call(`POST ${path}/endpoints/egress`, { body: { ipList: [{ address: '127.0.0.1' }] } });
  await client.call(`POST ${path}/endpoints/ingress`, { body: { url: listener.url } });
  const serve = async (authority: AuthorityRecord): Promise<void> => {
    listener.setCredentials(await serving(authority));
    await listener.pause();
    await listener.resume();
  };
  return { dfsp, client, ca, jws, enrol, serve, use: (fresh) => outgoing.setCredentials(fresh) };
}

/** Resolves when the hub has signed. */
function signed(server: ConnectionManagerServer, fspId: string, enrolmentId: number): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      const dfsp = server.operator.list().find((one) => one.fspId === fspId);
      if (dfsp?.enrolments.find(({ id }) => id === enrolmentId)?.state !== 'CERT_SIGNED') return;
      end();
      resolve();
    };
    const end = server.onChange(look);
    look();
  });
}

const { fulfilment } = fulfilmentOf(7);

/** One payment of 25 USD; the payee answers COMMITTED. */
async function pay(payer: ScriptedDfsp, payee: ScriptedDfsp): Promise<void> {
  const transferId = systemRandom.uuid();
  payee.on('POST /transfers', () => {
    void payee.send('PUT /transfers', `/transfers/${transferId}`, {
      destination: payer.fspId,
      body: { transferState: 'COMMITTED', fulfilment, completedTimestamp: new Date(systemClock.now()).toISOString() },
    });
    return undefined;
  });
  const before = payer.of('PUT /transfers').length;
  const { status } = await payer.send('POST /transfers', '/transfers', {
    destination: payee.fspId,
    body: prepareBody(transferId, systemClock),
  });
  assert.equal(status, 202);
  const outcome = await payer.next('PUT /transfers', before + 1);
  assert.equal((outcome.body as { transferState: string }).transferState, 'COMMITTED');
}

test('a scheme with a Connection Manager: two DFSPs with keys of their own pay each other, while everything changes', async (t) => {
  const scheme = await startScheme({ folder, log: recordedLog(), connectionManager: { settings: {} } });
  t.after(() => scheme.stop());
  const server = scheme.connectionManager as ConnectionManagerServer;
  assert.throws(() => scheme.dfsp('greenbank').credentials, /makes its own keys/);
  const payer = await onboard(t, scheme, 'greenbank');
  const payee = await onboard(t, scheme, 'bluewallet');
  await pay(payer.dfsp, payee.dfsp);

  // A new JWS key is published; what is signed with the one before it still counts. With the next one it does not.
  const publish = (key: string) =>
    payer.client.call('POST /dfsps/greenbank/jwscerts', { body: { publicKey: publicOf(key), createdAt: 2 } });
  await publish(jwsKey());
  assert.equal(
    (
      await payer.dfsp.send('POST /transfers', '/transfers', {
        destination: 'bluewallet',
        body: prepareBody(systemRandom.uuid(), systemClock),
      })
    ).status,
    202,
  );
  await publish(jwsKey());
  assert.deepEqual(
    await payer.dfsp.send('POST /transfers', '/transfers', {
      destination: 'bluewallet',
      body: prepareBody(systemRandom.uuid(), systemClock),
    }),
    {
      status: 400,
      errorCode: '3105',
    },
  );
  await publish(payer.jws);

  // The hub's CA changes: certificates of both count, then the hub serves with the new one, then the old one counts no more.
  const old = await payer.enrol();
  await server.operator.rotateHubCa();
  await pay(payer.dfsp, payee.dfsp);
  const fresh = await payer.enrol();
  payer.use({ ...fresh, trustedCas: `${old.trustedCas}\n${fresh.trustedCas}` });
  await pay(payer.dfsp, payee.dfsp);
  await server.operator.reissueServerCertificate();
  payer.use(fresh);
  await assert.doesNotReject(payer.dfsp.send('GET /parties', '/parties/MSISDN/1'));
  server.operator.retireHubCas();
  payer.use({ ...old, trustedCas: fresh.trustedCas });
  await assert.rejects(payer.dfsp.send('GET /parties', '/parties/MSISDN/1'), /TLS_CLIENT_REFUSED/);
  payer.use(fresh);

  // The payee gets a new certificate, and signs the hub's request anew; one with another key leaves the hub without a line to it.
  payee.use(await payee.enrol());
  await pay(payer.dfsp, payee.dfsp);
  const [hubs] = of<Enrolment[]>(await payee.client.call('GET /dfsps/bluewallet/enrollments/outbound'));
  const upload = (body: object) => payee.client.call(`POST /dfsps/bluewallet/enrollments/outbound/${hubs?.id}/certificate`, { body });
  const bad = await signRequest({ csr: hubs?.csr ?? '', commonName: 'localhost', ttlSeconds: 60, flaw: 'wrong-key' }, payee.ca, tools);
  assert.equal(of<Enrolment>(await upload({ certificate: bad })).validationState, 'INVALID');
  assert.equal(server.members().find(({ fspId }) => fspId === 'bluewallet')?.credentials, undefined, 'the hub has no line to it');
  const next = await signRequest({ csr: hubs?.csr ?? '', commonName: 'localhost', ttlSeconds: 60 }, payee.ca, tools);
  of(await upload({ certificate: `around it ${next} junk` }));
  await pay(payer.dfsp, payee.dfsp);

  // The same with another CA: the hub comes with the new certificate and trusts the new CA at once.
  const nextCa = await makeAuthority({ CN: 'bluewallet CA 2', O: 'bluewallet' }, 365, tools);
  await payee.client.call('POST /dfsps/bluewallet/ca', { body: { rootCertificate: nextCa.certificate } });
  await pay(payer.dfsp, payee.dfsp);
  of(await upload({ certificate: await signRequest({ csr: hubs?.csr ?? '', commonName: 'localhost', ttlSeconds: 60 }, nextCa, tools) }));
  await payee.serve(nextCa);
  await pay(payer.dfsp, payee.dfsp);

  // Who is removed is heard no more.
  server.operator.remove('greenbank');
  assert.equal(
    (
      await payer.dfsp.send('POST /transfers', '/transfers', {
        destination: 'bluewallet',
        body: prepareBody(systemRandom.uuid(), systemClock),
      })
    ).errorCode,
    '3105',
  );
  // The payee looks at the newest key alone, as a peer that holds a single one: it refused what the hub let through.
  assert.deepEqual([payer.dfsp.complaints, payee.dfsp.complaints], [[], ['POST /transfers: Error: bad signature']]);

  // The same folder again: nobody has to be onboarded anew.
  const secret = scheme.dfsp('bluewallet').oauth?.clientSecret.reveal();
  const { endpoint } = scheme.hub.directory.participant('bluewallet') ?? {};
  const [member] = server.members();
  await scheme.stop();
  const again = await startScheme({ folder, log: recordedLog(), connectionManager: {} });
  t.after(() => again.stop());
  assert.equal(again.dfsp('bluewallet').oauth?.clientSecret.reveal(), secret);
  assert.equal(again.hub.directory.participant('bluewallet')?.endpoint, endpoint);
  assert.match(endpoint ?? '', /^https:/);
  assert.deepEqual(again.connectionManager?.members()[0]?.credentials?.certificate, member?.credentials?.certificate);
});
