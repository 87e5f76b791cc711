import type { FaultCode } from '../api/connection-fault.ts';
import type { ConnectionManagerApi } from '../api/connection-manager-api.ts';

/** The calls that cross, by name. */
export type ApiMethod = Exclude<keyof ConnectionManagerApi, 'url'>;

/** What the thread is started with. */
export interface WorkerStart {
  readonly url: string;
  /** Absent: no token is sent. */
  readonly token?: { readonly tokenUrl: string; readonly clientId: string };
  /** PEM; absent: the system's CAs. */
  readonly trustedCas?: string;
  readonly maxAnswerBytes: number;
}

/** An error that crosses. `fault`: a ConnectionFault, whose words are for people. `vault`: a VaultError. Of any other only kind and place. */
export type CrossingError =
  | {
      readonly kind: 'fault';
      readonly code: FaultCode;
      readonly message: string;
      readonly nextStep: string;
      readonly complaints: readonly string[];
      readonly retryAfterMs: number | undefined;
    }
  | { readonly kind: 'vault'; readonly code: string; readonly message: string }
  | { readonly kind: 'defect'; readonly message: string };

/** To the thread: a call, or the client secret that it has asked for. Everything is plain data. */
export type ToWorker =
  | { readonly do: 'call'; readonly id: number; readonly method: ApiMethod; readonly args: readonly unknown[] }
  | { readonly do: 'secret'; readonly id: number; readonly value?: string; readonly error?: CrossingError };

/** From the thread: what a call brought, or that it needs the client secret for a log-in. */
export type FromWorker =
  | { readonly did: 'call'; readonly id: number; readonly value?: unknown; readonly error?: CrossingError }
  | { readonly did: 'ask-secret'; readonly id: number };
