import { systemClock } from '@payment-manager/runtime';

/** Where what stands at a path is moved when something else takes its place. */
export function asideOf(path: string): string {
  return `${path}.replaced-${new Date(systemClock.now()).toISOString().replace(/[-:.]/g, '')}`;
}
