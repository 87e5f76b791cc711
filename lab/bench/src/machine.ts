import { generateKeyPairSync, hash, type KeyObject, sign, verify } from 'node:crypto';

/** How fast this machine is, on one core: what one RSA-2048 operation costs in milliseconds of CPU, and how much else goes into one. */
export interface Machine {
  readonly rsa2048SignMs: number;
  readonly rsa2048VerifyMs: number;
  /** Messages of 1.5 kB that are hashed. */
  readonly sha256PerMs: number;
  /** Messages of 1.5 kB that are read from JSON, and written again. */
  readonly jsonPerMs: number;
}

/** Operations that a payment needs in one process (docs/protocol.md, 12): `PUT /parties` is signed, and so is the hub's PATCH. */
export interface SignatureCount {
  readonly signatures: number;
  readonly verifications: number;
}

/** Signs the quote and the prepare; verifies the answers to look-up, quote and prepare. */
export const PAYER_SIGNATURES: SignatureCount = { signatures: 2, verifications: 3 };
/** Signs the answers to look-up, quote and prepare; verifies the quote, the prepare and the notification. */
export const PAYEE_SIGNATURES: SignatureCount = { signatures: 3, verifications: 3 };

/** CPU that the signatures of a payment cost by themselves: no product that signs can be below. */
export function rsaFloorMs(
  machine: Pick<Machine, 'rsa2048SignMs' | 'rsa2048VerifyMs'>,
  { signatures, verifications }: SignatureCount,
): number {
  return signatures * machine.rsa2048SignMs + verifications * machine.rsa2048VerifyMs;
}

/** About the size of a signed quote. */
const MESSAGE_BYTES = 1_500;
/** Short rounds, and the quickest counts: what else the machine does only ever adds. */
const ROUNDS = 7;
const SIGNS_PER_ROUND = 60;
const VERIFIES_PER_ROUND = 600;
const MESSAGES_PER_ROUND = 2_000;

/** Measures this machine. Takes about half a second of one core. */
export function measureMachine(): Machine {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const message = Buffer.alloc(MESSAGE_BYTES, 'a');
  const signature = sign('sha256', message, privateKey);
  return {
    rsa2048SignMs: quickest(SIGNS_PER_ROUND, () => void sign('sha256', message, privateKey)),
    rsa2048VerifyMs: quickest(VERIFIES_PER_ROUND, () => mustVerify(message, publicKey, signature)),
    sha256PerMs: 1 / quickest(MESSAGES_PER_ROUND, () => void hash('sha256', message)),
    jsonPerMs: 1 / quickest(MESSAGES_PER_ROUND, () => void JSON.stringify(JSON.parse(MESSAGE_TEXT))),
  };
}

/** Members and texts as those of a quote. */
const MESSAGE_TEXT = JSON.stringify(
  Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`member${index}`, { name: 'a'.repeat(60), amount: `${index}.25` }])),
);

function mustVerify(message: Buffer, key: KeyObject, signature: Buffer): void {
  if (!verify('sha256', message, key, signature)) throw new Error('a signature of this machine does not verify');
}

function quickest(count: number, operation: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    for (let index = 0; index < count; index++) operation();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1_000 / count);
  }
  return best;
}
