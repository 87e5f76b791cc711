import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fulfilled, hubSays, patch, prepare, prepareFor, quoted } from '../../test/payee-scenes.ts';
import { exceptionCodes, person } from '../../test/person-scenes.ts';
import { makeWorld, type World } from '../../test/world.ts';

/** What the log says of payments that need a person, as `level code payment`. */
const told = ({ log }: World) =>
  log.lines
    .filter(({ message }) => /needs (a person|nobody)/.test(message))
    .map(({ level, fields }) => `${level} ${fields['code']} ${fields['payment']}`);

const counted = async ({ metrics }: World, code: string) =>
  Number(new RegExp(`pm_alarms_total\\{code="${code}"\\} (\\d+)`).exec(await metrics.text())?.[1] ?? 0);

test('exceptions: one that begins is a warning of the log with its code, is counted, and is an alarm; its end is told as well', async () => {
  const world = await makeWorld({ core: { transferRepeatable: false, transferAskable: false } });
  world.core.transfer = () => ({ kind: 'unknown', reason: 'no answer' });
  const id = await prepare(world, prepareFor(world, await quoted(world)));
  assert.deepEqual(await exceptionCodes(world), ['CORE_OUTCOME_UNKNOWN']);
  assert.deepEqual(told(world), [`warn CORE_OUTCOME_UNKNOWN ${id}`]);
  assert.equal(await counted(world, 'CORE_OUTCOME_UNKNOWN'), 1);
  const alarms = await world.connector.alarms({ limit: 10 });
  assert.deepEqual(
    alarms.map((alarm) => [alarm.level, alarm.code, alarm.id, 'momentary' in alarm]),
    [['exception', 'CORE_OUTCOME_UNKNOWN', id, false]],
  );
  // what goes on while it stands, and a restart, tell it no second time
  await hubSays(world, id, '2001');
  await world.crash();
  await world.time.advance(90_000);
  assert.deepEqual(told(world), [`warn CORE_OUTCOME_UNKNOWN ${id}`]);
  await person(world, id, { action: 'settle', as: 'ABORTED' });
  assert.deepEqual(await exceptionCodes(world), []);
  assert.deepEqual(told(world).slice(1), [`info CORE_OUTCOME_UNKNOWN ${id}`]);
});

test('exceptions: a contradiction is told as every other one', async () => {
  const world = await makeWorld();
  const { id } = await fulfilled(world);
  await patch(world, id, 'ABORTED');
  await patch(world, id, 'COMMITTED');
  assert.deepEqual(told(world), [`warn CONTRADICTION ${id}`]);
  assert.equal(await counted(world, 'CONTRADICTION'), 1);
});

test('alarms: however many of one kind there are, some of each kind are shown', async () => {
  const world = await makeWorld({ core: { transferRepeatable: false, transferAskable: false } });
  world.core.transfer = () => ({ kind: 'unknown', reason: 'no answer' });
  for (let n = 0; n < 3; n++) await prepare(world, prepareFor(world, await quoted(world)));
  for (let n = 0; n < 3; n++) await patch(world, `00000000-0000-4000-8000-0000000f000${n}`, 'ABORTED');
  const codes = (await world.connector.alarms({ limit: 4 })).map(({ code }) => code);
  assert.deepEqual(codes, ['CORE_OUTCOME_UNKNOWN', 'CORE_OUTCOME_UNKNOWN', 'CALLBACK_UNEXPECTED', 'CALLBACK_UNEXPECTED']);
});
