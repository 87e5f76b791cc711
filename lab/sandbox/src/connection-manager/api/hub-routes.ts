import { certificateInfoOf, readCertificate } from '../certificates/certificate.ts';
import type { CaSubject } from '../certificates/hub-authority.ts';
import { addAuthority, issueHubServer } from '../certificates/hub-material.ts';
import type { CertificateInfo, EndpointItem } from '../records.ts';
import { type Call, NOTHING, ok, type Reply } from '../server-parts.ts';
import { HUB_CA_RULE } from './body-rules.ts';
import { ITEM_KINDS, newItem } from './endpoint-routes.ts';
import { crash, problem } from './problem.ts';
import type { Route } from './route.ts';

/** The hub's CA, server certificate and endpoints. */
export const hubRoutes: readonly Route[] = [
  { method: 'GET', path: '/hub/ca', scopes: ['mta', 'pta', 'dfsp'], handle: hubCa },
  { method: 'POST', path: '/hub/ca', scopes: ['pta'], body: HUB_CA_RULE, handle: newHubCa },
  { method: 'DELETE', path: '/hub/ca', scopes: ['pta'], handle: removeHubCa },
  { method: 'GET', path: '/hub/servercerts', scopes: ['everyone'], handle: hubServer },
  { method: 'POST', path: '/hub/servercerts', scopes: ['pta'], handle: newHubServer },
  { method: 'DELETE', path: '/hub/servercerts', scopes: ['pta'], handle: removeHubServer },
  { method: 'GET', path: '/hub/endpoints', scopes: ['everyone', 'pta'], handle: ({ parts }) => ok(parts.book.records.hubItems) },
  ...ITEM_KINDS.flatMap((kind): Route[] => {
    const path = `/hub/endpoints/${kind.path}`;
    const isOfKind = ({ type, direction }: EndpointItem): boolean => type === kind.type && direction === kind.direction;
    return [
      { method: 'GET', path, scopes: ['everyone'], handle: ({ parts }) => ok(parts.book.records.hubItems.filter(isOfKind)) },
      {
        method: 'POST',
        path,
        scopes: ['pta'],
        body: kind.rule,
        // The real server stores the entry and then stumbles over its own answer.
        handle({ parts, body }) {
          parts.book.records.hubItems.push(newItem(parts, kind, null, body['value']));
          parts.book.save();
          throw crash('AssertionError', "The expression evaluated to a falsy value:\n\n  assert(typeof id === 'number')\n");
        },
      },
      { method: 'GET', path: `${path}/{epId}`, scopes: ['everyone'], handle: (call) => ok(hubItem(call)) },
    ];
  }),
  { method: 'GET', path: '/hub/endpoints/{epId}', scopes: ['everyone', 'pta'], handle: (call) => ok(hubItem(call)) },
];

/** Without a CA it is VALID all the same, and the certificate is missing. There is never a chain. */
function hubCa({ parts }: Call): Reply {
  const current = parts.book.records.authorities.at(-1);
  return ok({ ...(current && { rootCertificate: current.certificate }), validationState: 'VALID', type: 'INTERNAL' });
}

async function newHubCa({ parts, body }: Call): Promise<Reply> {
  const rootCertificate = await addAuthority(parts, body as unknown as CaSubject);
  return ok({ type: 'INTERNAL', rootCertificate, rootCertificateInfo: certificateInfoOf(readCertificate(rootCertificate)) });
}

function removeHubCa({ parts }: Call): Reply {
  parts.book.records.authorities = [];
  parts.book.save();
  return NOTHING;
}

function hubServer({ parts }: Call): Reply {
  const server = parts.book.records.hubServer;
  if (!server) throw problem('NotFoundError', '');
  return ok(withColons(server.record));
}

async function newHubServer({ parts }: Call): Promise<Reply> {
  await issueHubServer(parts);
  return hubServer({ parts } as Call);
}

function removeHubServer({ parts }: Call): Reply {
  if (!parts.book.records.hubServer) throw problem('NotFoundError', '');
  parts.book.records.hubServer = undefined;
  parts.book.save();
  return NOTHING;
}

/** Serial numbers as Vault writes them, `3f:0a:…`, which only this answer does. */
function withColons(record: { readonly serverCertificateInfo: CertificateInfo }): object {
  const { serialNumber } = record.serverCertificateInfo;
  const pairs = serialNumber.match(/.{2}/g)?.join(':') ?? serialNumber;
  return { ...record, serverCertificateInfo: { ...record.serverCertificateInfo, serialNumber: pairs } };
}

function hubItem({ parts, params }: Call): EndpointItem {
  const found = parts.book.records.hubItems.find(({ id }) => String(id) === params['epId']);
  if (!found) throw problem('NotFoundError', `Endpoint with id ${params['epId']} not found`);
  return found;
}
