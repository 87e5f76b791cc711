import type { Frame } from '../codec/iso8583/frame.ts';
import type { Packager } from '../codec/iso8583/message.ts';
import type { Expression } from '../expression/compile.ts';
import type { Draw } from './iso8583/draws.ts';
import type { Template, TextOrExpression } from './operation.ts';

/** How a back end is told who we are. Secrets are settings, and are only read where a request is made. */
export type Authentication =
  | { readonly kind: 'basic'; readonly user: TextOrExpression; readonly password: TextOrExpression }
  | { readonly kind: 'apiKey'; readonly header?: string; readonly query?: string; readonly value: TextOrExpression }
  | {
      readonly kind: 'oauth2';
      readonly tokenUrl: TextOrExpression;
      readonly grant: 'client_credentials' | 'password';
      readonly clientId: TextOrExpression;
      readonly clientSecret?: TextOrExpression;
      readonly user?: TextOrExpression;
      readonly password?: TextOrExpression;
      readonly scope?: TextOrExpression;
      readonly secretIn: 'header' | 'body';
    }
  | {
      readonly kind: 'login';
      readonly path: string;
      readonly body: Template;
      readonly token: Expression;
      readonly expires?: Expression;
      readonly header: string;
      readonly prefix: string;
    }
  | {
      readonly kind: 'hmac';
      readonly header: string;
      readonly timestampHeader?: string;
      readonly secret: TextOrExpression;
      readonly over: readonly ('method' | 'path' | 'timestamp' | 'body')[];
    }
  | {
      readonly kind: 'jws';
      readonly header: string;
      readonly algorithm: JwsAlgorithm;
      readonly key: TextOrExpression;
      readonly keyId?: TextOrExpression;
      readonly over: readonly ('method' | 'path' | 'timestamp')[];
    };

/** How a JWS is signed (RFC 7518, 3.1). */
export type JwsAlgorithm = 'RS256' | 'PS256' | 'ES256';

/** TLS of a back end's own: PEM texts. What is not given is as for every other back end, or as the system has it. */
export interface OwnTls {
  readonly ca: TextOrExpression | undefined;
  readonly certificate: TextOrExpression | undefined;
  readonly key: TextOrExpression | undefined;
  readonly serverName: TextOrExpression | undefined;
}

/** A system that is called, compiled. */
export type Backend = HttpBackend | SqlBackend | Iso8583Backend;

/** What every kind of back end has. Times in milliseconds. */
export interface CommonBackend {
  readonly name: string;
  readonly timeouts: { readonly connectMs: number; readonly totalMs: number };
  readonly limits: { readonly inFlight: number; readonly perSecond: number | undefined };
}

export interface HttpBackend extends CommonBackend {
  readonly kind: 'http';
  readonly base: TextOrExpression;
  readonly auth: Authentication | undefined;
  readonly headers: readonly (readonly [string, TextOrExpression])[];
  /** Prefixes by the URI of their namespace. */
  readonly namespaces: Readonly<Record<string, string>>;
  readonly health: { readonly path: string; readonly ok: Expression } | undefined;
  readonly mtls: boolean;
  readonly tls: OwnTls | undefined;
}

export interface SqlBackend extends CommonBackend {
  readonly kind: 'sql';
  readonly url: TextOrExpression;
  readonly user: TextOrExpression | undefined;
  readonly password: TextOrExpression | undefined;
  /** PEM text of the CA, or `public`. */
  readonly ca: TextOrExpression | undefined;
  readonly rowsMax: number;
}

/** A host that speaks ISO 8583 over TCP. */
export interface Iso8583Backend extends CommonBackend {
  readonly kind: 'iso8583';
  /** `host:port` */
  readonly address: TextOrExpression;
  /** PEM text of the CA, or `public`. */
  readonly ca: TextOrExpression | undefined;
  /** PEM texts of our own certificate and its key. */
  readonly certificate: TextOrExpression | undefined;
  readonly key: TextOrExpression | undefined;
  readonly frame: Frame;
  readonly packager: Packager;
  readonly drawn: readonly (readonly [string, Draw])[];
  readonly zone: TextOrExpression;
  /** Fields that an answer has from its request. */
  readonly match: readonly string[];
  readonly signOn: NetworkMessage | undefined;
  readonly echo: (NetworkMessage & { readonly everyMs: number }) | undefined;
}

/** A message about the connection itself. */
export interface NetworkMessage {
  readonly mti: string;
  readonly fields: readonly (readonly [string, TextOrExpression])[];
  readonly ok: Expression;
}

/** A line of the error table: what an answer means to the other side. It never decides whether money moved. */
export interface ErrorRule {
  readonly when: Expression;
  readonly code: string;
  readonly message: TextOrExpression | undefined;
  readonly alert: boolean;
}

/** What a bank fills in. Every value is a text. */
export interface Setting {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly defaultValue: string | undefined;
}
