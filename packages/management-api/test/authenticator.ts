import { createHash, generateKeyPairSync, sign } from 'node:crypto';

const sha256 = (data: Uint8Array | string): Buffer => createHash('sha256').update(data).digest();
const text = (data: Uint8Array | string): string => Buffer.from(data).toString('base64url');

/** CBOR of what an authenticator sends, and no more: small maps, byte strings, texts, small numbers. */
function cbor(value: Map<unknown, unknown> | Uint8Array | string | number): Buffer {
  const head = (major: number, n: number): Buffer =>
    Buffer.from(n < 24 ? [(major << 5) | n] : n < 256 ? [(major << 5) | 24, n] : [(major << 5) | 25, n >> 8, n & 255]);
  if (value instanceof Map)
    return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, one]) => [cbor(key as string), cbor(one as string)])]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  return value >= 0 ? head(0, value) : head(1, -1 - value);
}

export interface Behaviour {
  /** Whose page it believes that it is on. */
  readonly origin: string;
  /** Whether it looked who is there. */
  readonly verifies?: boolean;
  readonly userHandle: string;
}

/** A passkey in software: an ES256 key for one relying party, with a counter. */
export function softwareAuthenticator({ origin, verifies = true, userHandle }: Behaviour) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const id = sha256(x).subarray(0, 16);
  const cose = new Map<unknown, unknown>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, Buffer.from(x, 'base64url')],
    [-3, Buffer.from(y, 'base64url')],
  ]);
  let counter = 0;
  const data = (rpId: string, attested?: Buffer): Buffer => {
    counter += 1;
    const flags = 0x01 | (verifies ? 0x04 : 0) | (attested === undefined ? 0 : 0x40);
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), count, ...(attested === undefined ? [] : [attested])]);
  };
  const client = (type: string, challenge: string): string => JSON.stringify({ type, challenge, origin, crossOrigin: false });
  const common = { id: text(id), rawId: text(id), type: 'public-key', clientExtensionResults: {} };
  return {
    register(challenge: string, rpId: string): object {
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, cbor(cose)]);
      const attestation = new Map<unknown, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', data(rpId, attested)],
      ]);
      return {
        ...common,
        response: {
          clientDataJSON: text(client('webauthn.create', challenge)),
          attestationObject: text(cbor(attestation)),
          transports: ['internal'],
        },
      };
    },
    answer(challenge: string, rpId: string): { id: string; response: object } {
      const authenticatorData = data(rpId);
      const clientData = client('webauthn.get', challenge);
      const signature = sign('sha256', Buffer.concat([authenticatorData, sha256(clientData)]), privateKey);
      const response = {
        clientDataJSON: text(clientData),
        authenticatorData: text(authenticatorData),
        signature: text(signature),
        userHandle: text(userHandle),
      };
      return { ...common, response };
    },
  };
}
