import { createRoute } from '@tanstack/react-router';
import { pageComponent } from '../../app/page-component.ts';
import { shellRoute } from '../../app/roots.tsx';
import { searchWords } from '../../app/search-words.ts';
import { PAYMENT_WORDS } from '../../text/payment/payment-words.ts';
import { PAYMENTS } from './payments-texts.ts';

/** Payments; what is shown of them stands in the address. */
export const paymentsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/payments',
  validateSearch: searchWords('q', 'direction', 'state', 'peer', 'currency', 'attention', 'error', 'period', 'from', 'to'),
  component: pageComponent(() => import('./payments-page.tsx'), PAYMENTS, PAYMENT_WORDS),
});
