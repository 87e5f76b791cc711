import assert from 'node:assert/strict';
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { HttpRequest } from '@payment-manager/runtime';
import { Ajv, type ValidateFunction } from 'ajv';
import { parse } from 'yaml';
import type { SeenMessage } from './recording-hub.ts';

/**
 * Judges what a Payment Manager sent by the published schemas of the Mojaloop project and by the rules of headers and
 * signatures (docs/protocol.md, 2, 3 and 12). Nothing of the product's own protocol code takes part, so that it cannot agree with
 * its own mistakes.
 */
export interface MessageJudge {
  /** Fails with everything that is wrong with the messages. */
  assertAllSound(messages: readonly SeenMessage[]): void;
  /** What kinds of messages were judged so far: `PUT /transfers 1.1`. */
  readonly kinds: ReadonlySet<string>;
  /** What is wrong with one message. */
  faultsOf(request: HttpRequest): readonly string[];
}

/** Resource, whether it is an error, and the name of its official schema. */
const KINDS: readonly { readonly pattern: RegExp; readonly kind: string; readonly schema?: string }[] = [
  { pattern: /^GET \/(parties|participants)\/[^/]+\/[^/]+(?:\/[^/]+)?$/, kind: 'GET /$1' },
  { pattern: /^PUT \/(parties|participants)\/[^/]+\/[^/]+(?:\/[^/]+)?\/error$/, kind: 'PUT /$1/error', schema: 'ErrorInformationObject' },
  { pattern: /^PUT \/(parties)\/[^/]+\/[^/]+(?:\/[^/]+)?$/, kind: 'PUT /$1', schema: 'PartiesTypeIDPutResponse' },
  { pattern: /^PUT \/(participants)\/[^/]+\/[^/]+(?:\/[^/]+)?$/, kind: 'PUT /$1', schema: 'ParticipantsTypeIDPutResponse' },
  { pattern: /^POST \/(quotes)$/, kind: 'POST /$1', schema: 'QuotesPostRequest' },
  { pattern: /^PUT \/(quotes|transfers)\/[^/]+\/error$/, kind: 'PUT /$1/error', schema: 'ErrorInformationObject' },
  { pattern: /^PUT \/(quotes)\/[^/]+$/, kind: 'PUT /$1', schema: 'QuotesIDPutResponse' },
  { pattern: /^POST \/(transfers)$/, kind: 'POST /$1', schema: 'TransfersPostRequest' },
  { pattern: /^PUT \/(transfers)\/[^/]+$/, kind: 'PUT /$1', schema: 'TransfersIDPutResponse' },
  { pattern: /^GET \/(quotes|transfers)\/[^/]+$/, kind: 'GET /$1' },
];

/** `publicKeysFolder` has `<fspId>.pem` of every participant. */
export function messageJudge(): MessageJudge & { judging(publicKeysFolder: string): MessageJudge } {
  const kinds = new Set<string>();
  const schemas = officialSchemas();
  const judging = (publicKeysFolder: string | undefined): MessageJudge => {
    const keyOf = publicKeys(publicKeysFolder);
    const faultsOf = (request: HttpRequest): readonly string[] => faults(request, schemas, keyOf, kinds);
    return {
      kinds,
      faultsOf,
      assertAllSound(messages) {
        const wrong = messages.flatMap(({ request }) =>
          faultsOf(request).map((fault) => `${request.method} ${request.target} of ${request.headers['fspiop-source']}: ${fault}`),
        );
        assert.deepEqual(wrong, []);
      },
    };
  };
  return { ...judging(undefined), judging };
}

function publicKeys(folder: string | undefined): (fspId: string) => KeyObject | undefined {
  const keys = new Map<string, KeyObject>();
  return (fspId) => {
    if (folder === undefined || !/^\w{1,32}$/.test(fspId)) return undefined;
    const key = keys.get(fspId) ?? createPublicKey(readFileSync(join(folder, `${fspId}.pem`), 'utf8'));
    keys.set(fspId, key);
    return key;
  };
}

type Schemas = (version: string, name: string) => ValidateFunction;

function officialSchemas(): Schemas {
  const docs = createRequire(import.meta.url)
    .resolve('@mojaloop/api-snippets/package.json')
    .replace('package.json', 'docs');
  const byVersion = new Map<string, Ajv>();
  return (version, name) => {
    let ajv = byVersion.get(version);
    if (ajv === undefined) {
      const text = readFileSync(`${docs}/fspiop-rest-v${version}-openapi3-snippets.yaml`, 'utf8');
      // `\p{digit}` is no property of JavaScript's expressions, and `0-9-_` in a class is not allowed in its Unicode mode
      const { components } = parse(text.replaceAll('\\p{digit}', '\\p{Nd}').replaceAll('0-9-_', '0-9_-')) as { components: object };
      ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
      ajv.addSchema({ $id: 'api', components });
      byVersion.set(version, ajv);
    }
    const check = ajv.getSchema(`api#/components/schemas/${name}`);
    assert.ok(check !== undefined, `there is no official schema ${name} in version ${version}`);
    return check as ValidateFunction;
  };
}

function faults(request: HttpRequest, schemas: Schemas, keyOf: (fspId: string) => KeyObject | undefined, kinds: Set<string>): string[] {
  const line = `${request.method} ${request.target}`;
  const found = KINDS.find(({ pattern }) => pattern.test(line));
  if (found === undefined) return ['not a message of the API'];
  const resource = found.pattern.exec(line)?.[1] ?? '';
  const kind = found.kind.replace('$1', resource);
  const contentType = /^application\/vnd\.interoperability\.(\w+)\+json;version=(1\.0|1\.1|2\.0)$/.exec(
    request.headers['content-type'] ?? '',
  );
  if (contentType === null || contentType[1] !== resource) return [`Content-Type ${request.headers['content-type']}`];
  const version = contentType[2] ?? '';
  kinds.add(`${kind} ${version}`);
  return [
    ...headerFaults(request, resource),
    ...(found.schema === undefined ? emptyBodyFaults(request) : bodyFaults(request, schemas(version, found.schema))),
    ...signatureFaults(request, found.schema !== undefined && kind !== 'PUT /parties', keyOf),
  ];
}

/** docs/protocol.md, 2 and 3. */
function headerFaults({ method, headers, clientName }: HttpRequest, resource: string): string[] {
  const wrong: string[] = [];
  const accept = new RegExp(`^application/vnd\\.interoperability\\.${resource}\\+json;version=[12](?:\\.[01])?$`);
  if (method === 'PUT' ? headers['accept'] !== undefined : !accept.test(headers['accept'] ?? '')) wrong.push(`Accept ${headers['accept']}`);
  const date = headers['date'] ?? '';
  if (new Date(date).toUTCString() !== date) wrong.push(`Date ${date}`);
  if (headers['fspiop-source'] !== clientName)
    wrong.push(`FSPIOP-Source ${headers['fspiop-source']} with the certificate of ${clientName}`);
  if (method === 'PUT' && headers['fspiop-destination'] === undefined) wrong.push('a callback without FSPIOP-Destination');
  if (headers['fspiop-encryption'] !== undefined || headers['fspiop-proxy'] !== undefined) wrong.push('a header that a DFSP does not send');
  return wrong;
}

function emptyBodyFaults({ body }: HttpRequest): string[] {
  return body.length === 0 ? [] : ['a body where there must be none'];
}

/** The official schema, and the form that every verifier in the field accepts: compact, members sorted (docs/protocol.md, 12.4). */
function bodyFaults({ body, headers }: HttpRequest, check: ValidateFunction): string[] {
  const text = Buffer.from(body).toString('utf8');
  const value: unknown = JSON.parse(text);
  const wrong: string[] = [];
  if (!check(value)) wrong.push(`${text}: ${JSON.stringify(check.errors)}`);
  if (JSON.stringify(sorted(value)) !== text) wrong.push('the body is not compact with sorted members');
  if (headers['content-length'] !== String(body.length)) wrong.push(`Content-Length ${headers['content-length']}`);
  return wrong;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}

/** docs/protocol.md, 12.1 to 12.3. */
function signatureFaults(request: HttpRequest, mustBeSigned: boolean, keyOf: (fspId: string) => KeyObject | undefined): string[] {
  const { headers, method, target } = request;
  const header = headers['fspiop-signature'];
  if (header === undefined) return mustBeSigned ? ['not signed'] : [];
  const { signature, protectedHeader, ...others } = JSON.parse(header) as { signature: string; protectedHeader: string };
  const said = JSON.parse(Buffer.from(protectedHeader, 'base64url').toString('utf8')) as Record<string, string>;
  const expected: Record<string, string | undefined> = {
    alg: 'RS256',
    'FSPIOP-URI': target,
    'FSPIOP-HTTP-Method': method,
    'FSPIOP-Source': headers['fspiop-source'],
    ...(headers['fspiop-destination'] !== undefined && { 'FSPIOP-Destination': headers['fspiop-destination'] }),
    Date: headers['date'],
  };
  const wrong: string[] = [];
  if (Object.keys(others).length > 0) wrong.push('the signature header has members that it must not have');
  if (JSON.stringify(said) !== JSON.stringify(expected)) wrong.push(`protected header ${JSON.stringify(said)}`);
  if (headers['fspiop-uri'] !== target) wrong.push(`FSPIOP-URI ${headers['fspiop-uri']}`);
  if (headers['fspiop-http-method'] !== method) wrong.push(`FSPIOP-HTTP-Method ${headers['fspiop-http-method']}`);
  if (/[+/=]/.test(signature + protectedHeader)) wrong.push('not base64url without padding');
  const key = keyOf(headers['fspiop-source'] ?? '');
  const input = Buffer.from(`${protectedHeader}.${Buffer.from(request.body).toString('base64url')}`);
  if (key === undefined || !verify('sha256', input, key, Buffer.from(signature, 'base64url'))) wrong.push('the signature does not verify');
  return wrong;
}
