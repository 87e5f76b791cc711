import { CHANNELS, type ChannelName, type Delivery, type Incident, type Incidents } from './incident.ts';

/** What an attempt came to. `failed` is tried again, `refused` is not. `problem` is in our own words. */
export type Attempted =
  | { readonly kind: 'sent'; readonly problem?: string }
  | { readonly kind: 'failed' | 'refused'; readonly problem: string };

/** A delivery whose time has come, of this incident. */
export interface DueDelivery {
  readonly incident: Incident;
  readonly delivery: Delivery;
}

const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 900_000;
/** What nobody took for so long is given up: by then it is on the page alone. */
const GIVEN_UP_MS = 3 * 86_400_000;
/** A channel that takes nothing for so long is an alarm by itself. */
const ALARMING_ATTEMPTS = 3;

/**
 * The next delivery of each channel: the oldest first, so that nobody hears of an end before the beginning. After a failure the whole channel pauses:
 * a server that is down is not asked once for each incident.
 */
export function dueDeliveries(incidents: Incidents, now: number): readonly DueDelivery[] {
  return CHANNELS.flatMap((channel) => {
    const owed = owedOf(incidents, channel);
    const paused = owed.some(({ delivery }) => delivery.attempts > 0 && delivery.nextAt > now);
    const due = paused ? undefined : owed.find(({ incident, delivery }) => delivery.nextAt <= now && isFirst(incident, delivery));
    return due === undefined ? [] : [due];
  });
}

/** The incidents after an attempt. */
export function afterAttempt(incidents: Incidents, { incident, delivery }: DueDelivery, attempted: Attempted, now: number): Incidents {
  return incidents.map((one) =>
    one.id !== incident.id
      ? one
      : { ...one, deliveries: one.deliveries.map((each) => (isThat(each, delivery) ? attemptedOnce(each, attempted, now) : each)) },
  );
}

/** Channels that take nothing, with when that began and the last problem. */
export function failingChannels(
  incidents: Incidents,
): readonly { readonly channel: ChannelName; readonly since: number; readonly problem: string }[] {
  return CHANNELS.flatMap((channel) => {
    const failing = owedOf(incidents, channel).find(({ delivery }) => delivery.attempts >= ALARMING_ATTEMPTS);
    return failing === undefined ? [] : [{ channel, since: failing.delivery.at, problem: failing.delivery.problem ?? '' }];
  });
}

function owedOf(incidents: Incidents, channel: ChannelName): readonly DueDelivery[] {
  return incidents
    .flatMap((incident) => incident.deliveries.map((delivery) => ({ incident, delivery })))
    .filter(({ delivery }) => delivery.channel === channel && delivery.state === 'owed')
    .sort((one, other) => one.delivery.at - other.delivery.at);
}

/** Whether nothing older of the same incident is still owed to the same channel. */
function isFirst({ deliveries }: Incident, delivery: Delivery): boolean {
  return deliveries.find(({ channel, state }) => channel === delivery.channel && state === 'owed') === delivery;
}

function isThat(one: Delivery, other: Delivery): boolean {
  return one.channel === other.channel && one.event === other.event && one.at === other.at;
}

function attemptedOnce(one: Delivery, attempted: Attempted, now: number): Delivery {
  const attempts = one.attempts + 1;
  const { problem: _, ...rest } = one;
  const problem = attempted.problem === undefined ? {} : { problem: attempted.problem };
  if (attempted.kind === 'sent') return { ...rest, ...problem, state: 'sent', attempts, sentAt: now };
  if (attempted.kind === 'refused') return { ...rest, ...problem, state: 'refused', attempts };
  if (now - one.at > GIVEN_UP_MS) return { ...rest, ...problem, state: 'dropped', attempts };
  return { ...rest, ...problem, attempts, nextAt: now + Math.min(FIRST_PAUSE_MS * 2 ** Math.min(one.attempts, 10), LONGEST_PAUSE_MS) };
}
