import { lazy, type ReactElement, Suspense } from 'react';
import { PopoverButton } from '../../components/popover-button.tsx';
import { useTexts } from '../../text/catalogue.ts';
import type { PaymentsSearch } from './payment-filter.ts';
import { PAYMENTS } from './payments-texts.ts';

// not part of the first load
const ViewList = lazy(() => import('./view-list.tsx'));

/** One’s own views by name. */
export function ViewChoice({ search }: { readonly search: PaymentsSearch }): ReactElement {
  const texts = useTexts(PAYMENTS);
  return (
    <PopoverButton icon="star" text={texts.views}>
      <Suspense>
        <ViewList search={search} />
      </Suspense>
    </PopoverButton>
  );
}
