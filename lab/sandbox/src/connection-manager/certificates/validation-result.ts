/** INVALID counts; a check that was not made is NOT_AVAILABLE. */
export type ValidationState = 'VALID' | 'INVALID' | 'NOT_AVAILABLE';

/** One check that the server made, or did not make. */
export interface Validation {
  /** One code; of JWS keys a list of codes. */
  readonly validationCode: string | readonly string[];
  readonly performed: boolean;
  readonly result: ValidationState;
  readonly message: string;
  readonly details?: string;
  readonly messageTemplate?: string;
  readonly data?: object;
  /** Only of CERTIFICATE_VALIDITY and CERTIFICATE_USAGE_SERVER. */
  readonly state?: ValidationState;
}
