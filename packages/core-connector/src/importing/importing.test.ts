import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compileConnector } from '../language/compile-connector.ts';
import { problemLine } from '../language/problem.ts';
import { OpenApiInvalid, readOpenApi } from './openapi.ts';
import { propose } from './propose.ts';

const REST = readFileSync(join(import.meta.dirname, '../../../../connectors/rest-core/openapi.yaml'), 'utf8');

const PETS = JSON.stringify({
  openapi: '3.0.3',
  info: { title: 'Pet store: with payments' },
  components: {
    securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Api-Key' } },
    schemas: {
      Pet: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, parent: { $ref: '#/components/schemas/Pet' } } },
      Money: {
        type: 'object',
        required: ['value', 'iso'],
        properties: { value: { type: 'number' }, iso: { type: 'string', enum: ['USD', 'KES'] } },
      },
    },
  },
  paths: {
    '/pets': {
      get: { summary: 'List all pets', responses: { '200': { description: 'pets' } } },
      post: { summary: 'Add a pet', responses: { '201': {} } },
    },
    '/users/{user-id}': {
      get: {
        summary: 'Find a user',
        parameters: [{ name: 'user-id', in: 'path', required: true, schema: { type: 'string' } }],
        responses: {
          '200': { content: { 'application/json': { schema: { properties: { id: { type: 'string' }, name: { type: 'string' } } } } } },
        },
      },
    },
    '/payments': {
      post: {
        summary: 'Pay into the account of a user',
        requestBody: {
          content: {
            'application/json': {
              schema: {
                required: ['externalId', 'money', 'colour'],
                properties: {
                  externalId: { type: 'string' },
                  money: { $ref: '#/components/schemas/Money' },
                  amount: { type: 'number' },
                  colour: { type: 'string' },
                  pet: { $ref: '#/components/schemas/Pet' },
                },
              },
            },
          },
        },
        responses: { '200': { content: { 'application/json': { schema: { properties: { paymentId: { type: 'string' } } } } } }, '409': {} },
      },
    },
    '/payments/{id}': {
      get: {
        summary: 'The status of a payment',
        parameters: [{ name: 'id', in: 'path', required: true }],
        responses: { '200': {}, '404': {} },
      },
    },
  },
});

const linted = (text: string) => {
  const made = propose('ours', readOpenApi(text));
  return { ...made, problems: compileConnector(made).problems };
};

test('the API of rest-core: every call is recognised and mapped, and lint points at what is left to decide, and at nothing else', () => {
  const { recognised, problems, operations, connector } = linted(REST);
  assert.deepEqual(Object.fromEntries(Object.entries(recognised).map(([part, call]) => [part, call && `${call.method} ${call.path}`])), {
    account: 'get /accounts/{type}/{value}',
    fee: 'get /accounts/{id}/fees',
    hold: 'post /holds',
    capture: 'post /holds/{hold}/capture',
    release: 'post /holds/{hold}/release',
    credit: 'post /suspense',
    enquiry: 'get /postings/{reference}',
  });
  assert.deepEqual([...new Set(problems.map(({ code }) => code))], ['FILL_IN'], problems.map(problemLine).join('\n'));
  const told = problems.map(problemLine).join('\n');
  assert.match(told, /operations\/transfer\.prepare\.yaml:\d+:\d+ to be filled in: how long the core keeps a key, e\.g\. 72h/);
  assert.match(told, /operations\/transfer\.finalise\.yaml:\d+:\d+ to be filled in: .*of this kind/);
  const prepare = operations.get('operations/transfer.prepare.yaml') ?? '';
  for (const line of [
    'post: /holds',
    'Idempotency-Key: =key',
    'reference: =key',
    'accountId: =quote.facts.accountId',
    'amount: =$string(amount)',
    'transferId: =op.transferId',
    'pending: =status = 202',
    'refused: =status in [422]',
  ])
    assert.ok(prepare.includes(line), `${line}\n${prepare}`);
  assert.match(
    operations.get('operations/transfer.finalise.yaml') ?? '',
    /post: \/holds\/\{hold\}\/capture\n +path:\n +hold: =of\.facts\.id/,
  );
  assert.match(connector, /when: =body\.code = "ACCOUNT_CLOSED"\n +code: "?5107/);
});

test('an API that was never made for this: what is there is proposed, and what is not is a FILL-IN', () => {
  const { recognised, problems, operations, connector } = linted(PETS);
  assert.equal(recognised.account?.path, '/users/{user-id}');
  assert.equal(recognised.credit?.path, '/payments');
  assert.equal(recognised.enquiry?.path, '/payments/{id}');
  assert.equal(recognised.hold, undefined);
  assert.deepEqual([...new Set(problems.map(({ code }) => code))], ['FILL_IN'], problems.map(problemLine).join('\n'));
  const finalise = operations.get('operations/transfer.finalise.yaml') ?? '';
  assert.match(finalise, /externalId: =key\n/);
  assert.match(finalise, /amount: =amount\n/, 'a number stays a number');
  assert.match(finalise, /colour: =FILL-IN colour\n/);
  assert.match(finalise, /iso: =FILL-IN iso, one of USD, KES\n/);
  assert.doesNotMatch(finalise, /pet:/, 'what need not be there is left out');
  assert.match(operations.get('operations/party.get.yaml') ?? '', /get: \/users\/\{userId\}\n +path:\n +userId: =req\.idValue/);
  assert.match(connector, /header: X-Api-Key/);
});

test('an API without any call of use, and what is no OpenAPI document', () => {
  const { problems } = linted('openapi: 3.1.0\npaths: {}\n');
  assert.ok(problems.length > 0);
  for (const text of ['', '{', 'swagger: "2.0"', '[1]', 'openapi: 3.0.0\na: &x 1\nb: *x'])
    assert.throws(() => readOpenApi(text), OpenApiInvalid, text);
});

test('words of a document never become an expression or a key of their own', () => {
  const nasty = PETS.replaceAll('colour', '=$x(1) # {y}: \\n- z').replaceAll('user-id', '{x} y: z');
  const { problems, operations } = linted(nasty);
  assert.ok(
    problems.every(({ code }) => code === 'FILL_IN' || code === 'PATH_UNBOUND'),
    problems.map(problemLine).join('\n'),
  );
  assert.ok(operations.size === 4);
});
