import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { KeptMessage, Message } from '@payment-manager/messages';
import { recordedLog, virtualTime } from '@payment-manager/runtime';
import { framed, Unframing } from '../codec/iso8583/frame.ts';
import { packMessage, unpackMessage } from '../codec/iso8583/message.ts';
import { readConnectorFolder } from '../fixture/connector-folder.ts';
import type { Iso8583Backend } from '../language/backend.ts';
import { type ConnectorFiles, compileConnector } from '../language/compile-connector.ts';
import { keptAnswers } from '../replay/kept-answers.ts';
import type { CallAnswer } from '../run/answer.ts';
import { draw } from '../run/drawn.ts';
import type { RenderedRequest } from '../run/render.ts';
import type { Drawn, Iso8583Request } from '../run/render-iso8583.ts';
import type { SqlRequest } from '../run/render-sql.ts';
import { openBackEnds } from './back-ends.ts';
import type { OpenWire } from './iso8583/wire.ts';
import { secretValues } from './secret-values.ts';

const TEMPLATES = join(import.meta.dirname, '../../../../connectors');
const CARD = '4111111111111111';
const ABOUT = { ids: ['T1'], attempt: 2 };
const never = () => assert.fail('there is no HTTP here');

/** As the store gives it back. */
const stored = ({ body = '', answer, ...rest }: Message): KeptMessage => ({
  ...rest,
  body: Buffer.from(body),
  ...(answer && { answer: { ...answer, body: Buffer.from(answer.body ?? '') } }),
});

const PASSWORD = 'canary-password';
const CREDIT: SqlRequest = {
  kind: 'sql',
  to: 'core',
  reads: false,
  statements: [
    { title: 'INSERT effect', texts: ['INSERT INTO effect VALUES (', ')'], names: ['key'], values: ['T1-payee-credit'] },
    {
      title: 'UPDATE account',
      texts: ['UPDATE account SET note = ', ', card = ', ''],
      names: ['note', 'card'],
      values: [`by ${PASSWORD}`, CARD],
    },
  ],
};

/** What is said with a database that answers so. */
async function withDatabase(request: SqlRequest, answer: CallAnswer) {
  const { connector } = compileConnector(await readConnectorFolder(join(TEMPLATES, 'sql-core')));
  const running = {
    ...{ connector, version: 'v1' },
    cfg: { databaseUrl: 'postgresql://127.0.0.1/core', databaseUser: 'us', databasePassword: PASSWORD, suspenseAccount: 'S' },
  };
  const time = virtualTime();
  const messages: Message[] = [];
  const backEnds = openBackEnds({
    ...{ running, client: never, clock: time, timers: time, log: recordedLog() },
    database: () => ({ run: async () => answer, close: () => {} }),
    messages: { record: (message) => void messages.push(message) },
  });
  await backEnds.call(request, time.now() + 1_000, 'money', ABOUT);
  await backEnds.probe('core', time.now() + 1_000);
  return { running, messages };
}

test('what is said with a database is kept: statements, values and rows, without secrets and card numbers; a look at it is not', async () => {
  const row = Object.assign(Object.create(null), { id: '12', card: CARD, amount: '99.50' });
  const { messages } = await withDatabase(CREDIT, { kind: 'sql', state: 'DONE', rows: [row] });
  assert.equal(messages.length, 1);
  const { at: _at, tookMs: _took, body, answer, ...rest } = messages[0] ?? assert.fail();
  assert.deepEqual(rest, {
    ...{ direction: 'out', side: 'core', backEnd: 'core', method: 'SQL', headers: {} },
    ...{ target: 'INSERT effect; UPDATE account', attempt: 2, ids: ['T1'] },
  });
  assert.deepEqual(JSON.parse(String(body)), [
    { statement: 'INSERT INTO effect VALUES (:key)', values: { key: 'T1-payee-credit' } },
    { statement: 'UPDATE account SET note = :note, card = :card', values: { note: 'by [not kept]', card: '[not kept]' } },
  ]);
  assert.deepEqual([answer?.status, answer?.says], [0, 'DONE']);
  assert.deepEqual(JSON.parse(String(answer?.body)), { state: 'DONE', rows: [{ id: '12', card: '[not kept]', amount: '99.50' }] });
});

test('a database that did not answer is kept with why', async () => {
  const { messages } = await withDatabase(CREDIT, { kind: 'failed', sent: true, reason: 'the connection was lost' });
  assert.deepEqual([messages[0]?.failure, messages[0]?.answer], ['the connection was lost', undefined]);
});

test('a replay finds the answers of a database by the statements and all their values', async () => {
  const read: SqlRequest = {
    ...{ kind: 'sql', to: 'core', reads: true },
    statements: [{ title: 'SELECT account', texts: ['SELECT * FROM account WHERE id = ', ''], names: ['id'], values: ['A-7'] }],
  };
  const rows = [Object.assign(Object.create(null), { id: 'A-7', name: null })];
  const { running, messages } = await withDatabase(read, { kind: 'sql', state: 'DONE', rows });
  const answers = keptAnswers(messages.map(stored), running, secretValues(running).needles);
  const found = answers.to(read, Number.MAX_SAFE_INTEGER);
  assert.ok(found?.kind === 'sql');
  assert.deepEqual(
    { ...found, rows: found.rows.map((row) => ({ ...row })) },
    { kind: 'sql', state: 'DONE', rows: [{ id: 'A-7', name: null }] },
  );
  const other = { ...read, statements: read.statements.map((one) => ({ ...one, values: ['A-8'] })) };
  assert.equal(answers.to(other, Number.MAX_SAFE_INTEGER), undefined);
  const refused = await withDatabase(read, { kind: 'sql', state: 'REFUSED', rows: [], statement: 2, sqlstate: '23514' });
  assert.deepEqual(keptAnswers(refused.messages.map(stored), running, []).to(read, Number.MAX_SAFE_INTEGER), {
    ...{ kind: 'sql', state: 'REFUSED', rows: [], statement: 2, sqlstate: '23514' },
  });
});

const HOST = {
  hostAddress: '127.0.0.1:5000',
  zone: 'UTC',
  currency: 'KES',
  acquirer: '404001',
  terminal: 'PM000001',
  suspenseAccount: '9',
};

/** What is said with a host that answers each message with these fields besides. */
async function withHost(request: RenderedRequest, fields: Readonly<Record<string, string>>) {
  const files: ConnectorFiles = await readConnectorFolder(join(TEMPLATES, 'iso8583-host'));
  const connectorText = files.connector.replace('        DE3: n 6\n', '        DE2: n..19\n        DE3: n 6\n        DE52: b 8\n');
  const { connector } = compileConnector({ connector: connectorText, operations: new Map() });
  const backend = connector.backends.get('host') as Iso8583Backend;
  const openWire: OpenWire = async (_address, _ms, _timers, events) => {
    const unframing = new Unframing(backend.frame);
    return {
      write: (bytes) => {
        for (const one of unframing.take(bytes)) {
          const { mti, fields: asked } = unpackMessage(backend.packager, one);
          const answer = { mti: `${mti.slice(0, 2)}${Number(mti[2]) + 1}0`, fields: { ...asked, DE39: '00', ...fields } };
          queueMicrotask(() => events.data(framed(backend.frame, packMessage(backend.packager, answer))));
        }
      },
      close: () => {},
    };
  };
  const time = virtualTime();
  const messages: Message[] = [];
  const running = { connector, version: 'v1', cfg: HOST };
  const backEnds = openBackEnds({
    ...{ running, client: never, clock: time, timers: time, log: recordedLog(), openWire },
    messages: { record: (message) => void messages.push(message) },
  });
  const answer = await backEnds.call(request, time.now() + 5_000, 'money', ABOUT);
  await backEnds.probe('host', time.now() + 5_000);
  await backEnds.close();
  return { running, messages, answer };
}

test('what is said with a host is kept as it was sent and answered, without card number and PIN; sign-on and echo are not', async () => {
  const request: Iso8583Request = {
    ...{ kind: 'iso8583', to: 'host', mti: '0200' },
    fields: { DE2: '5500000000000004', DE3: '010000', DE41: 'PM000001', DE52: '0123456789ABCDEF', DE48: `card ${CARD}` },
    drawn: draw('T1', 'payer-debit', 0) as unknown as Drawn,
  };
  const { running, messages, answer } = await withHost(request, {});
  assert.equal(messages.length, 1);
  const [message] = messages;
  assert.deepEqual([message?.method, message?.target, message?.ids, message?.attempt], ['ISO8583', '0200 010000', ['T1'], 2]);
  const sent = JSON.parse(String(message?.body)) as Readonly<Record<string, string>>;
  assert.deepEqual([sent['mti'], sent['DE2'], sent['DE52'], sent['DE48']], ['0200', '[not kept]', '[not kept]', 'card [not kept]']);
  assert.equal(sent['DE11'], request.drawn?.stan, 'numbers that are drawn are kept');
  assert.equal(message?.answer?.says, '0210 with the response code 00');
  for (const secret of [CARD, '5500000000000004', '0123456789ABCDEF'])
    assert.ok(!JSON.stringify(message).includes(secret) && !String(message?.answer?.body).includes(secret), secret);
  assert.equal(answer.kind, 'iso8583');
  // an answer of which something is not kept is not what the host has said
  assert.equal(keptAnswers(messages.map(stored), running, []).to(request, Number.MAX_SAFE_INTEGER), undefined);
});

test('a replay finds the answers of a host by type and fields', async () => {
  const request: Iso8583Request = { kind: 'iso8583', to: 'host', mti: '0100', fields: { DE3: '310000', DE41: 'PM000001', DE103: 'A-7' } };
  const { running, messages, answer } = await withHost(request, { DE62: 'Ann' });
  const answers = keptAnswers(messages.map(stored), running, []);
  assert.deepEqual(answers.to(request, Number.MAX_SAFE_INTEGER), {
    ...answer,
    fields: { ...(answer.kind === 'iso8583' && answer.fields) },
  });
  assert.equal(answers.to({ ...request, fields: { ...request.fields, DE103: 'A-8' } }, Number.MAX_SAFE_INTEGER), undefined);
});
