import { businessDays, dateOfDay } from '@payment-manager/runtime/business-day';
import type { Page } from 'playwright-core';
import type { PortalWorld } from './portal-world.ts';

const HEAD = 'transferId,direction,amount,currency,state';

/** The core's statement of a day as its payments are, but for one that is missing, one of another amount, and one that nobody knows. */
export function statementOf(world: PortalWorld, back: number): { readonly date: string; readonly statement: string } {
  const days = businessDays(world.deps.around.businessDay);
  const day = days.dayOf(Date.now()) - back;
  const rows = world.rows.filter(({ startedAt }) => startedAt >= days.startOf(day) && startedAt < days.startOf(day + 1));
  const booked = rows.filter(({ facets }) => facets.state === 'completed' && facets.attention === '');
  const lines = booked.slice(1).map(({ transferId, facets, amount }, at) => {
    const money = at === 3 ? '7777' : amount;
    return `${transferId},${facets.direction},${money},${facets.currency},COMMITTED`;
  });
  const stranger = '99999999-0000-4000-8000-000000000000,in,75.00,USD,COMMITTED';
  return { date: dateOfDay(day), statement: `${[HEAD, ...lines, stranger].join('\n')}\n` };
}

/** Compares yesterday and the day before, as whoever is signed in on the page; what was compared already stays. */
export async function compareDays(page: Page, world: PortalWorld): Promise<void> {
  for (const back of [1, 2])
    await page.evaluate(
      async ({ date, statement }) => {
        const path = `/api/reconciliation/days/${date}`;
        if ((await fetch(path)).ok) return;
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify({ statement }) });
        if (!answer.ok) throw new Error(await answer.text());
      },
      statementOf(world, back),
    );
}
