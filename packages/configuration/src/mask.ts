const SECRET_NAME = /secret|password|passphrase|token|credential|privatekey|apikey|postgresurl/i;
/** Where something is, not what it is. A URL with a password in it is known by its form; that of PostgreSQL nearly always has one. */
const PLACE = /(?<!postgres)url$|files?$|folder$/i;
const SECRET_VALUE = /PRIVATE KEY|:\/\/[^/\s]*:[^/\s]*@/;
const MAX_SHOWN = 60;
/** Addresses of which the path is often the secret. */
const WEBHOOK = /webhook(\.url|url)$/i;

/**
 * A value as it may be shown to people: what smells of a secret is masked (promise 9), the rest is cut to a readable
 * length. `path` is the key under which it was found.
 */
export function shown(path: string, value: unknown): string {
  if (value === undefined) return 'nothing';
  if (isSecretName(path)) return `${kindOf(value)} [secret]`;
  if (WEBHOOK.test(path) && typeof value === 'string') return `${kindOf(value)} ${JSON.stringify(withoutPath(value))}`;
  const json = JSON.stringify(value) ?? String(value);
  if (SECRET_VALUE.test(json)) return `${kindOf(value)} [secret]`;
  const cut = json.length > MAX_SHOWN ? `${json.slice(0, MAX_SHOWN)}…` : json;
  return `${kindOf(value)} ${cut}`;
}

/** What may be shown of a value; undefined: all of it. */
export function withoutSecretPath(path: string, value: unknown): string | undefined {
  return WEBHOOK.test(path) && typeof value === 'string' ? withoutPath(value) : undefined;
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
