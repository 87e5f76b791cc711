import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { type SchemeFolders, schemeFolders } from '../scheme/folders.ts';
import { LOST, pay } from '../scheme/payments.ts';
import { type RunningScheme, type Side, startRunningScheme } from '../scheme/running-scheme.ts';

let folders: SchemeFolders;
let running: RunningScheme;
before(async () => {
  folders = await schemeFolders('erased');
  running = await startRunningScheme({ folder: folders.next(), nobodyLate: true });
});
after(async () => {
  await running.stop();
  folders.remove();
});

interface Answer {
  readonly messages?: readonly { readonly side: string; readonly body: string; readonly answer?: { readonly body: string } }[];
  readonly erased?: number;
}

async function ask(side: Side, path: string, body: object): Promise<{ readonly status: number; readonly json: Answer }> {
  const token = readFileSync(join(dirname(side.journalFile), 'operations.token'), 'utf8').trim();
  const response = await fetch(`${side.operations}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ by: 'a test', ...body }),
  });
  return { status: response.status, json: (await response.json()) as Answer };
}

test('of a payment whose payee was not found nothing is left of either person: also not what the DFSP said, which no quote links to them', async () => {
  const { payer } = running;
  const id = crypto.randomUUID();
  const { state } = await pay(payer, { to: LOST, paymentId: id });
  assert.equal(state, 'ERROR_OCCURRED');
  const look = (of: string) => ask(payer, `/payments/${of}/messages`, { personal: true });
  const asked = (await look(id)).json.messages?.find(({ side }) => side === 'core');
  assert.ok(asked, 'it is found by the homeTransactionId');
  assert.ok(asked.body.includes(LOST.idValue));
  const { from } = JSON.parse(asked.body) as { from: { idType: string; idValue: string } };
  const transferId = /"transferId":"([^"]+)"/.exec(asked.answer?.body ?? '')?.[1] ?? '';
  const before = (await look(transferId)).json.messages ?? [];
  assert.ok(before.some(({ side }) => side === 'hub') && before.some(({ side }) => side === 'core'), JSON.stringify(before));
  for (const { idType, idValue } of [from, LOST])
    await ask(payer, '/messages/erase', { party: `${idType}/${idValue}`, reason: 'a request' });
  assert.deepEqual([(await look(transferId)).json.messages, (await look(id)).status], [[], 404]);
});
