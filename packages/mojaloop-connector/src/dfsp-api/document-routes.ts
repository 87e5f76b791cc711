import type { HttpResponse } from '@payment-manager/runtime';
import { docsPage, type PageParts } from '../api-pages/docs-page.ts';
import { openApiDocument } from '../api-pages/openapi.ts';
import type { Route } from '../api-pages/route.ts';
import { json } from './answers.ts';
import { GUIDE } from './docs-guide.ts';

/** Loaded when somebody asks: a running product does not need it. */
const coreApi = () => import('../core-api/core-pages.ts');

/** No script, nothing from elsewhere, no frame around it. */
const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

const OUTBOUND_PAGE: PageParts = {
  guide: GUIDE,
  introduction:
    'Paths, bodies and states are those of the Mojaloop SDK, so what was made for it works unchanged. What your core offers to be paid: /docs/core.',
  machines: '/openapi.json',
  host: 'localhost:4001',
};

/** The health answer of the SDK, and the API's description of itself: for machines and for people. Made on first use. */
export function documentRoutes(working: readonly Route[]): readonly Route[] {
  let document: object | undefined;
  let page: string | undefined;
  let machines: HttpResponse | undefined;
  const routes: Route[] = [
    {
      method: 'GET',
      path: '/',
      doc: {
        operationId: 'health',
        tag: 'Documents',
        summary: 'Is it there?',
        description: 'An empty answer, as in the SDK.',
        answers: [{ status: 200, description: 'It is.' }],
      },
      handle: async () => ({ status: 200 }),
    },
    {
      method: 'GET',
      path: '/openapi.json',
      doc: {
        operationId: 'openapi',
        tag: 'Documents',
        summary: 'This API for machines',
        description: 'OpenAPI 3.1.',
        answers: [{ status: 200, description: 'The document.', mediaType: 'application/json' }],
      },
      handle: async () => {
        machines ??= json(200, described(), { 'content-type': 'application/json' });
        return machines;
      },
    },
    {
      method: 'GET',
      path: '/docs',
      doc: {
        operationId: 'docs',
        tag: 'Documents',
        summary: 'This API for people',
        description: 'This page.',
        answers: [{ status: 200, description: 'The page.', mediaType: 'text/html' }],
      },
      handle: async () => {
        page ??= docsPage(described(), OUTBOUND_PAGE);
        return { status: 200, headers: PAGE_HEADERS, body: page };
      },
    },
    {
      method: 'GET',
      path: '/docs/core',
      doc: {
        operationId: 'coreDocs',
        tag: 'Documents',
        summary: 'What a core offers, for people',
        description: 'The other direction: what Payment Manager calls at `core.baseUrl`, and what each answer means for money.',
        answers: [{ status: 200, description: 'The page.', mediaType: 'text/html' }],
      },
      handle: async () => ({ status: 200, headers: PAGE_HEADERS, body: (await coreApi()).coreApiPage() }),
    },
    {
      method: 'GET',
      path: '/openapi-core.json',
      doc: {
        operationId: 'coreOpenapi',
        tag: 'Documents',
        summary: 'What a core offers, for machines',
        description: 'OpenAPI 3.1.',
        answers: [{ status: 200, description: 'The document.', mediaType: 'application/json' }],
      },
      handle: async () => json(200, (await coreApi()).coreApiDocument(), { 'content-type': 'application/json' }),
    },
  ];
  function described(): ReturnType<typeof openApiDocument> {
    document ??= openApiDocument([...working, ...routes]);
    return document as ReturnType<typeof openApiDocument>;
  }
  return routes;
}
