import { createRoute } from '@tanstack/react-router';
import { pageComponent } from '../../app/page-component.ts';
import { shellRoute } from '../../app/roots.tsx';
import { ACCOUNT } from './account-texts.ts';

/** One’s own sign-in and sessions. */
export const accountRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/account',
  component: pageComponent(() => import('./account-page.tsx'), ACCOUNT),
});
