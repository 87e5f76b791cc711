import type { HttpClient, World } from '@payment-manager/runtime';
import type { HttpBackend, SqlBackend } from '../language/backend.ts';
import type { RunningConnector } from '../record/settings.ts';
import type { BackEnds } from '../record/walk.ts';
import type { CallAnswer } from '../run/answer.ts';
import type { RenderedRequest } from '../run/render.ts';
import type { SqlRunner } from './sql/session.ts';

/** What back ends of every kind need of the world. */
export interface BackEndDeps extends Pick<World, 'clock' | 'timers' | 'log'> {
  readonly running: RunningConnector;
  /** The client for a back end over HTTP: its time to connect and its certificates may differ. */
  readonly client: (backend: HttpBackend) => HttpClient;
  /** What reaches a back end that is a database, in place of what its URL says. */
  readonly database?: (backend: SqlBackend) => SqlRunner;
  /** Hosts that may be called, `core.example.org` or `core.example.org:8443`; absent: those of the settings. */
  readonly allowedHosts?: readonly string[];
}

/** One back end, of whatever kind. It is only called while there is room for the call. */
export interface BackEnd<R extends RenderedRequest = RenderedRequest> {
  /** Never throws: what became of a call is its answer. `deadline`: wall clock, milliseconds since the epoch. */
  call(request: R, deadline: number, purpose: 'read' | 'money'): Promise<CallAnswer>;
  /** Lets go of what it holds, e.g. its connections. */
  close(): Promise<void>;
}

/** The back ends of a connector. */
export interface OpenBackEnds extends BackEnds {
  close(): Promise<void>;
}
