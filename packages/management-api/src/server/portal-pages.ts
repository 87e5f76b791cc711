import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Brand } from './brand.ts';
import type { PortalFile, PortalFiles, PortalProcess } from './portal-files.ts';
import { notFound } from './problem.ts';

/** What the portal is served from, and what it says of the process. */
export interface PortalSite {
  readonly files: PortalFiles;
  readonly process: PortalProcess;
  readonly brand?: Brand;
}

/** Files out of memory count for nothing: a page has thirty of them. */
const UNCOUNTED = { config: { rateLimit: false as const } };
const FOREVER = 'public, max-age=31536000, immutable';

/** Serves the portal: files by names that change with their content, and one page for every address that is none of the API. */
export function addPortal(app: FastifyInstance, { files, process, brand = {} }: PortalSite): void {
  const shown = withBrand(process, brand);
  app.get('/assets/:name', UNCOUNTED, async (request, reply) => {
    const { name } = request.params as { readonly name: string };
    reply.header('vary', 'accept-encoding');
    return send(reply, await files.asset(name, /\bbr\b/.test(String(request.headers['accept-encoding'] ?? ''))), FOREVER);
  });
  app.get('/favicon.svg', UNCOUNTED, async (_request, reply) => send(reply, await files.icon(), 'public, max-age=86400'));
  addBrand(app, brand);
  app.get('/*', async (request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    if (/^\/(?:api|assets)(?:\/|$)|\.[a-z0-9]+$/i.test(path)) throw notFound('address');
    const html = await files.page(reply.cspNonce.style, shown, brand.style?.url);
    if (html === undefined) throw notFound('portal in this installation');
    return reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(html);
  });
}

function withBrand(process: PortalProcess, { name, logo }: Brand): PortalProcess {
  if (name === undefined && logo === undefined) return process;
  return { ...process, brand: { ...(name !== undefined && { name }), ...(logo && { logo: logo.url }) } };
}

/** What an image may do that somebody opens by itself: nothing. Within a page it is an `<img>`, where scripts never run. */
const IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

function addBrand(app: FastifyInstance, { logo, style }: Brand): void {
  // under the name of another version, for which a page or a replica of the version before asks, nobody may keep this one
  const cached = (asked: string, url: string): string => (asked === url ? FOREVER : 'no-cache');
  app.get('/brand/logo', UNCOUNTED, async (request, reply) => {
    if (logo === undefined) throw notFound('file');
    reply.header('content-security-policy', IMAGE_POLICY);
    return reply.header('cache-control', cached(request.url, logo.url)).type(logo.type).send(logo.content);
  });
  app.get('/brand/colours', UNCOUNTED, async (request, reply) => {
    if (style === undefined) throw notFound('file');
    return reply.header('cache-control', cached(request.url, style.url)).type('text/css; charset=utf-8').send(style.css);
  });
}

function send(reply: FastifyReply, file: PortalFile | undefined, cached: string): FastifyReply {
  if (file === undefined) throw notFound('file');
  if (file.encoding !== undefined) reply.header('content-encoding', file.encoding);
  return reply.header('cache-control', cached).type(file.type).send(file.content);
}
