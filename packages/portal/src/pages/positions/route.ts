import { createRoute } from '@tanstack/react-router';
import { pageComponent } from '../../app/page-component.ts';
import { shellRoute } from '../../app/roots.tsx';
import { POSITIONS } from './positions-texts.ts';

/** What we owe the scheme, and how near that is to its caps. */
export const positionsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/positions',
  component: pageComponent(() => import('./positions-page.tsx'), POSITIONS),
});
