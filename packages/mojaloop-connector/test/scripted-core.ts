import type { Message } from '@payment-manager/messages';
import {
  createHttpClient,
  createMetrics,
  type HttpRequest,
  type HttpResponse,
  recordedLog,
  startHttpServer,
  systemClock,
} from '@payment-manager/runtime';
import type { CoreDoor } from '../src/core-client/core-door.ts';
import { httpCore } from '../src/core-client/http-core.ts';

/** A core that answers as a test says, behind a real socket.. */
export interface ScriptedCore extends AsyncDisposable {
  readonly door: CoreDoor;
  readonly calls: {
    readonly method: string;
    readonly target: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly json: Record<string, unknown>;
  }[];
  readonly log: ReturnType<typeof recordedLog>;
  /** What was given to be kept. */
  readonly kept: readonly Message[];
  metricsText(): Promise<string>;
  /** What the next calls get, in order; the last one stays. */
  answers(...answers: (HttpResponse | object | 'never')[]): void;
  stop(): Promise<void>;
}

/** Starts it on a free port of 127.0.0.1; `timeoutMs` is the connector's `timeouts.backendMs`. */
export async function scriptedCore(timeoutMs = 2_000): Promise<ScriptedCore> {
  const calls: ScriptedCore['calls'] = [];
  const log = recordedLog();
  const metrics = createMetrics();
  const kept: Message[] = [];
  const messages = { record: (message: Message): void => void kept.push(message) };
  let script: (HttpResponse | object | 'never')[] = [{}];
  const handler = async (request: HttpRequest): Promise<HttpResponse> => {
    const text = Buffer.from(request.body).toString('utf8');
    calls.push({ method: request.method, target: request.target, headers: request.headers, json: text === '' ? {} : JSON.parse(text) });
    const answer = script.length > 1 ? script.shift() : script[0];
    if (answer === 'never') return new Promise(() => {});
    if (answer !== undefined && 'status' in answer) return answer as HttpResponse;
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) };
  };
  const server = await startHttpServer(
    { host: '127.0.0.1', port: 0, handler, maxBodyBytes: 1_000_000, refuse: () => ({ status: 500 }) },
    log,
  );
  const client = createHttpClient();
  const core = { ...DECLARED, baseUrl: `${server.url}/core/` };
  const settings = { fspId: 'payeefsp', core, timeouts: { ...TIMEOUTS, backendMs: timeoutMs } };
  const door = httpCore(settings, client, systemClock, metrics, log, messages);
  const stop = () => server.close(0);
  return {
    door,
    calls,
    log,
    kept,
    metricsText: () => metrics.text(),
    answers(...answers) {
      script = answers;
    },
    stop,
    async [Symbol.asyncDispose]() {
      await client.close();
      await stop();
    },
  };
}

/** An answer of the core with a JSON body. */
export function answered(status: number, body: unknown): HttpResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

const TIMEOUTS = { callbackMs: 1, hubHttpMs: 1, patchGraceMs: 1, offerMs: 1 };
const DECLARED = {
  atPrepare: 'reserve',
  reserveWithoutPatch: 'refuse',
  transferRepeatable: false,
  notificationRepeatable: true,
  transferAskable: true,
  quietMs: 1,
  notificationReadsState: true,
  confirmAcknowledged: 'always',
  repeatKeepsRefusals: false,
  emptyAnswerIsOk: false,
} as const;
