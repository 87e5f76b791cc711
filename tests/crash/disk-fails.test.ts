import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { assertBooks, exceptionCodes } from '../scheme/books.ts';
import { type SchemeFolders, schemeFolders } from '../scheme/folders.ts';
import { nothingOpen } from '../scheme/open-records.ts';
import { beginPayment, ended } from '../scheme/payments.ts';
import { canBeAsked, type ProcessScheme, startProcessScheme } from '../scheme/process-scheme.ts';
import { committedAtHub } from './outcomes.ts';

let folders: SchemeFolders;
before(async () => {
  folders = await schemeFolders('disk');
});
after(() => folders.remove());

/** EX_SOFTWARE: the journal can no longer be trusted. */
const EXIT_CODE = 70;
/** Files may grow to 400 KiB: then each write beyond is an error of the disk (EFBIG, which SQLite tells as an I/O error). */
const SMALL_FILES = ['/bin/sh', '-c', 'ulimit -f 800; exec "$0" "$@"'];
const PAYMENTS_MAX = 60;
const lasting = { lifetimes: { prepareMs: 25_000, quoteRequestMs: 25_000 } };

for (const who of ['payer', 'payee'] as const) {
  test(`a disk that fails ends the ${who} at once; after a start on a good one everything ends as it should`, {
    skip: process.platform === 'win32' && 'there is no ulimit',
  }, async (t) => {
    const running = await startProcessScheme({
      folder: folders.next(),
      payer: lasting,
      payee: { ...lasting, ...canBeAsked },
    });
    t.after(() => running.stop());
    const { payer, payee, scheme } = running;
    const victim = running[who];
    await Promise.all([payer.start(who === 'payer' ? SMALL_FILES : []), payee.start(who === 'payee' ? SMALL_FILES : [])]);
    const ids = await payUntilDeath(running, who);
    const transfers = await knownToHub(running, ids);
    assert.match(readFileSync(victim.logFile, 'utf8'), /the journal can no longer be trusted.*disk I\/O error/);

    await victim.start();
    // a quote whose payee is away for long is given up by the hub; what has become a transfer, and what only the payer was away for, has to complete
    for (const id of ids) {
      const { state } = await ended(payer, id, 30_000);
      if (who === 'payer' || transfers.has(id)) assert.equal(state, 'COMPLETED');
    }
    await nothingOpen(payer.journalFile);
    await nothingOpen(payee.journalFile);
    assertBooks(payer.core, payee.core, scheme.hub, { committed: await committedAtHub(running) });
    for (const side of [payer, payee]) assert.deepEqual(await exceptionCodes(side.operations), []);
  });
}

/** Those of which the hub has a transfer now. */
async function knownToHub({ payer, scheme }: ProcessScheme, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const known = await Promise.all(
    ids.map(async (id) => {
      const transferId = payer.core.payer.find(id)?.transferId;
      return transferId !== undefined && (await scheme.hub.findTransfer(transferId)) !== undefined;
    }),
  );
  return new Set(ids.filter((_, at) => known[at]));
}

/** Five at a time, until the process ends by itself. Answers the payments that the core has begun. */
async function payUntilDeath(running: ProcessScheme, who: 'payer' | 'payee'): Promise<readonly string[]> {
  const victim = running[who];
  const ids: string[] = [];
  let death: number | string | undefined;
  void victim.ended.then((how) => {
    death = how;
  });
  while (death === undefined) {
    assert.ok(ids.length < PAYMENTS_MAX, 'the limit on files was not met');
    const begun = await Promise.all(Array.from({ length: 5 }, () => beginPayment(running.payer, { amount: '0.5' })));
    ids.push(...begun);
    await Promise.race([victim.ended, Promise.all(begun.map((id) => ended(running.payer, id, 30_000)))]);
  }
  assert.equal(death, EXIT_CODE);
  return ids;
}
