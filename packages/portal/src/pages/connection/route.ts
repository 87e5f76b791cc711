import { createRoute } from '@tanstack/react-router';
import { pageComponent } from '../../app/page-component.ts';
import { shellRoute } from '../../app/roots.tsx';
import { searchWords } from '../../app/search-words.ts';
import { CONDITIONS } from '../../text/conditions/condition-texts.ts';
import { CONNECTION } from './connection-texts.ts';

/** The connection to the scheme; which part of it is shown stands in the address. */
export const connectionRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/connection',
  validateSearch: searchWords('part'),
  component: pageComponent(() => import('./connection-page.tsx'), CONNECTION, CONDITIONS),
});
