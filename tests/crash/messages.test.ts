import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { type SchemeFolders, schemeFolders } from '../scheme/folders.ts';
import { nothingOpen } from '../scheme/open-records.ts';
import { beginPayment, ended, pay } from '../scheme/payments.ts';
import { canBeAsked, type ProcessSide, startProcessScheme } from '../scheme/process-scheme.ts';
import { until } from '../scheme/waiting.ts';

let folders: SchemeFolders;
before(async () => {
  folders = await schemeFolders('messages');
});
after(() => folders.remove());

interface Answer {
  readonly messages: readonly {
    readonly side: 'hub' | 'core';
    readonly method: string;
    readonly target: string;
    readonly checks: readonly { readonly what: string; readonly result: string; readonly says: string }[];
  }[];
}

/** What a side has kept of a payment; asking writes what it has in memory. */
async function keptOf(side: ProcessSide, transferId: string): Promise<Answer['messages']> {
  const token = readFileSync(join(dirname(side.journalFile), 'operations.token'), 'utf8').trim();
  const response = await fetch(`${side.operations}/payments/${transferId}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ by: 'a test' }),
  });
  assert.equal(response.status, 200, await response.clone().text());
  return ((await response.json()) as Answer).messages;
}

const hubPaths = (messages: Answer['messages']): readonly string[] =>
  messages.filter(({ target }) => /\/(quotes|transfers)/.test(target)).map(({ method }) => method);

test('both are killed with messages in memory: payments end as ever, what was kept before is read, and what is said after is kept', async (t) => {
  const lasting = { lifetimes: { prepareMs: 25_000, quoteRequestMs: 25_000 } };
  const { payer, payee, ...running } = await startProcessScheme({
    folder: folders.next(),
    payer: lasting,
    payee: { ...lasting, ...canBeAsked },
  });
  t.after(() => running.stop());
  await Promise.all([payer.start(), payee.start()]);
  const kept = (await pay(payer)).transferId ?? '';
  for (const side of [payer, payee]) {
    const messages = await keptOf(side, kept);
    assert.ok(hubPaths(messages).length >= 4, JSON.stringify(messages));
    // every one of the quote and the transfer that says something in a body bears a signature, and all are verified
    const checks = messages
      .filter(({ side, method, target }) => side === 'hub' && method !== 'GET' && /\/(quotes|transfers)/.test(target))
      .map((one) => one.checks);
    assert.ok(checks.length >= 3, JSON.stringify(messages));
    assert.deepEqual(
      checks.map((of) => of.filter(({ what }) => what === 'signature').map(({ result }) => result)),
      checks.map(() => ['passed']),
      JSON.stringify(messages),
    );
    assert.ok(
      checks.flat().every(({ result }) => result === 'passed'),
      JSON.stringify(checks),
    );
  }
  const fulfils = (): number => running.hub.of(/^PUT \/transfers\/[^/]+$/).length;
  const earlier = fulfils();
  const begun = await Promise.all([beginPayment(payer), beginPayment(payer), beginPayment(payer)]);
  // one that is killed in its look-up fails, as it must; these have gone so far that they have to complete
  await until('the fulfils at the hub', () => fulfils() >= earlier + begun.length);
  await Promise.all([payer.kill(), payee.kill()]);
  await Promise.all([payer.start(), payee.start()]);
  for (const id of begun) assert.equal((await ended(payer, id, 40_000)).state, 'COMPLETED');
  for (const side of [payer, payee]) {
    assert.ok(hubPaths(await keptOf(side, kept)).length >= 4);
    await nothingOpen(side.journalFile);
  }
  const afterwards = (await pay(payer)).transferId ?? '';
  for (const side of [payer, payee]) assert.ok(hubPaths(await keptOf(side, afterwards)).length >= 4);
});
