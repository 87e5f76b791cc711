import { lazyRouteComponent } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import type { PartTexts } from '../text/catalogue.ts';

/** A page that is loaded when somebody goes there, with its texts. Its module exports it as `default`. */
export function pageComponent(
  load: () => Promise<{ readonly default: ComponentType }>,
  ...texts: readonly PartTexts<unknown>[]
): ReturnType<typeof lazyRouteComponent> {
  return lazyRouteComponent(async () => {
    const [page] = await Promise.all([load(), ...texts.map((one) => one.load())]);
    return page;
  });
}
