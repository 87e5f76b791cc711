import Type from 'typebox';

/** Text without control characters, trimmed at neither end by us; `max` characters. */
export const words = (max: number, description?: string) =>
  Type.String({
    minLength: 1,
    maxLength: max,
    pattern: '^[^\\u0000-\\u001f\\u007f]*[^\\u0000-\\u0020\\u007f][^\\u0000-\\u001f\\u007f]*$',
    ...(description && { description }),
  });

/** Why somebody does something; kept for good. */
export const REASON = words(500, 'Why; kept in the audit log');

/** An id that we made, or that FSPIOP allows. */
export const ID = Type.String({ pattern: '^[0-9A-Za-z-]{1,64}$', description: '1 to 64 letters, digits or dashes' });

/** Name of a user: it is also the id. */
export const USER_NAME = Type.String({ pattern: '^[a-z0-9][a-z0-9._@-]{0,63}$', description: '1 to 64 small letters, digits and . _ @ -' });

/** Milliseconds since the epoch. */
export const INSTANT = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

export const closed = <P extends Record<string, import('typebox').TSchema>>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });

/** Where to go on in a list, as the page before said. */
export const CURSOR = Type.String({ pattern: '^[0-9A-Za-z._@-]{1,128}$' });
export const LIMIT = Type.Integer({ minimum: 1, maximum: 200 });
