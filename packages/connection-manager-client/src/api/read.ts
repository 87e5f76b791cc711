import type { KeyObject } from 'node:crypto';
import { nextTurn, weaknessOf } from '@payment-manager/runtime/calls';
import { keyIdOfPem, readPublicKey } from '../certificates/certificate.ts';
import { readRequest } from '../certificates/request.ts';
import {
  type Checked,
  type Enrollment,
  type ListedEnrollment,
  type ListedJwsKey,
  NEWEST_ENROLLMENTS,
  type PublishedAddress,
  type PublishedCa,
  type PublishedJwsKey,
  type PublishedServerCertificate,
  type Validation,
} from './connection-manager-api.ts';
import { type Fields, fieldsOf, listOf, numberOf, spoken, textOf } from './fields.ts';

/** A CA, or what is left of it. */
export function caIn(value: unknown): PublishedCa {
  const fields = fieldsOf(value);
  return { rootCertificate: textOf(fields['rootCertificate']), intermediateChain: chainIn(fields), ...checkedIn(fields) };
}

/** A server certificate with its issuers. */
export function serverCertificateIn(value: unknown): PublishedServerCertificate {
  return { ...caIn(value), serverCertificate: textOf(fieldsOf(value)['serverCertificate']) };
}

/** The newest enrolments of a list, oldest first, and what each asks for. */
export async function enrollmentsIn(list: readonly unknown[]): Promise<readonly Enrollment[]> {
  const newest = list
    .flatMap(enrollmentIn)
    .toSorted((one, other) => one.id - other.id)
    .slice(-NEWEST_ENROLLMENTS);
  const read: Enrollment[] = [];
  for (const one of newest) read.push(await readEnrollment(one));
  return read;
}

/** Reads the request of an enrolment, in a turn of its own. */
export async function readEnrollment(one: ListedEnrollment): Promise<Enrollment> {
  await nextTurn();
  return { ...one, asked: await readRequest(one.csr) };
}

/** An enrolment; none where it has no number, since nothing can be done with it. */
export function enrollmentIn(value: unknown): readonly ListedEnrollment[] {
  const fields = fieldsOf(value);
  const id = numberOf(fields['id']);
  if (id === undefined || !Number.isSafeInteger(id) || id < 0) return [];
  return [
    {
      id,
      csr: textOf(fields['csr']),
      certificate: textOf(fields['certificate']),
      state: textOf(fields['state']),
      ...checkedIn(fields),
    },
  ];
}

/** Keys that are read in one turn of the event loop: a millisecond or two. */
const KEYS_OF_TURN = 25;

/** The list of JWS keys, each read. */
export async function jwsKeysIn(list: readonly unknown[]): Promise<readonly PublishedJwsKey[]> {
  const read: PublishedJwsKey[] = [];
  for (const one of list) {
    if (read.length % KEYS_OF_TURN === 0) await nextTurn();
    read.push(jwsKeyIn(one));
  }
  return read;
}

/** An entry of the list of JWS keys, whatever is in it. */
export function jwsKeyIn(value: unknown): PublishedJwsKey {
  return readJwsKey(listedJwsKeyIn(fieldsOf(value)));
}

/** Reads the key of an entry. */
export function readJwsKey(listed: ListedJwsKey): PublishedJwsKey {
  const key = readPublicKey(listed.publicKey);
  return { ...listed, keyId: key && keyIdOfPem(listed.publicKey), unfit: key && unfitness(key) };
}

/** Mojaloop signs with RS256 (some peers with ES256): what could not be trusted by the vault is told peer by peer. */
function unfitness(key: KeyObject): string | undefined {
  const { namedCurve } = key.asymmetricKeyDetails ?? {};
  const weakness = weaknessOf(key);
  if (weakness !== undefined) return `its key ${weakness}`;
  return key.asymmetricKeyType === 'rsa' || namedCurve === 'prime256v1'
    ? undefined
    : `its key is ${namedCurve}, which nobody signs with here`;
}

function listedJwsKeyIn(fields: Fields): ListedJwsKey {
  return {
    dfspId: textOf(fields['dfspId']),
    publicKey: textOf(fields['publicKey']),
    createdAt: numberOf(fields['createdAt']),
    ...checkedIn(fields),
  };
}

/** The addresses of an egress document; one without any is as good as none. */
export function addressesIn(value: unknown): readonly PublishedAddress[] {
  return listOf(fieldsOf(value)['ipList']).flatMap((entry) => {
    const { address, ports } = fieldsOf(entry);
    const read = textOf(address);
    return read === undefined ? [] : [{ address: read, ports: listOf(ports).flatMap(portIn) }];
  });
}

/** A port, or a range of them. */
function portIn(value: unknown): readonly string[] {
  const read = typeof value === 'number' ? String(value) : textOf(value);
  return read === undefined ? [] : [read];
}

/** The URL of an ingress document. */
export function urlIn(value: unknown): string {
  return textOf(fieldsOf(value)['url']) ?? '';
}

/** Some answers have the chain as a list. */
function chainIn(fields: Fields): string | undefined {
  const chain = fields['intermediateChain'];
  return textOf(Array.isArray(chain) ? textsIn(chain).join('\n') : chain);
}

/** Lists within lists, thousands deep, would end whoever writes them out. */
function textsIn(list: readonly unknown[]): readonly string[] {
  return list.filter((one) => typeof one === 'string');
}

function checkedIn(fields: Fields): Checked {
  return { validationState: textOf(fields['validationState']), validations: listOf(fields['validations']).flatMap(validationIn) };
}

/** The code is a list for JWS keys; the result is missing now and then, and says INVALID only where it is. */
function validationIn(value: unknown): readonly Validation[] {
  const fields = fieldsOf(value);
  const codes = fields['validationCode'];
  const code = spoken(Array.isArray(codes) ? textsIn(codes).join(', ') : codes);
  if (code === '') return [];
  const given = fields['result'] ?? fields['state'];
  const result = given === 'INVALID' || given === 'NOT_AVAILABLE' ? given : 'VALID';
  return [{ code, result, message: spoken(fields['message']) }];
}
