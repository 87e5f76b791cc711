import { X509Certificate } from 'node:crypto';
import { addressOf, GIVE_TO_PROXY, type OwnAddress, ownHost, ownOrigin, presentedBy } from '@payment-manager/configuration/addresses';
import { type Credentials, createHttpClient, type HttpOutcome, membersIn, probeTls, Secret } from '@payment-manager/runtime';
import { oneLine } from '@payment-manager/vault';
import type { Authorization } from '../access/operations-token.ts';
import { attentionFindings, type ShownAttention } from './attention.ts';
import { type Finding, findingsOf } from './finding.ts';

/** Our own servers, as the configuration has them. */
export interface OwnListeners {
  readonly inbound: OwnAddress;
  readonly operations: OwnAddress;
  /** By what the operations API knows us. */
  readonly authorization: Authorization;
  /** What the inbound side must present (PEM, own certificate first); `plain`: it speaks plain http; undefined: there is none yet. */
  readonly inboundCertificate: string | 'plain' | undefined;
  /** Where a proxy ends TLS before the inbound side; it must present our certificate. */
  readonly proxy?: ProxyBefore | undefined;
  /** The environment that is meant. */
  readonly environment: string;
  readonly timeoutMs: number;
}

/** A proxy that ends TLS before our own server. */
export interface ProxyBefore {
  /** The https URL that the hub calls. */
  readonly url: URL;
  /** Our server certificate in use, and our CAs; undefined: there is none yet. */
  readonly inUse: Pick<Credentials, 'certificate' | 'trustedCas'> | undefined;
}

const IDLE = 'the product is not running here';

/** Looks at our own servers from this machine: whether they run, say that they are ready, and present the certificate in use. */
export async function lookAtOwnListeners(own: OwnListeners): Promise<readonly Finding[]> {
  return (await Promise.all([lookAtInbound(own), lookAtProxy(own), lookAtOperations(own)])).flat();
}

async function lookAtInbound({ inbound, inboundCertificate, timeoutMs }: OwnListeners): Promise<Finding[]> {
  const findings = findingsOf('own listener');
  if (inboundCertificate === 'plain') return [findings.skipped('certificate', 'the API that the hub calls speaks plain http')];
  if (inboundCertificate === undefined) return [findings.skipped('certificate', 'there is no certificate yet to present')];
  if (inbound.port === 0) return [findings.skipped('certificate', '`inbound.port` is 0: any free port')];
  const probe = await probeTls({ host: ownHost(inbound), port: inbound.port, timeoutMs });
  if (probe.kind === 'failed' && probe.phase === 'connect') return [findings.skipped('certificate', IDLE)];
  if (probe.kind === 'failed')
    return [
      findings.failed(
        'tls',
        `port ${inbound.port} does not speak TLS (${probe.code})`,
        'Check which program uses the port: it is not this product, or it does not have a certificate yet.',
      ),
    ];
  const served = new X509Certificate(probe.certificate);
  const wanted = new X509Certificate(inboundCertificate);
  if (served.fingerprint256 === wanted.fingerprint256)
    return [findings.passed('certificate', `presents the certificate in use, ${oneLine(served.subject)}`)];
  return [
    findings.failed(
      'certificate',
      `presents ${oneLine(served.subject)} (serial ${served.serialNumber}) instead of the certificate in use (serial ${wanted.serialNumber})`,
      'See the log of the running product for the reason; after a restart it uses the new certificate.',
    ),
  ];
}

async function lookAtProxy({ proxy, timeoutMs }: OwnListeners): Promise<Finding[]> {
  if (proxy === undefined) return [];
  const findings = findingsOf('proxy');
  const { url, inUse } = proxy;
  if (inUse === undefined) return [findings.skipped('certificate', 'there is no certificate yet to present')];
  const nobody = { certificate: '', privateKey: new Secret(''), trustedCas: inUse.trustedCas };
  const seen = await probeTls({ ...addressOf(url), timeoutMs, credentials: nobody });
  if (seen.kind === 'failed')
    return [
      findings.skipped(
        'certificate',
        `what is presented at ${url.host} cannot be checked from here: ${seen.phase} failed (${seen.code}). The look-up shows whether the hub can reach us`,
      ),
    ];
  const subject = oneLine(new X509Certificate(seen.certificate).subject);
  const remedy = `Give the proxy the present one: ${GIVE_TO_PROXY}`;
  switch (presentedBy(seen, inUse)) {
    case 'in-use':
      return [findings.passed('certificate', `presents the certificate in use, ${subject}`)];
    case 'of-our-ca':
      return [findings.warning('certificate', `presents ${subject}, a previous certificate of ours`, remedy)];
    case 'other':
      return [findings.failed('certificate', `presents ${subject}, which is not from our CA (${seen.distrust})`, remedy)];
  }
}

async function lookAtOperations({ operations, authorization, environment, timeoutMs }: OwnListeners): Promise<Finding[]> {
  const findings = findingsOf('product');
  if (operations.port === 0) return [findings.skipped('ready', '`operations.port` is 0: any free port')];
  const client = createHttpClient({ connectTimeoutMs: timeoutMs });
  const ask = (path: string): Promise<HttpOutcome> =>
    client.request({ method: 'GET', url: `${ownOrigin('http', operations)}${path}`, headers: authorization, timeoutMs });
  try {
    const live = await ask('/health/live');
    if (live.kind === 'failed')
      return [live.code === 'CONNECT_REFUSED' ? findings.skipped('ready', IDLE) : findings.failed('ready', live.message, live.advice)];
    const stranger = strangerIn(live.body, environment);
    if (stranger !== undefined)
      return [findings.failed('ready', stranger, 'Give each environment and each program its own ports, or stop the other program.')];
    const ready = await ask('/health/ready');
    if (ready.kind === 'failed') return [findings.failed('ready', ready.message, ready.advice)];
    const runs =
      ready.status === 200
        ? findings.passed('ready', 'running, takes payments')
        : findings.failed(
            'ready',
            `running, takes no payments: ${notWell(ready.body)}`,
            'Correct what the message names; the log says more.',
          );
    const [exceptions, alarms] = await Promise.all(
      (['exceptions', 'alarms'] as const).map(async (kind) => rowsOf(await ask(`/${kind}?limit=1000`), kind)),
    );
    return [runs, ...attentionFindings({ exceptions, alarms })];
  } finally {
    await client.close();
  }
}

function rowsOf(outcome: HttpOutcome, kind: 'exceptions' | 'alarms'): ShownAttention['alarms'] {
  if (outcome.kind === 'failed' || outcome.status !== 200) return undefined;
  const rows = membersIn(outcome.body)?.[kind];
  return Array.isArray(rows) ? (rows as ShownAttention['alarms']) : undefined;
}

/** What has the port instead of the product that is meant. */
function strangerIn(body: Uint8Array, environment: string): string | undefined {
  const { status, environment: running } = membersIn(body) ?? {};
  if (status !== 'live') return 'the program at this address is not a Payment Manager';
  return running === environment ? undefined : `the product that runs there belongs to the environment ${String(running)}`;
}

interface Parts {
  readonly parts?: Readonly<Record<string, { readonly ok: boolean; readonly detail: string }>>;
}

/** Which parts of the readiness are not well, in its words; of several workers all of theirs. */
function notWell(body: Uint8Array): string {
  const { workers, ...own } = (membersIn(body) ?? {}) as Parts & { readonly workers?: readonly Parts[] };
  const bad = (workers ?? [own]).flatMap(({ parts = {} }) => Object.entries(parts).filter(([, { ok }]) => !ok));
  return [...new Set(bad.map(([name, { detail }]) => `${name}: ${detail}`))].join('; ') || 'no reason given';
}
