import type { AlertRuleName } from '@payment-manager/configuration';
import { type Cause, causesOf, RULES, type StandingCondition } from './alert-rules.ts';
import {
  type ChannelName,
  type Delivery,
  ENDED_KEPT,
  type Incident,
  type IncidentEvent,
  type Incidents,
  isOwed,
  STANDING_MOST,
} from './incident.ts';
import { type QuietHours, quietUntil } from './quiet-hours.ts';

/** How incidents begin and end, and who is told. */
export interface AlertSettings {
  readonly channels: readonly ChannelName[];
  readonly off: readonly AlertRuleName[];
  readonly quietHours: QuietHours | undefined;
  readonly beginsAfterMs: number;
  readonly endsAfterMs: number;
}

/** What a look saw. */
export interface Look {
  readonly at: number;
  readonly conditions: readonly StandingCondition[];
  /** False: there may be more than was seen, so nothing ends. */
  readonly whole: boolean;
  /** Whether somebody let this alarm rest for some hours. */
  isMuted(condition: StandingCondition): boolean;
  /** A new id, which sorts after all ids before it. */
  newId(): string;
}

/** A longer time without a look says nothing of whether it stood meanwhile. */
const LOOK_MOST_MS = 30_000;
/** What does not flap has ended when it was not seen for so long: a replica that was slow to answer ends nothing. */
const GONE_MS = 45_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The incidents after a look: pure, so that each order of events can be tried. The same array when nothing changed but for how long things stand. */
export function afterLook(incidents: Incidents, look: Look, settings: AlertSettings): Incidents {
  const heard = look.conditions.filter((one) => !look.isMuted(one));
  const [causes, all] = [causesOf(heard), causesOf(look.conditions)];
  const standing = incidents.filter(({ state }) => state !== 'ended');
  const known = new Set(standing.map(({ key }) => key));
  const next = incidents.flatMap((one) => (one.state === 'ended' ? [one] : stepped(one, all, causes, look, settings)));
  const room = STANDING_MOST - standing.length;
  const fresh = [...causes.values()].filter(({ key, rule }) => !known.has(key) && !settings.off.includes(rule)).slice(0, Math.max(0, room));
  return forgotten([...next, ...fresh.map((cause) => begun(cause, incidents, look, settings))]);
}

function stepped(
  one: Incident,
  all: ReadonlyMap<string, Cause>,
  heard: ReadonlyMap<string, Cause>,
  look: Look,
  settings: AlertSettings,
): readonly Incident[] {
  const cause = heard.get(one.key);
  if (cause !== undefined) return [present(one, cause, look, settings)];
  // somebody let it rest: it neither ends nor is told
  if (all.has(one.key)) return one.state === 'open' ? [{ ...one, seenAt: look.at }] : [];
  if (!look.whole) return [one];
  const goneMs = Math.max(0, look.at - one.seenAt);
  if (goneMs < endsAfter(one, settings)) return [one];
  return one.state === 'pending' ? [] : [ended(one, look.at, settings)];
}

/** How long it must be gone: the more often it came back, the longer, up to an hour. */
function endsAfter({ rule, gaps, state }: Incident, { endsAfterMs }: AlertSettings): number {
  if (RULES[rule].flaps !== true) return GONE_MS;
  if (state === 'pending') return endsAfterMs;
  return Math.max(endsAfterMs, Math.min(endsAfterMs * 2 ** Math.min(gaps, 10), HOUR_MS));
}

function present(one: Incident, cause: Cause, { at }: Look, settings: AlertSettings): Incident {
  const sinceSeen = Math.max(0, at - one.seenAt);
  const cameBack = sinceSeen > LOOK_MOST_MS;
  const { severity, code, reason, count, newest } = cause;
  const seen: Incident = {
    ...one,
    ...{ severity, code, reason, newest, count },
    seenAt: at,
    presentMs: one.presentMs + (cameBack ? 0 : sinceSeen),
    gaps: one.gaps + (cameBack ? 1 : 0),
  };
  if (one.state === 'pending') return seen.presentMs >= settings.beginsAfterMs ? opened(seen, at, settings) : seen;
  return hasGrown(seen, at) ? told(seen, 'again', at, settings) : seen;
}

function hasGrown({ rule, told: last, count, newest, deliveries }: Incident, at: number): boolean {
  if (RULES[rule].grows !== true || last === undefined || at - last.at < HOUR_MS) return false;
  // what is not taken yet says how it stands when it is sent
  return (count > last.count || newest > last.newest) && !deliveries.some(({ state }) => state === 'owed');
}

function begun(cause: Cause, incidents: Incidents, { at, newId }: Look, settings: AlertSettings): Incident {
  const { key, rule, severity, code, reason, count, since, newest } = cause;
  const before = incidents.findLast((one) => one.key === key && at - (one.endedAt ?? 0) < DAY_MS);
  const flaps = RULES[rule].flaps === true;
  const pending: Incident = {
    ...{ id: newId(), key, rule, severity, code, reason, count, since, newest },
    state: 'pending',
    seenAt: at,
    presentMs: Math.max(0, at - since),
    gaps: flaps ? (before?.gaps ?? 0) : 0,
    deliveries: [],
  };
  return !flaps || pending.presentMs >= settings.beginsAfterMs ? opened(pending, at, settings) : pending;
}

function opened(one: Incident, at: number, settings: AlertSettings): Incident {
  return told({ ...one, state: 'open', openedAt: at }, 'began', at, settings);
}

/** It ended when it was last seen, which is known now. Who was never told that it began is not told that it ended, where that was for quiet hours alone. */
function ended(one: Incident, at: number, settings: AlertSettings): Incident {
  const over: Incident = { ...one, state: 'ended', endedAt: Math.max(one.since, one.seenAt) };
  const waits = (channel: ChannelName): boolean =>
    one.deliveries.some(
      (each) => each.channel === channel && each.event === 'began' && each.state === 'owed' && each.attempts === 0 && each.nextAt > at,
    );
  const deliveries = one.deliveries.map((each) =>
    each.state === 'owed' && waits(each.channel) ? { ...each, state: 'held' as const } : each,
  );
  const channels = [...new Set(one.deliveries.map(({ channel }) => channel))].filter((channel) => !waits(channel));
  return told({ ...over, deliveries }, 'ended', at, { ...settings, channels });
}

function told(one: Incident, event: IncidentEvent, at: number, { channels, quietHours }: AlertSettings): Incident {
  const nextAt = one.severity === 'critical' ? at : (quietUntil(quietHours, at) ?? at);
  const deliveries = channels.map((channel): Delivery => ({ channel, event, at, state: 'owed', attempts: 0, nextAt }));
  return { ...one, told: { at, count: one.count, newest: one.newest }, deliveries: [...one.deliveries, ...deliveries] };
}

function forgotten(incidents: Incidents): Incidents {
  let tooMany = incidents.filter((one) => one.state === 'ended' && !isOwed(one)).length - ENDED_KEPT;
  if (tooMany <= 0) return incidents;
  return incidents.filter((one) => one.state !== 'ended' || isOwed(one) || tooMany-- <= 0);
}

/** Whether it is worth being stored: everything but for how long things have stood, and their words, which count calls as they go on. */
export function isSame(one: Incidents, other: Incidents): boolean {
  return one.length === other.length && one.every((each, index) => markOf(each) === markOf(other[index] as Incident));
}

function markOf({ seenAt: _, presentMs: __, reason: ___, ...rest }: Incident): string {
  return JSON.stringify(rest);
}
