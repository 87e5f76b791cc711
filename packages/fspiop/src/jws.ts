import type { KeyObject } from 'node:crypto';
import type { Outgoing } from './emit.ts';
import { FspiopError } from './errors.ts';
import { canonicalJson, hasDuplicateMembers, parseJson } from './json.ts';
import type { RawRequest } from './receive.ts';

/** The algorithms of FSPIOP signatures (docs/protocol.md, 12.2): never `none`, HS* or PS*. We sign RS256, or ES256 with an EC key. */
export type JwsAlgorithm = 'RS256' | 'RS384' | 'RS512' | 'ES256';

/** Which kind of key each algorithm takes. */
const KEY_TYPES: { readonly [algorithm in JwsAlgorithm]: 'rsa' | 'ec' } = { RS256: 'rsa', RS384: 'rsa', RS512: 'rsa', ES256: 'ec' };
const RSA_BITS_MIN = 2048;
const PROTECTED_HEADER_LENGTH_MAX = 32_768;
const SIGNATURE_LENGTH_MAX = 512;

/** What OpenSSL said of each key: a key never changes, and asking takes a tenth of a verification. */
const bitsOfKeys = new WeakMap<KeyObject, number>();

function rsaBits(key: KeyObject): number {
  let bits = bitsOfKeys.get(key);
  if (bits === undefined) {
    bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    bitsOfKeys.set(key, bits);
  }
  return bits;
}

/**
 * The algorithm with which a key signs: RS256 for RSA of at least 2048 bits, ES256 for EC P-256. Throws 3105 for any
 * other key.
 */
export function algorithmFor(key: KeyObject): 'RS256' | 'ES256' {
  if (key.asymmetricKeyType === 'rsa') {
    if (rsaBits(key) >= RSA_BITS_MIN) return 'RS256';
    throw new FspiopError('3105', 'RSA key is shorter than 2048 bits');
  }
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ES256';
  throw new FspiopError('3105', 'key is neither RSA nor EC P-256');
}

/** Whether a key may be used with an algorithm: right kind, strong enough. Stops a message from choosing how a key is read. */
function fits(key: KeyObject, algorithm: JwsAlgorithm): boolean {
  if (key.asymmetricKeyType !== KEY_TYPES[algorithm]) return false;
  return KEY_TYPES[algorithm] === 'ec' ? key.asymmetricKeyDetails?.namedCurve === 'prime256v1' : rsaBits(key) >= RSA_BITS_MIN;
}

/** Protected header in the text of the header's member, and the bytes over which the signature goes. */
interface SigningInput {
  protectedHeader: string;
  input: Buffer;
}

/**
 * What is signed for a message (docs/protocol.md, 12.3). The members' order is the reference SDK's, so that results can be compared
 * byte for byte. Then sign `input` and hand the result to `attachSignature`.
 */
export function signingInput(message: Outgoing, algorithm: JwsAlgorithm): SigningInput {
  const { headers } = message;
  const members: Record<string, string | undefined> = {
    alg: algorithm,
    'FSPIOP-URI': message.path,
    'FSPIOP-HTTP-Method': message.method,
    'FSPIOP-Source': headers['FSPIOP-Source'],
    'FSPIOP-Destination': headers['FSPIOP-Destination'],
    Date: headers['Date'],
  };
  const protectedHeader = Buffer.from(JSON.stringify(members)).toString('base64url');
  return { protectedHeader, input: inputOver(protectedHeader, Buffer.from(message.body ?? '')) };
}

/** Sets FSPIOP-URI, FSPIOP-HTTP-Method and FSPIOP-Signature. The message must not be changed any more. */
export function attachSignature(message: Outgoing, protectedHeader: string, signature: Uint8Array): void {
  message.headers['FSPIOP-URI'] = message.path;
  message.headers['FSPIOP-HTTP-Method'] = message.method;
  message.headers['FSPIOP-Signature'] = JSON.stringify({ signature: asBuffer(signature).toString('base64url'), protectedHeader });
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function inputOver(protectedHeader: string, body: Uint8Array): Buffer {
  return Buffer.from(`${protectedHeader}.${asBuffer(body).toString('base64url')}`, 'latin1');
}

/** Form of the body over which a signature may have been made (docs/protocol.md, 12.4). */
type SignedForm = 'raw' | 'received-order' | 'sorted';

/** A signature that contradicts nothing of its message, and that is still to be verified with the key of the source. */
export interface SignatureCheck {
  readonly algorithm: JwsAlgorithm;
  readonly signature: Uint8Array;
  /**
   * The bytes to verify, in the order to try them: as received; then, made only when asked for, the two
   * re-serialisations that other implementations sign, where their bytes differ and no member occurs twice.
   */
  inputs(): Iterable<{ readonly form: SignedForm; readonly input: Buffer }>;
}

interface SignatureOptions {
  /** The algorithms that are accepted; by default RS256, RS384, RS512 and ES256. */
  algorithms?: readonly JwsAlgorithm[];
}

const ALL_ALGORITHMS: readonly JwsAlgorithm[] = ['RS256', 'RS384', 'RS512', 'ES256'];

/**
 * Everything about a signature but the operation with the key (docs/protocol.md, 12.5): headers present, protected
 * header readable, algorithm allowed, and each protected member equal to the header and to the request line itself.
 * Throws 3105 for every failure, whatever it is; the description says which.
 */
export function checkSignature(request: RawRequest, options: SignatureOptions = {}): SignatureCheck {
  const { headers, body } = request;
  const { signature, protectedHeader } = readSignatureHeader(headers['fspiop-signature']);
  const members = readProtectedHeader(protectedHeader);
  const algorithm = members['alg'];
  const allowed = (options.algorithms ?? ALL_ALGORITHMS).find((candidate) => candidate === algorithm);
  if (allowed === undefined) throw refused('algorithm of fspiop-signature is not allowed');
  checkMembers(members, headers);
  if (members['FSPIOP-HTTP-Method'] !== request.method) throw refused('signed fspiop-http-method is not the method of the request');
  if (!isSameResource(members['FSPIOP-URI'] ?? '', request.target)) throw refused('signed fspiop-uri is not the URI of the request');
  return { algorithm: allowed, signature, inputs: () => inputsOf(protectedHeader, body) };
}

function refused(description: string): FspiopError {
  return new FspiopError('3105', description);
}

function readSignatureHeader(header: string | undefined): { signature: Buffer; protectedHeader: string } {
  if (header === undefined || header === '') throw refused('fspiop-signature is missing');
  const parsed = readObject(header);
  const signature = parsed?.['signature'];
  const protectedHeader = parsed?.['protectedHeader'];
  if (!isBase64url(signature, SIGNATURE_LENGTH_MAX) || !isBase64url(protectedHeader, PROTECTED_HEADER_LENGTH_MAX)) {
    throw refused('fspiop-signature has the wrong format');
  }
  return { signature: Buffer.from(signature, 'base64url'), protectedHeader };
}

function isBase64url(text: unknown, limit: number): text is string {
  return typeof text === 'string' && text.length <= limit && /^[A-Za-z0-9_-]+$/.test(text);
}

function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function readProtectedHeader(text: string): Record<string, string> {
  const members = readObject(Buffer.from(text, 'base64url').toString('utf8'));
  if (members === undefined) throw refused('protected header of fspiop-signature has the wrong format');
  for (const name in members)
    if (typeof members[name] !== 'string') throw refused('protected header of fspiop-signature has a member that is not a text');
  return members as Record<string, string>;
}

/** Members that must be there, spelled like this: names are case-sensitive in a protected header. */
const REQUIRED = ['FSPIOP-URI', 'FSPIOP-HTTP-Method', 'FSPIOP-Source'];
/** Must be protected exactly when the message has the header. An FSPIOP-Encryption need not: we decrypt nothing (docs/protocol.md, 12.2). */
const PROTECTED_IF_SENT = 'FSPIOP-Destination';

/** Whatever is protected must be what was received. So a member that is not a header (`crit`, `kid`, `b64`) refuses the message. */
function checkMembers(members: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>>): void {
  for (const name of REQUIRED) {
    if (members[name] === undefined) throw refused(`signature does not protect ${name}`);
    if (headers[name.toLowerCase()] === undefined) throw refused(`${name.toLowerCase()} is missing`);
  }
  if ((members[PROTECTED_IF_SENT] ?? '') !== (headers[PROTECTED_IF_SENT.toLowerCase()] ?? ''))
    throw refused(`signed ${PROTECTED_IF_SENT.toLowerCase()} is not the header`);
  for (const name in members) {
    if (name === 'alg' || name === PROTECTED_IF_SENT) continue;
    const header = Object.hasOwn(headers, name.toLowerCase()) ? headers[name.toLowerCase()] : undefined;
    if (header !== members[name])
      throw refused(`signed header ${/^[\w-]{1,40}$/.test(name) ? name.toLowerCase() : ''} differs from the one received`);
  }
}

function* inputsOf(protectedHeader: string, body: Uint8Array): Generator<{ form: SignedForm; input: Buffer }> {
  yield { form: 'raw', input: inputOver(protectedHeader, body) };
  const value = reserialisable(body);
  if (value === undefined) return;
  const raw = asBuffer(body);
  const inOrder = Buffer.from(JSON.stringify(value));
  if (!inOrder.equals(raw)) yield { form: 'received-order', input: inputOver(protectedHeader, inOrder) };
  const sorted = Buffer.from(canonicalJson(value));
  if (!sorted.equals(raw) && !sorted.equals(inOrder)) yield { form: 'sorted', input: inputOver(protectedHeader, sorted) };
}

/** The content, if it is the same for every reader: JSON without duplicate members. */
function reserialisable(body: Uint8Array): unknown {
  if (body.length === 0) return undefined;
  try {
    const value = parseJson(body);
    return hasDuplicateMembers(body) ? undefined : value;
  } catch {
    return undefined;
  }
}

/** One operation with a public key, off the event loop: `Signatures.verify` of `runtime`. */
export type Verify = (algorithm: JwsAlgorithm, key: KeyObject, input: Uint8Array, signature: Uint8Array) => Promise<boolean>;

interface VerifyResult {
  ok: boolean;
  /** The form that verified. */
  form?: SignedForm;
  /** How often the key was used: 0 to 3. */
  verifications: number;
}

/** One message costs at most so many operations with a key, whatever its sender tries (docs/money-rules.md, 5). */
const VERIFICATIONS_MAX = 3;

/**
 * Verifies with the keys that the source has now (one, or two during an overlap, newest first): the received bytes with each
 * key, and only if these fail and `reserialised` is not false, the two re-serialised forms. Three verifications at most. A
 * key that does not fit the algorithm verifies nothing.
 */
export async function verifySignature(
  check: SignatureCheck,
  keys: KeyObject | readonly KeyObject[],
  verify: Verify,
  options: { reserialised?: boolean } = {},
): Promise<VerifyResult> {
  const usable = (Array.isArray(keys) ? (keys as readonly KeyObject[]) : [keys as KeyObject]).filter((key) => fits(key, check.algorithm));
  let verifications = 0;
  if (usable.length === 0) return { ok: false, verifications };
  for (const { form, input } of check.inputs()) {
    if (form !== 'raw' && options.reserialised === false) break;
    for (const key of usable) {
      if (verifications === VERIFICATIONS_MAX) return { ok: false, verifications };
      verifications++;
      if (await verify(check.algorithm, key, input, check.signature)) return { ok: true, form, verifications };
    }
  }
  return { ok: false, verifications };
}

/**
 * Resources that the reference SDK knows when it makes FSPIOP-URI; it takes the **last** path segment with such a name as the
 * beginning of the URI (docs/protocol.md, 12.5).
 */
const KNOWN_TO_REFERENCE: ReadonlySet<string> = new Set([
  'participants',
  'parties',
  'quotes',
  'bulkQuotes',
  'transfers',
  'bulkTransfers',
  'transactionRequests',
  'thirdpartyRequests',
  'authorizations',
  'consents',
  'consentRequests',
  'fxQuotes',
  'fxTransfers',
]);

/** Resources that it does not know: there it signs `//host:port` and the path. */
const UNKNOWN_TO_REFERENCE: ReadonlySet<string> = new Set(['services', 'transactions', 'ping']);

/**
 * Whether a signed FSPIOP-URI names the resource of the request line. Equal, or what the reference SDK makes of exactly
 * this request line where it goes wrong: a party `/parties/ALIAS/quotes` becomes `/quotes`, `/services/…` gets its host in
 * front. Nothing else: a signature for one resource must not pass for another (N26).
 */
export function isSameResource(signedUri: string, target: string): boolean {
  return signedUri === target || signedUri === referenceUri(target) || isWithHost(signedUri, target);
}

function referenceUri(target: string): string | undefined {
  const [path = '', ...query] = target.split('?');
  const segments = path.split('/');
  const start = segments.findLastIndex((segment) => KNOWN_TO_REFERENCE.has(segment));
  if (start === -1) return undefined;
  return ['', ...segments.slice(start)].join('/') + query.map((part) => `?${part}`).join('');
}

function isWithHost(signedUri: string, target: string): boolean {
  const resource = target.split('/', 2)[1]?.split('?', 1)[0] ?? '';
  if (!UNKNOWN_TO_REFERENCE.has(resource) || !signedUri.endsWith(target)) return false;
  return /^\/\/[A-Za-z0-9.:[\]_-]{1,255}$/.test(signedUri.slice(0, -target.length));
}
