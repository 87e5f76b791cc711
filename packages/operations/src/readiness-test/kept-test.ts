import { createHash, X509Certificate } from 'node:crypto';
import type { Config } from '@payment-manager/configuration';
import { HUB_CA_ID, keptEndpoints } from '@payment-manager/connection-manager-client/inventory';
import { Secret } from '@payment-manager/runtime';
import type { Doing, Environment } from '@payment-manager/vault';
import type { Finding, FindingState } from '../doctor/finding.ts';
import { readinessPassed } from './readiness-passed.ts';

/** The last readiness test of an environment. */
export interface KeptTest {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly by: string;
  /** What it came to then. */
  readonly passed: boolean;
  readonly checks: readonly Pick<Finding, 'part' | 'check' | 'state' | 'message'>[];
  /** What has changed since; the test says nothing of it. */
  readonly changed: readonly string[];
}

/** Under which id it is kept, beside the environment's secrets: shared by replicas, and apart from other environments. */
const KEPT_ID = 'readiness-test';
const MOST_CHECKS = 100;
const LONGEST_TEXT = 500;

/** What a test was made with: a short print of each thing that it says something about. */
type Tested = Readonly<Record<string, string>>;

/** Keeps what a test came to. @throws VaultError */
export async function keepTest(
  environment: Environment,
  config: Config,
  findings: readonly Finding[],
  now: number,
  doing: Doing,
): Promise<void> {
  const kept = {
    at: now,
    by: doing.by,
    passed: readinessPassed(findings),
    checks: findings.slice(0, MOST_CHECKS).map(({ part, check, state, message }) => ({ part, check, state, message: short(message) })),
    tested: await testedNow(environment, config),
  };
  await environment.secrets.put(KEPT_ID, new Secret(JSON.stringify(kept)), doing);
}

/** The last test, and what has changed since; undefined: there was none, or it cannot be read. @throws VaultError */
export async function lastTest(environment: Environment, config: Config): Promise<KeptTest | undefined> {
  const text = (await environment.secrets.get(KEPT_ID))?.reveal();
  const kept = text === undefined ? undefined : readKept(text);
  if (kept === undefined) return undefined;
  const { tested, ...test } = kept;
  const now = await testedNow(environment, config);
  const changed = Object.keys({ ...tested, ...now }).filter((name) => tested[name] !== now[name]);
  return { ...test, changed };
}

/** Whether the environment may be called connected on the word of this test. */
export function stillPassed(test: KeptTest | undefined): boolean {
  return test?.passed === true && test.changed.length === 0;
}

/** Certificates and keys in use, and the addresses; peers come and go without touching our connection. */
async function testedNow({ keys, trust, secrets }: Environment, { fspId, hub, connectionManager }: Config): Promise<Tested> {
  const tested: Record<string, string> = {};
  for (const purpose of ['tls-client', 'tls-server', 'dfsp-ca', 'jws-signing'] as const) {
    const key = await keys.active(purpose);
    const leaf = key?.chain?.[0];
    if (key !== undefined) tested[purpose] = leaf === undefined ? key.id : new X509Certificate(leaf).fingerprint256;
  }
  const cas = (await trust.trusted('hub-ca', HUB_CA_ID)).filter(({ state }) => state === 'active').map(({ id }) => id);
  if (cas.length > 0) tested['hub-ca'] = cas.sort().join(' ');
  const { baseUrl, partiesUrl, participantsUrl, quotesUrl, transfersUrl } = hub;
  const addresses = [
    fspId,
    baseUrl,
    partiesUrl,
    participantsUrl,
    quotesUrl,
    transfersUrl,
    connectionManager.url,
    (await keptEndpoints({ secrets }))?.ingressUrl ?? connectionManager.ingressUrl,
  ];
  tested['addresses'] = createHash('sha256').update(JSON.stringify(addresses)).digest('hex');
  return tested;
}

function short(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}

type Kept = Omit<KeptTest, 'changed'> & { readonly tested: Tested };

/** What another version of this product kept may look otherwise: then the test has to be made anew. */
function readKept(text: string): Kept | undefined {
  try {
    const { at, by, passed, checks, tested } = JSON.parse(text) as Partial<Kept>;
    const well = typeof at === 'number' && typeof by === 'string' && typeof passed === 'boolean' && Array.isArray(checks) && tested;
    return well ? { at, by, passed, checks: checks.filter(isCheck), tested } : undefined;
  } catch {
    return undefined;
  }
}

const STATES: ReadonlySet<unknown> = new Set<FindingState>(['passed', 'warning', 'failed', 'skipped']);

function isCheck(one: unknown): one is KeptTest['checks'][number] {
  const { part, check, state, message } = (one ?? {}) as Record<string, unknown>;
  return [part, check, message].every((text) => typeof text === 'string') && STATES.has(state);
}
