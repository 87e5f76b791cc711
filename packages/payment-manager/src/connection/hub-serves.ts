import { type Credentials, probeTls } from '@payment-manager/runtime';
import { addressOf } from '../environments/public-endpoint.ts';

const timeoutMs = 5_000;

/**
 * Whether each of these servers presents a certificate that some CAs (PEM) vouch for, and no others. One that cannot be looked at counts
 * as no: whom it needs is not known.
 */
export function hubServes(
  origins: readonly URL[],
  credentials: () => Credentials | undefined,
  probe = probeTls,
): (cas: string) => Promise<boolean> {
  return async (cas) => {
    const own = credentials();
    if (origins.length > 0 && own === undefined) return false;
    const seen = await Promise.all(
      origins.map((origin) => probe({ ...addressOf(origin), timeoutMs, ...(own && { credentials: { ...own, trustedCas: cas } }) })),
    );
    return seen.every((one) => one.kind === 'served' && one.distrust === undefined);
  };
}
