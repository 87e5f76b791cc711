import type {
  Checked,
  Enrollment,
  PublishedAddress,
  PublishedCa,
  PublishedJwsKey,
  PublishedServerCertificate,
  Validation,
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

/** An enrolment; none where it has no number, since nothing can be done with it. */
export function enrollmentIn(value: unknown): readonly Enrollment[] {
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

/** An entry of the list of JWS keys, whatever is in it. */
export function jwsKeyIn(value: unknown): PublishedJwsKey {
  const fields = fieldsOf(value);
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
    return read === undefined ? [] : [{ address: read, ports: listOf(ports).map(String) }];
  });
}

/** The URL of an ingress document. */
export function urlIn(value: unknown): string {
  return textOf(fieldsOf(value)['url']) ?? '';
}

/** Some answers have the chain as a list. */
function chainIn(fields: Fields): string | undefined {
  const chain = fields['intermediateChain'];
  return textOf(Array.isArray(chain) ? chain.filter((one) => typeof one === 'string').join('\n') : chain);
}

function checkedIn(fields: Fields): Checked {
  return { validationState: textOf(fields['validationState']), validations: listOf(fields['validations']).flatMap(validationIn) };
}

/** The code is a list for JWS keys; the result is missing now and then, and says INVALID only where it is. */
function validationIn(value: unknown): readonly Validation[] {
  const fields = fieldsOf(value);
  const codes = fields['validationCode'];
  const code = spoken(Array.isArray(codes) ? codes.join(', ') : codes);
  if (code === '') return [];
  const given = fields['result'] ?? fields['state'];
  const result = given === 'INVALID' || given === 'NOT_AVAILABLE' ? given : 'VALID';
  return [{ code, result, message: spoken(fields['message']) }];
}
