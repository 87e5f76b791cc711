import type { Artefact } from '@payment-manager/connection-manager-client';
import { newsOf, type Step } from '@payment-manager/connection-manager-client/onboarding';
import { type HttpClient, systemClock, systemTimers } from '@payment-manager/runtime';

/** A DFSP of the sandbox that its own Payment Manager is bringing into the scheme. */
export interface Newcomer {
  readonly fspId: string;
  readonly operationsUrl: string;
}

export interface OnboardingWatch {
  /** Whose keys the DFSP needs: all others', and the hub's. */
  readonly peers: readonly string[];
  /** Whether the hub calls it, and has its key. */
  knownToHub(): boolean;
  /** It is not waited for when nothing has changed for so long. */
  readonly patienceMs: number;
  /** Whether it is not waited for any more, whatever it does. */
  givenUp(): boolean;
  /** Told each step that is new. */
  tell(step: Step): void;
}

/** What a DFSP has not got yet, for people. */
export interface Lack {
  readonly fspId: string;
  readonly what: string;
  readonly nextStep?: string;
}

const POLL_MS = 100;
/** So often it is told to look at once, instead of at its next attempt. */
const POLLS_PER_LOOK = 4;
const TIMEOUT_MS = 10_000;

/** Waits until a DFSP can pay and be paid, and resolves with nothing; or with what it lacks, when nothing has changed for too long. */
export async function watchOnboarding(newcomer: Newcomer, watch: OnboardingWatch, http: HttpClient): Promise<readonly Lack[]> {
  const told = new Map<Artefact, Step>();
  let changedAt = systemClock.monotonic();
  for (let polls = 1; ; polls++) {
    const view = await viewOf(newcomer, http);
    const news = newsOf(told, view?.conditions ?? []);
    for (const step of news) {
      told.set(step.artefact, step);
      watch.tell(step);
    }
    const now = systemClock.monotonic();
    if (news.length > 0) changedAt = now;
    const lacks = view === undefined ? [lack(newcomer, 'its Payment Manager does not answer')] : lacksOf(newcomer, view, watch);
    if (lacks.length === 0 || now - changedAt >= watch.patienceMs || watch.givenUp()) return lacks;
    if (polls % POLLS_PER_LOOK === 0) void ask(newcomer, 'POST', '/connection/look', http);
    await new Promise<void>((resolve) => void systemTimers.after(POLL_MS, resolve));
  }
}

interface View {
  readonly conditions: readonly Step[];
  readonly peers: readonly { readonly fspId: string }[];
  /** Of each process whether it takes payments. */
  readonly ready: boolean;
}

function lacksOf(newcomer: Newcomer, { conditions, peers, ready }: View, watch: OnboardingWatch): readonly Lack[] {
  const steps = conditions.filter(({ state }) => state !== 'Ready');
  if (steps.length > 0) return steps.map((step) => lack(newcomer, `${step.artefact}: ${step.message}`, step.nextStep));
  const strangers = watch.peers.filter((peer) => !peers.some(({ fspId }) => fspId === peer));
  if (strangers.length > 0) return [lack(newcomer, `it does not have the keys of ${strangers.join(', ')} yet`)];
  if (!watch.knownToHub()) return [lack(newcomer, 'the hub does not call it yet')];
  return ready ? [] : [lack(newcomer, 'it takes no payments yet; GET /health/ready says why')];
}

function lack({ fspId }: Newcomer, what: string, nextStep?: string): Lack {
  return { fspId, what, ...(nextStep !== undefined && { nextStep }) };
}

async function viewOf(newcomer: Newcomer, http: HttpClient): Promise<View | undefined> {
  const connection = (await ask(newcomer, 'GET', '/connection', http)) as Omit<View, 'ready'> | undefined;
  const health = (await ask(newcomer, 'GET', '/health/ready', http)) as Health | undefined;
  if (connection?.conditions === undefined || health === undefined) return undefined;
  return { ...connection, ready: [health, ...(health.workers ?? [])].every(({ status }) => status === 'ready') };
}

interface Health {
  readonly status: string;
  readonly workers?: readonly { readonly status: string }[];
}

/** Undefined: no answer that can be read; the next look tells more. */
async function ask({ operationsUrl }: Newcomer, method: 'GET' | 'POST', path: string, http: HttpClient): Promise<object | undefined> {
  const headers = { accept: 'application/json', ...(method === 'POST' && { 'content-type': 'application/json' }) };
  const outcome = await http.request({
    method,
    url: `${operationsUrl}${path}`,
    headers,
    timeoutMs: TIMEOUT_MS,
    ...(method === 'POST' && { body: '{}' }),
  });
  if (outcome.kind === 'failed') return undefined;
  try {
    return JSON.parse(Buffer.from(outcome.body).toString('utf8')) as object;
  } catch {
    return undefined;
  }
}
