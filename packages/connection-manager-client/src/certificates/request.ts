import { createPublicKey } from 'node:crypto';
import { publicKeyId as keyIdOf, strictPem } from '@payment-manager/runtime/calls';
import type { AlternativeNames, RequestOrder, Subject } from '@payment-manager/vault';
import { loadX509 } from '@payment-manager/vault/x509';
import { readOnceLater } from './read-once.ts';

/** What stands in a certificate request. Its signature is not looked at here; who signs it does that. */
export interface ReadRequest {
  readonly keyId: string;
  readonly subject: Readonly<Partial<Record<keyof Subject, string>>>;
  readonly names: Required<AlternativeNames>;
}

const PARTS = {
  commonName: 'CN',
  organizationalUnit: 'OU',
  organization: 'O',
  locality: 'L',
  state: 'ST',
  country: 'C',
} as const;

/** Reads a certificate request (PKCS #10, PEM); undefined when it cannot be read. */
export const readRequest = readOnceLater(parseRequest);

async function parseRequest(pem: string): Promise<ReadRequest | undefined> {
  const block = strictPem(pem, 'CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST');
  if (block === undefined) return undefined;
  const x509 = await loadX509();
  try {
    const request = new x509.Pkcs10CertificateRequest(block.replaceAll('NEW CERTIFICATE', 'CERTIFICATE'));
    const alternative = request.extensions.find((extension) => extension instanceof x509.SubjectAlternativeNameExtension);
    const names = alternative?.names.toJSON() ?? [];
    const listed = (type: string): string[] => names.filter((name) => name.type === type).map(({ value }) => String(value));
    const subject = Object.entries(PARTS).flatMap(([member, type]) => {
      const [value] = request.subjectName.getField(type);
      return value === undefined ? [] : [[member, value]];
    });
    return {
      keyId: keyIdOf(createPublicKey(request.publicKey.toString('pem'))),
      subject: Object.fromEntries(subject),
      names: { dns: listed('dns'), ip: listed('ip') },
    };
  } catch {
    return undefined;
  }
}

/** Whether a request asks for just what is wanted now. */
export function asksFor({ subject, names }: ReadRequest, order: RequestOrder): boolean {
  const members = Object.keys(PARTS) as (keyof Subject)[];
  return (
    members.every((member) => subject[member] === order.subject[member]) &&
    sameSet(names.dns, order.names?.dns ?? []) &&
    names.ip.length === (order.names?.ip ?? []).length
  );
}

/** Whether two lists hold the same, in whatever order. */
export function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return JSON.stringify([...new Set(one)].sort()) === JSON.stringify([...new Set(other)].sort());
}
