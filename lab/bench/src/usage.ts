import { CommandFailed, EXIT_CODES } from '@payment-manager/payment-manager';
import type { HttpClient } from '@payment-manager/runtime';

/** What a Payment Manager has used, as its own metrics tell: all its processes together. */
export interface Usage {
  /** All threads, user and system, since its start. */
  readonly cpuMs: number;
  readonly rssMb: number;
  /** Handles and requests that its event loop holds. */
  readonly handles: number;
  /** COMMITTEDs that the hub acknowledged, and about which it is still to be asked. */
  readonly unconfirmed: number;
  /** Appends to the journal, since its start. */
  readonly appends: number;
  /** New work that it refused with 503 for load, since its start. */
  readonly shed: number;
  /** Questions to the hub about transfers, since its start. */
  readonly asked: number;
}

const TIMEOUT_MS = 10_000;

/** The same as the process tells it: Prometheus text. @throws CommandFailed when it does not answer. */
export async function metricsOf(client: HttpClient, operationsUrl: string): Promise<string> {
  const outcome = await client.request({ method: 'GET', url: `${operationsUrl}/metrics`, headers: {}, timeoutMs: TIMEOUT_MS });
  if (outcome.kind === 'failed') throw new CommandFailed(EXIT_CODES.failed, `A measured process does not answer: ${outcome.message}`);
  return Buffer.from(outcome.body).toString('utf8');
}

/** Asks the operations API. @throws CommandFailed when it does not answer. */
export async function usageOf(client: HttpClient, operationsUrl: string): Promise<Usage> {
  const text = await metricsOf(client, operationsUrl);
  return {
    cpuMs: value(text, 'process_cpu_seconds_total') * 1_000,
    rssMb: value(text, 'process_resident_memory_bytes') / 1_048_576,
    handles: value(text, 'nodejs_active_resources'),
    appends: value(text, 'pm_journal_append_seconds_count'),
    unconfirmed: value(text, 'pm_unconfirmed'),
    shed: [...text.matchAll(/^pm_shed_total\{[^}]*\} (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0),
    asked: [...text.matchAll(/^pm_hub_messages_total\{[^}]*operation="GET \/transfers"[^}]*\} (\d+)$/gm)].reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    ),
  };
}

function value(exposition: string, name: string): number {
  const found = [...exposition.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? ([0-9.e+-]+)$`, 'gm'))];
  if (found.length === 0) throw new TypeError(`the metrics have no ${name}`);
  return found.reduce((sum, [, text]) => sum + Number(text), 0);
}
