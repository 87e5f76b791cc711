const SECRET_NAME = /secret|password|passphrase|token|credential|privatekey|apikey|postgresurl/i;
/** Where something is, not what it is. A URL with a password in it is known by its form; that of PostgreSQL nearly always has one. */
const PLACE = /(?<!postgres)url$|files?$|folder$/i;
const SECRET_VALUE = /PRIVATE KEY|:\/\/[^/\s]*:[^/\s]*@/;
const MAX_SHOWN = 60;
/** Addresses of which the path is often the secret. */
const WEBHOOK = /webhook(\.url|url)$/i;
/** Addresses of which path or query may hold a token; where the day stands in them is no secret. */
const STATEMENT = /reconciliation\.statements\.[^.]+\.url$/;
const DAY = '{date}';

/**
 * A value as it may be shown to people: what smells of a secret is masked (promise 9), the rest is cut to a readable
 * length. `path` is the key under which it was found.
 */
export function shown(path: string, value: unknown): string {
  if (value === undefined) return 'nothing';
  if (isSecretName(path)) return `${kindOf(value)} [secret]`;
  const open = withoutSecretPath(path, value);
  if (open !== undefined) return `${kindOf(value)} ${JSON.stringify(open)}`;
  const json = JSON.stringify(value) ?? String(value);
  if (SECRET_VALUE.test(json)) return `${kindOf(value)} [secret]`;
  const cut = json.length > MAX_SHOWN ? `${json.slice(0, MAX_SHOWN)}…` : json;
  return `${kindOf(value)} ${cut}`;
}

/** What may be shown of a value; undefined: all of it. */
export function withoutSecretPath(path: string, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (STATEMENT.test(path)) return dayAlone(value);
  return WEBHOOK.test(path) ? withoutPath(value) : undefined;
}

/** What of an address is to be shown nowhere. */
export function secretParts(path: string, value: string): readonly string[] {
  if (STATEMENT.test(path)) return [...aroundDay(value), ...tokensIn(behindHost(value))];
  return WEBHOOK.test(path) && URL.canParse(value) ? [new URL(value).pathname.slice(1)] : [];
}

/** Path and query, without the slash before them. */
function behindHost(address: string): string {
  return address.replace(/^[a-z]+:\/\/[^/?#]*\/?/i, '');
}

/** What stands behind the host, before, between and after the days. */
function aroundDay(address: string): readonly string[] {
  return behindHost(address).split(DAY);
}

/** Values of a query, and parts of a path but for plain words: those stand in many other texts. */
function tokensIn(rest: string): readonly string[] {
  const [path = '', ...query] = rest.split('?');
  const parts = path.split('/').filter((part) => !/^[a-z_.-]*$/.test(part));
  const values = query
    .join('?')
    .split('&')
    .map((part) => part.slice(part.indexOf('=') + 1));
  return [...parts, ...values].filter((part) => part !== '' && !part.includes(DAY));
}

/** Of an address the host, and where the day stands. */
function dayAlone(address: string): string {
  const origin = URL.canParse(address) ? new URL(address).origin : '';
  const rest = aroundDay(address).map((stretch) => (stretch === '' ? '' : '…'));
  return `${origin}/${rest.join(DAY)}`;
}

function withoutPath(text: string): string {
  const origin = URL.canParse(text) ? new URL(text).origin : '';
  return text === origin || text === `${origin}/` ? text : `${origin}/…`;
}

/** Whether the name of a key says that its value is secret. */
export function isSecretName(path: string): boolean {
  const name = path.replace(/[_.-]/g, '');
  return SECRET_NAME.test(name) && !PLACE.test(name);
}

/** The kind of a value in plain words. */
export function kindOf(value: unknown): string {
  if (value === null) return 'an empty value';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'the text';
  if (typeof value === 'number') return 'the number';
  if (typeof value === 'boolean') return 'the truth value';
  return 'a group';
}
