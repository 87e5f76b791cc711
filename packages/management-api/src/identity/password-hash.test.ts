import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '@payment-manager/runtime';
import { hashPassword, PASSWORD_COST, passwordMatches } from './password-hash.ts';

describe('a password', () => {
  test('is kept as argon2id with 19 MiB and two passes, matches itself however it is composed, and nothing else', async () => {
    const stored = await hashPassword('four grey cran\u00e9s rest', seededRandom(1), PASSWORD_COST);
    assert.match(stored, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.equal(await passwordMatches('four grey crane\u0301s rest', stored, PASSWORD_COST), true);
    assert.equal(await passwordMatches('four grey cranes rest', stored, PASSWORD_COST), false);
  });

  test('of nobody never matches, and takes as much work', async () => {
    assert.equal(await passwordMatches('anything at all', undefined, PASSWORD_COST), false);
  });

  test('is not worked on for more than 20 at once', async () => {
    const cost = { memoryKib: 64, passes: 1 };
    const tries = await Promise.allSettled(Array.from({ length: 30 }, () => passwordMatches('x', undefined, cost)));
    assert.equal(tries.filter(({ status }) => status === 'rejected').length, 10);
  });
});
