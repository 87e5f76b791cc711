/**
 * Payments as the flows write them, for measurements. `recorded-payments.json` holds the appends of one payment of a payer and of one of a payee as
 * they came to the journal while fifty payments at once ran (`./pm bench --quick`), and how many appends its batches had: twenty
 * quantiles. Each payment here is a copy with ids of its own.
 */
import { createHash } from 'node:crypto';
import type { Append } from '../src/journal.ts';
import recorded from './recorded-payments.json' with { type: 'json' };

export type Side = 'payer' | 'payee';

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const paymentsAtOnce = 50;

/** Batches of appends of `count` payments, of which fifty are under way at once. The same for the same arguments. */
export function* recordedBatches(side: Side, first: number, count: number): Iterable<readonly Append[]> {
  const { appendsPerBatch } = recorded[side];
  const underWay: Append[][] = [];
  for (let made = 0, batch = 0, turn = 0; ; batch++) {
    while (underWay.length < paymentsAtOnce && made < count) underWay.push([...payment(side, first + made++)]);
    if (underWay.length === 0) return;
    const size = Math.min(underWay.length, appendsPerBatch[(batch * 7) % appendsPerBatch.length] as number);
    // of the oldest and the newest alike
    const chosen = Array.from({ length: size }, (_, n) => underWay[(turn + n) % underWay.length] as Append[]);
    turn = (turn + size) % Math.max(underWay.length, 1);
    yield chosen.map((appends) => appends.shift() as Append);
    for (let at = underWay.length - 1; at >= 0; at--) if (underWay[at]?.length === 0) underWay.splice(at, 1);
  }
}

/** The appends of the nth payment. */
export function payment(side: Side, n: number): readonly Append[] {
  let text = JSON.stringify(recorded[side].appends);
  const values = recorded[side].appends.flatMap(({ claims }) => claims.map(({ value }) => value));
  const conditions = values.filter((value) => /^[\w-]{43}$/.test(value));
  for (const id of new Set([...(text.match(uuid) ?? []), ...conditions])) text = text.replaceAll(id, another(id, n));
  return JSON.parse(text) as Append[];
}

/** An id of the same form, the same for the same payment. */
function another(id: string, n: number): string {
  const hash = createHash('sha256').update(`${id} ${n}`).digest();
  if (id.length === 43) return hash.toString('base64url');
  const hex = hash.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
