import { keepHere, keptHere } from '../../browser/kept-here.ts';
import { valueStore } from '../../browser/value-store.ts';
import type { PaymentsSearch } from './payment-filter.ts';

/** A name for what stands in an address. */
export interface SavedView {
  readonly name: string;
  readonly search: PaymentsSearch;
}

const VIEWS_MAX = 30;

const views = valueStore<readonly SavedView[]>(read(keptHere('payments.views')));

/** What was kept; nothing where it cannot be read. */
function read(text: string | undefined): readonly SavedView[] {
  try {
    const kept: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(kept)
      ? kept.filter((one): one is SavedView => typeof one?.name === 'string' && typeof one?.search === 'object')
      : [];
  } catch {
    return [];
  }
}

function keep(next: readonly SavedView[]): void {
  views.set(next);
  keepHere('payments.views', JSON.stringify(next));
}

/** The views of this browser. */
export const useSavedViews = (): readonly SavedView[] => views.use();

/** Keeps a view; one of the same name is replaced. */
export function saveView(name: string, search: PaymentsSearch): void {
  keep([...views.get().filter((one) => one.name !== name), { name, search }].slice(-VIEWS_MAX));
}

/** Forgets a view. */
export function removeView(name: string): void {
  keep(views.get().filter((one) => one.name !== name));
}
