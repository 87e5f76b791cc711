import { effective, lookUp } from './effective.ts';
import { type ConfigKey, listKeys } from './keys.ts';
import type { LoadedConfig } from './load.ts';
import { type Config, configSchema } from './schema.ts';

/** Keys that a running product takes over when it reads its configuration anew. All others need a restart. */
export const RELOADABLE: readonly string[] = [
  ...listKeys(configSchema).flatMap(({ path }) => (path.startsWith('alerts.') && path !== 'alerts.enabled' ? [path] : [])),
  'limits.inFlightPayments',
  'log.level',
  'operations.alarmWebhook.caFile',
  'operations.alarmWebhook.secret',
  'operations.alarmWebhook.url',
];

/** A key whose value is another one now. Values as they may be shown: of a secret only that it differs. */
export interface ConfigChange {
  readonly path: string;
  readonly from: string;
  readonly to: string;
  readonly takes: 'reload' | 'restart';
}

/** What differs between what runs and what the configuration says now, in the order of the reference. */
export function changesBetween(running: LoadedConfig, fresh: LoadedConfig): readonly ConfigChange[] {
  const before = shownOf(running);
  const after = shownOf(fresh);
  return listKeys(configSchema)
    .filter((key) => JSON.stringify(lookUp(running.config, key)) !== JSON.stringify(lookUp(fresh.config, key)))
    .map(({ path }) => {
      const [from, to] = [before.get(path) ?? '', after.get(path) ?? ''];
      return { path, from, to: to === from ? `${to} (another one)` : to, takes: takesReload(path, running, fresh) ? 'reload' : 'restart' };
    });
}

/** A webhook that comes or goes needs a restart; one that is another one does not. */
function takesReload(path: string, { config }: LoadedConfig, fresh: LoadedConfig): boolean {
  const tells = [config, fresh.config].every(({ operations }) => operations.alarmWebhook.url !== undefined);
  return RELOADABLE.includes(path) && (tells || !path.startsWith('operations.alarmWebhook.'));
}

/** Puts the values of these keys into the configuration that everything runs with, in place: whoever reads them at each use has them then. */
export function takeOver(running: Config, fresh: Config, changes: readonly ConfigChange[]): void {
  for (const key of listKeys(configSchema)) {
    if (!changes.some(({ path, takes }) => path === key.path && takes === 'reload')) continue;
    const group = groupOf(running, key);
    const name = key.segments.at(-1) ?? '';
    const value = lookUp(fresh, key);
    if (value === undefined) delete group[name];
    else group[name] = value;
  }
}

function groupOf(config: object, { segments }: ConfigKey): Record<string, unknown> {
  return segments
    .slice(0, -1)
    .reduce<Record<string, unknown>>((node, name) => node[name] as Record<string, unknown>, config as Record<string, unknown>);
}

function shownOf(loaded: LoadedConfig): ReadonlyMap<string, string> {
  return new Map(effective(loaded).map(({ path, value }) => [path, value]));
}
