import { createRoute } from '@tanstack/react-router';
import { pageComponent } from '../../app/page-component.ts';
import { shellRoute } from '../../app/roots.tsx';
import { searchWords } from '../../app/search-words.ts';
import { PAYMENT_WORDS } from '../../text/payment/payment-words.ts';
import { RECONCILIATION } from './reconciliation-texts.ts';

/** Business days compared; which one, and which differences, stands in the address. */
export const reconciliationRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/reconciliation',
  validateSearch: searchWords('day', 'kind', 'all'),
  component: pageComponent(() => import('./reconciliation-page.tsx'), RECONCILIATION, PAYMENT_WORDS),
});
