import { X509Certificate } from 'node:crypto';
import { type Clock, type Credentials, createHttpClient, type HttpOutcome, probeTls } from '@payment-manager/runtime';
import { oneLine } from '@payment-manager/vault';
import { validityFinding } from './certificates.ts';
import { type Finding, findingsOf } from './finding.ts';

/** A server that this Payment Manager calls. */
export interface EndpointOrder {
  /** `hub`, `core`, `connection manager`, … */
  readonly part: string;
  readonly url: string;
  /** Our side of TLS. Absent: the system's CAs and no client certificate. */
  readonly credentials?: Credentials;
  /** The name that its certificate must have. Absent: the host of the URL. */
  readonly serverName?: string;
  /** How far its clock may differ. */
  readonly maxSkewMs: number;
  /** For each of two looks. */
  readonly timeoutMs: number;
}

type Failed = Extract<HttpOutcome, { kind: 'failed' }>;

const ORDER = ['dns', 'connect', 'tls', 'answer'] as const;
type Step = (typeof ORDER)[number];

const REACHED: Readonly<Record<Step, string>> = {
  dns: 'the name resolves',
  connect: 'a connection opens',
  tls: 'certificates are accepted on both sides',
  answer: 'answers',
};

/**
 * Looks at a server as far as it goes: name, connection, TLS, the certificate that it really presents, an answer, its clock. What it
 * answers does not matter: a refusal is an answer, too. Nothing is changed there.
 */
export async function lookAtEndpoint(endpoint: EndpointOrder, clock: Clock): Promise<readonly Finding[]> {
  const { url, credentials, serverName, timeoutMs } = endpoint;
  const ofTls = { ...(credentials && { credentials }), ...(serverName !== undefined && { serverName }) };
  const client = createHttpClient({ connectTimeoutMs: timeoutMs, ...ofTls });
  try {
    const sentAt = clock.now();
    const outcome = await client.request({ method: 'GET', url, headers: { accept: '*/*' }, timeoutMs });
    const receivedAt = clock.now();
    const steps = stepsOf(endpoint, outcome);
    const presented = url.startsWith('https:') && pastConnect(outcome) ? [await certificateOf(endpoint, clock.now())] : [];
    return [...steps, ...presented, ...(outcome.kind === 'answer' ? clockOf(endpoint, outcome.headers['date'], sentAt, receivedAt) : [])];
  } finally {
    await client.close();
  }
}

function stepsOf({ part, url }: EndpointOrder, outcome: HttpOutcome): Finding[] {
  const findings = findingsOf(part);
  const { host } = new URL(url);
  const steps = ORDER.filter((step) => step !== 'tls' || url.startsWith('https:'));
  if (outcome.kind === 'answer')
    return steps.map((step) =>
      findings.passed(
        step,
        step === 'answer' ? `${host}: answers (HTTP ${outcome.status}; any status is fine here)` : `${host}: ${REACHED[step]}`,
      ),
    );
  const stopped = steps.indexOf(stepOf(outcome, steps));
  return [
    ...steps.slice(0, stopped).map((step) => findings.passed(step, `${host}: ${REACHED[step]}`)),
    findings.failed(steps[stopped] ?? 'answer', outcome.message, outcome.advice),
  ];
}

function stepOf({ phase, code }: Failed, steps: readonly Step[]): Step {
  const step = phase === 'send' || code === 'ANSWER_TIMEOUT' ? 'answer' : phase;
  return steps.includes(step) ? step : 'answer';
}

/** Whether there is anybody to ask for a certificate. */
function pastConnect(outcome: HttpOutcome): boolean {
  return outcome.kind === 'answer' || (outcome.phase !== 'dns' && outcome.phase !== 'connect');
}

/** The certificate that is really presented: an untrusted one is shown, so that it can be told what is wrong with it. */
async function certificateOf({ part, url, credentials, serverName, timeoutMs }: EndpointOrder, now: number): Promise<Finding> {
  const findings = findingsOf(part);
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const ofTls = { ...(credentials && { credentials }), ...(serverName !== undefined && { serverName }) };
  const probe = await probeTls({ host, port: Number(port || 443), timeoutMs, ...ofTls });
  if (probe.kind === 'failed')
    return findings.failed(
      'certificate',
      `${host} presents no certificate (${probe.phase}: ${probe.code})`,
      'Check that the server speaks TLS 1.2 or later on this port.',
    );
  const { subject, issuer, validFromDate, validToDate, subjectAltName } = new X509Certificate(probe.certificate);
  const shown = `${oneLine(subject)} from ${oneLine(issuer)}, for ${subjectAltName ?? 'no name'}`;
  const validity = validityFinding(part, shown, { validFrom: validFromDate.getTime(), validTo: validToDate.getTime() }, now);
  if (validity.state === 'failed' || probe.distrust === undefined) return validity;
  return findings.failed(
    'certificate',
    `${shown}: not trusted (${probe.distrust})`,
    'If it is the right server, import its CA (./pm import hub-ca FILE, or the configured CA bundle). If not, check the address.',
  );
}

/** The Date header has whole seconds, and the answer was on its way for a while: only what is beyond both is a difference. */
function clockOf({ part, maxSkewMs }: EndpointOrder, date: string | undefined, sentAt: number, receivedAt: number): Finding[] {
  const findings = findingsOf(part);
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return [findings.skipped('clock', 'the answer has no Date header, so the clocks cannot be compared')];
  const ahead = sentAt - (theirs + 1000);
  const behind = theirs - receivedAt;
  const skewMs = Math.max(ahead, behind, 0);
  if (skewMs <= maxSkewMs) return [findings.passed('clock', 'the clocks agree')];
  return [
    findings.failed(
      'clock',
      `our clock is ${Math.round(skewMs / 1000)} s ${ahead > behind ? 'ahead of' : 'behind'} its clock`,
      'Synchronise this machine’s clock (NTP). If it is right, inform the other side.',
    ),
  ];
}
