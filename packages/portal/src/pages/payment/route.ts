import { createRoute } from '@tanstack/react-router';
import { pageComponent } from '../../app/page-component.ts';
import { shellRoute } from '../../app/roots.tsx';
import { ACTS } from '../../text/acts/act-texts.ts';
import { EXCEPTION_WORDS } from '../../text/exceptions/exception-words.ts';
import { HAPPENINGS } from '../../text/happenings/happening-texts.ts';
import { PAYMENT_WORDS } from '../../text/payment/payment-words.ts';
import { SAID } from '../../text/said/said-texts.ts';
import { PAYMENT } from './payment-texts.ts';

/** One payment, by its row of the read model. */
export const paymentRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/payments/$row',
  component: pageComponent(() => import('./payment-page.tsx'), PAYMENT, PAYMENT_WORDS, HAPPENINGS, SAID, EXCEPTION_WORDS, ACTS),
});
