import { CURRENCIES, formatAmount, isAmount, isFspId, type PartyKey, parseAmount } from '@payment-manager/fspiop';
import type { HttpHandler, HttpRequest, HttpResponse } from '@payment-manager/runtime';
import { formatBalance } from '../balance.ts';
import { faultAdmin } from '../faults/fault-admin.ts';
import type { MessageFaults } from '../faults/message-faults.ts';
import { type JsonObject, RequestInvalid, readObject, readOptionalText, readText } from '../request-body.ts';
import { hubStatement } from './hub-statement.ts';
import type { HubStore } from './hub-store.ts';
import type { Position } from './positions.ts';
import { type Participant, partyEntryKey, type SchemeDirectory } from './scheme-directory.ts';
import type { TransferDesk } from './transfer-desk.ts';

export interface HubAdminParts {
  readonly hubId: string;
  readonly directory: SchemeDirectory;
  readonly store: HubStore;
  readonly desk: TransferDesk;
  readonly faults: MessageFaults;
}

/**
 * What the scheme's operator does: participants, parties, positions, transfers, faults. For a local port only: it asks nobody
 * who they are.
 */
export function hubAdmin(parts: HubAdminParts): HttpHandler {
  return async (request) => {
    try {
      return faultAdmin(request, parts.faults) ?? (await route(request, parts));
    } catch (error) {
      if (error instanceof RequestInvalid) return json(400, { message: error.message });
      throw error;
    }
  };
}

async function route(request: HttpRequest, parts: HubAdminParts): Promise<HttpResponse> {
  const [, resource = '', id] = (request.target.split('?')[0] ?? '').split('/');
  switch (`${request.method} ${resource}`) {
    case 'GET ':
      return json(200, { hubId: parts.hubId, openTransfers: parts.desk.open });
    case 'GET participants':
      return json(200, { participants: parts.directory.participants() });
    case 'POST participants':
      return json(201, await putParticipant(readObject(request.body), parts));
    case 'POST parties':
      return json(201, await putParty(readObject(request.body), parts));
    case 'GET positions':
      return json(200, { positions: parts.directory.positions().map(view) });
    case 'GET statement':
      return hubStatement(request.target, parts.store);
    case 'GET transfers': {
      const transfer = await parts.desk.find(id ?? '');
      if (transfer === undefined) return json(404, { message: 'no such transfer' });
      const { payerCallback: _payer, payeeCallback: _payee, ...shown } = transfer;
      return json(200, shown);
    }
    default:
      return json(404, { message: 'unknown path' });
  }
}

/** Adds a participant, or changes what is given of one that is there. */
export async function putParticipant(given: JsonObject, parts: Pick<HubAdminParts, 'hubId' | 'directory' | 'store'>): Promise<Participant> {
  const fspId = readText(given, 'fspId', 32);
  if (!isFspId(fspId) || fspId === parts.hubId) throw new RequestInvalid('3101', 'fspId cannot be an FSP id of this scheme');
  const known = parts.directory.participant(fspId);
  const currencies = readList(given, 'currencies') ?? known?.currencies ?? [];
  for (const currency of currencies) if (!CURRENCIES.has(currency)) throw new RequestInvalid('3101', `${currency} is not a currency`);
  const participant: Participant = {
    fspId,
    endpoint: (readOptionalText(given, 'endpoint', 2048) ?? known?.endpoint ?? '').replace(/\/+$/, ''),
    jwsPublicKeys: readList(given, 'jwsPublicKeys') ?? known?.jwsPublicKeys ?? [],
    currencies,
  };
  try {
    parts.directory.putParticipant(participant);
  } catch {
    throw new RequestInvalid('3101', 'jwsPublicKeys must be public keys in PEM');
  }
  const positions = currencies.map((currency) => {
    const cap = capOf(given, currency);
    const old = parts.directory.position(fspId, currency);
    return parts.directory.putPosition(fspId, currency, cap ?? old?.netDebitCap ?? 0n);
  });
  await parts.store.save({ participants: [participant], positions });
  return participant;
}

/** `netDebitCap` is one amount for all currencies, or an amount per currency. */
function capOf(given: JsonObject, currency: string): bigint | undefined {
  const cap = given['netDebitCap'];
  if (cap === undefined) return undefined;
  const text = typeof cap === 'object' && cap !== null ? (cap as JsonObject)[currency] : cap;
  if (text === undefined) return undefined;
  if (!isAmount(text)) throw new RequestInvalid('3101', 'netDebitCap is not an amount');
  return parseAmount(text);
}

/** Tells the oracle which FSP a party is with. */
export async function putParty(given: JsonObject, parts: Pick<HubAdminParts, 'directory' | 'store'>): Promise<object> {
  const subId = readOptionalText(given, 'idSubValue');
  const party: PartyKey = { type: readText(given, 'idType'), id: readText(given, 'idValue'), ...(subId !== undefined && { subId }) };
  const fspId = readText(given, 'fspId', 32);
  if (parts.directory.participant(fspId) === undefined) throw new RequestInvalid('3101', 'fspId is not a participant');
  const entry = { key: partyEntryKey(party), fspId };
  parts.directory.putParty(entry);
  await parts.store.save({ parties: [entry] });
  return { fspId };
}

function readList(given: JsonObject, name: string): readonly string[] | undefined {
  const value = given[name];
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every((one): one is string => typeof one === 'string'))
    throw new RequestInvalid('3101', `${name} must be a list of texts`);
  return value;
}

function view(position: Position): object {
  return {
    fspId: position.fspId,
    currency: position.currency,
    committed: formatBalance(position.committed),
    reserved: formatBalance(position.reserved),
    netDebitCap: formatAmount(position.netDebitCap),
  };
}

function json(status: number, body: object): HttpResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
