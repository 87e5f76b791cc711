import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { systemTimers } from '@payment-manager/runtime';
import { runCommandLine } from '../../packages/payment-manager/src/cli/command-line.ts';
import { type SchemeFolders, schemeFolders } from '../scheme/folders.ts';
import { beginPayment, pay } from '../scheme/payments.ts';
import { type Side, startRunningScheme } from '../scheme/running-scheme.ts';
import { until } from '../scheme/waiting.ts';
import { coreFault } from './scenes/scene.ts';

let folders: SchemeFolders;
before(async () => {
  folders = await schemeFolders('visible');
});
after(() => folders.remove());

const asked = async ({ operations }: Side, path: string): Promise<string> => (await fetch(`${operations}${path}`)).text();
const alarmsOf = async (side: Side) =>
  (JSON.parse(await asked(side, '/alarms')) as { alarms: { code: string; level: string }[] }).alarms.map(({ code }) => code);
/** Lines of the log that are at least warnings, with their codes. */
const warned = ({ log }: Side, code: string) => log.lines.filter(({ level, fields }) => level !== 'info' && fields['code'] === code);

test('an exception shows in the log, the metrics, the alarms and doctor of a running product', async () => {
  const folder = folders.next();
  const unaskable = { core: { transferRepeatable: false, transferAskable: false } };
  // long enough for the outcome to stay open while everybody looks
  const running = await startRunningScheme({ folder, atPrepare: 'credit', payee: unaskable, payer: { lifetimes: { prepareMs: 60_000 } } });
  try {
    const { payer, payee } = running;
    coreFault(payee.core, { operation: 'POST /transfers', action: { kind: 'execute-then-reset' } });
    await beginPayment(payer);
    await until('the exception', async () => (await alarmsOf(payee)).includes('CORE_OUTCOME_UNKNOWN') || undefined);
    assert.equal(warned(payee, 'CORE_OUTCOME_UNKNOWN').length, 1);
    assert.match(await asked(payee, '/metrics'), /pm_alarms_total\{code="CORE_OUTCOME_UNKNOWN"\} 1/);
    const gauge = /pm_exceptions\{code="CORE_OUTCOME_UNKNOWN",age="hour"\} 1/;
    await until('the gauge', async () => gauge.test(await asked(payee, '/metrics')) || undefined, 20_000);
    const said: string[] = [];
    const terminal = {
      out: (line: string) => said.push(line),
      err: (line: string) => said.push(line),
      workingFolder: folder,
      interactive: false,
    };
    const port = new URL(payee.operations).port;
    const exitCode = await runCommandLine(['doctor', '--config', join(folder, payee.fspId, 'payment-manager.yaml')], {
      ...terminal,
      environment: { PM_OPERATIONS_PORT: port },
    });
    assert.equal(exitCode, 1);
    assert.match(said.join('\n'), /failed +payments +exceptions +CORE_OUTCOME_UNKNOWN: 1 payment needs a person/);
  } finally {
    await running.stop();
  }
});

test('a hub that is gone is an alarm after some seconds, and none any more when a payment goes through', async () => {
  const running = await startRunningScheme({ folder: folders.next(), payer: { timeouts: { callbackMs: 15_000 } } });
  try {
    const { payer } = running;
    await running.hub.listener.pause();
    await beginPayment(payer);
    await until('the alarm', async () => (await alarmsOf(payer)).includes('HUB_NOT_ANSWERING') || undefined, 20_000);
    assert.equal(warned(payer, 'HUB_NOT_ANSWERING').length, 1);
    const ready = await fetch(`${payer.operations}/health/ready`);
    assert.equal(ready.status, 200);
    const { parts } = (await ready.json()) as { parts: { hub: { ok: boolean; detail: string } } };
    assert.equal(parts.hub.ok, true);
    assert.match(parts.hub.detail, /^does not answer since/);
    await running.hub.listener.resume();
    await new Promise<void>((resolve) => void systemTimers.after(100, resolve));
    assert.equal((await pay(payer)).state, 'COMPLETED');
    await until('no alarm', async () => !(await alarmsOf(payer)).includes('HUB_NOT_ANSWERING') || undefined);
  } finally {
    await running.stop();
  }
});
