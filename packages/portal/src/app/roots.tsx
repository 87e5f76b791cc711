import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, Link, Outlet, redirect } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { meQuery } from '../api/me.ts';
import { isSignedOut } from '../api/problem.ts';
import { EmptyState, ErrorState } from '../components/states.tsx';
import { useFrameTexts } from '../text/frame/frame-texts.ts';
import { Shell } from './shell.tsx';

/** What every route may use. */
export interface RouteSurroundings {
  readonly client: QueryClient;
}

/** The root of all pages: what is shown for an error or an unknown address anywhere. */
export const rootRoute = createRootRouteWithContext<RouteSurroundings>()({
  component: Outlet,
  errorComponent: ({ error, reset }) => <ErrorState error={error} again={reset} />,
  notFoundComponent: NotFound,
});

/** Pages for who is signed in; everybody else is led to the sign-in, and back afterwards. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  component: Shell,
  async beforeLoad({ context, location }) {
    try {
      await context.client.ensureQueryData(meQuery);
    } catch (error) {
      if (!isSignedOut(error)) throw error;
      throw redirect({ to: '/sign-in', search: { next: location.href } });
    }
  },
});

/** `/` leads to the payments. */
export const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/payments' });
  },
});

function NotFound(): ReactElement {
  const { states } = useFrameTexts();
  return (
    <EmptyState icon="search" title={states.notFoundTitle}>
      <p>{states.notFound}</p>
      <Link to="/payments">{states.toPayments}</Link>
    </EmptyState>
  );
}
