/** A line of `GET /alarms` or `GET /exceptions`. */
export interface ShownAlarm {
  /** transferId, or what else people know it by. */
  readonly payment: string;
  /** Absent: it is of no payment. */
  readonly flow?: string;
  readonly level: string;
  readonly code: string;
  readonly reason: string;
  readonly since: string;
  /** It happened once and does not end. */
  readonly momentary?: boolean;
}

/** What the webhook is owed: that something began, or that it has ended. */
export interface AlarmNotice extends ShownAlarm {
  /** The same for the beginning and the end, and from every replica. */
  readonly id: string;
  readonly event: 'began' | 'ended';
  /** When that was seen. */
  readonly at: string;
}

/** What is known to stand, and what has not been told yet, oldest first. */
export interface AlarmLedger {
  readonly known: Readonly<Record<string, KnownAlarm>>;
  readonly owed: readonly AlarmNotice[];
}

interface KnownAlarm {
  readonly alarm: ShownAlarm;
  /** The last look did not show it. */
  readonly missed: boolean;
}

/** As at the first start. */
export const EMPTY_LEDGER: AlarmLedger = { known: {}, owed: [] };

/** Notices that are kept while the webhook does not take them. */
export const OWED_MOST = 1_000;

/**
 * As many notices as are kept. The oldest of what happened once and does not end give way first: a peer that causes very many of these
 * pushes out no exception of a payment.
 */
export function mostOwed(owed: readonly AlarmNotice[]): readonly AlarmNotice[] {
  let tooMany = owed.length - OWED_MOST;
  if (tooMany <= 0) return owed;
  const lasting = owed.filter(({ momentary }) => momentary !== true || tooMany-- <= 0);
  return lasting.slice(-OWED_MOST);
}

/**
 * The ledger after a look. An alarm has ended when two looks in a row do not show it: a worker that was slow to answer ends nothing. One
 * that is shown with another `since` (another threshold, once more) begins anew. `whole` false: there may be more than was shown, so
 * nothing ends.
 */
export function afterLook(
  { known, owed }: AlarmLedger,
  shown: readonly ShownAlarm[],
  { at, whole }: { readonly at: string; readonly whole: boolean },
): AlarmLedger {
  const seen = byId(shown);
  const next: Record<string, KnownAlarm> = {};
  const notices: AlarmNotice[] = [];
  for (const [id, alarm] of seen) {
    next[id] = { alarm, missed: false };
    if (known[id]?.alarm.since !== alarm.since) notices.push({ id, event: 'began', ...alarm, at });
  }
  for (const [id, { alarm, missed }] of Object.entries(known)) {
    if (seen.has(id)) continue;
    if (!whole || !missed) next[id] = { alarm, missed: whole };
    else if (!alarm.momentary) notices.push({ id, event: 'ended', ...alarm, at });
  }
  return { known: next, owed: [...owed, ...notices] };
}

/** Of several with one id the eldest that stands; of what happens again and again the last. */
function byId(shown: readonly ShownAlarm[]): ReadonlyMap<string, ShownAlarm> {
  const found = new Map<string, ShownAlarm>();
  for (const alarm of shown) {
    const id = [alarm.flow, alarm.payment, alarm.code].filter((part) => part !== undefined && part !== '').join(':');
    const other = found.get(id);
    if (other === undefined || (alarm.momentary ? alarm.since > other.since : alarm.since < other.since)) found.set(id, alarm);
  }
  return found;
}
