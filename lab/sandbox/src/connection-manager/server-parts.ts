import type { World } from '@payment-manager/runtime';
import type { Book } from './book.ts';
import type { AuthorityTools } from './certificates/hub-authority.ts';
import type { ServerFaults } from './faults/server-faults.ts';
import type { DfspRecord } from './records.ts';
import type { Tokens } from './tokens.ts';

/** What an operator may change while the server runs. */
export interface ConnectionManagerSettings {
  /** DFSPs' requests that are VALID are signed without an operator. */
  readonly autoSign: boolean;
  /** So long after they arrived. */
  readonly signDelayMs: number;
  /** A DFSP that has all it needs is onboarded without an operator. */
  readonly autoOnboard: boolean;
  /** Life of DFSPs' client certificates. */
  readonly certificateSeconds: number;
  /** Life of the hub's server certificate. */
  readonly serverCertificateSeconds: number;
  /** Life of OAuth2 tokens. */
  readonly tokenSeconds: number;
}

/** A hub that does its part at once; DFSPs' certificates as long as the roles of the real server's development set-up give them. */
export const DEFAULT_SETTINGS: ConnectionManagerSettings = {
  autoSign: true,
  signDelayMs: 0,
  autoOnboard: true,
  certificateSeconds: 720 * 3_600,
  serverCertificateSeconds: 365 * 86_400,
  tokenSeconds: 300,
};

/** What the handlers work with. */
export interface ServerParts extends Pick<World, 'clock' | 'timers' | 'random'> {
  readonly book: Book;
  readonly faults: ServerFaults;
  readonly tokens: Tokens;
  readonly tools: AuthorityTools;
  /** FSP id of the hub (SWITCH_ID). */
  readonly hubId: string;
  /** Host name of the hub (SWITCH_FQDN): the CN of a client certificate whose request has none. */
  readonly switchFqdn: string;
  /** Names and addresses of the hub's server certificate. */
  readonly hubHosts: readonly string[];
  settings: ConnectionManagerSettings;
}

/** One request that passed all checks in front of the handlers. */
export interface Call {
  readonly parts: ServerParts;
  /** Parameters of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** As its rule allows; `{}` when the route takes none. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Roles of the caller: `pta`, `mta`, `dfsp`, `everyone` and the DFSP groups. */
  readonly roles: readonly string[];
  /** The DFSP of the path. @throws Problem 404 */
  dfsp(): DfspRecord;
}

/** What a handler answers; without content the body is empty. */
export interface Reply {
  readonly status: number;
  readonly content?: unknown;
}

/** 200 with JSON. */
export function ok(content: unknown): Reply {
  return { status: 200, content };
}

/** 200 with an empty body, as the server answers several deletions. */
export const NOTHING: Reply = { status: 200 };
