import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpOutcome, OutgoingRequest } from './http.ts';
import { askJson, jsonIn, jsonRequest, membersIn } from './json-request.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const asked = { method: 'POST', url: 'https://vault.example/v1/x', timeoutMs: 5 };

test('a request says that it wants JSON, and has a body with its kind only where there is one', () => {
  assert.deepEqual(jsonRequest(asked), { ...asked, headers: { accept: 'application/json' } });
  assert.deepEqual(jsonRequest({ ...asked, headers: { authorization: 'Bearer t' }, json: { a: [1] } }), {
    ...asked,
    headers: { 'content-type': 'application/json', accept: 'application/json', authorization: 'Bearer t' },
    body: '{"a":[1]}',
  });
});

test('an answer has the members of its body; of what is not an object it has none, and nothing is thrown', async () => {
  const sent: OutgoingRequest[] = [];
  const ask = (body: string) =>
    askJson(
      {
        async request(request): Promise<HttpOutcome> {
          sent.push(request);
          return { kind: 'answer', status: 404, headers: {}, body: bytes(body) };
        },
      },
      asked,
    );
  const found = async (body: string) => {
    const outcome = await ask(body);
    assert.ok(outcome.kind === 'answer' && outcome.status === 404);
    return outcome.members;
  };
  assert.deepEqual(await found('{"errors":[]}'), { errors: [] });
  for (const body of ['', '[1]', 'null', '"x"', '<html>', '{"a":']) assert.equal(await found(body), undefined, body);
  assert.equal(sent.length, 7);
});

test('null is JSON, and nothing is not', () => {
  assert.deepEqual(
    [jsonIn(bytes('null')), jsonIn(bytes('')), jsonIn(bytes('[1]')), membersIn(bytes('{"a":1}'))],
    [null, undefined, [1], { a: 1 }],
  );
});
