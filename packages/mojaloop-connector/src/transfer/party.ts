import type { Party } from '@payment-manager/fspiop';
import type { PayerView, TransferParty } from './payer-door.ts';

type Personal = NonNullable<Party['personalInfo']>;

/**
 * A party in the DFSP's terms as one of the protocol. `fspId` is who answers for it: ours, whatever the party itself
 * says. `type` has no place in a party; it becomes the transaction's initiatorType (docs/protocol.md, 17.3). Members that
 * are absent, or texts of blanks only, give nothing: no empty objects leave.
 */
export function toFspiopParty(party: TransferParty, fspId: string): Party {
  const partyIdInfo: Party['partyIdInfo'] = {
    partyIdType: party.idType as Party['partyIdInfo']['partyIdType'],
    partyIdentifier: party.idValue,
    fspId,
  };
  if (isText(party.idSubValue)) partyIdInfo.partySubIdOrType = party.idSubValue;
  if (party.extensionList !== undefined && party.extensionList.length > 0) partyIdInfo.extensionList = { extension: party.extensionList };
  const result: Party = { partyIdInfo };
  if (isText(party.merchantClassificationCode)) result.merchantClassificationCode = party.merchantClassificationCode;
  if (isText(party.displayName)) result.name = party.displayName;
  const personalInfo = toPersonalInfo(party);
  if (personalInfo !== undefined) result.personalInfo = personalInfo;
  if (party.supportedCurrencies !== undefined && party.supportedCurrencies.length > 0)
    result.supportedCurrencies = party.supportedCurrencies;
  return result;
}

/** Name, date of birth and KYC stand each for itself: KYC without a name is fine (docs/protocol.md, 17.3). */
function toPersonalInfo(party: TransferParty): Personal | undefined {
  const complexName: NonNullable<Personal['complexName']> = {};
  if (isText(party.firstName)) complexName.firstName = party.firstName;
  if (isText(party.middleName)) complexName.middleName = party.middleName;
  if (isText(party.lastName)) complexName.lastName = party.lastName;
  const personalInfo: Personal = {};
  if (Object.keys(complexName).length > 0) personalInfo.complexName = complexName;
  if (isText(party.dateOfBirth)) personalInfo.dateOfBirth = party.dateOfBirth;
  if (isText(party.kycInformation)) personalInfo.kycInformation = party.kycInformation;
  return Object.keys(personalInfo).length > 0 ? personalInfo : undefined;
}

/** The way back. Everything that a TransferParty has a place for is kept, merchant code, KYC and currencies included. */
export function fromFspiopParty(party: Party): TransferParty {
  const { partyIdInfo, personalInfo } = party;
  const result: TransferParty = { idType: partyIdInfo.partyIdType, idValue: partyIdInfo.partyIdentifier };
  if (isText(partyIdInfo.partySubIdOrType)) result.idSubValue = partyIdInfo.partySubIdOrType;
  if (isText(partyIdInfo.fspId)) result.fspId = partyIdInfo.fspId;
  if (isText(party.name)) result.displayName = party.name;
  const { firstName, middleName, lastName } = personalInfo?.complexName ?? {};
  if (isText(firstName)) result.firstName = firstName;
  if (isText(middleName)) result.middleName = middleName;
  if (isText(lastName)) result.lastName = lastName;
  if (isText(personalInfo?.dateOfBirth)) result.dateOfBirth = personalInfo.dateOfBirth;
  if (isText(personalInfo?.kycInformation)) result.kycInformation = personalInfo.kycInformation;
  if (isText(party.merchantClassificationCode)) result.merchantClassificationCode = party.merchantClassificationCode;
  if (party.supportedCurrencies !== undefined && party.supportedCurrencies.length > 0)
    result.supportedCurrencies = [...party.supportedCurrencies];
  const extensions = partyIdInfo.extensionList?.extension ?? [];
  if (extensions.length > 0) result.extensionList = extensions.map(({ key, value }) => ({ key, value }));
  return result;
}

/** The payee as asked for, completed by what the look-up said. Who is asked for stays: type, identifier and sub-id. */
export function partyOfView({ request, getPartiesResponse }: Pick<PayerView, 'request' | 'getPartiesResponse'>): TransferParty {
  const asked = request?.to ?? { idType: '', idValue: '' };
  const found = getPartiesResponse?.body.party;
  if (found === undefined) return asked;
  const { idType: _type, idValue: _value, idSubValue: _sub, ...known } = fromFspiopParty(found);
  return { ...asked, ...known };
}

function isText(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '';
}
