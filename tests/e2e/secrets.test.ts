import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type MessageFaults, parseFault } from '@payment-manager/sandbox';
import { type SchemeFolders, schemeFolders } from '../scheme/folders.ts';
import { LOST, pay, SIPHO } from '../scheme/payments.ts';
import { type ProcessScheme, type ProcessSide, startProcessScheme } from '../scheme/process-scheme.ts';
import { PAYEE } from '../scheme/running-scheme.ts';

let folders: SchemeFolders;
before(async () => {
  folders = await schemeFolders('secrets');
});
after(() => folders.remove());

const TOKEN = 'canary-7c0f2b91d4';
/** Everything in the demo scheme that says who somebody is. */
const PERSONS = ['Amara', 'Diallo', 'Thandi', 'Nkosi', 'Sipho', 'Dlamini', '27713803911', '27713803912', '27713803913', '27713803914'];

/** A text in which something must not stand, and what it is. */
type Place = readonly [name: string, text: string];

test('keys, tokens, fulfilments and persons stay where they belong', async (t) => {
  const loud = { log: { level: 'debug' } } as const;
  const running = await startProcessScheme({ folder: folders.next(), payer: loud, payee: loud });
  t.after(() => running.stop());
  const { payer, payee } = running;
  await Promise.all([payer.start(), payee.start()]);
  await trouble(running);
  const answers = await refusals(running);
  const shown = [...answers, ...(await operations(payer)), ...(await operations(payee))];
  const journals = [...journal(payer), ...journal(payee)];
  await Promise.all([stop(payer), stop(payee)]);
  const logs = [log(payer), log(payee)];

  assert.ok(
    logs.every(([, text]) => text.split('\n').length > 20 && text.includes('"level":"debug"')),
    'the logs are there, and detailed',
  );
  const nowhere = [...logs, ...shown, ...journals, ...messages(running), ...coreCalls(running)];
  assertAbsent('a private key', keyParts(running), nowhere);
  assertAbsent('a token', [TOKEN], nowhere);
  assertAbsent('a person', PERSONS, [...logs, ...shown]);

  const { committed, neverCommitted } = fulfilments(running);
  assert.ok(committed.length >= 1 && neverCommitted.length >= 1, 'both kinds of fulfilment occurred');
  assertAbsent('a fulfilment', [...committed, ...neverCommitted], [...logs, ...shown, ...journal(payee), ...coreCalls(running)]);
  assertAbsent('the fulfilment of a transfer that was not committed', neverCommitted, [...nowhereBut(running), ...journal(payer)]);
});

/** Payments that succeed and fail in as many ways as make a program talk. Each fault is met, and gone before the next payment. */
async function trouble({ scheme, payer, payee }: ProcessScheme): Promise<void> {
  const struck = async (book: MessageFaults, ...faults: readonly object[]): Promise<void> => {
    for (const fault of faults) book.add(parseFault(fault));
    await pay(payer);
    assert.ok(
      book.list().some(({ struck: times }) => times > 0),
      `nobody met ${JSON.stringify(faults)}`,
    );
    book.remove();
  };
  const [hub, core] = [scheme.hub.faults, payee.core.faults];
  await pay(payer);
  await pay(payer, { to: LOST });
  await pay(payer, { to: SIPHO });
  await struck(core, { operation: 'GET /parties', count: 3, action: { kind: 'reset' } });
  await struck(core, { operation: 'POST /quoterequests', count: 3, action: { kind: 'reject', status: 500 } });
  const refused = { kind: 'reject', status: 500, errorCode: '5104', message: 'refused' };
  await struck(core, { operation: 'POST /transfers', count: 1, action: refused });
  await struck(core, { operation: 'POST /transfers', count: 1, action: { kind: 'execute-then-reset' } });
  await struck(hub, { operation: 'PUT /quotes', direction: 'out', count: 1, action: { kind: 'corrupt' } });
  const operations = ['GET /parties', 'PUT /parties', 'POST /quotes', 'PUT /quotes', 'POST /transfers', 'PUT /transfers'];
  await struck(hub, ...operations.map((operation) => ({ operation, count: 2, action: { kind: 'reset' } })));
  // the payee's fulfil reaches the hub too late, also on a machine whose times are stretched: its fulfilment must not get about
  await struck(hub, { operation: 'PUT /transfers', fspId: PAYEE, action: { kind: 'delay', ms: 60_000 } });
}

/** Requests that both APIs refuse, with a token and with persons in them. Answers the refusals. */
async function refusals({ payer, payee }: ProcessScheme): Promise<Place[]> {
  const to = { idType: 'MSISDN', idValue: '27713803912', displayName: 'Thandi Nkosi' };
  const bodies = [
    '{"to": "Thandi Nkosi 27713803912"',
    JSON.stringify({ homeTransactionId: 'x', from: to, to: { ...to, idType: 'Nkosi' }, amount: '27713803912x' }),
    JSON.stringify({ from: to, to, amountType: 'Thandi', currency: 'Diallo', amount: '-27713803912', Amara: 'Sipho' }),
  ];
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, 'x-api-key': TOKEN };
  const places: Place[] = [];
  for (const side of [payer, payee]) {
    for (const body of bodies) places.push(await refused(`${side.outbound}/transfers`, { method: 'POST', headers, body }));
    places.push(await refused(`${side.outbound}/transfers/Thandi-27713803912`, { headers }));
    places.push(await refused(`${side.outbound}/nowhere/27713803912`, { headers }));
    places.push(await refused(`${side.operations}/exceptions?id=`, { headers }));
  }
  return places;
}

async function refused(url: string, init: RequestInit): Promise<Place> {
  const response = await fetch(url, init);
  assert.ok(response.status >= 400, `${url} was not refused`);
  return [`the answer of ${new URL(url).pathname}`, await response.text()];
}

async function operations(side: ProcessSide): Promise<Place[]> {
  return Promise.all(
    ['/metrics', '/exceptions', '/alarms', '/health/ready'].map(async (path): Promise<Place> => {
      const response = await fetch(`${side.operations}${path}`);
      return [`${path} of ${side.fspId}`, await response.text()];
    }),
  );
}

/** The journal as it lies on the disk, byte for byte. */
function journal(side: ProcessSide): Place[] {
  return ['', '-wal']
    .map((suffix) => side.journalFile + suffix)
    .filter((file) => existsSync(file))
    .map((file): Place => [file, readFileSync(file, 'latin1')]);
}

function log(side: ProcessSide): Place {
  return [side.logFile, readFileSync(side.logFile, 'utf8')];
}

/** A signal that lets it write what it has gathered. */
async function stop(side: ProcessSide): Promise<void> {
  process.kill(side.pid, 'SIGTERM');
  await side.ended;
}

/** What both sent to the hub. */
function messages({ hub }: ProcessScheme): Place[] {
  return hub.messages.map(({ request }) => [
    `${request.method} to the hub`,
    JSON.stringify(request.headers) + Buffer.from(request.body).toString('utf8'),
  ]);
}

/** What the payee's core was told. */
function coreCalls({ payee }: ProcessScheme): Place[] {
  return [['the calls of the core', JSON.stringify(payee.core.calls.list())]];
}

/** What the payer's DFSP was told of its payments. */
function nowhereBut({ payer }: ProcessScheme): Place[] {
  return [["the payer's core", JSON.stringify(payer.core.payer.all(1_000))]];
}

/** Two lines out of the middle of each private key of the scheme. */
function keyParts({ scheme }: ProcessScheme): string[] {
  const files = scheme.dfsps.flatMap(({ certificateFiles, signingKey }) => [certificateFiles.privateKey, signingKey.privateKeyFile]);
  return files.map((file) => {
    const middle = readFileSync(file, 'utf8').trim().split('\n').slice(1, -1)[0] ?? '';
    assert.ok(middle.length > 40, `${file} is a key`);
    return middle;
  });
}

/** Every fulfilment that went to the hub, by what the hub made of it. */
function fulfilments({ hub, scheme, payer }: ProcessScheme): { committed: string[]; neverCommitted: string[] } {
  const committed = new Set<string>();
  const neverCommitted = new Set<string>();
  const completed = new Set(payer.core.payer.all(1_000).flatMap(({ state, transferId }) => (state === 'COMPLETED' ? [transferId] : [])));
  assert.ok(scheme.hub.directory.participants().length > 0);
  for (const { request } of hub.of(/^PUT \/transfers\/[^/]+$/)) {
    const { fulfilment } = JSON.parse(Buffer.from(request.body).toString('utf8')) as { fulfilment?: string };
    if (fulfilment === undefined) continue;
    (completed.has(request.target.split('/')[2]) ? committed : neverCommitted).add(fulfilment);
  }
  return { committed: [...committed], neverCommitted: [...neverCommitted] };
}

function assertAbsent(what: string, canaries: readonly string[], places: readonly Place[]): void {
  assert.ok(canaries.length > 0);
  for (const [name, text] of places) {
    const found = canaries.filter((canary) => text.includes(canary));
    assert.equal(found.length, 0, `${what} stands in ${name}: …${excerpt(text, found[0] ?? '')}…`);
  }
}

function excerpt(text: string, canary: string): string {
  const at = text.indexOf(canary);
  return text.slice(Math.max(0, at - 120), at + 60).replace(/[^ -~]/g, '.');
}
