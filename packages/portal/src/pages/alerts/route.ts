import { createRoute } from '@tanstack/react-router';
import { pageComponent } from '../../app/page-component.ts';
import { shellRoute } from '../../app/roots.tsx';
import { searchWords } from '../../app/search-words.ts';
import { ALERTS } from './alerts-texts.ts';

/** Incidents, who was told, and who looks after them; `?incident=`: the one that a message led to. */
export const alertsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/alerts',
  validateSearch: searchWords('incident'),
  component: pageComponent(() => import('./alerts-page.tsx'), ALERTS),
});
