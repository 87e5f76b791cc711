import { createRoute } from '@tanstack/react-router';
import { pageComponent } from '../../app/page-component.ts';
import { shellRoute } from '../../app/roots.tsx';
import { searchWords } from '../../app/search-words.ts';
import { ACTS } from '../../text/acts/act-texts.ts';
import { EXCEPTION_WORDS } from '../../text/exceptions/exception-words.ts';
import { HAPPENINGS } from '../../text/happenings/happening-texts.ts';
import { PAYMENT_WORDS } from '../../text/payment/payment-words.ts';
import { SAID } from '../../text/said/said-texts.ts';
import { EXCEPTIONS } from './exceptions-texts.ts';

/** What needs a person; what is shown of it, and which one is open, stands in the address. */
export const exceptionsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/exceptions',
  validateSearch: searchWords('q', 'code', 'owner', 'direction', 'all', 'open', 'flow'),
  component: pageComponent(() => import('./exceptions-page.tsx'), EXCEPTIONS, EXCEPTION_WORDS, PAYMENT_WORDS, HAPPENINGS, SAID, ACTS),
});
