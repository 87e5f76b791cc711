import type { Secret } from '@payment-manager/runtime';

/** Where a bearer token comes from. */
export interface TokenSource {
  /**
   * A token that is valid for a while yet. Asks for another early, and once for all who wait.
   *
   * @throws ConnectionFault `TOKEN`, or what kept it from being asked for.
   */
  token(): Promise<Secret<string>>;
  /**
   * The token was refused: the next `token()` asks for another. Soon after a log-in (within a minute, towards the Connection Manager) that
   * changes nothing, since a fresh token that is refused is a matter of permission, or the other side's trouble.
   */
  invalidate(): void;
}
