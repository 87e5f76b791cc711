/** Versions 1 to 8: peers send version 7 and ULIDs whatever FSPIOP version they declare (docs/protocol.md, 6). */
export const CORRELATION_ID_PATTERN =
  '^(?:[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|[0-9A-HJKMNP-TV-Z]{26})$';
const CORRELATION_ID = new RegExp(CORRELATION_ID_PATTERN);
/** What can stand in FSPIOP-Source and FSPIOP-Destination (docs/protocol.md, 4); bodies that come in may hold any 1 to 32 characters. */
export const FSP_ID_PATTERN = '^[\\x21-\\x7a|~]{1,32}$';
const FSP_ID = new RegExp(FSP_ID_PATTERN);

/** A lower-case UUID of any version or an upper-case ULID; accepted under every protocol version. */
export function isCorrelationId(text: unknown): text is string {
  return typeof text === 'string' && CORRELATION_ID.test(text);
}

/** 1 to 32 printable ASCII characters without blanks and braces: what can stand in FSPIOP-Source. Compared exactly. */
export function isFspId(text: unknown): text is string {
  return typeof text === 'string' && FSP_ID.test(text);
}
