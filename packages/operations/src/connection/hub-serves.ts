import { addressOf } from '@payment-manager/configuration/addresses';
import { withMoreCas } from '@payment-manager/credentials';
import { type Credentials, probeTls } from '@payment-manager/runtime';

const TIMEOUT_MS = 5_000;

/**
 * Whether each of these servers presents a certificate that some CAs (PEM) vouch for, or those that are trusted anyway (`moreCas`), and no others. One that cannot be looked at counts
 * as no: whom it needs is not known.
 */
export function hubServes(
  origins: readonly URL[],
  credentials: () => Credentials | undefined,
  moreCas: string,
  probe = probeTls,
): (cas: string) => Promise<boolean> {
  return async (cas) => {
    const own = credentials();
    if (origins.length === 0) return true;
    const trustedCas = withMoreCas(cas, moreCas);
    if (own === undefined || trustedCas === '') return false;
    const seen = await Promise.all(
      origins.map((origin) => probe({ ...addressOf(origin), timeoutMs: TIMEOUT_MS, credentials: { ...own, trustedCas } })),
    );
    return seen.every((one) => one.kind === 'served' && one.distrust === undefined);
  };
}
