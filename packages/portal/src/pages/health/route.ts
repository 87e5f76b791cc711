import { createRoute } from '@tanstack/react-router';
import { pageComponent } from '../../app/page-component.ts';
import { shellRoute } from '../../app/roots.tsx';
import { ALARMS } from '../../text/alarms/alarm-texts.ts';
import { CONDITIONS } from '../../text/conditions/condition-texts.ts';
import { EXCEPTION_WORDS } from '../../text/exceptions/exception-words.ts';
import { HEALTH } from './health-texts.ts';

/** Is money moving, what is broken, what will expire. */
export const healthRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/health',
  component: pageComponent(() => import('./health-page.tsx'), HEALTH, ALARMS, EXCEPTION_WORDS, CONDITIONS),
});
