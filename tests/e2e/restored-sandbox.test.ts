import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createHttpClient } from '@payment-manager/runtime';
import { startSandbox } from '../../lab/local-scheme/src/start-sandbox.ts';
import { pmIn } from '../../packages/payment-manager/test/command-line.ts';

interface Answer {
  readonly status: number;
  readonly body: { transferId?: string; currentState?: string; message?: string };
}

test('a restored product: what was paid since the copy is refused until it was read in, is then known, and life goes on', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pm-restored-sandbox-'));
  const client = createHttpClient({});
  t.after(async () => {
    await client.close();
    await rm(folder, { recursive: true });
  });
  const pm = (...args: string[]) => pmIn(folder, [...args, '--folder', folder], { PM_OPERATOR: 'Ada' });
  const done = async (...args: string[]): Promise<string> => {
    const { exitCode, text } = await pm(...args);
    assert.equal(exitCode, 0, text);
    return text;
  };
  let outbound = '';
  const call = async (method: 'POST' | 'PUT', path: string, body: object): Promise<Answer> => {
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const outcome = await client.request({ method, url: `${outbound}${path}`, headers, body: JSON.stringify(body), timeoutMs: 60_000 });
    assert.ok(outcome.kind === 'answer', JSON.stringify(outcome));
    return { status: outcome.status, body: JSON.parse(Buffer.from(outcome.body).toString()) as Answer['body'] };
  };
  const start = (homeTransactionId: string) =>
    call('POST', '/transfers', {
      homeTransactionId,
      from: { displayName: 'Amara Diallo', idType: 'MSISDN', idValue: '27713803911' },
      to: { idType: 'MSISDN', idValue: '27713803912' },
      amountType: 'SEND',
      currency: 'USD',
      amount: '5',
      transactionType: 'TRANSFER',
    });
  const paid = async (homeTransactionId: string): Promise<string> => {
    const { transferId = '' } = (await start(homeTransactionId)).body;
    await call('PUT', `/transfers/${transferId}`, { acceptParty: true });
    const ended = await call('PUT', `/transfers/${transferId}`, { acceptQuote: true });
    assert.equal(ended.body.currentState, 'COMPLETED', JSON.stringify(ended));
    return transferId;
  };
  const started = async () => {
    const sandbox = await startSandbox({ folder, basePort: '0' });
    outbound = sandbox.running.dfsps.find(({ fspId }) => fspId === 'greenbank')?.outboundUrl ?? '';
    return sandbox;
  };

  const first = await started();
  await paid('before');
  await done('backup', 'copy.backup', '--fsp', 'greenbank');
  const forgotten = await paid('after');
  await first.stop();
  assert.match(await done('restore', 'copy.backup', '--fsp', 'greenbank', '--yes'), /takes no new payment/);

  const second = await started();
  t.after(() => second.stop());
  const refused = await start('after');
  assert.equal(refused.status, 503);
  assert.match(refused.body.message ?? '', /older copy/);
  assert.equal((await start('before')).body.currentState, 'COMPLETED', 'a repeat of what the copy knows gets its answer');
  assert.match(await done('exceptions', '--fsp', 'greenbank'), /JOURNAL_RESTORED/);

  const tooEarly = await pm('restored', '--lift', '--reason', 'too early', '--fsp', 'greenbank');
  assert.deepEqual([tooEarly.exitCode, /--report/.test(tooEarly.text)], [1, true], tooEarly.text);
  await writeFile(join(folder, 'since.csv'), `transferId,direction,amount,currency,state\n${forgotten},out,5.00,USD,COMMITTED\n`);
  assert.match(
    await done('restored', '--report', 'since.csv', '--from', 'core', '--fsp', 'greenbank'),
    /1 of them were not in the journal/,
  );
  assert.match(await done('restored', '--lift', '--reason', 'the books agree', '--fsp', 'greenbank'), /lifted .* by Ada: the books agree/);

  const repeated = await start('after');
  assert.deepEqual([repeated.body.transferId, repeated.body.currentState], [forgotten, 'COMPLETED'], JSON.stringify(repeated));
  await paid('later');
  assert.doesNotMatch(await done('exceptions', '--fsp', 'greenbank'), /JOURNAL_RESTORED/);
  await done('verify', '--fsp', 'greenbank');
});

test('./pm restored marks the journal of a stopped product, with a reason; a running one is refused', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pm-restored-'));
  t.after(() => rm(folder, { recursive: true }));
  const pm = (...args: string[]) => pmIn(folder, ['restored', ...args, '--folder', folder, '--fsp', 'greenbank'], { PM_OPERATOR: 'Ada' });
  const sandbox = await startSandbox({ folder, basePort: '0' });
  try {
    assert.equal((await pm('--reason', 'a standby was promoted', '--yes')).exitCode, 69);
    assert.match((await pm('--show')).text, /never restored/);
  } finally {
    await sandbox.stop();
  }
  assert.equal((await pm('--yes')).exitCode, 64, 'without a reason');
  assert.equal((await pm('--lift', '--show')).exitCode, 64, 'two wishes');
  const marked = await pm('--reason', 'a standby was promoted', '--yes');
  assert.equal(marked.exitCode, 0, marked.text);
});
