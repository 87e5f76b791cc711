import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import {
  checkSignature,
  decodeIlp,
  FspiopError,
  isFulfilment,
  parseJson,
  type RawRequest,
  scaledForIlp,
  verifySignature,
} from '@payment-manager/fspiop';
import type { KeptMessage } from '@payment-manager/messages';
import type { Signatures } from '@payment-manager/runtime';

/** What was looked at in a message, with which result, in a sentence. */
export interface MessageCheck {
  readonly what: 'signature' | 'packet' | 'condition' | 'fulfilment';
  readonly result: 'passed' | 'failed' | 'skipped';
  readonly says: string;
}

/** The keys that are held now: of the time of a message nothing else is known. */
export interface PresentKeys {
  readonly fspId: string;
  readonly signatures: Pick<Signatures, 'verify'>;
  readonly currencyDecimals?: Readonly<Record<string, number>>;
  /** Ours, private or public. */
  own(): KeyObject | undefined;
  keysOf(fspId: string): readonly KeyObject[];
}

/**
 * Verifies every message of one payment that went to or came from the hub: signatures with the present keys of their sources, packets against the amounts
 * beside them, the prepare's condition against the quote's, fulfilments against the condition. One list of checks for each message.
 */
export async function verifyMessages(messages: readonly KeptMessage[], keys: PresentKeys): Promise<readonly (readonly MessageCheck[])[]> {
  const known: { condition?: string } = {};
  const all: (readonly MessageCheck[])[] = [];
  for (const message of messages) {
    if (message.side !== 'hub') all.push([]);
    else {
      const signature = await signatureOf(message, keys);
      all.push([...(signature === undefined ? [] : [signature]), ...contentsOf(message, known, keys)]);
    }
  }
  return all;
}

async function signatureOf(message: KeptMessage, keys: PresentKeys): Promise<MessageCheck | undefined> {
  const what = 'signature';
  if (message.bodyLeftOut !== undefined) return { what, result: 'skipped', says: 'the body was too large to be kept' };
  const request = asReceived(message);
  const source = request.headers['fspiop-source'] ?? '';
  if (request.headers['fspiop-signature'] === undefined)
    return message.body.length === 0 || message.method === 'GET' ? undefined : { what, result: 'skipped', says: 'there is none' };
  const held = source === keys.fspId ? [keys.own()].filter((key) => key !== undefined) : keys.keysOf(source);
  try {
    const check = checkSignature(request);
    // one at a time, since it is said which one it was
    for (const key of held) {
      const { ok, form } = await verifySignature(check, key, keys.signatures.verify);
      if (ok)
        return { what, result: 'passed', says: `it verifies with the present key of ${source} (${fingerprint(key)})${formSaid(form)}` };
    }
  } catch (error) {
    if (error instanceof FspiopError) return { what, result: 'failed', says: error.errorDescription };
    throw error;
  }
  if (held.length === 0) return { what, result: 'skipped', says: `no key of ${source} is held now` };
  return {
    what,
    result: 'failed',
    says: `it does not verify with the present key of ${source} (${held.map(fingerprint).join(', ')}), which may be another than that of then`,
  };
}

function formSaid(form: string | undefined): string {
  return form === undefined || form === 'raw' ? '' : `, over the body in another form (${form})`;
}

/** As the other side got it: names in lower case, and the target without our address for it. */
function asReceived({ method, target, headers, body }: KeptMessage): RawRequest {
  const small = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const uri = small['fspiop-uri'];
  return { method, target: target.startsWith('/') || uri === undefined ? target : uri, headers: small, body };
}

function fingerprint(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);
}

interface Members {
  readonly ilpPacket?: unknown;
  readonly condition?: unknown;
  readonly fulfilment?: unknown;
  readonly amount?: { readonly amount?: unknown; readonly currency?: unknown };
  readonly transferAmount?: { readonly amount?: unknown; readonly currency?: unknown };
}

function contentsOf({ body }: KeptMessage, known: { condition?: string }, keys: PresentKeys): readonly MessageCheck[] {
  const members = membersOf(body);
  const { ilpPacket, condition, fulfilment } = members;
  const checks: MessageCheck[] = [];
  if (typeof ilpPacket === 'string') checks.push(packetCheck(ilpPacket, members, keys));
  if (typeof condition === 'string') {
    if (known.condition === undefined) known.condition = condition;
    else checks.push(compared('condition', known.condition === condition, 'it is the quote’s', 'it is not the quote’s'));
  }
  if (fulfilment !== undefined && known.condition === undefined)
    checks.push({ what: 'fulfilment', result: 'skipped', says: 'no message with the condition is kept' });
  else if (fulfilment !== undefined)
    checks.push(
      compared('fulfilment', isFulfilment(fulfilment, known.condition), 'it matches the condition', 'it does not match the condition'),
    );
  return checks;
}

function compared(what: MessageCheck['what'], passed: boolean, yes: string, no: string): MessageCheck {
  return passed ? { what, result: 'passed', says: yes } : { what, result: 'failed', says: no };
}

function packetCheck(packet: string, { transferAmount, amount }: Members, { currencyDecimals }: PresentKeys): MessageCheck {
  const money = transferAmount ?? amount;
  try {
    const decoded = decodeIlp(packet);
    const [said, currency] = [money?.amount, money?.currency];
    if (typeof said !== 'string' || typeof currency !== 'string')
      return { what: 'packet', result: 'skipped', says: 'there is no amount beside it' };
    const passed = decoded.amount === scaledForIlp(said, currency, currencyDecimals);
    return compared(
      'packet',
      passed,
      `it is for ${said} ${currency}, as the message`,
      `it is for another amount than the ${said} ${currency} of the message`,
    );
  } catch (error) {
    if (error instanceof FspiopError || error instanceof RangeError) return { what: 'packet', result: 'failed', says: 'it cannot be read' };
    throw error;
  }
}

function membersOf(body: Uint8Array): Members {
  try {
    const value = body.length === 0 ? undefined : parseJson(body);
    return typeof value === 'object' && value !== null ? (value as Members) : {};
  } catch (error) {
    if (error instanceof FspiopError) return {};
    throw error;
  }
}
