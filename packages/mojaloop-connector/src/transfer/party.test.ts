import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateMessage } from '@payment-manager/fspiop';
import fc from 'fast-check';
import { fromFspiopParty, toFspiopParty } from './party.ts';
import type { TransferParty } from './payer-door.ts';

test('party: KYC without a name is kept, and nothing empty is made', () => {
  assert.deepEqual(
    toFspiopParty(
      { idType: 'MSISDN', idValue: '1', kycInformation: 'k', displayName: ' ', extensionList: [], supportedCurrencies: [] },
      'us',
    ),
    {
      partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '1', fspId: 'us' },
      personalInfo: { kycInformation: 'k' },
    },
  );
});

test('party: nothing is lost on the way there and back', () => {
  const name = fc.constantFrom('Thandi', 'ဒေါ်ဉမ္မာ', 'José Ñandú');
  const party = fc.record(
    {
      idType: fc.constantFrom('MSISDN', 'IBAN'),
      idValue: fc.string({ minLength: 1, maxLength: 20 }),
      fspId: fc.constant('us'),
      idSubValue: fc.constant('SAVINGS'),
      displayName: name,
      firstName: name,
      middleName: name,
      lastName: name,
      dateOfBirth: fc.constant('1985-02-03'),
      kycInformation: fc.constant('kyc'),
      merchantClassificationCode: fc.constant('1234'),
      supportedCurrencies: fc.constant<string[]>(['USD', 'XOF']),
      extensionList: fc.constant<{ key: string; value: string }[]>([{ key: 'a', value: 'b' }]),
    },
    { requiredKeys: ['idType', 'idValue', 'fspId'], noNullPrototype: true },
  );
  fc.assert(
    fc.property(party, (given: TransferParty) => {
      const sent = toFspiopParty(given, 'us');
      validateMessage('PUT /parties', '2.0', { party: sent });
      assert.deepEqual(fromFspiopParty(sent), given);
    }),
  );
});

test('party: who answers for a party is said by us, not by the party', () => {
  assert.equal(toFspiopParty({ idType: 'MSISDN', idValue: '1', fspId: 'someone' }, 'us').partyIdInfo.fspId, 'us');
});
