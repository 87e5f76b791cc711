import type { ReceiveOptions } from '../src/index.ts';

/** One valid body of each kind, to be changed by the tests. */
export const ID = '7c23e80c-d078-4077-8263-2c047876fcf6';
export const OPTIONS: ReceiveOptions = {
  fspId: 'payeefsp',
  versions: {
    parties: ['1.0', '1.1', '2.0'],
    participants: ['1.0', '1.1', '2.0'],
    quotes: ['1.0', '1.1', '2.0'],
    transfers: ['1.0', '1.1'],
  },
};

export const quoteRequest = () => ({
  quoteId: ID,
  transactionId: '85feac2f-39b2-491b-817e-4a03203d4f14',
  payee: { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '254700000002', fspId: 'payeefsp' } },
  payer: { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '254700000001', fspId: 'payerfsp' }, name: 'Asha Payer' },
  amountType: 'SEND',
  amount: { currency: 'KES', amount: '1500' },
  transactionType: { scenario: 'TRANSFER', initiator: 'PAYER', initiatorType: 'CONSUMER' },
});

export const transferRequest = () => ({
  transferId: ID,
  payeeFsp: 'payeefsp',
  payerFsp: 'payerfsp',
  amount: { currency: 'KES', amount: '1500' },
  ilpPacket: 'AQAA',
  condition: 'f5sqb7tBTWPd5Y8BDFdMm9BJR_MNI4isf8p8n4D5pHA',
  expiration: '2026-07-01T09:31:00.000Z',
});

/** The body with one member, named by its path, set or (undefined) removed. */
export function changed(body: object, path: string, value: unknown): unknown {
  const copy = structuredClone(body) as Record<string, unknown>;
  const names = path.split('.');
  const last = names.pop() ?? '';
  let at = copy;
  for (const name of names) {
    // an own member, also where it has the name of one that all objects have
    if (!Object.hasOwn(at, name)) Object.defineProperty(at, name, { value: {}, enumerable: true, configurable: true, writable: true });
    at = at[name] as Record<string, unknown>;
  }
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

export interface RequestParts {
  method?: string;
  target?: string;
  resource?: string;
  version?: string;
  headers?: Record<string, string | undefined>;
  body?: unknown;
}

/** A request as the HTTP server hands it over. A header set to undefined is left out. */
export function request(parts: RequestParts = {}) {
  const { method = 'POST', target = '/quotes', version = '1.1', body } = parts;
  const resource = parts.resource ?? target.split(/[/?]/)[1] ?? '';
  const headers: Record<string, string | undefined> = {
    'content-type': `application/vnd.interoperability.${resource}+json;version=${version}`,
    accept: `application/vnd.interoperability.${resource}+json;version=${version}`,
    date: 'Wed, 01 Jul 2026 09:30:00 GMT',
    'fspiop-source': 'payerfsp',
    'fspiop-destination': 'payeefsp',
    ...parts.headers,
  };
  const present = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const bytes = body instanceof Uint8Array ? body : Buffer.from(body === undefined ? '' : JSON.stringify(body));
  return { method, target, headers: Object.fromEntries(present), body: bytes };
}
