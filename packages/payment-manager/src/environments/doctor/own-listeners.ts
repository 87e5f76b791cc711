import { X509Certificate } from 'node:crypto';
import { createHttpClient, probeTls } from '@payment-manager/runtime';
import { oneLine } from '../inventory.ts';
import { type Finding, findingsOf } from './finding.ts';

/** Our own servers, as the configuration has them. */
export interface OwnListeners {
  readonly inbound: { readonly host: string; readonly port: number };
  readonly operations: { readonly host: string; readonly port: number };
  /** What the inbound side must present (PEM, own certificate first); undefined: it speaks plain http. */
  readonly inboundCertificate: string | undefined;
  readonly timeoutMs: number;
}

const idle = 'the product does not run here: nothing listens';

/** Looks at our own servers from this machine: whether they run, say that they are ready, and present the certificate in use. */
export async function lookAtOwnListeners(own: OwnListeners): Promise<readonly Finding[]> {
  return (await Promise.all([lookAtInbound(own), lookAtOperations(own)])).flat();
}

async function lookAtInbound({ inbound, inboundCertificate, timeoutMs }: OwnListeners): Promise<Finding[]> {
  const findings = findingsOf('own listener');
  if (inboundCertificate === undefined) return [findings.skipped('certificate', 'the API that the hub calls speaks plain http')];
  if (inbound.port === 0) return [findings.skipped('certificate', '`inbound.port` is 0: any free port')];
  const probe = await probeTls({ ...callable(inbound), timeoutMs });
  if (probe.kind === 'failed' && probe.phase === 'connect') return [findings.skipped('certificate', idle)];
  if (probe.kind === 'failed')
    return [
      findings.broken(
        'tls',
        `port ${inbound.port} speaks no TLS (${probe.code})`,
        'See which program has the port: it is not this product, or it has no certificate yet.',
      ),
    ];
  const served = new X509Certificate(probe.certificate);
  const wanted = new X509Certificate(inboundCertificate);
  if (served.fingerprint256 === wanted.fingerprint256)
    return [findings.ok('certificate', `presents ${oneLine(served.subject)}, the one in use`)];
  return [
    findings.broken(
      'certificate',
      `presents ${oneLine(served.subject)} (serial ${served.serialNumber}), not the one in use (serial ${wanted.serialNumber})`,
      'See the log of the running product for why it did not take the new one; a restart takes it.',
    ),
  ];
}

async function lookAtOperations({ operations, timeoutMs }: OwnListeners): Promise<Finding[]> {
  const findings = findingsOf('product');
  if (operations.port === 0) return [findings.skipped('ready', '`operations.port` is 0: any free port')];
  const { host, port } = callable(operations);
  const client = createHttpClient({ connectTimeoutMs: timeoutMs });
  try {
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/health/ready`;
    const outcome = await client.request({ method: 'GET', url, headers: {}, timeoutMs });
    if (outcome.kind === 'failed')
      return [
        outcome.code === 'CONNECT_REFUSED' ? findings.skipped('ready', idle) : findings.broken('ready', outcome.message, outcome.advice),
      ];
    const parts = notWell(outcome.body);
    if (outcome.status === 200) return [findings.ok('ready', 'it runs and takes payments')];
    return [findings.broken('ready', `it runs and takes no payments: ${parts}`, 'Mend what it names; its log says more.')];
  } finally {
    await client.close();
  }
}

/** Which parts of the readiness are not well, in its words. */
function notWell(body: Uint8Array): string {
  try {
    const { parts } = JSON.parse(Buffer.from(body).toString('utf8')) as { parts: Record<string, { ok: boolean; detail: string }> };
    const bad = Object.entries(parts).filter(([, { ok }]) => !ok);
    return bad.map(([name, { detail }]) => `${name}: ${detail}`).join('; ') || 'it does not say why';
  } catch {
    return 'what answers is no Payment Manager';
  }
}

/** An address that means all addresses is no address to call. */
function callable({ host, port }: { readonly host: string; readonly port: number }): { host: string; port: number } {
  return { host: host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host, port };
}
