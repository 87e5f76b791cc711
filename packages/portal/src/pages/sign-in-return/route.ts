import { createRoute } from '@tanstack/react-router';
import { pageComponent } from '../../app/page-component.ts';
import { rootRoute } from '../../app/roots.tsx';
import { SIGN_IN } from '../sign-in/sign-in-texts.ts';

/** Where the provider of single sign-on leads back to. */
export const signInReturnRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in/return',
  component: pageComponent(() => import('./sign-in-return-page.tsx'), SIGN_IN),
});
