import { considerOnboarding, timestamp } from '../onboarding.ts';
import type { EndpointDocument, EndpointItem } from '../records.ts';
import { type Call, ok, type Reply, type ServerParts } from '../server-parts.ts';
import { EGRESS_RULE, INGRESS_RULE, IP_ITEM_RULE, URL_ITEM_RULE } from './body-rules.ts';
import { crash, problem, refusedByValidator } from './problem.ts';
import type { Route } from './route.ts';

const SCOPES = ['mta', 'pta'] as const;
const BASE = '/dfsps/{dfspId}/endpoints';

/** Kinds of the portal's items: their path, and what they are. */
export const ITEM_KINDS = [
  { path: 'ingress/ips', type: 'IP', direction: 'INGRESS', rule: IP_ITEM_RULE },
  { path: 'ingress/urls', type: 'URL', direction: 'INGRESS', rule: URL_ITEM_RULE },
  { path: 'egress/ips', type: 'IP', direction: 'EGRESS', rule: IP_ITEM_RULE },
] as const;
type ItemKind = (typeof ITEM_KINDS)[number];

/** Endpoints in both styles, which know nothing of each other: what a client posts as a document is in no list of items. */
export const endpointRoutes: readonly Route[] = [
  { method: 'POST', path: `${BASE}/egress`, scopes: SCOPES, body: EGRESS_RULE, handle: (call) => postDocument(call, 'egress') },
  { method: 'GET', path: `${BASE}/egress`, scopes: SCOPES, handle: (call) => latest(call.dfsp().egress) },
  { method: 'POST', path: `${BASE}/ingress`, scopes: SCOPES, body: INGRESS_RULE, handle: (call) => postDocument(call, 'ingress') },
  { method: 'GET', path: `${BASE}/ingress`, scopes: SCOPES, handle: (call) => latest(call.dfsp().ingress) },
  { method: 'GET', path: BASE, scopes: SCOPES, handle: (call) => ok(call.dfsp().items) },
  { method: 'GET', path: `${BASE}/unprocessed`, scopes: SCOPES, handle: (call) => ok(call.dfsp().items.filter(isNew)) },
  {
    method: 'GET',
    path: '/dfsps/endpoints/unprocessed',
    scopes: ['pta'],
    handle: ({ parts }) => ok(parts.book.records.dfsps.flatMap(({ items }) => items.filter(isNew))),
  },
  ...ITEM_KINDS.flatMap(itemRoutes),
  { method: 'GET', path: `${BASE}/{epId}`, scopes: SCOPES, handle: (call) => ok(anyItem(call)) },
  { method: 'PUT', path: `${BASE}/{epId}`, scopes: SCOPES, body: { type: 'object' }, handle: changeItem },
  { method: 'DELETE', path: `${BASE}/{epId}`, scopes: SCOPES, handle: removeItem },
  { method: 'POST', path: `${BASE}/{epId}/confirmation`, scopes: ['pta'], handle: confirmItem },
];

/** Each POST adds a document; nothing ever moves it out of NOT_STARTED. */
function postDocument(call: Call, kind: 'egress' | 'ingress'): Reply {
  const dfsp = call.dfsp();
  const document: EndpointDocument = {
    id: call.parts.book.nextId(),
    dfspId: dfsp.dfspId,
    state: 'NOT_STARTED',
    type: null,
    createdBy: null,
    createdAt: timestamp(call.parts),
    ...call.body,
  };
  dfsp[kind].push(document);
  call.parts.book.save();
  considerOnboarding(call.parts, dfsp);
  return ok(document);
}

function latest(documents: readonly EndpointDocument[]): Reply {
  const document = documents.at(-1);
  if (!document) throw problem('NotFoundError', 'Endpoint configuration not found!');
  return ok(document);
}

function isNew({ state }: EndpointItem): boolean {
  return state === 'NEW';
}

function itemRoutes(kind: ItemKind): Route[] {
  const path = `${BASE}/${kind.path}`;
  const isOfKind = ({ type, direction }: EndpointItem): boolean => type === kind.type && direction === kind.direction;
  // The real server's typed routes for one item miss an argument and take the item's id for that of a DFSP.
  const broken = (call: Call): never => {
    throw problem('NotFoundError', `DFSP with id ${call.params['epId']} not found`);
  };
  return [
    { method: 'GET', path, scopes: SCOPES, handle: (call) => ok(call.dfsp().items.filter(isOfKind)) },
    {
      method: 'POST',
      path,
      scopes: SCOPES,
      body: kind.rule,
      handle(call) {
        const dfsp = call.dfsp();
        const item = newItem(call.parts, kind, dfsp.numericId, call.body['value']);
        dfsp.items.push(item);
        call.parts.book.save();
        return ok(item);
      },
    },
    { method: 'GET', path: `${path}/{epId}`, scopes: SCOPES, handle: broken },
    { method: 'PUT', path: `${path}/{epId}`, scopes: SCOPES, body: kind.rule, handle: broken },
    { method: 'DELETE', path: `${path}/{epId}`, scopes: SCOPES, handle: broken },
  ];
}

/** An item as the portal enters it. @throws Problem 400 for a port or URL that is none */
export function newItem(parts: ServerParts, kind: ItemKind, dfspId: number | null, value: unknown): EndpointItem {
  const { ports = [], url } = value as { ports?: readonly string[]; url?: string };
  for (const port of ports) if (!isPort(port)) throw problem('ValidationError', `Invalid port or range: ${port}`);
  if (kind.type === 'URL' && !/^https?:\/\/\S+$/.test(url ?? '')) throw problem('ValidationError', `Invalid URL: ${url}`);
  return {
    id: parts.book.nextId(),
    type: kind.type,
    direction: kind.direction,
    state: 'NEW',
    created_date: timestamp(parts),
    created_by: null,
    dfsp_id: dfspId,
    value: value as object,
  };
}

/** `443` or `8000-8080`. */
function isPort(text: string): boolean {
  const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  return from !== undefined && Number(from) <= 65_535 && Number(to) <= 65_535 && Number(to) >= Number(from);
}

/** By its id alone: whose it is, is not looked at. */
function anyItem({ parts, params }: Call): EndpointItem {
  const found = parts.book.records.dfsps.flatMap(({ items }) => items).find(({ id }) => String(id) === params['epId']);
  if (!found) throw problem('NotFoundError', `Endpoint with id ${params['epId']} not found`);
  return found;
}

/** Any `value` is refused; a state passes, so that a DFSP can confirm its own. */
function changeItem(call: Call): Reply {
  if (call.body['value'] !== undefined)
    throw refusedByValidator(400, [{ path: '.body.value', message: 'request.body.value should NOT have additional properties' }]);
  const item = anyItem(call);
  const state = call.body['state'];
  return ok(replaceItem(call, { ...item, state: state === 'CONFIRMED' || state === 'INVALID' ? state : item.state }));
}

function confirmItem(call: Call): Reply {
  const item = call.parts.book.records.dfsps.flatMap(({ items }) => items).find(({ id }) => String(id) === call.params['epId']);
  if (!item) throw crash('TypeError', "Cannot read properties of undefined (reading 'id')");
  return ok(replaceItem(call, { ...item, state: 'CONFIRMED' }));
}

function replaceItem({ parts }: Call, item: EndpointItem): EndpointItem {
  for (const dfsp of parts.book.records.dfsps) dfsp.items = dfsp.items.map((one) => (one.id === item.id ? item : one));
  parts.book.save();
  return item;
}

function removeItem(call: Call): Reply {
  const { id } = anyItem(call);
  for (const dfsp of call.parts.book.records.dfsps) dfsp.items = dfsp.items.filter((one) => one.id !== id);
  call.parts.book.save();
  return { status: 204 };
}
