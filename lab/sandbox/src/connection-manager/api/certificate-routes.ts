import 'reflect-metadata';
import { BasicConstraintsExtension } from '@peculiar/x509';
import { readCertificate, readCertificates } from '../certificates/certificate.ts';
import {
  enrolInbound,
  enrolOutbound,
  find,
  listed,
  shown,
  signInbound,
  uploadOutbound,
  validateOutbound,
} from '../certificates/enrolments.ts';
import { readable, serverRecord } from '../certificates/server-certificate.ts';
import { made, missing, rootAndChain, stateOf } from '../certificates/validation.ts';
import type { Validation } from '../certificates/validation-result.ts';
import { considerOnboarding } from '../onboarding.ts';
import type { CaRecord } from '../records.ts';
import { type Call, NOTHING, ok } from '../server-parts.ts';
import { CA_RULE, CERTIFICATE_RULE, CSR_RULE, SERVER_CERTIFICATE_RULE } from './body-rules.ts';
import { problem } from './problem.ts';
import type { Route } from './route.ts';

const DFSP_PATH = '/dfsps/{dfspId}';
const INBOUND = `${DFSP_PATH}/enrollments/inbound`;
const OUTBOUND = `${DFSP_PATH}/enrollments/outbound`;
const SCOPES = ['mta', 'pta'] as const;

/** DFSP CA, both kinds of enrolments, the DFSP's server certificate. */
export const certificateRoutes: readonly Route[] = [
  { method: 'GET', path: `${DFSP_PATH}/ca`, scopes: SCOPES, handle: (call) => ok(call.dfsp().ca ?? NO_CA) },
  { method: 'POST', path: `${DFSP_PATH}/ca`, scopes: SCOPES, body: CA_RULE, handle: uploadCa },
  {
    method: 'GET',
    path: INBOUND,
    scopes: SCOPES,
    query: ['state'],
    handle: (call) => ok(listed(call.dfsp().inbound, call.query['state'])),
  },
  {
    method: 'POST',
    path: INBOUND,
    scopes: SCOPES,
    body: CSR_RULE,
    handle: async (call) => ok(await enrolInbound(call.parts, call.dfsp(), String(call.body['clientCSR']))),
  },
  { method: 'GET', path: `${INBOUND}/{enId}`, scopes: SCOPES, handle: (call) => ok(find(call.dfsp().inbound, call.params['enId'] ?? '')) },
  {
    method: 'POST',
    path: `${INBOUND}/{enId}/sign`,
    scopes: ['pta'],
    handle: async (call) => ok(await signInbound(call.parts, call.dfsp(), call.params['enId'] ?? '')),
  },
  {
    method: 'GET',
    path: OUTBOUND,
    scopes: SCOPES,
    query: ['state'],
    handle: (call) => ok(listed(call.dfsp().outbound, call.query['state']).map(shown)),
  },
  { method: 'POST', path: `${OUTBOUND}/csr`, scopes: SCOPES, handle: async (call) => ok(await enrolOutbound(call.parts, call.dfsp())) },
  {
    method: 'GET',
    path: `${OUTBOUND}/{enId}`,
    scopes: SCOPES,
    handle: (call) => ok(shown(find(call.dfsp().outbound, call.params['enId'] ?? ''))),
  },
  { method: 'POST', path: `${OUTBOUND}/{enId}/certificate`, scopes: SCOPES, body: CERTIFICATE_RULE, handle: uploadCertificate },
  {
    method: 'POST',
    path: `${OUTBOUND}/{enId}/validate`,
    scopes: ['pta'],
    handle: async (call) => {
      const dfsp = call.dfsp();
      return ok(await validateOutbound(call.parts, dfsp, find(dfsp.outbound, call.params['enId'] ?? '')));
    },
  },
  { method: 'GET', path: '/dfsps/servercerts', scopes: ['pta'], handle: allServerCertificates },
  { method: 'GET', path: `${DFSP_PATH}/servercerts`, scopes: SCOPES, handle: serverCertificate },
  { method: 'POST', path: `${DFSP_PATH}/servercerts`, scopes: SCOPES, body: SERVER_CERTIFICATE_RULE, handle: uploadServerCertificate },
  { method: 'PUT', path: `${DFSP_PATH}/servercerts`, scopes: SCOPES, body: SERVER_CERTIFICATE_RULE, handle: uploadServerCertificate },
  { method: 'DELETE', path: `${DFSP_PATH}/servercerts`, scopes: SCOPES, handle: removeServerCertificate },
];

const NO_CA = { rootCertificate: null, intermediateChain: null, validations: [], validationState: 'NOT_AVAILABLE' };

/** Replaces what was there; `{}` erases it and is VALID. Expired roots are, too. */
async function uploadCa(call: Call) {
  const { rootCertificate = '', intermediateChain = '' } = call.body as { rootCertificate?: string; intermediateChain?: string };
  const validations = await caValidations(rootCertificate, intermediateChain);
  const dfsp = call.dfsp();
  const ca: CaRecord = { rootCertificate, intermediateChain, validations, validationState: stateOf(validations) };
  if (dfsp.ca && dfsp.ca.rootCertificate !== rootCertificate) dfsp.previousCa = dfsp.ca;
  dfsp.ca = ca;
  call.parts.book.save();
  considerOnboarding(call.parts, dfsp);
  return ok(ca);
}

async function caValidations(root: string, chain: string): Promise<Validation[]> {
  const code = 'CA_CERTIFICATE_USAGE';
  const read = readable(() => (root === '' ? undefined : readCertificate(root)));
  readable(() => readCertificates(chain));
  const [rootOk, chainOk] = (await rootAndChain(root, chain)) as [Validation, Validation];
  if (!read) return [rootOk, chainOk, missing(code, 'No root certificate')];
  const isCa = read.getExtension(BasicConstraintsExtension)?.ca === true;
  const verb = isCa ? 'has' : "doesn't have";
  return [rootOk, chainOk, made(code, isCa, `The root certificate ${verb} the CA basic contraint extension ( CA = true )`)];
}

async function uploadCertificate(call: Call) {
  const dfsp = call.dfsp();
  const enrolment = await uploadOutbound(call.parts, dfsp, call.params['enId'] ?? '', call.body['certificate']);
  considerOnboarding(call.parts, dfsp);
  return ok(enrolment);
}

function allServerCertificates({ parts }: Call) {
  return ok(parts.book.records.dfsps.flatMap(({ dfspId, serverCertificate: one }) => (one ? [{ dfspId, ...one }] : [])));
}

function serverCertificate(call: Call) {
  const { dfspId, serverCertificate: record } = call.dfsp();
  if (!record) throw problem('NotFoundError', '');
  return ok({ dfspId, ...record });
}

async function uploadServerCertificate(call: Call) {
  const dfsp = call.dfsp();
  const {
    serverCertificate: pem,
    rootCertificate,
    intermediateChain,
  } = call.body as {
    serverCertificate?: string;
    rootCertificate?: string;
    intermediateChain?: string | string[];
  };
  if (pem === undefined || pem === '') throw problem('InvalidEntityError', 'No server certificate');
  const record = await serverRecord({
    pem,
    root: rootCertificate ?? '',
    chain: intermediateChain,
    ...call.parts.tools,
    now: call.parts.clock.now(),
  });
  dfsp.serverCertificate = {
    ...record,
    ...(rootCertificate !== undefined && { rootCertificate }),
    ...(intermediateChain !== undefined && { intermediateChain }),
  };
  call.parts.book.save();
  return ok({ dfspId: dfsp.dfspId, ...dfsp.serverCertificate });
}

function removeServerCertificate(call: Call) {
  const dfsp = call.dfsp();
  if (!dfsp.serverCertificate) throw problem('NotFoundError', '');
  dfsp.serverCertificate = undefined;
  call.parts.book.save();
  return NOTHING;
}
