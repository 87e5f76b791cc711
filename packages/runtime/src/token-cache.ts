import type { Secret } from './secret.ts';
import type { Clock } from './time.ts';

/** Where a bearer token comes from. */
export interface TokenSource {
  /**
   * A token that is valid for a while yet. Asks for another early, and once for all who wait.
   *
   * @throws what kept it from being asked for.
   */
  token(): Promise<Secret<string>>;
  /**
   * The token was refused: the next `token()` asks for another. Soon after a log-in that changes nothing, since a fresh token that is refused
   * is a matter of permission, or the other side's trouble.
   */
  invalidate(): void;
}

/** A token as it was given. */
export interface GivenToken {
  readonly token: Secret<string>;
  readonly lifetimeMs: number;
  /** When it was asked for, on the monotonic clock. */
  readonly askedAt: number;
}

export interface TokenCacheOptions {
  /** Asks for a token. @throws the fault that callers get. */
  readonly logIn: () => Promise<GivenToken>;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Within it of the last log-in, a refused token is no reason for another. Default 60,000. */
  readonly refusedAgainMs?: number;
  /** Called after each log-in; with the fault when there is no token. */
  readonly onLogIn?: (fault?: unknown) => void;
}

interface Held {
  readonly token: Secret<string>;
  readonly refreshAt: number;
  readonly endsAt: number;
}

const EARLIEST_MS = 30_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * One token for all: it is asked for when somebody needs one, once for all who wait, and before the present one ends (30 seconds or a tenth of
 * its life), while that is still handed out. After a failure it is not asked for at once again, so that many callers make no storm; they get
 * the same failure.
 */
export function tokenCache({ logIn, clock, refusedAgainMs = 60_000, onLogIn }: TokenCacheOptions): TokenSource {
  let held: Held | undefined;
  let asking: Promise<Held> | undefined;
  let loggedInAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let pause: { readonly until: number; readonly fault: unknown } | undefined;

  const askNow = async (): Promise<Held> => {
    try {
      held = holdOn(await logIn());
      loggedInAt = clock.monotonic();
      failures = 0;
      pause = undefined;
      onLogIn?.();
      return held;
    } catch (fault) {
      failures += 1;
      pause = { until: clock.monotonic() + Math.min(LONGEST_PAUSE_MS, 500 * 2 ** Math.min(failures, 10)), fault };
      onLogIn?.(fault);
      throw fault;
    } finally {
      asking = undefined;
    }
  };
  const ask = (): Promise<Held> => {
    asking ??= askNow();
    return asking;
  };
  return {
    async token() {
      const now = clock.monotonic();
      const paused = pause !== undefined && now < pause.until;
      if (held && now < held.endsAt) {
        // Its failure is told to those who come when the present token has ended.
        if (now >= held.refreshAt && !paused) void ask().catch(() => undefined);
        return held.token;
      }
      if (paused && !asking) throw pause?.fault;
      return (await ask()).token;
    },
    invalidate() {
      if (clock.monotonic() - loggedInAt >= refusedAgainMs) held = undefined;
    },
  };
}

/** The last stretch is not used: the token must still be valid when the request with it arrives. */
function holdOn({ token, lifetimeMs, askedAt }: GivenToken): Held {
  const early = Math.min(EARLIEST_MS, lifetimeMs / 10);
  return { token, refreshAt: askedAt + lifetimeMs - 2 * early, endsAt: askedAt + lifetimeMs - early / 2 };
}
