import { type Credentials, createHttpClient, type HttpClient, type Log } from '@payment-manager/runtime';
import type { SchemeMember } from './scheme-view.ts';

/** The hub's client towards the DFSPs: to each with the certificate that it signed for the hub, and trusting its CAs alone. */
export interface MemberClient extends HttpClient {
  /** New connections to a member whose credentials changed use these from now on. */
  use(members: readonly SchemeMember[]): void;
}

interface Line {
  readonly ingressUrl: string;
  readonly client: HttpClient;
  readonly credentials: SchemeMember['credentials'];
}

/** Makes a client that knows no member yet; what is nobody's ingress is called without a certificate. */
export function memberClient(log: Log): MemberClient {
  const stranger = createHttpClient({});
  let lines = new Map<string, Line>();
  const lineOf = (url: string): Line | undefined =>
    [...lines.values()].find(({ ingressUrl }) => url === ingressUrl || url.startsWith(`${ingressUrl}/`));
  return {
    request: (request) => (lineOf(request.url)?.client ?? stranger).request(request),
    setCredentials() {
      throw new TypeError('the credentials of this client come from the members');
    },
    use(members) {
      const fresh = new Map<string, Line>();
      for (const { fspId, ingressUrl, credentials } of members) {
        if (ingressUrl === undefined || credentials === undefined) continue;
        const client = clientWith(credentials, lines.get(fspId), fspId, log);
        if (client) fresh.set(fspId, { ingressUrl: ingressUrl.replace(/\/+$/, ''), client, credentials });
      }
      for (const [fspId, { client }] of lines) if (!fresh.has(fspId)) void client.close();
      lines = fresh;
    },
    async close() {
      await Promise.all([stranger, ...[...lines.values()].map(({ client }) => client)].map((client) => client.close()));
    },
  };
}

/** What TLS itself does not take, such as a certificate with a signature that is too weak, leaves the hub without a line to the DFSP. */
function clientWith(credentials: Credentials, known: Line | undefined, fspId: string, log: Log): HttpClient | undefined {
  try {
    if (!known) return createHttpClient({ credentials });
    if (!isSame(known.credentials, credentials)) known.client.setCredentials(credentials);
    return known.client;
  } catch (error) {
    log.warn('the hub cannot use the certificate that a DFSP made for it', { fspId, reason: error instanceof Error ? error.message : '' });
    return undefined;
  }
}

/** The private key changes only with the certificate. */
function isSame(a: SchemeMember['credentials'], b: SchemeMember['credentials']): boolean {
  return a?.certificate === b?.certificate && a?.trustedCas === b?.trustedCas;
}
