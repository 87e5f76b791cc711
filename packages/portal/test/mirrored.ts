import type { Locator, Page } from 'playwright-core';

/** Goes on within the portal until another heading stands there, in whatever language, and nothing is being loaded. */
export async function goOn(page: Page, path: string): Promise<void> {
  const before = await page.locator('#content h1').first().textContent();
  await page.evaluate((to) => history.pushState(null, '', to), path);
  await page.waitForFunction((old) => {
    const heading = document.querySelector('#content h1')?.textContent;
    return heading !== undefined && heading !== old && document.querySelector('main [role=status][aria-label]') === null;
  }, before);
}

/** Where each begins from the left, in pixels, in the order of the document. */
export const leftsOf = (all: Locator): Promise<readonly number[]> =>
  all.evaluateAll((elements) => elements.map((element) => element.getBoundingClientRect().left));

/** Where letters of a text are seen from the left, in the order in which it names them: what bidirectional text makes of it. */
export function seenAt(element: Locator, ...wanted: readonly string[]): Promise<readonly number[]> {
  return element.evaluate((node, letters) => {
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    const found = new Map<string, number>();
    for (let text = walker.nextNode(); text !== null; text = walker.nextNode())
      for (const one of letters) {
        const at = text.textContent?.indexOf(one) ?? -1;
        if (at < 0 || found.has(one)) continue;
        const range = document.createRange();
        range.setStart(text, at);
        range.setEnd(text, at + one.length);
        found.set(one, range.getBoundingClientRect().left);
      }
    return letters.map((one) => found.get(one) ?? Number.NaN);
  }, wanted);
}

/** Whether each is more to the left than the one before it. */
export const runsLeft = (places: readonly number[]): boolean => places.every((place, at) => at === 0 || place < (places[at - 1] ?? 0));
