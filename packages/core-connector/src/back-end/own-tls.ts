import { createPrivateKey } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { type Credentials, readCertificates, Secret } from '@payment-manager/runtime';
import type { ValueObject } from '../expression/value.ts';
import type { HttpBackend } from '../language/backend.ts';
import { textIn } from '../run/fill.ts';
import { SettingMissing } from './setting.ts';

/** How a back end with TLS of its own is reached. */
export interface OwnTlsInUse {
  readonly credentials: Credentials;
  readonly serverName?: string;
}

/**
 * TLS of a back end's own, as its settings have it; undefined: it has none.
 *
 * @throws SettingMissing for what is not there or cannot be used; the text holds nothing of it.
 */
export function ownTls({ name, tls }: Pick<HttpBackend, 'name' | 'tls'>, root: ValueObject): OwnTlsInUse | undefined {
  if (tls === undefined) return undefined;
  const text = (value: (typeof tls)['ca'], what: string): string => (value === undefined ? '' : (textIn(value, root, what) ?? ''));
  const ca = text(tls.ca, 'the CA');
  const certificate = text(tls.certificate, 'the client certificate');
  const privateKey = text(tls.key, 'the key of the client certificate');
  const serverName = text(tls.serverName, 'the server name');
  const trustedCas = ca === '' || ca === 'public' ? rootCertificates.join('\n') : ca;
  usable(name, 'CA', () => readCertificates(trustedCas, 'The CA'));
  if ((certificate === '') !== (privateKey === ''))
    throw new SettingMissing(`client certificate and key of the back end ${name} belong together, and one of them is not set`);
  usable(name, 'client certificate and its key', () => {
    if (certificate !== '' && readCertificates(certificate)[0]?.checkPrivateKey(createPrivateKey(privateKey)) !== true)
      throw new TypeError('they do not belong together');
  });
  const credentials: Credentials = { certificate, privateKey: new Secret(privateKey), trustedCas };
  return { credentials, ...(serverName !== '' && { serverName }) };
}

function usable(name: string, what: string, make: () => unknown): void {
  try {
    make();
  } catch {
    throw new SettingMissing(`the ${what} of the back end ${name} cannot be used: PEM texts that belong together are wanted`);
  }
}
