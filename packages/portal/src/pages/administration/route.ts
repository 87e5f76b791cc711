import { createRoute } from '@tanstack/react-router';
import { pageComponent } from '../../app/page-component.ts';
import { shellRoute } from '../../app/roots.tsx';
import { searchWords } from '../../app/search-words.ts';
import { AUDIT } from '../../text/audit/audit-texts.ts';
import { ADMINISTRATION } from './administration-texts.ts';

/** Who may what, and what was done; which part of it is shown stands in the address. */
export const administrationRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/administration',
  validateSearch: searchWords('part'),
  component: pageComponent(() => import('./administration-page.tsx'), ADMINISTRATION, AUDIT),
});
