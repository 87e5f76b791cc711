import type { Config } from '@payment-manager/configuration';
import { loadCaBundle } from '@payment-manager/configuration/files';

/**
 * CAs (PEM) that the hub's servers may come from beside those that the vault has, `hub.tls.caFile`: a hub whose servers have certificates of
 * a public CA. What the hub signs for us is not checked against them. Empty: none. Read once at each start.
 *
 * @throws CredentialsInvalid when the file cannot be read, or holds no certificate
 */
export async function moreHubCas({ hub }: Config): Promise<string> {
  const { caFile } = hub.tls;
  return caFile === undefined ? '' : await loadCaBundle('hub', caFile);
}

/** Both bundles in one; a bundle may end without a line end. */
export function withMoreCas(cas: string, more: string): string {
  return more === '' ? cas : `${cas.trimEnd()}\n${more}`;
}
