import type { HttpOutcome, TransportCode } from './http.ts';
import { ClosedInHandshake, ConnectFailure, type ConnectPhase } from './http-connector.ts';

export type HttpFailure = Extract<HttpOutcome, { kind: 'failed' }>;

interface Words {
  /** Completes "The request to <origin> …". */
  readonly what: string;
  readonly advice: string;
}

/** What each code means and what to do about it (promise 10). Total: a new code does not compile until it has words. */
const WORDS: Readonly<Record<TransportCode, Words>> = {
  REQUEST_INVALID: {
    what: 'was not sent: it is not a valid HTTP request',
    advice: 'Check the configured URL; if it is right, report this as a defect of the program.',
  },
  DNS_FAILED: {
    what: 'was not sent: its host name cannot be resolved',
    advice: 'Check the host name in the configured URL, and this machine’s DNS.',
  },
  CONNECT_REFUSED: {
    what: 'was not sent: nothing listens there',
    advice: 'Check the port in the configured URL, and whether the other side runs.',
  },
  CONNECT_TIMEOUT: {
    what: 'was not sent: no connection within the time allowed',
    advice: 'Check that firewalls on both sides let this machine through, and that the other side runs.',
  },
  CONNECT_FAILED: { what: 'was not sent: the connection failed', advice: 'Check the network between this machine and the other side.' },
  TLS_UNTRUSTED_SERVER: {
    what: 'was not sent: the server’s certificate is not trusted',
    advice: 'Check that the configured CA bundle holds the issuer of the server’s certificate, its names and its dates.',
  },
  TLS_CLIENT_REFUSED: {
    what: 'was refused: the server does not seem to accept our client certificate',
    advice: 'Check that our client certificate is in date and that the other side trusts its issuer.',
  },
  TLS_FAILED: {
    what: 'was not sent: the TLS handshake failed',
    advice:
      'Check that the other side speaks TLS 1.2 or later on this port, and whether it asks for a client certificate that is not configured.',
  },
  CONNECTION_LOST: {
    what: 'may have arrived: the connection ended before the answer was complete',
    advice:
      'Ask the other side what became of it. If it happens each time over https, check that the other side trusts our client certificate.',
  },
  ANSWER_TIMEOUT: {
    what: 'may have arrived: no complete answer within the time allowed',
    advice: 'Ask the other side what became of it, and check its load and the configured time-out.',
  },
  ANSWER_TOO_LARGE: {
    what: 'arrived, but its answer is larger than allowed',
    advice: 'Check that the URL is the right service; if it is, raise the limit of answer sizes.',
  },
  ANSWER_MALFORMED: {
    what: 'arrived, but its answer is not valid HTTP',
    advice: 'Check that the URL and port are the right service, and that no proxy stands between that changes answers.',
  },
  POOL_EXHAUSTED: {
    what: 'was not sent: all connections are busy and too many requests wait',
    advice: 'Check why the other side answers slowly. If it is healthy, allow more connections to it.',
  },
  TOKEN_UNAVAILABLE: {
    what: 'was not sent: there is no token for it',
    advice: 'Check the token server, and the client id and secret that it is asked with.',
  },
  CLIENT_CLOSED: { what: 'was not sent: this program is shutting down', advice: 'Nothing: it will be tried again after the start.' },
};

/** Makes the outcome of a failed request. `origin` is the URL's scheme, host and port; a path could name a person. */
export function failure(code: TransportCode, phase: HttpFailure['phase'], sent: boolean, origin: string, detail = ''): HttpFailure {
  const { what, advice } = WORDS[code];
  return { kind: 'failed', code, phase, sent, message: `The request to ${origin} ${what}${detail && ` (${detail})`}.`, advice };
}

/** A failure before the request was handed to a connection: no byte of it can have left. */
export function failureBeforeSending(error: Error, origin: string): HttpFailure {
  if (error instanceof ConnectFailure) {
    const system = systemCode(error.cause);
    return failure(connectCode(error.phase, error.timedOut, system), error.phase, false, origin, error.timedOut ? 'time-out' : system);
  }
  const code = systemCode(error);
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') return failure('REQUEST_INVALID', 'send', false, origin);
  if (code === 'UND_ERR_CLOSED' || code === 'UND_ERR_DESTROYED') return failure('CLIENT_CLOSED', 'connect', false, origin);
  return failure('CONNECT_FAILED', 'connect', false, origin, code);
}

/** A failure after the request was handed to a connection: it may have arrived, whatever the reason (docs/money-rules.md, 1). */
export function failureAfterSending(error: Error, phase: 'send' | 'answer', origin: string): HttpFailure {
  const code = systemCode(error);
  // In TLS 1.3 the client's side of the handshake ends before the server has looked at the client's certificate; its
  // refusal arrives later, when the request has already been written.
  if (clientRefused(code) || error instanceof ClosedInHandshake) return failure('TLS_CLIENT_REFUSED', 'tls', true, origin, code);
  return failure(isMalformed(code, error) ? 'ANSWER_MALFORMED' : 'CONNECTION_LOST', phase, true, origin, code);
}

function connectCode(phase: ConnectPhase, timedOut: boolean, system: string): TransportCode {
  if (phase === 'dns') return 'DNS_FAILED';
  if (phase === 'connect') {
    if (timedOut || system === 'ETIMEDOUT') return 'CONNECT_TIMEOUT';
    return system === 'ECONNREFUSED' ? 'CONNECT_REFUSED' : 'CONNECT_FAILED';
  }
  if (clientRefused(system)) return 'TLS_CLIENT_REFUSED';
  return serverUntrusted(system) ? 'TLS_UNTRUSTED_SERVER' : 'TLS_FAILED';
}

/** The alerts by which a server refuses the client's certificate (RFC 8446, section 6.2), as OpenSSL spells them. */
function clientRefused(code: string): boolean {
  return /ALERT_(BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_(REVOKED|EXPIRED|UNKNOWN|REQUIRED)|UNKNOWN_CA|ACCESS_DENIED)/.test(
    code,
  );
}

/** OpenSSL's X.509 verification codes, as Node spells them. */
function serverUntrusted(code: string): boolean {
  return /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH|.*SELF_SIGNED_CERT.*|UNABLE_TO_(GET|VERIFY|DECRYPT|DECODE)_.*|(CERT|CRL)_.*|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED)$/.test(
    code,
  );
}

function isMalformed(code: string, error: Error): boolean {
  if (error.name === 'HTTPParserError' || code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH')
    return true;
  return code === 'UND_ERR_SOCKET' && (error.message === 'bad response' || error.message === 'bad upgrade');
}

/** The code of an error, or of the first of several (Node tries all addresses of a name). */
function systemCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error instanceof AggregateError ? systemCode(error.errors[0]) : '';
}
