import { createRoute } from '@tanstack/react-router';
import { pageComponent } from '../../app/page-component.ts';
import { shellRoute } from '../../app/roots.tsx';
import { searchWords } from '../../app/search-words.ts';
import { TECHNICAL } from './technical-texts.ts';

/** Latency and health with their history; which stretch of it stands in the address. */
export const technicalRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/technical',
  validateSearch: searchWords('range', 'from', 'to', 'share'),
  component: pageComponent(() => import('./technical-page.tsx'), TECHNICAL),
});
