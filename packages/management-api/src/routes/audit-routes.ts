import Type from 'typebox';
import { actorName } from '../access/actor.ts';
import { verifyAudit } from '../audit/verify-chain.ts';
import { csvLine } from '../payments/csv.ts';
import { type Route, route, Streamed } from '../server/route.ts';
import { closed, INSTANT, LIMIT, words } from '../server/schemas.ts';
import { commit } from '../store/kept.ts';
import type { EntryQuery, ManagementStore, StoredEntry } from '../store/management-store.ts';
import type { RouteDeps } from './deps.ts';

const FILTER = {
  actor: Type.Optional(words(100)),
  action: Type.Optional(words(100)),
  target: Type.Optional(words(200)),
  from: Type.Optional(INSTANT),
  to: Type.Optional(INSTANT),
};
const PAGE = 500;
const DEFAULT_LIMIT = 50;

/** What was done, by whom, and why: to search, to prove, to take along. */
export function auditRoutes({ signIn }: RouteDeps): readonly Route[] {
  const { store } = signIn;
  return [
    route({
      method: 'GET',
      path: '/audit',
      permission: 'audit:read',
      summary: 'Entries of the audit log, the newest first',
      query: closed({ ...FILTER, limit: Type.Optional(LIMIT), below: Type.Optional(Type.Integer({ minimum: 1 })) }),
      async handle({ query: { limit = DEFAULT_LIMIT, ...filter } }) {
        const entries = await store.entries({ ...filter, limit });
        const last = entries.at(-1);
        return { entries: entries.map(shownEntry), ...(entries.length === limit && last !== undefined && { next: last.seq }) };
      },
    }),
    route({
      method: 'GET',
      path: '/audit/proof',
      permission: 'audit:read',
      summary: 'Whether each entry is as it was written, and the newest one’s hash',
      perMinute: 6,
      handle: async () => verifyAudit(store),
    }),
    route({
      method: 'GET',
      path: '/audit/export',
      permission: 'audit:export',
      summary: 'The audit log as a file: CSV or JSON lines',
      perMinute: 10,
      query: closed({ ...FILTER, format: Type.Enum(['csv', 'jsonl']) }),
      async handle({ actor, query: { format, ...filter }, origin, signal }) {
        await commit(
          signIn,
          [],
          [{ actor: actorName(actor), action: 'audit.exported', target: 'audit', after: { format, ...filter }, address: origin.address }],
        );
        const pieces = format === 'csv' ? asCsv(pagesOf(store, filter, signal)) : asLines(pagesOf(store, filter, signal));
        return new Streamed(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl; charset=utf-8', pieces, `audit.${format}`);
      },
    }),
  ];
}

function shownEntry({ seq, text, hash }: StoredEntry): object {
  return { seq, ...(JSON.parse(text) as object), hash };
}

async function* pagesOf(
  store: ManagementStore,
  filter: Omit<EntryQuery, 'limit'>,
  signal: AbortSignal,
): AsyncGenerator<readonly StoredEntry[]> {
  let below = filter.below;
  while (!signal.aborted) {
    const page = await store.entries({ ...filter, ...(below !== undefined && { below }), limit: PAGE });
    yield page;
    if (page.length < PAGE) return;
    below = page.at(-1)?.seq;
  }
}

async function* asCsv(pages: AsyncIterable<readonly StoredEntry[]>): AsyncGenerator<string> {
  yield csvLine(['seq', 'at', 'actor', 'action', 'target', 'reason', 'text', 'hash']);
  for await (const page of pages) {
    const lines = page.map(({ seq, at, actor, action, target, text, hash }) => {
      const { reason = '' } = JSON.parse(text) as { readonly reason?: string };
      return csvLine([String(seq), new Date(at).toISOString(), actor, action, target, reason, text, hash]);
    });
    yield lines.join('');
  }
}

async function* asLines(pages: AsyncIterable<readonly StoredEntry[]>): AsyncGenerator<string> {
  for await (const page of pages) yield page.map((entry) => `${JSON.stringify(shownEntry(entry))}\n`).join('');
}
