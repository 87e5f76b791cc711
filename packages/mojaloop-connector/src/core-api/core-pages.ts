import { docsPage } from '../api-pages/docs-page.ts';
import { coreGuideHtml } from './core-guide.ts';
import { coreApiDocument } from './core-operations.ts';

export { coreMarkdown } from './core-markdown.ts';
export { coreApiDocument };

/** The page `/docs/core`. */
export function coreApiPage(): string {
  return docsPage(coreApiDocument(), {
    guide: coreGuideHtml(),
    introduction:
      'The paths and bodies are those of the backend API of the Mojaloop SDK, so a core connector made for it works unchanged. Your core calls the other one: /docs.',
    machines: '/openapi-core.json',
    host: 'localhost:4100',
  });
}
