import { Secret } from '@payment-manager/runtime';
import type { Doing, Environment } from '@payment-manager/vault';
import { shortForm } from './pins.ts';

/** Where the vault keeps which changes of trust a person has accepted: one id on a line, newest last. */
const KEPT_AS = 'accepted-trust';
const MOST_KEPT = 100;
const FORM = /^([0-9a-f]{32}|[0-9a-f]{64})$/;

/** Which ids (`shortForm`) a person has accepted. @throws VaultError */
export async function acceptedTrust({ secrets }: Pick<Environment, 'secrets'>): Promise<ReadonlySet<string>> {
  const kept = await secrets.get(KEPT_AS);
  return new Set((kept?.reveal() ?? '').split('\n').filter((line) => line !== ''));
}

/**
 * Accepts a CA of the hub's or its JWS key, although a pin stands against it: with the next look it is trusted, if the Connection Manager still presents it.
 *
 * @param fingerprint SHA-256 as 64 hexadecimal digits, with colons or without, or the first 32 of them
 * @throws RangeError for anything else; VaultError
 */
export async function acceptTrust(environment: Pick<Environment, 'secrets'>, fingerprint: string, doing: Doing): Promise<void> {
  if (!FORM.test(fingerprint.replaceAll(':', '').toLowerCase())) throw new RangeError('a fingerprint has 64 hexadecimal digits');
  const lines = new Set([...(await acceptedTrust(environment))]);
  const id = shortForm(fingerprint);
  lines.delete(id);
  await environment.secrets.put(KEPT_AS, new Secret([...lines, id].slice(-MOST_KEPT).join('\n')), doing);
}
