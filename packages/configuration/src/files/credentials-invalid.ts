/** A certificate or key cannot be used. At start: the product does not start (exit code 78). Later: the one in use stays, and an error is logged. */
export class CredentialsInvalid extends Error {
  readonly code = 'CREDENTIALS_INVALID';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CredentialsInvalid';
  }
}
