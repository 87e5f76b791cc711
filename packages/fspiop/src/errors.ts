import { ERRORS } from './error-table.ts';

export { ERRORS, type ErrorDefinition } from './error-table.ts';

/** Longest errorDescription and extension value, in code points (docs/protocol.md, 6). */
const DESCRIPTION_LENGTH_MAX = 128;
const EXTENSION_KEY_LENGTH_MAX = 32;
const EXTENSIONS_MAX = 16;
/** What an error becomes whose code is not a code. */
const INTERNAL_ERROR = '2001';

export interface Extension {
  key: string;
  value: string;
}
export interface ExtensionList {
  extension: Extension[];
}
export interface ErrorInformation {
  errorCode: string;
  errorDescription: string;
  extensionList?: ExtensionList;
}
/** Body of a refusal and of every `/error` callback. */
export interface ErrorBody {
  errorInformation: ErrorInformation;
}

/** Has the form of an FSPIOP error code. An HTTP status (`404`) never has it. */
export function isErrorCode(text: unknown): text is string {
  return typeof text === 'string' && /^[1-9]\d{3}$/.test(text);
}

/**
 * The code as which to *handle* a code: a known one is itself, an unknown one is the `xx00` of its class (docs/protocol.md, 11:
 * 5199 is handled as 5100, 5240 as 5200). Where even that is unknown (a scheme's 59xx), the `x000`; else 2001.
 * Always *show* the code as it came.
 */
export function errorClass(code: string): string {
  if (ERRORS.has(code)) return code;
  if (!isErrorCode(code)) return INTERNAL_ERROR;
  for (const general of [`${code.slice(0, 2)}00`, `${code.slice(0, 1)}000`]) if (ERRORS.has(general)) return general;
  return INTERNAL_ERROR;
}

/** The standard text of a code; of an unknown one, that of its class. */
export function standardDescription(code: string): string {
  return ERRORS.get(errorClass(code))?.name ?? 'Error';
}

/** Cuts to `limit` code points; never splits a surrogate pair. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let units = 0;
  for (let points = 0; points < limit && units < text.length; points++) units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  return text.slice(0, units);
}

/** The list as far as it is allowed: at most 16 extensions, keys and values cut to their limits, incomplete ones left out. */
function allowedExtensions(list: ExtensionList | undefined): ExtensionList | undefined {
  if (!Array.isArray(list?.extension)) return undefined;
  const extension: Extension[] = [];
  for (const item of list.extension) {
    if (extension.length === EXTENSIONS_MAX) break;
    if (typeof item?.key !== 'string' || typeof item.value !== 'string' || item.key === '' || item.value === '') continue;
    extension.push({ key: cutText(item.key, EXTENSION_KEY_LENGTH_MAX), value: cutText(item.value, DESCRIPTION_LENGTH_MAX) });
  }
  return extension.length === 0 ? undefined : { extension };
}

/**
 * An error body that is valid whatever it is made of: a code that is none becomes 2001, a description is cut to 128
 * code points, an empty one becomes the standard text, extensions over the limits are cut or left out.
 *
 * @example errorBody('3204') // {errorInformation: {errorCode: '3204', errorDescription: 'Party not found'}}
 */
export function errorBody(code: string, description?: string, extensionList?: ExtensionList): ErrorBody {
  const errorCode = isErrorCode(code) ? code : INTERNAL_ERROR;
  const text = typeof description === 'string' && description.trim() !== '' ? description : standardDescription(errorCode);
  const errorInformation: ErrorInformation = { errorCode, errorDescription: cutText(text, DESCRIPTION_LENGTH_MAX) };
  const extensions = allowedExtensions(extensionList);
  if (extensions !== undefined) errorInformation.extensionList = extensions;
  return { errorInformation };
}

export interface FspiopErrorOptions {
  httpStatus?: number;
  extensionList?: ExtensionList;
  cause?: unknown;
}

/**
 * The one error of this room: everything that is refused is refused with a code of the protocol. `toBody()` is what the
 * peer gets; so a description never holds personal data, secrets or anything else that was received.
 */
export class FspiopError extends Error {
  override readonly name = 'FspiopError';
  readonly errorCode: string;
  readonly errorDescription: string;
  /** Status with which to refuse a request before it was accepted. */
  readonly httpStatus: number;
  readonly extensionList?: ExtensionList;

  constructor(code: string, description?: string, options: FspiopErrorOptions = {}) {
    const { errorInformation } = errorBody(code, description, options.extensionList);
    super(
      `${errorInformation.errorCode} ${errorInformation.errorDescription}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.errorCode = errorInformation.errorCode;
    this.errorDescription = errorInformation.errorDescription;
    this.httpStatus = options.httpStatus ?? ERRORS.get(errorClass(this.errorCode))?.httpStatus ?? 400;
    if (errorInformation.extensionList !== undefined) this.extensionList = errorInformation.extensionList;
  }

  toBody(): ErrorBody {
    return errorBody(this.errorCode, this.errorDescription, this.extensionList);
  }
}
