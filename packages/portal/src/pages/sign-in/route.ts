import { createRoute } from '@tanstack/react-router';
import { pageComponent } from '../../app/page-component.ts';
import { rootRoute } from '../../app/roots.tsx';
import { searchWords } from '../../app/search-words.ts';
import { SIGN_IN } from './sign-in-texts.ts';

/** `?next=`: where somebody wanted to go. */
export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: searchWords('next'),
  component: pageComponent(() => import('./sign-in-page.tsx'), SIGN_IN),
});
