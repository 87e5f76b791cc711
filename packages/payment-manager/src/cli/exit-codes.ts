/** What the command line says with its exit code (after sysexits.h, which init systems know). */
export const EXIT_CODES = {
  ok: 0,
  /** The command did its work and the answer is no: a payment that did not complete, a check that failed. */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 64,
  /** What the command needs is not there: the sandbox is not running, a port is taken. */
  unavailable: 69,
  /** The product cannot go on: the journal cannot be trusted any more. A supervisor should start it again. */
  software: 70,
  /** Nothing is done yet: a second person must agree first. */
  waiting: 75,
  /** The configuration, a certificate, a key or the data folder cannot be used. Starting again does not help. */
  config: 78,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

/** A command that ends with a message for the user and an exit code; not a defect, so no stack is shown. */
export class CommandFailed extends Error {
  readonly exitCode: ExitCode;
  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.name = 'CommandFailed';
    this.exitCode = exitCode;
  }
}
