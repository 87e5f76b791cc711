import { createRoute } from '@tanstack/react-router';
import { pageComponent } from '../../app/page-component.ts';
import { shellRoute } from '../../app/roots.tsx';
import { searchWords } from '../../app/search-words.ts';
import { CONNECTOR } from './connector-texts.ts';

/** How the core is reached, and what a new version of that would change; which part of it is shown stands in the address. */
export const connectorRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/connector',
  validateSearch: searchWords('part'),
  component: pageComponent(() => import('./connector-page.tsx'), CONNECTOR),
});
