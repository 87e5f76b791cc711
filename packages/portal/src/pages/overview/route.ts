import { createRoute } from '@tanstack/react-router';
import { pageComponent } from '../../app/page-component.ts';
import { shellRoute } from '../../app/roots.tsx';
import { searchWords } from '../../app/search-words.ts';
import { PAYMENT } from '../payment/payment-texts.ts';
import { OVERVIEW } from './overview-texts.ts';

/** What a period brought; which one stands in the address. */
export const overviewRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/overview',
  validateSearch: searchWords('period', 'from', 'to'),
  component: pageComponent(() => import('./overview-page.tsx'), OVERVIEW, PAYMENT),
});
