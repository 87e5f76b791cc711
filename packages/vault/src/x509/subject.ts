import { isIP } from 'node:net';
import type { JsonGeneralName, JsonName } from '@peculiar/x509';
import { VaultError } from '../vault-error.ts';

/** Whom a certificate is for. */
export interface Subject {
  /** CN: of a client the FSP id or host name, as the scheme wants it; of a server its host name; of a CA its name. */
  readonly commonName: string;
  readonly organizationalUnit?: string;
  readonly organization?: string;
  readonly locality?: string;
  readonly state?: string;
  /** Two capital letters (ISO 3166). */
  readonly country?: string;
}

/** Under which names it is reached (subject alternative names). */
export interface AlternativeNames {
  readonly dns?: readonly string[];
  readonly ip?: readonly string[];
}

const PARTS = [
  ['country', 'C'],
  ['state', 'ST'],
  ['locality', 'L'],
  ['organization', 'O'],
  ['organizationalUnit', 'OU'],
  ['commonName', 'CN'],
] as const;
/** Upper bounds of RFC 5280 appendix A. */
const LONGEST: Readonly<Partial<Record<keyof Subject, number>>> = { commonName: 64, organization: 64, organizationalUnit: 64 };
const HOST = /^(?=.{1,253}$)(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** @throws VaultError `VAULT_REQUEST_INVALID` naming what is wrong: an empty common name would leave the name to the signer. */
export function subjectName(subject: Subject): JsonName {
  const name: JsonName = [];
  for (const [member, type] of PARTS) {
    const value = subject[member];
    if (value === undefined) continue;
    const limit = LONGEST[member] ?? 128;
    if (value.trim() === '' || value.length > limit || /[^\P{C}]/u.test(value))
      throw invalid(`the subject's ${member} must have 1 to ${limit} printable characters`);
    if (member === 'country' && !/^[A-Z]{2}$/.test(value)) throw invalid("the subject's country must be two capital letters");
    name.push({ [type]: [value] });
  }
  if (subject.commonName === undefined) throw invalid('the subject has no commonName');
  return name;
}

/** @throws VaultError `VAULT_REQUEST_INVALID` naming the host name or address that is none. */
export function generalNames({ dns = [], ip = [] }: AlternativeNames): JsonGeneralName[] {
  for (const name of dns)
    if (!HOST.test(name) || isIP(name) !== 0) throw invalid(`${JSON.stringify(name.slice(0, 80))} is not a host name`);
  for (const address of ip) if (isIP(address) === 0) throw invalid(`${JSON.stringify(address.slice(0, 80))} is not an IP address`);
  return [...dns.map((value) => ({ type: 'dns' as const, value })), ...ip.map((value) => ({ type: 'ip' as const, value }))];
}

function invalid(why: string): VaultError {
  return new VaultError('VAULT_REQUEST_INVALID', `The certificate request cannot be made: ${why}.`);
}
