import type { MessageLog } from '@payment-manager/messages';
import type { HttpClient, World } from '@payment-manager/runtime';
import type { HttpBackend, SqlBackend } from '../language/backend.ts';
import type { RunningConnector } from '../record/settings.ts';
import type { BackEnds, CallAbout } from '../record/walk.ts';
import type { CallAnswer } from '../run/answer.ts';
import type { RenderedRequest } from '../run/render.ts';
import type { Conditions, Probed } from './conditions.ts';
import type { OpenWire } from './iso8583/wire.ts';
import type { OwnTlsInUse } from './own-tls.ts';
import type { SqlRunner } from './sql/session.ts';

/** What back ends of every kind need of the world. */
export interface BackEndDeps extends Pick<World, 'clock' | 'timers' | 'log'> {
  readonly running: RunningConnector;
  /** How a host that speaks ISO 8583 is reached; absent: over TCP. */
  readonly openWire?: OpenWire;
  /** What reaches a back end that is a database, in place of what its URL says. */
  readonly database?: (backend: SqlBackend) => SqlRunner;
  /** A client for a back end over HTTP, with its time to connect, and with TLS of its own where it has some; it is closed with the back end. */
  readonly client: (backend: HttpBackend, own: OwnTlsInUse | undefined) => HttpClient;
  /** Hosts that may be called, `core.example.org` or `core.example.org:8443`; absent: those of the settings. */
  readonly allowedHosts?: readonly string[];
  /** How they are, over all versions of the connector: it keeps calls from one that does not answer. Absent: each call is made. */
  readonly conditions?: Conditions;
  /** Takes what was said with back ends; absent: nothing is kept. */
  readonly messages?: MessageLog | undefined;
}

/** One back end, of whatever kind. It is only called while there is room for the call. */
export interface BackEnd<R extends RenderedRequest = RenderedRequest> {
  /** Never throws: what became of a call is its answer. `deadline`: wall clock, milliseconds since the epoch. */
  call(request: R, deadline: number, purpose: 'read' | 'money', about?: CallAbout): Promise<CallAnswer>;
  /** A read that tells whether it is there. Never throws. */
  probe(deadline: number): Promise<Probed>;
  /** Lets go of what it holds, e.g. its connections. */
  close(): Promise<void>;
}

/** The back ends of a connector. */
export interface OpenBackEnds extends BackEnds {
  /** Looks whether a back end is there. Never throws. */
  probe(name: string, deadline: number): Promise<Probed>;
  close(): Promise<void>;
}
