import { now } from './page-clock.ts';

const INPUTS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'];
let lastAt = now();

/** Notes from now on when somebody last touched keyboard or pointer; the load of a page is a touch, too. */
export function watchInput(page: Pick<EventTarget, 'addEventListener'> = globalThis): void {
  lastAt = now();
  for (const input of INPUTS)
    page.addEventListener(
      input,
      () => {
        lastAt = now();
      },
      { capture: true, passive: true },
    );
}

/** Milliseconds for which nobody touched anything in this page. */
export const sinceInput = (): number => now() - lastAt;
