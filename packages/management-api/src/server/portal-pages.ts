import type { FastifyInstance, FastifyReply } from 'fastify';
import type { PortalFile, PortalFiles, PortalProcess } from './portal-files.ts';
import { notFound } from './problem.ts';

/** What the portal is served from, and what it says of the process. */
export interface PortalSite {
  readonly files: PortalFiles;
  readonly process: PortalProcess;
}

/** Files out of memory count for nothing: a page has thirty of them. */
const UNCOUNTED = { config: { rateLimit: false as const } };
const FOREVER = 'public, max-age=31536000, immutable';

/** Serves the portal: files by names that change with their content, and one page for every address that is none of the API. */
export function addPortal(app: FastifyInstance, { files, process }: PortalSite): void {
  app.get('/assets/:name', UNCOUNTED, async (request, reply) => {
    const { name } = request.params as { readonly name: string };
    reply.header('vary', 'accept-encoding');
    return send(reply, await files.asset(name, /\bbr\b/.test(String(request.headers['accept-encoding'] ?? ''))), FOREVER);
  });
  app.get('/favicon.svg', UNCOUNTED, async (_request, reply) => send(reply, await files.icon(), 'public, max-age=86400'));
  app.get('/*', async (request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    if (/^\/(?:api|assets)(?:\/|$)|\.[a-z0-9]+$/i.test(path)) throw notFound('address');
    const html = await files.page(reply.cspNonce.style, process);
    if (html === undefined) throw notFound('portal in this installation');
    return reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(html);
  });
}

function send(reply: FastifyReply, file: PortalFile | undefined, cached: string): FastifyReply {
  if (file === undefined) throw notFound('file');
  if (file.encoding !== undefined) reply.header('content-encoding', file.encoding);
  return reply.header('cache-control', cached).type(file.type).send(file.content);
}
