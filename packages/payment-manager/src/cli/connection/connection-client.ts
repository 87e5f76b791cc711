import type { Config } from '@payment-manager/configuration';
import { ownOrigin } from '@payment-manager/configuration/addresses';
import type { Renewable } from '@payment-manager/connection-manager-client';
import type { Step } from '@payment-manager/connection-manager-client/onboarding';
import type { Authorization } from '@payment-manager/operations/api';
import { type HttpClient, type HttpOutcome, membersIn } from '@payment-manager/runtime';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';

/** The connection as the running product tells it. */
export interface ConnectionView {
  /** Undefined: it is just being started. */
  readonly environment?: string;
  readonly conditions: readonly Step[];
}

/** The running product's doors for the connection. All throw CommandFailed for what it refuses. */
export interface ConnectionClient {
  /** Undefined: it does not run. */
  view(): Promise<ConnectionView | undefined>;
  /** False: it does not run. */
  renew(artefact: Renewable, by: string): Promise<boolean>;
}

const TIMEOUT_MS = 30_000;

/** Where the operations API of a configuration is asked; undefined when any free port was taken. */
export function operationsUrl({ operations }: Config): string | undefined {
  return operations.port === 0 ? undefined : ownOrigin('http', operations);
}

/** A client to the operations API at `url`, which knows us by `authorization`; without a URL the product counts as stopped. */
export function connectionClient(url: string | undefined, http: HttpClient, authorization: Authorization = {}): ConnectionClient {
  const call = async (
    method: 'GET' | 'POST',
    path: string,
    body?: object,
    member?: string,
  ): Promise<Record<string, unknown> | undefined> => {
    if (url === undefined) return undefined;
    const outcome = await http.request({
      method,
      url: `${url}${path}`,
      headers: { accept: 'application/json', ...authorization, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      timeoutMs: TIMEOUT_MS,
    });
    return answerOf(outcome, url, member);
  };
  return {
    view: async () => (await call('GET', '/connection', undefined, 'conditions')) as ConnectionView | undefined,
    renew: async (artefact, by) => (await call('POST', '/connection/renew', { artefact, by })) !== undefined,
  };
}

function answerOf(outcome: HttpOutcome, url: string, member: string | undefined): Record<string, unknown> | undefined {
  if (outcome.kind === 'failed') {
    if (outcome.code === 'CONNECT_REFUSED') return undefined;
    throw new CommandFailed(EXIT_CODES.unavailable, `The operations API at ${url} does not answer: ${outcome.message} ${outcome.advice}`);
  }
  const json = membersIn(outcome.body);
  if (json === undefined || !isOurs(json, outcome.status, member))
    throw new CommandFailed(
      EXIT_CODES.unavailable,
      `The program at ${url} is not the operations API of a Payment Manager. Another program uses that port (\`operations.port\`): give each its own port, or stop the other program. ./pm doctor shows more.`,
    );
  if (outcome.status === 503 && STARTING.includes(json['code'])) return { conditions: [] };
  if (outcome.status >= 300)
    throw new CommandFailed(
      EXIT_CODES.failed,
      `Refused: ${String(json['message'] ?? `HTTP ${outcome.status}`)} ${String(json['nextStep'] ?? '')}`.trim(),
    );
  return json;
}

/** Our refusals have a code, and our answers the member that was asked for; what another program says has neither. */
function isOurs(json: Record<string, unknown>, status: number, member: string | undefined): boolean {
  return status >= 300 ? typeof json['code'] === 'string' : member === undefined || member in json;
}

/** Codes of a product that does not know yet how it stands. */
const STARTING: readonly unknown[] = ['STARTING', 'NO_WORKER'];
