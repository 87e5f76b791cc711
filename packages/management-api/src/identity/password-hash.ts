import { argon2, timingSafeEqual } from 'node:crypto';
import type { Random } from '@payment-manager/runtime';
import { Problem } from '../server/problem.ts';
import { normalised } from './password-policy.ts';

/** How much work a guess is. */
export interface PasswordCost {
  readonly memoryKib: number;
  readonly passes: number;
}

/** OWASP’s parameters for argon2id: 19 MiB, two passes; about 70 ms of one core. */
export const PASSWORD_COST: PasswordCost = { memoryKib: 19_456, passes: 2 };
const [SALT_BYTES, HASH_BYTES] = [16, 32];
/** One at a time, so that three of the four threads of the pool stay for the signatures of payments; more than these waiting are refused. */
const WAITING_MAX = 20;

const FORM = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=1\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

let last: Promise<unknown> = Promise.resolve();
let waiting = 0;

/** A password as it is stored: `$argon2id$v=19$m=19456,t=2,p=1$…$…`. @throws Problem `TOO_MANY_SIGN_INS` */
export async function hashPassword(password: string, random: Pick<Random, 'bytes'>, { memoryKib, passes }: PasswordCost): Promise<string> {
  const salt = random.bytes(SALT_BYTES);
  const hash = await derived(password, salt, memoryKib, passes);
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=1$${bare(salt)}$${bare(hash)}`;
}

/** In constant time, and as long for a user that is not there. @throws Problem `TOO_MANY_SIGN_INS` */
export async function passwordMatches(password: string, stored: string | undefined, cost: PasswordCost): Promise<boolean> {
  const [, memory = cost.memoryKib, passes = cost.passes, salt = 'A'.repeat(22), hash = 'A'.repeat(43)] = FORM.exec(stored ?? '') ?? [];
  const found = await derived(password, Buffer.from(salt, 'base64'), Number(memory), Number(passes));
  const same = timingSafeEqual(found, Buffer.from(hash, 'base64'));
  return same && stored !== undefined;
}

async function derived(password: string, nonce: Uint8Array, memory: number, passes: number): Promise<Buffer> {
  if (waiting >= WAITING_MAX)
    throw new Problem(503, {
      code: 'TOO_MANY_SIGN_INS',
      message: 'Too many sign in at once.',
      advice: 'Repeat it in a moment.',
      retryAfter: 2,
    });
  waiting += 1;
  const turn = last.then(() => once(password, nonce, memory, passes));
  last = turn.catch(() => {});
  return turn.finally(() => {
    waiting -= 1;
  });
}

function once(password: string, nonce: Uint8Array, memory: number, passes: number): Promise<Buffer> {
  const message = Buffer.from(normalised(password), 'utf8');
  return new Promise((resolve, reject) => {
    argon2('argon2id', { message, nonce, parallelism: 1, tagLength: HASH_BYTES, memory, passes }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function bare(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}
