/**
 * Resources that the reference SDK knows when it makes FSPIOP-URI; it takes the **last** path segment with such a name as the
 * beginning of the URI (docs/protocol.md, 12.5).
 */
const KNOWN_TO_REFERENCE: ReadonlySet<string> = new Set([
  'participants',
  'parties',
  'quotes',
  'bulkQuotes',
  'transfers',
  'bulkTransfers',
  'transactionRequests',
  'thirdpartyRequests',
  'authorizations',
  'consents',
  'consentRequests',
  'fxQuotes',
  'fxTransfers',
]);

/** Resources that it does not know: there it signs `//host:port` and the path. */
const UNKNOWN_TO_REFERENCE: ReadonlySet<string> = new Set(['services', 'transactions', 'ping']);

/**
 * Whether a signed FSPIOP-URI names the resource of the request line. Equal, or what the reference SDK makes of exactly
 * this request line where it goes wrong: a party `/parties/ALIAS/quotes` becomes `/quotes`, `/services/…` gets its host in
 * front. Nothing else: a signature for one resource must not pass for another (N26).
 */
export function isSameResource(signedUri: string, target: string): boolean {
  return signedUri === target || signedUri === referenceUri(target) || isWithHost(signedUri, target);
}

function referenceUri(target: string): string | undefined {
  const [path = '', ...query] = target.split('?');
  const segments = path.split('/');
  const start = segments.findLastIndex((segment) => KNOWN_TO_REFERENCE.has(segment));
  if (start === -1) return undefined;
  return ['', ...segments.slice(start)].join('/') + query.map((part) => `?${part}`).join('');
}

function isWithHost(signedUri: string, target: string): boolean {
  const resource = target.split('/', 2)[1]?.split('?', 1)[0] ?? '';
  if (!UNKNOWN_TO_REFERENCE.has(resource) || !signedUri.endsWith(target)) return false;
  return /^\/\/[A-Za-z0-9.:[\]_-]{1,255}$/.test(signedUri.slice(0, -target.length));
}
