import type { Config } from '@payment-manager/configuration';
import { DatabaseUnavailable } from '@payment-manager/database';
import type { ConfiguredAlerts, SeenConditions, StandingCondition } from '@payment-manager/operations/alerts';
import type { World } from '@payment-manager/runtime';
import type { Environment } from '@payment-manager/vault';
import type { Opened } from './opened.ts';
import { alarmsNow, type OperationsParts } from './operations-handler.ts';

/** What the alerts look at. */
export interface AlertParts extends Pick<OperationsParts, 'connector' | 'standing' | 'connection' | 'roles'> {
  /** Where people open the portal; undefined while it starts, and where it is switched off. */
  portalUrl(): string | undefined;
  readonly opened: Opened;
  /** Undefined: there is no vault. */
  readonly environment: Environment | undefined;
}

/** The most of each kind that is looked at; above it nothing is taken for ended. */
const LIMIT = 1_000;

/**
 * Alerts, unless they are switched off: then nothing of them is loaded. A database that cannot be used is told to the log, and there are no alerts:
 * payments go on. Rejects with CredentialsInvalid for a secret or a CA that cannot be read.
 */
export async function openAlerts(config: Config, world: World, parts: AlertParts): Promise<ConfiguredAlerts | undefined> {
  // where roles are split, the process for people tells of all
  if (!config.alerts.enabled || config.role === 'payments') return undefined;
  const { configuredAlerts, isTold } = await import('@payment-manager/operations/alerts');
  const { management } = config;
  const portalUrl = (): string | undefined => (management.enabled ? (management.publicUrl ?? parts.portalUrl()) : undefined);
  const tells = (one: Seen): boolean => isTold(one, world.clock.now());
  try {
    const alerts = await configuredAlerts(config, world, {
      look: () => conditionsNow(parts, tells),
      portalUrl,
      environment: parts.environment,
    });
    parts.opened.push('alerts', () => alerts.stop());
    return alerts;
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    world.log.error('there are no alerts', { code: 'ALERTS_UNAVAILABLE', reason: error.message });
    return undefined;
  }
}

/** What stands, as this process sees it. A journal that does not answer hides no alarm of anything else. */
async function conditionsNow(parts: AlertParts, tells: (one: Seen) => boolean): Promise<SeenConditions> {
  const unknown = Symbol();
  const { connector, standing, connection, roles } = parts;
  const exceptions = await connector.exceptions({ limit: LIMIT }).catch(() => unknown);
  const alarms = await alarmsNow(parts, { limit: LIMIT }).catch(() => unknown);
  const seen = [exceptions, alarms, roles.elsewhere?.alarms() ?? []].flatMap((one) => (Array.isArray(one) ? (one as readonly Seen[]) : []));
  // what was not asked for twice: exceptions are among the alarms, too
  const conditions = new Map<string, StandingCondition>();
  for (const { id, level, code, reason, since } of [...seen, ...(alarms === unknown ? standing() : [])].filter(tells))
    conditions.set(`${level} ${code} ${id}`, { id, level: level === 'exception' ? 'exception' : 'alarm', code, reason, since });
  const whole = [exceptions, alarms].every((one) => Array.isArray(one) && one.length < LIMIT) && connection() !== undefined;
  return { conditions: [...conditions.values()], whole };
}

interface Seen {
  readonly id: string;
  readonly level: string;
  readonly code: string;
  readonly reason: string;
  readonly since: number;
  readonly momentary?: boolean;
}
