import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { meQuery } from './api/me.ts';
import { makeQueryClient } from './api/query-client.ts';
import { makeRouter } from './app/router.ts';
import { watchInput } from './browser/last-input.ts';
import { reloadForNewVersion } from './browser/new-version.ts';
import { theme } from './design/theme.ts';
import { FRAME } from './text/frame/frame-texts.ts';
import { PROBLEMS } from './text/problems/problem-text.ts';

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
const client = makeQueryClient(() => {
  if (location.pathname === '/sign-in' || location.pathname === '/welcome') return;
  // the frame stands, and asks who it is for, until the sign-in has come; whoever signs in forgets that, too
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meQuery.queryKey[0] });
  void router.navigate({ to: '/sign-in', search: { next: router.state.location.href } });
});
const router = makeRouter(client);
const place = document.getElementById('portal');
if (place === null) throw new Error('the page has no place for the portal');

reloadForNewVersion();
watchInput();

/** What React mended by itself is still a fault of ours. */
function tell(error: unknown): void {
  console.error(error instanceof Error ? (error.cause ?? error) : error);
}

await Promise.all([FRAME.load(), PROBLEMS.load()]);
createRoot(place, { onRecoverableError: tell }).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={localStorageColorSchemeManager({ key: 'pm.scheme' })}
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
