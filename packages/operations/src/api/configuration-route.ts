import type { ConfigChange } from '@payment-manager/configuration';
import { answer } from '../access/answer.ts';
import type { Route } from './route.ts';

/** What came of reading the configuration anew. */
export type ReloadedConfiguration =
  | { readonly kind: 'read'; readonly changes: readonly ConfigChange[]; readonly connector?: string | undefined }
  /** It cannot be used, for these reasons; everything is as it was. */
  | { readonly kind: 'refused'; readonly problems: string };

/** A product that can read its configuration anew; undefined: it was started without a file. */
export type RunningConfiguration =
  | {
      /** What a reload would do. */
      look(): Promise<ReloadedConfiguration>;
      /** Takes over what can be taken over without a restart. */
      apply(): Promise<ReloadedConfiguration>;
    }
  | undefined;

/**
 * - `GET /configuration/changes`: `{changes: [{path, from, to, takes: "reload"|"restart"}]}` between what runs and what its configuration says now
 * - `POST /configuration/reload` `{}`: the same, and those that take a reload are in force; `connector`: what became of the core connector
 *
 * 409 with `{code: "CONFIG_INVALID", message}`: it cannot be used, and everything is as it was.
 */
export function configurationRoutes(running: RunningConfiguration): readonly Route[] {
  if (running === undefined) return [];
  const told = (reloaded: ReloadedConfiguration) => {
    if (reloaded.kind === 'refused') return answer(409, { code: 'CONFIG_INVALID', message: reloaded.problems });
    return answer(200, { changes: reloaded.changes, connector: reloaded.connector });
  };
  return [
    { method: 'GET', path: '/configuration/changes', handle: async () => told(await running.look()) },
    { method: 'POST', path: '/configuration/reload', acts: true, handle: async () => told(await running.apply()) },
  ];
}
