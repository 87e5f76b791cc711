import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QuotesPostRequest } from '@payment-manager/fspiop';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { fakedApi } from '../../test/fake-payer-door.ts';
import { patch, prepare, prepareFor, quoted } from '../../test/payee-scenes.ts';
import { makeWorld, notificationsOf, transfersOf } from '../../test/world.ts';
import type { OpenApiDocument } from '../api-pages/openapi.ts';
import { notificationBody, quoteRequestBody, transferRequestBody } from '../core-client/core-messages.ts';
import { coreOperations } from './core-operations.ts';
import { coreApiDocument, coreMarkdown } from './core-pages.ts';
import { CoreNotification, CoreQuoteRequest, CoreTransferRequest } from './request-schemas.ts';

const extension = { extension: [{ key: 'k', value: 'v' }] };
const party = (id: string, fspId: string) => ({
  partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: id, partySubIdOrType: 'sub', fspId, extensionList: extension },
  merchantClassificationCode: '1234',
  name: 'Some Name',
  personalInfo: { complexName: { firstName: 'A', middleName: 'B', lastName: 'C' }, dateOfBirth: '1990-01-01', kycInformation: '{}' },
  supportedCurrencies: ['USD'],
});

/** A quote request that says everything that one can say. */
const whole = {
  quoteId: '00000000-0000-4000-8000-000000000001',
  transactionId: '00000000-0000-4000-8000-000000000002',
  transactionRequestId: '00000000-0000-4000-8000-000000000003',
  payee: party('222', 'us'),
  payer: party('111', 'them'),
  amountType: 'SEND',
  amount: { currency: 'USD', amount: '100' },
  fees: { currency: 'USD', amount: '1' },
  transactionType: {
    scenario: 'REFUND',
    subScenario: 'LOCAL',
    initiator: 'PAYER',
    initiatorType: 'CONSUMER',
    refundInfo: { originalTransactionId: '00000000-0000-4000-8000-000000000004', refundReason: 'r' },
    balanceOfPayments: '123',
  },
  geoCode: { latitude: '1', longitude: '1' },
  note: 'n',
  expiration: '2026-03-31T08:14:55.120Z',
  converter: 'PAYER',
  currencyConversion: { sourceAmount: { currency: 'USD', amount: '1' }, targetAmount: { currency: 'XOF', amount: '1' } },
  extensionList: extension,
} as unknown as QuotesPostRequest;

/** What is sent is what the schema describes: valid, and with no member of the schema missing from one that says everything. */
function describes(schema: TSchema & { readonly properties: object }, body: object): void {
  const sent = JSON.parse(JSON.stringify(body)) as object;
  const compiled = Compile(schema);
  assert.ok(compiled.Check(sent), JSON.stringify([...compiled.Errors(sent)].slice(0, 3)));
  assert.deepEqual(Object.keys(sent).sort(), Object.keys(schema.properties).sort());
}

test('core API: the bodies that are sent are those that are documented, member by member', async () => {
  const world = await makeWorld({ core: { atPrepare: 'reserve' } });
  const { type: _type, ...change } = { type: '', ...whole };
  const quote = await quoted(world, { ...change, quoteId: '00000000-0000-4000-8000-0000000000a1' });
  const id = await prepare(world, prepareFor(world, quote, { extensionList: extension }));
  await world.time.advance(0);
  await patch(world, id, 'COMMITTED');
  const [transfer] = transfersOf(world.calls);
  const [notification] = notificationsOf(world.calls);
  assert.ok(transfer !== undefined && notification !== undefined);
  describes(CoreQuoteRequest, quoteRequestBody(whole));
  describes(CoreTransferRequest, transferRequestBody(transfer.request));
  const told = notificationBody({
    ...notification.notification,
    extensionList: extension,
    context: { ...notification.notification.context, lastError: {} },
  });
  describes(CoreNotification, told);
});

test('core API: its examples are valid by its own schemas, and every operation of the core’s door is there', () => {
  let checked = 0;
  for (const { body, doc } of coreOperations) {
    const examples = [[body, doc.example] as const, ...doc.answers.map((answer) => [answer.schema, answer.example] as const)];
    for (const [schema, example] of examples) {
      if (schema === undefined || example === undefined) continue;
      assert.ok(Compile(schema).Check(example), `${doc.operationId}: ${JSON.stringify(example)}`);
      checked++;
    }
  }
  assert.ok(checked >= 12, `${checked} examples`);
  assert.deepEqual(Object.keys(coreApiDocument().paths), [
    '/parties/{Type}/{ID}',
    '/parties/{Type}/{ID}/{SubId}',
    '/quoterequests',
    '/transfers',
    '/transfers/{transferId}',
  ]);
});

test('core API: the outbound API shows it to people and to machines, and each answer to a money call says what it means for money', async () => {
  const { call } = fakedApi();
  const page = await call('GET', '/docs/core');
  assert.equal(page.status, 200);
  assert.doesNotMatch(page.text, /<script|https?:\/\/(?!127)/);
  assert.match(page.text, /There is no member <code>transferState<\/code> at the top/);
  const document = JSON.parse((await call('GET', '/openapi-core.json')).text) as OpenApiDocument;
  const money = document.paths['/transfers']?.['post']?.responses ?? {};
  for (const [status, { description }] of Object.entries(money)) assert.match(description, /executed|refused|unknown|not sent/i, status);
  assert.match(coreMarkdown(), /### `PUT \/transfers\/\{transferId\}`/);
});
