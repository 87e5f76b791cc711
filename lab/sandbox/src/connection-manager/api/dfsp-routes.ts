import { newSecret, onboard, registerDfsp, timestamp } from '../onboarding.ts';
import type { ApiClient, DfspRecord, StateReport } from '../records.ts';
import { type Call, ok } from '../server-parts.ts';
import { DFSP_RULE, DFSP_UPDATE_RULE, STATES, statesRule } from './body-rules.ts';
import { crash, problem } from './problem.ts';
import type { Route } from './route.ts';

/** The currencies' zones that the sandbox knows. */
const ZONES: Readonly<Record<string, string>> = {
  EUR: 'Euro',
  GHS: 'Ghana Cedi',
  KES: 'Kenyan Shilling',
  UGX: 'Uganda Shilling',
  USD: 'US Dollar',
  XOF: 'CFA Franc BCEAO',
  ZMW: 'Zambian Kwacha',
};

/** DFSPs, their states, credentials and onboarding. */
export const dfspRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/dfsps',
    scopes: ['everyone', 'pta'],
    handle: ({ parts, roles }) => ok(visible(parts.book.records.dfsps, roles).map(view)),
  },
  { method: 'POST', path: '/dfsps', scopes: ['pta'], body: DFSP_RULE, handle: create },
  { method: 'PUT', path: '/dfsps/{dfspId}', scopes: ['pta'], body: DFSP_UPDATE_RULE, handle: update },
  { method: 'GET', path: '/dfsps/states-status', scopes: ['everyone'], handle: statesStatus },
  { method: 'GET', path: '/dfsps/{dfspId}/status', scopes: ['everyone'], handle: (call) => ok(phases(call.dfsp())) },
  { method: 'POST', path: '/dfsps/{dfspId}/states', scopes: [], body: statesRule, handle: report },
  { method: 'GET', path: '/dfsps/{dfspId}/credentials', scopes: ['dfsp'], handle: credentials },
  { method: 'POST', path: '/dfsps/{dfspId}/credentials', scopes: ['dfsp'], handle: renewCredentials },
  {
    method: 'POST',
    path: '/dfsps/{dfspId}/onboard',
    scopes: ['pta'],
    handle(call) {
      onboard(call.parts, call.dfsp());
      return ok({});
    },
  },
  {
    method: 'GET',
    path: '/monetaryzones',
    scopes: ['pta'],
    handle: () => ok(Object.entries(ZONES).map(([monetaryZoneId, name]) => ({ monetaryZoneId, name, isActive: 1 }))),
  },
  // The real server looks for the zone in the query, where it never is.
  { method: 'GET', path: '/monetaryzones/{monetaryZoneId}/dfsps', scopes: ['pta'], handle: () => ok([]) },
];

/** `pta` sees all, a DFSP itself; who has no DFSP's role sees all as well. */
function visible(dfsps: readonly DfspRecord[], roles: readonly string[]): readonly DfspRecord[] {
  if (roles.includes('pta') || !roles.includes('dfsp')) return dfsps;
  return dfsps.filter(({ securityGroup }) => securityGroup !== undefined && roles.includes(securityGroup));
}

function view({ dfspId, name, monetaryZoneId, isProxy, securityGroup }: DfspRecord): object {
  return { id: dfspId, name, monetaryZoneId, isProxy, securityGroup };
}

async function create({ parts, body }: Call) {
  const { dfspId, name, monetaryZoneId, isProxy, securityGroup } = body as {
    dfspId: string;
    name: string;
    monetaryZoneId?: string;
    isProxy?: boolean;
    securityGroup?: string;
  };
  checkZone(monetaryZoneId);
  if (!/^[A-Za-z0-9._-]{3,255}$/.test(dfspId))
    throw problem('ValidationError', 'DFSP ID must be 3 to 255 characters without special characters');
  await registerDfsp(parts, {
    dfspId,
    name,
    ...(monetaryZoneId !== undefined && { monetaryZoneId }),
    ...(isProxy !== undefined && { isProxy }),
    ...(securityGroup !== undefined && { securityGroup }),
  });
  return ok({ id: dfspId });
}

function update(call: Call) {
  const dfsp = call.dfsp();
  const { name, monetaryZoneId, isProxy, securityGroup } = call.body as Partial<{
    name: string;
    monetaryZoneId: string;
    isProxy: boolean;
    securityGroup: string;
  }>;
  checkZone(monetaryZoneId);
  dfsp.name = name ?? dfsp.name;
  dfsp.monetaryZoneId = monetaryZoneId ?? dfsp.monetaryZoneId;
  dfsp.isProxy = isProxy === undefined ? dfsp.isProxy : isProxy ? 1 : 0;
  dfsp.securityGroup = securityGroup ?? dfsp.securityGroup;
  call.parts.book.save();
  const { id: dfspId, ...rest } = view(dfsp) as { id: string };
  return ok({ dfspId, ...rest });
}

function checkZone(zone: string | undefined): void {
  if (zone !== undefined && !Object.hasOwn(ZONES, zone))
    throw crash('Error', 'Cannot add or update a child row: a foreign key constraint fails (`dfsps`, CONSTRAINT `FK_MONETARY_ZONE`)');
}

function statesStatus({ parts }: Call) {
  const dfsps = parts.book.records.dfsps.map(({ dfspId, states }) => ({
    dfspId,
    statesStatus: Object.entries(states).map(([state, told]) => ({ state, ...told })),
  }));
  return ok({ dfsps });
}

/** Only the first step ever ends: the real server computes no other. */
function phases(_dfsp: DfspRecord): object[] {
  const open = ['ENDPOINTS', 'CSR_EXCHANGE', 'CERTIFICATE_AUTHORITY', 'SERVER_CERTIFICATES_EXCHANGE', 'JWS_CERTIFICATES'];
  return [
    { phase: 'BUSINESS_SETUP', steps: [{ identifier: 'ID_GENERATION', status: 'COMPLETED' }] },
    { phase: 'TECHNICAL_SETUP', steps: open.map((identifier) => ({ identifier, status: 'NOT_STARTED' })) },
  ];
}

/** Names that are not sent keep their value. */
function report(call: Call) {
  const dfsp = call.dfsp();
  const told = call.body as Partial<Record<(typeof STATES)[number], StateReport>>;
  for (const name of STATES) if (told[name]) dfsp.states[name] = told[name];
  call.parts.book.save();
  return ok({ code: 0 });
}

function credentials(call: Call) {
  const { client } = call.dfsp();
  if (!client?.told) throw problem('NotFoundError', `No credentials found for DFSP ${call.params['dfspId']}`);
  return ok(shown(client));
}

function renewCredentials(call: Call) {
  const dfsp = call.dfsp();
  const now = timestamp(call.parts);
  const createdAt = dfsp.client?.told ? dfsp.client.createdAt : now;
  const client: ApiClient = { clientId: dfsp.dfspId, clientSecret: newSecret(call.parts), createdAt, updatedAt: now, told: true };
  dfsp.client = client;
  call.parts.book.save();
  return { status: 201, content: shown(client) };
}

function shown({ told: _told, ...client }: ApiClient): object {
  return client;
}
