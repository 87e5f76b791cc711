import type { Environment } from '@payment-manager/vault';
import { ConnectionFault } from '../src/api/connection-fault.ts';
import {
  type Checked,
  type ConnectionManagerApi,
  type Enrollment,
  type ListedEnrollment,
  type ListedJwsKey,
  NEWEST_ENROLLMENTS,
  type PublishedAddress,
  type PublishedCa,
  type PublishedServerCertificate,
  type ReportedState,
} from '../src/api/connection-manager-api.ts';
import { readEnrollment, readJwsKey } from '../src/api/read.ts';

const unchecked: Checked = { validationState: 'VALID', validations: [] };

/** What a Connection Manager holds, for tests to look into and to spoil. */
export interface ServerState {
  dfsps: string[];
  hubCa: PublishedCa;
  hubServer: PublishedServerCertificate | undefined;
  dfspCa: PublishedCa;
  inbound: ListedEnrollment[];
  outbound: ListedEnrollment[];
  serverCertificate: PublishedServerCertificate | undefined;
  jwsKeys: ListedJwsKey[];
  egress: readonly PublishedAddress[] | undefined;
  ingress: string | undefined;
  reported: Readonly<Record<string, ReportedState>>;
}

/** A Connection Manager in memory, seen as its client sees it. Calls fail as a test says. */
export interface InMemoryServer extends ConnectionManagerApi {
  readonly state: ServerState;
  /** Calls by name, in their order. */
  readonly calls: readonly string[];
  /** Makes calls fail: returns the fault for a call, by its name. */
  fail: (call: string) => ConnectionFault | undefined;
  /** Signs what was requested and not signed yet, as a hub's operator would. */
  sign(): Promise<void>;
  /** Whether `sign` happens by itself. */
  signing: boolean;
}

const noCa: PublishedCa = { ...unchecked, rootCertificate: undefined, intermediateChain: undefined };

/** What the server's hub signs with. */
interface Hub {
  hub(): Environment;
  readonly hubDays: number;
}

function emptyState(fspId: string): ServerState {
  return {
    dfsps: [fspId],
    hubCa: noCa,
    hubServer: undefined,
    dfspCa: { ...noCa, validationState: 'NOT_AVAILABLE' },
    inbound: [],
    outbound: [],
    serverCertificate: undefined,
    jwsKeys: [],
    egress: undefined,
    ingress: undefined,
    reported: {},
  };
}

/** Makes an empty server, whose hub has the CA of the world. */
export function inMemoryServer(world: Hub, fspId: string): InMemoryServer {
  const calls: string[] = [];
  const state = emptyState(fspId);
  const call = async <Value>(name: string, run: () => Value | Promise<Value>): Promise<Value> => {
    calls.push(name);
    const fault = server.fail(name);
    if (fault) throw fault;
    return run();
  };
  const server: InMemoryServer = {
    url: 'https://mcm.example',
    state,
    calls,
    fail: () => undefined,
    signing: true,
    async sign() {
      const waiting = state.inbound.filter(({ certificate }) => certificate === undefined);
      if (waiting.length === 0) return;
      for (const { id, csr = '' } of waiting) {
        const [certificate] = await world.hub().authority.sign(csr, { usage: 'client', days: world.hubDays });
        state.inbound = state.inbound.map((one) => (one.id === id ? { ...one, certificate, state: 'CERT_SIGNED' } : one));
      }
    },
    dfsps: () => call('dfsps', () => [...state.dfsps]),
    hubCa: () => call('hubCa', () => state.hubCa),
    hubServerCertificate: () => call('hubServerCertificate', () => state.hubServer),
    dfspCa: () => call('dfspCa', () => state.dfspCa),
    publishDfspCa: (_id, ca) =>
      call('publishDfspCa', () => {
        state.dfspCa = { ...unchecked, rootCertificate: ca.rootCertificate, intermediateChain: ca.intermediateChain || undefined };
        return state.dfspCa;
      }),
    inboundEnrollments: () =>
      call('inboundEnrollments', async () => {
        if (server.signing) await server.sign();
        return allRead(state.inbound);
      }),
    requestClientCertificate: (_id, csr) =>
      call('requestClientCertificate', () => {
        const known = state.inbound.find((one) => one.csr === csr && one.state === 'CSR_LOADED');
        if (known) return readEnrollment(known);
        const made: ListedEnrollment = { ...unchecked, id: state.inbound.length + 8, csr, certificate: undefined, state: 'CSR_LOADED' };
        state.inbound = [made, ...state.inbound];
        return readEnrollment(made);
      }),
    outboundEnrollments: () => call('outboundEnrollments', () => allRead(state.outbound)),
    uploadHubClientCertificate: (_id, id, certificate) =>
      call('uploadHubClientCertificate', () => {
        state.outbound = state.outbound.map((one) => (one.id === id ? { ...one, certificate, state: 'CERT_SIGNED' } : one));
        return readEnrollment(state.outbound.find((one) => one.id === id) as ListedEnrollment);
      }),
    serverCertificate: () => call('serverCertificate', () => state.serverCertificate),
    publishServerCertificate: (_id, published) =>
      call('publishServerCertificate', () => {
        state.serverCertificate = { ...unchecked, ...published };
        return state.serverCertificate;
      }),
    jwsKeys: () => call('jwsKeys', () => state.jwsKeys.map(readJwsKey)),
    publishJwsKey: (dfspId, key) =>
      call('publishJwsKey', () => {
        const entry = { ...unchecked, dfspId, ...key };
        state.jwsKeys = [...state.jwsKeys.filter((one) => one.dfspId !== dfspId), entry];
        return readJwsKey(entry);
      }),
    egress: () => call('egress', () => state.egress),
    publishEgress: (_id, addresses) =>
      call('publishEgress', () => {
        state.egress = addresses;
      }),
    ingress: () => call('ingress', () => state.ingress),
    publishIngress: (_id, url) =>
      call('publishIngress', () => {
        state.ingress = url;
      }),
    reportStates: (_id, states) =>
      call('reportStates', () => {
        state.reported = states;
      }),
  };
  return server;
}

/** The newest, oldest first, each read. */
function allRead(listed: readonly ListedEnrollment[]): Promise<readonly Enrollment[]> {
  return Promise.all(
    listed
      .toSorted((one, other) => one.id - other.id)
      .slice(-NEWEST_ENROLLMENTS)
      .map(readEnrollment),
  );
}

/** A fault as the way to the server makes them. */
export function faulty(code: ConnectionFault['code'], message = `it fails: ${code}`): ConnectionFault {
  return new ConnectionFault(code, message, 'Do something.');
}
