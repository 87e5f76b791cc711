import { endianness } from 'node:os';
import type { LibraryHandle } from 'koffi';

/**
 * The few calls of PKCS #11 (version 2.40, OASIS) that making, finding, using and destroying an RSA key takes, over `koffi`. Runs in
 * a process of its own (`pkcs11-process.ts`): a module that crashes or blocks takes nothing else along.
 *
 * Structures are laid out for 64-bit Unix, where CK_ULONG and pointers have 8 bytes and nothing is packed.
 */
export interface Pkcs11Token {
  /** Makes an RSA key on the token that can sign, and never be read. `id`: its CKA_ID. Gives modulus and exponent. */
  generate(bits: number, id: Uint8Array, label: string): { modulus: Uint8Array; exponent: Uint8Array };
  /** CKM_RSA_PKCS over what is given (a DigestInfo). Undefined: there is no such key. */
  sign(id: Uint8Array, digestInfo: Uint8Array): Uint8Array | undefined;
  /** Both halves of a pair; one that is not there is no error. */
  destroy(id: Uint8Array): void;
  /** Logs out and gives the module up: tokens have few sessions. */
  close(): void;
}

/** A call of the module that did not return CKR_OK. */
export class Pkcs11Failure extends Error {
  /** The token counts this against the PIN, and locks it after a few. */
  readonly pinRefused: boolean;
  constructor(call: string, result: bigint) {
    super(`${call} gives ${nameOfResult(result)}`);
    this.pinRefused = PIN_REFUSALS.has(result);
  }
}

/** What people meet most; the others are told by number (pkcs11t.h). */
const RESULTS: Readonly<Record<string, string>> = {
  '5': 'CKR_GENERAL_ERROR',
  '6': 'CKR_FUNCTION_FAILED',
  '48': 'CKR_DEVICE_ERROR',
  '50': 'CKR_DEVICE_REMOVED',
  '84': 'CKR_FUNCTION_NOT_SUPPORTED',
  '112': 'CKR_MECHANISM_INVALID',
  '160': 'CKR_PIN_INCORRECT',
  '161': 'CKR_PIN_INVALID',
  '162': 'CKR_PIN_LEN_RANGE',
  '163': 'CKR_PIN_EXPIRED',
  '164': 'CKR_PIN_LOCKED',
  '177': 'CKR_SESSION_COUNT',
  '179': 'CKR_SESSION_HANDLE_INVALID',
  '209': 'CKR_TEMPLATE_INCONSISTENT',
  '224': 'CKR_TOKEN_NOT_PRESENT',
  '226': 'CKR_TOKEN_WRITE_PROTECTED',
  '257': 'CKR_USER_NOT_LOGGED_IN',
};
const PIN_REFUSALS: ReadonlySet<bigint> = new Set([160n, 161n, 162n]);
const ALREADY_INITIALIZED = 0x191n;
const ALREADY_LOGGED_IN = 0x100n;

const CKA = { CLASS: 0x0n, TOKEN: 0x1n, PRIVATE: 0x2n, LABEL: 0x3n, ID: 0x102n, SENSITIVE: 0x103n, SIGN: 0x108n, VERIFY: 0x10an } as const;
const CKA_MODULUS = 0x120n;
const CKA_MODULUS_BITS = 0x121n;
const CKA_PUBLIC_EXPONENT = 0x122n;
const CKA_EXTRACTABLE = 0x162n;
const CKO_PRIVATE_KEY = 3n;
const CKM_RSA_PKCS_KEY_PAIR_GEN = 0n;
const CKM_RSA_PKCS = 1n;
const CKF_RW_AND_SERIAL = 6n;
const CKU_USER = 1n;

const ARENA_BYTES = 65_536;
const MAX_SLOTS = 64;
const LARGEST_SIGNATURE = 1_024;

/** Memory that does not move, for one call after the other: everything in it is gone at the next `clear`. */
interface Arena {
  clear(): void;
  room(bytes: number): { readonly address: bigint; readonly view: Buffer };
  put(bytes: Uint8Array): bigint;
}

function openArena(addressOf: (memory: ArrayBuffer) => bigint): Arena {
  const memory = new ArrayBuffer(ARENA_BYTES);
  const start = addressOf(memory);
  let used = 0;
  const room: Arena['room'] = (bytes) => {
    const at = used;
    used += Math.ceil(bytes / 8) * 8;
    if (used > ARENA_BYTES) throw new RangeError('too much for one call of PKCS #11');
    return { address: start + BigInt(at), view: Buffer.from(memory, at, bytes) };
  };
  return {
    clear() {
      Buffer.from(memory).fill(0);
      used = 0;
    },
    room,
    put(bytes) {
      const { address, view } = room(bytes.length);
      view.set(bytes);
      return address;
    },
  };
}

type Attribute = readonly [type: bigint, value: Uint8Array];

/**
 * Loads a module, finds the token with this label, and logs in.
 *
 * @throws Pkcs11Failure, or an Error when the module cannot be loaded here, or not exactly one token has that label.
 */
export async function openPkcs11(modulePath: string, tokenLabel: string, pin: string): Promise<Pkcs11Token> {
  if (process.platform === 'win32' || !['x64', 'arm64', 'ppc64', 'riscv64', 'loong64'].includes(process.arch) || endianness() !== 'LE')
    throw new Error('PKCS #11 is there on 64-bit little-endian Unix only');
  const { default: ffi } = await import('koffi');
  const call = caller(ffi.load(modulePath));
  const arena = openArena(ffi.address);
  const initialized = call.raw('C_Initialize', 0n);
  if (initialized !== 0n && initialized !== ALREADY_INITIALIZED) throw new Pkcs11Failure('C_Initialize', initialized);
  const session = openSession(call, arena, slotOf(call, arena, tokenLabel));
  arena.clear();
  const loggedIn = call.raw('C_Login', session, CKU_USER, arena.put(Buffer.from(pin, 'utf8')), BigInt(Buffer.byteLength(pin)));
  arena.clear();
  if (loggedIn !== 0n && loggedIn !== ALREADY_LOGGED_IN) throw new Pkcs11Failure('C_Login', loggedIn);
  return tokenOver(call, arena, session);
}

interface Call {
  /** The function's result (CK_RV); every argument is 8 bytes wide here. */
  raw(name: string, ...args: bigint[]): bigint;
  /** @throws Pkcs11Failure unless it is CKR_OK. */
  ok(name: string, ...args: bigint[]): void;
}

function caller(library: LibraryHandle): Call {
  const functions = new Map<string, (...args: bigint[]) => number | bigint>();
  const known = (name: string, count: number): ((...args: bigint[]) => number | bigint) => {
    const made = functions.get(name) ?? library.func(name, 'uint64_t', new Array<string>(count).fill('uint64_t'));
    functions.set(name, made);
    return made;
  };
  const raw: Call['raw'] = (name, ...args) => BigInt(known(name, args.length)(...args));
  return {
    raw,
    ok(name, ...args) {
      const result = raw(name, ...args);
      if (result !== 0n) throw new Pkcs11Failure(name, result);
    },
  };
}

function slotOf(call: Call, arena: Arena, label: string): bigint {
  const count = arena.room(8);
  const slots = arena.room(8 * MAX_SLOTS);
  count.view.writeBigUInt64LE(BigInt(MAX_SLOTS));
  call.ok('C_GetSlotList', 1n, slots.address, count.address);
  const found = Array.from({ length: Number(count.view.readBigUInt64LE()) }, (_, n) => slots.view.readBigUInt64LE(8 * n)).filter((slot) => {
    const info = arena.room(512);
    // CK_TOKEN_INFO begins with the label: 32 bytes, filled up with spaces. A slot that cannot be asked is passed over.
    return call.raw('C_GetTokenInfo', slot, info.address) === 0n && info.view.toString('utf8', 0, 32).trimEnd() === label;
  });
  const [slot, other] = found;
  if (slot === undefined) throw new Error(`the module has no token with the label '${label}'`);
  // Which of them comes first may change, and the keys would be gone.
  if (other !== undefined) throw new Error(`the module has ${found.length} tokens with the label '${label}'`);
  return slot;
}

function openSession(call: Call, arena: Arena, slot: bigint): bigint {
  const handle = arena.room(8);
  call.ok('C_OpenSession', slot, CKF_RW_AND_SERIAL, 0n, 0n, handle.address);
  return handle.view.readBigUInt64LE();
}

function tokenOver(call: Call, arena: Arena, session: bigint): Pkcs11Token {
  const find = (wanted: readonly Attribute[]): bigint | undefined => {
    const handle = arena.room(8);
    const count = arena.room(8);
    call.ok('C_FindObjectsInit', session, template(arena, wanted), BigInt(wanted.length));
    call.ok('C_FindObjects', session, handle.address, 1n, count.address);
    call.ok('C_FindObjectsFinal', session);
    return count.view.readBigUInt64LE() === 0n ? undefined : handle.view.readBigUInt64LE();
  };
  const privateKey = (id: Uint8Array): readonly Attribute[] => [
    [CKA.CLASS, number(CKO_PRIVATE_KEY)],
    [CKA.ID, id],
  ];
  return {
    generate(bits, id, label) {
      arena.clear();
      const named: Attribute[] = [
        [CKA.TOKEN, yes],
        [CKA.ID, id],
        [CKA.LABEL, Buffer.from(label, 'utf8')],
      ];
      const open: Attribute[] = [
        ...named,
        [CKA.VERIFY, yes],
        [CKA_MODULUS_BITS, number(BigInt(bits))],
        [CKA_PUBLIC_EXPONENT, Buffer.from([1, 0, 1])],
      ];
      const closed: Attribute[] = [...named, [CKA.PRIVATE, yes], [CKA.SIGN, yes], [CKA.SENSITIVE, yes], [CKA_EXTRACTABLE, no]];
      const [openKey, closedKey] = [arena.room(8), arena.room(8)];
      const templates = [template(arena, open), BigInt(open.length), template(arena, closed), BigInt(closed.length)];
      const mechanism = mechanismOf(arena, CKM_RSA_PKCS_KEY_PAIR_GEN);
      call.ok('C_GenerateKeyPair', session, mechanism, ...templates, openKey.address, closedKey.address);
      const handle = openKey.view.readBigUInt64LE();
      return {
        modulus: attribute(call, arena, session, handle, CKA_MODULUS),
        exponent: attribute(call, arena, session, handle, CKA_PUBLIC_EXPONENT),
      };
    },
    sign(id, digestInfo) {
      arena.clear();
      const key = find(privateKey(id));
      if (key === undefined) return undefined;
      const signature = arena.room(LARGEST_SIGNATURE);
      const length = arena.room(8);
      length.view.writeBigUInt64LE(BigInt(LARGEST_SIGNATURE));
      call.ok('C_SignInit', session, mechanismOf(arena, CKM_RSA_PKCS), key);
      call.ok('C_Sign', session, arena.put(digestInfo), BigInt(digestInfo.length), signature.address, length.address);
      return Uint8Array.from(signature.view.subarray(0, Number(length.view.readBigUInt64LE())));
    },
    destroy(id) {
      for (;;) {
        arena.clear();
        const object = find([[CKA.ID, id]]);
        if (object === undefined) return;
        call.ok('C_DestroyObject', session, object);
      }
    },
    close() {
      call.raw('C_Finalize', 0n);
    },
  };
}

const yes = Buffer.from([1]);
const no = Buffer.from([0]);

function number(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

/** An array of CK_ATTRIBUTE: type, pointer, length. */
function template(arena: Arena, attributes: readonly Attribute[]): bigint {
  const { address, view } = arena.room(24 * attributes.length);
  for (const [n, [type, value]] of attributes.entries()) {
    view.writeBigUInt64LE(type, 24 * n);
    view.writeBigUInt64LE(arena.put(value), 24 * n + 8);
    view.writeBigUInt64LE(BigInt(value.length), 24 * n + 16);
  }
  return address;
}

/** A CK_MECHANISM without parameter. */
function mechanismOf(arena: Arena, mechanism: bigint): bigint {
  const { address, view } = arena.room(24);
  view.writeBigUInt64LE(mechanism);
  return address;
}

function attribute(call: Call, arena: Arena, session: bigint, handle: bigint, type: bigint): Uint8Array {
  const value = arena.room(LARGEST_SIGNATURE);
  const wanted = arena.room(24);
  wanted.view.writeBigUInt64LE(type);
  wanted.view.writeBigUInt64LE(value.address, 8);
  wanted.view.writeBigUInt64LE(BigInt(LARGEST_SIGNATURE), 16);
  call.ok('C_GetAttributeValue', session, handle, wanted.address, 1n);
  return Uint8Array.from(value.view.subarray(0, Number(wanted.view.readBigUInt64LE(16))));
}

function nameOfResult(result: bigint): string {
  return RESULTS[String(result)] ?? `0x${result.toString(16)}`;
}
