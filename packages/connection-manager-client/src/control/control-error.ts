/**
 * Why the control server does not start:
 *
 * | code | when | what to do |
 * |---|---|---|
 * | `CONTROL_UNPROTECTED` | it would listen beyond this machine without client certificates | give it `tls`, or a loopback address |
 * | `CONTROL_TOKEN_WEAK` | its token is too short, or has characters that cannot stand in a URL | make one, e.g. by `openssl rand -hex 32` |
 */
export type ControlErrorCode = 'CONTROL_UNPROTECTED' | 'CONTROL_TOKEN_WEAK';

/** The control server's settings are not safe; see `ControlErrorCode`. */
export class ControlError extends Error {
  readonly code: ControlErrorCode;
  constructor(code: ControlErrorCode, message: string) {
    super(message);
    this.name = 'ControlError';
    this.code = code;
  }
}
