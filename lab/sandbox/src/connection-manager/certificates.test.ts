import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { createHttpClient, recordedLog, systemClock, systemRandom } from '@payment-manager/runtime';
import { readCertificate } from './certificates/certificate.ts';
import { issueServer, makeAuthority, signRequest } from './certificates/hub-authority.ts';
import { type ConnectionManagerServer, startConnectionManagerServer } from './connection-manager-server.ts';
import type { AuthorityRecord, CaRecord, Enrolment, ServerCertificateRecord } from './records.ts';
import { makeOddCa, makeRequest, type ScriptedClient, type ScriptedRequest, scriptedClient, type Told } from './scripted-client.ts';

const http = createHttpClient({});
const tools = { clock: systemClock, random: systemRandom, keyBits: 2048 };
const dfsp = '/dfsps/greenbank';
const inbound = `${dfsp}/enrollments/inbound`;
const outbound = `${dfsp}/enrollments/outbound`;
let server: ConnectionManagerServer;
let client: ScriptedClient;
let ca: AuthorityRecord;
let request: ScriptedRequest;
let short: ScriptedRequest;
let elliptic: ScriptedRequest;

before(async () => {
  server = await startConnectionManagerServer({ log: recordedLog(), switchFqdn: 'switch.example', settings: { autoSign: false } });
  const { clientId, clientSecret } = await server.operator.register('greenbank');
  client = await scriptedClient(http, server, clientId, clientSecret.reveal());
  ca = await makeAuthority({ CN: 'Green Bank CA', O: 'Green Bank' }, 365, tools);
  request = await makeRequest('CN=greenbank, O=Green Bank, C=GH', { dns: ['connector.greenbank.example'] });
  short = await makeRequest('CN=short', { bits: 1024 });
  elliptic = await makeRequest('CN=elliptic', { bits: 0 });
});
after(async () => {
  await server.stop();
  await http.close();
});

const of = <T>(told: Told, status = 200): T => {
  assert.equal(told.status, status, told.text);
  return told.json as T;
};
const resultOf = (validated: { validations?: readonly { validationCode: unknown; result: string }[] }, code: string): string | undefined =>
  validated.validations?.find(({ validationCode }) => validationCode === code)?.result;

describe('DFSP CA', () => {
  const post = (body: unknown): Promise<Told> => client.call(`POST ${dfsp}/ca`, { body });

  test('unset, it is NOT_AVAILABLE; with `{}` it is VALID and empty; there is no DELETE', async () => {
    assert.deepEqual(of(await client.call(`GET ${dfsp}/ca`)), {
      rootCertificate: null,
      intermediateChain: null,
      validations: [],
      validationState: 'NOT_AVAILABLE',
    });
    await post({ rootCertificate: ca.certificate });
    const erased = of<CaRecord>(await post({}));
    assert.deepEqual([erased.rootCertificate, erased.intermediateChain, erased.validationState], ['', '', 'VALID']);
    assert.equal((await client.call(`DELETE ${dfsp}/ca`)).status, 405);
  });

  test('an expired root is VALID; what is not a CA is stored as INVALID', async () => {
    assert.equal(of<CaRecord>(await post({ rootCertificate: await makeOddCa('expired', systemClock.now()) })).validationState, 'VALID');
    const noCa = of<CaRecord>(await post({ rootCertificate: await makeOddCa('no-ca', systemClock.now()) }));
    assert.deepEqual([noCa.validationState, resultOf(noCa, 'CA_CERTIFICATE_USAGE')], ['INVALID', 'INVALID']);
    assert.deepEqual(of(await client.call(`GET ${dfsp}/ca`)), noCa);
  });

  test('garbage and EC roots are 500 with a text as payload, and change nothing', async () => {
    const known = of(await post({ rootCertificate: ca.certificate }));
    for (const rootCertificate of ['garbage', await makeOddCa('ec', systemClock.now())]) {
      const told = of<{ payload: string; message: string }>(await post({ rootCertificate }), 500);
      assert.equal(told.payload, 'Error');
      assert.notEqual(told.message, '');
    }
    assert.deepEqual(of(await client.call(`GET ${dfsp}/ca`)), known);
  });

  test('a chain that does not lead to the root is INVALID; a chain must be a text; an answer cannot be posted back', async () => {
    const other = await makeAuthority({ CN: 'Other', O: 'x' }, 10, tools);
    const intermediateChain = await signRequest({ csr: request.csr, commonName: 'x', ttlSeconds: 60 }, other, tools);
    const odd = of<CaRecord>(await post({ rootCertificate: ca.certificate, intermediateChain }));
    assert.deepEqual([odd.validationState, resultOf(odd, 'VERIFY_CHAIN_CERTIFICATES')], ['INVALID', 'INVALID']);
    assert.equal((await post({ rootCertificate: ca.certificate, intermediateChain: [other.certificate] })).status, 400);
    assert.equal((await post(of(await client.call(`GET ${dfsp}/ca`)))).status, 400);
    await post({ rootCertificate: ca.certificate, privateKey: 'ignored', more: 1 });
  });
});

describe('inbound enrolments', () => {
  const post = (clientCSR: string): Promise<Told> => client.call(`POST ${inbound}`, { body: { clientCSR } });

  test('a request is loaded, and the same text again is the same enrolment; another newline, or the same moment, is another', async () => {
    const first = of<Enrolment>(await post(request.csr));
    assert.deepEqual([first.state, first.validationState], ['CSR_LOADED', 'VALID']);
    assert.deepEqual(first.csrInfo.subject, { CN: 'greenbank', O: 'Green Bank', C: 'GH' });
    assert.deepEqual(first.csrInfo.extensions.subjectAltName.dns, ['connector.greenbank.example']);
    assert.equal(of<Enrolment>(await post(request.csr)).id, first.id);
    const text = `${request.csr}\n`;
    const [a, b] = await Promise.all([post(text), post(text)]);
    assert.equal(new Set([first.id, of<Enrolment>(a).id, of<Enrolment>(b).id]).size, 3);
  });

  test('what cannot be read, and EC, is 400 with the reason inside', async () => {
    for (const csr of ['garbage', elliptic.csr, ca.certificate]) {
      const { payload, message } = of<{ payload: { id: string; validationErrors: { payload: { message: string } } }; message: string }>(
        await post(csr),
        400,
      );
      assert.deepEqual([payload.id, message], ['ValidationError', 'Could not parse the CSR content']);
      assert.notEqual(payload.validationErrors.payload.message, '');
    }
    assert.match((await client.call(`POST ${inbound}`, { body: {} })).text, /request.body should have required property 'clientCSR'/);
  });

  test('a short key is taken as INVALID, and the CA does not sign it', async () => {
    const enrolment = of<Enrolment>(await post(short.csr));
    assert.deepEqual([enrolment.validationState, resultOf(enrolment, 'CSR_PUBLIC_KEY_LENGTH_2048')], ['INVALID', 'INVALID']);
    of(await client.call(`POST ${inbound}/${enrolment.id}/sign`), 500);
  });

  test("signing: the request's CN wins, SANs are kept and the CN is added, the rest is dropped; signing again replaces", async () => {
    const { id } = of<Enrolment>(await post(request.csr));
    const signed = of<Enrolment>(await client.call(`POST ${inbound}/${id}/sign`));
    assert.deepEqual([signed.state, signed.validationState, signed.certInfo?.subject], ['CERT_SIGNED', 'VALID', { CN: 'greenbank' }]);
    assert.deepEqual(signed.certInfo?.extensions.subjectAltName.dns, ['connector.greenbank.example', 'greenbank']);
    const hub = new X509Certificate(of<{ rootCertificate: string }>(await client.call('GET /hub/ca')).rootCertificate);
    const certificate = new X509Certificate(signed.certificate ?? '');
    assert.ok(certificate.checkIssued(hub) && certificate.verify(hub.publicKey));
    const again = of<Enrolment>(await client.call(`POST ${inbound}/${id}/sign`));
    assert.notEqual(again.certificate, signed.certificate);
    assert.deepEqual(of(await client.call(`GET ${inbound}/${id}`)), again);
    assert.notEqual(of<Enrolment>(await post(request.csr)).id, id, 'a signed one is not given for the same text');
  });

  test('a certificate that would outlive the hub CA is 500', async (t) => {
    const { certificateSeconds } = server.operator.settings;
    t.after(() => server.operator.change({ certificateSeconds }));
    server.operator.change({ certificateSeconds: 10 * 365 * 86_400 });
    const { id } = of<Enrolment>(await post(request.csr));
    assert.match(of<{ message: string }>(await client.call(`POST ${inbound}/${id}/sign`), 500).message, /beyond the expiration of the CA/);
  });

  test('a request without a subject gets the host name of the hub', async () => {
    const [hubs] = of<Enrolment[]>(await client.call(`GET ${outbound}`));
    const { id } = of<Enrolment>(await post(hubs?.csr ?? ''));
    assert.deepEqual(of<Enrolment>(await client.call(`POST ${inbound}/${id}/sign`)).certInfo?.subject, { CN: 'switch.example' });
  });

  test('lists are in the order of texts; a missing one is 404 with an empty message, an id that is not a number 500', async () => {
    for (let n = 0; n < 6; n++) await post(`${request.csr}${' '.repeat(n + 1)}`);
    const ids = of<Enrolment[]>(await client.call(`GET ${inbound}`)).map(({ id }) => String(id));
    assert.ok(ids.some((id) => id.length === 1) && ids.some((id) => id.length === 2));
    assert.deepEqual(ids, [...ids].sort());
    assert.equal(of<{ message: string }>(await client.call(`GET ${inbound}/4711`), 404).message, '');
    of(await client.call(`GET ${inbound}/latest`), 500);
  });

  test('with 4096 bits wanted, a request of 2048 is signed and stays INVALID', async (t) => {
    const strict = await startConnectionManagerServer({
      log: recordedLog(),
      keyBits: 4096,
      makeHubCa: false,
      settings: { autoSign: false },
    });
    t.after(() => strict.stop());
    const { clientSecret } = await strict.operator.register('greenbank');
    const strictClient = await scriptedClient(http, strict, 'greenbank', clientSecret.reveal());
    const hubCa = of<object>(await strictClient.call('GET /hub/ca'));
    assert.deepEqual(hubCa, { validationState: 'VALID', type: 'INTERNAL' }, 'a hub without a CA is VALID and has no certificate');
    const { id } = of<Enrolment>(await strictClient.call(`POST ${inbound}`, { body: { clientCSR: request.csr } }));
    of(await strictClient.call(`POST ${inbound}/${id}/sign`), 500);
    await strict.operator.rotateHubCa();
    const signed = of<Enrolment>(await strictClient.call(`POST ${inbound}/${id}/sign`));
    assert.deepEqual([signed.state, signed.validationState], ['CERT_SIGNED', 'INVALID']);
    assert.equal(resultOf(signed, 'CSR_PUBLIC_KEY_LENGTH_4096'), 'INVALID');
  });
});

describe('outbound enrolments', () => {
  const firstOf = async (): Promise<Enrolment> => of<Enrolment[]>(await client.call(`GET ${outbound}`))[0] as Enrolment;
  const signed = (csr: string, authority: AuthorityRecord, flaw?: 'wrong-key' | 'expired'): Promise<string> =>
    signRequest({ csr, commonName: 'connector.greenbank.example', ttlSeconds: 3_600, ...(flaw && { flaw }) }, authority, tools);
  const upload = (id: number, certificate: unknown): Promise<Told> =>
    client.call(`POST ${outbound}/${id}/certificate`, { body: { certificate } });

  test("the hub's request is there from the start: empty subject, CRLF, no validations, and never its key", async () => {
    const enrolment = await firstOf();
    assert.deepEqual(Object.keys(enrolment), ['id', 'csr', 'csrInfo', 'state']);
    assert.deepEqual(enrolment.csrInfo.subject, {});
    assert.match(enrolment.csr, /REQUEST-----\r\n[^\n]+\r\n/);
  });

  test("a certificate of the DFSP's CA is CERT_SIGNED and VALID, with its chain in one text as well", async () => {
    const { id, csr } = await firstOf();
    const text = `${await signed(csr, ca)}\n${ca.certificate}`;
    const loaded = of<Enrolment>(await upload(id, text));
    assert.deepEqual([loaded.state, loaded.validationState, loaded.certificate], ['CERT_SIGNED', 'VALID', text]);
    assert.equal(loaded.certInfo?.subject.CN, 'connector.greenbank.example');
    assert.equal(Object.hasOwn(loaded, 'key'), false);
  });

  test('a bad one replaces a good one: 200, CERT_SIGNED, INVALID', async () => {
    const { id, csr } = await firstOf();
    const other = await makeAuthority({ CN: 'Other', O: 'x' }, 365, tools);
    const bad: [string, string][] = [
      ['CSR_CERT_SAME_PUBLIC_KEY', await signed(csr, ca, 'wrong-key')],
      ['CERTIFICATE_SIGNED_BY_DFSP_CA', await signed(csr, other)],
      ['CERTIFICATE_SIGNED_BY_DFSP_CA', await signed(csr, ca, 'expired')],
    ];
    for (const [code, certificate] of bad) {
      const loaded = of<Enrolment>(await upload(id, certificate));
      assert.deepEqual([loaded.state, loaded.validationState, resultOf(loaded, code)], ['CERT_SIGNED', 'INVALID', 'INVALID'], code);
    }
    assert.equal(resultOf(await firstOf(), 'CERTIFICATE_VALIDITY'), 'VALID', 'the defect: an expired one has a VALID result');
  });

  test('what cannot be read is 400, nothing at all as well', async () => {
    const { id } = await firstOf();
    assert.match((await upload(id, 'garbage')).text, /Could not parse the Certificate content/);
    assert.match((await client.call(`POST ${outbound}/${id}/certificate`, { body: {} })).text, /fewer than 1 properties/);
    of(await upload(4711, ca.certificate), 404);
  });

  test('after a change of the DFSP CA the certificate stays VALID until it is looked at again', async () => {
    const { id, csr } = await firstOf();
    of(await upload(id, await signed(csr, ca)));
    const next = await makeAuthority({ CN: 'Green Bank CA 2', O: 'Green Bank' }, 365, tools);
    await client.call(`POST ${dfsp}/ca`, { body: { rootCertificate: next.certificate } });
    assert.equal((await firstOf()).validationState, 'VALID');
    assert.equal(of<Enrolment>(await client.call(`POST ${outbound}/${id}/validate`)).validationState, 'INVALID');
  });

  test('an unsigned one becomes INVALID when it is validated', async () => {
    const { id } = of<Enrolment>(await client.call(`POST ${outbound}/csr`));
    const looked = of<Enrolment>(await client.call(`POST ${outbound}/${id}/validate`));
    assert.deepEqual([looked.state, looked.validationState], ['CSR_LOADED', 'INVALID']);
  });
});

describe('server certificates', () => {
  const post = (body: unknown): Promise<Told> => client.call(`POST ${dfsp}/servercerts`, { body });

  test('good is VALID; without its root, or expired, INVALID; deleted with an empty answer', async () => {
    const { certificate: serverCertificate } = await issueServer({ hosts: ['connector.greenbank.example'], ttlSeconds: 3_600 }, ca, tools);
    assert.equal(of<ServerCertificateRecord>(await post({ serverCertificate, rootCertificate: ca.certificate })).validationState, 'VALID');
    const rootless = of<ServerCertificateRecord>(await post({ serverCertificate }));
    assert.deepEqual([rootless.validationState, resultOf(rootless, 'CERTIFICATE_CHAIN')], ['INVALID', 'INVALID']);
    assert.match((await client.call(`GET ${dfsp}/servercerts`)).text, /Certificate is not trusted\./);
    const expired = await signRequest({ csr: request.csr, commonName: 'x', ttlSeconds: 60, flaw: 'expired' }, ca, tools);
    const old = of<ServerCertificateRecord>(await post({ serverCertificate: expired, rootCertificate: ca.certificate }));
    assert.deepEqual([old.validationState, resultOf(old, 'CERTIFICATE_VALIDITY')], ['INVALID', 'VALID']);
    const gone = await client.call(`DELETE ${dfsp}/servercerts`);
    assert.deepEqual([gone.status, gone.text], [200, '']);
    of(await client.call(`GET ${dfsp}/servercerts`), 404);
  });

  test('nothing is 422; garbage and EC are 500', async () => {
    of(await post({}), 422);
    of(await post({ serverCertificate: 'garbage' }), 500);
    of(await post({ serverCertificate: await makeOddCa('ec', systemClock.now()) }), 500);
  });

  test("the hub's own: chain as a list, serial number with colons, unmoved by a rotation of its CA", async () => {
    const hub = of<ServerCertificateRecord>(await client.call('GET /hub/servercerts'));
    assert.ok(Array.isArray(hub.intermediateChain));
    assert.match(hub.serverCertificateInfo.serialNumber, /^[0-9a-f]{2}(:[0-9a-f]{2})+$/);
    const before = of<{ rootCertificate: string }>(await client.call('GET /hub/ca')).rootCertificate;
    const enrolments = of(await client.call(`GET ${inbound}?state=CERT_SIGNED`));
    await server.operator.rotateHubCa();
    assert.deepEqual(of(await client.call(`GET ${inbound}?state=CERT_SIGNED`)), enrolments, 'old certificates stay VALID as well');
    const current = of<{ rootCertificate: string }>(await client.call('GET /hub/ca'));
    assert.notEqual(current.rootCertificate, before);
    assert.deepEqual(Object.keys(current), ['rootCertificate', 'validationState', 'type']);
    assert.deepEqual(of(await client.call('GET /hub/servercerts')), hub);
    assert.match(server.hubCredentials()?.trustedCas ?? '', /BEGIN[\s\S]+BEGIN/, 'the hub trusts both');
    await server.operator.reissueServerCertificate();
    server.operator.retireHubCas();
    const served = readCertificate(server.hubCredentials()?.certificate);
    assert.equal(served.issuer, readCertificate(current.rootCertificate).subject);
    assert.equal(server.hubCredentials()?.trustedCas, current.rootCertificate.trim());
  });
});
