import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actionWords } from '../src/text/audit/action-words.ts';
import EN from '../src/text/audit/en.ts';
import FR from '../src/text/audit/fr.ts';

test('an entry of the audit log says in words what was done, and a code that is unknown stands for itself', () => {
  assert.equal(actionWords(EN, 'sign-in.failed'), 'Sign-in failed');
  assert.equal(actionWords(EN, 'payment.replay.revealed'), EN.plain['payment.replay.revealed']);
  assert.equal(actionWords(EN, 'rotate-keys.withdrawn'), 'Keys and certificates: taken back');
  assert.equal(actionWords(FR, 'rotate-keys.asked'), 'Clés et certificats : demande');
  for (const code of ['user.exploded', 'rotate-keys.thrown', 'constructor', 'toString.asked', 'rotate-keys.constructor', ''])
    assert.equal(actionWords(EN, code), undefined, code);
});
