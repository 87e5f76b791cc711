import { createRoute } from '@tanstack/react-router';
import { pageComponent } from '../../app/page-component.ts';
import { rootRoute } from '../../app/roots.tsx';
import { SIGN_IN } from '../sign-in/sign-in-texts.ts';

/** `/welcome#TOKEN`: a link that works once. */
export const welcomeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/welcome',
  component: pageComponent(() => import('./welcome-page.tsx'), SIGN_IN),
});
