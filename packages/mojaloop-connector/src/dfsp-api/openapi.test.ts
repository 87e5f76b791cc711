import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Compile } from 'typebox/compile';
import { fakedApi, sendDoor } from '../../test/fake-payer-door.ts';
import type { OpenApiDocument, Operation, Schema } from '../api-pages/openapi.ts';

const whole = () => fakedApi({}, { sends: sendDoor({}) });
const documentOf = async () => JSON.parse((await whole().call('GET', '/openapi.json')).text) as OpenApiDocument;

test('openapi: it names every operation once, and every reference leads somewhere', async () => {
  const document = await documentOf();
  assert.equal(document.openapi, '3.1.0');
  const operations = operationsOf(document);
  assert.deepEqual(
    Object.entries(document.paths)
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
      .sort(),
    [
      'GET /',
      'GET /docs',
      'GET /docs/core',
      'GET /openapi-core.json',
      'GET /openapi.json',
      'GET /parties/{Type}/{ID}',
      'GET /parties/{Type}/{ID}/{SubId}',
      'GET /sendmoney/{transferId}',
      'GET /transfers/{transferId}',
      'POST /quotes',
      'POST /sendmoney',
      'POST /simpleTransfers',
      'POST /transfers',
      'PUT /sendmoney/{transferId}',
      'PUT /transfers/{transferId}',
    ],
  );
  assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? '');
  assert.ok(references.length > 20);
  for (const name of references) assert.ok(Object.hasOwn(document.components.schemas, name), name);
});

test('openapi: its examples are valid by its own schemas, and the examples of requests are accepted', async () => {
  const document = await documentOf();
  let checked = 0;
  for (const operation of operationsOf(document)) {
    const media = [operation.requestBody, ...Object.values(operation.responses)].flatMap((part) => Object.values(part?.content ?? {}));
    for (const { schema, example } of media) {
      if (schema === undefined || example === undefined) continue;
      const faults = Compile(resolved(schema, document) as never).Errors(example);
      assert.deepEqual(faults, [], operation.operationId);
      checked++;
    }
  }
  assert.ok(checked >= 15, String(checked));
});

test('docs: one page, complete in itself, that shows every operation', async () => {
  const { status, text, headers } = await whole().call('GET', '/docs');
  assert.equal(status, 200);
  assert.match(headers['content-security-policy'] ?? '', /default-src 'none'/);
  assert.doesNotMatch(text, /<script|<link|<img|src=|@import|url\(/i, 'nothing from elsewhere');
  for (const { summary } of operationsOf(await documentOf())) assert.ok(text.includes(summary.replaceAll("'", '&#39;')), summary);
  for (const word of ['prefers-color-scheme: dark', 'name="viewport"', 'Idempotency-Key', 'WAITING_FOR_QUOTE_ACCEPTANCE'])
    assert.ok(text.includes(word), word);
});

function operationsOf(document: OpenApiDocument): Operation[] {
  return Object.values(document.paths).flatMap((methods) => Object.values(methods));
}

/** The schema without references, as a validator wants it. */
function resolved(schema: Schema, document: OpenApiDocument): Schema {
  const name = schema.$ref?.split('/').at(-1);
  if (name !== undefined) return resolved(document.components.schemas[name] as Schema, document);
  return {
    ...schema,
    ...(schema.properties && {
      properties: Object.fromEntries(Object.entries(schema.properties).map(([key, member]) => [key, resolved(member, document)])),
    }),
    ...(schema.items && { items: resolved(schema.items, document) }),
    ...(schema.anyOf && { anyOf: schema.anyOf.map((member) => resolved(member, document)) }),
  };
}
