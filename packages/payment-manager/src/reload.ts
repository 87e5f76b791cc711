import { changesBetween, type LoadedConfig, takeOver } from '@payment-manager/configuration';
import type { ReloadedConfiguration, RunningConfiguration } from '@payment-manager/operations/api';
import type { World } from '@payment-manager/runtime';

/** How a running product reads its configuration anew. */
export interface Reloading {
  /** What runs; its values are changed in place. */
  readonly loaded: LoadedConfig;
  /** Reads file and environment again, as at the start. @throws with everything that is wrong */
  load(): Promise<LoadedConfig>;
}

/** What is told of another configuration. */
export interface ReloadParts extends Reloading {
  readonly world: Pick<World, 'log' | 'setLogLevel'>;
  /** Tells alarms and alerts to whom the configuration names now. Absent: another process does. */
  readonly retargetAlarms?: (() => Promise<void>) | undefined;
  /** Absent: the core is reached over HTTP. */
  readonly connector?: { reload(): Promise<{ readonly kind: string }> } | undefined;
}

/**
 * Takes over what can be taken over without a restart: `RELOADABLE` keys, and the core connector’s files. A configuration that cannot be used changes
 * nothing; what needs a restart is told, and stays as it was.
 */
export function configurationReload(parts: ReloadParts): NonNullable<RunningConfiguration> {
  const { loaded, world, retargetAlarms, connector } = parts;
  const looked = async (): Promise<{ readonly fresh: LoadedConfig } | { readonly problems: string }> => {
    try {
      return { fresh: await parts.load() };
    } catch (error) {
      return { problems: (error as Error).message };
    }
  };
  const refused = (problems: string): ReloadedConfiguration => ({ kind: 'refused', problems });
  /** One after the other. */
  let last: Promise<unknown> = Promise.resolve();
  const apply = async (): Promise<ReloadedConfiguration> => {
    const read = await looked();
    if ('problems' in read) {
      world.log.error('the configuration was not taken over', { code: 'CONFIG_INVALID' });
      return refused(read.problems);
    }
    const changes = changesBetween(loaded, read.fresh);
    const former = structuredClone(loaded.config);
    takeOver(loaded.config, read.fresh.config, changes);
    try {
      await retargetAlarms?.();
    } catch (error) {
      takeOver(loaded.config, former, changes);
      const reason = (error as Error).message;
      world.log.error('the configuration was not taken over', { code: 'CONFIG_INVALID', reason });
      return refused(reason);
    }
    world.setLogLevel?.(loaded.config.log.level);
    const became = (await connector?.reload())?.kind;
    const named = (wanted: string) =>
      changes
        .filter(({ takes }) => takes === wanted)
        .map(({ path }) => path)
        .join(' ');
    world.log.info('configuration read anew', { taken: named('reload'), restart: named('restart'), connector: became });
    return { kind: 'read', changes, ...(became !== undefined && { connector: became }) };
  };
  return {
    async look() {
      const read = await looked();
      return 'problems' in read ? refused(read.problems) : { kind: 'read', changes: changesBetween(loaded, read.fresh) };
    },
    apply() {
      const next = last.then(apply);
      last = next.catch(() => {});
      return next;
    },
  };
}
