import { answer, type Identity, type RunningConfiguration } from '@payment-manager/operations/api';
import { type HttpHandler, type HttpRequest, type HttpResponse, type Metrics, type Routed, router } from '@payment-manager/runtime';
import { labelledMetrics } from './labelled-metrics.ts';
import type { Worker } from './supervision.ts';

export interface OperationsOfAllDeps {
  readonly workers: readonly Worker[];
  readonly identity: Identity;
  /** Of the primary itself. */
  readonly metrics: Metrics;
  /** Whether the whole is leaving. */
  closing(): boolean;
  /** The primary’s own; undefined while it starts. */
  configuration?(): RunningConfiguration;
}

/**
 * One operations API for all workers. What belongs to a process is asked of each (health, metrics, alarms); what is asked about
 * payments is answered by any, since they share the journal.
 */
export function operationsOfAll(deps: OperationsOfAllDeps): HttpHandler {
  const find = router(ROUTES);
  return async (request) => {
    const found = find(request.method === 'HEAD' ? 'GET' : request.method, request.target);
    if (found.kind === 'route') return found.route.handle(deps, request);
    return (await anyWorker(deps.workers, request)) ?? noWorker();
  };
}

interface Route extends Routed {
  readonly handle: (deps: OperationsOfAllDeps, request: HttpRequest) => Promise<HttpResponse>;
}

const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/health/live', handle: async ({ identity }) => answer(200, { status: 'live', ...identity }) },
  { method: 'GET', path: '/health/ready', handle: ready },
  { method: 'GET', path: '/metrics', handle: metrics },
  { method: 'GET', path: '/alarms', handle: alarms },
  { method: 'GET', path: '/connection', handle: connection },
  // asked of one alone it would mostly be one that does not act
  { method: 'POST', path: '/connection/look', handle: connection },
  // each has its own in memory
  { method: 'POST', path: '/connector/reload', handle: ofEach },
  { method: 'POST', path: '/configuration/reload', handle: reload },
];

/** As in the operations API of one process. */
const DEFAULT_LIMIT = 100;

interface Answered {
  readonly worker: number;
  readonly response: HttpResponse | undefined;
}

function askAll({ workers }: OperationsOfAllDeps, request: HttpRequest): Promise<readonly Answered[]> {
  return Promise.all(workers.map(async ({ number, process }) => ({ worker: number, response: await process?.ask(request) })));
}

/** Ready while at least one worker is: a balancer must not turn away from all because one of them is started anew. */
async function ready(deps: OperationsOfAllDeps, request: HttpRequest): Promise<HttpResponse> {
  const workers = (await askAll(deps, request)).map(({ worker, response }) => ({ worker, ...readinessIn(response) }));
  const some = !deps.closing() && workers.some(({ status }) => status === 'ready');
  return answer(some ? 200 : 503, { status: some ? 'ready' : 'not ready', workers, exemptions: deps.identity.exemptions });
}

function readinessIn(response: HttpResponse | undefined): { status: string; parts: object } {
  if (response === undefined) return { status: 'not ready', parts: { process: { ok: false, detail: 'it is being started' } } };
  return bodyOf<{ status: string; parts: object }>(response);
}

async function metrics(deps: OperationsOfAllDeps, request: HttpRequest): Promise<HttpResponse> {
  const answers = (await askAll(deps, request)).flatMap(({ worker, response }) =>
    response?.status === 200 ? [{ worker: String(worker), text: textOf(response), response }] : [],
  );
  const body = labelledMetrics([...answers, { worker: 'primary', text: await deps.metrics.text() }]);
  return { status: 200, headers: answers[0]?.response.headers ?? { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }, body };
}

/** All look at the connection to the scheme, and one of them acts: its word counts. */
async function connection(deps: OperationsOfAllDeps, request: HttpRequest): Promise<HttpResponse> {
  const answers = (await askAll(deps, request)).flatMap(({ response }) => response ?? []);
  const leader = answers.find((one) => one.status === 200 && bodyOf<{ leads?: boolean }>(one).leads);
  return leader ?? answers.find(({ status }) => status === 200) ?? answers[0] ?? noWorker();
}

/** Done by each; what one refuses is told before what the others did. */
async function ofEach(deps: OperationsOfAllDeps, request: HttpRequest): Promise<HttpResponse> {
  const answers = (await askAll(deps, request)).flatMap(({ response }) => response ?? []);
  return answers.find(({ status }) => status !== 200) ?? answers[0] ?? noWorker();
}

/** The primary tells alarms, each worker does the rest; what the primary refuses no worker is asked. */
async function reload(deps: OperationsOfAllDeps, request: HttpRequest): Promise<HttpResponse> {
  const own = await deps.configuration?.()?.apply();
  if (own?.kind === 'refused') return answer(409, { code: 'CONFIG_INVALID', message: own.problems });
  return ofEach(deps, request);
}

/** Those of payments are in the journal and told by every worker; those of strangers are told by the one that met them. */
async function alarms(deps: OperationsOfAllDeps, request: HttpRequest): Promise<HttpResponse> {
  const limit = Number(new URLSearchParams(request.target.split('?')[1]).get('limit') ?? DEFAULT_LIMIT);
  const answers = (await askAll(deps, request)).flatMap(({ response }) => response ?? []);
  const [first] = answers;
  const refused = answers.find(({ status }) => status !== 200);
  if (first === undefined || refused !== undefined) return refused ?? noWorker();
  const distinct = new Map<string, object>();
  for (const one of answers) for (const alarm of bodyOf<{ alarms: object[] }>(one).alarms) distinct.set(JSON.stringify(alarm), alarm);
  return answer(200, { alarms: [...distinct.values()].slice(0, limit) });
}

async function anyWorker(workers: readonly Worker[], request: HttpRequest): Promise<HttpResponse | undefined> {
  for (const { process } of workers) {
    const response = await process?.ask(request);
    // one that leaves, or does not answer, is not the last word; what a person asked to be done is asked of one alone
    if (response !== undefined || (process !== undefined && request.method !== 'GET')) return response;
  }
  return undefined;
}

function noWorker(): HttpResponse {
  return answer(503, { code: 'NO_WORKER', message: 'No worker answers now; they are being started. Ask again in a few seconds.' });
}

function textOf({ body = '' }: HttpResponse): string {
  return typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
}

function bodyOf<T>(response: HttpResponse): T {
  return JSON.parse(textOf(response)) as T;
}
